//! Tries that were spent, until it is known what they were. Whoever has them says so on every path; tries
//! without a verdict stay spent, so that what breaks off in between opens nothing.

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
    /// Seconds until the window ends, where it is one too many.
    pub(super) over_for: Option<i64>,
}

impl Tries {
    pub(super) fn new(throttle: &Throttle, spent: Vec<Spent>) -> Tries {
        Tries {
            throttle: throttle.clone(),
            spent,
        }
    }

    /// Which try in its window each of them is.
    pub fn numbers(&self) -> impl Iterator<Item = i64> {
        self.spent.iter().map(|spent| spent.count.n)
    }

    /// The first limit that is over, and the seconds until its window ends.
    pub fn over(&self) -> Option<(&'static str, i64)> {
        let over = |spent: &Spent| Some((spent.kind, spent.over_for?));
        self.spent.iter().find_map(over)
    }

    /// Keeps them spent: they were tries.
    pub fn keep(mut self) {
        self.spent.clear();
    }

    /// They were none: each count goes back by one, and the wait that it set ends.
    pub async fn refund(mut self) -> db::Result<()> {
        // With the count that was given: a window that began meanwhile loses nothing.
        for spent in std::mem::take(&mut self.spent) {
            counters::refund(&self.throttle.0.db, spent.kind, &spent.key, spent.count).await?;
        }
        Ok(())
    }

    /// Refunds them if they were none, or keeps them.
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
