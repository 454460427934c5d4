//! The agent's end of one link, from the first byte of a WebSocket to its last: proves the key,
//! tells the cameras, answers what the cloud asks, and knows when the link is dead.
//!
//! [`AgentSide`] is a state machine ([`crate::machine`]).

mod event;
mod liveness;
mod reach;
mod registration;
mod requests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::Value;

pub use event::{AgentInput, AgentOutput, CallReport};
pub use liveness::{DOUBT, PING, PONG, SILENCE};

use crate::link::limits::REACH_EVERY;
use crate::link::message::{Cameras, Candidate, Close, Invite, Invited, Trickle, method};
use crate::machine::Machine;
use crate::paced::Paced;
use crate::reach::SiteReach;
use crate::rpc::{Id, Message, RpcError, code, typed};
use crate::seconds::DAY;
use liveness::{Due, Liveness};

/// Calls of one recorder at the same time; more are refused with 480.
pub const MAX_CALLS: usize = 16;
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LinkPhase {
    AwaitingChallenge,
    Proving,
    Registering(u64),
    Working,
    Up,
    Over,
}

#[derive(Debug)]
enum CloudRequest {
    Invite(String),
    Other,
}

/// One link's state.
#[derive(Debug)]
pub struct AgentSide {
    name: String,
    cameras: Cameras,
    reach: Paced<SiteReach>,
    phase: LinkPhase,
    started: Duration,
    liveness: Liveness,
    replaces: Option<String>,
    next_id: u64,
    pending: BTreeMap<u64, CloudRequest>,
    live: BTreeSet<String>,
    ended: VecDeque<String>,
    n_nonsense: u32,
    /// Kept until registered, in case the cloud requires work first.
    authorization: String,
    n_worked: u32,
    register_by: Duration,
    outputs: VecDeque<AgentOutput>,
}

impl AgentSide {
    /// A new WebSocket at `now`; `live` are calls that continue from earlier links.
    pub fn new(
        name: &str,
        cameras: impl Into<Cameras>,
        live: impl IntoIterator<Item = String>,
        now: Duration,
    ) -> AgentSide {
        AgentSide {
            name: name.to_owned(),
            cameras: cameras.into(),
            reach: Paced::new(REACH_EVERY),
            phase: LinkPhase::AwaitingChallenge,
            started: now,
            liveness: Liveness::new(now),
            replaces: None,
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

    /// Tells the cloud that this link replaces this agent's earlier one, by its nonce.
    pub fn replacing(mut self, nonce: Option<String>) -> AgentSide {
        self.replaces = nonce;
        self
    }

    fn message(&mut self, text: &str, now: Duration) {
        self.liveness.heard(now);
        match Message::parse(text) {
            Ok(Message::Request { id, method, params }) => self.request(id, &method, params),
            Ok(Message::Notification { method, params }) => self.notification(&method, params),
            Ok(Message::Response { id, outcome }) => self.response(id, outcome),
            Err(_) => self.nonsense(),
        }
    }

    fn doubt(&mut self, now: Duration) {
        if self.phase == LinkPhase::Up && self.liveness.doubt(now) {
            self.outputs.push_back(AgentOutput::Ping);
        }
    }

    fn set_cameras(&mut self, cameras: Cameras) {
        if self.cameras == cameras {
            return;
        }
        self.cameras = cameras;
        if self.phase == LinkPhase::Up {
            self.tell_cameras();
        }
    }

    fn report(&mut self, report: CallReport, now: Duration) {
        match report {
            CallReport::Invite { session, offer } => self.invite(&session, offer),
            CallReport::Trickle { session, line } => self.trickle(&session, line),
            CallReport::Bad {
                session,
                code,
                words,
            } => self.fail(&session, code, words),
            CallReport::PathInDoubt => self.doubt(now),
            CallReport::Ended { session, reason } => self.call_ended(&session, reason),
        }
    }

    fn invite(&mut self, session: &str, offer: String) {
        if self.phase == LinkPhase::Up && self.live.contains(session) {
            let invite = Invite {
                session: session.to_owned(),
                offer,
                subprotocols: vec![crate::control::PROTOCOL.to_owned()],
                ice_servers: Vec::new(),
            };
            self.send_request(
                method::INVITE,
                &invite,
                CloudRequest::Invite(session.to_owned()),
            );
        }
    }

    fn trickle(&mut self, session: &str, line: Option<String>) {
        if self.phase == LinkPhase::Up && self.live.contains(session) {
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

    fn fail(&mut self, session: &str, code: i64, words: &str) {
        if self.phase == LinkPhase::Up {
            self.send(&Message::Response {
                id: None,
                outcome: Err(RpcError::new(code, words).about(session)),
            });
        }
    }

    fn call_ended(&mut self, session: &str, reason: &str) {
        if !self.live.remove(session) {
            return;
        }
        self.remember(session);
        if self.phase == LinkPhase::Up {
            let close = Close {
                session: session.to_owned(),
                reason: Some(reason.to_owned()),
            };
            self.send_request(method::CLOSE, &close, CloudRequest::Other);
        }
    }

    fn notification(&mut self, method: &str, params: Value) {
        match (method, self.phase) {
            (method::CHALLENGE, LinkPhase::AwaitingChallenge) => match typed(params) {
                Ok(challenge) => {
                    self.phase = LinkPhase::Proving;
                    self.outputs.push_back(AgentOutput::Prove(challenge));
                }
                Err(_) => self.nonsense(),
            },
            (method::TRICKLE, LinkPhase::Up) => match typed::<Trickle>(params) {
                Ok(trickle) => self.candidate(trickle),
                Err(_) => self.nonsense(),
            },
            (method::ICE_SERVERS, LinkPhase::Up) => self.ice_servers(params),
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
                .push_back(AgentOutput::Candidate(trickle.session, candidate));
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
            CloudRequest::Invite(session) if self.live.contains(&session) => {
                let answer = outcome.and_then(typed::<Invited>);
                self.outputs.push_back(AgentOutput::Answer(session, answer));
            }
            // The call ended while its invite was on the way.
            CloudRequest::Invite(_) => {}
            CloudRequest::Other if self.phase == LinkPhase::Registering(number) => {
                self.registered(outcome)
            }
            CloudRequest::Other => {}
        }
    }

    fn error_without_request(&mut self, outcome: Result<Value, RpcError>) {
        let Err(error) = outcome else {
            return self.nonsense();
        };
        match error.session.clone() {
            Some(session) if self.live.contains(&session) => {
                self.outputs
                    .push_back(AgentOutput::Answer(session, Err(error)));
            }
            Some(_) => {}
            None if self.phase == LinkPhase::Up => {}
            // Before registration, an error without a session can only be about the registration.
            None => {
                self.phase = LinkPhase::Over;
                self.outputs.push_back(AgentOutput::Refused(error));
            }
        }
    }

    fn tell_cameras(&mut self) {
        self.send(&Message::notification(method::CAMERAS, &self.cameras));
    }

    fn send_request(
        &mut self,
        method: &str,
        params: &impl serde::Serialize,
        pending: CloudRequest,
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
        self.outputs.push_back(AgentOutput::Send(message.to_text()));
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
        if self.phase != LinkPhase::Over {
            self.phase = LinkPhase::Over;
            self.outputs.push_back(AgentOutput::Dead(words));
        }
    }
}

impl Machine for AgentSide {
    type Input = AgentInput;
    type Output = AgentOutput;

    fn handle(&mut self, input: AgentInput, now: Duration) {
        match input {
            AgentInput::Text(text) => self.message(&text, now),
            AgentInput::SignOfLife => self.liveness.heard(now),
            AgentInput::Proof(authorization) => self.register(authorization),
            AgentInput::Work(numbers) => self.worked(numbers),
            AgentInput::Verdict(id, answer, name) => self.claimed(id, answer, name),
            AgentInput::Cameras(cameras) => self.set_cameras(cameras),
            AgentInput::Reach(reach) => self.set_reach(reach, now),
            AgentInput::OfCall(report) => self.report(report, now),
            AgentInput::Doubt => self.doubt(now),
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        if self.phase == LinkPhase::Over {
            return;
        }
        if self.phase == LinkPhase::Working && now >= self.register_by {
            self.die("the work that the cloud asks of a new recorder took this machine too long");
        } else if self.phase != LinkPhase::Up && now >= self.register_by {
            self.die("the cloud did not finish the handshake");
        } else {
            match self.liveness.take_due(now) {
                Some(Due::Dead) => self.die("nothing was heard for a minute"),
                Some(Due::Ping) => self.outputs.push_back(AgentOutput::Ping),
                Some(Due::Doubtful) => self.outputs.push_back(AgentOutput::Doubtful),
                None => {}
            }
            self.tell_reach(now);
        }
    }

    fn poll_output(&mut self) -> Option<AgentOutput> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let other = match self.phase {
            LinkPhase::Over => return None,
            LinkPhase::Up => self.reach.due().unwrap_or(Duration::MAX),
            _ => self.register_by,
        };
        Some(self.liveness.next_due().min(other))
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
