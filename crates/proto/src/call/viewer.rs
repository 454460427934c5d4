//! How a call handles messages of its viewer.

use super::event::{FromViewer, ToDevice, ToViewer};
use super::limits::MAX_EXTENDS;
use super::{Call, passed_on, sdp, trim_protocols};
use crate::call::CallPhase;
use crate::link::message::Invited;
use crate::rpc::{Id, RpcError, code};
use crate::turn_credential::Role;

impl Call {
    /// The viewer said something.
    pub(super) fn handle_viewer(&mut self, said: FromViewer) {
        if !matches!(said, FromViewer::Gone) {
            self.is_viewer_here = true;
        }
        match said {
            FromViewer::Invited(outcome) => self.viewer_answers(outcome),
            FromViewer::Trickle(candidate) => self.trickle(Role::Viewer, candidate),
            FromViewer::Extend { id } => self.viewer_extends(id),
            FromViewer::Close { id, reason } => {
                self.tell_viewer(ToViewer::Closed { id });
                self.closed_by(Role::Viewer, reason);
            }
            FromViewer::Failed(error) => self.failed(Role::Viewer, error),
            FromViewer::Gone => {
                self.is_viewer_here = false;
                // Their ids belong to the socket that is gone.
                self.extends.clear();
                let gone = RpcError::new(code::GONE, "the viewer has gone");
                if self.is_established() {
                    self.step_by = None;
                    self.answer_invite(Err(gone));
                } else {
                    self.fail(&gone, &gone);
                }
            }
        }
    }

    fn viewer_answers(&mut self, outcome: Result<Invited, RpcError>) {
        // The invite has already failed, or its time was up: the agent has its answer.
        if self.invite.is_none() {
            return;
        }
        let answer = match outcome {
            Ok(mut answer) => match sdp::check(&answer.answer) {
                Ok(described) => {
                    self.party_described(Role::Viewer, described);
                    trim_protocols(&mut answer.subprotocols);
                    answer
                }
                Err(_) => {
                    let bad = RpcError::new(code::BAD_REQUEST, "the answer makes no sense");
                    return self.sdp_failed(bad);
                }
            },
            Err(error) => return self.sdp_failed(passed_on(error)),
        };
        self.step_by = None;
        self.answer_invite(Ok(answer));
        self.phase = CallPhase::Established;
        // After the answer: the agent, too, needs the description before candidates.
        for candidate in self.viewer.release() {
            self.tell_device(ToDevice::Trickle(candidate));
        }
    }

    fn viewer_extends(&mut self, id: Id) {
        let refusal = if !self.is_established() {
            Some((code::BAD_REQUEST, "the call is not established"))
        } else if !self.is_device_here {
            Some((code::GONE, "the recorder is offline"))
        } else if self.extends.len() >= MAX_EXTENDS {
            Some((code::TOO_MANY, "extends are under way"))
        } else {
            None
        };
        if let Some((error_code, words)) = refusal {
            return self.tell_viewer(ToViewer::Extended {
                id,
                outcome: Err(RpcError::new(error_code, words)),
            });
        }
        self.extends.push_back(id);
        let seconds = self.lasts.as_secs();
        self.tell_device(ToDevice::Extend { seconds });
    }
}
