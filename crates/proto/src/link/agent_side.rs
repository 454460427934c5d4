//! The agent's end of one link, from the first byte of a WebSocket to its last: it proves the key,
//! sends the cameras, answers the cloud's requests, and detects a dead link. Feed it messages and
//! the time, then call [`AgentSide::poll`] until it returns nothing.

mod asked;
mod registering;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::Value;

use super::message::{
    Camera, Cameras, Candidate, Challenge, Claim, Close, ConnectDevice, Invite, Invited, Trickle,
    method,
};
use crate::link::work::Work;
use crate::rpc::{Id, Message, RpcError, code, typed};
use crate::seconds::DAY;

/// Calls of one recorder at the same time; more are refused with 480.
pub const MAX_CALLS: usize = 16;
/// After this much silence the link is dead.
pub const SILENCE: Duration = Duration::from_secs(60);
/// After this much silence the cloud is pinged.
// Two pings fit into [`SILENCE`], so one lost answer does not end the link.
pub const PING: Duration = Duration::from_secs(20);
/// Time for the cloud to send its challenge and to answer register.
// Longer than the cloud's `REGISTER_WAIT`: its refusal says why, so it should come first.
pub const HANDSHAKE: Duration = Duration::from_secs(15);
/// Invalid messages before the link is closed.
pub const MAX_NONSENSE: u32 = 100;
/// Ended calls that are remembered, because closing one twice is not an error.
const MAX_ENDED: usize = 64;
/// Maximum number of our unanswered requests.
const MAX_PENDING: usize = 128;
const MAX_SESSION_BYTES: usize = 128;
/// Longest accepted expiry: a day.
const MAX_EXPIRY_SECONDS: u64 = DAY.unsigned_abs();
const CAPABILITIES: [&str; 2] = ["extend", "subProtocols"];

/// What the driver has to do.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Send this text.
    Send(String),
    /// Send a WebSocket ping.
    Ping,
    /// Sign this and pass the proof to [`AgentSide::register`].
    Prove(Challenge),
    /// Do this work for the challenge's nonce and pass it to [`AgentSide::worked`].
    Work(Work),
    /// The cloud has registered us.
    Registered,
    /// The cloud refused us; the link is useless.
    Refused(RpcError),
    /// Start a call. The cloud has already been answered.
    Connect(ConnectDevice),
    /// The viewer's answer to an invite, or why there is none.
    Answer(String, Result<Invited, RpcError>),
    /// The viewer's candidate for this session; `None` at the end of them.
    Candidate(String, Option<Candidate>),
    /// The call may last this many seconds from now on.
    Extend(String, u64),
    /// The call is over.
    Close(String),
    /// Check this claim and pass the verdict to [`AgentSide::claimed`].
    Claim(Id, Claim),
    /// The link is dead; the words are for a log.
    Dead(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    AwaitingChallenge,
    Proving,
    Registering(u64),
    Working,
    Up,
    Over,
}

#[derive(Debug)]
enum Pending {
    Invite(String),
    Other,
}

/// One link's state.
#[derive(Debug)]
pub struct AgentSide {
    name: String,
    cameras: Vec<Camera>,
    phase: Phase,
    started: Duration,
    heard: Duration,
    pinged: Duration,
    next_id: u64,
    pending: BTreeMap<u64, Pending>,
    live: BTreeSet<String>,
    ended: VecDeque<String>,
    n_nonsense: u32,
    /// Kept until registered, in case the cloud requires work first.
    authorization: String,
    n_worked: u32,
    register_by: Duration,
    outputs: VecDeque<Output>,
}

impl AgentSide {
    /// A new WebSocket at `now`; `live` are calls that continue from earlier links.
    pub fn new(
        name: &str,
        cameras: Vec<Camera>,
        live: impl IntoIterator<Item = String>,
        now: Duration,
    ) -> AgentSide {
        AgentSide {
            name: name.to_owned(),
            cameras,
            phase: Phase::AwaitingChallenge,
            started: now,
            heard: now,
            pinged: now,
            next_id: 1,
            pending: BTreeMap::new(),
            live: live.into_iter().collect(),
            ended: VecDeque::new(),
            n_nonsense: 0,
            authorization: String::new(),
            n_worked: 0,
            register_by: now + HANDSHAKE,
            outputs: VecDeque::new(),
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// A frame without a message arrived: a ping or a pong.
    pub fn heard(&mut self, now: Duration) {
        self.heard = self.heard.max(now);
    }

    /// A text came.
    pub fn message(&mut self, text: &str, now: Duration) {
        self.heard(now);
        match Message::parse(text) {
            Ok(Message::Request { id, method, params }) => self.request(id, &method, params),
            Ok(Message::Notification { method, params }) => self.notification(&method, params),
            Ok(Message::Response { id, outcome }) => self.response(id, outcome),
            Err(_) => self.nonsense(),
        }
    }

    /// Lets time pass.
    pub fn timeout(&mut self, now: Duration) {
        if self.phase == Phase::Over {
            return;
        }
        if self.phase == Phase::Working && now >= self.register_by {
            self.die("the work that the cloud asks of a new recorder took this machine too long");
        } else if self.phase != Phase::Up && now >= self.register_by {
            self.die("the cloud did not finish the handshake");
        } else if now >= self.heard + SILENCE {
            self.die("nothing was heard for a minute");
        } else if now >= self.heard.max(self.pinged) + PING {
            self.pinged = now;
            self.outputs.push_back(Output::Ping);
        }
    }

    /// When [`AgentSide::timeout`] has something to do.
    pub fn next_timeout(&self) -> Duration {
        let handshake = match self.phase {
            Phase::Up => Duration::MAX,
            _ => self.register_by,
        };
        (self.heard + SILENCE)
            .min(self.heard.max(self.pinged) + PING)
            .min(handshake)
    }

    /// All cameras of the recorder; sent to the cloud if they differ.
    pub fn set_cameras(&mut self, cameras: Vec<Camera>) {
        if self.cameras == cameras {
            return;
        }
        self.cameras = cameras;
        if self.phase == Phase::Up {
            self.tell_cameras();
        }
    }

    /// Sends an offer of a call, the first one or an ICE restart.
    pub fn invite(&mut self, session: &str, offer: String) {
        if self.phase == Phase::Up && self.live.contains(session) {
            let invite = Invite {
                session: session.to_owned(),
                offer,
                subprotocols: vec![crate::control::PROTOCOL.to_owned()],
            };
            self.send_request(method::INVITE, &invite, Pending::Invite(session.to_owned()));
        }
    }

    /// Sends a candidate of a call; `None` at the end of them.
    pub fn trickle(&mut self, session: &str, line: Option<String>) {
        if self.phase == Phase::Up && self.live.contains(session) {
            let candidate = Candidate {
                candidate: line.unwrap_or_default(),
                // All m-lines share one transport (RFC 9143), so the first stands for all.
                sdp_m_line_index: Some(0),
                ..Candidate::default()
            };
            let trickle = Trickle {
                session: session.to_owned(),
                candidate: Some(candidate),
            };
            self.send(&Message::notification(method::TRICKLE, &trickle));
        }
    }

    /// Tells the other side that something it sent for a call was invalid.
    pub fn fail(&mut self, session: &str, code: i64, words: &str) {
        if self.phase == Phase::Up {
            self.send(&Message::Response {
                id: None,
                outcome: Err(RpcError::new(code, words).about(session)),
            });
        }
    }

    /// A call has ended; the cloud is told unless it ended the call itself.
    pub fn call_ended(&mut self, session: &str, reason: &str) {
        if !self.live.remove(session) {
            return;
        }
        self.remember(session);
        if self.phase == Phase::Up {
            let close = Close {
                session: session.to_owned(),
                reason: Some(reason.to_owned()),
            };
            self.send_request(method::CLOSE, &close, Pending::Other);
        }
    }

    fn notification(&mut self, method: &str, params: Value) {
        match (method, self.phase) {
            (method::CHALLENGE, Phase::AwaitingChallenge) => match typed(params) {
                Ok(challenge) => {
                    self.phase = Phase::Proving;
                    self.outputs.push_back(Output::Prove(challenge));
                }
                Err(_) => self.nonsense(),
            },
            (method::TRICKLE, Phase::Up) => match typed::<Trickle>(params) {
                Ok(trickle) => self.candidate(trickle),
                Err(_) => self.nonsense(),
            },
            // Notifications of later versions.
            _ => {}
        }
    }

    fn candidate(&mut self, trickle: Trickle) {
        if self.live.contains(&trickle.session) {
            let candidate = trickle
                .candidate
                .filter(|candidate| !candidate.candidate.is_empty());
            self.outputs
                .push_back(Output::Candidate(trickle.session, candidate));
        } else if !self.ended.contains(&trickle.session) {
            let session = trickle.session.get(..MAX_SESSION_BYTES);
            let session = session.unwrap_or(&trickle.session).to_owned();
            self.fail(&session, code::BAD_REQUEST, "no such session");
        }
    }

    fn response(&mut self, id: Option<Id>, outcome: Result<Value, RpcError>) {
        let Some(Id::Number(number)) = as_ours(id) else {
            return self.error_without_request(outcome);
        };
        let Some(pending) = self.pending.remove(&number) else {
            return self.nonsense();
        };
        match pending {
            Pending::Invite(session) if self.live.contains(&session) => {
                let answer = outcome.and_then(typed::<Invited>);
                self.outputs.push_back(Output::Answer(session, answer));
            }
            // The call ended while its invite was on the way.
            Pending::Invite(_) => {}
            Pending::Other if self.phase == Phase::Registering(number) => self.registered(outcome),
            Pending::Other => {}
        }
    }

    fn error_without_request(&mut self, outcome: Result<Value, RpcError>) {
        let Err(error) = outcome else {
            return self.nonsense();
        };
        match error.session.clone() {
            Some(session) if self.live.contains(&session) => {
                self.outputs.push_back(Output::Answer(session, Err(error)));
            }
            Some(_) => {}
            None if self.phase == Phase::Up => {}
            // Before registration, an error without a session can only be about the registration.
            None => {
                self.phase = Phase::Over;
                self.outputs.push_back(Output::Refused(error));
            }
        }
    }

    fn tell_cameras(&mut self) {
        let cameras = Cameras {
            cameras: self.cameras.clone(),
        };
        self.send(&Message::notification(method::CAMERAS, &cameras));
    }

    fn send_request(
        &mut self,
        method: &str,
        params: &impl serde::Serialize,
        pending: Pending,
    ) -> Option<u64> {
        if self.pending.len() >= MAX_PENDING {
            self.die("the cloud does not answer");
            return None;
        }
        let id = self.next_id;
        self.next_id += 1;
        self.pending.insert(id, pending);
        self.send(&Message::request(id, method, params));
        Some(id)
    }

    fn send(&mut self, message: &Message) {
        self.outputs.push_back(Output::Send(message.to_text()));
    }

    fn remember(&mut self, session: &str) {
        if self.ended.len() >= MAX_ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(session.to_owned());
    }

    fn nonsense(&mut self) {
        self.n_nonsense += 1;
        if self.n_nonsense == MAX_NONSENSE {
            self.die("the cloud talks nonsense");
        }
    }

    fn die(&mut self, words: &'static str) {
        if self.phase != Phase::Over {
            self.phase = Phase::Over;
            self.outputs.push_back(Output::Dead(words));
        }
    }
}

/// Devices and servers may echo our number as a string (the specification's own example does).
fn as_ours(id: Option<Id>) -> Option<Id> {
    match id? {
        Id::Text(text) => text.parse().ok().map(Id::Number),
        number @ Id::Number(_) => Some(number),
    }
}

#[cfg(test)]
mod tests;
