//! The cloud's end of a joined relay's socket: it accepts a relay that proves the secret, sends nothing to
//! anybody else, forwards changes of the book, and detects silence.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::REFUSED;
use super::book_change::BookChange;
use super::limits::{
    BEAT_EVERY, CHANGES_PER_FRAME, DEAD_AFTER, JOIN_WAIT, REFUSE_AFTER, RELAY_RATE, SILENT_AFTER,
};
use super::message::{FromRelay, JoinRequest, TlsPlace, ToRelay, text};
use super::proof::{JoinSecret, JoinTerms, is_same};
use crate::link::bucket::Bucket;
use crate::link::leg::{IncomingFrame, OutgoingFrame, SocketOutput, close};
use crate::machine::Machine;

/// What a new socket of the cloud needs to know.
pub struct DoorRules {
    /// Drawn for this socket.
    pub nonce: String,
    /// Drawn at the start of the cloud.
    pub instance: String,
    /// Names and secrets of the relays that may join.
    pub relays: Vec<(String, JoinSecret)>,
    /// Compared where no relay has the name, so that both answers take the same time.
    pub nobodys: JoinSecret,
}

/// What happens at the cloud.
#[derive(Debug)]
pub enum CloudEndInput {
    /// A frame came.
    Frame(IncomingFrame),
    /// The book changed; in its order, the open calls first.
    Changes(Vec<BookChange>),
    /// Every open call was passed on.
    Whole,
    /// The answer to [`CloudEndEvent::BeatDue`]: the cloud's clock.
    Beat(u64),
    /// The relay looked for this cloud, or for another one.
    Admit(bool),
    /// The socket has to end.
    Close {
        /// A code of the WebSocket.
        code: u16,
        /// For the relay's log.
        reason: &'static str,
    },
}

/// Outputs of the cloud's end for its driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloudEndEvent {
    /// The secret was proven by a relay that looks for a cloud at this address; answered with
    /// [`CloudEndInput::Admit`].
    Proven {
        /// Its name.
        name: String,
        /// The address that it looks for.
        origin: String,
    },
    /// The relay is in.
    Joined {
        /// Its name.
        name: String,
        /// Where clients reach it.
        addresses: Vec<SocketAddr>,
        /// Where it takes TURN over TLS, if it does.
        tls: Option<TlsPlace>,
    },
    /// Somebody did not prove a secret.
    Refused,
    /// Whether the relay says that it lives.
    Alive(bool),
    /// Allocations that it carries.
    Load(u64),
    /// It is about to end.
    Draining,
    /// The cloud's clock is needed.
    BeatDue,
}

/// The state of one socket.
#[derive(Debug)]
pub struct CloudEnd {
    nonce: String,
    instance: String,
    relays: Vec<(String, JoinSecret)>,
    nobodys: JoinSecret,
    stage: DoorStage,
    bucket: Bucket,
    heard_at: Duration,
    is_silent: bool,
    beat_at: Duration,
    outputs: VecDeque<SocketOutput<CloudEndEvent>>,
}

#[derive(Debug)]
enum DoorStage {
    Waiting(Duration),
    Judged(JoinSecret, JoinRequest),
    Refusing(Duration),
    Joined,
    Closed,
}

impl CloudEnd {
    /// A socket that was opened at `now`.
    pub fn new(rules: DoorRules, now: Duration) -> CloudEnd {
        let challenge = ToRelay::Challenge {
            nonce: rules.nonce.clone(),
        };
        let mut end = CloudEnd {
            nonce: rules.nonce,
            instance: rules.instance,
            relays: rules.relays,
            nobodys: rules.nobodys,
            stage: DoorStage::Waiting(now + JOIN_WAIT),
            bucket: Bucket::new(RELAY_RATE, now),
            heard_at: now,
            is_silent: false,
            beat_at: now,
            outputs: VecDeque::new(),
        };
        end.send(&challenge);
        end
    }

    fn send(&mut self, frame: &ToRelay) {
        let frame = OutgoingFrame::Text(text(frame));
        self.outputs.push_back(SocketOutput::Send(frame));
    }

    fn tell(&mut self, event: CloudEndEvent) {
        self.outputs.push_back(SocketOutput::Event(event));
    }

    fn close(&mut self, code: u16, reason: &'static str) {
        if !matches!(self.stage, DoorStage::Closed) {
            self.stage = DoorStage::Closed;
            let frame = OutgoingFrame::Close { code, reason };
            self.outputs.push_back(SocketOutput::Send(frame));
        }
    }

    /// Nobody learns whether the name, the secret or the cloud was wrong.
    fn refuse(&mut self, now: Duration) {
        self.stage = DoorStage::Refusing(now + REFUSE_AFTER);
    }

    fn receive(&mut self, frame: IncomingFrame, now: Duration) {
        if !self.bucket.take(now) {
            return self.close(close::POLICY, "too many messages");
        }
        match frame {
            IncomingFrame::Text(text) => match FromRelay::parse(&text) {
                Some(said) => self.hear(said, now),
                None => self.close(close::POLICY, "not a message of a relay"),
            },
            IncomingFrame::Ping | IncomingFrame::Pong(_) => {}
            IncomingFrame::Binary => self.close(close::UNSUPPORTED, "messages must be text"),
            IncomingFrame::TooBig => self.close(close::TOO_BIG, "message is too long"),
            IncomingFrame::Gone => self.stage = DoorStage::Closed,
        }
    }

    fn hear(&mut self, said: FromRelay, now: Duration) {
        match (&self.stage, said) {
            (DoorStage::Waiting(_), FromRelay::Join(join)) => self.judge(join, now),
            (DoorStage::Joined, FromRelay::Beat { allocations }) => {
                self.heard_at = now;
                if std::mem::take(&mut self.is_silent) {
                    self.tell(CloudEndEvent::Alive(true));
                }
                self.tell(CloudEndEvent::Load(allocations));
            }
            (DoorStage::Joined, FromRelay::Draining) => self.tell(CloudEndEvent::Draining),
            // Its beats may begin before it has read the refusal.
            (DoorStage::Refusing(_), _) => {}
            _ => self.close(close::POLICY, "join first, and once"),
        }
    }

    fn judge(&mut self, join: JoinRequest, now: Duration) {
        let known = self.relays.iter().find(|(name, _)| *name == join.name);
        let is_known = known.is_some();
        let secret = known.map_or(&self.nobodys, |(_, secret)| secret).clone();
        let is_proven = is_same(&terms(&self.nonce, &join).of_relay(&secret), &join.proof);
        if !(is_known && is_proven) {
            self.tell(CloudEndEvent::Refused);
            return self.refuse(now);
        }
        self.tell(CloudEndEvent::Proven {
            name: join.name.clone(),
            origin: join.origin.clone(),
        });
        self.stage = DoorStage::Judged(secret, join);
    }

    fn admit(&mut self, is_admitted: bool, now: Duration) {
        let DoorStage::Judged(secret, join) = std::mem::replace(&mut self.stage, DoorStage::Closed)
        else {
            return;
        };
        if !is_admitted {
            return self.refuse(now);
        }
        self.stage = DoorStage::Joined;
        self.heard_at = now;
        self.beat_at = now + BEAT_EVERY;
        self.send(&ToRelay::Welcome {
            proof: terms(&self.nonce, &join).of_cloud(&secret),
            instance: self.instance.clone(),
        });
        self.tell(CloudEndEvent::Joined {
            name: join.name,
            addresses: join.addresses,
            tls: join.tls,
        });
        // Its clock counts for the book that follows.
        self.tell(CloudEndEvent::BeatDue);
    }
}

/// What both proofs of this socket are about.
fn terms<'a>(nonce: &'a str, join: &'a JoinRequest) -> JoinTerms<'a> {
    JoinTerms {
        cloud_nonce: nonce,
        relay_nonce: &join.nonce,
        name: &join.name,
        origin: &join.origin,
        addresses: &join.addresses,
        tls: join.tls.as_ref(),
    }
}

impl Machine for CloudEnd {
    type Input = CloudEndInput;
    type Output = SocketOutput<CloudEndEvent>;

    fn handle(&mut self, input: CloudEndInput, now: Duration) {
        match input {
            _ if matches!(self.stage, DoorStage::Closed) => {}
            CloudEndInput::Frame(frame) => self.receive(frame, now),
            CloudEndInput::Admit(is_admitted) => self.admit(is_admitted, now),
            CloudEndInput::Close { code, reason } => self.close(code, reason),
            _ if !matches!(self.stage, DoorStage::Joined) => {}
            CloudEndInput::Changes(changes) => {
                for part in changes.chunks(CHANGES_PER_FRAME) {
                    self.send(&ToRelay::Book {
                        changes: part.to_vec(),
                    });
                }
            }
            CloudEndInput::Whole => self.send(&ToRelay::Whole),
            CloudEndInput::Beat(now) => self.send(&ToRelay::Beat { now }),
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        match self.stage {
            DoorStage::Waiting(by) if by <= now => self.close(close::POLICY, "join first"),
            DoorStage::Refusing(at) if at <= now => self.close(REFUSED, "refused"),
            DoorStage::Joined => {
                if self.heard_at + DEAD_AFTER <= now {
                    return self.close(close::GOING_AWAY, "no sign of life");
                }
                if self.heard_at + SILENT_AFTER <= now && !self.is_silent {
                    self.is_silent = true;
                    self.tell(CloudEndEvent::Alive(false));
                }
                if self.beat_at <= now {
                    self.beat_at = now + BEAT_EVERY;
                    self.tell(CloudEndEvent::BeatDue);
                }
            }
            _ => {}
        }
    }

    fn poll_output(&mut self) -> Option<SocketOutput<CloudEndEvent>> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        match self.stage {
            DoorStage::Waiting(by) => Some(by),
            DoorStage::Refusing(at) => Some(at),
            DoorStage::Joined => {
                let silent_at = self.heard_at
                    + if self.is_silent {
                        DEAD_AFTER
                    } else {
                        SILENT_AFTER
                    };
                Some(self.beat_at.min(silent_at))
            }
            // Answered in the same turn of the driver.
            DoorStage::Judged(..) | DoorStage::Closed => None,
        }
    }
}

#[cfg(test)]
mod tests;
