//! The network path of a call: tells the viewer which path is in use, and lets the quality rule choose the
//! streams of slots with `auto`.

use peer::ConnectionStats;
use proto::control::Slot;
use proto::quality::{PathReport, wish};

use super::{ActiveCall, Over};

impl ActiveCall {
    /// Acts on what is known about the path, once a second.
    pub(super) async fn path_measured(&mut self, stats: ConnectionStats) -> Result<(), Over> {
        if self.path != Some(stats.path) {
            self.path = Some(stats.path);
            tracing::info!(session = self.session, path = ?stats.path, "path of a call");
            self.tell_path().await?;
        }
        if !self.quality.is_estimated {
            return Ok(());
        }
        let loads = self.slots.loads();
        let has_choice = loads.iter().any(|load| !load.others.is_empty());
        // Tried before somebody enlarges a camera, so that it is known then.
        let more = self.slots.more_if_enlarged();
        let aim = if has_choice || more > 0 {
            wish(&loads, more)
        } else {
            0
        };
        self.aim(aim).await?;
        let report = PathReport {
            estimate: stats.estimate,
            loss: stats.loss,
        };
        self.quality.report = report;
        let now = self.requested_at.elapsed();
        if let Some(change) = self.quality.rule.judge(report, &loads, now)
            && let Some(slot) = self.slots.send_other(change)
        {
            tracing::info!(
                session = self.session,
                camera = slot.camera,
                stream = ?change.stream,
                estimate = stats.estimate,
                loss = stats.loss,
                "another stream for the path"
            );
            self.tell_slot(&slot).await?;
        }
        for slot in self.slots.new_rates() {
            self.tell_slot(&slot).await?;
        }
        Ok(())
    }

    /// Shows a camera whose viewer leaves the choice to the path: at once what the path is known to carry.
    pub(super) fn show_for_path(&mut self, told: Slot) -> Slot {
        let (report, now) = (self.quality.report, self.requested_at.elapsed());
        let loads = self.slots.loads();
        let change = self.quality.rule.begin(report, &loads, told.slot, now);
        let larger = change.and_then(|change| self.slots.send_other(change));
        larger.unwrap_or(told)
    }

    async fn aim(&mut self, bits_per_second: u64) -> Result<(), Over> {
        // Streams vary: every change would begin to try the path anew.
        if bits_per_second.abs_diff(self.quality.aim) <= self.quality.aim / 8 {
            return Ok(());
        }
        self.quality.aim = bits_per_second;
        let aimed = self.endpoint.aim(bits_per_second).await;
        aimed.map_err(|_| "the connection has ended")
    }
}
