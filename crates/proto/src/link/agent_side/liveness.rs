//! Detects whether the cloud is still at the other end of a link: when something was received last, and when
//! the next ping is due.
//!
//! A doubtful link is not a dead one: the driver dials another beside it, and keeps whichever is heard
//! first.

use std::time::Duration;

/// After this much silence the link is dead.
pub const SILENCE: Duration = Duration::from_secs(60);
/// After this much silence the cloud is pinged.
// Two pings fit into [`SILENCE`], so one lost answer does not end the link.
pub const PING: Duration = Duration::from_secs(20);
/// An ordinary ping that is not answered for this long puts the link in doubt.
pub const PONG: Duration = Duration::from_secs(5);
/// The same for a ping that somebody had a reason to ask for, such as a call whose viewer fell silent.
// Too short for the slowest links, where it costs one connection that is dropped when the pong comes.
pub const DOUBT: Duration = Duration::from_millis(500);

/// What is due on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    Ping,
    Doubtful,
    Dead,
}

#[derive(Debug)]
pub(super) struct Liveness {
    heard: Duration,
    pinged: Duration,
    pong_by: Option<Duration>,
}

impl Liveness {
    pub(super) fn new(now: Duration) -> Liveness {
        Liveness {
            heard: now,
            pinged: now,
            pong_by: None,
        }
    }

    /// Anything from the cloud answers a ping.
    pub(super) fn heard(&mut self, now: Duration) {
        self.heard = self.heard.max(now);
        self.pong_by = None;
    }

    /// Somebody has a reason to doubt the link; false while a ping with as little patience is out.
    pub(super) fn doubt(&mut self, now: Duration) -> bool {
        let by = now + DOUBT;
        if self.pong_by.is_some_and(|earlier| earlier <= by) {
            return false;
        }
        self.pinged = now;
        self.pong_by = Some(by);
        true
    }

    pub(super) fn take_due(&mut self, now: Duration) -> Option<Due> {
        if now >= self.heard + SILENCE {
            return Some(Due::Dead);
        }
        if self.pong_by.is_some_and(|by| now >= by) {
            self.pong_by = None;
            return Some(Due::Doubtful);
        }
        if now >= self.heard.max(self.pinged) + PING {
            self.pinged = now;
            self.pong_by.get_or_insert(now + PONG);
            return Some(Due::Ping);
        }
        None
    }

    pub(super) fn next_due(&self) -> Duration {
        let ping = self.heard.max(self.pinged) + PING;
        let due = (self.heard + SILENCE).min(ping);
        self.pong_by.map_or(due, |by| by.min(due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// Everything due on a link that hears nothing more, with its milliseconds.
    fn silence(mut liveness: Liveness) -> Vec<(u128, Due)> {
        let mut all = Vec::new();
        while all.last().is_none_or(|(_, due)| *due != Due::Dead) {
            let at = liveness.next_due();
            let due = liveness.take_due(at).expect("it is due");
            all.push((at.as_millis(), due));
        }
        all
    }

    #[test]
    fn an_unanswered_ping_puts_a_link_in_doubt() {
        assert_eq!(
            silence(Liveness::new(ms(0))),
            [
                (20_000, Due::Ping),
                (25_000, Due::Doubtful),
                (40_000, Due::Ping),
                (45_000, Due::Doubtful),
                (60_000, Due::Dead),
            ]
        );
    }

    #[test]
    fn a_doubted_link_must_answer_within_half_a_second() {
        let mut liveness = Liveness::new(ms(0));

        assert!(liveness.doubt(ms(1_000)));
        assert!(!liveness.doubt(ms(1_200)), "one ping is enough");

        assert_eq!(silence(liveness)[0], (1_500, Due::Doubtful));
    }

    #[test]
    fn any_message_ends_the_doubt_about_a_link() {
        let mut liveness = Liveness::new(ms(0));
        liveness.doubt(ms(1_000));

        liveness.heard(ms(1_400));

        assert_eq!(liveness.take_due(ms(1_500)), None);
        assert_eq!(liveness.next_due(), ms(21_400));
    }

    #[test]
    fn a_doubt_does_not_wait_for_an_ordinary_ping() {
        let mut liveness = Liveness::new(ms(0));
        assert_eq!(liveness.take_due(ms(20_000)), Some(Due::Ping));

        assert!(liveness.doubt(ms(21_000)));

        assert_eq!(liveness.next_due(), ms(21_500));
    }
}
