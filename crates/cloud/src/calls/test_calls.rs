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
    network: String,
    until: u64,
}

/// As many people test at this moment as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestsFull {
    /// In this cloud.
    OfAll,
    /// In the person's own network; others may still test.
    OfNetwork,
}

impl TestCalls {
    /// Notes a test call; returns the one of the same account that it replaces.
    fn insert(&self, account: &str, call: TestCall, now: u64) -> Result<Option<String>, TestsFull> {
        let mut calls = self.lock();
        calls.retain(|_, call| now < call.until);
        let others = calls.iter().filter(|(owner, _)| *owner != account);
        let (n_others, n_beside) = others.fold((0, 0), |(n, n_beside), (_, other)| {
            (n + 1, n_beside + usize::from(other.network == call.network))
        });
        if n_beside >= limits::MAX_TEST_CALLS_OF_NETWORK {
            return Err(TestsFull::OfNetwork);
        }
        if n_others >= limits::MAX_TEST_CALLS {
            return Err(TestsFull::OfAll);
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
    pub fn open_test(
        &self,
        state: &State,
        account_id: &str,
        network: &str,
    ) -> Result<TestServers, TestsFull> {
        let now = state.clock.unix_seconds();
        let (id, until) = (state.rng.id(), now + limits::TEST_SECONDS);
        let call = TestCall {
            id: id.clone(),
            network: network.to_owned(),
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
        from_network(id, id, until)
    }

    fn from_network(network: &str, id: &str, until: u64) -> TestCall {
        TestCall {
            id: id.to_owned(),
            network: network.to_owned(),
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
            let (account, id) = (n.to_string(), format!("x{n}"));
            calls.insert(&account, call(&id, 60), 0).unwrap();
        }

        let refused = calls.insert("ana", call("a", 60), 0);
        assert_eq!(refused, Err(TestsFull::OfAll));
        assert!(calls.insert("0", call("y", 60), 0).is_ok(), "its own goes");
        assert!(calls.insert("ana", call("a", 120), 60).is_ok());
    }

    #[test]
    fn accounts_of_one_network_leave_room_for_others() {
        let calls = TestCalls::default();
        for n in 0..limits::MAX_TEST_CALLS {
            let crowd = from_network("192.0.2.0/24", &n.to_string(), 60);
            let taken = calls.insert(&format!("throw-away {n}"), crowd, 0);
            let has_room = n < limits::MAX_TEST_CALLS_OF_NETWORK;
            assert_eq!(taken.err(), (!has_room).then_some(TestsFull::OfNetwork));
        }

        let ana = from_network("198.51.100.0/24", "a", 60);
        assert_eq!(calls.insert("ana", ana, 0), Ok(None));
    }
}
