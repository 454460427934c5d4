//! How the agent registers on its link: the proof, and the work that a cloud may require of a new
//! recorder.

use serde_json::Value;

use super::{AgentOutput, AgentSide, CAPABILITIES, CloudRequest, HANDSHAKE, LinkPhase};
use crate::link::limits::{MAX_WORK_ASKED, WORK_WAIT};
use crate::link::message::{Register, Registered, method};
use crate::link::work::MAX_BITS;
use crate::rpc::{RpcError, typed};

/// Longest public address of a cloud that is taken; a claim link with it still fits a QR code.
const MAX_URL_BYTES: usize = 256;

impl AgentSide {
    /// The proof that [`AgentOutput::Prove`] asked for.
    pub(super) fn register(&mut self, authorization: String) {
        if self.phase == LinkPhase::Proving {
            self.authorization = authorization;
            self.send_register(Vec::new());
        }
    }

    /// The work that [`AgentOutput::Work`] asked for.
    pub(super) fn worked(&mut self, numbers: Vec<u64>) {
        if self.phase == LinkPhase::Working {
            self.send_register(numbers);
        }
    }

    fn send_register(&mut self, work: Vec<u64>) {
        let register = Register {
            authorization: Some(self.authorization.clone()),
            name: Some(self.name.clone()),
            capabilities: CAPABILITIES.map(str::to_owned).to_vec(),
            replaces: self.replaces.clone(),
            work,
        };
        if let Some(id) = self.send_request(method::REGISTER, &register, CloudRequest::Other) {
            self.phase = LinkPhase::Registering(id);
        }
    }

    pub(super) fn registered(&mut self, outcome: Result<Value, RpcError>) {
        match outcome {
            Ok(result) => {
                self.phase = LinkPhase::Up;
                self.authorization = String::new();
                // A camera of ONVIF gets no address either, so a missing or strange one is no error.
                let registered = typed::<Registered>(result).ok();
                let public_url = registered.and_then(|registered| registered.public_url);
                let public_url = public_url.filter(|url| url.len() <= MAX_URL_BYTES);
                self.outputs.push_back(AgentOutput::Registered(public_url));
                self.tell_cameras();
            }
            Err(error) => match error.work() {
                // Limited: a hostile cloud must not keep this machine computing.
                Some(work) if work.bits <= MAX_BITS && self.n_worked < MAX_WORK_ASKED => {
                    self.n_worked += 1;
                    // From the start of the link: who is asked for work again gets no more time.
                    self.register_by = self.started + HANDSHAKE + WORK_WAIT;
                    self.phase = LinkPhase::Working;
                    self.outputs.push_back(AgentOutput::Work(work));
                }
                _ => {
                    self.phase = LinkPhase::Over;
                    self.outputs.push_back(AgentOutput::Refused(error));
                }
            },
        }
    }
}
