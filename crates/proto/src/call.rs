//! One call as the cloud sees it: connect, offer, answer, candidates both ways, more time, the end.
//! Media never passes through here. Once the answer is through, the call no longer needs its
//! viewer's socket or its recorder's link; it lasts until somebody closes it or its time is up.
//!
//! [`Call`] is a state machine ([`crate::machine`]).

pub mod candidate;
mod candidates;
mod device;
pub mod event;
pub mod ice;
pub mod limits;
mod private;
pub mod restarts;
pub mod sdp;
mod viewer;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use serde_json::Value;

use crate::call::candidates::{CandidateQueue, Disposition};
use crate::call::event::{FromDevice, FromViewer, ToDevice, ToViewer};
use crate::call::ice::IceCredential;
use crate::call::limits::{MAX_PROTOCOLS, MAX_WORDS_CHARS, STEP_WAIT};
use crate::call::private::PrivateCandidates;
use crate::call::restarts::RestartPace;
use crate::call::sdp::Described;
use crate::link::limits::MAX_ID_BYTES;
use crate::link::message::{ConnectDevice, IceServer, Invited};
use crate::machine::Machine;
use crate::rpc::{Id, RpcError, code};
use crate::turn_credential::Role;

pub use private::are_apart;

/// What may happen to a call.
#[derive(Debug, PartialEq)]
pub enum CallInput {
    /// The recorder's agent said something.
    Device(FromDevice),
    /// The viewer said something.
    Viewer(FromViewer),
    /// It ends for this reason, as when its viewer signs out or loses the recorder.
    Close(&'static str),
}

/// What the driver does next.
#[derive(Debug, PartialEq)]
pub enum CallOutput {
    /// For the recorder's link; if it is down, feed [`FromDevice::Gone`].
    ToDevice(ToDevice),
    /// For the viewer's socket, if there is one.
    ToViewer(ToViewer),
    /// An address at which this party may be reached through the relay. Comes before the message
    /// that tells the other party about it.
    PartyIp(Role, IpAddr),
    /// The credential that signs this party's connectivity checks. Comes before the description
    /// that contains it.
    PartyIce(Role, IceCredential),
    /// The call may last this much longer than `now`.
    LastsFor(Duration),
    /// The call is over; nothing follows.
    Ended,
}

/// The initial data of a call.
#[derive(Debug)]
pub struct CallStart {
    /// Id of the viewer's connect, to be answered.
    pub id: Id,
    /// The request to the agent, including its own servers.
    pub connect: ConnectDevice,
    /// STUN and TURN servers for the viewer.
    pub viewer_servers: Vec<IceServer>,
    /// How long the call lasts, counted from now and from every extend.
    pub lasts: Duration,
    /// Whether the agent's private addresses are of no use to the viewer, as far as is known.
    pub is_apart: bool,
}

#[derive(Debug)]
enum CallPhase {
    /// The agent was asked; the viewer is waiting for the answer to its connect.
    Asking {
        id: Id,
        viewer_servers: Vec<IceServer>,
    },
    /// The agent accepted; its offer is awaited.
    Ringing,
    /// The viewer has the offer; its answer is awaited.
    Answering,
    /// The agent has the answer.
    Established,
    Ended,
}

/// One call.
#[derive(Debug)]
pub struct Call {
    session: String,
    phase: CallPhase,
    step_by: Option<Duration>,
    lasts: Duration,
    ends_at: Duration,
    invite: Option<Id>,
    extends: VecDeque<Id>,
    /// Until the agent makes an offer or this moment, also while its link is down.
    restart_wanted_until: Option<Duration>,
    restart_pace: RestartPace,
    viewer: CandidateQueue,
    device: CandidateQueue,
    /// Of the first offer, until the viewer gets them.
    private: Option<PrivateCandidates>,
    is_viewer_here: bool,
    is_device_here: bool,
    outputs: VecDeque<CallOutput>,
}

impl Call {
    /// A viewer that is allowed to have this call requests it at `now`.
    pub fn new(start: CallStart, now: Duration) -> Call {
        let seconds = start.lasts.as_secs();
        let connect = ConnectDevice {
            expiry_time_seconds: Some(seconds),
            ..start.connect
        };
        let session = connect.session.clone();
        let connect = CallOutput::ToDevice(ToDevice::Connect(Box::new(connect)));
        Call {
            session,
            phase: CallPhase::Asking {
                id: start.id,
                viewer_servers: start.viewer_servers,
            },
            step_by: Some(now + STEP_WAIT),
            lasts: start.lasts,
            ends_at: now + start.lasts,
            invite: None,
            extends: VecDeque::new(),
            restart_wanted_until: None,
            restart_pace: RestartPace::default(),
            viewer: CandidateQueue::default(),
            device: CandidateQueue::default(),
            private: start.is_apart.then(PrivateCandidates::default),
            is_viewer_here: true,
            is_device_here: true,
            outputs: VecDeque::from([CallOutput::LastsFor(start.lasts), connect]),
        }
    }

    /// Whether the answer has gone through.
    pub fn is_established(&self) -> bool {
        matches!(self.phase, CallPhase::Established)
    }

    /// Whether the call is over.
    pub fn is_ended(&self) -> bool {
        matches!(self.phase, CallPhase::Ended)
    }

    /// Whether this call is abandoned: established, and its viewer's socket closed.
    pub fn is_left_alone(&self) -> bool {
        self.is_established() && !self.is_viewer_here
    }

    /// Candidates of both sides that were not forwarded.
    pub fn n_dropped(&self) -> u64 {
        self.viewer.n_dropped + self.device.n_dropped
    }

    fn close(&mut self, reason: &str) {
        if self.is_ended() {
            return;
        }
        // The viewer has no session yet: the answer to its connect is the end of the call.
        if matches!(self.phase, CallPhase::Asking { .. }) {
            let error = RpcError::new(code::UNAVAILABLE, reason);
            return self.fail(&error, &error);
        }
        self.answer_invite(Err(RpcError::new(code::GONE, reason)));
        let reason = Some(reason.to_owned());
        self.tell_viewer(ToViewer::Close {
            reason: reason.clone(),
        });
        self.tell_device(ToDevice::Close { reason });
        self.end();
    }

    /// An offer or answer failed: ends a call that is not established, otherwise only its restart.
    fn sdp_failed(&mut self, error: RpcError) {
        if !self.is_established() {
            return self.fail(&error, &error);
        }
        self.step_by = None;
        self.tell_viewer(ToViewer::Error(error.clone()));
        self.answer_invite(Err(error));
    }

    fn trickle(&mut self, from: Role, candidate: Value) {
        if self.is_ended() {
            return;
        }
        let side = match from {
            Role::Viewer => &mut self.viewer,
            Role::Agent => &mut self.device,
        };
        match side.take(candidate) {
            Disposition::PassOn { candidate, ip } => {
                self.party_ips(from, ip);
                match from {
                    Role::Viewer => self.tell_device(ToDevice::Trickle(candidate)),
                    Role::Agent => self.trickle_to_viewer(candidate),
                }
            }
            Disposition::Held { ip } => self.party_ips(from, ip),
            Disposition::Dropped => {}
            Disposition::Malformed => {
                let bad = RpcError::new(code::BAD_CANDIDATE, "the candidate cannot be read");
                match from {
                    Role::Viewer => self.tell_viewer(ToViewer::Error(bad)),
                    Role::Agent => self.tell_device(ToDevice::Error(bad)),
                }
            }
        }
    }

    fn closed_by(&mut self, by: Role, reason: Option<String>) {
        if self.is_ended() {
            return;
        }
        let reason = reason.map(|words| sane_words(&words));
        if matches!(self.phase, CallPhase::Asking { .. }) {
            let error = RpcError::new(code::UNAVAILABLE, "the call was closed");
            return self.fail(&error, &error);
        }
        match by {
            Role::Viewer => {
                self.answer_invite(Err(RpcError::new(code::GONE, "the viewer closed the call")));
                self.tell_device(ToDevice::Close { reason });
            }
            Role::Agent => {
                self.answer_invite(Err(RpcError::new(code::GONE, "the call has ended")));
                self.tell_viewer(ToViewer::Close { reason });
            }
        }
        self.end();
    }

    /// An error notification: forwarded to the other side. One about a candidate ends nothing.
    fn failed(&mut self, by: Role, error: RpcError) {
        if self.is_ended() {
            return;
        }
        let is_fatal = !self.is_established() && error.code != code::BAD_CANDIDATE;
        let error = passed_on(error);
        if is_fatal {
            return self.fail(&error, &error);
        }
        match by {
            Role::Viewer => self.tell_device(ToDevice::Error(error)),
            Role::Agent => self.tell_viewer(ToViewer::Error(error)),
        }
    }

    /// Ends a call that was not established; each side that is waiting gets the error.
    fn fail(&mut self, for_viewer: &RpcError, for_device: &RpcError) {
        let phase = std::mem::replace(&mut self.phase, CallPhase::Ended);
        let viewer_error = for_viewer.clone();
        match phase {
            CallPhase::Ended => return,
            CallPhase::Asking { id, .. } => self.tell_viewer(ToViewer::Connected {
                id,
                outcome: Err(viewer_error),
            }),
            CallPhase::Ringing | CallPhase::Answering | CallPhase::Established => {
                self.tell_viewer(ToViewer::Error(viewer_error));
            }
        }
        self.answer_invite(Err(for_device.clone()));
        self.tell_device(ToDevice::Close {
            reason: Some(for_device.message.clone()),
        });
        self.end();
    }

    fn end(&mut self) {
        self.phase = CallPhase::Ended;
        self.step_by = None;
        self.outputs.push_back(CallOutput::Ended);
    }

    fn answer_invite(&mut self, outcome: Result<Invited, RpcError>) {
        if let Some(id) = self.invite.take() {
            self.tell_device(ToDevice::Invited { id, outcome });
        }
    }

    fn party_described(&mut self, role: Role, described: Described) {
        self.party_ips(role, described.ips);
        let credentials = described.credentials.into_iter();
        self.outputs
            .extend(credentials.map(|credential| CallOutput::PartyIce(role, credential)));
    }

    fn party_ips(&mut self, role: Role, ips: impl IntoIterator<Item = IpAddr>) {
        self.outputs
            .extend(ips.into_iter().map(|ip| CallOutput::PartyIp(role, ip)));
    }

    fn tell_viewer(&mut self, message: ToViewer) {
        if self.is_viewer_here {
            self.outputs.push_back(CallOutput::ToViewer(message));
        }
    }

    fn tell_device(&mut self, message: ToDevice) {
        if self.is_device_here {
            self.outputs.push_back(CallOutput::ToDevice(message));
        }
    }
}

impl Machine for Call {
    type Input = CallInput;
    type Output = CallOutput;

    fn handle(&mut self, input: CallInput, now: Duration) {
        match input {
            CallInput::Device(said) => self.handle_device(said, now),
            CallInput::Viewer(said) => self.handle_viewer(said, now),
            CallInput::Close(reason) => self.close(reason),
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        if self.is_ended() {
            return;
        }
        if now >= self.ends_at {
            return self.close("the call's time is up");
        }
        self.ask_wanted_restart(now);
        self.release_private(now);
        if self.step_by.is_some_and(|by| now >= by) {
            self.step_by = None;
            let late = RpcError::new(code::TIMEOUT, "the other side did not react in time");
            if self.is_established() {
                // Only a restart failed; the call goes on over its old path.
                self.answer_invite(Err(late));
            } else {
                self.fail(&late, &late);
            }
        }
    }

    fn poll_output(&mut self) -> Option<CallOutput> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let private = self.private.as_ref().and_then(PrivateCandidates::due);
        let due = [self.step_by, self.next_restart(), private];
        let due = due.into_iter().flatten().fold(self.ends_at, Duration::min);
        (!self.is_ended()).then_some(due)
    }
}

/// An error as the other side may see it: a known code, a few printable words, and no session of
/// ours.
fn passed_on(error: RpcError) -> RpcError {
    // Only these codes of ONVIF WebRTC 26.06 §5 mean the same at both ends.
    let known = matches!(
        error.code,
        400 | 401 | 403 | 404 | 408 | 410 | 415 | 429 | 480 | 1001..=1003 | -32_601
    );
    let error_code = if known { error.code } else { code::UNAVAILABLE };
    RpcError::new(error_code, &sane_words(&error.message))
}

fn sane_words(words: &str) -> String {
    words
        .chars()
        // The other side may show these words to a person or write them to a terminal.
        .filter(|c| crate::shown::is_shown(*c))
        .take(MAX_WORDS_CHARS)
        .collect()
}

fn trim_protocols(protocols: &mut Vec<String>) {
    protocols
        .retain(|it| it.len() <= MAX_ID_BYTES && it.bytes().all(|byte| byte.is_ascii_graphic()));
    protocols.truncate(MAX_PROTOCOLS);
}

#[cfg(test)]
mod tests;
