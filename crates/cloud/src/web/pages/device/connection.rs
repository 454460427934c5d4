//! How a recorder is connected, and how it was in the last days: the section of the Device page about it.

use crate::db::outages::{self, Outage};
use crate::language::moment::{moment, wait_in_words};
use crate::links::limits::OUTAGE_DAYS;
use crate::live::Live;
use crate::throttle::limits::DAY;
use crate::web::error::Result;
use crate::web::pages::devices::ListedRecorder;

/// So many outages are listed one by one.
const MOST_LISTED: usize = 8;

/// The section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConnectionHistory {
    /// Since when it is online, if that began within the days that are kept.
    pub(super) online_since: Option<Time>,
    /// How long pings to its agent take, in words, if that is known.
    pub(super) round_trip: Option<String>,
    /// How often it was offline, in words.
    pub(super) count: String,
    /// The last outages, newest first.
    pub(super) outages: Vec<ListedOutage>,
}

/// A moment for `<local-time>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) seconds: i64,
    pub(super) words: String,
}

/// When and how long it was offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedOutage {
    pub(super) began: Time,
    /// How long it was, or that it lasts.
    pub(super) length: String,
}

impl ConnectionHistory {
    /// Of a recorder of the person who asks.
    pub(super) async fn new(live: &Live, recorder: &ListedRecorder) -> Result<ConnectionHistory> {
        let since = live.clock.now() - OUTAGE_DAYS * DAY;
        let outages = outages::of(&live.db, &recorder.serial, since).await?;
        let round_trip = live.links.round_trip_ms(&recorder.serial);
        Ok(ConnectionHistory::from(
            &outages,
            recorder.is_online,
            round_trip,
        ))
    }

    fn from(outages: &[Outage], is_online: bool, round_trip_ms: Option<u16>) -> ConnectionHistory {
        let last_end = outages.first().and_then(|outage| outage.ended_at);
        ConnectionHistory {
            online_since: last_end.filter(|_| is_online).map(Time::new),
            round_trip: round_trip_ms.map(|ms| say!("connection-milliseconds", n = ms.max(1))),
            count: say!("connection-outages", n = outages.len(), days = OUTAGE_DAYS),
            outages: outages
                .iter()
                .take(MOST_LISTED)
                .map(ListedOutage::new)
                .collect(),
        }
    }
}

impl ListedOutage {
    fn new(outage: &Outage) -> ListedOutage {
        let length = outage.ended_at.map(|end| end - outage.began_at);
        ListedOutage {
            began: Time::new(outage.began_at),
            length: length.map_or_else(|| say!("connection-lasts"), wait_in_words),
        }
    }
}

impl Time {
    fn new(seconds: i64) -> Time {
        Time {
            seconds,
            words: moment(seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outage(began_at: i64, ended_at: Option<i64>) -> Outage {
        Outage { began_at, ended_at }
    }

    #[test]
    fn outages_are_listed_with_their_length() {
        let outages = [outage(9_000, None), outage(1_000, Some(1_600))];

        let section = ConnectionHistory::from(&outages, false, None);

        assert_eq!(section.count, "2 outages in the last 30 days");
        let lengths: Vec<_> = section
            .outages
            .iter()
            .map(|it| it.length.as_str())
            .collect();
        assert_eq!(lengths, ["It lasts", "10 minutes"]);
        assert_eq!(section.online_since, None);
    }

    #[test]
    fn a_connected_recorder_shows_since_when() {
        let outages = vec![outage(1_000, Some(1_600)); 20];

        let section = ConnectionHistory::from(&outages, true, Some(38));

        assert_eq!(section.online_since, Some(Time::new(1_600)));
        assert_eq!(section.round_trip.as_deref(), Some("38\u{a0}ms"));
        assert_eq!(section.outages.len(), MOST_LISTED);
        assert_eq!(
            ConnectionHistory::from(&[], true, None).count,
            "No outage in the last 30 days"
        );
    }
}
