//! Subscriptions to changes of a recorder (connected, disconnected, changed), for the sockets of its owner.
//! Changes are only marked here. The watcher reads the current state when it gets to it, so a slow one misses
//! intermediate states but never the last.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::limits::MAX_STALE_RECORDERS;

/// The watchers of every account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watchers(Arc<Mutex<HashMap<String, Vec<Arc<Watcher>>>>>);

#[derive(Debug, Default)]
struct Watcher {
    stale: Mutex<Stale>,
    wake: Notify,
}

/// Which recorders to announce.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    Some(BTreeSet<String>),
    /// So many that all are announced.
    All,
}

impl Default for Stale {
    fn default() -> Stale {
        Stale::Some(BTreeSet::new())
    }
}

/// One socket's view; it stops watching when dropped.
#[derive(Debug)]
pub(crate) struct Watching {
    watchers: Watchers,
    account_id: String,
    watcher: Arc<Watcher>,
}

impl Watchers {
    /// Starts to watch one account's recorders.
    pub(crate) fn watch(&self, account_id: &str) -> Watching {
        let watcher = Arc::<Watcher>::default();
        self.lock()
            .entry(account_id.to_owned())
            .or_default()
            .push(watcher.clone());
        Watching {
            watchers: self.clone(),
            account_id: account_id.to_owned(),
            watcher,
        }
    }

    /// Whether anybody watches at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Marks one recorder of an account as changed.
    pub(crate) fn mark(&self, account_id: &str, serial: &str) {
        for watcher in self.lock().get(account_id).into_iter().flatten() {
            watcher.mark(serial);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Arc<Watcher>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher {
    fn mark(&self, serial: &str) {
        let mut stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        if let Stale::Some(serials) = &mut *stale {
            serials.insert(serial.to_owned());
            if serials.len() > MAX_STALE_RECORDERS {
                *stale = Stale::All;
            }
        }
        // Keeps one permit, so that a mark between a look and the wait is not missed.
        self.wake.notify_one();
    }
}

impl Watching {
    /// Waits until something changed and takes it.
    pub(crate) async fn changed(&self) -> Stale {
        loop {
            let stale = std::mem::take(
                &mut *self
                    .watcher
                    .stale
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner),
            );
            if stale != Stale::default() {
                return stale;
            }
            self.watcher.wake.notified().await;
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut watchers = self.watchers.lock();
        if let Some(of_account) = watchers.get_mut(&self.account_id) {
            of_account.retain(|watcher| !Arc::ptr_eq(watcher, &self.watcher));
            if of_account.is_empty() {
                watchers.remove(&self.account_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(serials: &[&str]) -> Stale {
        Stale::Some(serials.iter().map(|&serial| serial.to_owned()).collect())
    }

    #[tokio::test]
    async fn a_change_reaches_its_own_account_only() {
        let watchers = Watchers::default();
        let ana = watchers.watch("ana");
        let ben = watchers.watch("ben");

        watchers.mark("ana", "one");
        watchers.mark("ana", "two");
        watchers.mark("ana", "one");

        assert_eq!(ana.changed().await, some(&["one", "two"]));
        watchers.mark("ben", "three");
        assert_eq!(ben.changed().await, some(&["three"]));
    }

    #[tokio::test]
    async fn many_changes_are_merged_into_one_full_refresh() {
        let watchers = Watchers::default();
        let ana = watchers.watch("ana");

        for n in 0..1_000 {
            watchers.mark("ana", &n.to_string());
        }

        assert_eq!(ana.changed().await, Stale::All);
    }

    #[test]
    fn dropped_watchers_leave_the_list() {
        let watchers = Watchers::default();
        let (one, two) = (watchers.watch("ana"), watchers.watch("ana"));

        drop(one);
        assert!(!watchers.is_empty());
        drop(two);
        assert!(watchers.is_empty());
    }
}
