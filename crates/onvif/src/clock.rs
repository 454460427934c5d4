//! The clock of a device. Its login is valid only within a few minutes of the device's own time, and many
//! devices are hours off, so all times are corrected by the difference to ours.

use jiff::SignedDuration;
use jiff::civil::{DateTime, datetime};

use crate::error::OnvifError;
use crate::request::{OnvifRequest, OnvifService};
use crate::xml::XmlNode;

const DAY: i64 = 86_400;
const EPOCH: DateTime = datetime(1970, 1, 1, 0, 0, 0, 0);

/// `GetSystemDateAndTime`, which needs no login.
pub fn get_time() -> OnvifRequest {
    OnvifRequest::new(OnvifService::Device, "GetSystemDateAndTime")
}

/// Reads the device's time in seconds since 1970, UTC. A device that only tells its local time gives
/// nothing: its zone is not known.
pub fn parse_time(answer: &[u8]) -> Result<i64, OnvifError> {
    let answer = XmlNode::answer(answer, "GetSystemDateAndTimeResponse")?;
    let utc = answer
        .find("UTCDateTime")
        .ok_or(OnvifError::Field("UTCDateTime"))?;
    let number = |part: &str, name: &str| utc.at(&[part])?.number_of(name).map(i64::from);
    let all = [
        number("Date", "Year"),
        number("Date", "Month"),
        number("Date", "Day"),
        number("Time", "Hour"),
        number("Time", "Minute"),
        number("Time", "Second"),
    ];
    let [
        Some(year),
        Some(month),
        Some(day),
        Some(hour),
        Some(minute),
        Some(second),
    ] = all
    else {
        return Err(OnvifError::Field("UTCDateTime"));
    };
    let is_possible = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !is_possible {
        return Err(OnvifError::Field("UTCDateTime"));
    }
    let days = days(year, month, day).ok_or(OnvifError::Field("UTCDateTime"))?;
    Ok(days * DAY + hour * 3_600 + minute * 60 + second)
}

/// Reads a time of XML Schema with seconds, such as `2026-11-28T05:10:00.5Z` or with an offset; without
/// either it counts as UTC.
pub(crate) fn parse_written(text: &str) -> Option<i64> {
    let (date, rest) = text.trim().split_once('T')?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let time = time.split('.').next()?;
    let mut time = time.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    let is_possible = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..=24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    if !is_possible {
        return None;
    }
    let ahead = match zone.strip_prefix(['+', '-']) {
        Some(offset) => {
            let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
            let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
            let seconds = i64::from(hours) * 3_600 + i64::from(minutes) * 60;
            if zone.starts_with('-') {
                -seconds
            } else {
                seconds
            }
        }
        None => 0,
    };
    Some(days(year, month, day)? * DAY + hour * 3_600 + minute * 60 + second - ahead)
}

/// A time as `2026-11-28T05:10:00Z`.
pub fn written(unix_seconds: i64) -> String {
    // Beyond year 9999 it stays at its last second.
    let time = EPOCH.saturating_add(SignedDuration::from_secs(unix_seconds.max(0)));
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Days from 1970-01-01. A day that its month does not have, such as February 30, counts on into the next month.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let first = DateTime::new(year.try_into().ok()?, month.try_into().ok()?, 1, 0, 0, 0, 0).ok()?;
    Some(EPOCH.duration_until(first).as_secs() / DAY + day - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_written_as_devices_expect_them() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (-5, "1970-01-01T00:00:00Z"),
            (i64::MAX, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(written(seconds), expected);
        }
    }

    #[test]
    fn times_with_fractions_and_offsets_are_read() {
        for (text, seconds) in [
            ("2023-11-14T22:13:20Z", Some(1_700_000_000)),
            ("2023-11-14T22:13:20.987Z", Some(1_700_000_000)),
            ("2023-11-14T23:13:20+01:00", Some(1_700_000_000)),
            ("2023-11-14T14:13:20-8:00", Some(1_700_000_000)),
            ("2023-11-14T22:13:20", Some(1_700_000_000)),
            ("2023-11-14T24:00:00Z", Some(1_700_006_400)),
            ("2024-02-30T00:00:00Z", Some(1_709_251_200)),
            ("9999-12-31T23:59:60Z", Some(253_402_300_800)),
            ("2023-11-14", None),
            ("2023-13-14T22:13:20Z", None),
            ("x-11-14T22:13:20Z", None),
            ("", None),
        ] {
            assert_eq!(parse_written(text), seconds, "{text}");
        }
    }

    #[test]
    fn impossible_times_are_refused() {
        for (month, hour) in [
            ("0", "1"),
            ("13", "1"),
            ("1", "24"),
            ("x", "1"),
            ("-1", "1"),
        ] {
            let text = format!(
                "<GetSystemDateAndTimeResponse><SystemDateAndTime><UTCDateTime><Time><Hour>{hour}</Hour>\
                 <Minute>0</Minute><Second>0</Second></Time><Date><Year>2026</Year>\
                 <Month>{month}</Month><Day>1</Day></Date></UTCDateTime></SystemDateAndTime>\
                 </GetSystemDateAndTimeResponse>"
            );
            assert!(parse_time(text.as_bytes()).is_err(), "{month} {hour}");
        }
    }

    proptest! {
        #[test]
        fn every_written_time_is_read_back(seconds in 0_i64..=253_402_300_799) {
            prop_assert_eq!(parse_written(&written(seconds)), Some(seconds));
        }

        #[test]
        fn no_text_causes_a_panic_in_a_time(text in "[0-9TZ:.+-]{0,40}") {
            let _any = parse_written(&text);
        }
    }
}
