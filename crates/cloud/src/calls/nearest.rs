//! Which relay is nearest to each recorder's agent, as its last call showed. An agent asks all of its
//! relays at once, so the first relayed address that it announces is at the one that answered first.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::limits::MAX_NEAREST;

/// One relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Nearest {
    /// The one in this process.
    Own,
    /// A joined one, by its name.
    Joined(String),
}

/// By serial number of the recorder.
#[derive(Debug, Default)]
pub(super) struct NearestRelays(Mutex<HashMap<String, Nearest>>);

impl NearestRelays {
    pub(super) fn of(&self, serial: &str) -> Option<Nearest> {
        self.lock().get(serial).cloned()
    }

    pub(super) fn note(&self, serial: &str, nearest: Nearest) {
        let mut known = self.lock();
        // A guess that the next call makes again: a full table starts again.
        if known.len() >= MAX_NEAREST && !known.contains_key(serial) {
            known.clear();
        }
        known.insert(serial.to_owned(), nearest);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Nearest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_nearest_relays_is_limited() {
        let nearest = NearestRelays::default();
        for n in 0..=MAX_NEAREST {
            nearest.note(&n.to_string(), Nearest::Own);
        }

        assert_eq!(nearest.lock().len(), 1);
        assert_eq!(nearest.of(&MAX_NEAREST.to_string()), Some(Nearest::Own));
    }
}
