//! One recorder's link as the cloud sees it: challenge, proof, cameras, claims and the messages of
//! calls. The caller decides what needs the registry (see [`CloudSide::judge`]) and passes messages
//! of calls to [`crate::call::Call`]; everything else is decided here.
//!
//! Feed one input, then drain [`CloudSide::poll_frame`] and [`CloudSide::poll_event`].

mod cameras;
mod event;
mod register;

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

pub use event::{ClaimOutcome, Event, Verdict};

use crate::call::event::{FromDevice, ToDevice};
use crate::link::leg::{Frame, Leg, close};
use crate::link::limits::{CAMERAS_EVERY, LINK_RATE, MAX_ID_BYTES};
use crate::link::message::{
    Camera, Challenge, Claim, Close, Connected, Extend, Extended, Invite, method,
};
use crate::rpc::{Id, Message, RpcError, code, typed};
use cameras::checked_cameras;

#[derive(Debug)]
enum Phase {
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
enum Asked {
    Connect(String),
    Extend(String),
    Close,
    Claim(u64),
    Cameras,
}

/// One link.
#[derive(Debug)]
pub struct CloudSide {
    leg: Leg<Asked>,
    events: VecDeque<Event>,
    phase: Phase,
    cameras_after: Duration,
    held_cameras: Option<Vec<Camera>>,
    n_work_asked: u32,
}

impl CloudSide {
    /// A link that was opened at `now`. `nonce` is for this socket alone; `host` is the cloud's name.
    pub fn new(nonce: String, host: String, now: Duration) -> CloudSide {
        let mut leg = Leg::new(LINK_RATE, now);
        let challenge = Challenge { nonce, host };
        leg.notify(method::CHALLENGE, &challenge);
        CloudSide {
            leg,
            events: VecDeque::new(),
            phase: Phase::Unproven {
                challenge: Box::new(challenge),
            },
            cameras_after: now,
            held_cameras: None,
            n_work_asked: 0,
        }
    }

    /// The next frame to send.
    pub fn poll_frame(&mut self) -> Option<Frame> {
        self.leg.poll_frame()
    }

    /// The next thing for the caller to act on.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`CloudSide::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Duration {
        let cameras = self.held_cameras.as_ref().map(|_| self.cameras_after);
        cameras.map_or(self.leg.poll_timeout(), |at| {
            at.min(self.leg.poll_timeout())
        })
    }

    /// Whether the recorder has registered and the socket is open.
    pub fn is_registered(&self) -> bool {
        matches!(self.phase, Phase::Registered) && !self.leg.is_closed()
    }

    /// Acts on what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.leg.handle_timeout(now);
        while let Some(asked) = self.leg.take_overdue(now) {
            let late = RpcError::new(code::TIMEOUT, "the recorder did not answer");
            self.answered(asked, Err(late));
        }
        if now >= self.cameras_after
            && let Some(cameras) = self.held_cameras.take()
        {
            self.cameras_after = now + CAMERAS_EVERY;
            self.events.push_back(Event::Cameras(cameras));
        }
    }

    /// A text frame arrived.
    pub fn handle_text(&mut self, text: &str, now: Duration) {
        match self.leg.read(text, now) {
            None => {}
            Some(Message::Request { id, method, params }) => {
                self.handle_request(id, &method, params);
            }
            Some(Message::Notification { method, params }) => {
                self.handle_notification(&method, params, now);
            }
            Some(Message::Response {
                id: Some(id),
                outcome,
            }) => {
                if let Some(asked) = self.leg.settle(&id) {
                    self.answered(asked, outcome);
                }
            }
            Some(Message::Response { id: None, outcome }) => {
                if let Err(error) = outcome
                    && let Some(session) = error.session.clone()
                {
                    self.of_call(session, FromDevice::Failed(error));
                }
            }
        }
    }

    /// A binary frame arrived.
    pub fn handle_binary(&mut self) {
        self.leg.handle_binary();
    }

    /// A ping or other frame without content arrived.
    pub fn handle_empty(&mut self, now: Duration) {
        self.leg.admit(now);
    }

    /// A pong arrived.
    pub fn handle_pong(&mut self, payload: &[u8], now: Duration) {
        if self.leg.admit(now) && self.leg.handle_pong(payload) {
            self.events.push_back(Event::Alive);
        }
    }

    /// The socket is gone: every open request fails.
    pub fn handle_gone(&mut self) {
        let gone = || RpcError::new(code::PEER_CLOSED, "the recorder's connection closed");
        let asked: Vec<Asked> = self.leg.take_all().collect();
        for asked in asked {
            self.answered(asked, Err(gone()));
        }
    }

    /// Asks the agent for its cameras; [`Event::Cameras`] follows, or the link closes and the agent
    /// sends them on its next one.
    pub fn ask_cameras(&mut self, now: Duration) {
        let nothing = json!({});
        let asked = self
            .leg
            .request(method::CAMERAS, &nothing, Asked::Cameras, now);
        if asked.is_err() {
            self.leg.close(close::GOING_AWAY, "too many requests wait");
        }
    }

    /// Pings at once; [`Event::Alive`] follows, or the link closes.
    pub fn probe(&mut self, now: Duration) {
        self.leg.probe(now);
    }

    /// Asks the agent whether `claim` is valid; [`Event::Claimed`] with `token` follows.
    pub fn claim(&mut self, claim: &Claim, token: u64, now: Duration) {
        let asked = self
            .leg
            .request(method::CLAIM, claim, Asked::Claim(token), now);
        if asked.is_err() {
            self.events.push_back(Event::Claimed {
                token,
                outcome: ClaimOutcome::Unavailable,
            });
        }
    }

    /// Forwards a message of a call to its agent.
    pub fn tell(&mut self, session: &str, message: ToDevice, now: Duration) {
        let asked = |asked: fn(String) -> Asked| asked(session.to_owned());
        let sent = match message {
            ToDevice::Connect(connect) => {
                self.leg
                    .request(method::CONNECT, &*connect, asked(Asked::Connect), now)
            }
            ToDevice::Extend { seconds } => {
                let extend = Extend {
                    session: session.to_owned(),
                    expiry_time_seconds: Some(seconds),
                };
                self.leg
                    .request(method::EXTEND, &extend, asked(Asked::Extend), now)
            }
            ToDevice::Close { reason } => {
                let close = Close {
                    session: session.to_owned(),
                    reason,
                };
                self.leg.request(method::CLOSE, &close, Asked::Close, now)
            }
            ToDevice::Invited { id, outcome } => {
                self.leg.answer(id, outcome.as_ref().map_err(Clone::clone));
                Ok(())
            }
            ToDevice::Trickle(candidate) => {
                let trickle = json!({"session": session, "candidate": candidate});
                self.leg.notify(method::TRICKLE, &trickle);
                Ok(())
            }
            ToDevice::Closed { id } => {
                self.leg.answer(id, Ok(&json!({})));
                Ok(())
            }
            ToDevice::Error(error) => {
                self.leg.error(error.about(session));
                Ok(())
            }
        };
        if let Err(asked) = sent {
            let full = RpcError::new(code::RESOURCES, "too many requests wait for the recorder");
            self.answered(asked, Err(full));
        }
    }

    /// Answers a message for a call that does not exist or belongs to another recorder.
    pub fn refuse_call(&mut self, said: FromDevice) {
        match said {
            FromDevice::Invite { id, .. } => self.leg.refuse(id, no_call()),
            // Close is idempotent: those of both sides may cross.
            FromDevice::Close { id, .. } => self.leg.answer(id, Ok(&json!({}))),
            FromDevice::Connected(_)
            | FromDevice::Trickle(_)
            | FromDevice::Extended(_)
            | FromDevice::Failed(_)
            | FromDevice::Gone => {}
        }
    }

    /// Closes the link.
    pub fn close(&mut self, code: u16, reason: &'static str) {
        self.leg.close(code, reason);
    }

    fn handle_request(&mut self, id: Id, name: &str, params: Value) {
        if name == method::REGISTER {
            return self.handle_register(id, params);
        }
        if !matches!(self.phase, Phase::Registered) {
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
        if !matches!(self.phase, Phase::Registered) {
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
            // JSON-RPC 2.0 §4.1: an unknown notification gets no answer.
            _ => {}
        }
    }

    fn of_call(&mut self, session: String, said: FromDevice) {
        if session.len() <= MAX_ID_BYTES {
            self.events.push_back(Event::OfCall { session, said });
        }
    }

    fn answered(&mut self, asked: Asked, outcome: Result<Value, RpcError>) {
        match asked {
            Asked::Connect(session) => {
                let outcome = outcome.and_then(typed::<Connected>);
                let said = FromDevice::Connected(outcome.map(|connected| connected.capabilities));
                self.of_call(session, said);
            }
            Asked::Extend(session) => {
                let outcome = outcome.and_then(typed::<Extended>);
                let said = FromDevice::Extended(outcome.map(|told| told.expiry_time_seconds));
                self.of_call(session, said);
            }
            Asked::Close => {}
            Asked::Cameras => match outcome.and_then(checked_cameras) {
                Ok(cameras) => {
                    // A list that is still held is older than this answer.
                    self.held_cameras = None;
                    self.events.push_back(Event::Cameras(cameras));
                }
                Err(_) => {
                    let again = "tell the cameras on another link";
                    self.leg.close(close::GOING_AWAY, again);
                }
            },
            Asked::Claim(token) => {
                let outcome = match outcome {
                    Ok(_) => ClaimOutcome::Accepted,
                    Err(error) => match error.code {
                        code::FORBIDDEN => ClaimOutcome::Wrong,
                        code::TOO_MANY => ClaimOutcome::TooMany,
                        _ => ClaimOutcome::Unavailable,
                    },
                };
                self.events.push_back(Event::Claimed { token, outcome });
            }
        }
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
