//! Rate limits: the number of tries in a window, what happens to the next one, and how long
//! somebody waits after consecutive tries. This file defines the meaning of a count. The storage
//! must read and update a count in one step, or two simultaneous tries would both be the last
//! allowed one.

/// Factor by which a network's limit exceeds a client's.
pub const NETWORK_FACTOR: i64 = 5;
/// Factor of its limit at which a client is refused, where more work comes first.
pub const WORK_FACTOR: i64 = 3;
/// Steps of more work between a limit and [`WORK_FACTOR`] times it.
const WORK_STEPS: i64 = 4;
/// Maximum doublings of a newcomer's work.
pub const NEWCOMER_STEPS: i64 = 6;
/// Maximum doublings of work and waits, where a limit slows everybody down.
pub const MOST_DOUBLINGS: u32 = 2;
/// Maximum number of different waits for consecutive tries; the last one repeats.
pub const MOST_WAITS: usize = 8;
/// A wait that only a reset ends.
pub const FOREVER: i64 = i64::MAX;
/// Longer than any cloud runs, and small enough to be added to a time.
pub const NEVER: i64 = 1 << 60;

/// What happens to a try over the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It is refused until the window ends.
    Refused,
    /// Each step doubles the work; at [`WORK_FACTOR`] times the limit it is refused. A network
    /// (IPv4 /24, IPv6 /48) has [`NETWORK_FACTOR`] times the limit.
    MoreWork,
    /// No further mail is sent; the button of the last one stays valid.
    NoMail,
    /// A captcha is required before the next one.
    Picture,
    /// The answer is as usual and no mail is sent; the button of the last mail stays valid.
    Unsent,
    /// It waits for the next window.
    Later,
    /// It is accepted with a proof of work, which doubles with every further [`Limit::most`], at
    /// most [`NEWCOMER_STEPS`] times.
    Work,
    /// No short codes are accepted for a day, only the button in the mail.
    StrongMode,
    /// Everybody has to work or wait: twice as long, and twice again from twice the limit on.
    /// Nobody is refused.
    Slower,
    /// It counts as bulk, which has its own share.
    OneOfMany,
    /// It is sent together with the next ones.
    Together,
}

/// A maximum number of tries in a time. A window starts with its first try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name of its counts in the database.
    pub kind: &'static str,
    /// The last try that is allowed.
    pub most: i64,
    /// Length of the window in seconds.
    pub window: i64,
    /// What happens to the next one.
    pub over: Over,
}

/// Consecutive tries: some are free, then each one has to wait longer. A correct one resets the
/// count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InARow {
    /// Name of its counts in the database.
    pub kind: &'static str,
    /// The first try that is followed by a wait.
    pub free: i64,
    /// Tries from one wait to the next.
    pub every: i64,
    /// The waits in seconds; the last one repeats.
    pub waits: &'static [i64],
    /// From this try on it is blocked until a reset.
    pub shut: i64,
    /// This many seconds after the last try the count restarts, but the next wait is as long as it
    /// would have been; [`NEVER`] counts from the first try on.
    pub forgotten: i64,
}

/// Counted tries of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub n: i64,
    /// Start of the window, seconds since 1970.
    pub started_at: i64,
    /// The next try waits until then, in seconds since 1970; 0 for no wait.
    pub blocked_until: i64,
}

/// The `n`th wait, counted from 0; the last one repeats.
pub fn wait(waits: &[i64], n: i64) -> i64 {
    let last = waits.len().saturating_sub(1);
    let n = usize::try_from(n.max(0)).unwrap_or(last).min(last);
    waits.get(n).copied().unwrap_or(0)
}

impl Limit {
    /// The same limit multiplied by `factor`.
    pub fn times(self, factor: i64) -> Limit {
        Limit {
            most: self.most * factor,
            ..self
        }
    }

    /// The last try that is not refused.
    pub fn last(self) -> i64 {
        match self.over {
            Over::MoreWork => self.most * WORK_FACTOR,
            Over::Slower => i64::MAX,
            _ => self.most,
        }
    }

    /// A count whose window has not ended.
    pub fn running(self, count: Option<Count>, now: i64) -> Option<Count> {
        count.filter(|count| count.started_at + self.window > now)
    }

    /// The count after one more try.
    pub fn spend(self, before: Option<Count>, now: i64) -> Count {
        let before = self.running(before, now).unwrap_or(Count::none(now));
        Count {
            n: before.n + 1,
            ..before
        }
    }

    /// Seconds until the window ends, if the `n`th try in it is over the limit.
    pub fn over_for(self, n: i64, started_at: i64, now: i64) -> Option<i64> {
        (n > self.last()).then(|| (started_at + self.window - now).max(1))
    }

    /// How often work and waits double for everybody at the `n`th try.
    pub fn doublings(self, n: i64) -> u32 {
        if self.over != Over::Slower {
            return 0;
        }
        u32::try_from((n - 1) / self.most).map_or(0, |full| full.min(MOST_DOUBLINGS))
    }

    /// How often the work doubles for the `n`th try.
    pub fn steps(self, n: i64) -> u32 {
        if n <= self.most {
            return 0;
        }
        match self.over {
            Over::Work => {
                let further = (n - 1) / self.most;
                return u32::try_from(further.min(NEWCOMER_STEPS)).unwrap_or(0);
            }
            Over::MoreWork => {}
            _ => return 0,
        }
        let beyond = (n - self.most).min(self.last() - self.most);
        // Rounded up: the first try over the limit already costs a step.
        let steps = (beyond * WORK_STEPS + self.last() - self.most - 1) / (self.last() - self.most);
        u32::try_from(steps).unwrap_or(0)
    }
}

impl InARow {
    /// Seconds to wait after the `n`th consecutive try; [`FOREVER`] if only a reset ends it.
    pub fn wait_after(self, n: i64) -> i64 {
        if n >= self.shut {
            FOREVER
        } else if n < self.free || (n - self.free) % self.every != 0 {
            0
        } else {
            wait(self.waits, (n - self.free) / self.every)
        }
    }

    /// Until when the next try waits after the `n`th; 0 for no wait.
    pub fn blocked_until(self, n: i64, now: i64) -> i64 {
        match self.wait_after(n) {
            0 => 0,
            wait => now.saturating_add(wait),
        }
    }

    /// The count after one more try; `None` during a wait, when nothing is tried.
    pub fn spend(self, before: Option<Count>, now: i64) -> Option<Count> {
        let before = before.unwrap_or(Count::none(now));
        if before.blocked_until > now {
            return None;
        }
        let is_forgotten = before.started_at + self.forgotten <= now;
        let further = if is_forgotten {
            before.n % self.every
        } else {
            0
        };
        let n = before.n - further + 1;
        let slides = self.forgotten < NEVER;
        Some(Count {
            n,
            started_at: if slides { now } else { before.started_at },
            blocked_until: self.blocked_until(n, now),
        })
    }
}

impl Count {
    fn none(now: i64) -> Count {
        Count {
            n: 0,
            started_at: now,
            blocked_until: 0,
        }
    }

    /// The count after `spent` is refunded: if its window is over there is nothing to give back,
    /// and the wait set by a later try stays.
    pub fn refund(self, spent: Count) -> Count {
        if self.started_at != spent.started_at || self.n == 0 {
            return self;
        }
        let is_last = self.n == spent.n;
        Count {
            n: self.n - 1,
            blocked_until: if is_last { 0 } else { self.blocked_until },
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seconds::DAY;

    const LIMIT: Limit = Limit {
        kind: "test",
        most: 10,
        window: 600,
        over: Over::Refused,
    };
    const LOG_IN: InARow = InARow {
        kind: "test",
        free: 5,
        every: 1,
        waits: &[30, 60, 120, 240, 480, 960, 1_920, 3_600],
        shut: 100,
        forgotten: NEVER,
    };
    const SHORT_CODE: InARow = InARow {
        kind: "test",
        free: 10,
        every: 10,
        waits: &[30 * DAY, 90 * DAY, 365 * DAY],
        shut: FOREVER,
        forgotten: 30 * DAY,
    };

    fn over(limit: Limit, n: i64) -> Option<i64> {
        limit.over_for(n, 1_000, 1_100)
    }

    fn each<T>(all: &[i64], of: impl Fn(i64) -> T) -> Vec<T> {
        all.iter().map(|n| of(*n)).collect()
    }

    #[test]
    fn a_try_over_the_limit_waits_for_the_window() {
        assert_eq!(over(LIMIT, 10), None);
        assert_eq!(over(LIMIT, 11), Some(500));
    }

    #[test]
    fn a_window_starts_with_its_first_try() {
        let mut count = None;
        let mut numbers = Vec::new();
        for now in [100, 110, 699, 700] {
            count = Some(LIMIT.spend(count, now));
            numbers.push(count.map(|count| (count.n, count.started_at)));
        }

        let expected = [(1, 100), (2, 100), (3, 100), (1, 700)];
        assert_eq!(numbers, expected.map(Some));
    }

    #[test]
    fn work_doubles_in_steps_before_refusal() {
        let limit = Limit {
            over: Over::MoreWork,
            ..LIMIT
        };

        let steps = each(&[1, 10, 11, 15, 16, 20, 21, 25, 26, 30, 99], |n| {
            limit.steps(n)
        });

        assert_eq!(steps, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4]);
        assert_eq!(LIMIT.steps(99), 0);
        assert_eq!(over(limit, 30), None);
        assert_eq!(over(limit, 31), Some(500));
    }

    #[test]
    fn global_limits_slow_down_in_two_steps_without_refusing() {
        let limit = Limit {
            over: Over::Slower,
            ..LIMIT
        };

        let doublings = each(&[1, 10, 11, 20, 21, 30, 31, 1_000_000], |n| {
            limit.doublings(n)
        });

        assert_eq!(doublings, [0, 0, 1, 1, 2, 2, 2, 2]);
        assert_eq!(LIMIT.doublings(1_000), 0);
        assert_eq!(over(limit, 1_000_000), None);
    }

    #[test]
    fn newcomers_work_doubles_with_every_full_limit() {
        let limit = Limit {
            over: Over::Work,
            ..LIMIT
        };

        let steps = each(&[1, 10, 11, 20, 21, 30, 31, 61, 1_000_000], |n| {
            limit.steps(n)
        });

        assert_eq!(steps, [0, 0, 1, 1, 2, 2, 3, 6, 6]);
    }

    #[test]
    fn waits_double_up_to_an_hour_and_then_block() {
        let waits = each(&[1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99, 100, 101], |n| {
            LOG_IN.wait_after(n)
        });

        let (hour, shut) = (3_600, FOREVER);
        let doubled = [30, 60, 120, 240, 480, 960, 1_920];
        let expected = [&[0, 0][..], &doubled, &[hour, hour, shut, shut]].concat();
        assert_eq!(waits, expected);
    }

    #[test]
    fn every_ten_wrong_codes_switch_off_for_longer() {
        let waits = each(&[9, 10, 11, 19, 20, 30, 40], |n| {
            SHORT_CODE.wait_after(n) / DAY
        });

        assert_eq!(waits, [0, 30, 0, 0, 90, 365, 365]);
    }

    #[test]
    fn thirty_quiet_days_restart_the_count_but_keep_its_escalation() {
        let count = |n, started_at| Count {
            n,
            started_at,
            blocked_until: 0,
        };

        let quiet = SHORT_CODE.spend(Some(count(19, 1_000)), 1_000 + 30 * DAY);
        let sooner = SHORT_CODE.spend(Some(count(18, 1_000)), 999 + 30 * DAY);

        assert_eq!(quiet, Some(count(11, 1_000 + 30 * DAY)));
        assert_eq!(sooner, Some(count(19, 999 + 30 * DAY)));
    }

    #[test]
    fn a_refund_keeps_the_wait_of_a_later_try() {
        let mut counts = vec![None];
        for _ in 1..=5 {
            counts.push(LOG_IN.spend(counts[counts.len() - 1], 100));
        }
        let (fourth, fifth) = (counts[4].unwrap(), counts[5].unwrap());

        assert_eq!(fifth.refund(fifth), fourth);
        assert_eq!(fifth.refund(fourth).blocked_until, 130);
        assert_eq!(LOG_IN.spend(Some(fifth), 129), None);
    }

    #[test]
    fn a_refund_from_an_earlier_window_changes_nothing() {
        let spent = LIMIT.spend(None, 100);
        let later = LIMIT.spend(Some(spent), 700);

        assert_eq!(later.refund(spent), later);
    }
}
