//! What all calls with one quota key share: bytes per day, and checks to unproven peers. Signalling
//! chooses the key; here it is only a string.

use std::collections::HashMap;
use std::time::Duration;

use super::super::call_book::is_of_tests;
use super::super::limits::{
    ACCOUNTS, CHECK_BYTES_AT_ONCE, CHECK_BYTES_PER_SECOND, SECONDS_PER_DAY, TEST_BYTES,
    TEST_REFILL_S,
};
use super::super::rate::TokenBucket;

/// The budgets by quota key. They outlive allocations, so that a new call gets no new budget.
pub(super) struct Accounts {
    by_key: HashMap<String, AccountUse>,
    bytes_per_day: f64,
}

struct AccountUse {
    bytes: TokenBucket,
    checks: TokenBucket,
}

impl AccountUse {
    fn is_untouched(&self, now: Duration) -> bool {
        self.bytes.is_full(now) && self.checks.is_full(now)
    }
}

impl Accounts {
    pub(super) fn new(bytes_per_day: u64) -> Self {
        Self {
            by_key: HashMap::new(),
            bytes_per_day: bytes_per_day as f64,
        }
    }

    /// Takes bytes of data. The budget of one day is available at once; after that, the mean rate
    /// of a day remains.
    pub(super) fn take_bytes(&mut self, key: &str, bytes: usize, now: Duration) -> bool {
        self.entry(key, now).bytes.take(bytes as f64, now)
    }

    /// Takes bytes of checks to an unproven peer.
    pub(super) fn take_check(&mut self, key: &str, bytes: usize, now: Duration) -> bool {
        self.entry(key, now).checks.take(bytes as f64, now)
    }

    /// Drops budgets that are full again.
    pub(super) fn forget_untouched(&mut self, now: Duration) {
        self.by_key.retain(|_, account| !account.is_untouched(now));
    }

    fn entry(&mut self, key: &str, now: Duration) -> &mut AccountUse {
        if !self.by_key.contains_key(key) {
            self.make_room(now);
            let (bytes, seconds, checks) = if is_of_tests(key) {
                // No check of a test leaves the relay, so none needs more than the bytes of the test.
                let none = TokenBucket::new(0.0, 0.0, now);
                (TEST_BYTES as f64, TEST_REFILL_S as f64, none)
            } else {
                let checks = TokenBucket::new(CHECK_BYTES_PER_SECOND, CHECK_BYTES_AT_ONCE, now);
                (self.bytes_per_day, SECONDS_PER_DAY, checks)
            };
            let account = AccountUse {
                bytes: TokenBucket::new(bytes / seconds, bytes, now),
                checks,
            };
            self.by_key.insert(key.to_owned(), account);
        }
        self.by_key
            .get_mut(key)
            .expect("it was there or has been added")
    }

    fn make_room(&mut self, now: Duration) {
        if self.by_key.len() < ACCOUNTS {
            return;
        }
        self.forget_untouched(now);
        // If there are too many, the one that has used least loses least when it is dropped.
        let least = self
            .by_key
            .iter()
            .max_by(|(_, a), (_, b)| a.bytes.left(now).total_cmp(&b.bytes.left(now)))
            .map(|(key, _)| key.clone());
        if self.by_key.len() >= ACCOUNTS
            && let Some(key) = least
        {
            self.by_key.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIGABYTE: usize = 1_000_000_000;

    fn hours(n: u64) -> Duration {
        Duration::from_secs(n * 3_600)
    }

    #[test]
    fn a_days_bytes_are_available_at_once_then_refilled() {
        let mut accounts = Accounts::new(24 * GIGABYTE as u64);
        for _ in 0..24 {
            assert!(accounts.take_bytes("ana", GIGABYTE, hours(0)));
        }
        assert!(!accounts.take_bytes("ana", 1, hours(0)));
        assert!(accounts.take_bytes("ben", GIGABYTE, hours(0)), "his own");

        accounts.forget_untouched(hours(1));

        assert!(accounts.take_bytes("ana", GIGABYTE - 1, hours(1)));
        assert!(!accounts.take_bytes("ana", GIGABYTE / 10, hours(1)));
        accounts.forget_untouched(hours(26));
        assert!(accounts.by_key.is_empty(), "full again after a day");
    }

    #[test]
    fn an_accounts_checks_have_their_own_budget() {
        let mut accounts = Accounts::new(1);
        let sent = |accounts: &mut Accounts, at: Duration| {
            (0..10_000)
                .take_while(|_| accounts.take_check("ana", 100, at))
                .count()
        };

        assert_eq!(sent(&mut accounts, hours(0)), 2_560);
        assert_eq!(sent(&mut accounts, Duration::from_secs(1)), 40);
    }

    #[test]
    fn the_account_map_is_limited_and_keeps_heavy_users() {
        let mut accounts = Accounts::new(1_000);
        assert!(accounts.take_bytes("heavy", 1_000, Duration::ZERO));

        for n in 0..ACCOUNTS + 10 {
            accounts.take_bytes(&n.to_string(), 1, Duration::ZERO);
        }

        assert_eq!(accounts.by_key.len(), ACCOUNTS);
        assert!(!accounts.take_bytes("heavy", 100, Duration::ZERO));
    }
}
