//! How often a recorder is asked how it is: after it was found, then every few hours, and at once when it reports
//! something about a disk.

use std::time::Duration;

use tokio::time::Instant;

/// How often a recorder that stays connected is asked.
const EVERY: Duration = Duration::from_secs(3 * 3_600);
/// A recorder that comes and goes is asked at most this often.
const AFTER_LOSS: Duration = Duration::from_secs(600);
/// A recorder that reports something about a disk again and again is asked at most this often.
const BETWEEN_REPORTS: Duration = Duration::from_secs(60);

/// When a recorder was asked last.
#[derive(Debug, Default)]
pub(super) struct HealthPace {
    last: Option<Instant>,
    is_found_anew: bool,
    last_report: Option<Instant>,
    is_report_open: bool,
}

impl HealthPace {
    /// The recorder was found, perhaps again.
    pub(super) fn found(&mut self) {
        self.is_found_anew = true;
    }

    /// It has reported something about a disk.
    pub(super) fn disk_reported(&mut self) {
        self.is_report_open = true;
    }

    /// Whether to ask now; then it counts as asked.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let least = if self.is_found_anew {
            AFTER_LOSS
        } else {
            EVERY
        };
        let is_past = |last: Option<Instant>, least| {
            last.is_none_or(|last| now.saturating_duration_since(last) >= least)
        };
        let is_reported = self.is_report_open && is_past(self.last_report, BETWEEN_REPORTS);
        let is_due = is_reported || is_past(self.last, least);
        if is_due {
            self.last = Some(now);
            self.is_found_anew = false;
        }
        if is_due && self.is_report_open {
            self.last_report = Some(now);
            self.is_report_open = false;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorder_is_seldom_asked_how_it_is() {
        let start = Instant::now();
        let at = |minutes: u64| start + Duration::from_secs(60 * minutes);
        let mut pace = HealthPace::default();

        pace.found();
        assert!(pace.is_due(at(0)) && !pace.is_due(at(179)));
        assert!(pace.is_due(at(180)));

        pace.found();
        assert!(!pace.is_due(at(189)), "it may come and go all the time");
        assert!(pace.is_due(at(190)) && !pace.is_due(at(200)));
    }

    #[test]
    fn a_report_about_a_disk_is_looked_into_at_once() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut pace = HealthPace::default();
        assert!(pace.is_due(at(0)) && !pace.is_due(at(1)));

        pace.disk_reported();
        assert!(pace.is_due(at(1)) && !pace.is_due(at(2)));

        pace.disk_reported();
        assert!(!pace.is_due(at(60)), "it may report all the time");
        assert!(pace.is_due(at(61)) && !pace.is_due(at(10_000)));
    }
}
