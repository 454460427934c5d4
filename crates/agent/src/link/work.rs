//! The proof of work that a cloud may ask of a new recorder. It runs next to the link, and stops
//! with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proto::link::work::{Search, WorkDemand};
use tokio::sync::oneshot;

/// Numbers that are tried between two checks of whether the result is still wanted.
const STEP: u32 = 20_000;

/// The proof of work of one link; it stops when this is dropped.
#[derive(Debug, Default)]
pub(super) struct BackgroundWork {
    /// The nonce from the cloud's challenge.
    pub(super) nonce: String,
    running: Option<SearchThread>,
}

#[derive(Debug)]
struct SearchThread {
    numbers: oneshot::Receiver<Vec<u64>>,
    is_over: Arc<AtomicBool>,
}

impl BackgroundWork {
    /// Starts the search in its own thread.
    pub(super) fn begin(&mut self, serial: &str, demand: WorkDemand) {
        let mut search = Search::new(&self.nonce, serial, demand);
        let (found, numbers) = oneshot::channel();
        let is_over = Arc::new(AtomicBool::new(false));
        let seen = is_over.clone();
        drop(tokio::task::spawn_blocking(move || {
            while !seen.load(Ordering::Relaxed) {
                if let Some(numbers) = search.step(STEP) {
                    // Nobody wants the numbers if the link has ended.
                    found.send(numbers).ok();
                    return;
                }
            }
        }));
        self.running = Some(SearchThread { numbers, is_over });
    }

    /// Waits for the numbers, or forever if there is no search. Dropping the future loses nothing.
    pub(super) async fn done(&mut self) -> Vec<u64> {
        let numbers = match &mut self.running {
            Some(running) => (&mut running.numbers).await.ok(),
            None => None,
        };
        match numbers {
            Some(numbers) => {
                self.running = None;
                numbers
            }
            None => std::future::pending().await,
        }
    }
}

impl Drop for SearchThread {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::link::work::bits_done;

    #[tokio::test]
    async fn the_proof_of_work_is_solved_in_the_background() {
        let mut work = BackgroundWork {
            nonce: "nonce".to_owned(),
            ..BackgroundWork::default()
        };
        work.begin("PV-1", WorkDemand { bits: 8 });

        let numbers = work.done().await;

        assert!(bits_done("nonce", "PV-1", &numbers) >= 8);
    }

    #[tokio::test]
    async fn dropping_the_link_stops_its_proof_of_work() {
        let mut work = BackgroundWork::default();
        work.begin("PV-1", WorkDemand { bits: 60 });
        let running = work.running.as_ref().expect("it works");
        let seen = running.is_over.clone();
        assert_eq!(Arc::strong_count(&seen), 3);

        drop(work);

        // The thread's own reference to the flag is dropped when the thread ends.
        while Arc::strong_count(&seen) > 1 {
            tokio::task::yield_now().await;
        }
    }
}
