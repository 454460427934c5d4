//! One viewer's socket as the cloud sees it, from the client's side of ONVIF WebRTC. The viewer was
//! authenticated before the socket opened; the caller checks its permission on every
//! [`Event::Connect`].
//!
//! Feed one input, then drain [`ViewerSide::poll_frame`] and [`ViewerSide::poll_event`].

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use crate::call::event::{FromViewer, ToViewer};
use crate::link::cloud_side::{TrickleRaw, no_call};
use crate::link::leg::{Frame, Leg, close};
use crate::link::limits::{MAX_ID_BYTES, MAX_SLOTS, VIEWER_RATE};
use crate::link::message::{
    Close, Connect, Extend, Extended, Invited, Presence, Registered, method,
};
use crate::rpc::{Id, Message, RpcError, code, typed};

/// What the caller has to act on.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// The viewer registered: send it the presence of its recorders.
    Registered,
    /// The viewer requests a call: answer with [`ViewerSide::tell`] or [`ViewerSide::refuse`].
    Connect {
        /// Of the request.
        id: Id,
        /// The recorder and the requested pictures.
        connect: Connect,
    },
    /// A message of the call with this session id. If it is unknown or belongs to a stranger,
    /// answer with [`ViewerSide::refuse_call`].
    OfCall {
        /// Session id as the viewer wrote it.
        session: String,
        /// What the viewer said.
        said: FromViewer,
    },
}

/// The purpose of a request to the viewer.
#[derive(Debug)]
enum Asked {
    Invite(String),
    Close,
}

/// One viewer's socket.
#[derive(Debug)]
pub struct ViewerSide {
    leg: Leg<Asked>,
    events: VecDeque<Event>,
    viewer_id: String,
    is_registered: bool,
}

impl ViewerSide {
    /// A socket that was opened at `now`; `viewer_id` is the answer to register.
    pub fn new(viewer_id: String, now: Duration) -> ViewerSide {
        ViewerSide {
            leg: Leg::new(VIEWER_RATE, now),
            events: VecDeque::new(),
            viewer_id,
            is_registered: false,
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

    /// When [`ViewerSide::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Duration {
        self.leg.poll_timeout()
    }

    /// Acts on what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.leg.handle_timeout(now);
        while let Some(asked) = self.leg.take_overdue(now) {
            let late = RpcError::new(code::TIMEOUT, "the viewer did not answer");
            self.answered(asked, Err(late));
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
                self.handle_notification(&method, params);
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
                    self.of_call(session, FromViewer::Failed(error));
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
        if self.leg.admit(now) {
            self.leg.handle_pong(payload);
        }
    }

    /// Tells the viewer about one of its recorders.
    pub fn presence(&mut self, presence: &Presence) {
        self.leg.notify(method::PRESENCE, presence);
    }

    /// Refuses a request.
    pub fn refuse(&mut self, id: Id, error: RpcError) {
        self.leg.refuse(id, error);
    }

    /// Forwards a message of a call to its viewer.
    pub fn tell(&mut self, session: &str, message: ToViewer, now: Duration) {
        match message {
            ToViewer::Connected { id, outcome } => {
                self.leg
                    .answer(id, outcome.as_deref().map_err(Clone::clone));
            }
            ToViewer::Invite(invite) => {
                let asked = Asked::Invite(session.to_owned());
                let sent = self.leg.request(method::INVITE, &*invite, asked, now);
                if let Err(asked) = sent {
                    let full = RpcError::new(code::RESOURCES, "too many invites wait");
                    self.answered(asked, Err(full));
                }
            }
            ToViewer::Trickle(candidate) => {
                let trickle = json!({"session": session, "candidate": candidate});
                self.leg.notify(method::TRICKLE, &trickle);
            }
            ToViewer::Extended { id, outcome } => {
                let outcome = outcome.map(|seconds| Extended {
                    expiry_time_seconds: seconds,
                });
                self.leg.answer(id, outcome.as_ref().map_err(Clone::clone));
            }
            ToViewer::Closed { id } => self.leg.answer(id, Ok(&json!({}))),
            ToViewer::Close { reason } => {
                let close = Close {
                    session: session.to_owned(),
                    reason,
                };
                // The call has ended, whether the message is received or not.
                self.leg
                    .request(method::CLOSE, &close, Asked::Close, now)
                    .ok();
            }
            ToViewer::Error(error) => self.leg.error(error.about(session)),
        }
    }

    /// Answers a message for a call that does not exist or belongs to another account.
    pub fn refuse_call(&mut self, said: FromViewer) {
        match said {
            FromViewer::Extend { id } => self.leg.refuse(id, no_call()),
            FromViewer::Close { id, .. } => self.leg.answer(id, Ok(&json!({}))),
            FromViewer::Invited(_)
            | FromViewer::Trickle(_)
            | FromViewer::Failed(_)
            | FromViewer::Gone => {}
        }
    }

    /// Closes the socket.
    pub fn close(&mut self, code: u16, reason: &'static str) {
        self.leg.close(code, reason);
    }

    fn handle_request(&mut self, id: Id, name: &str, params: Value) {
        if name == method::REGISTER {
            // No proof is needed: the session was checked before the socket opened.
            self.leg.registered();
            let me = Registered {
                id: self.viewer_id.clone(),
            };
            self.leg.answer(id, Ok(&me));
            // A viewer that registers twice gets its recorders once.
            if !std::mem::replace(&mut self.is_registered, true) {
                self.events.push_back(Event::Registered);
            }
            return;
        }
        if !self.is_registered {
            let first = RpcError::new(code::UNAUTHORIZED, "register first");
            return self.leg.refuse(id, first);
        }
        let read = match name {
            method::UNREGISTER => {
                self.leg.answer(id, Ok(&json!({})));
                self.leg.close(close::NORMAL, "unregistered");
                return;
            }
            method::CONNECT => {
                return match typed::<Connect>(params).and_then(checked_connect) {
                    Ok(connect) => self.events.push_back(Event::Connect { id, connect }),
                    Err(error) => self.leg.refuse(id, error),
                };
            }
            method::EXTEND => typed::<Extend>(params)
                .map(|extend| (extend.session, FromViewer::Extend { id: id.clone() })),
            method::CLOSE => typed::<Close>(params).map(|close| {
                let id = id.clone();
                let reason = close.reason;
                (close.session, FromViewer::Close { id, reason })
            }),
            _ => Err(RpcError::new(code::NO_METHOD, "no such method")),
        };
        match read {
            Ok((session, _)) if session.len() > MAX_ID_BYTES => self.leg.refuse(id, no_call()),
            Ok((session, said)) => self.of_call(session, said),
            Err(error) => self.leg.refuse(id, error),
        }
    }

    fn handle_notification(&mut self, name: &str, params: Value) {
        if !self.is_registered || name != method::TRICKLE {
            return;
        }
        match typed::<TrickleRaw>(params) {
            Ok(raw) => self.of_call(raw.session, FromViewer::Trickle(raw.candidate)),
            Err(_) => self.leg.malformed(),
        }
    }

    fn answered(&mut self, asked: Asked, outcome: Result<Value, RpcError>) {
        match asked {
            Asked::Invite(session) => {
                let outcome = outcome.and_then(typed::<Invited>);
                self.of_call(session, FromViewer::Invited(outcome));
            }
            Asked::Close => {}
        }
    }

    fn of_call(&mut self, session: String, said: FromViewer) {
        if session.len() <= MAX_ID_BYTES {
            self.events.push_back(Event::OfCall { session, said });
        }
    }
}

fn checked_connect(connect: Connect) -> Result<Connect, RpcError> {
    let slots = connect.slots.unwrap_or(1);
    let is_sane = (1..=MAX_SLOTS).contains(&slots)
        && connect.peer.len() <= MAX_ID_BYTES
        && connect
            .profile
            .as_ref()
            .is_none_or(|it| it.len() <= MAX_ID_BYTES)
        && connect.watch.len() <= usize::from(slots)
        && connect
            .watch
            .iter()
            .all(|watch| watch.slot < slots && watch.camera.len() <= MAX_ID_BYTES);
    if is_sane {
        Ok(connect)
    } else {
        Err(RpcError::new(
            code::BAD_PARAMS,
            "1 to 16 slots, and what to watch in them",
        ))
    }
}

#[cfg(test)]
mod tests;
