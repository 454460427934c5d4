//! The calls that may use the relay: the quota key and addresses of each, and the keys that sign
//! the connectivity checks of each party. The relay uses only [`OpenCalls`]. [`CallBook`] answers
//! from memory, which signalling (writes) and the relay (reads) share.
//!
//! A short map lock, never held across an await. Signalling must have stored an address before it
//! forwards the candidate, because the other party immediately asks the relay for it.

#![expect(
    clippy::disallowed_types,
    reason = "signalling and relay share the book"
)]

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use proto::call::ice::IceCredential;
use proto::turn_credential::Role;

use super::limits;

/// What the relay asks about calls. Each question is asked per packet, so an answer must not block.
pub trait OpenCalls: Send + 'static {
    /// Returns the quota key of an open call.
    fn quota_key(&self, call: &str, now_unix: u64) -> Option<String>;

    /// Says whether `call` may use the relay at `now_unix`.
    fn is_open(&self, call: &str, now_unix: u64) -> bool;

    /// Says whether `role` announced `ip` in an open call.
    fn has_announced(&self, call: &str, role: Role, ip: IpAddr) -> bool;

    /// Returns the credentials that may sign the checks of `role`; empty if the call is not open.
    fn party_ice(&self, call: &str, role: Role) -> Vec<IceCredential>;

    /// Drops the calls that have expired; called once a second.
    fn forget_expired(&self, now_unix: u64);
}

/// The open calls and the addresses that their parties announced; clones share one book.
#[derive(Clone, Debug, Default)]
pub struct CallBook {
    calls: Arc<Mutex<HashMap<String, OpenCall>>>,
}

#[derive(Debug, Default)]
struct OpenCall {
    quota_key: String,
    expires_at_unix: u64,
    viewer: Party,
    agent: Party,
}

#[derive(Debug, Default)]
struct Party {
    ips: Vec<IpAddr>,
    ice: Vec<IceCredential>,
}

impl OpenCall {
    fn party(&mut self, role: Role) -> &mut Party {
        match role {
            Role::Viewer => &mut self.viewer,
            Role::Agent => &mut self.agent,
        }
    }
}

impl CallBook {
    /// Lets `call` use the relay until it is closed or `expires_at_unix` (seconds) is reached.
    /// Opening it again changes that time. The usage of all calls with the same `quota_key` is
    /// counted together. A full book ignores new calls.
    pub fn open(&self, call: &str, quota_key: &str, expires_at_unix: u64) {
        let mut calls = self.lock();
        if calls.len() >= limits::CALLS && !calls.contains_key(call) {
            tracing::warn!(
                calls = calls.len(),
                "the call book is full: a call gets no relay"
            );
            return;
        }
        let call = calls.entry(call.to_owned()).or_default();
        call.expires_at_unix = expires_at_unix;
        quota_key.clone_into(&mut call.quota_key);
    }

    /// Stores an address of one party, from its candidates and from its own sockets.
    pub fn add_party_ip(&self, call: &str, role: Role, ip: IpAddr) {
        let ip = ip.to_canonical();
        let mut calls = self.lock();
        let Some(call) = calls.get_mut(call) else {
            return;
        };
        let ips = &mut call.party(role).ips;
        ips.retain(|&known| known != ip);
        // After a change of network only the newest addresses are of use.
        if ips.len() >= limits::IPS_PER_PARTY {
            ips.remove(0);
        }
        ips.push(ip);
    }

    /// Stores the credentials that sign one party's connectivity checks. Ignored if the other party
    /// has the same password, because an echo would then look like an answer.
    pub fn add_party_ice(&self, call: &str, role: Role, credential: IceCredential) {
        let mut calls = self.lock();
        let Some(call) = calls.get_mut(call) else {
            return;
        };
        let mut others = call.party(role.other()).ice.iter();
        if others.any(|other| other.password() == credential.password()) {
            return;
        }
        let ice = &mut call.party(role).ice;
        ice.retain(|known| *known != credential);
        if ice.len() >= limits::ICE_PER_PARTY {
            ice.remove(0);
        }
        ice.push(credential);
    }

    /// Ends a call; its allocations end within a few seconds.
    pub fn close(&self, call: &str) {
        self.lock().remove(call);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, OpenCall>> {
        // Every change is a single insert or remove, so the book is still consistent after a panic.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenCalls for CallBook {
    fn quota_key(&self, call: &str, now_unix: u64) -> Option<String> {
        self.lock()
            .get(call)
            .filter(|call| now_unix < call.expires_at_unix)
            .map(|call| call.quota_key.clone())
    }

    fn is_open(&self, call: &str, now_unix: u64) -> bool {
        self.lock()
            .get(call)
            .is_some_and(|call| now_unix < call.expires_at_unix)
    }

    fn has_announced(&self, call: &str, role: Role, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.lock()
            .get_mut(call)
            .is_some_and(|call| call.party(role).ips.contains(&ip))
    }

    fn party_ice(&self, call: &str, role: Role) -> Vec<IceCredential> {
        self.lock()
            .get_mut(call)
            .map_or_else(Vec::new, |call| call.party(role).ice.clone())
    }

    fn forget_expired(&self, now_unix: u64) {
        self.lock()
            .retain(|_, call| now_unix < call.expires_at_unix);
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
        book.open("a", "ana", 100);
        book.open("b", "ana", 100);

        book.add_party_ip("a", Role::Agent, "::ffff:8.8.4.1".parse().unwrap());

        assert!(book.has_announced("a", Role::Agent, ip(1)));
        assert!(!book.has_announced("a", Role::Viewer, ip(1)));
        assert!(!book.has_announced("b", Role::Agent, ip(1)));
    }

    #[test]
    fn a_party_may_announce_at_most_thirty_two_addresses() {
        let book = CallBook::default();
        book.open("a", "ana", 100);

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
    fn a_party_keeps_its_eight_newest_credentials() {
        let book = CallBook::default();
        book.open("a", "ana", 100);
        let credential =
            |n: usize| IceCredential::new(&format!("frag{n}"), &format!("{n:022}")).unwrap();

        for n in 0..=limits::ICE_PER_PARTY {
            book.add_party_ice("a", Role::Agent, credential(n));
        }

        let known = book.party_ice("a", Role::Agent);
        let newest: Vec<_> = (1..=limits::ICE_PER_PARTY).map(credential).collect();
        assert_eq!(known, newest);
        assert_eq!(book.party_ice("a", Role::Viewer), []);
        assert_eq!(book.party_ice("b", Role::Agent), []);
    }

    #[test]
    fn a_password_shared_by_both_parties_belongs_to_the_first() {
        let book = CallBook::default();
        book.open("a", "ana", 100);
        let credential = |ufrag| IceCredential::new(ufrag, "a/password+of22letters").unwrap();

        book.add_party_ice("a", Role::Agent, credential("agent"));
        book.add_party_ice("a", Role::Viewer, credential("viewer"));

        assert_eq!(book.party_ice("a", Role::Agent).len(), 1);
        assert_eq!(book.party_ice("a", Role::Viewer), []);
    }

    #[test]
    fn a_call_is_open_until_closed_or_expired() {
        let book = CallBook::default();
        book.open("a", "ana", 100);
        book.open("b", "ana", 100);

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
    fn a_full_call_book_refuses_new_calls() {
        let book = CallBook::default();
        for n in 0..limits::CALLS {
            book.open(&n.to_string(), "ana", 100);
        }

        book.open("one more", "ana", 100);
        assert!(!book.is_open("one more", 0));

        book.forget_expired(100);
        book.open("one more", "ana", 200);
        assert!(book.is_open("one more", 100));
    }
}
