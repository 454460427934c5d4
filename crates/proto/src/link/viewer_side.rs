//! One viewer's socket as the cloud sees it, from the client's side of ONVIF WebRTC. Who the
//! viewer is was settled before the socket opened; what it may have, the driver decides on every
//! [`Event::Connect`].
//!
//! [`ViewerSide`] is a state machine ([`crate::machine`]).

use std::time::Duration;

use serde_json::{Value, json};

use crate::call::event::{FromViewer, ToViewer};
use crate::link::cloud_side::{TrickleRaw, no_call};
use crate::link::leg::{Arrival, IncomingFrame, Leg, SocketOutput, close};
use crate::link::limits::{MAX_ID_BYTES, MAX_SLOTS, VIEWER_RATE};
use crate::link::message::{
    Close, Connect, Extend, Extended, Invited, Presence, Registered, SessionId, method,
};
use crate::machine::Machine;
use crate::rpc::{Id, Message, RpcError, code, typed};

/// What may happen to a viewer's socket.
#[derive(Debug, PartialEq)]
pub enum ViewerInput {
    /// Something came over it.
    Frame(IncomingFrame),
    /// One of the viewer's recorders came, left or changed.
    Presence(Presence),
    /// What the viewer asked for is not to be had.
    Refusal {
        /// Of its request.
        id: Id,
        /// Why.
        error: RpcError,
    },
    /// A call sends a message to its viewer.
    OfCall {
        /// Session id of the call.
        session: String,
        /// What it says.
        message: ToViewer,
    },
    /// The message of [`Event::OfCall`] is of no call, or of another account's.
    NoCall(FromViewer),
    /// The socket has to end.
    Close {
        /// One of [`close`].
        code: u16,
        /// For a developer's console.
        reason: &'static str,
    },
}

/// What the driver has to act on.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// The viewer registered: send it the presence of its recorders.
    Registered,
    /// The viewer wants a call: begin it, or feed [`ViewerInput::Refusal`].
    Connect {
        /// Of the request.
        id: Id,
        /// The recorder and the requested pictures.
        connect: Connect,
    },
    /// A message of the call with this session id. If it is unknown or belongs to a stranger,
    /// feed [`ViewerInput::NoCall`].
    OfCall {
        /// Session id as the viewer wrote it.
        session: String,
        /// What the viewer said.
        said: FromViewer,
    },
}

/// The purpose of a request to the viewer.
#[derive(Debug)]
enum ViewerRequest {
    Invite(String),
    Close,
}

/// One viewer's socket.
#[derive(Debug)]
pub struct ViewerSide {
    leg: Leg<ViewerRequest, Event>,
    viewer_id: String,
    is_registered: bool,
}

impl ViewerSide {
    /// A socket that was opened at `now`; `viewer_id` is the answer to register.
    pub fn new(viewer_id: String, now: Duration) -> ViewerSide {
        ViewerSide {
            leg: Leg::new(VIEWER_RATE, now),
            viewer_id,
            is_registered: false,
        }
    }

    fn handle_message(&mut self, message: Message) {
        match message {
            Message::Request { id, method, params } => {
                self.handle_request(id, &method, params);
            }
            Message::Notification { method, params } => {
                self.handle_notification(&method, params);
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
                    self.of_call(session, FromViewer::Failed(error));
                }
            }
        }
    }

    /// Forwards a message of a call to its viewer.
    fn tell_viewer(&mut self, session: &str, message: ToViewer, now: Duration) {
        match message {
            ToViewer::Connected { id, outcome } => {
                self.leg
                    .answer(id, outcome.as_deref().map_err(Clone::clone));
            }
            ToViewer::Invite(invite) => {
                let request = ViewerRequest::Invite(session.to_owned());
                let sent = self.leg.request(method::INVITE, &*invite, request, now);
                if let Err(request) = sent {
                    let full = RpcError::new(code::RESOURCES, "too many invites wait");
                    self.handle_answer(request, Err(full));
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
            ToViewer::Noted { id, outcome } => {
                self.leg.answer(
                    id,
                    outcome.map(|()| json!({})).as_ref().map_err(Clone::clone),
                );
            }
            ToViewer::Closed { id } => self.leg.answer(id, Ok(&json!({}))),
            ToViewer::Close { reason } => {
                let close = Close {
                    session: session.to_owned(),
                    reason,
                };
                // The call has ended, whether the message is received or not.
                let request = ViewerRequest::Close;
                self.leg.request(method::CLOSE, &close, request, now).ok();
            }
            ToViewer::Error(error) => self.leg.error(error.about(session)),
        }
    }

    /// Answers a message for a call that does not exist or belongs to another account.
    fn refuse_call(&mut self, said: FromViewer) {
        match said {
            FromViewer::Extend { id } | FromViewer::Restart { id } | FromViewer::Resume { id } => {
                self.leg.refuse(id, no_call())
            }
            FromViewer::Close { id, .. } => self.leg.answer(id, Ok(&json!({}))),
            FromViewer::Invited(_)
            | FromViewer::Trickle(_)
            | FromViewer::Failed(_)
            | FromViewer::Moved
            | FromViewer::Gone => {}
        }
    }

    fn handle_request(&mut self, id: Id, name: &str, params: Value) {
        if name == method::REGISTER {
            // No proof is needed: the session was checked before the socket opened.
            self.leg.registered();
            let me = Registered {
                id: self.viewer_id.clone(),
                public_url: None,
            };
            self.leg.answer(id, Ok(&me));
            // A viewer that registers twice gets its recorders once.
            if !std::mem::replace(&mut self.is_registered, true) {
                self.leg.tell(Event::Registered);
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
                    Ok(connect) => self.leg.tell(Event::Connect { id, connect }),
                    Err(error) => self.leg.refuse(id, error),
                };
            }
            method::EXTEND => typed::<Extend>(params)
                .map(|extend| (extend.session, FromViewer::Extend { id: id.clone() })),
            method::RESTART => typed::<SessionId>(params)
                .map(|call| (call.session, FromViewer::Restart { id: id.clone() })),
            method::RESUME => typed::<SessionId>(params)
                .map(|call| (call.session, FromViewer::Resume { id: id.clone() })),
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

    fn handle_answer(&mut self, request: ViewerRequest, outcome: Result<Value, RpcError>) {
        match request {
            ViewerRequest::Invite(session) => {
                let outcome = outcome.and_then(typed::<Invited>);
                self.of_call(session, FromViewer::Invited(outcome));
            }
            ViewerRequest::Close => {}
        }
    }

    fn of_call(&mut self, session: String, said: FromViewer) {
        if session.len() <= MAX_ID_BYTES {
            self.leg.tell(Event::OfCall { session, said });
        }
    }
}

impl Machine for ViewerSide {
    type Input = ViewerInput;
    type Output = SocketOutput<Event>;

    fn handle(&mut self, input: ViewerInput, now: Duration) {
        match input {
            ViewerInput::Frame(frame) => {
                // Calls hear from the driver that their viewer has gone.
                if let Some(Arrival::Message(message)) = self.leg.receive(frame, now) {
                    self.handle_message(message);
                }
            }
            ViewerInput::Presence(presence) => self.leg.notify(method::PRESENCE, &presence),
            ViewerInput::Refusal { id, error } => self.leg.refuse(id, error),
            ViewerInput::OfCall { session, message } => self.tell_viewer(&session, message, now),
            ViewerInput::NoCall(said) => self.refuse_call(said),
            ViewerInput::Close { code, reason } => self.leg.close(code, reason),
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        self.leg.handle_timeout(now);
        while let Some(request) = self.leg.take_overdue(now) {
            let late = RpcError::new(code::TIMEOUT, "the viewer did not answer");
            self.handle_answer(request, Err(late));
        }
    }

    fn poll_output(&mut self) -> Option<SocketOutput<Event>> {
        self.leg.poll_output()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.leg.poll_timeout()
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
