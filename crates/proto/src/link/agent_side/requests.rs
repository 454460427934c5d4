//! Requests of the cloud to the agent: calls, their expiry and end, and claims.

use serde_json::Value;

use super::{
    AgentOutput, AgentSide, CAPABILITIES, LinkPhase, MAX_CALLS, MAX_EXPIRY_SECONDS,
    MAX_SESSION_BYTES,
};
use crate::claim::ClaimAnswer;
use crate::link::limits::MAX_SLOTS;
use crate::link::message::{
    Accepted, CallServers, Close, ConnectDevice, Connected, Extend, Extended, SessionId, method,
};
use crate::rpc::{Id, Message, RpcError, code, typed};

impl AgentSide {
    /// The verdict on a claim.
    pub(super) fn claimed(&mut self, id: Id, answer: ClaimAnswer, name: Option<String>) {
        let message = match answer {
            ClaimAnswer::Accepted => Message::result(id, &Accepted { name }),
            ClaimAnswer::WrongCode => {
                Message::refusal(id, RpcError::new(code::FORBIDDEN, "the code is wrong"))
            }
            ClaimAnswer::Shut { .. } => {
                Message::refusal(id, RpcError::new(code::TOO_MANY, "too many wrong codes"))
            }
        };
        self.send(&message);
    }

    pub(super) fn request(&mut self, id: Id, method: &str, params: Value) {
        if self.phase != LinkPhase::Up {
            let error = RpcError::new(code::UNAUTHORIZED, "not registered yet");
            return self.send(&Message::refusal(id, error));
        }
        let outcome = match method {
            method::CONNECT => self.connect(params),
            method::EXTEND => self.extend(params),
            method::RESTART => self.restart(params),
            method::CLOSE => self.close(params),
            method::CAMERAS => Ok((to_value(&self.cameras), None)),
            method::CLAIM => match typed(params) {
                // Answered later: the try must be on disk before its verdict is out.
                Ok(claim) => return self.outputs.push_back(AgentOutput::Claim(id, claim)),
                Err(error) => Err(error),
            },
            _ => Err(RpcError::new(code::NO_METHOD, "no such method")),
        };
        match outcome {
            Ok((result, output)) => {
                // The answer first: the cloud refuses an offer that overtakes it.
                self.send(&Message::Response {
                    id: Some(id),
                    outcome: Ok(result),
                });
                self.outputs.extend(output);
            }
            Err(error) => self.send(&Message::refusal(id, error)),
        }
    }

    fn connect(&mut self, params: Value) -> Result<(Value, Option<AgentOutput>), RpcError> {
        let connect: ConnectDevice = typed(params)?;
        let session = connect.session.clone();
        check_session(&session)?;
        let bad = |words| RpcError::new(code::BAD_REQUEST, words).about(&session);
        if self.live.contains(&session) {
            return Err(bad("the session exists"));
        }
        let n_slots = connect.slots.unwrap_or(1);
        if !(1..=MAX_SLOTS).contains(&n_slots) {
            return Err(bad("between 1 and 16 slots"));
        }
        if connect.watch.len() > usize::from(MAX_SLOTS)
            || connect.watch.iter().any(|watch| watch.slot >= n_slots)
        {
            return Err(bad("a slot that is not offered"));
        }
        if !connect.viewer.is_sound() {
            return Err(bad("a viewer beyond the limits"));
        }
        if self.live.len() >= MAX_CALLS {
            let error = RpcError::new(code::UNAVAILABLE, "too many calls");
            return Err(error.about(&session));
        }
        self.live.insert(session);
        let connected = Connected {
            capabilities: CAPABILITIES.map(str::to_owned).to_vec(),
            ..Connected::default()
        };
        Ok((to_value(&connected), Some(AgentOutput::Connect(connect))))
    }

    fn extend(&mut self, params: Value) -> Result<(Value, Option<AgentOutput>), RpcError> {
        let extend: Extend = typed(params)?;
        if !self.live.contains(&extend.session) {
            return Err(unknown(&extend.session));
        }
        let seconds = extend.expiry_time_seconds.unwrap_or(MAX_EXPIRY_SECONDS);
        let extended = Extended {
            expiry_time_seconds: seconds.min(MAX_EXPIRY_SECONDS),
        };
        let output = AgentOutput::Extend(extend.session, extended.expiry_time_seconds);
        Ok((to_value(&extended), Some(output)))
    }

    fn restart(&mut self, params: Value) -> Result<(Value, Option<AgentOutput>), RpcError> {
        let call: SessionId = typed(params)?;
        if !self.live.contains(&call.session) {
            return Err(unknown(&call.session));
        }
        let empty = Value::Object(serde_json::Map::new());
        Ok((empty, Some(AgentOutput::Restart(call.session))))
    }

    /// New servers for a call; one that has ended since needs none.
    pub(super) fn ice_servers(&mut self, params: Value) {
        match typed::<CallServers>(params) {
            Ok(servers) if self.live.contains(&servers.session) => {
                self.outputs.push_back(AgentOutput::IceServers(servers));
            }
            Ok(_) => {}
            Err(_) => self.nonsense(),
        }
    }

    fn close(&mut self, params: Value) -> Result<(Value, Option<AgentOutput>), RpcError> {
        let close: Close = typed(params)?;
        let empty = Value::Object(serde_json::Map::new());
        if self.live.remove(&close.session) {
            self.remember(&close.session);
            return Ok((empty, Some(AgentOutput::Close(close.session))));
        }
        if self.ended.contains(&close.session) {
            return Ok((empty, None));
        }
        Err(unknown(&close.session))
    }
}

fn check_session(session: &str) -> Result<(), RpcError> {
    let is_good = !session.is_empty()
        && session.len() <= MAX_SESSION_BYTES
        && session.bytes().all(|byte| byte.is_ascii_graphic());
    if is_good {
        Ok(())
    } else {
        Err(RpcError::new(
            code::BAD_REQUEST,
            "a session id of 1 to 128 characters",
        ))
    }
}

fn unknown(session: &str) -> RpcError {
    let error = RpcError::new(code::NOT_FOUND, "no such session");
    match check_session(session) {
        Ok(()) => error.about(session),
        Err(_) => error,
    }
}

fn to_value(result: &impl serde::Serialize) -> Value {
    serde_json::to_value(result).expect("wire types have string keys and no failing serializers")
}
