//! The clock of a recorder, from `GET /ISAPI/System/time`. It tells its wall clock, and about the zone it says up to
//! two things that need not agree: an offset beside the time, which on some recorders is the one of winter also in
//! summer or a plain `Z`, and a rule in the manner of POSIX with the opposite sign.

use jiff::civil::{Date, date};

use super::error::IsapiError;
use super::xml::Element;

const DAY: i64 = 86_400;
const EPOCH: Date = date(1970, 1, 1);
/// What summer time adds if the rule does not say.
const SUMMER: i64 = 3_600;
/// What it may add.
const SUMMERS: std::ops::RangeInclusive<i64> = 1_200..=7_200;

/// What a recorder says about the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecorderTime {
    /// Its wall clock, counted in seconds as if it were UTC.
    wall: i64,
    /// Seconds by which the zone beside the time is ahead of UTC.
    offset: Option<i64>,
    zone: Option<ZoneRule>,
}

/// A time zone by its rule. When summer begins is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ZoneRule {
    /// Seconds ahead of UTC, in winter.
    ahead: i64,
    /// Seconds that summer adds; `None` where there is no summer time.
    summer: Option<i64>,
}

impl RecorderTime {
    /// Reads the answer.
    pub fn parse(body: &[u8]) -> Result<RecorderTime, IsapiError> {
        let root = Element::read(body, &["Time"])?;
        let local = root.text_of("localTime").and_then(wall_clock);
        let (wall, offset) = local.ok_or(IsapiError::Field("localTime"))?;
        let zone = root.text_of("timeZone").and_then(zone_rule);
        Ok(RecorderTime { wall, offset, zone })
    }

    /// Seconds by which the clock is ahead of `now`, which counts seconds since 1970. Where it can be read in several
    /// ways, the one counts that makes it least wrong: nobody is warned of a clock that may be right. `None` if it
    /// does not say its zone.
    pub fn ahead_of(self, now: i64) -> Option<i64> {
        let summer = self.zone.and_then(|zone| zone.summer).unwrap_or(0);
        let winter = [self.offset, self.zone.map(|zone| zone.ahead)];
        let offsets = winter
            .into_iter()
            .flatten()
            .flat_map(|it| [it, it + summer]);
        let readings = offsets.map(|offset| self.wall - offset - now);
        readings.min_by_key(|ahead| ahead.abs())
    }
}

/// Reads `2026-11-28T05:10:00+01:00` and the like: the wall clock, and the offset if there is one.
fn wall_clock(text: &str) -> Option<(i64, Option<i64>)> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let end = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let [year, month, day] = numbers(date, '-')?;
    let time = time.split('.').next()?;
    let [hour, minute, second] = numbers(time, ':')?;
    let is_possible = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let offset = match zone.chars().next() {
        None => None,
        Some('Z' | 'z') => Some(0),
        // Some write the hours with one digit.
        Some(_) => Some(span(zone)?.0),
    };
    let wall = days(year, month, day)? * DAY + hour * 3_600 + minute * 60 + second;
    is_possible.then_some((wall, offset))
}

/// Reads `CST-8:00:00` and `CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00`. What follows the name of summer
/// time is what it adds, unlike in POSIX.
fn zone_rule(text: &str) -> Option<ZoneRule> {
    let is_name = |c: char| c.is_ascii_alphabetic();
    let (west, rest) = span(text.trim_start_matches(is_name))?;
    let summer = rest.starts_with(is_name).then(|| {
        let added = span(rest.trim_start_matches(is_name)).map(|(added, _)| added);
        added.filter(|it| SUMMERS.contains(it)).unwrap_or(SUMMER)
    });
    Some(ZoneRule {
        ahead: -west,
        summer,
    })
}

/// Reads hours, and perhaps minutes and seconds, with a sign; returns the rest of the text, too.
fn span(text: &str) -> Option<(i64, &str)> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != ':');
    let (digits, rest) = unsigned.split_at(end.unwrap_or(unsigned.len()));
    // `+0100` is `+01:00`.
    let (hours, others) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let (minutes, seconds) = others.split_once(':').unwrap_or((others, "0"));
    let number = |text: &str| text.parse::<u8>().ok().map(i64::from);
    let (hours, minutes, seconds) = (number(hours)?, number(minutes)?, number(seconds)?);
    let is_possible = hours <= 15 && minutes < 60 && seconds < 60;
    let all = hours * 3_600 + minutes * 60 + seconds;
    let signed = if text.starts_with('-') { -all } else { all };
    is_possible.then_some((signed, rest))
}

fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let mut parts = text.split(between).map(|part| part.trim().parse::<u16>());
    let mut next = || parts.next()?.ok().map(i64::from);
    Some([next()?, next()?, next()?])
}

/// Days from 1970-01-01. A day that its month does not have, such as February 30, counts on into the next month.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let first = Date::new(year.try_into().ok()?, month.try_into().ok()?, 1).ok()?;
    Some(EPOCH.duration_until(first).as_secs() / DAY + day - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2023-11-14T22:13:20Z.
    const NOW: i64 = 1_700_000_000;

    fn ahead(local: &str, zone: &str) -> Option<i64> {
        let body = format!(
            "<Time xmlns=\"http://www.isapi.org/ver20/XMLSchema\"><timeMode>NTP</timeMode>\
             <localTime>{local}</localTime><timeZone>{zone}</timeZone></Time>"
        );
        let time = RecorderTime::parse(body.as_bytes()).expect("a time");
        time.ahead_of(NOW)
    }

    #[test]
    fn a_right_clock_is_right_in_every_spelling() {
        let summer = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00";
        for (local, zone) in [
            ("2023-11-14T23:13:20+01:00", summer),
            ("2023-11-14T22:13:20Z", "CST0:00:00"),
            ("2023-11-14T23:13:20", "CST-1:00:00"),
            ("2023-11-15T06:13:20+8:00", "CST-8:00:00"),
            ("2023-11-14T14:13:20.123-8:00", ""),
            ("2023-11-14 17:13:20-0500", "EST+5:00:00"),
            ("2023-11-15T03:43:20+05:30", "IST-5:30:00"),
        ] {
            assert_eq!(ahead(local, zone), Some(0), "{local} {zone}");
        }
    }

    #[test]
    fn a_wall_clock_with_the_offset_of_winter_is_right() {
        let summer = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00";

        assert_eq!(ahead("2023-11-15T00:13:20+01:00", summer), Some(0));
        assert_eq!(ahead("2023-11-14T23:13:20Z", "CST-1:00:00"), Some(0));
        let half = "LHST-10:30:00DST00:30:00,M10.1.0,M4.1.0";
        assert_eq!(ahead("2023-11-15T09:13:20+10:30", half), Some(0));
    }

    #[test]
    fn a_wrong_clock_says_by_how_much() {
        for (local, expected) in [
            ("2023-11-14T23:17:20+01:00", 240),
            ("2023-11-14T23:09:20+01:00", -240),
            ("2023-11-14T22:13:20+01:00", -3_600),
            ("1970-01-01T01:00:00+01:00", -NOW),
            ("2023-11-31T00:00:00+01:00", 1_385_200),
        ] {
            assert_eq!(ahead(local, "CST-1:00:00"), Some(expected), "{local}");
        }
        assert_eq!(ahead("2023-11-14T23:13:20", ""), None, "no zone");
    }

    #[test]
    fn impossible_wall_clocks_are_refused() {
        for local in [
            "",
            "now",
            "2023-13-14T22:13:20Z",
            "2023-11-14T24:13:20Z",
            "2023-11-14",
            "2023-11-14T22:13:20+99:00",
            "99999-11-14T22:13:20Z",
            "&lt;b&gt;",
        ] {
            let body = format!("<Time><localTime>{local}</localTime></Time>");
            let refused = RecorderTime::parse(body.as_bytes());
            assert_eq!(refused, Err(IsapiError::Field("localTime")), "{local}");
        }
    }

    proptest! {
        #[test]
        fn no_text_causes_a_panic_in_a_clock(local in "[0-9TZ:.+ -]{0,40}", zone in "[A-Z0-9:+,M-]{0,40}") {
            if let Some((wall, offset)) = wall_clock(&local) {
                let time = RecorderTime { wall, offset, zone: zone_rule(&zone) };
                let _any = time.ahead_of(NOW);
            }
        }
    }
}
