//! Detects that the path in use has gone silent. ICE itself needs ten seconds for that; viewers need another
//! path long before.
//!
//! A rule without a clock. Its verdict costs at most a restart, which leaves a path that works alone.

use std::time::Instant;

use crate::limits;

/// What is due on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PathDue {
    /// Ask the other side for a sign of life.
    Probe,
    /// Nothing comes any more; said once.
    Silent,
    /// An ICE restart has not found a path in time.
    NotFound,
}

/// The signs of life of one connection.
#[derive(Debug)]
pub(super) struct PathWatch {
    heard: Instant,
    /// The first picture since anything was heard.
    wrote: Option<Instant>,
    is_probed: bool,
    is_silent: bool,
    checking_until: Option<Instant>,
}

impl PathWatch {
    pub(super) fn new(now: Instant) -> PathWatch {
        PathWatch {
            heard: now,
            wrote: None,
            is_probed: false,
            is_silent: false,
            checking_until: None,
        }
    }

    /// A datagram of this connection arrived.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = self.heard.max(now);
        self.wrote = None;
        self.is_probed = false;
        self.is_silent = false;
    }

    /// A picture was sent; viewers report what they get at least once a second.
    pub(super) fn wrote(&mut self, now: Instant) {
        self.wrote.get_or_insert(now);
    }

    /// Pairs are being checked after a restart. A further restart does not extend the time: until a pair
    /// works there is no consent to send (RFC 7675).
    pub(super) fn checks(&mut self, now: Instant) {
        self.checking_until.get_or_insert(now + limits::RESTART);
    }

    /// A pair works, or none is left; returns whether pairs were being checked.
    pub(super) fn has_checked(&mut self) -> bool {
        self.checking_until.take().is_some()
    }

    pub(super) fn is_checking(&self) -> bool {
        self.checking_until.is_some()
    }

    /// Whether the path is in doubt, so that a new address may help.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.is_silent || self.is_checking()
    }

    pub(super) fn take_due(&mut self, now: Instant) -> Option<PathDue> {
        if self.checking_until.is_some_and(|until| now >= until) {
            self.checking_until = None;
            return Some(PathDue::NotFound);
        }
        if !self.is_silent && now >= self.silent_at() {
            self.is_silent = true;
            return Some(PathDue::Silent);
        }
        if self.probe_at().is_some_and(|at| now >= at) {
            self.is_probed = true;
            return Some(PathDue::Probe);
        }
        None
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        let silent_at = (!self.is_silent).then(|| self.silent_at());
        [silent_at, self.probe_at(), self.checking_until]
            .into_iter()
            .flatten()
            .min()
    }

    fn silent_at(&self) -> Instant {
        let idle = self.heard + limits::SILENT_IDLE;
        self.wrote
            .map_or(idle, |at| (at + limits::SILENT).min(idle))
    }

    fn probe_at(&self) -> Option<Instant> {
        let may_probe = !self.is_probed && !self.is_silent;
        self.wrote
            .filter(|_| may_probe)
            .map(|at| at + limits::PROBE_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// Everything due within ten seconds, with its milliseconds since `start`.
    fn within_ten_seconds(watch: &mut PathWatch, start: Instant) -> Vec<(u128, PathDue)> {
        let mut all = Vec::new();
        while let Some(at) = watch.next_due() {
            let passed = at - start;
            if passed > ms(10_000) {
                break;
            }
            let due = watch.take_due(at).expect("it is due");
            all.push((passed.as_millis(), due));
        }
        all
    }

    #[test]
    fn unanswered_pictures_are_noticed_within_two_seconds() {
        let start = Instant::now();
        let mut watch = PathWatch::new(start);

        watch.wrote(start + ms(100));
        watch.wrote(start + ms(900));

        assert_eq!(
            within_ten_seconds(&mut watch, start),
            [(900, PathDue::Probe), (1_600, PathDue::Silent)]
        );
    }

    #[test]
    fn a_paused_camera_causes_no_restart() {
        let start = Instant::now();
        let mut watch = PathWatch::new(start);

        // ICE's own checks go on: every five seconds at most, with every browser.
        for second in [0, 5, 10, 15] {
            watch.wrote(start + ms(second * 1_000));
            watch.heard(start + ms(second * 1_000 + 200));
            assert_eq!(watch.take_due(start + ms(second * 1_000 + 5_000)), None);
        }
    }

    #[test]
    fn a_dead_path_without_pictures_is_noticed_too() {
        let start = Instant::now();
        let mut watch = PathWatch::new(start);

        assert_eq!(
            within_ten_seconds(&mut watch, start),
            [(6_000, PathDue::Silent)]
        );
    }

    #[test]
    fn a_path_that_returns_can_fall_silent_again() {
        let start = Instant::now();
        let mut watch = PathWatch::new(start);
        watch.wrote(start);
        within_ten_seconds(&mut watch, start);
        assert!(watch.is_in_doubt());

        let later = start + ms(20_000);
        watch.heard(later);
        assert!(!watch.is_in_doubt());
        watch.wrote(later);

        assert_eq!(watch.take_due(later + ms(1_500)), Some(PathDue::Silent));
    }

    #[test]
    fn further_restarts_do_not_extend_the_time_without_consent() {
        let start = Instant::now();
        let mut watch = PathWatch::new(start);
        watch.checks(start);

        watch.heard(start + ms(14_000));
        watch.checks(start + ms(14_000));

        let until = start + limits::RESTART;
        assert_eq!(watch.take_due(until), Some(PathDue::NotFound));
        assert!(limits::RESTART + limits::SILENT < Duration::from_secs(30));
    }
}
