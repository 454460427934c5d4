//! The relay's end of its socket to the cloud: it proves the secret, requires the cloud's proof, mirrors the
//! book, and detects silence.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::book_change::BookChange;
use super::limits::{BEAT_EVERY, DEAD_AFTER, JOIN_WAIT, MAX_FIELD_BYTES};
use super::message::{FromRelay, JoinRequest, TlsPlace, ToRelay, text};
use super::proof::{JoinSecret, JoinTerms, is_same};
use crate::link::leg::{IncomingFrame, OutgoingFrame, SocketOutput, close};
use crate::machine::Machine;

/// Who joins what.
#[derive(Debug, Clone)]
pub struct JoinAs {
    /// The relay's name in the cloud's settings.
    pub name: String,
    /// Its secret.
    pub secret: JoinSecret,
    /// The cloud that it looks for.
    pub origin: String,
    /// Where clients reach it.
    pub addresses: Vec<SocketAddr>,
    /// Where it takes TURN over TLS, if it does.
    pub tls: Option<TlsPlace>,
    /// Drawn for this socket.
    pub nonce: String,
}

/// What happens at the relay.
#[derive(Debug)]
pub enum RelayEndInput {
    /// A frame came.
    Frame(IncomingFrame),
    /// The answer to [`RelayEndEvent::BeatDue`]: allocations that it carries.
    Beat(u64),
    /// It is about to end.
    Drain,
    /// The socket has to end.
    Close,
}

/// Outputs of the relay's end for its driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayEndEvent {
    /// The cloud has proven itself; every open call follows, then [`RelayEndEvent::Whole`].
    Joined {
        /// Another one after a restart of the cloud.
        instance: String,
    },
    /// Changes of the book.
    Changes(Vec<BookChange>),
    /// The book is whole.
    Whole,
    /// The cloud's clock.
    CloudTime(u64),
    /// The number of allocations is needed.
    BeatDue,
    /// What answers does not know the secret.
    NotOurCloud,
}

/// The state of one socket.
#[derive(Debug)]
pub struct RelayEnd {
    who: JoinAs,
    stage: GuestStage,
    heard_at: Duration,
    beat_at: Duration,
    outputs: VecDeque<SocketOutput<RelayEndEvent>>,
}

#[derive(Debug)]
enum GuestStage {
    Challenge(Duration),
    Welcome(Duration, String),
    Joined,
    Closed,
}

impl RelayEnd {
    /// A socket that was opened at `now`.
    pub fn new(who: JoinAs, now: Duration) -> RelayEnd {
        RelayEnd {
            who,
            stage: GuestStage::Challenge(now + JOIN_WAIT),
            heard_at: now,
            beat_at: now,
            outputs: VecDeque::new(),
        }
    }

    #[cfg(test)]
    pub(super) fn who_mut(&mut self) -> &mut JoinAs {
        &mut self.who
    }

    fn send(&mut self, frame: &FromRelay) {
        let frame = OutgoingFrame::Text(text(frame));
        self.outputs.push_back(SocketOutput::Send(frame));
    }

    fn tell(&mut self, event: RelayEndEvent) {
        self.outputs.push_back(SocketOutput::Event(event));
    }

    fn close(&mut self, code: u16, reason: &'static str) {
        if !matches!(self.stage, GuestStage::Closed) {
            self.stage = GuestStage::Closed;
            let frame = OutgoingFrame::Close { code, reason };
            self.outputs.push_back(SocketOutput::Send(frame));
        }
    }

    fn terms<'a>(&'a self, cloud_nonce: &'a str) -> JoinTerms<'a> {
        JoinTerms {
            cloud_nonce,
            relay_nonce: &self.who.nonce,
            name: &self.who.name,
            origin: &self.who.origin,
            addresses: &self.who.addresses,
            tls: self.who.tls.as_ref(),
        }
    }

    fn hear(&mut self, said: ToRelay, now: Duration) {
        match (&self.stage, said) {
            (GuestStage::Challenge(by), ToRelay::Challenge { nonce })
                if nonce.len() <= MAX_FIELD_BYTES =>
            {
                let by = *by;
                let proof = self.terms(&nonce).of_relay(&self.who.secret);
                let join = JoinRequest {
                    name: self.who.name.clone(),
                    nonce: self.who.nonce.clone(),
                    origin: self.who.origin.clone(),
                    addresses: self.who.addresses.clone(),
                    tls: self.who.tls.clone(),
                    proof,
                };
                self.send(&FromRelay::Join(join));
                self.stage = GuestStage::Welcome(by, nonce);
            }
            (GuestStage::Welcome(_, nonce), ToRelay::Welcome { proof, instance }) => {
                let expected = self.terms(nonce).of_cloud(&self.who.secret);
                if !is_same(&expected, &proof) {
                    self.tell(RelayEndEvent::NotOurCloud);
                    return self.close(close::POLICY, "another secret");
                }
                self.stage = GuestStage::Joined;
                self.heard_at = now;
                self.beat_at = now;
                self.tell(RelayEndEvent::Joined { instance });
            }
            (GuestStage::Joined, said) => {
                self.heard_at = now;
                match said {
                    ToRelay::Book { changes } => self.tell(RelayEndEvent::Changes(changes)),
                    ToRelay::Whole => self.tell(RelayEndEvent::Whole),
                    ToRelay::Beat { now } => self.tell(RelayEndEvent::CloudTime(now)),
                    ToRelay::Challenge { .. } | ToRelay::Welcome { .. } => {
                        self.close(close::POLICY, "joined already");
                    }
                }
            }
            // Nothing of a book is accepted before its cloud has proven itself.
            _ => {
                self.tell(RelayEndEvent::NotOurCloud);
                self.close(close::POLICY, "out of turn");
            }
        }
    }
}

impl Machine for RelayEnd {
    type Input = RelayEndInput;
    type Output = SocketOutput<RelayEndEvent>;

    fn handle(&mut self, input: RelayEndInput, now: Duration) {
        match input {
            _ if matches!(self.stage, GuestStage::Closed) => {}
            RelayEndInput::Frame(IncomingFrame::Text(text)) => match ToRelay::parse(&text) {
                Some(said) => self.hear(said, now),
                None => self.close(close::POLICY, "not a message of a cloud"),
            },
            RelayEndInput::Frame(IncomingFrame::Gone) => self.stage = GuestStage::Closed,
            RelayEndInput::Frame(IncomingFrame::Ping | IncomingFrame::Pong(_)) => {}
            RelayEndInput::Frame(IncomingFrame::Binary | IncomingFrame::TooBig) => {
                self.close(close::UNSUPPORTED, "not a message of a cloud");
            }
            RelayEndInput::Close => self.close(close::NORMAL, "the relay ends"),
            RelayEndInput::Beat(allocations) if matches!(self.stage, GuestStage::Joined) => {
                self.send(&FromRelay::Beat { allocations });
            }
            RelayEndInput::Drain if matches!(self.stage, GuestStage::Joined) => {
                self.send(&FromRelay::Draining);
            }
            RelayEndInput::Beat(_) | RelayEndInput::Drain => {}
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        match self.stage {
            GuestStage::Challenge(by) | GuestStage::Welcome(by, _) if by <= now => {
                self.close(close::GOING_AWAY, "no answer");
            }
            GuestStage::Joined => {
                if self.heard_at + DEAD_AFTER <= now {
                    return self.close(close::GOING_AWAY, "no sign of life");
                }
                if self.beat_at <= now {
                    self.beat_at = now + BEAT_EVERY;
                    self.tell(RelayEndEvent::BeatDue);
                }
            }
            _ => {}
        }
    }

    fn poll_output(&mut self) -> Option<SocketOutput<RelayEndEvent>> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        match self.stage {
            GuestStage::Challenge(by) | GuestStage::Welcome(by, _) => Some(by),
            GuestStage::Joined => Some(self.beat_at.min(self.heard_at + DEAD_AFTER)),
            GuestStage::Closed => None,
        }
    }
}
