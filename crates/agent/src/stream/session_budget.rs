//! How many sessions of a recorder may be used for streams that nobody watches. Small recorders support 4 to
//! 16 for all programs together, and somebody at the recorder's own screen or with the vendor's app needs one
//! too. The number is learnt from the recorder's refusals. A rule without clock and sockets: `now` is any
//! monotonic time.

use std::time::Duration;

/// Sessions that streams without viewers leave to other programs.
const LEFT_TO_OTHERS: usize = 1;
/// After so long without a refusal, one session more is tried: another program may have ended.
const TRY_MORE_AFTER: Duration = Duration::from_secs(15 * 60);
/// A refusal so soon after the end of a session says nothing: recorders take a moment to free it.
const FREES_WITHIN: Duration = Duration::from_secs(2);

/// The number of sessions that one recorder supports.
#[derive(Debug, Clone, Default)]
pub struct SessionBudget {
    /// What the settings say.
    told: Option<usize>,
    learnt: Option<LearntLimit>,
    freed_at: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct LearntLimit {
    n_sessions: usize,
    refused_at: Duration,
}

/// What becomes of a stream's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamUse {
    /// Somebody watches it.
    pub is_watched: bool,
    /// Its session is open.
    pub is_open: bool,
    /// Its last session failed.
    pub is_failing: bool,
    /// It is one of those that start at once if they stay open.
    pub is_first_shown: bool,
}

impl SessionBudget {
    /// A recorder with the number of sessions from the settings, or with an unknown number.
    pub fn new(told: Option<usize>) -> SessionBudget {
        SessionBudget {
            told,
            ..SessionBudget::default()
        }
    }

    /// How many sessions the recorder supports, if known.
    pub fn limit(&self) -> Option<usize> {
        let learnt = self.learnt.map(|learnt| learnt.n_sessions);
        [self.told, learnt].into_iter().flatten().min()
    }

    /// A session is open, and `n_open` are now.
    pub fn opened(&mut self, n_open: usize) {
        if let Some(learnt) = &mut self.learnt {
            learnt.n_sessions = learnt.n_sessions.max(n_open);
        }
    }

    /// A session has ended.
    pub fn closed(&mut self, now: Duration) {
        self.freed_at = Some(now);
    }

    /// The recorder refused a session while `n_open` others were open. Returns whether that is news.
    pub fn refused(&mut self, n_open: usize, now: Duration) -> bool {
        let is_freeing = |at: Duration| now.saturating_sub(at) < FREES_WITHIN;
        if self.freed_at.is_some_and(is_freeing) {
            return false;
        }
        let old = self.learnt.replace(LearntLimit {
            n_sessions: n_open,
            refused_at: now,
        });
        old.is_none_or(|old| old.n_sessions != n_open)
    }

    /// Which streams keep their session, or get one, without a viewer. What viewers take comes first; streams that
    /// run go on before others begin, and those begin one after the other, so that a refusal shows how many it supports.
    pub fn kept(&self, streams: &[StreamUse], now: Duration) -> Vec<bool> {
        let n_watched = streams.iter().filter(|it| it.is_watched).count();
        let mut room = self.room(n_watched, now);
        let mut kept: Vec<bool> = streams.iter().map(|it| it.is_watched).collect();
        let mut others: Vec<usize> = (0..streams.len())
            .filter(|&i| {
                !streams[i].is_watched && (streams[i].is_first_shown || streams[i].is_open)
            })
            .collect();
        others.sort_by_key(|&i| rank(streams[i]));
        let mut is_one_opening = false;
        for i in others {
            let is_fresh = !streams[i].is_open && !streams[i].is_failing;
            if room == 0 || is_fresh && is_one_opening {
                continue;
            }
            is_one_opening |= is_fresh;
            room -= 1;
            kept[i] = true;
        }
        kept
    }

    /// When [`SessionBudget::kept`] may say something else although nothing has happened.
    pub fn next_try(&self, now: Duration) -> Option<Duration> {
        let learnt = self.learnt?;
        let due = learnt.refused_at + TRY_MORE_AFTER;
        (due > now).then_some(due)
    }

    /// Sessions for streams without viewers.
    fn room(&self, n_watched: usize, now: Duration) -> usize {
        let Some(learnt) = self.learnt else {
            let told = self.told.unwrap_or(usize::MAX);
            return told.saturating_sub(LEFT_TO_OTHERS + n_watched);
        };
        // Somebody has to find out when the recorder accepts a session again.
        if learnt.n_sessions == 0 {
            return usize::from(n_watched == 0);
        }
        let is_due = now >= learnt.refused_at + TRY_MORE_AFTER;
        let tried = learnt.n_sessions + if is_due { LEFT_TO_OTHERS + 1 } else { 0 };
        let most = tried.min(self.told.unwrap_or(usize::MAX));
        most.saturating_sub(LEFT_TO_OTHERS + n_watched)
    }
}

fn rank(stream: StreamUse) -> u8 {
    match (stream.is_open, stream.is_first_shown, stream.is_failing) {
        (true, true, _) => 0,
        // Its last viewer has just left, and may come back.
        (true, false, _) => 1,
        (false, _, false) => 2,
        (false, _, true) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A recorder that supports so many sessions, some of which other programs use.
    struct Bearing {
        budget: SessionBudget,
        streams: Vec<StreamUse>,
        n_borne: usize,
        n_others: usize,
        now: Duration,
        n_refused: usize,
    }

    impl Bearing {
        fn of(n_borne: usize, n_streams: usize, told: Option<usize>) -> Bearing {
            let idle = StreamUse {
                is_watched: false,
                is_open: false,
                is_failing: false,
                is_first_shown: true,
            };
            Bearing {
                budget: SessionBudget::new(told),
                streams: vec![idle; n_streams],
                n_borne,
                n_others: 0,
                now: Duration::ZERO,
                n_refused: 0,
            }
        }

        fn n_open(&self) -> usize {
            self.streams.iter().filter(|it| it.is_open).count()
        }

        /// Executes all decisions of the rule, one second per round.
        fn settle(&mut self) {
            for _ in 0..4 * self.streams.len() {
                self.now += SECOND * 3;
                let kept = self.budget.kept(&self.streams, self.now);
                for (i, is_kept) in kept.iter().enumerate() {
                    let stream = self.streams[i];
                    let is_wanted = *is_kept || stream.is_watched;
                    if stream.is_open && !is_wanted {
                        self.streams[i].is_open = false;
                        self.budget.closed(self.now);
                    }
                }
                self.now += SECOND * 3;
                for (i, is_kept) in kept.iter().enumerate() {
                    let stream = self.streams[i];
                    if stream.is_open || !(*is_kept || stream.is_watched) {
                        continue;
                    }
                    let is_refused = self.n_open() + self.n_others >= self.n_borne;
                    if is_refused {
                        self.n_refused += 1;
                        self.budget.refused(self.n_open(), self.now);
                    } else {
                        self.streams[i].is_open = true;
                        self.budget.opened(self.n_open());
                    }
                    self.streams[i].is_failing = is_refused;
                }
            }
        }
    }

    #[test]
    fn a_large_recorder_keeps_every_stream_warm() {
        let mut site = Bearing::of(64, 32, None);

        site.settle();

        assert_eq!((site.n_open(), site.n_refused), (32, 0));
    }

    #[test]
    fn warm_streams_leave_a_session_to_other_programs() {
        // Where all of them fit, nothing says that none is left.
        for n_borne in 1..16 {
            let mut site = Bearing::of(n_borne, 16, None);

            site.settle();

            assert_eq!(site.n_open(), n_borne - 1, "of {n_borne}");
            assert!(site.n_refused <= 1, "{} refusals", site.n_refused);
        }
    }

    #[test]
    fn a_configured_number_of_sessions_is_not_probed() {
        let mut site = Bearing::of(4, 8, Some(4));

        site.settle();

        assert_eq!((site.n_open(), site.n_refused), (3, 0));
    }

    #[test]
    fn warm_streams_give_way_to_what_is_watched() {
        let mut site = Bearing::of(4, 8, None);
        site.settle();

        for watched in 4..7 {
            site.streams[watched].is_watched = true;
            site.settle();
            assert!(site.streams[watched].is_open, "stream {watched}");
        }

        assert_eq!(site.n_open(), 3, "the watched ones alone");
        site.streams[7].is_watched = true;
        site.settle();
        assert_eq!(site.n_open(), 4, "a viewer may have the last one");
        site.streams.iter_mut().for_each(|it| it.is_watched = false);
        site.settle();
        assert_eq!(site.n_open(), 3);
    }

    #[test]
    fn one_more_session_is_tried_after_a_while() {
        let mut site = Bearing::of(8, 16, None);
        site.n_others = 5;
        site.settle();
        assert_eq!(site.n_open(), 2);

        site.n_others = 0;
        site.settle();
        assert_eq!(site.n_open(), 2, "not yet");
        let due = site.budget.next_try(site.now).expect("a moment");
        site.now = due;
        site.settle();

        assert_eq!(site.n_open(), 7);
        assert_eq!(site.n_refused, 2);
    }

    #[test]
    fn a_recorder_without_free_sessions_is_probed_again() {
        let mut site = Bearing::of(4, 4, None);
        site.n_others = 4;
        site.settle();
        assert_eq!((site.n_open(), site.budget.limit()), (0, Some(0)));

        site.n_others = 0;
        site.settle();

        assert!(site.budget.limit() > Some(0));
    }

    #[test]
    fn a_refusal_while_a_session_ends_teaches_nothing() {
        let mut budget = SessionBudget::default();
        budget.closed(SECOND);

        assert!(!budget.refused(3, SECOND * 2));
        assert_eq!(budget.limit(), None);
        assert!(budget.refused(3, SECOND * 4));

        assert_eq!(budget.limit(), Some(3));
    }
}
