//! Test calls: the page of the connection test connects to itself over the relay, to find out what its network
//! lets through. Both ends belong to one page, so nobody else can be reached; the relay counts their few bytes by
//! themselves ([docs/ref/relay.md]).
//!
//! [docs/ref/relay.md]: ../../../../docs/ref/relay.md

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::ice::{self, TestServers};
use super::{Calls, limits};
use crate::state::State;

/// The test calls of this process, by account.
#[derive(Debug, Default)]
pub(super) struct TestCalls(Mutex<HashMap<String, TestCall>>);

#[derive(Debug)]
struct TestCall {
    id: String,
    until: u64,
}

/// As many people test at this moment as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestsFull;

impl TestCalls {
    /// Notes a test call; returns the one of the same account that it replaces.
    fn insert(&self, account: &str, call: TestCall, now: u64) -> Result<Option<String>, TestsFull> {
        let mut calls = self.lock();
        calls.retain(|_, call| now < call.until);
        if calls.len() >= limits::MAX_TEST_CALLS && !calls.contains_key(account) {
            return Err(TestsFull);
        }
        let replaced = calls.insert(account.to_owned(), call);
        Ok(replaced.map(|call| call.id))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, TestCall>> {
        // Every change is one insert or one removal.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Calls {
    /// The port of this process's relay, as a network has to let it out.
    pub fn relay_port(&self, state: &State) -> u16 {
        let at = *self.lock_relay_at();
        at.map_or_else(|| state.config.relay.port(), |at| at.port)
    }

    /// Opens a test call of an account for a minute and gives the servers for both of its ends; an earlier one
    /// of the account ends.
    ///
    /// # Errors
    /// Too many people test at this moment.
    pub fn open_test(&self, state: &State, account_id: &str) -> Result<TestServers, TestsFull> {
        let now = state.clock.unix_seconds();
        let (id, until) = (state.rng.id(), now + limits::TEST_SECONDS);
        let call = TestCall {
            id: id.clone(),
            until,
        };
        if let Some(earlier) = self.0.tests.insert(account_id, call, now)? {
            self.relay().close(&earlier);
        }
        self.relay().open_test(&id, account_id, until);
        state.metrics.test_call();
        let relays = (*self.lock_relay_at(), &self.0.relays);
        Ok(ice::test_servers(state, relays, &id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: &str, until: u64) -> TestCall {
        TestCall {
            id: id.to_owned(),
            until,
        }
    }

    #[test]
    fn an_account_has_one_test_call_at_a_time() {
        let calls = TestCalls::default();

        assert_eq!(calls.insert("ana", call("a", 60), 0), Ok(None));
        assert_eq!(calls.insert("ben", call("b", 60), 0), Ok(None));

        let replaced = calls.insert("ana", call("c", 61), 1);
        assert_eq!(replaced, Ok(Some("a".to_owned())));
        assert_eq!(
            calls.insert("ana", call("d", 130), 70),
            Ok(None),
            "it is over"
        );
    }

    #[test]
    fn full_test_calls_refuse_newcomers_until_one_ends() {
        let calls = TestCalls::default();
        for n in 0..limits::MAX_TEST_CALLS {
            calls.insert(&n.to_string(), call("x", 60), 0).unwrap();
        }

        assert_eq!(calls.insert("ana", call("a", 60), 0), Err(TestsFull));
        assert!(calls.insert("0", call("y", 60), 0).is_ok(), "its own goes");
        assert!(calls.insert("ana", call("a", 120), 60).is_ok());
    }
}
