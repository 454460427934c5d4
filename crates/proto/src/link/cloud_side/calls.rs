//! Messages to the agent about its calls.

use std::time::Duration;

use serde_json::json;

use super::{AgentRequest, CloudSide};
use crate::call::event::ToDevice;
use crate::link::message::{Close, Extend, method};
use crate::rpc::{RpcError, code};

impl CloudSide {
    /// Forwards a message of a call to its agent.
    pub(super) fn tell_agent(&mut self, session: &str, message: ToDevice, now: Duration) {
        let request = |request: fn(String) -> AgentRequest| request(session.to_owned());
        let sent = match message {
            ToDevice::Connect(connect) => {
                let request = request(AgentRequest::Connect);
                self.leg.request(method::CONNECT, &*connect, request, now)
            }
            ToDevice::Extend { seconds } => {
                let extend = Extend {
                    session: session.to_owned(),
                    expiry_time_seconds: Some(seconds),
                };
                let request = request(AgentRequest::Extend);
                self.leg.request(method::EXTEND, &extend, request, now)
            }
            ToDevice::Restart => {
                let call = json!({"session": session});
                let request = AgentRequest::Restart;
                self.leg.request(method::RESTART, &call, request, now)
            }
            ToDevice::Close { reason } => {
                let close = Close {
                    session: session.to_owned(),
                    reason,
                };
                let request = AgentRequest::Close;
                self.leg.request(method::CLOSE, &close, request, now)
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
            ToDevice::IceServers(ice_servers) => {
                let servers = json!({"session": session, "iceServers": ice_servers});
                self.leg.notify(method::ICE_SERVERS, &servers);
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
        if let Err(request) = sent {
            let full = RpcError::new(code::RESOURCES, "too many requests wait for the recorder");
            self.handle_answer(request, Err(full));
        }
    }
}
