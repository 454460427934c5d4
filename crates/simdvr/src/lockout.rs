//! The lock-out rules for a recorder's accounts. Pure: time is an argument, counted from any start.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::limits::{LOCK_TIME, MAX_TRACKED_USERS, WRONG_LOGINS_BEFORE_LOCK};

/// Counts wrong logins per user name and decides which are locked.
#[derive(Debug, Default)]
pub(crate) struct LockOut {
    entries: BTreeMap<String, LoginRecord>,
}

#[derive(Debug, Default)]
struct LoginRecord {
    wrong: u32,
    locked_until: Option<Duration>,
    last_wrong: Duration,
}

/// What `userCheck` reports about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockState {
    /// Logins are accepted; this many wrong ones remain before the lock.
    Open {
        /// Remaining wrong logins, counting down from one less than the limit after the first wrong
        /// one.
        tries_left: u32,
    },
    /// Every login is refused for this long.
    Locked {
        /// Time until the account opens again.
        remaining: Duration,
    },
}

impl LockOut {
    /// The state of `user` at `now`; an expired lock is dropped.
    pub(crate) fn state(&mut self, user: &str, now: Duration) -> LockState {
        let Some(entry) = self.entries.get(user) else {
            return LockState::Open {
                tries_left: WRONG_LOGINS_BEFORE_LOCK,
            };
        };
        match entry.locked_until {
            Some(until) if now < until => LockState::Locked {
                remaining: until - now,
            },
            Some(_) => {
                self.entries.remove(user);
                self.state(user, now)
            }
            None => LockState::Open {
                tries_left: WRONG_LOGINS_BEFORE_LOCK.saturating_sub(entry.wrong),
            },
        }
    }

    /// Records a wrong login; the last one allowed locks the account. A locked account stays
    /// unchanged.
    pub(crate) fn wrong_login(&mut self, user: &str, now: Duration) {
        if matches!(self.state(user, now), LockState::Locked { .. }) {
            return;
        }
        if !self.entries.contains_key(user) && self.entries.len() >= MAX_TRACKED_USERS {
            self.forget_idlest();
        }
        let entry = self.entries.entry(user.to_owned()).or_default();
        entry.wrong += 1;
        entry.last_wrong = now;
        if entry.wrong >= WRONG_LOGINS_BEFORE_LOCK {
            entry.locked_until = Some(now + LOCK_TIME);
        }
    }

    /// Records a correct login to an account that is not locked: the count restarts.
    pub(crate) fn right_login(&mut self, user: &str) {
        self.entries.remove(user);
    }

    fn forget_idlest(&mut self) {
        // Locked users last: to forget one would unlock it.
        let idlest = self
            .entries
            .iter()
            .min_by_key(|(_, entry)| (entry.locked_until.is_some(), entry.last_wrong))
            .map(|(user, _)| user.clone());
        if let Some(user) = idlest {
            self.entries.remove(&user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn locked_at_zero() -> LockOut {
        let mut lock_out = LockOut::default();
        for _ in 0..WRONG_LOGINS_BEFORE_LOCK {
            lock_out.wrong_login("ana", Duration::ZERO);
        }
        lock_out
    }

    #[test]
    fn tries_left_count_down_and_then_lock() {
        let mut lock_out = LockOut::default();

        for left in (1..WRONG_LOGINS_BEFORE_LOCK).rev() {
            lock_out.wrong_login("ana", Duration::ZERO);
            let state = lock_out.state("ana", Duration::ZERO);
            assert_eq!(state, LockState::Open { tries_left: left });
        }
        lock_out.wrong_login("ana", Duration::ZERO);

        let state = lock_out.state("ana", MINUTE);
        let remaining = LOCK_TIME - MINUTE;
        assert_eq!(state, LockState::Locked { remaining });
    }

    #[test]
    fn a_lock_ends_exactly_when_its_time_is_up() {
        let mut lock_out = locked_at_zero();

        let just_before = LOCK_TIME - Duration::from_nanos(1);
        assert!(matches!(
            lock_out.state("ana", just_before),
            LockState::Locked { .. }
        ));
        let state = lock_out.state("ana", LOCK_TIME);
        assert_eq!(state, LockState::Open { tries_left: 5 });
    }

    #[test]
    fn wrong_logins_during_a_lock_do_not_extend_it() {
        let mut lock_out = locked_at_zero();

        lock_out.wrong_login("ana", 10 * MINUTE);

        let remaining = LOCK_TIME - 10 * MINUTE;
        let state = lock_out.state("ana", 10 * MINUTE);
        assert_eq!(state, LockState::Locked { remaining });
    }

    #[test]
    fn a_right_login_resets_the_count() {
        let mut lock_out = LockOut::default();
        for _ in 0..4 {
            lock_out.wrong_login("ana", Duration::ZERO);
        }

        lock_out.right_login("ana");
        lock_out.wrong_login("ana", MINUTE);

        let state = lock_out.state("ana", MINUTE);
        assert_eq!(state, LockState::Open { tries_left: 4 });
    }

    #[test]
    fn each_user_name_has_its_own_count() {
        let mut lock_out = locked_at_zero();

        let state = lock_out.state("ben", Duration::ZERO);

        assert_eq!(state, LockState::Open { tries_left: 5 });
    }

    #[test]
    fn many_user_names_never_displace_a_lock() {
        let mut lock_out = locked_at_zero();

        for n in 0..10 * MAX_TRACKED_USERS {
            lock_out.wrong_login(&format!("user{n}"), MINUTE);
        }

        assert_eq!(lock_out.entries.len(), MAX_TRACKED_USERS);
        assert!(matches!(
            lock_out.state("ana", MINUTE),
            LockState::Locked { .. }
        ));
    }
}
