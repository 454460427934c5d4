//! The calls that may use the relay: the quota key and addresses of each, and the keys that sign
//! the connectivity checks of each party. The relay uses only [`OpenCalls`]. [`CallBook`] answers
//! from memory, which signalling (writes) and the relay (reads) share.
//!
//! A short map lock, never held across an await. Signalling must have stored an address before it
//! forwards the candidate, because the other party immediately asks the relay for it.
//!
//! A [`BookFeed`] gives every change in its order, for relays in other processes.

#![expect(
    clippy::disallowed_types,
    reason = "signalling and relay share the book"
)]

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use proto::call::ice::IceCredential;
use proto::joining::book_change::BookChange;
use proto::joining::proof::JoinSecret;
use proto::turn_credential::Role;
use tokio::sync::{Notify, mpsc};

use super::limits;

/// Begins the quota keys of test calls; no account's id contains a space.
const TEST: &str = "test ";

/// Says whether a quota key is one of test calls.
pub(super) fn is_of_tests(quota_key: &str) -> bool {
    quota_key.starts_with(TEST)
}

/// Takes the account out of a change for a joined relay, which knows only what belongs together. What is of a test
/// call stays so, because its budget is smaller.
pub fn veil(change: &mut BookChange, secret: &JoinSecret) {
    let BookChange::Open { quota_key, .. } = change else {
        return;
    };
    *quota_key = match quota_key.strip_prefix(TEST) {
        Some(account) => format!("{TEST}{}", secret.pseudonym(account)),
        None => secret.pseudonym(quota_key),
    };
}

/// Queries of the relay about calls. They are made per packet, so an answer must not block.
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

    /// How long the book may learn of a change later than a party of the call.
    fn lag(&self) -> Duration {
        Duration::ZERO
    }

    /// What is notified of changes, if the book may be late.
    fn changes(&self) -> Option<Arc<Notify>> {
        None
    }
}

/// The open calls and the addresses that their parties announced; clones share one book.
#[derive(Clone, Debug, Default)]
pub struct CallBook(Arc<Mutex<Pages>>);

#[derive(Debug, Default)]
struct Pages {
    calls: HashMap<String, OpenCall>,
    feeds: Vec<mpsc::Sender<BookChange>>,
}

/// A book as it is, and every later change.
#[derive(Debug)]
pub struct BookFeed {
    /// The changes that make the book.
    pub book: Vec<BookChange>,
    /// What changes after that. It ends if its reader does not keep up: then the book has to be read anew.
    pub changes: mpsc::Receiver<BookChange>,
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

impl Pages {
    fn tell(&mut self, change: &BookChange) {
        // A reader that does not keep up, or is gone, is dropped: signalling waits for nobody.
        self.feeds
            .retain(|feed| feed.try_send(change.clone()).is_ok());
    }
}

impl OpenCall {
    /// The changes that make this call.
    fn written_as(&self, call: &str) -> Vec<BookChange> {
        let open = BookChange::Open {
            call: call.to_owned(),
            quota_key: self.quota_key.clone(),
            until: self.expires_at_unix,
        };
        let mut changes = vec![open];
        for (role, party) in [(Role::Viewer, &self.viewer), (Role::Agent, &self.agent)] {
            changes.extend(party.ips.iter().map(|ip| BookChange::Ip {
                call: call.to_owned(),
                role: role.into(),
                ip: *ip,
            }));
            let ice = party.ice.iter();
            changes.extend(ice.map(|credential| BookChange::ice(call, role, credential)));
        }
        changes
    }
}

impl CallBook {
    /// Reads the whole book and subscribes to its changes. At most `capacity` of them wait for the reader.
    pub fn feed(&self, capacity: usize) -> BookFeed {
        let (feed, changes) = mpsc::channel(capacity);
        let mut pages = self.lock();
        pages.feeds.push(feed);
        let calls = pages.calls.iter();
        let book = calls.flat_map(|(call, open)| open.written_as(call));
        BookFeed {
            book: book.collect(),
            changes,
        }
    }

    /// Makes one change, as another book made it. Changes that make no sense change nothing.
    pub fn apply(&self, change: &BookChange) {
        match change {
            BookChange::Open {
                call,
                quota_key,
                until,
            } => self.open(call, quota_key, *until),
            BookChange::Ip { call, role, ip } => self.add_party_ip(call, (*role).into(), *ip),
            BookChange::Ice {
                call,
                role,
                ufrag,
                password,
            } => {
                if let Some(credential) = IceCredential::new(ufrag, password) {
                    self.add_party_ice(call, (*role).into(), credential);
                }
            }
            BookChange::Close { call } => self.close(call),
        }
    }

    /// Lets `call` use the relay until it is closed or `expires_at_unix` (seconds) is reached.
    /// Opening it again changes that time. The usage of all calls with the same `quota_key` is
    /// counted together. A full book ignores new calls.
    pub fn open(&self, call: &str, quota_key: &str, expires_at_unix: u64) {
        let mut pages = self.lock();
        if pages.calls.len() >= limits::CALLS && !pages.calls.contains_key(call) {
            tracing::warn!(
                calls = pages.calls.len(),
                "the call book is full: a call gets no relay"
            );
            return;
        }
        let open = pages.calls.entry(call.to_owned()).or_default();
        open.expires_at_unix = expires_at_unix;
        quota_key.clone_into(&mut open.quota_key);
        pages.tell(&BookChange::Open {
            call: call.to_owned(),
            quota_key: quota_key.to_owned(),
            until: expires_at_unix,
        });
    }

    /// Opens a call in which a page connects to itself, to find out what its network lets through. Neither
    /// party announces an address, so each can reach only what the other holds at the relay. Its bytes are
    /// counted by themselves, within [`limits::TEST_BYTES`].
    pub fn open_test(&self, call: &str, account: &str, expires_at_unix: u64) {
        self.open(call, &format!("{TEST}{account}"), expires_at_unix);
    }

    /// Stores an address of one party, from its candidates and from its own sockets.
    pub fn add_party_ip(&self, call: &str, role: Role, ip: IpAddr) {
        let ip = ip.to_canonical();
        let mut pages = self.lock();
        let Some(open) = pages.calls.get_mut(call) else {
            return;
        };
        let ips = &mut open.party(role).ips;
        ips.retain(|&known| known != ip);
        // After a change of network only the newest addresses are of use.
        if ips.len() >= limits::IPS_PER_PARTY {
            ips.remove(0);
        }
        ips.push(ip);
        pages.tell(&BookChange::Ip {
            call: call.to_owned(),
            role: role.into(),
            ip,
        });
    }

    /// Stores the credentials that sign one party's connectivity checks. Ignored if the other party
    /// has the same password, because an echo would then look like an answer.
    pub fn add_party_ice(&self, call: &str, role: Role, credential: IceCredential) {
        let mut pages = self.lock();
        let Some(open) = pages.calls.get_mut(call) else {
            return;
        };
        let mut others = open.party(role.other()).ice.iter();
        if others.any(|other| other.password() == credential.password()) {
            return;
        }
        let change = BookChange::ice(call, role, &credential);
        let ice = &mut open.party(role).ice;
        ice.retain(|known| *known != credential);
        if ice.len() >= limits::ICE_PER_PARTY {
            ice.remove(0);
        }
        ice.push(credential);
        pages.tell(&change);
    }

    /// Ends a call; its allocations end within a few seconds.
    pub fn close(&self, call: &str) {
        let mut pages = self.lock();
        if pages.calls.remove(call).is_some() {
            pages.tell(&BookChange::Close {
                call: call.to_owned(),
            });
        }
    }

    /// Ends what `keep` does not want; it may shorten a call's time.
    pub(super) fn retain(&self, mut keep: impl FnMut(&str, &mut u64) -> bool) {
        self.lock()
            .calls
            .retain(|call, open| keep(call, &mut open.expires_at_unix));
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        // Every change is a single insert or remove, so the book is still consistent after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenCalls for CallBook {
    fn quota_key(&self, call: &str, now_unix: u64) -> Option<String> {
        self.lock()
            .calls
            .get(call)
            .filter(|call| now_unix < call.expires_at_unix)
            .map(|call| call.quota_key.clone())
    }

    fn is_open(&self, call: &str, now_unix: u64) -> bool {
        self.lock()
            .calls
            .get(call)
            .is_some_and(|call| now_unix < call.expires_at_unix)
    }

    fn has_announced(&self, call: &str, role: Role, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.lock()
            .calls
            .get_mut(call)
            .is_some_and(|call| call.party(role).ips.contains(&ip))
    }

    fn party_ice(&self, call: &str, role: Role) -> Vec<IceCredential> {
        self.lock()
            .calls
            .get_mut(call)
            .map_or_else(Vec::new, |call| call.party(role).ice.clone())
    }

    fn forget_expired(&self, now_unix: u64) {
        self.lock()
            .calls
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

    #[test]
    fn a_feed_reproduces_the_call_book_elsewhere() {
        let (book, copy) = (CallBook::default(), CallBook::default());
        let credential = IceCredential::new("Kx7a", "a/password+of22letters").unwrap();
        book.open("a", "ana", 100);
        book.add_party_ip("a", Role::Agent, ip(1));
        book.add_party_ice("a", Role::Agent, credential.clone());
        book.open("gone", "ana", 100);

        let mut feed = book.feed(8);
        book.add_party_ip("a", Role::Viewer, ip(2));
        book.close("gone");
        feed.book.iter().for_each(|change| copy.apply(change));
        while let Ok(change) = feed.changes.try_recv() {
            copy.apply(&change);
        }

        assert_eq!(copy.quota_key("a", 99).as_deref(), Some("ana"));
        assert!(copy.has_announced("a", Role::Agent, ip(1)));
        assert!(copy.has_announced("a", Role::Viewer, ip(2)));
        assert_eq!(copy.party_ice("a", Role::Agent), [credential]);
        assert!(copy.is_open("a", 99) && !copy.is_open("gone", 0));
    }

    #[test]
    fn a_feed_with_a_stalled_reader_ends() {
        let book = CallBook::default();
        let mut feed = book.feed(2);

        for n in 0..4 {
            book.open(&n.to_string(), "ana", 100);
        }

        assert!(feed.changes.try_recv().is_ok() && feed.changes.try_recv().is_ok());
        let end = feed.changes.try_recv();
        assert_eq!(end, Err(mpsc::error::TryRecvError::Disconnected));
        assert!(book.lock().feeds.is_empty());
    }
}
