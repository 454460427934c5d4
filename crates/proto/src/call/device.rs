//! How a call handles messages of the recorder's agent.

use std::time::Duration;

use super::event::{FromDevice, ToDevice, ToViewer};
use super::limits::STEP_WAIT;
use super::{Call, CallOutput, CallPhase, passed_on, sdp, trim_protocols};
use crate::link::message::{Connected, Invite};
use crate::rpc::{Id, RpcError, code};
use crate::turn_credential::Role;

impl Call {
    /// The agent said something.
    pub(super) fn handle_device(&mut self, said: FromDevice, now: Duration) {
        // A message after `Gone` comes over a new link: the call has outlived the old one.
        if !matches!(said, FromDevice::Gone) {
            self.is_device_here = true;
        }
        match said {
            FromDevice::Connected(outcome) => self.device_connected(outcome, now),
            FromDevice::Invite {
                id,
                offer,
                subprotocols,
            } => {
                let session = self.session.clone();
                let invite = Invite {
                    session,
                    offer,
                    subprotocols,
                    ice_servers: Vec::new(),
                };
                self.device_invites(id, invite, now);
            }
            FromDevice::Trickle(candidate) => self.trickle(Role::Agent, candidate),
            FromDevice::Extended(outcome) => self.device_extended(outcome, now),
            FromDevice::Close { id, reason } => {
                // In every phase: two closes may cross, and that is no error.
                self.tell_device(ToDevice::Closed { id });
                self.closed_by(Role::Agent, reason);
            }
            FromDevice::Failed(error) => self.failed(Role::Agent, error),
            FromDevice::Gone => {
                self.is_device_here = false;
                if self.is_established() {
                    self.forget_link();
                } else {
                    let gone = link_closed();
                    self.fail(&gone, &gone);
                }
            }
            FromDevice::Back => {
                // A link that was replaced does not report its end, and what it carried may be lost. A
                // call that is being set up may have begun on the new one.
                if self.is_established() {
                    self.forget_link();
                    self.ask_wanted_restart(now);
                }
            }
        }
    }

    /// An established call needs no link. Only what was under way is lost.
    fn forget_link(&mut self) {
        self.step_by = None;
        // The request died with its socket, so nobody waits for the answer.
        self.invite = None;
        while let Some(id) = self.extends.pop_front() {
            let outcome = Err(link_closed());
            self.tell_viewer(ToViewer::Extended { id, outcome });
        }
    }

    fn device_connected(&mut self, outcome: Result<Vec<String>, RpcError>, now: Duration) {
        let CallPhase::Asking { .. } = self.phase else {
            return;
        };
        let mut capabilities = match outcome {
            Ok(capabilities) => capabilities,
            Err(error) => return self.fail_unasked(passed_on(error)),
        };
        let asking = std::mem::replace(&mut self.phase, CallPhase::Ringing);
        let CallPhase::Asking { id, viewer_servers } = asking else {
            return;
        };
        self.step_by = Some(now + STEP_WAIT);
        trim_protocols(&mut capabilities);
        let connected = Connected {
            session: Some(self.session.clone()),
            ice_servers: viewer_servers,
            expiry_time_seconds: Some(self.ends_at.saturating_sub(now).as_secs()),
            capabilities,
        };
        self.tell_viewer(ToViewer::Connected {
            id,
            outcome: Ok(Box::new(connected)),
        });
    }

    fn device_invites(&mut self, id: Id, mut invite: Invite, now: Duration) {
        let refuse = |error_code, words| Err(RpcError::new(error_code, words));
        let refusal = match self.phase {
            CallPhase::Asking { .. } => refuse(code::BAD_REQUEST, "answer connect first"),
            CallPhase::Answering => refuse(code::BAD_REQUEST, "an invite is under way"),
            CallPhase::Established if self.invite.is_some() => {
                refuse(code::BAD_REQUEST, "an invite is under way")
            }
            CallPhase::Established if !self.is_viewer_here => {
                refuse(code::GONE, "the viewer has gone")
            }
            CallPhase::Ended => refuse(code::GONE, "the call has ended"),
            CallPhase::Ringing | CallPhase::Established => Ok(()),
        };
        if let Err(error) = refusal {
            return self.tell_device(ToDevice::Invited {
                id,
                outcome: Err(error),
            });
        }
        self.invite = Some(id);
        let Ok(described) = sdp::check(&invite.offer) else {
            let bad = RpcError::new(code::BAD_REQUEST, "the offer makes no sense");
            return self.sdp_failed(bad);
        };
        self.party_described(Role::Agent, described);
        trim_protocols(&mut invite.subprotocols);
        self.step_by = Some(now + STEP_WAIT);
        if self.is_established() {
            self.restart_wanted_until = None;
            self.viewer.start_again();
            self.device.start_again();
            // A new offer has its own.
            self.private = None;
        } else {
            self.phase = CallPhase::Answering;
            if let Some(private) = &mut self.private {
                invite.offer = private.take_from(&invite.offer);
            }
        }
        self.tell_viewer(ToViewer::Invite(Box::new(invite)));
        // Browsers reject candidates that come before their description (`addIceCandidate`).
        for candidate in self.device.release() {
            self.trickle_to_viewer(candidate);
        }
    }

    fn device_extended(&mut self, outcome: Result<u64, RpcError>, now: Duration) {
        let Some(id) = self.extends.pop_front() else {
            return;
        };
        let outcome = outcome.map_err(passed_on).map(|seconds| {
            // An agent may grant less than the cloud offers, never more.
            let seconds = seconds.min(self.lasts.as_secs());
            let ends_at = now + Duration::from_secs(seconds);
            // An extension never shortens a call.
            if ends_at > self.ends_at {
                self.ends_at = ends_at;
                let lasts = CallOutput::LastsFor(Duration::from_secs(seconds));
                self.outputs.push_back(lasts);
            }
            self.ends_at.saturating_sub(now).as_secs()
        });
        self.tell_viewer(ToViewer::Extended { id, outcome });
    }

    /// The agent does not accept the call, so there is nothing to close on its side.
    fn fail_unasked(&mut self, error: RpcError) {
        let asking = std::mem::replace(&mut self.phase, CallPhase::Ended);
        if let CallPhase::Asking { id, .. } = asking {
            self.tell_viewer(ToViewer::Connected {
                id,
                outcome: Err(error),
            });
        }
        self.end();
    }
}

fn link_closed() -> RpcError {
    RpcError::new(code::PEER_CLOSED, "the recorder's connection closed")
}
