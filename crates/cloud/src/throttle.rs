//! How often somebody may do something: the rule over one counter, and who is counted.
//! A failing database refuses; nothing here fails open.

pub mod limits;

use std::net::IpAddr;

use crate::accounts::Refusal;
use crate::audit::{Event, What};
use crate::db;
use crate::db::counters::Counted;
use crate::state::State;
use crate::visitor::Client;
use limits::{Limit, NETWORK_FACTOR, NEWCOMER_STEPS, Over, WORK_FACTOR};

/// Steps of more work between a limit and [`WORK_FACTOR`] times it.
const WORK_STEPS: i64 = 4;
/// Doublings of work and waits at most, where a limit makes everybody slower.
pub const MOST_DOUBLINGS: u32 = 2;
/// Whom a limit of everybody together counts.
pub const EVERYBODY: &str = "everybody";

impl Limit {
    /// The same for `factor` times as many.
    pub fn times(self, factor: i64) -> Limit {
        Limit {
            most: self.most * factor,
            ..self
        }
    }

    /// The last count that is not refused.
    pub fn last(self) -> i64 {
        match self.over {
            Over::MoreWork => self.most * WORK_FACTOR,
            Over::Slower => i64::MAX,
            _ => self.most,
        }
    }

    /// How many times work and waits double for everybody at the `n`th of them.
    pub fn doublings(self, n: i64) -> u32 {
        if self.over != Over::Slower {
            return 0;
        }
        u32::try_from((n - 1) / self.most).map_or(0, |full| full.min(MOST_DOUBLINGS))
    }

    /// How many times the work doubles for who has counted up to `n`, this one included.
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

/// Whether a count passes its limit; gives the seconds until the window ends when it does not.
pub fn verdict(limit: Limit, counted: Counted, now: i64) -> Result<(), i64> {
    if counted.n <= limit.last() {
        Ok(())
    } else {
        Err((counted.started_at + limit.window - now).max(1))
    }
}

/// A counter that one request raised.
#[derive(Debug, Clone)]
pub struct Raised {
    kind: &'static str,
    key: String,
}

impl Raised {
    /// Starts the counter again.
    pub async fn forget(&self, tx: &mut db::Writing) -> db::Result<()> {
        db::counters::reset(tx, self.kind, &self.key).await
    }
}

/// Counts once for every pair of limit and whom it limits; refuses when one is over.
pub async fn count(state: &State, counts: &[(Limit, &str)]) -> Result<Vec<Raised>, Refusal> {
    let mut all = Vec::with_capacity(counts.len());
    for (limit, whom) in counts {
        let (raised, counted) = raise(state, *limit, whom).await?;
        all.push(raised);
        if let Err(seconds) = verdict(*limit, counted, state.clock.now()) {
            note_reached(state, *limit);
            return Err(Refusal::TooMany { seconds });
        }
    }
    Ok(all)
}

/// Notes that a limit refused something.
pub fn note_reached(state: &State, limit: Limit) {
    state.metrics.limit_reached(limit.kind);
    let event = Event::denied(What::LimitReached).subject(limit.kind);
    state.audit.note(event);
}

/// Counts once, whatever the limit.
pub async fn raise(state: &State, limit: Limit, whom: &str) -> db::Result<(Raised, Counted)> {
    let key = key(state, limit.kind, whom);
    let now = state.clock.now();
    let counted = db::counters::count(&state.db, limit.kind, &key, limit.window, now).await?;
    let kind = limit.kind;
    Ok((Raised { kind, key }, counted))
}

/// Counts once for a client, and with more room for the network it is in.
pub async fn count_client(
    state: &State,
    client: &Client,
    limits: &[Limit],
) -> Result<Vec<Raised>, Refusal> {
    let network = network(client);
    let counts: Vec<(Limit, &str)> = limits
        .iter()
        .flat_map(|limit| {
            [
                (*limit, client.0.as_str()),
                (limit.times(NETWORK_FACTOR), network.as_str()),
            ]
        })
        .collect();
    count(state, &counts).await
}

/// How often somebody has counted in the running window, without counting.
pub async fn read(state: &State, limit: Limit, whom: &str) -> db::Result<i64> {
    let (kind, now) = (limit.kind, state.clock.now());
    db::counters::read(&state.db, kind, &key(state, kind, whom), limit.window, now).await
}

/// How many times work and waits double for the next one, whoever it is.
pub async fn doublings(state: &State, limit: Limit) -> db::Result<u32> {
    Ok(limit.doublings(read(state, limit, EVERYBODY).await? + 1))
}

/// How many times the work doubles for the next request of a client.
pub async fn steps(state: &State, client: &Client, limits: &[Limit]) -> db::Result<u32> {
    let network = network(client);
    let mut most = 0;
    for limit in limits {
        for (limit, whom) in [(*limit, &client.0), (limit.times(NETWORK_FACTOR), &network)] {
            most = most.max(limit.steps(read(state, limit, whom).await? + 1));
        }
    }
    Ok(most)
}

/// The network of a client: IPv4 /24, IPv6 /48.
pub fn network(client: &Client) -> String {
    let text = client.0.strip_suffix("::/64").unwrap_or(&client.0);
    let parsed = if text.len() == client.0.len() {
        text.parse()
    } else {
        format!("{text}::").parse()
    };
    match parsed {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
        Err(_) => format!("{}/", client.0),
    }
}

/// Takes counts back, for a try that turned out to be right.
pub async fn take_back(state: &State, raised: &[Raised]) -> db::Result<()> {
    for Raised { kind, key } in raised {
        db::counters::uncount(&state.db, kind, key).await?;
    }
    Ok(())
}

/// The key of a counter: no address or user name is kept in clear for longer than it is needed.
pub fn key(state: &State, kind: &str, whom: &str) -> String {
    state
        .secrets
        .derive_text("counter", &[kind.as_bytes(), whom.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        kind: "test",
        most: 10,
        window: 600,
        over: Over::Refused,
    };

    fn counted(n: i64) -> Counted {
        Counted {
            n,
            started_at: 1_000,
        }
    }

    #[test]
    fn the_last_allowed_passes_and_the_next_waits_for_the_window() {
        assert_eq!(verdict(LIMIT, counted(10), 1_100), Ok(()));
        assert_eq!(verdict(LIMIT, counted(11), 1_100), Err(500));
    }

    #[test]
    fn work_doubles_in_steps_before_anybody_is_refused() {
        let limit = Limit {
            over: Over::MoreWork,
            ..LIMIT
        };

        let steps: Vec<u32> = [1, 10, 11, 15, 16, 20, 21, 25, 26, 30, 99]
            .into_iter()
            .map(|n| limit.steps(n))
            .collect();

        assert_eq!(steps, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4]);
        assert_eq!(LIMIT.steps(99), 0);
        assert_eq!(verdict(limit, counted(30), 1_100), Ok(()));
        assert_eq!(verdict(limit, counted(31), 1_100), Err(500));
    }

    #[test]
    fn everybody_gets_slower_in_two_steps_and_nobody_is_refused() {
        let limit = Limit {
            over: Over::Slower,
            ..LIMIT
        };

        let doublings: Vec<u32> = [1, 10, 11, 20, 21, 30, 31, 1_000_000]
            .into_iter()
            .map(|n| limit.doublings(n))
            .collect();

        assert_eq!(doublings, [0, 0, 1, 1, 2, 2, 2, 2]);
        assert_eq!(LIMIT.doublings(1_000), 0);
        assert_eq!(verdict(limit, counted(1_000_000), 1_100), Ok(()));
    }

    #[test]
    fn work_of_newcomers_doubles_with_every_window_full() {
        let limit = Limit {
            over: Over::Work,
            ..LIMIT
        };

        let steps: Vec<u32> = [1, 10, 11, 20, 21, 30, 31, 61, 1_000_000]
            .into_iter()
            .map(|n| limit.steps(n))
            .collect();

        assert_eq!(steps, [0, 0, 1, 1, 2, 2, 3, 6, 6]);
    }

    #[test]
    fn neighbours_are_one_network() {
        let network = |ip: &str| network(&Client::of(ip.parse().unwrap()));

        assert_eq!(network("192.0.2.7"), "192.0.2.0/24");
        assert_eq!(network("2001:db8:5:1::1"), "2001:db8:5::/48");
        assert_eq!(network("2001:db8:5:1::1"), network("2001:db8:5:ffff::2"));
        assert_ne!(network("2001:db8:5:1::1"), network("2001:db8:6:1::1"));
        assert_eq!(network("::1"), "0:0:0::/48");
    }
}
