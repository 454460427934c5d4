//! The open calls: by session id, and counted by account and by recorder.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use super::{ToCall, limits};

/// Every call of this process.
#[derive(Debug, Default)]
pub(super) struct Book {
    by_session: HashMap<String, BookedCall>,
    // The number stands before the session id, so that the oldest call of an owner comes first.
    by_account: BTreeSet<(String, u64, String)>,
    by_recorder: BTreeSet<(String, u64, String)>,
    last_number: u64,
}

/// What others may know about a call.
#[derive(Debug, Clone)]
pub(super) struct BookedCall {
    pub(super) serial: String,
    /// Who watches.
    pub(super) account_id: String,
    pub(super) inbox: mpsc::Sender<ToCall>,
    /// Whether the call is abandoned: established, and its viewer's socket closed.
    pub(super) is_left_alone: Arc<AtomicBool>,
    /// Order of opening, filled in by [`Book::insert`].
    pub(super) number: u64,
}

/// There are too many calls, and none can be displaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BookFull;

impl Book {
    /// Adds a call. Returns the calls that it displaces.
    pub(super) fn insert(
        &mut self,
        session: &str,
        mut entry: BookedCall,
    ) -> Result<Vec<BookedCall>, BookFull> {
        // At the total new calls are refused: nobody's call ends for a stranger's.
        if self.by_session.len() >= limits::MAX_CALLS {
            return Err(BookFull);
        }
        // Both are decided before either goes: a refused call displaces nobody.
        let of_account = self.that_gives_way(
            &self.by_account,
            &entry.account_id,
            limits::MAX_CALLS_PER_ACCOUNT,
        )?;
        let of_recorder = self.that_gives_way(
            &self.by_recorder,
            &entry.serial,
            limits::MAX_CALLS_PER_RECORDER,
        )?;
        let gone: BTreeSet<String> = of_account.into_iter().chain(of_recorder).collect();
        let gone = gone
            .iter()
            .filter_map(|session| self.remove(session))
            .collect();
        self.last_number += 1;
        entry.number = self.last_number;
        self.by_account
            .insert((entry.account_id.clone(), entry.number, session.to_owned()));
        self.by_recorder
            .insert((entry.serial.clone(), entry.number, session.to_owned()));
        self.by_session.insert(session.to_owned(), entry);
        Ok(gone)
    }

    /// Removes a call; further removals do nothing.
    pub(super) fn remove(&mut self, session: &str) -> Option<BookedCall> {
        let entry = self.by_session.remove(session)?;
        self.by_account
            .remove(&(entry.account_id.clone(), entry.number, session.to_owned()));
        self.by_recorder
            .remove(&(entry.serial.clone(), entry.number, session.to_owned()));
        Some(entry)
    }

    /// The call with this session id.
    pub(super) fn find(&self, session: &str) -> Option<&BookedCall> {
        self.by_session.get(session)
    }

    /// Every call of a recorder.
    pub(super) fn of_recorder(&self, serial: &str) -> Vec<BookedCall> {
        sessions(&self.by_recorder, serial)
            .filter_map(|session| self.find(session))
            .cloned()
            .collect()
    }

    /// How many calls there are.
    pub(super) fn len(&self) -> usize {
        self.by_session.len()
    }

    fn that_gives_way(
        &self,
        index: &BTreeSet<(String, u64, String)>,
        key: &str,
        most: usize,
    ) -> Result<Option<String>, BookFull> {
        if sessions(index, key).count() < most {
            return Ok(None);
        }
        let is_left_alone = |session: &&String| {
            self.find(session)
                .is_some_and(|call| call.is_left_alone.load(Ordering::Relaxed))
        };
        sessions(index, key)
            .find(is_left_alone)
            .cloned()
            .map(Some)
            .ok_or(BookFull)
    }
}

/// Session ids under a key, oldest first.
fn sessions<'a>(
    index: &'a BTreeSet<(String, u64, String)>,
    key: &'a str,
) -> impl Iterator<Item = &'a String> {
    index
        .range((key.to_owned(), 0, String::new())..)
        .take_while(move |(owner, ..)| owner == key)
        .map(|(_, _, session)| session)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(account_id: &str, serial: &str) -> BookedCall {
        BookedCall {
            serial: serial.to_owned(),
            account_id: account_id.to_owned(),
            inbox: mpsc::channel(1).0,
            is_left_alone: Arc::default(),
            number: 0,
        }
    }

    #[test]
    fn a_call_is_found_until_it_is_removed() {
        let mut book = Book::default();
        book.insert("s", entry("ana", "shop")).unwrap();
        assert_eq!(book.find("s").unwrap().account_id, "ana");
        assert_eq!(book.of_recorder("shop").len(), 1);
        assert!(book.of_recorder("sho").is_empty() && book.of_recorder("shop2").is_empty());

        assert!(book.remove("s").is_some());

        assert!(book.find("s").is_none() && book.remove("s").is_none());
        assert!(book.by_account.is_empty() && book.by_recorder.is_empty());
    }

    #[test]
    fn an_account_at_its_limit_loses_its_oldest_abandoned_call() {
        let mut book = Book::default();
        for n in 0..limits::MAX_CALLS_PER_ACCOUNT {
            book.insert(&n.to_string(), entry("ana", &format!("recorder {n}")))
                .unwrap();
        }
        assert_eq!(book.insert("full", entry("ana", "x")).err(), Some(BookFull));
        assert!(
            book.insert("ben's", entry("ben", "x")).is_ok(),
            "others are not touched"
        );

        for n in ["7", "5", "9"] {
            book.find(n)
                .unwrap()
                .is_left_alone
                .store(true, Ordering::Relaxed);
        }
        let gone = book.insert("new", entry("ana", "x")).unwrap();

        assert_eq!(gone[0].serial, "recorder 5");
        assert_eq!(book.len(), limits::MAX_CALLS_PER_ACCOUNT + 1);
    }

    #[test]
    fn a_recorder_at_its_limit_is_full() {
        let mut book = Book::default();
        for n in 0..limits::MAX_CALLS_PER_RECORDER {
            book.insert(&n.to_string(), entry(&format!("account {n}"), "shop"))
                .unwrap();
        }

        assert_eq!(
            book.insert("full", entry("ana", "shop")).err(),
            Some(BookFull)
        );
    }
}
