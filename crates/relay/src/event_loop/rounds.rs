//! When a thread lets packets gather before it looks for more. Waking up costs as much as handling several
//! packets, and packets read together are sent together. A thread with little to do wakes for each; one with
//! much to do goes in rounds, which delay a packet by [`ROUND`] at most.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use super::super::limits::{ROUND, ROUND_PACKETS};

/// Milliseconds of packets above [`ROUND_PACKETS`] after which a thread goes in rounds.
const BUSY_AFTER: u32 = 8;

/// The rounds of one thread.
#[derive(Default)]
pub(super) struct Rounds(Mutex<Pace>);

impl Rounds {
    /// Records packets of the present round.
    pub(super) fn handled(&self, n_packets: usize) {
        let mut pace = self.0.lock().expect("only this thread locks it");
        pace.n_handled = pace.n_handled.saturating_add(n_packets);
    }

    /// What its thread does before it waits for packets.
    pub(super) fn hook(self: &Arc<Self>) -> impl Fn() + Send + Sync + 'static {
        let (rounds, started_at) = (Arc::clone(self), Instant::now());
        move || {
            let mut pace = rounds.0.lock().expect("only this thread locks it");
            let is_busy = pace.ends(started_at.elapsed());
            drop(pace);
            if is_busy {
                thread::sleep(ROUND);
            }
        }
    }
}

/// How much a thread has to do: a bucket of packets that leaks [`ROUND_PACKETS`] in each [`ROUND`].
#[derive(Default)]
struct Pace {
    n_handled: usize,
    level: f64,
    ended_at: Duration,
}

impl Pace {
    /// All packets that have come are handled; says whether to let others gather.
    fn ends(&mut self, now: Duration) -> bool {
        let full = ROUND_PACKETS * f64::from(BUSY_AFTER);
        let rounds = now.saturating_sub(self.ended_at).div_duration_f64(ROUND);
        self.ended_at = now;
        // A count of packets of one round is far below 2^52.
        self.level += std::mem::take(&mut self.n_handled) as f64 - rounds * ROUND_PACKETS;
        self.level = self.level.clamp(0.0, 2.0 * full);
        self.level >= full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of the frames that come at this pace are followed by a pause.
    fn n_pauses(packets_per_frame: usize, every: Duration, n_frames: u32) -> usize {
        let mut pace = Pace::default();
        let is_followed = |n: &u32| {
            pace.n_handled = packets_per_frame;
            pace.ends(every * *n)
        };
        (1..=n_frames).filter(is_followed).count()
    }

    #[test]
    fn a_thread_with_few_packets_never_pauses() {
        // Twenty cameras of 2 Mbit/s on one thread.
        assert_eq!(n_pauses(9, Duration::from_millis(2), 10_000), 0);
        // A key frame of half a megabyte at the pace of an agent, and silence.
        assert_eq!(n_pauses(10, Duration::from_millis(4), 50), 0);
    }

    #[test]
    fn a_busy_thread_pauses_after_a_moment() {
        let n = n_pauses(9, Duration::from_micros(400), 1_000);

        assert!((900..1_000).contains(&n), "{n}");
    }

    #[test]
    fn a_thread_that_was_busy_soon_stops_pausing() {
        let mut pace = Pace {
            n_handled: 1_000_000,
            ..Pace::default()
        };
        assert!(pace.ends(ROUND));

        let quiet = (2..100).find(|n| !pace.ends(ROUND * *n));

        assert_eq!(quiet, Some(10), "after as long again as it took to begin");
    }

    #[test]
    fn a_clock_that_jumps_back_changes_nothing() {
        let mut pace = Pace::default();
        pace.ends(Duration::from_secs(9));
        pace.n_handled = 10;

        assert!(!pace.ends(Duration::ZERO));
        assert_eq!(pace.level, 10.0);
    }
}
