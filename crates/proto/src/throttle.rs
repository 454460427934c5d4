//! Rate limits: how many tries there are in a window, what the one beyond meets, and how long somebody
//! waits after tries in a row. Here is what a count means; whoever keeps counts does it in one step with
//! reading them, or two at the same moment would both be the last that passes.

/// A network has so many times the tries of a client.
pub const NETWORK_FACTOR: i64 = 5;
/// A client is refused from so many times its limit on, where more work comes first.
pub const WORK_FACTOR: i64 = 3;
/// Steps of more work between a limit and [`WORK_FACTOR`] times it.
const WORK_STEPS: i64 = 4;
/// Doublings of a newcomer's work, at most.
pub const NEWCOMER_STEPS: i64 = 6;
/// Doublings of work and waits at most, where a limit makes everybody slower.
pub const MOST_DOUBLINGS: u32 = 2;
/// Different waits of tries in a row, at most; the last one repeats.
pub const MOST_WAITS: usize = 8;
/// A wait that ends with a reset only.
pub const FOREVER: i64 = i64::MAX;
/// Longer than any cloud runs, and far enough from the largest number to be added to a moment.
pub const NEVER: i64 = 1 << 60;

/// What happens to the try that is one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It is refused until the window ends.
    Refused,
    /// Each step costs twice the work; from [`WORK_FACTOR`] times as many on it is refused. A network
    /// (IPv4 /24, IPv6 /48) has [`NETWORK_FACTOR`] times as many.
    MoreWork,
    /// No further mail leaves; the button of the last one stays good.
    NoMail,
    /// A picture is asked for before the next one.
    Picture,
    /// The answer is as ever and nothing is mailed; the button of the last mail stays good.
    Unsent,
    /// It waits for the next window.
    Later,
    /// It is taken with a proof of work, which doubles with every further [`Limit::most`], at most
    /// [`NEWCOMER_STEPS`] times.
    Work,
    /// Nobody's short code is taken for a day: the button in the mail only.
    StrongMode,
    /// Everybody works or waits: twice as long, and twice as long again from twice as many on. Nobody
    /// is refused.
    Slower,
    /// It is one of many, which have a part of their own.
    OneOfMany,
    /// It is told together with the next ones.
    Together,
}

/// At most so many tries in so long. A window starts with its first try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name of its counts in the database.
    pub kind: &'static str,
    /// The last try that passes.
    pub most: i64,
    /// Length of the window in seconds.
    pub window: i64,
    /// What happens to the next one.
    pub over: Over,
}

/// Tries in a row: some are free, then each has to wait for longer. A right one starts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InARow {
    /// Name of its counts in the database.
    pub kind: &'static str,
    /// The first try after which there is a wait.
    pub free: i64,
    /// Tries from one wait to the next.
    pub every: i64,
    /// The waits in seconds; the last one repeats.
    pub waits: &'static [i64],
    /// From this try on it stays shut until a reset.
    pub shut: i64,
    /// So many seconds after the last try they start again, but the next wait is as long as it would
    /// have been; [`NEVER`] counts from the first try on.
    pub forgotten: i64,
}

/// Tries that are counted for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub n: i64,
    /// Start of the window, seconds since 1970.
    pub started_at: i64,
    /// The next try waits until then, seconds since 1970; 0 for none.
    pub blocked_until: i64,
}

/// The `n`th of some waits, counted from 0; the last one repeats.
pub fn wait(waits: &[i64], n: i64) -> i64 {
    let last = waits.len().saturating_sub(1);
    let n = usize::try_from(n.max(0)).unwrap_or(last).min(last);
    waits.get(n).copied().unwrap_or(0)
}

impl Limit {
    /// The same for `factor` times as many.
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

    /// What a count is after one more try.
    pub fn spend(self, before: Option<Count>, now: i64) -> Count {
        let before = self.running(before, now).unwrap_or(Count::none(now));
        Count {
            n: before.n + 1,
            ..before
        }
    }

    /// Seconds until the window ends, when the `n`th try in it is one too many.
    pub fn over_for(self, n: i64, started_at: i64, now: i64) -> Option<i64> {
        (n > self.last()).then(|| (started_at + self.window - now).max(1))
    }

    /// How many times work and waits double for everybody at the `n`th try.
    pub fn doublings(self, n: i64) -> u32 {
        if self.over != Over::Slower {
            return 0;
        }
        u32::try_from((n - 1) / self.most).map_or(0, |full| full.min(MOST_DOUBLINGS))
    }

    /// How many times the work doubles for whoever makes the `n`th try.
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
        let steps = (beyond * WORK_STEPS + self.last() - self.most - 1) / (self.last() - self.most);
        u32::try_from(steps).unwrap_or(0)
    }
}

impl InARow {
    /// Seconds to wait after the `n`th try in a row; [`FOREVER`] where only a reset opens it.
    pub fn wait_after(self, n: i64) -> i64 {
        if n >= self.shut {
            FOREVER
        } else if n < self.free || (n - self.free) % self.every != 0 {
            0
        } else {
            wait(self.waits, (n - self.free) / self.every)
        }
    }

    /// Until when the next one waits after the `n`th; 0 for no wait.
    pub fn blocked_until(self, n: i64, now: i64) -> i64 {
        match self.wait_after(n) {
            0 => 0,
            wait => now.saturating_add(wait),
        }
    }

    /// What a count is after one more try; `None` while a wait runs, and nothing is tried.
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

    /// What a count is after `spent` turned out to be no try: with its window over there is nothing to
    /// give back, and the wait that a later try set stays.
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
    fn the_last_allowed_passes_and_the_next_waits_for_the_window() {
        assert_eq!(over(LIMIT, 10), None);
        assert_eq!(over(LIMIT, 11), Some(500));
    }

    #[test]
    fn a_window_counts_from_its_first_try_and_starts_again() {
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
    fn work_doubles_in_steps_before_anybody_is_refused() {
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
    fn everybody_gets_slower_in_two_steps_and_nobody_is_refused() {
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
    fn work_of_newcomers_doubles_with_every_window_full() {
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
    fn waits_double_to_an_hour_and_then_shut() {
        let waits = each(&[1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99, 100, 101], |n| {
            LOG_IN.wait_after(n)
        });

        let (hour, shut) = (3_600, FOREVER);
        let doubled = [30, 60, 120, 240, 480, 960, 1_920];
        let expected = [&[0, 0][..], &doubled, &[hour, hour, shut, shut]].concat();
        assert_eq!(waits, expected);
    }

    #[test]
    fn every_tenth_wrong_code_switches_off_for_longer() {
        let waits = each(&[9, 10, 11, 19, 20, 30, 40], |n| {
            SHORT_CODE.wait_after(n) / DAY
        });

        assert_eq!(waits, [0, 30, 0, 0, 90, 365, 365]);
    }

    #[test]
    fn thirty_quiet_days_forget_the_ten_but_no_waits() {
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
    fn a_refund_leaves_the_wait_of_a_later_try() {
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
    fn a_refund_from_an_earlier_window_gives_nothing() {
        let spent = LIMIT.spend(None, 100);
        let later = LIMIT.spend(Some(spent), 700);

        assert_eq!(later.refund(spent), later);
    }
}
