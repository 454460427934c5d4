//! How often a recorder is asked how it is: after it was found, and then every few hours.

use std::time::Duration;

use tokio::time::Instant;

/// How often a recorder that stays connected is asked.
const EVERY: Duration = Duration::from_secs(3 * 3_600);
/// A recorder that comes and goes is asked at most this often.
const AFTER_LOSS: Duration = Duration::from_secs(600);

/// When a recorder was asked last.
#[derive(Debug, Default)]
pub(super) struct HealthPace {
    last: Option<Instant>,
    is_found_anew: bool,
}

impl HealthPace {
    /// The recorder was found, perhaps again.
    pub(super) fn found(&mut self) {
        self.is_found_anew = true;
    }

    /// Whether to ask now; then it counts as asked.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let least = if self.is_found_anew {
            AFTER_LOSS
        } else {
            EVERY
        };
        let is_due = self
            .last
            .is_none_or(|last| now.saturating_duration_since(last) >= least);
        if is_due {
            self.last = Some(now);
            self.is_found_anew = false;
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
}
