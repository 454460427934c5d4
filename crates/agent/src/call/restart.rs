//! ICE restarts of a call: who requested one, the offer in flight, and the link on which it may be lost.

use std::time::Duration;

use proto::link::agent_side::CallReport;
use proto::rpc::{RpcError, code};
use tokio::time::Instant;

use super::{ActiveCall, Over, limits};

/// An offer that restarts ICE and has no answer yet, with the candidates that followed it.
#[derive(Debug)]
pub(super) struct OfferedRestart {
    offer: String,
    candidates: Vec<Option<String>>,
}

impl ActiveCall {
    /// The path is in doubt. The link may have died with it, for the same reason.
    pub(super) async fn doubt_path(&mut self) {
        self.restarts.want();
        let _ = self.reports.send(CallReport::PathInDoubt).await;
    }

    /// The viewer gets no picture and asks for another path.
    pub(super) fn restart_wanted(&mut self) {
        if self.is_up {
            self.restarts.want();
        }
    }

    pub(super) fn next_restart(&self) -> Option<Instant> {
        self.restarts.next_due().map(|due| self.requested_at + due)
    }

    /// Looks for a new path, if it is time: a second invite for the live session.
    pub(super) async fn restart_if_due(&mut self) -> Result<(), Over> {
        if !self.restarts.take(self.now()) {
            return Ok(());
        }
        let offer = self
            .endpoint
            .restart()
            .await
            .map_err(|_| "the path is gone")?;
        tracing::info!(session = self.session, "looking for another path");
        self.offered_restart = Some(OfferedRestart {
            offer: offer.clone(),
            candidates: Vec::new(),
        });
        self.invite(offer).await;
        Ok(())
    }

    /// A new link is up. What the earlier one carried last may be lost.
    pub(super) async fn offer_again(&mut self) {
        if !self.restarts.is_under_way() {
            return;
        }
        let Some(offered) = &self.offered_restart else {
            return;
        };
        let (offer, candidates) = (offered.offer.clone(), offered.candidates.clone());
        self.restarts.sent(self.now());
        self.invite(offer).await;
        for line in candidates {
            self.send_candidate(line).await;
        }
    }

    pub(super) fn note_candidate(&mut self, line: &Option<String>) {
        if let Some(offered) = &mut self.offered_restart
            && offered.candidates.len() < limits::MAX_OFFERED_CANDIDATES
        {
            offered.candidates.push(line.clone());
        }
    }

    /// Whether an answer belongs to the first offer or to the restart under way. The same offer may be
    /// answered twice where two links carried it.
    pub(super) fn expects_answer(&self) -> bool {
        !self.is_up || self.restarts.is_under_way()
    }

    pub(super) fn restart_answered(&mut self) {
        self.restarts.answered();
        self.offered_restart = None;
    }

    pub(super) fn restart_refused(&mut self, error: &RpcError) {
        // The offer that two links carried is under way already: its answer is still to come.
        if error.code != code::BAD_REQUEST {
            self.restart_answered();
        }
    }

    async fn invite(&self, offer: String) {
        let session = self.session.clone();
        let _ = self
            .reports
            .send(CallReport::Invite { session, offer })
            .await;
    }

    fn now(&self) -> Duration {
        self.requested_at.elapsed()
    }
}
