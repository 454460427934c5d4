//! How a call handles messages of its viewer.

use std::time::Duration;

use super::event::{FromViewer, ToDevice, ToViewer};
use super::limits::{MAX_EXTENDS, RESTART_WISH};
use super::{Call, passed_on, sdp, trim_protocols};
use crate::call::CallPhase;
use crate::link::message::Invited;
use crate::rpc::{Id, RpcError, code};
use crate::turn_credential::Role;

impl Call {
    /// The viewer said something.
    pub(super) fn handle_viewer(&mut self, said: FromViewer, now: Duration) {
        if !matches!(said, FromViewer::Gone) {
            self.is_viewer_here = true;
        }
        match said {
            FromViewer::Invited(outcome) => self.viewer_answers(outcome, now),
            FromViewer::Trickle(candidate) => self.trickle(Role::Viewer, candidate),
            FromViewer::Extend { id } => self.viewer_extends(id),
            FromViewer::Restart { id } => self.viewer_wants_restart(id, now),
            FromViewer::Resume { id } => {
                let outcome = self.live_or_gone();
                self.tell_viewer(ToViewer::Noted { id, outcome });
            }
            FromViewer::Moved => self.viewer_moved(now),
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

    fn viewer_answers(&mut self, outcome: Result<Invited, RpcError>, now: Duration) {
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
        if let Some(private) = &mut self.private {
            private.begin(now);
        }
        // After the answer: the agent, too, needs the description before candidates.
        for candidate in self.viewer.release() {
            self.tell_device(ToDevice::Trickle(candidate));
        }
    }

    /// A live call can be restarted; what is being set up has its first offer under way.
    fn viewer_wants_restart(&mut self, id: Id, now: Duration) {
        let outcome = self.live_or_gone();
        if outcome.is_ok() && self.is_established() {
            self.want_restart(now);
        }
        self.tell_viewer(ToViewer::Noted { id, outcome });
    }

    fn live_or_gone(&self) -> Result<(), RpcError> {
        if self.is_ended() {
            return Err(RpcError::new(code::GONE, "the call has ended"));
        }
        Ok(())
    }

    /// An offer that went to the earlier socket, or its answer, may be lost with it: another is asked
    /// for, rather than keeping a copy of each offer with its candidates.
    fn viewer_moved(&mut self, now: Duration) {
        if !self.is_established() {
            return;
        }
        // Their answers would go to the earlier socket.
        self.extends.clear();
        if self.invite.is_some() {
            self.step_by = None;
            self.answer_invite(Err(RpcError::new(code::GONE, "the viewer has moved")));
            self.want_restart(now);
        }
    }

    fn want_restart(&mut self, now: Duration) {
        // One that is under way serves everybody who wants one.
        if self.invite.is_none() {
            self.restart_wanted_until = Some(now + RESTART_WISH);
            self.ask_wanted_restart(now);
        }
    }

    /// Asks the agent for an offer, if one is wanted, its link is up and it was not asked just now. Asks
    /// again until the offer comes, because a message to a link that is dying is lost.
    pub(super) fn ask_wanted_restart(&mut self, now: Duration) {
        if self.restart_wanted_until.is_some_and(|until| now >= until) {
            self.restart_wanted_until = None;
        }
        if self.next_restart().is_some() && self.restart_pace.take(now) {
            self.tell_device(ToDevice::Restart);
        }
    }

    /// When the agent may be asked.
    pub(super) fn next_restart(&self) -> Option<Duration> {
        let until = self.restart_wanted_until?;
        let may_ask = self.is_device_here && self.is_established();
        may_ask.then(|| self.restart_pace.due().min(until))
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
