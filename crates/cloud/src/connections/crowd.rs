//! Admission and eviction of connections: shares of clients, networks and accounts, and the order in which
//! idle strangers are evicted. Pure: sockets and time are elsewhere.

use std::collections::{BTreeSet, HashMap};

use super::limits::Places;
use crate::visitor::Client;

/// Number of one guest; none is given twice.
pub(super) type Id = u64;

/// What places are counted for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum PlaceGroup {
    Client(String),
    Network(String),
    /// Connections of an account that is signed in.
    Account(String),
    /// Links of the recorders of an account.
    LinksOf(String),
    /// They speak for many, and who they are is set by the operator.
    Proxies,
}

/// How much somebody's place is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Stranger,
    /// Sent a request with a valid session.
    SignedIn,
    /// Carries a call's socket or the link of a recorder that somebody owns. These are never evicted;
    /// how many there are is bounded where they are admitted.
    Socket,
}

/// Strangers before the signed-in, and the longest idle of each first.
type Turn = (bool, u64, Id);

#[derive(Debug, Default)]
struct Members {
    n: usize,
    n_strangers: usize,
    /// Those that may be asked to go. Of the signed-in only the idle.
    turns: BTreeSet<Turn>,
}

#[derive(Debug)]
struct Guest {
    groups: Vec<PlaceGroup>,
    standing: Standing,
    /// Grows with every act of anybody: the smaller, the longer idle.
    since: u64,
    n_requests: usize,
}

impl Guest {
    fn turn(&self, id: Id) -> Option<Turn> {
        match self.standing {
            Standing::Stranger => Some((false, self.since, id)),
            Standing::SignedIn if self.n_requests == 0 => Some((true, self.since, id)),
            Standing::SignedIn | Standing::Socket => None,
        }
    }

    fn is_counted_stranger(&self) -> bool {
        self.standing == Standing::Stranger && self.groups[0] != PlaceGroup::Proxies
    }
}

/// No place, and nobody who could give one up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CrowdFull;

/// Everybody who holds a place.
#[derive(Debug)]
pub(super) struct Crowd {
    places: Places,
    guests: HashMap<Id, Guest>,
    members: HashMap<PlaceGroup, Members>,
    /// Networks by how many strangers they have here.
    weights: BTreeSet<(usize, PlaceGroup)>,
    n_strangers: usize,
    last: u64,
}

impl Crowd {
    pub(super) fn new(places: Places) -> Crowd {
        Crowd {
            places,
            guests: HashMap::new(),
            members: HashMap::new(),
            weights: BTreeSet::new(),
            n_strangers: 0,
            last: 0,
        }
    }

    /// A place for a connection of `client`, or of a proxy, and who has to go for it.
    pub(super) fn enter(&mut self, client: Option<&Client>) -> Result<(Id, Option<Id>), CrowdFull> {
        let groups = match client {
            Some(client) => vec![
                PlaceGroup::Client(client.0.clone()),
                PlaceGroup::Network(client.network()),
            ],
            None => vec![PlaceGroup::Proxies],
        };
        let gone = self.room_for(&groups)?;
        if let Some(gone) = gone {
            self.leave(gone);
        }
        let id = self.next();
        let guest = Guest {
            groups,
            standing: Standing::Stranger,
            since: id,
            n_requests: 0,
        };
        self.put(id, guest);
        Ok((id, gone))
    }

    /// Gives a place up. Who was sent away before has none.
    pub(super) fn leave(&mut self, id: Id) {
        self.take(id);
    }

    /// Whoever should go first, as when the system has no more files.
    pub(super) fn send_one_away(&mut self) -> Option<Id> {
        let gone = self.heaviest_stranger()?;
        self.leave(gone);
        Some(gone)
    }

    /// A request of this guest begins.
    pub(super) fn begins(&mut self, id: Id) {
        self.change(id, |guest| guest.n_requests += 1);
    }

    /// A request of this guest was answered.
    pub(super) fn ends(&mut self, id: Id) {
        self.change(id, |guest| {
            guest.n_requests = guest.n_requests.saturating_sub(1)
        });
    }

    /// This guest is signed in. An account's share is for its newest: the longest idle of it goes.
    /// Where none is idle, this one stays a stranger; and what a proxy brings is never one person's.
    pub(super) fn signs_in(&mut self, id: Id, account_id: &str) -> Option<Id> {
        let guest = self.guests.get(&id)?;
        if guest.standing != Standing::Stranger || guest.groups[0] == PlaceGroup::Proxies {
            return None;
        }
        let account = PlaceGroup::Account(account_id.to_owned());
        let gone = match self.members.get(&account) {
            Some(members) if members.n >= self.places.per_account => Some(members.turns.first()?.2),
            _ => None,
        };
        if let Some(gone) = gone {
            self.leave(gone);
        }
        self.change(id, |guest| {
            guest.standing = Standing::SignedIn;
            guest.groups.push(account);
        });
        gone
    }

    /// This guest became the socket of a viewer.
    pub(super) fn becomes_call(&mut self, id: Id) {
        self.change(id, |guest| {
            // Viewers are counted where they are admitted, in `calls`; here they only hold a place.
            guest.standing = Standing::Socket;
            guest.groups.clear();
        });
    }

    /// This guest is the link of a recorder of an account. Beyond an account's share it stays a stranger.
    pub(super) fn becomes_link(&mut self, id: Id, account_id: &str) {
        let links = PlaceGroup::LinksOf(account_id.to_owned());
        let n = self.members.get(&links).map_or(0, |members| members.n);
        if n >= self.places.links_per_account {
            return;
        }
        self.change(id, |guest| {
            if guest.standing != Standing::Socket {
                guest.standing = Standing::Socket;
                guest.groups = vec![links];
            }
        });
    }

    /// Who has to go for one more of these groups: of the group whose share is used up, else of the
    /// network with the most strangers.
    fn room_for(&self, groups: &[PlaceGroup]) -> Result<Option<Id>, CrowdFull> {
        for group in groups {
            let most = match group {
                PlaceGroup::Client(_) => self.places.per_client,
                PlaceGroup::Network(_) => self.places.per_network,
                // Accounts and links are counted where they sign in, not where they connect.
                PlaceGroup::Account(_) | PlaceGroup::LinksOf(_) | PlaceGroup::Proxies => usize::MAX,
            };
            if let Some(members) = self.members.get(group).filter(|members| members.n >= most) {
                return members
                    .turns
                    .first()
                    .map(|turn| Some(turn.2))
                    .ok_or(CrowdFull);
            }
        }
        let is_proxy = groups.contains(&PlaceGroup::Proxies);
        let is_full = self.guests.len() >= self.places.all;
        // A proxy speaks for many: the share of strangers would shut all of them out.
        if !is_full && (is_proxy || self.n_strangers < self.places.strangers) {
            return Ok(None);
        }
        let of_proxies = || self.members.get(&PlaceGroup::Proxies)?.turns.first();
        // Strangers go first; an idle connection of a proxy goes for its next one; the signed-in last.
        let gone = self
            .heaviest_stranger()
            .or_else(|| of_proxies().filter(|_| is_proxy).map(|turn| turn.2))
            .or_else(|| self.longest_idle());
        gone.map(Some).ok_or(CrowdFull)
    }

    fn heaviest_stranger(&self) -> Option<Id> {
        let (_, network) = self.weights.last()?;
        Some(self.members.get(network)?.turns.first()?.2)
    }

    /// Of everybody who is signed in; asked only where there is no stranger at all.
    fn longest_idle(&self) -> Option<Id> {
        let networks = self.members.iter();
        networks
            .filter(|(group, _)| matches!(group, PlaceGroup::Network(_)))
            .filter_map(|(_, members)| members.turns.first())
            .min()
            .map(|turn| turn.2)
    }

    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn change(&mut self, id: Id, change: impl FnOnce(&mut Guest)) {
        // Taken out and put back, because every index is sorted by what changes.
        if let Some(mut guest) = self.take(id) {
            change(&mut guest);
            guest.since = self.next();
            self.put(id, guest);
        }
    }

    fn take(&mut self, id: Id) -> Option<Guest> {
        let guest = self.guests.remove(&id)?;
        self.count(id, &guest, false);
        Some(guest)
    }

    fn put(&mut self, id: Id, guest: Guest) {
        self.count(id, &guest, true);
        self.guests.insert(id, guest);
    }

    /// Counts a guest in its groups, or out of them.
    fn count(&mut self, id: Id, guest: &Guest, is_in: bool) {
        let step = |n: &mut usize, is_so: bool| {
            *n = if is_in {
                *n + usize::from(is_so)
            } else {
                *n - usize::from(is_so)
            };
        };
        // Sockets of calls have no groups, and `groups[0]` would panic.
        let is_stranger = !guest.groups.is_empty() && guest.is_counted_stranger();
        step(&mut self.n_strangers, is_stranger);
        for group in &guest.groups {
            let members = self.members.entry(group.clone()).or_default();
            let before = members.n_strangers;
            step(&mut members.n, true);
            step(&mut members.n_strangers, is_stranger);
            if let Some(turn) = guest.turn(id) {
                if is_in {
                    members.turns.insert(turn);
                } else {
                    members.turns.remove(&turn);
                }
            }
            let (n, n_strangers) = (members.n, members.n_strangers);
            if matches!(group, PlaceGroup::Network(_)) && before != n_strangers {
                self.weights.remove(&(before, group.clone()));
                if n_strangers > 0 {
                    self.weights.insert((n_strangers, group.clone()));
                }
            }
            if n == 0 {
                self.members.remove(group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: Places = Places {
        all: 10,
        strangers: 8,
        per_client: 3,
        per_network: 5,
        per_account: 2,
        links_per_account: 1,
    };

    fn client(text: &str) -> Client {
        Client::of(text.parse().unwrap())
    }

    fn enter(crowd: &mut Crowd, ip: &str) -> (Id, Option<Id>) {
        crowd.enter(Some(&client(ip))).unwrap()
    }

    /// Ids of so many connections that have nobody sent away.
    fn fill(crowd: &mut Crowd, ips: &[&str]) -> Vec<Id> {
        let ids = ips.iter().map(|ip| {
            let (id, gone) = enter(crowd, ip);
            assert_eq!(gone, None, "{ip}");
            id
        });
        ids.collect()
    }

    #[test]
    fn a_client_over_its_limit_loses_its_longest_idle_connection() {
        let mut crowd = Crowd::new(PLACES);
        let ids = fill(&mut crowd, &["2001:db8::1", "2001:db8::2", "2001:db8::3"]);
        crowd.begins(ids[0]);
        crowd.ends(ids[0]);

        assert_eq!(
            enter(&mut crowd, "2001:db8::4").1,
            Some(ids[1]),
            "the same /64"
        );
        assert_eq!(enter(&mut crowd, "2001:db8:0:1::1").1, None);
    }

    #[test]
    fn a_network_over_its_limit_loses_its_longest_idle_connection() {
        let mut crowd = Crowd::new(PLACES);
        let net = [
            "192.0.2.1",
            "192.0.2.2",
            "192.0.2.3",
            "192.0.2.4",
            "192.0.2.5",
        ];
        let ids = fill(&mut crowd, &net);

        assert_eq!(enter(&mut crowd, "192.0.2.6").1, Some(ids[0]));
        assert_eq!(enter(&mut crowd, "198.51.100.1").1, None);
    }

    #[test]
    fn the_heaviest_network_makes_room_for_others() {
        let mut crowd = Crowd::new(PLACES);
        let quiet = fill(
            &mut crowd,
            &["198.51.100.1", "198.51.101.1", "198.51.102.1"],
        );
        let net = [
            "192.0.2.1",
            "192.0.2.2",
            "192.0.2.3",
            "192.0.2.4",
            "192.0.2.5",
        ];
        let heavy = fill(&mut crowd, &net);

        let gone: Vec<_> = (1..5)
            .map(|n| enter(&mut crowd, &format!("203.0.{n}.1")).1.unwrap())
            .collect();

        assert_eq!(gone, heavy[..4], "the longest idle first");
        assert!(quiet.iter().all(|id| crowd.guests.contains_key(id)));
    }

    #[test]
    fn strangers_are_dropped_before_signed_in_people() {
        let mut crowd = Crowd::new(PLACES);
        let ids = fill(&mut crowd, &["192.0.2.1", "192.0.2.1", "192.0.2.1"]);
        assert_eq!(crowd.signs_in(ids[0], "ana"), None);

        assert_eq!(enter(&mut crowd, "192.0.2.1").1, Some(ids[1]));
        let newest = enter(&mut crowd, "192.0.2.1");
        assert_eq!(newest.1, Some(ids[2]));
        assert_eq!(crowd.signs_in(newest.0, "ben"), None);
        let last = enter(&mut crowd, "192.0.2.1");
        crowd.signs_in(last.0, "ben");

        assert_eq!(
            enter(&mut crowd, "192.0.2.1").1,
            Some(ids[0]),
            "only the signed-in are left, and Ana is idle for longest"
        );
    }

    #[test]
    fn a_place_is_reserved_for_signed_in_people() {
        let mut crowd = Crowd::new(PLACES);
        let strangers: Vec<_> = (0..9)
            .map(|n| enter(&mut crowd, &format!("192.0.{n}.1")))
            .collect();

        assert_eq!(strangers[7].1, None);
        assert!(strangers[8].1.is_some(), "eight are the most");

        crowd.signs_in(strangers[8].0, "ana");
        assert_eq!(enter(&mut crowd, "198.51.100.1").1, None);
    }

    #[test]
    fn newcomers_replace_strangers_before_anybody_is_refused() {
        let mut crowd = Crowd::new(PLACES);
        for n in 0..9 {
            let (id, gone) = enter(&mut crowd, &format!("192.0.{n}.1"));
            assert_eq!(gone, None);
            crowd.becomes_call(id);
        }
        let (stranger, _) = enter(&mut crowd, "198.51.100.1");
        let (next, gone) = enter(&mut crowd, "203.0.113.1");
        assert_eq!(gone, Some(stranger));

        crowd.becomes_call(next);
        assert_eq!(crowd.enter(Some(&client("203.0.113.1"))), Err(CrowdFull));
        crowd.leave(next);
        assert!(crowd.enter(Some(&client("203.0.113.1"))).is_ok());
    }

    #[test]
    fn a_signed_in_request_in_progress_is_not_cut_off() {
        let mut crowd = Crowd::new(Places { all: 2, ..PLACES });
        let ids = fill(&mut crowd, &["192.0.2.1", "198.51.100.1"]);
        for (id, who) in ids.iter().zip(["ana", "ben"]) {
            crowd.begins(*id);
            crowd.signs_in(*id, who);
        }

        assert_eq!(crowd.enter(Some(&client("203.0.113.1"))), Err(CrowdFull));
        crowd.ends(ids[1]);
        assert_eq!(enter(&mut crowd, "203.0.113.1").1, Some(ids[1]));
    }

    #[test]
    fn an_account_over_its_limit_loses_its_oldest_connection() {
        let mut crowd = Crowd::new(PLACES);
        let ids = fill(&mut crowd, &["192.0.2.1", "198.51.100.1", "203.0.113.1"]);
        assert_eq!(crowd.signs_in(ids[0], "ana"), None);
        assert_eq!(crowd.signs_in(ids[1], "ana"), None);

        assert_eq!(crowd.signs_in(ids[2], "ana"), Some(ids[0]));
        assert_eq!(crowd.signs_in(ids[2], "ana"), None, "it is already");
    }

    #[test]
    fn unclaimed_links_give_way_before_owned_ones() {
        let mut crowd = Crowd::new(PLACES);
        let ids = fill(&mut crowd, &["192.0.2.1", "192.0.2.1", "192.0.2.1"]);
        crowd.becomes_link(ids[0], "ana");
        crowd.becomes_link(ids[1], "ana");

        assert_eq!(
            enter(&mut crowd, "192.0.2.1").1,
            None,
            "one less is counted"
        );
        assert_eq!(
            enter(&mut crowd, "192.0.2.1").1,
            Some(ids[1]),
            "beyond an account's share a link is a stranger"
        );
        assert_eq!(enter(&mut crowd, "192.0.2.1").1, Some(ids[2]));
        assert!(crowd.guests.contains_key(&ids[0]));
    }

    #[test]
    fn strangers_cannot_displace_connections_of_a_proxy() {
        let mut crowd = Crowd::new(PLACES);
        let ids: Vec<_> = (0..10).map(|_| crowd.enter(None).unwrap()).collect();
        assert!(ids.iter().all(|(_, gone)| gone.is_none()));

        assert_eq!(crowd.signs_in(ids[0].0, "ana"), None);
        assert_eq!(crowd.enter(Some(&client("192.0.2.1"))), Err(CrowdFull));
        assert_eq!(crowd.enter(None).unwrap().1, Some(ids[0].0));
    }

    #[test]
    fn closed_connections_are_forgotten() {
        let mut crowd = Crowd::new(PLACES);
        let ids = fill(&mut crowd, &["192.0.2.1", "198.51.100.1"]);
        crowd.signs_in(ids[0], "ana");
        crowd.becomes_link(ids[1], "ben");

        for id in ids {
            crowd.leave(id);
            crowd.leave(id);
        }

        assert!(crowd.members.is_empty() && crowd.weights.is_empty());
        assert_eq!(crowd.n_strangers, 0);
    }
}
