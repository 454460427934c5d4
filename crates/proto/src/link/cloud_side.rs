//! One recorder's link as the cloud sees it: challenge, proof, cameras, claims and the messages
//! of calls. The driver decides what needs the registry (see [`Event::Proven`]) and carries
//! messages of calls to [`crate::call::Call`]; everything else is decided here.
//!
//! [`CloudSide`] is a state machine ([`crate::machine`]).

mod calls;
mod cameras;
mod event;
mod reach;
mod register;

use std::time::Duration;

use serde_json::{Value, json};

pub use event::{ClaimOutcome, Event, LinkInput, RegistryVerdict};

use crate::call::event::FromDevice;
use crate::link::leg::{Arrival, IncomingFrame, Leg, SocketOutput, close};
use crate::link::limits::{CAMERAS_EVERY, LINK_RATE, MAX_ID_BYTES, REACH_HEARD_EVERY};
use crate::link::message::{
    Cameras, Challenge, ClaimRequest, Close, Connected, Extended, Invite, method,
};
use crate::machine::Machine;
use crate::paced::Paced;
use crate::reach::SiteReach;
use crate::rpc::{Id, Message, RpcError, code, typed};
use cameras::checked_cameras;

#[derive(Debug)]
enum RegistrationPhase {
    Unproven {
        challenge: Box<Challenge>,
    },
    Judging {
        challenge: Box<Challenge>,
        id: Id,
        serial: String,
    },
    Registered,
}

/// The purpose of a request to the agent.
#[derive(Debug)]
enum AgentRequest {
    Connect(String),
    Extend(String),
    Restart,
    Close,
    Claim(u64),
    Cameras,
}

/// One link.
#[derive(Debug)]
pub struct CloudSide {
    leg: Leg<AgentRequest, Event>,
    phase: RegistrationPhase,
    cameras_after: Duration,
    held_cameras: Option<Cameras>,
    reach: Paced<SiteReach>,
    n_work_asked: u32,
    public_url: Option<String>,
}

impl CloudSide {
    /// A link that was opened at `now`. `nonce` is for this socket alone; `host` is the cloud's name.
    pub fn new(nonce: String, host: String, now: Duration) -> CloudSide {
        let mut leg = Leg::new(LINK_RATE, now);
        let challenge = Challenge { nonce, host };
        leg.notify(method::CHALLENGE, &challenge);
        CloudSide {
            leg,
            phase: RegistrationPhase::Unproven {
                challenge: Box::new(challenge),
            },
            cameras_after: now,
            held_cameras: None,
            reach: Paced::new(REACH_HEARD_EVERY),
            n_work_asked: 0,
            public_url: None,
        }
    }

    /// Tells the agent the address that people use for this cloud.
    #[must_use]
    pub fn with_public_url(mut self, public_url: Option<String>) -> CloudSide {
        self.public_url = public_url;
        self
    }

    /// Whether the recorder has registered and the socket is open.
    pub fn is_registered(&self) -> bool {
        matches!(self.phase, RegistrationPhase::Registered) && !self.leg.is_closed()
    }

    /// How long the last pings to the agent took, in milliseconds; `None` before the first has come back.
    pub fn round_trip_ms(&self) -> Option<u16> {
        self.leg.round_trip_ms()
    }

    fn handle_frame(&mut self, frame: IncomingFrame, now: Duration) {
        match self.leg.receive(frame, now) {
            None => {}
            Some(Arrival::Message(message)) => self.handle_message(message, now),
            Some(Arrival::Alive) => self.leg.tell(Event::Alive),
            Some(Arrival::Gone) => self.fail_all(),
        }
    }

    fn handle_message(&mut self, message: Message, now: Duration) {
        match message {
            Message::Request { id, method, params } => {
                self.handle_request(id, &method, params);
            }
            Message::Notification { method, params } => {
                self.handle_notification(&method, params, now);
            }
            Message::Response {
                id: Some(id),
                outcome,
            } => {
                if let Some(request) = self.leg.settle(&id) {
                    self.handle_answer(request, outcome);
                }
            }
            Message::Response { id: None, outcome } => {
                if let Err(error) = outcome
                    && let Some(session) = error.session.clone()
                {
                    self.of_call(session, FromDevice::Failed(error));
                }
            }
        }
    }

    /// The socket has gone: every open request fails.
    fn fail_all(&mut self) {
        let gone = || RpcError::new(code::PEER_CLOSED, "the recorder's connection closed");
        let requests: Vec<AgentRequest> = self.leg.take_all().collect();
        for request in requests {
            self.handle_answer(request, Err(gone()));
        }
    }

    fn claim(&mut self, claim: &ClaimRequest, token: u64, now: Duration) {
        let request = AgentRequest::Claim(token);
        let sent = self.leg.request(method::CLAIM, claim, request, now);
        if sent.is_err() {
            self.leg.tell(Event::Claimed {
                token,
                outcome: ClaimOutcome::Unavailable,
            });
        }
    }

    /// Answers a message for a call that does not exist or belongs to another recorder.
    fn refuse_call(&mut self, said: FromDevice) {
        match said {
            FromDevice::Invite { id, .. } => self.leg.refuse(id, no_call()),
            // Close is idempotent: those of both sides may cross.
            FromDevice::Close { id, .. } => self.leg.answer(id, Ok(&json!({}))),
            FromDevice::Connected(_)
            | FromDevice::Trickle(_)
            | FromDevice::Extended(_)
            | FromDevice::Failed(_)
            | FromDevice::Gone
            | FromDevice::Back => {}
        }
    }

    fn handle_request(&mut self, id: Id, name: &str, params: Value) {
        if name == method::REGISTER {
            return self.handle_register(id, params);
        }
        if !matches!(self.phase, RegistrationPhase::Registered) {
            let first = RpcError::new(code::UNAUTHORIZED, "register first");
            return self.leg.refuse(id, first);
        }
        let read = match name {
            method::UNREGISTER => {
                self.leg.answer(id, Ok(&json!({})));
                self.leg.close(close::NORMAL, "unregistered");
                return;
            }
            method::INVITE => typed::<Invite>(params).map(|invite| {
                let Invite {
                    session,
                    offer,
                    subprotocols,
                    ice_servers: _,
                } = invite;
                let id = id.clone();
                (
                    session,
                    FromDevice::Invite {
                        id,
                        offer,
                        subprotocols,
                    },
                )
            }),
            method::CLOSE => typed::<Close>(params).map(|close| {
                let id = id.clone();
                (
                    close.session,
                    FromDevice::Close {
                        id,
                        reason: close.reason,
                    },
                )
            }),
            _ => Err(RpcError::new(code::NO_METHOD, "no such method")),
        };
        match read {
            Ok((session, _)) if session.len() > MAX_ID_BYTES => self.leg.refuse(id, no_call()),
            Ok((session, said)) => self.of_call(session, said),
            Err(error) => self.leg.refuse(id, error),
        }
    }

    fn handle_notification(&mut self, name: &str, params: Value, now: Duration) {
        if !matches!(self.phase, RegistrationPhase::Registered) {
            return;
        }
        match name {
            method::CAMERAS => match checked_cameras(params) {
                Ok(cameras) => {
                    // Held back, or a camera that comes and goes would flood every viewer.
                    self.held_cameras = Some(cameras);
                    self.handle_timeout(now);
                }
                Err(error) => self.leg.error(error),
            },
            method::TRICKLE => match typed::<TrickleRaw>(params) {
                Ok(raw) => self.of_call(raw.session, FromDevice::Trickle(raw.candidate)),
                Err(_) => self.leg.malformed(),
            },
            method::REACH => self.hear_reach(params, now),
            // JSON-RPC 2.0 §4.1: an unknown notification gets no answer.
            _ => {}
        }
    }

    fn of_call(&mut self, session: String, said: FromDevice) {
        if session.len() <= MAX_ID_BYTES {
            self.leg.tell(Event::OfCall { session, said });
        }
    }

    fn handle_answer(&mut self, request: AgentRequest, outcome: Result<Value, RpcError>) {
        match request {
            AgentRequest::Connect(session) => {
                let outcome = outcome.and_then(typed::<Connected>);
                let said = FromDevice::Connected(outcome.map(|connected| connected.capabilities));
                self.of_call(session, said);
            }
            AgentRequest::Extend(session) => {
                let outcome = outcome.and_then(typed::<Extended>);
                let said = FromDevice::Extended(outcome.map(|told| told.expiry_time_seconds));
                self.of_call(session, said);
            }
            // The offer is the real answer.
            AgentRequest::Restart | AgentRequest::Close => {}
            AgentRequest::Cameras => match outcome.and_then(checked_cameras) {
                Ok(cameras) => {
                    // A list that is still held is older than this answer.
                    self.held_cameras = None;
                    self.leg.tell(Event::Cameras(cameras));
                }
                Err(_) => {
                    let again = "tell the cameras on another link";
                    self.leg.close(close::GOING_AWAY, again);
                }
            },
            AgentRequest::Claim(token) => {
                let outcome = match outcome {
                    Ok(answer) => ClaimOutcome::Accepted(cameras::own_name(answer)),
                    Err(error) => match error.code {
                        code::FORBIDDEN => ClaimOutcome::Wrong,
                        code::TOO_MANY => ClaimOutcome::TooMany,
                        _ => ClaimOutcome::Unavailable,
                    },
                };
                self.leg.tell(Event::Claimed { token, outcome });
            }
        }
    }
}

impl Machine for CloudSide {
    type Input = LinkInput;
    type Output = SocketOutput<Event>;

    fn handle(&mut self, input: LinkInput, now: Duration) {
        match input {
            LinkInput::Frame(frame) => self.handle_frame(frame, now),
            LinkInput::Verdict(verdict) => self.judge(verdict, now),
            LinkInput::AskCameras => self.ask_cameras(now),
            LinkInput::Probe => self.leg.probe(now),
            LinkInput::Claim { claim, token } => self.claim(&claim, token, now),
            LinkInput::OfCall { session, message } => self.tell_agent(&session, message, now),
            LinkInput::NoCall(said) => self.refuse_call(said),
            LinkInput::Close { code, reason } => self.leg.close(code, reason),
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        self.leg.handle_timeout(now);
        while let Some(request) = self.leg.take_overdue(now) {
            let late = RpcError::new(code::TIMEOUT, "the recorder did not answer");
            self.handle_answer(request, Err(late));
        }
        if now >= self.cameras_after
            && let Some(cameras) = self.held_cameras.take()
        {
            self.cameras_after = now + CAMERAS_EVERY;
            self.leg.tell(Event::Cameras(cameras));
        }
        self.tell_reach(now);
    }

    fn poll_output(&mut self) -> Option<SocketOutput<Event>> {
        self.leg.poll_output()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let due = self.leg.poll_timeout()?;
        let cameras = self.held_cameras.as_ref().map(|_| self.cameras_after);
        let held = [cameras, self.reach.due()].into_iter().flatten();
        Some(held.fold(due, Duration::min))
    }
}

/// [`crate::link::message::Trickle`] with the unchanged candidate, to be forwarded as it is.
#[derive(serde::Deserialize)]
pub(crate) struct TrickleRaw {
    pub(crate) session: String,
    #[serde(default)]
    pub(crate) candidate: Value,
}

pub(crate) fn no_call() -> RpcError {
    RpcError::new(code::NOT_FOUND, "no such session")
}

#[cfg(test)]
mod tests;
