//! The calls that may use the relay, shared by signalling (writes) and relay (reads).
//!
//! A short map lock, never held across an await: signalling must have written an address before
//! it forwards the candidate, because the other party asks the relay for it at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use proto::turn_credential::Role;

use super::limits;

/// The open calls and the addresses their parties announced; clones share one book.
#[derive(Clone, Debug, Default)]
pub struct CallBook {
    calls: Arc<Mutex<HashMap<String, Call>>>,
}

#[derive(Debug, Default)]
struct Call {
    expires_at_unix: u64,
    viewer_ips: Vec<IpAddr>,
    agent_ips: Vec<IpAddr>,
}

impl Call {
    fn ips(&mut self, role: Role) -> &mut Vec<IpAddr> {
        match role {
            Role::Viewer => &mut self.viewer_ips,
            Role::Agent => &mut self.agent_ips,
        }
    }
}

impl CallBook {
    /// Lets `call` use the relay until it is closed or `expires_at_unix` (seconds) is reached;
    /// opening it again moves that moment. A full book ignores new calls.
    pub fn open(&self, call: &str, expires_at_unix: u64) {
        let mut calls = self.lock();
        if calls.len() >= limits::CALLS && !calls.contains_key(call) {
            tracing::warn!(
                calls = calls.len(),
                "call book is full, a call gets no relay"
            );
            return;
        }
        calls.entry(call.to_owned()).or_default().expires_at_unix = expires_at_unix;
    }

    /// Notes an address of one party: from its candidates and from its own sockets.
    pub fn add_party_ip(&self, call: &str, role: Role, ip: IpAddr) {
        let ip = ip.to_canonical();
        let mut calls = self.lock();
        let Some(call) = calls.get_mut(call) else {
            return;
        };
        let ips = call.ips(role);
        ips.retain(|&known| known != ip);
        if ips.len() >= limits::IPS_PER_PARTY {
            ips.remove(0);
        }
        ips.push(ip);
    }

    /// Ends a call; its allocations are gone within a few seconds.
    pub fn close(&self, call: &str) {
        self.lock().remove(call);
    }

    /// Says whether `call` may use the relay at `now_unix`.
    pub fn is_open(&self, call: &str, now_unix: u64) -> bool {
        self.lock()
            .get(call)
            .is_some_and(|call| now_unix < call.expires_at_unix)
    }

    /// Says whether `role` announced `ip` in an open call.
    pub fn has_announced(&self, call: &str, role: Role, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.lock()
            .get_mut(call)
            .is_some_and(|call| call.ips(role).contains(&ip))
    }

    /// Drops the calls whose time is up.
    pub(super) fn forget_expired(&self, now_unix: u64) {
        self.lock()
            .retain(|_, call| now_unix < call.expires_at_unix);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Call>> {
        // Every change is a single insert or remove, so a book left by a panic is still sound.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([8, 8, 4, last])
    }

    #[test]
    fn an_address_counts_for_its_own_call_and_role() {
        let book = CallBook::default();
        book.open("a", 100);
        book.open("b", 100);

        book.add_party_ip("a", Role::Agent, "::ffff:8.8.4.1".parse().unwrap());

        assert!(book.has_announced("a", Role::Agent, ip(1)));
        assert!(!book.has_announced("a", Role::Viewer, ip(1)));
        assert!(!book.has_announced("b", Role::Agent, ip(1)));
    }

    #[test]
    fn a_party_may_announce_only_thirty_two_addresses() {
        let book = CallBook::default();
        book.open("a", 100);

        for last in 0..=32 {
            book.add_party_ip("a", Role::Viewer, ip(last));
        }

        assert!(
            !book.has_announced("a", Role::Viewer, ip(0)),
            "oldest gives way"
        );
        assert!((1..=32).all(|last| book.has_announced("a", Role::Viewer, ip(last))));
    }

    #[test]
    fn a_call_is_open_until_closed_or_expired() {
        let book = CallBook::default();
        book.open("a", 100);
        book.open("b", 100);

        book.close("b");

        assert!(book.is_open("a", 99) && !book.is_open("a", 100));
        assert!(!book.is_open("b", 0));
        book.add_party_ip("b", Role::Agent, ip(1));
        assert!(
            !book.has_announced("b", Role::Agent, ip(1)),
            "closed call takes no address"
        );
    }

    #[test]
    fn a_full_book_takes_no_new_call() {
        let book = CallBook::default();
        for n in 0..limits::CALLS {
            book.open(&n.to_string(), 100);
        }

        book.open("one more", 100);
        assert!(!book.is_open("one more", 0));

        book.forget_expired(100);
        book.open("one more", 200);
        assert!(book.is_open("one more", 100));
    }
}
