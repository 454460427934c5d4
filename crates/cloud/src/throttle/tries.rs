//! Tries that were spent and wait for a verdict: refunded or kept. Every path gives one. Tries without a
//! verdict stay spent, so that a request that breaks off opens nothing.

use super::Throttle;
use crate::db::{self, counters};
use proto::throttle::Count;

/// Tries that somebody has spent.
#[must_use = "tries are refunded or kept"]
pub struct Tries {
    throttle: Throttle,
    /// Empty once there is a verdict.
    spent: Vec<Spent>,
}

pub(super) struct Spent {
    pub(super) kind: &'static str,
    pub(super) key: String,
    pub(super) count: Count,
    /// Seconds until the window ends, if the limit is exceeded.
    pub(super) over_for: Option<i64>,
}

impl Tries {
    pub(super) fn new(throttle: &Throttle, spent: Vec<Spent>) -> Tries {
        Tries {
            throttle: throttle.clone(),
            spent,
        }
    }

    /// The number of each try in its window.
    pub fn numbers(&self) -> impl Iterator<Item = i64> {
        self.spent.iter().map(|spent| spent.count.n)
    }

    /// The first limit that is exceeded, and the seconds until its window ends.
    pub fn over(&self) -> Option<(&'static str, i64)> {
        let over = |spent: &Spent| Some((spent.kind, spent.over_for?));
        self.spent.iter().find_map(over)
    }

    /// Keeps them spent: they were tries.
    pub fn keep(mut self) {
        self.spent.clear();
    }

    /// Takes them back: each count goes down by one, and the wait that it set ends.
    pub async fn refund(mut self) -> db::Result<()> {
        // With the count as it was spent: a window that began meanwhile loses nothing.
        for spent in std::mem::take(&mut self.spent) {
            counters::refund(&self.throttle.0.db, spent.kind, &spent.key, spent.count).await?;
        }
        Ok(())
    }

    /// Refunds them if nothing was tried; otherwise keeps them.
    pub async fn refund_if(self, were_none: bool) -> db::Result<()> {
        if were_none {
            return self.refund().await;
        }
        self.keep();
        Ok(())
    }
}

impl Drop for Tries {
    fn drop(&mut self) {
        let kinds = self.spent.iter().map(|spent| spent.kind);
        self.throttle.lock_undecided().extend(kinds);
    }
}
