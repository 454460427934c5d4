//! Decides which events are written as separate lines and which are summed up, so that nobody can flood the
//! log. Identical events within a minute share a line. For one account or network there are only so many
//! lines of one kind; further ones are counted, and the count is written once an hour. Events of one kind
//! cannot displace another kind, nor refused ones successful ones. Pure: time is an argument.

use std::collections::{BTreeMap, HashMap};

use proto::seconds::MINUTE;

use super::Action;
use super::limits::{REPEATS, ROOM, ROOMS, SAME, STRANGERS_ROOM, SUMS_EVERY, Size};
use super::line::Line;
use super::outcome::Outcome;

/// The lines that were written and counted lately.
pub(super) struct Repetition {
    minute: i64,
    /// How often each line came in this minute.
    same: HashMap<Line, u64>,
    rooms: BTreeMap<Whose, RepetitionRoom>,
    /// What had no room since the last sums.
    untold: BTreeMap<Whose, u64>,
    sums_at: i64,
}

/// What shares room in the log: lines of one kind, and of one account or network, or of all strangers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Whose {
    what: String,
    was_done: bool,
    account: Option<String>,
    client: Option<String>,
}

struct RepetitionRoom {
    n_used: i64,
    since: i64,
}

impl RepetitionRoom {
    fn empty_by(&mut self, size: Size, now: i64) {
        // A clock that was set back gives no room back.
        let n_back = ((now - self.since) / size.every).max(0);
        // Time in which nothing was used is not saved up for later.
        self.n_used = (self.n_used - n_back).max(0);
        self.since = if self.n_used == 0 {
            now
        } else {
            self.since + n_back * size.every
        };
    }
}

impl Repetition {
    pub(super) fn new(now: i64) -> Repetition {
        Repetition {
            minute: now.div_euclid(MINUTE),
            same: HashMap::new(),
            rooms: BTreeMap::new(),
            untold: BTreeMap::new(),
            sums_at: now + SUMS_EVERY,
        }
    }

    /// Whether a line is written; if not it is counted.
    pub(super) fn is_written(&mut self, line: &Line, now: i64) -> bool {
        // Somebody who can run commands on this machine does not need a flood to do harm.
        if line.operator.is_some() {
            return true;
        }
        let key = Line {
            time: String::new(),
            ..line.clone()
        };
        let is_known = self.same.contains_key(&key);
        // With SAME different lines, further ones are not compared, but they still need room.
        if is_known || self.same.len() < SAME {
            let n = self.same.entry(key).or_insert(0);
            *n += 1;
            if *n > REPEATS {
                return false;
            }
        }
        self.has_room(line, now)
    }

    /// The sums that are due now, or all of them at the end.
    pub(super) fn due(&mut self, now: i64, is_over: bool) -> Vec<Line> {
        let mut lines = Vec::new();
        let minute = now.div_euclid(MINUTE);
        if minute != self.minute || is_over {
            self.minute = minute;
            // Once a minute at most: looking through all of them is work that a flood must not cause.
            self.forget_empty(now);
            for (line, n) in std::mem::take(&mut self.same) {
                let n_more = n.saturating_sub(REPEATS);
                let line = Line {
                    time: Line::of_the_log(now, Action::LinesSummed, None).time,
                    n: Some(n_more),
                    ..line
                };
                if n_more > 0 && self.has_room(&line, now) {
                    lines.push(line);
                }
            }
            lines.sort_by(|a, b| (&a.what, &a.subject).cmp(&(&b.what, &b.subject)));
        }
        // A clock that was set back must not put the sums off.
        if now >= self.sums_at || self.sums_at > now + SUMS_EVERY || is_over {
            self.sums_at = now + SUMS_EVERY;
            let untold = std::mem::take(&mut self.untold);
            lines.extend(untold.into_iter().map(|(whose, n)| whose.sum(n, now)));
        }
        lines
    }

    /// Takes room for a line; what finds none is counted.
    fn has_room(&mut self, line: &Line, now: i64) -> bool {
        let whose = Whose {
            what: line.what.clone(),
            was_done: line.outcome == Outcome::Ok,
            account: line.account.clone(),
            // An account has one room, from wherever it acts.
            client: line.client.clone().filter(|_| line.account.is_none()),
        };
        let strangers = Whose {
            account: None,
            client: None,
            ..whose.clone()
        };
        let is_of_account = whose.account.is_some();
        // Its own room first: what one network repeats must not use up the room of other strangers.
        let fits = self.take(&whose, now)
            && (is_of_account || whose == strangers || self.take(&strangers, now));
        if !fits {
            // A flood of addresses must not make this map grow either: its sums go to all strangers.
            let has_own_sum = self.untold.contains_key(&whose) || self.untold.len() < ROOMS;
            let counted = if has_own_sum { whose } else { strangers };
            *self.untold.entry(counted).or_insert(0) += line.n.unwrap_or(1);
        }
        fits
    }

    fn take(&mut self, whose: &Whose, now: i64) -> bool {
        // A new name among too many is only counted; the known ones keep their room.
        if !self.rooms.contains_key(whose) && self.rooms.len() >= ROOMS {
            return false;
        }
        let size = whose.size();
        let room = self.rooms.entry(whose.clone()).or_insert(RepetitionRoom {
            n_used: 0,
            since: now,
        });
        room.empty_by(size, now);
        if room.n_used >= size.most {
            return false;
        }
        room.n_used += 1;
        true
    }

    fn forget_empty(&mut self, now: i64) {
        self.rooms.retain(|whose, room| {
            room.empty_by(whose.size(), now);
            room.n_used > 0
        });
    }
}

impl Whose {
    fn size(&self) -> Size {
        if self.account.is_none() && self.client.is_none() {
            STRANGERS_ROOM
        } else {
            ROOM
        }
    }

    fn sum(self, n: u64, now: i64) -> Line {
        Line {
            outcome: Outcome::of(self.was_done),
            account: self.account,
            client: self.client,
            subject: Some(self.what),
            ..Line::of_the_log(now, Action::LinesSummed, Some(n))
        }
    }
}

#[cfg(test)]
mod tests {
    use proto::seconds::HOUR;

    use super::*;
    use crate::audit::{Actor, Event};
    use crate::config::AuditConfig;

    const NOW: i64 = 1_795_493_000;

    fn line(event: Event) -> Line {
        Line::new(NOW, event, Actor::default(), &AuditConfig::default())
    }

    fn of(account: &str, subject: &str) -> Line {
        line(
            Event::done(Action::RecorderClaimed)
                .account(account)
                .subject(subject),
        )
    }

    fn n_written(repetition: &mut Repetition, lines: impl Iterator<Item = Line>) -> usize {
        lines
            .filter(|line| repetition.is_written(line, NOW))
            .count()
    }

    #[test]
    fn repeated_events_within_a_minute_are_summed_up() {
        let mut log = Repetition::new(NOW);

        let n = n_written(&mut log, (0..130).map(|_| of("ana", "PV-1")));
        let early = log.due(NOW + 30, false);
        let sums = log.due(NOW + MINUTE, false);

        assert_eq!((n, early.len(), sums.len()), (5, 0, 1));
        assert_eq!(
            (sums[0].what.as_str(), sums[0].n),
            ("recorder.claim", Some(125))
        );
        assert_eq!(sums[0].subject.as_deref(), Some("PV-1"));
        assert!(log.is_written(&of("ana", "PV-1"), NOW + MINUTE));
    }

    #[test]
    fn thirty_one_devices_in_a_minute_get_a_line_each() {
        let mut log = Repetition::new(NOW);

        let n = n_written(&mut log, (0..31).map(|n| of("ana", &format!("PV-{n}"))));

        assert_eq!(n, 31);
    }

    #[test]
    fn frequent_events_of_one_account_are_summed_up_hourly() {
        let mut log = Repetition::new(NOW);

        let n = n_written(&mut log, (0..500).map(|n| of("ana", &format!("PV-{n}"))));
        let sums = log.due(NOW + HOUR, false);

        assert_eq!(n, 60);
        assert_eq!((sums[0].what.as_str(), sums[0].n), ("audit.sum", Some(440)));
        assert_eq!(sums[0].account.as_deref(), Some("ana"));
        assert_eq!(sums[0].subject.as_deref(), Some("recorder.claim"));
        assert!(log.is_written(&of("ana", "PV-9"), NOW + HOUR));
    }

    #[test]
    fn noise_does_not_hide_successes_other_events_or_other_people() {
        let mut log = Repetition::new(NOW);
        let wrong = |n: usize| {
            Event::denied(Action::LogIn)
                .account("ana")
                .subject(format!("{n}"))
        };
        n_written(&mut log, (0..500).map(|n| line(wrong(n))));

        for event in [
            Event::done(Action::LogIn).account("ana"),
            Event::done(Action::PasswordChanged).account("ana"),
            Event::denied(Action::LogIn).account("ben").subject("wrong"),
            Event::denied(Action::LogIn).subject("wrong"),
        ] {
            assert!(log.is_written(&line(event.clone()), NOW), "{event:?}");
        }
    }

    #[test]
    fn a_day_of_flooding_by_eighteen_sources_stays_small() {
        let mut log = Repetition::new(NOW);
        let mut n_lines = 0;
        for minute in 0..24 * 60 {
            let now = NOW + minute * MINUTE;
            n_lines += log.due(now, false).len();
            for n in 0..12 {
                for one in 0..10 {
                    let line = of(&format!("account {one}"), &format!("{minute} {n}"));
                    n_lines += usize::from(log.is_written(&line, now));
                }
                for one in 0..8 {
                    let mut line = line(Event::denied(Action::LogIn).subject(format!("{n}")));
                    line.client = Some(format!("198.51.{one}.0/24"));
                    n_lines += usize::from(log.is_written(&line, now));
                }
            }
        }

        let most = 18 * (60 + 24 * 6 + 24);
        assert!(n_lines <= most, "{n_lines} of {most}");
    }

    #[test]
    fn a_botnet_fills_only_the_share_of_strangers() {
        let mut log = Repetition::new(NOW);
        let lines = (0..30_000_u32).map(|n| {
            let mut line = line(Event::denied(Action::TlsFailed));
            line.client = Some(format!("10.{}.{}.0/24", n >> 8, n & 0xff));
            line
        });

        let n = n_written(&mut log, lines);

        assert_eq!(i64::try_from(n).unwrap(), STRANGERS_ROOM.most);
        assert!(log.rooms.len() <= ROOMS && log.same.len() <= SAME);
        let told: u64 = log.due(NOW, true).iter().filter_map(|line| line.n).sum();
        assert_eq!(told, 30_000 - n as u64);
    }
}
