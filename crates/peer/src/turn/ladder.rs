//! Which relays are tried when, and which allocations are kept: UDP at once, TCP and TLS a moment
//! later unless UDP has answered, and in the end one allocation per relay, the best.
//!
//! All relays are asked at once, so the nearest answer first and a dead one costs no time. The first two
//! are kept, one to use and one that is there if it dies; the others are let go until one is missing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use proto::machine::Machine;

use super::server::RelayTransport;
use crate::limits;

/// One attempt to get an allocation.
pub(super) type AttemptId = u32;

/// What happens to attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LadderInput {
    /// It has an allocation.
    Allocated(AttemptId),
    /// It failed, or its allocation is gone.
    Ended(AttemptId),
    /// The connection uses this allocation, or none.
    InUse(Option<AttemptId>),
    /// The path is lost or the network has changed: everything is tried again.
    Restart,
}

/// What the driver has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LadderOutput {
    /// Begin an attempt at the server with this position in the list.
    Start(AttemptId, usize),
    /// End the attempt or its allocation.
    Release(AttemptId),
}

/// One way to a relay, as far as the rules care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rung {
    /// The same number for all ways to one relay.
    pub(super) relay: usize,
    pub(super) transport: RelayTransport,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AttemptState {
    Waiting(Duration),
    Trying,
    Held,
}

#[derive(Debug, Clone, Copy)]
struct RelayAttempt {
    server: usize,
    rung: Rung,
    state: AttemptState,
    /// From before the last restart: it is kept only until something newer works.
    is_stale: bool,
}

/// The state of all attempts.
#[derive(Debug)]
pub(super) struct Ladder {
    rungs: Vec<Rung>,
    attempts: BTreeMap<AttemptId, RelayAttempt>,
    /// Servers that were not needed; they are tried if the better one ends.
    spared: BTreeSet<usize>,
    in_use: Option<AttemptId>,
    next_id: AttemptId,
    outputs: VecDeque<LadderOutput>,
}

impl Ladder {
    pub(super) fn new(rungs: Vec<Rung>, now: Duration) -> Ladder {
        let mut ladder = Ladder {
            rungs,
            attempts: BTreeMap::new(),
            spared: BTreeSet::new(),
            in_use: None,
            next_id: 0,
            outputs: VecDeque::new(),
        };
        ladder.begin(0..ladder.rungs.len(), now);
        ladder
    }

    /// Other servers take the place of all: what is being tried is given up, and allocations are kept until
    /// something newer works.
    pub(super) fn replace(&mut self, rungs: Vec<Rung>, now: Duration) {
        let is_tried = |attempt: &RelayAttempt| attempt.state != AttemptState::Held;
        let tried = self.attempts.iter().filter(|(_, one)| is_tried(one));
        let tried: Vec<AttemptId> = tried.map(|(id, _)| *id).collect();
        for id in tried {
            self.release(id);
        }
        self.rungs = rungs;
        self.begin_again(now);
    }

    /// Whether an attempt may still bring an address.
    pub(super) fn is_trying(&self) -> bool {
        self.attempts
            .values()
            .any(|attempt| attempt.state != AttemptState::Held)
    }

    /// Plans attempts at these servers.
    fn begin(&mut self, servers: impl IntoIterator<Item = usize>, now: Duration) {
        for server in servers {
            let rung = self.rungs[server];
            let is_udp =
                |other: &Rung| other.relay == rung.relay && other.transport == RelayTransport::Udp;
            // A stream starts a little later, and only if UDP has not answered by then.
            let waits = rung.transport != RelayTransport::Udp && self.rungs.iter().any(is_udp);
            let at = now
                + if waits {
                    limits::STREAM_AFTER_UDP
                } else {
                    Duration::ZERO
                };
            self.spared.remove(&server);
            self.attempts.insert(
                self.next_id,
                RelayAttempt {
                    server,
                    rung,
                    state: AttemptState::Waiting(at),
                    is_stale: false,
                },
            );
            self.next_id += 1;
        }
    }

    fn allocated(&mut self, id: AttemptId) {
        let Some(attempt) = self.attempts.get_mut(&id) else {
            // It was released while its answer was on the way.
            return;
        };
        attempt.state = AttemptState::Held;
        let relay = attempt_relay(attempt);
        self.settle(relay);
        self.let_go();
    }

    /// Relays with an allocation of this generation.
    fn held(&self) -> BTreeSet<usize> {
        let fresh = self.attempts.values().filter(|attempt| !attempt.is_stale);
        let held = fresh.filter(|attempt| attempt.state == AttemptState::Held);
        held.map(attempt_relay).collect()
    }

    /// Releases what is tried at relays that answered later than enough others.
    fn let_go(&mut self) {
        let held = self.held();
        if held.len() < limits::MAX_RELAYS {
            return;
        }
        let late: Vec<AttemptId> = self
            .attempts
            .iter()
            .filter(|(_, attempt)| !attempt.is_stale && !held.contains(&attempt_relay(attempt)))
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            self.release(id);
        }
    }

    /// Releases everything at a relay that is worse than the best allocation there.
    fn settle(&mut self, relay: usize) {
        let best = self
            .attempts
            .values()
            .filter(|attempt| attempt_relay(attempt) == relay)
            .filter(|attempt| attempt.state == AttemptState::Held && !attempt.is_stale)
            .map(|attempt| attempt.rung.transport)
            .min();
        let Some(best) = best else {
            return;
        };
        let worse: Vec<AttemptId> = self
            .attempts
            .iter()
            .filter(|(id, attempt)| {
                attempt_relay(attempt) == relay
                    && (attempt.is_stale || attempt.rung.transport > best)
                    // Pictures move to the better path first.
                    && self.in_use != Some(**id)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in worse {
            self.release(id);
        }
    }

    fn release(&mut self, id: AttemptId) {
        let Some(attempt) = self.attempts.remove(&id) else {
            return;
        };
        if !matches!(attempt.state, AttemptState::Waiting(_)) {
            self.outputs.push_back(LadderOutput::Release(id));
        }
        if !attempt.is_stale {
            self.spared.insert(attempt.server);
        }
    }

    fn ended(&mut self, id: AttemptId, now: Duration) {
        let Some(ended) = self.attempts.remove(&id) else {
            return;
        };
        let relay = attempt_relay(&ended);
        // Nobody waits for a server that has already refused.
        for attempt in self.attempts.values_mut() {
            if attempt_relay(attempt) == relay && matches!(attempt.state, AttemptState::Waiting(_))
            {
                attempt.state = AttemptState::Waiting(now);
            }
        }
        let has_any = self
            .attempts
            .values()
            .any(|attempt| attempt_relay(attempt) == relay && !attempt.is_stale);
        if !has_any {
            // Its other transports, and the relays that were not needed while there were enough.
            let is_short = self.held().len() < limits::MAX_RELAYS;
            let tried: BTreeSet<usize> = self.attempts.values().map(attempt_relay).collect();
            let is_next = |server: &usize| {
                let of = self.rungs[*server].relay;
                of == relay || is_short && !tried.contains(&of)
            };
            let spared: Vec<usize> = self.spared.iter().copied().filter(is_next).collect();
            self.begin(spared, now);
        }
    }

    fn restart(&mut self, now: Duration) {
        let unused: Vec<AttemptId> = self
            .attempts
            .iter()
            .filter(|(_, attempt)| attempt.is_stale || attempt.state != AttemptState::Held)
            .map(|(id, _)| *id)
            .collect();
        for id in unused {
            self.release(id);
        }
        self.begin_again(now);
    }

    /// Tries all servers; what there is counts as old.
    fn begin_again(&mut self, now: Duration) {
        for attempt in self.attempts.values_mut() {
            attempt.is_stale = true;
        }
        self.spared.clear();
        self.begin(0..self.rungs.len(), now);
    }
}

impl Machine for Ladder {
    type Input = LadderInput;
    type Output = LadderOutput;

    fn handle(&mut self, input: LadderInput, now: Duration) {
        match input {
            LadderInput::Allocated(id) => self.allocated(id),
            LadderInput::Ended(id) => self.ended(id, now),
            LadderInput::InUse(id) if self.in_use != id => {
                self.in_use = id;
                let relays: BTreeSet<usize> = self.rungs.iter().map(|rung| rung.relay).collect();
                for relay in relays {
                    self.settle(relay);
                }
            }
            LadderInput::InUse(_) => {}
            LadderInput::Restart => self.restart(now),
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        for (id, attempt) in &mut self.attempts {
            if matches!(attempt.state, AttemptState::Waiting(at) if at <= now) {
                attempt.state = AttemptState::Trying;
                self.outputs
                    .push_back(LadderOutput::Start(*id, attempt.server));
            }
        }
    }

    fn poll_output(&mut self) -> Option<LadderOutput> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.attempts
            .values()
            .filter_map(|attempt| match attempt.state {
                AttemptState::Waiting(at) => Some(at),
                AttemptState::Trying | AttemptState::Held => None,
            })
            .min()
    }
}

fn attempt_relay(attempt: &RelayAttempt) -> usize {
    attempt.rung.relay
}

#[cfg(test)]
mod tests {
    use super::*;
    use RelayTransport::{Tcp, Tls, Udp};

    const START: Duration = Duration::ZERO;
    const LATER: Duration = Duration::from_secs(5);

    fn ladder(transports: &[RelayTransport]) -> Ladder {
        let rungs = transports
            .iter()
            .map(|transport| Rung {
                relay: 0,
                transport: *transport,
            })
            .collect();
        Ladder::new(rungs, START)
    }

    /// Everything that is to do at `now`.
    fn due(ladder: &mut Ladder, now: Duration) -> Vec<LadderOutput> {
        ladder.handle_timeout(now);
        std::iter::from_fn(|| ladder.poll_output()).collect()
    }

    fn told(ladder: &mut Ladder, input: LadderInput, now: Duration) -> Vec<LadderOutput> {
        ladder.handle(input, now);
        due(ladder, now)
    }

    #[test]
    fn streams_are_not_tried_where_udp_answers_in_time() {
        let mut ladder = ladder(&[Udp, Tcp, Tls]);

        assert_eq!(due(&mut ladder, START), [LadderOutput::Start(0, 0)]);
        let now = Duration::from_millis(100);
        assert_eq!(told(&mut ladder, LadderInput::Allocated(0), now), []);

        assert_eq!(ladder.poll_timeout(), None);
        assert!(!ladder.is_trying());
    }

    #[test]
    fn a_site_without_udp_tries_streams_after_200_ms() {
        let mut ladder = ladder(&[Udp, Tcp, Tls]);
        due(&mut ladder, START);

        let at = ladder.poll_timeout().expect("the streams wait");

        assert_eq!(at, Duration::from_millis(200));
        assert_eq!(
            due(&mut ladder, at),
            [LadderOutput::Start(1, 1), LadderOutput::Start(2, 2)]
        );
    }

    #[test]
    fn streams_start_at_once_where_udp_is_refused() {
        let mut ladder = ladder(&[Udp, Tcp]);
        due(&mut ladder, START);

        let now = Duration::from_millis(3);
        let begun = told(&mut ladder, LadderInput::Ended(0), now);

        assert_eq!(begun, [LadderOutput::Start(1, 1)]);
    }

    #[test]
    fn only_the_best_allocation_of_a_relay_is_kept() {
        let mut ladder = ladder(&[Udp, Tcp, Tls]);
        due(&mut ladder, START);
        due(&mut ladder, LATER);

        assert_eq!(told(&mut ladder, LadderInput::Allocated(2), LATER), []);
        let released = told(&mut ladder, LadderInput::Allocated(1), LATER);
        assert_eq!(released, [LadderOutput::Release(2)]);
        let released = told(&mut ladder, LadderInput::Allocated(0), LATER);

        assert_eq!(released, [LadderOutput::Release(1)]);
    }

    #[test]
    fn an_allocation_in_use_is_kept_until_pictures_have_moved() {
        let mut ladder = ladder(&[Udp, Tls]);
        due(&mut ladder, START);
        due(&mut ladder, LATER);
        told(&mut ladder, LadderInput::Allocated(1), LATER);
        told(&mut ladder, LadderInput::InUse(Some(1)), LATER);

        assert_eq!(told(&mut ladder, LadderInput::Allocated(0), LATER), []);
        let released = told(&mut ladder, LadderInput::InUse(Some(0)), LATER);

        assert_eq!(released, [LadderOutput::Release(1)]);
    }

    #[test]
    fn spared_streams_are_tried_when_the_allocation_ends() {
        let mut ladder = ladder(&[Udp, Tcp]);
        due(&mut ladder, START);
        told(&mut ladder, LadderInput::Allocated(0), START);

        told(&mut ladder, LadderInput::Ended(0), LATER);
        let at = ladder.poll_timeout().expect("TCP is tried");

        assert_eq!(due(&mut ladder, at), [LadderOutput::Start(2, 1)]);
    }

    #[test]
    fn a_restart_tries_everything_and_keeps_the_old_path() {
        let mut ladder = ladder(&[Udp, Tcp]);
        due(&mut ladder, START);
        told(&mut ladder, LadderInput::Allocated(0), START);
        told(&mut ladder, LadderInput::InUse(Some(0)), START);

        let begun = told(&mut ladder, LadderInput::Restart, LATER);
        assert_eq!(begun, [LadderOutput::Start(2, 0)]);
        assert_eq!(told(&mut ladder, LadderInput::Allocated(2), LATER), []);
        let released = told(&mut ladder, LadderInput::InUse(Some(2)), LATER);

        assert_eq!(released, [LadderOutput::Release(0)]);
    }

    #[test]
    fn other_servers_replace_all_but_what_works() {
        let mut ladder = ladder(&[Udp, Tcp]);
        due(&mut ladder, START);
        told(&mut ladder, LadderInput::Allocated(0), START);
        told(&mut ladder, LadderInput::InUse(Some(0)), START);
        // As with a credential that has expired: what the restart begins is refused.
        told(&mut ladder, LadderInput::Restart, LATER);
        told(&mut ladder, LadderInput::Ended(2), LATER);
        assert!(ladder.is_trying(), "TCP is left");

        let rungs = ladder.rungs.clone();
        ladder.replace(rungs, LATER);
        let begun = due(&mut ladder, LATER);

        assert_eq!(begun, [LadderOutput::Release(3), LadderOutput::Start(4, 0)]);
        assert_eq!(told(&mut ladder, LadderInput::Allocated(4), LATER), []);
        let released = told(&mut ladder, LadderInput::InUse(Some(4)), LATER);
        assert_eq!(released, [LadderOutput::Release(0)]);
    }

    #[test]
    fn a_hundred_restarts_hold_two_allocations_at_most() {
        let mut ladder = ladder(&[Udp, Tcp, Tls]);
        due(&mut ladder, START);
        let mut now = START;
        for _ in 0..100 {
            now += Duration::from_secs(10);
            due(&mut ladder, now);
            let trying: Vec<AttemptId> = ladder.attempts.keys().copied().collect();
            for id in trying {
                told(&mut ladder, LadderInput::Allocated(id), now);
            }
            told(&mut ladder, LadderInput::Restart, now);
            let n_held = ladder
                .attempts
                .values()
                .filter(|attempt| attempt.state == AttemptState::Held)
                .count();
            assert!(n_held <= 2, "{n_held}");
            assert!(ladder.attempts.len() <= 5, "{}", ladder.attempts.len());
        }
    }

    /// A ladder over several relays, each over UDP and TCP.
    fn ladder_of(n_relays: usize) -> Ladder {
        let ways = (0..n_relays).flat_map(|relay| [Udp, Tcp].map(|transport| (relay, transport)));
        let rungs = ways.map(|(relay, transport)| Rung { relay, transport });
        Ladder::new(rungs.collect(), START)
    }

    #[test]
    fn the_two_relays_that_answer_first_are_kept() {
        let mut ladder = ladder_of(4);
        assert_eq!(due(&mut ladder, START).len(), 4, "all are asked at once");

        let now = Duration::from_millis(20);
        assert_eq!(told(&mut ladder, LadderInput::Allocated(4), now), []);
        let released = told(&mut ladder, LadderInput::Allocated(2), now);

        assert_eq!(
            released,
            [LadderOutput::Release(0), LadderOutput::Release(6)]
        );
        assert!(!ladder.is_trying());
        assert_eq!(ladder.poll_timeout(), None, "no stream of theirs follows");
    }

    #[test]
    fn another_relay_takes_the_place_of_one_that_ends() {
        let mut ladder = ladder_of(3);
        due(&mut ladder, START);
        told(&mut ladder, LadderInput::Allocated(0), START);
        told(&mut ladder, LadderInput::Allocated(2), START);

        let begun = told(&mut ladder, LadderInput::Ended(0), LATER);

        // TCP to the one that ended, and UDP to the third.
        assert_eq!(begun.len(), 1, "{begun:?}");
        assert_eq!(begun, [LadderOutput::Start(7, 4)]);
        let id = ladder.attempts.iter().find(|(_, it)| it.server == 4);
        let id = *id.expect("it is tried").0;
        told(&mut ladder, LadderInput::Allocated(id), LATER);
        assert_eq!(ladder.held(), BTreeSet::from([1, 2]));
    }

    #[test]
    fn a_dead_relay_costs_a_restart_no_time() {
        let mut ladder = ladder_of(2);
        due(&mut ladder, START);
        told(&mut ladder, LadderInput::Allocated(0), START);
        told(&mut ladder, LadderInput::Allocated(2), START);
        told(&mut ladder, LadderInput::InUse(Some(0)), START);

        let begun = told(&mut ladder, LadderInput::Restart, LATER);
        assert_eq!(
            begun,
            [LadderOutput::Start(4, 0), LadderOutput::Start(6, 2)]
        );
        // The first never answers.
        told(&mut ladder, LadderInput::Allocated(6), LATER);
        told(&mut ladder, LadderInput::InUse(Some(6)), LATER);

        assert_eq!(ladder.held(), BTreeSet::from([1]));
        assert!(ladder.is_trying(), "it may still answer");
    }

    #[test]
    fn a_late_answer_of_a_released_attempt_changes_nothing() {
        let mut ladder = ladder(&[Udp, Tcp]);
        due(&mut ladder, START);
        due(&mut ladder, LATER);
        told(&mut ladder, LadderInput::Allocated(0), LATER);

        assert_eq!(told(&mut ladder, LadderInput::Allocated(1), LATER), []);
        assert_eq!(told(&mut ladder, LadderInput::Ended(1), LATER), []);
        assert_eq!(ladder.poll_timeout(), None);
    }
}
