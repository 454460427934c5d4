//! When a call restarts ICE: one offer at a time, and at growing intervals while restarts follow each other.
//! Both ends use it: the agent before it makes an offer, the cloud before it forwards a request for a
//! restart.
//!
//! A path that is really gone needs one restart, two if an address is still missing at the first. A
//! camera that pauses, a lossy path or a suspended phone must not cause more than a few.

use std::time::Duration;

use crate::call::limits::{RESTART_CALM, RESTART_GAP, RESTART_GAP_MOST, STEP_WAIT};

/// How often something may be restarted: the gap doubles from the third time on, and is short again
/// after a calm time.
#[derive(Debug, Clone, Default)]
pub struct RestartPace {
    last: Option<Duration>,
    n_in_a_row: u32,
}

impl RestartPace {
    /// The earliest moment for the next restart.
    pub fn due(&self) -> Duration {
        let Some(last) = self.last else {
            return Duration::ZERO;
        };
        // The second follows soon: at the first, the new address may have been missing.
        let doublings = self.n_in_a_row.saturating_sub(2).min(16);
        let gap = RESTART_GAP.saturating_mul(1 << doublings);
        last + gap.min(RESTART_GAP_MOST)
    }

    /// Counts a restart, if one may happen at `now`.
    pub fn take(&mut self, now: Duration) -> bool {
        if now < self.due() {
            return false;
        }
        let is_calm = self.last.is_none_or(|last| now >= last + RESTART_CALM);
        self.n_in_a_row = if is_calm { 1 } else { self.n_in_a_row + 1 };
        self.last = Some(now);
        true
    }
}

/// The restarts of one call at its offering end.
#[derive(Debug, Clone, Default)]
pub struct Restarts {
    pace: RestartPace,
    is_wanted: bool,
    /// When the offer that is under way counts as lost.
    answer_by: Option<Duration>,
}

impl Restarts {
    /// The path is in doubt. While an offer is under way, that one has to do: both ends may notice in
    /// the same moment, and an answer must never meet another offer than its own.
    pub fn want(&mut self) {
        self.is_wanted |= self.answer_by.is_none();
    }

    /// There is a path again.
    pub fn recovered(&mut self) {
        self.is_wanted = false;
    }

    /// The offer was answered or refused.
    pub fn answered(&mut self) {
        self.answer_by = None;
    }

    /// Whether an offer is to be made at `now`; it is then under way.
    pub fn take(&mut self, now: Duration) -> bool {
        if self.answer_by.is_some_and(|by| now >= by) {
            self.answer_by = None;
        }
        if !self.is_wanted || self.answer_by.is_some() || !self.pace.take(now) {
            return false;
        }
        self.is_wanted = false;
        self.sent(now);
        true
    }

    /// The offer that is under way was sent at `now`, the first time or again over a new link.
    pub fn sent(&mut self, now: Duration) {
        // The cloud waits as long, and its refusal should come first.
        self.answer_by = Some(now + STEP_WAIT + RESTART_GAP);
    }

    /// Whether an offer is under way.
    pub fn is_under_way(&self) -> bool {
        self.answer_by.is_some()
    }

    /// When [`Restarts::take`] may have something to do.
    pub fn next_due(&self) -> Option<Duration> {
        match self.answer_by {
            Some(by) => Some(by),
            None => self.is_wanted.then(|| self.pace.due()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// When offers are made by a call whose path is in doubt all the time and that gets every answer.
    fn offers_within(longest: Duration) -> Vec<u64> {
        let mut restarts = Restarts::default();
        let mut now = Duration::ZERO;
        let mut made = Vec::new();
        while now < longest {
            restarts.want();
            if restarts.take(now) {
                made.push(now.as_secs());
                restarts.answered();
            }
            now += ms(250);
        }
        made
    }

    #[test]
    fn the_first_restart_happens_at_once() {
        let mut restarts = Restarts::default();
        assert!(!restarts.take(ms(0)), "nobody wants it");

        restarts.want();

        assert_eq!(restarts.next_due(), Some(ms(0)));
        assert!(restarts.take(ms(5)));
        assert!(restarts.is_under_way());
    }

    #[test]
    fn restarts_in_a_row_become_rare() {
        assert_eq!(offers_within(ms(60_000)), [0, 1, 2, 4, 8, 16, 32]);
    }

    #[test]
    fn an_hour_of_doubt_causes_few_restarts() {
        assert!(offers_within(Duration::from_secs(3_600)).len() < 130);
    }

    #[test]
    fn after_a_calm_time_the_gap_is_short_again() {
        let mut pace = RestartPace::default();
        for at in [0, 1_000, 2_000, 4_000] {
            assert!(pace.take(ms(at)), "{at}");
        }
        assert!(!pace.take(ms(7_999)));

        let later = ms(4_000) + RESTART_CALM;

        assert!(pace.take(later));
        assert!(pace.take(later + RESTART_GAP));
    }

    #[test]
    fn two_simultaneous_restart_requests_make_one_offer() {
        let mut restarts = Restarts::default();
        restarts.want();
        assert!(restarts.take(ms(0)));

        restarts.want();
        restarts.answered();

        assert!(!restarts.take(ms(5_000)));
        assert_eq!(restarts.next_due(), None);
    }

    #[test]
    fn an_offer_without_an_answer_is_given_up() {
        let mut restarts = Restarts::default();
        restarts.want();
        assert!(restarts.take(ms(0)));
        let by = restarts.next_due().unwrap();

        assert!(!restarts.take(by));
        restarts.want();

        assert!(restarts.take(by));
        assert!(by <= Duration::from_secs(15));
    }

    #[test]
    fn a_path_that_recovers_needs_no_restart() {
        let mut restarts = Restarts::default();
        restarts.want();
        assert!(restarts.take(ms(0)));
        restarts.answered();
        restarts.want();

        restarts.recovered();

        assert!(!restarts.take(ms(60_000)));
    }

    #[test]
    fn a_clock_that_jumps_causes_no_flood() {
        let mut pace = RestartPace::default();
        assert!(pace.take(Duration::from_secs(9_000)));

        assert!(!pace.take(ms(10)), "back");
        assert!(pace.take(Duration::MAX / 2), "far ahead");
        assert!(!pace.take(Duration::MAX / 2));
    }
}
