//! Rate limits. Tries are spent before anything is compared; once the result is known, they are refunded or
//! kept. `proto::throttle` defines the rule, and [`limits`] contains the numbers. Each count is one database
//! statement; if it fails, nothing is compared and the request is refused (fail closed).

pub mod limits;

use crate::visitor::Client;
mod tries;
use crate::audit::{Action, Audit, Event};
use crate::clock::Clock;
use crate::db::{self, Db, Writing, counters};
use crate::secrets::Secrets;
use limits::{
    COUNTED, InARow, KEEP_COUNTERS, KEEP_WRONG_CODES, Limit, NETWORK_FACTOR, STRANGERS_ROWS,
    WRONG_CODES_PER_ADDRESS,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tries::Spent;
pub use tries::Tries;

/// Key of the limits that count everybody together.
pub const EVERYBODY: &str = "everybody";

/// Why nothing could be tried at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The limit is reached; worth another try after so many seconds.
    #[error("too often; wait {seconds} s")]
    TooMany {
        /// Seconds until the window ends.
        seconds: i64,
    },
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Counts tries; clones share everything.
#[derive(Clone)]
pub struct Throttle(Arc<Dependencies>);

struct Dependencies {
    db: Db,
    clock: Clock,
    secrets: Secrets,
    audit: Audit,
    reached: Box<dyn Fn(&'static str) + Send + Sync>,
    undecided: Mutex<BTreeSet<&'static str>>,
}

impl Throttle {
    /// `reached` is called with the name of each limit that refuses a request.
    pub fn new(
        db: &Db,
        clock: &Clock,
        secrets: &Secrets,
        audit: &Audit,
        reached: impl Fn(&'static str) + Send + Sync + 'static,
    ) -> Throttle {
        Throttle(Arc::new(Dependencies {
            db: db.clone(),
            clock: clock.clone(),
            secrets: secrets.clone(),
            audit: audit.clone(),
            reached: Box::new(reached),
            undecided: Mutex::default(),
        }))
    }

    /// Spends one try of each limit. The first limit that is exceeded refuses; tries that were
    /// spent before it are kept.
    pub async fn spend(&self, spends: &[(Limit, &str)]) -> Result<Tries, Error> {
        let mut all = Vec::with_capacity(spends.len());
        for (limit, whom) in spends {
            let spent = self.spend_one(*limit, whom).await?;
            if let Some(seconds) = spent.over_for {
                self.note_reached(*limit);
                return Err(Error::TooMany { seconds });
            }
            all.push(spent);
        }
        Ok(Tries::new(self, all))
    }

    /// [`Throttle::spend`] for limits that refuse nobody: [`Tries::over`] tells whether one is exceeded.
    pub async fn spend_beyond(&self, spends: &[(Limit, &str)]) -> db::Result<Tries> {
        let mut all = Vec::with_capacity(spends.len());
        for (limit, whom) in spends {
            all.push(self.spend_one(*limit, whom).await?);
        }
        Ok(Tries::new(self, all))
    }

    /// Spends a try of a client for each limit, and one of the network it is in.
    pub async fn spend_as(&self, client: &Client, limits: &[Limit]) -> Result<Tries, Error> {
        let network = client.network();
        self.spend(&shared(client, &network, limits)).await
    }

    /// Spends a try in a row; `None` while a wait runs. `key` is a [`Throttle::key`].
    pub async fn spend_in_a_row(&self, rule: InARow, key: &str) -> db::Result<Option<Tries>> {
        let count = counters::spend_in_a_row(&self.0.db, rule, key, self.now()).await?;
        Ok(count.map(|count| {
            let spent = Spent {
                kind: rule.kind,
                key: key.to_owned(),
                count,
                over_for: None,
            };
            Tries::new(self, vec![spent])
        }))
    }

    async fn spend_one(&self, limit: Limit, whom: &str) -> db::Result<Spent> {
        let (key, now) = (self.key(limit.kind, whom), self.now());
        let count = counters::spend(&self.0.db, limit, &key, now).await?;
        Ok(Spent {
            kind: limit.kind,
            key,
            count,
            over_for: limit.over_for(count.n, count.started_at, now),
        })
    }

    /// Tries that somebody has spent in the running window.
    pub async fn n_spent(&self, limit: Limit, whom: &str) -> db::Result<i64> {
        let count = counters::find(&self.0.db, limit.kind, &self.key(limit.kind, whom)).await?;
        let running = limit.running(count, self.now());
        Ok(running.map_or(0, |count| count.n))
    }

    /// Tries in a row that are spent.
    pub async fn n_in_a_row(&self, rule: InARow, key: &str) -> db::Result<i64> {
        let count = counters::find(&self.0.db, rule.kind, key).await?;
        Ok(count.map_or(0, |count| count.n))
    }

    /// How many times work and waits double for the next request of anybody.
    pub async fn doublings(&self, limit: Limit) -> db::Result<u32> {
        Ok(limit.doublings(self.n_spent(limit, EVERYBODY).await? + 1))
    }

    /// How many times the work doubles for the next request of a client.
    pub async fn steps(&self, client: &Client, limits: &[Limit]) -> db::Result<u32> {
        let network = client.network();
        let mut most = 0;
        for (limit, whom) in shared(client, &network, limits) {
            most = most.max(limit.steps(self.n_spent(limit, whom).await? + 1));
        }
        Ok(most)
    }

    /// Whether tries in a row have switched something off.
    pub async fn is_off(&self, rule: InARow, whom: &str) -> db::Result<bool> {
        let count = counters::find(&self.0.db, rule.kind, &self.key(rule.kind, whom)).await?;
        Ok(count.is_some_and(|count| count.blocked_until > self.now()))
    }

    /// Deletes somebody's count, in the caller's transaction.
    pub async fn reset(&self, tx: &mut Writing, kind: &str, whom: &str) -> db::Result<()> {
        counters::reset(tx, kind, &self.key(kind, whom)).await
    }

    /// Notes that a limit refused something.
    pub fn note_reached(&self, limit: Limit) {
        (self.0.reached)(limit.kind);
        let event = Event::denied(Action::LimitReached).subject(limit.kind);
        self.0.audit.note(event);
    }

    /// Deletes counts that are over, and the lowest ones of a kind of which strangers make too many.
    pub async fn purge(&self) -> db::Result<()> {
        let (db, now) = (&self.0.db, self.now());
        let kept_longer = (WRONG_CODES_PER_ADDRESS.kind, now - KEEP_WRONG_CODES);
        counters::purge(db, now - KEEP_COUNTERS, kept_longer, now).await?;
        for limit in COUNTED.iter().map(|row| row.value) {
            let over = now - limit.window;
            counters::purge_kind(db, limit.kind, over, STRANGERS_ROWS).await?;
        }
        Ok(())
    }

    /// The key of a count: a keyed hash, so that counters contain no address or user name in clear.
    pub fn key(&self, kind: &str, whom: &str) -> String {
        let fields = [kind.as_bytes(), whom.as_bytes()];
        self.0.secrets.derive_text("counter", &fields)
    }

    /// Limits whose tries were dropped without a verdict since the last call; they stay spent. Only a request
    /// that breaks off may leave some: the tests fail when a path forgets its verdict.
    pub fn take_undecided(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.lock_undecided())
            .into_iter()
            .collect()
    }

    fn lock_undecided(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        let undecided = self.0.undecided.lock();
        undecided.unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        self.0.clock.now()
    }
}

/// The limits of a client, and those of its network, which are higher.
pub fn shared<'a>(client: &'a Client, network: &'a str, limits: &[Limit]) -> Vec<(Limit, &'a str)> {
    let both = |limit: &Limit| {
        let of_network = limit.times(NETWORK_FACTOR);
        // The client comes first: what is refused to one address must not use up its network's share.
        [(*limit, client.0.as_str()), (of_network, network)]
    };
    limits.iter().flat_map(both).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_addresses_share_a_network() {
        let network = |ip: &str| Client::of(ip.parse().unwrap()).network();

        assert_eq!(network("192.0.2.7"), "192.0.2.0/24");
        assert_eq!(network("2001:db8:5:1::1"), "2001:db8:5::/48");
        assert_eq!(network("2001:db8:5:1::1"), network("2001:db8:5:ffff::2"));
        assert_ne!(network("2001:db8:5:1::1"), network("2001:db8:6:1::1"));
        assert_eq!(network("::1"), "0:0:0::/48");
    }
}
