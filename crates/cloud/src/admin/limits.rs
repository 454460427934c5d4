//! Commands about limits: show which are reached and by whom, and reset counts.

use proto::identity::Serial;
use serde::Serialize;

use super::{Admin, NotFound};
use crate::accounts::names::{Email, UserName};
use crate::accounts::session::sign_in;
use crate::db::accounts::Account;
use crate::db::{counters, upkeep::overview};
use crate::visitor::Client;

/// All counters of one limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitKind {
    /// Name of the rate limit.
    pub limit: String,
    /// How many clients, names or accounts it counts at present.
    pub n_counters: i64,
    /// The highest count among them.
    pub highest: i64,
    /// How many are shut just now.
    pub n_shut: i64,
}

/// What was counted against one person, address or client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Name of the rate limit.
    pub limit: String,
    /// Tries in the running window.
    pub n: i64,
    /// Start of the window, seconds since 1970.
    pub since: i64,
    /// Shut until then, seconds since 1970; 0 when it is not.
    pub shut_until: i64,
}

impl Admin {
    /// Every limit that something was counted for.
    pub async fn limits(&self) -> anyhow::Result<Vec<LimitKind>> {
        let now = self.state().clock.now();
        let kinds = overview::kinds(&self.state().db, now).await?;
        let kinds = kinds.into_iter().map(|kind| LimitKind {
            limit: kind.kind,
            n_counters: kind.n_counters,
            highest: kind.highest,
            n_shut: kind.n_blocked,
        });
        Ok(kinds.collect())
    }

    /// What was counted against a user name, mail address, account, client address or serial.
    pub async fn limits_of(&self, whom: &str) -> anyhow::Result<Vec<Counted>> {
        let mut found = Vec::new();
        for (kind, key) in self.keys(whom).await? {
            if let Some(counter) = counters::find(&self.state().db, &kind, &key).await? {
                found.push(Counted {
                    limit: kind,
                    n: counter.n,
                    since: counter.started_at,
                    shut_until: counter.blocked_until,
                });
            }
        }
        Ok(found)
    }

    /// Deletes what was counted against one of those; returns what it was.
    pub async fn reset_limits_of(&self, whom: &str) -> anyhow::Result<Vec<Counted>> {
        let found = self.limits_of(whom).await?;
        let keys = self.keys(whom).await?;
        let mut tx = self.state().db.begin().await?;
        for (kind, key) in keys {
            counters::reset(&mut tx, &kind, &key).await?;
        }
        tx.commit().await?;
        Ok(found)
    }

    /// Deletes every counter of one limit; returns how many there were.
    pub async fn reset_limit(&self, limit: &str) -> anyhow::Result<u64> {
        let n_forgotten = overview::forget_kind(&self.state().db, limit).await?;
        if n_forgotten == 0 {
            return Err(NotFound(format!("nothing is counted for a limit `{limit}`")).into());
        }
        Ok(n_forgotten)
    }

    /// Every counter that could be about `whom`. Keys are derived with the server's secret, so they
    /// cannot be read, only made again.
    async fn keys(&self, whom: &str) -> anyhow::Result<Vec<(String, String)>> {
        let state = self.state();
        let typed = whom.trim();
        let account = self.account(typed).await.ok();
        let names = names(typed, account.as_ref());
        let mut keys = Vec::new();
        for kind in overview::kinds(&state.db, state.clock.now()).await? {
            for name in &names {
                keys.push((kind.kind.clone(), state.throttle.key(&kind.kind, name)));
            }
            // Log-ins with an unknown name are counted under a separate key.
            let unknown = state.throttle.key(sign_in::UNKNOWN, &typed.to_lowercase());
            keys.push((kind.kind, unknown));
        }
        Ok(keys)
    }
}

/// Every key under which `whom` may have been counted.
fn names(typed: &str, account: Option<&Account>) -> Vec<String> {
    let mut names = vec![typed.to_owned()];
    names.extend(typed.parse().ok().map(|ip| Client::of(ip).0));
    names.extend(typed.parse().ok().map(|ip| Client::of(ip).network()));
    names.extend(typed.parse().ok().map(|serial: Serial| serial.to_string()));
    names.extend(Email::parse(typed).ok().map(|email| email.key().to_owned()));
    names.extend(
        UserName::parse(typed)
            .ok()
            .map(|name| name.key().to_owned()),
    );
    if let Some(account) = account {
        names.push(account.id.clone());
        names.push(account.email_key.clone());
    }
    names.sort();
    names.dedup();
    names
}
