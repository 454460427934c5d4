//! The book of a relay that runs alone: a copy of its cloud's, kept over a socket. While the cloud is
//! away, running calls go on for a bounded time and new ones are refused.

#![expect(
    clippy::disallowed_types,
    reason = "the relay reads the mirror while the socket to the cloud writes it"
)]

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use proto::call::ice::IceCredential;
use proto::joining::book_change::BookChange;
use proto::turn_credential::Role;
use tokio::sync::Notify;

use super::call_book::{CallBook, OpenCalls};
use super::limits::{KEEP_CALLS_S, MIRROR_LAG, NEW_CALLS_S};

/// A copy of the cloud's book; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    book: CallBook,
    state: Arc<Mutex<MirrorState>>,
    changes: Arc<Notify>,
}

#[derive(Debug, Default)]
struct MirrorState {
    instance: Option<String>,
    /// Since when there is no cloud, in its own seconds.
    lost_at: Option<u64>,
    /// Calls of the copy that is being received, and whether it is of the same start of the cloud.
    receiving: Option<(BTreeSet<String>, bool)>,
    is_draining: bool,
}

impl Mirror {
    /// A cloud was joined: a whole copy follows, then [`Mirror::whole`]. `instance` is another one after
    /// a restart of the cloud.
    pub fn joined(&self, instance: &str) {
        let mut state = self.lock();
        let is_same = state.instance.as_deref() == Some(instance);
        state.instance = Some(instance.to_owned());
        state.lost_at = None;
        state.receiving = Some((BTreeSet::new(), is_same));
    }

    /// Takes a change.
    pub fn apply(&self, change: &BookChange) {
        if let Some((calls, _)) = &mut self.lock().receiving
            && calls.len() < super::limits::CALLS
        {
            calls.insert(change.call().to_owned());
        }
        self.book.apply(change);
        self.changes.notify_one();
    }

    /// The copy is whole. What it does not contain is over, unless the cloud has been restarted: such a
    /// cloud knows nothing of earlier calls, and those that run may go on for a while.
    pub fn whole(&self, now_unix: u64) {
        let Some((calls, is_same)) = self.lock().receiving.take() else {
            return;
        };
        self.book.retain(|call, expires_at_unix| {
            if calls.contains(call) {
                return true;
            }
            *expires_at_unix = (*expires_at_unix).min(now_unix.saturating_add(KEEP_CALLS_S));
            !is_same
        });
    }

    /// The cloud cannot be reached.
    pub fn lost(&self, now_unix: u64) {
        let mut state = self.lock();
        state.receiving = None;
        state.lost_at.get_or_insert(now_unix);
    }

    /// From now on there are no new allocations.
    pub fn drain(&self) {
        self.lock().is_draining = true;
    }

    /// For how many seconds there has been no cloud.
    fn lost_for(&self, now_unix: u64) -> u64 {
        let lost_at = self.lock().lost_at;
        lost_at.map_or(0, |at| now_unix.saturating_sub(at))
    }

    fn lock(&self) -> MutexGuard<'_, MirrorState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenCalls for Mirror {
    fn quota_key(&self, call: &str, now_unix: u64) -> Option<String> {
        let takes_new = !self.lock().is_draining && self.lost_for(now_unix) < NEW_CALLS_S;
        takes_new
            .then(|| self.book.quota_key(call, now_unix))
            .flatten()
    }

    fn is_open(&self, call: &str, now_unix: u64) -> bool {
        self.lost_for(now_unix) < KEEP_CALLS_S && self.book.is_open(call, now_unix)
    }

    fn has_announced(&self, call: &str, role: Role, ip: IpAddr) -> bool {
        self.book.has_announced(call, role, ip)
    }

    fn party_ice(&self, call: &str, role: Role) -> Vec<IceCredential> {
        self.book.party_ice(call, role)
    }

    fn forget_expired(&self, now_unix: u64) {
        self.book.forget_expired(now_unix);
    }

    fn lag(&self) -> Duration {
        MIRROR_LAG
    }

    fn changes(&self) -> Option<Arc<Notify>> {
        Some(self.changes.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(call: &str) -> BookChange {
        BookChange::Open {
            call: call.to_owned(),
            quota_key: "ana".to_owned(),
            until: 10_000,
        }
    }

    fn joined(calls: &[&str]) -> Mirror {
        let mirror = Mirror::default();
        receive(&mirror, "first", calls);
        mirror
    }

    fn receive(mirror: &Mirror, instance: &str, calls: &[&str]) {
        mirror.joined(instance);
        calls.iter().for_each(|call| mirror.apply(&open(call)));
        mirror.whole(0);
    }

    fn takes_new(mirror: &Mirror, call: &str, now: u64) -> bool {
        mirror.quota_key(call, now).is_some()
    }

    #[test]
    fn a_lost_cloud_ends_no_running_call_at_once() {
        let mirror = joined(&["a"]);

        mirror.lost(100);
        mirror.lost(130);

        assert!(takes_new(&mirror, "a", 100 + NEW_CALLS_S - 1));
        assert!(!takes_new(&mirror, "a", 100 + NEW_CALLS_S));
        assert!(mirror.is_open("a", 100 + KEEP_CALLS_S - 1));
        assert!(!mirror.is_open("a", 100 + KEEP_CALLS_S), "it is bounded");
    }

    #[test]
    fn calls_that_ended_meanwhile_end_with_the_next_copy() {
        let mirror = joined(&["a", "b"]);
        mirror.lost(100);

        receive(&mirror, "first", &["b"]);

        assert!(!mirror.is_open("a", 0) && mirror.is_open("b", 9_000));
    }

    #[test]
    fn calls_survive_a_restart_of_the_cloud_for_a_while() {
        let mirror = joined(&["a"]);
        mirror.lost(100);

        receive(&mirror, "second", &["b"]);

        assert!(mirror.is_open("a", KEEP_CALLS_S - 1) && !mirror.is_open("a", KEEP_CALLS_S));
        assert!(mirror.is_open("b", 9_000));
        receive(&mirror, "second", &["b"]);
        assert!(
            !mirror.is_open("a", 0),
            "the second copy is of the same cloud"
        );
    }

    #[test]
    fn half_a_copy_ends_nothing() {
        let mirror = joined(&["a", "b"]);

        mirror.joined("first");
        mirror.apply(&open("b"));
        mirror.lost(5);
        mirror.whole(6);

        assert!(mirror.is_open("a", 6) && mirror.is_open("b", 6));
    }

    #[test]
    fn a_draining_relay_carries_on_without_new_calls() {
        let mirror = joined(&["a"]);

        mirror.drain();

        assert!(mirror.is_open("a", 1) && !takes_new(&mirror, "a", 1));
    }

    #[test]
    fn a_clock_set_back_does_not_bring_the_cloud_back() {
        let mirror = joined(&["a"]);
        mirror.lost(1_000);

        assert!(mirror.is_open("a", 10), "nor ends what runs");
        assert!(!mirror.is_open("a", 1_000 + KEEP_CALLS_S));
    }
}
