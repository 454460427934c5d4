//! One call as the cloud sees it: connect, offer, answer, candidates both ways, more time, the end.
//! Media never passes through here. Once the answer is through, the call no longer needs its
//! viewer's socket or its recorder's link; it lasts until somebody closes it or its time is up.
//!
//! Feed one input, then drain [`Call::poll_output`] until it is empty.

pub mod candidate;
mod device;
pub mod event;
pub mod ice;
pub mod limits;
pub mod sdp;
mod trickled;
mod viewer;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use serde_json::Value;

use crate::call::event::{ToDevice, ToViewer};
use crate::call::ice::IceCredential;
use crate::call::limits::{MAX_PROTOCOLS, MAX_WORDS_CHARS, STEP_WAIT};
use crate::call::sdp::Described;
use crate::call::trickled::{Taken, Trickled};
use crate::link::limits::MAX_ID_BYTES;
use crate::link::message::{ConnectDevice, IceServer, Invited};
use crate::rpc::{Id, RpcError, code};
use crate::turn_credential::Role;

/// What the caller does next.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// For the recorder's link; if it is down, feed [`event::FromDevice::Gone`].
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
pub struct Start {
    /// Id of the viewer's connect, to be answered.
    pub id: Id,
    /// The request to the agent, including its own servers.
    pub connect: ConnectDevice,
    /// STUN and TURN servers for the viewer.
    pub viewer_servers: Vec<IceServer>,
    /// How long the call lasts, counted from now and from every extend.
    pub lasts: Duration,
}

#[derive(Debug)]
enum Phase {
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
    phase: Phase,
    step_by: Option<Duration>,
    lasts: Duration,
    ends_at: Duration,
    invite: Option<Id>,
    extends: VecDeque<Id>,
    viewer: Trickled,
    device: Trickled,
    is_viewer_here: bool,
    is_device_here: bool,
    outputs: VecDeque<Output>,
}

impl Call {
    /// A viewer that is allowed to have this call requests it at `now`.
    pub fn new(start: Start, now: Duration) -> Call {
        let seconds = start.lasts.as_secs();
        let connect = ConnectDevice {
            expiry_time_seconds: Some(seconds),
            ..start.connect
        };
        let session = connect.session.clone();
        let connect = Output::ToDevice(ToDevice::Connect(Box::new(connect)));
        Call {
            session,
            phase: Phase::Asking {
                id: start.id,
                viewer_servers: start.viewer_servers,
            },
            step_by: Some(now + STEP_WAIT),
            lasts: start.lasts,
            ends_at: now + start.lasts,
            invite: None,
            extends: VecDeque::new(),
            viewer: Trickled::default(),
            device: Trickled::default(),
            is_viewer_here: true,
            is_device_here: true,
            outputs: VecDeque::from([Output::LastsFor(start.lasts), connect]),
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Call::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Duration {
        self.step_by.map_or(self.ends_at, |by| by.min(self.ends_at))
    }

    /// Whether the answer has gone through.
    pub fn is_established(&self) -> bool {
        matches!(self.phase, Phase::Established)
    }

    /// Whether the call is over.
    pub fn is_ended(&self) -> bool {
        matches!(self.phase, Phase::Ended)
    }

    /// Whether this call is abandoned: established, and its viewer's socket closed.
    pub fn is_left_alone(&self) -> bool {
        self.is_established() && !self.is_viewer_here
    }

    /// Candidates of both sides that were not forwarded.
    pub fn n_dropped(&self) -> u64 {
        self.viewer.n_dropped + self.device.n_dropped
    }

    /// Acts on what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.is_ended() {
            return;
        }
        if now >= self.ends_at {
            return self.close("the call's time is up");
        }
        if self.step_by.is_some_and(|by| now >= by) {
            self.step_by = None;
            let late = RpcError::new(code::TIMEOUT, "the other side did not react in time");
            if self.is_established() {
                // Only a restart failed; the call continues on its old path.
                self.answer_invite(Err(late));
            } else {
                self.fail(&late, &late);
            }
        }
    }

    /// Ends the call from outside, for example when its viewer signs out or loses the recorder.
    pub fn close(&mut self, reason: &str) {
        if self.is_ended() {
            return;
        }
        // The viewer has no session yet: the answer to its connect is the end of the call.
        if matches!(self.phase, Phase::Asking { .. }) {
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
            Taken::PassOn { candidate, ip } => {
                self.party_ips(from, ip);
                match from {
                    Role::Viewer => self.tell_device(ToDevice::Trickle(candidate)),
                    Role::Agent => self.tell_viewer(ToViewer::Trickle(candidate)),
                }
            }
            Taken::Held { ip } => self.party_ips(from, ip),
            Taken::Dropped => {}
            Taken::Malformed => {
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
        if matches!(self.phase, Phase::Asking { .. }) {
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
        let phase = std::mem::replace(&mut self.phase, Phase::Ended);
        let viewer_error = for_viewer.clone();
        match phase {
            Phase::Ended => return,
            Phase::Asking { id, .. } => self.tell_viewer(ToViewer::Connected {
                id,
                outcome: Err(viewer_error),
            }),
            Phase::Ringing | Phase::Answering | Phase::Established => {
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
        self.phase = Phase::Ended;
        self.step_by = None;
        self.outputs.push_back(Output::Ended);
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
            .extend(credentials.map(|credential| Output::PartyIce(role, credential)));
    }

    fn party_ips(&mut self, role: Role, ips: impl IntoIterator<Item = IpAddr>) {
        self.outputs
            .extend(ips.into_iter().map(|ip| Output::PartyIp(role, ip)));
    }

    fn tell_viewer(&mut self, message: ToViewer) {
        if self.is_viewer_here {
            self.outputs.push_back(Output::ToViewer(message));
        }
    }

    fn tell_device(&mut self, message: ToDevice) {
        if self.is_device_here {
            self.outputs.push_back(Output::ToDevice(message));
        }
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
