//! The `Range` header: a part of a recording, or of a live stream (RFC 2326 §3.6, §3.7, §12.29).

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, datetime};

/// A moment in UTC, in microseconds since 1970. Recorders often mean their own wall clock by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UtcTime(pub i64);

/// What is to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayRange {
    /// From where the stream is now.
    Now,
    /// Time since the beginning.
    Npt {
        /// First moment.
        from: Duration,
        /// Last moment, if it ends.
        to: Option<Duration>,
    },
    /// Time of the recording. Where it is played backwards, `from` lies behind `to`.
    Clock {
        /// First moment.
        from: UtcTime,
        /// Last moment, if it ends.
        to: Option<UtcTime>,
    },
}

const MICROS: i64 = 1_000_000;
const EPOCH: DateTime = datetime(1970, 1, 1, 0, 0, 0, 0);
/// Seconds of a recording: thirty years.
const MAX_NPT_S: f64 = 1e9;

impl PlayRange {
    /// Parses the value of a `Range`; `None` for units and moments that make no sense.
    pub fn parse(value: &str) -> Option<PlayRange> {
        // Behind a semicolon stands when it begins.
        let value = value.split(';').next()?;
        let (unit, range) = value.split_once('=')?;
        let (from, to) = range.trim().split_once('-').unwrap_or((range.trim(), ""));
        let (from, to) = (from.trim(), to.trim());
        match unit.trim().to_ascii_lowercase().as_str() {
            "npt" if from.eq_ignore_ascii_case("now") => Some(PlayRange::Now),
            "npt" => Some(PlayRange::Npt {
                from: match from {
                    "" => Duration::ZERO,
                    from => npt(from)?,
                },
                to: npt(to),
            }),
            "clock" => Some(PlayRange::Clock {
                from: UtcTime::parse(from)?,
                to: UtcTime::parse(to),
            }),
            _ => None,
        }
    }
}

impl fmt::Display for PlayRange {
    /// As it is sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlayRange::Now => f.write_str("npt=now-"),
            PlayRange::Npt { from, to } => {
                write!(f, "npt={:.3}-", from.as_secs_f64())?;
                match to {
                    Some(to) => write!(f, "{:.3}", to.as_secs_f64()),
                    None => Ok(()),
                }
            }
            PlayRange::Clock { from, to } => {
                write!(f, "clock={from}-")?;
                match to {
                    Some(to) => write!(f, "{to}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl UtcTime {
    /// Parses `20240507T203746Z` and `20240507T203746.25Z`; some recorders omit the `Z`.
    pub fn parse(text: &str) -> Option<UtcTime> {
        let text = text.trim().trim_end_matches(['Z', 'z']);
        let (date, time) = text.split_once(['T', 't'])?;
        let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if date.len() != 8 || time.len() != 6 || ![date, time, fraction].into_iter().all(is_digits)
        {
            return None;
        }
        let number = |text: &str| text.parse::<i64>().ok();
        let date = Date::new(
            date[..4].parse().ok()?,
            date[4..6].parse().ok()?,
            date[6..].parse().ok()?,
        )
        .ok()?;
        let (hour, minute, second) = (
            number(&time[..2])?,
            number(&time[2..4])?,
            number(&time[4..])?,
        );
        // A leap second counts as the one after it.
        let is_valid = hour < 24 && minute < 60 && second <= 60;
        if !is_valid {
            return None;
        }
        let fraction = format!("{fraction:0<6}");
        let micros = number(&fraction[..6])?;
        let midnight = EPOCH.duration_until(date.at(0, 0, 0, 0)).as_secs();
        let seconds = midnight + hour * 3600 + minute * 60 + second;
        Some(UtcTime(seconds * MICROS + micros))
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.0.div_euclid(MICROS), self.0.rem_euclid(MICROS));
        // The calendar ends with year 9999, like what is parsed.
        let moment = EPOCH.saturating_add(SignedDuration::from_secs(seconds));
        write!(f, "{}", moment.strftime("%Y%m%dT%H%M%S"))?;
        match micros / 1000 {
            0 => f.write_str("Z"),
            millis => write!(f, ".{millis:03}Z"),
        }
    }
}

/// Seconds, or hours, minutes and seconds.
fn npt(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    for part in text.split(':') {
        let part: f64 = part.trim().parse().ok()?;
        seconds = seconds * 60.0 + part;
    }
    let is_possible = (0.0..=MAX_NPT_S).contains(&seconds);
    is_possible.then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_every_shape() {
        let npt = |from: u64, to: Option<u64>| PlayRange::Npt {
            from: Duration::from_millis(from),
            to: to.map(Duration::from_millis),
        };
        let at = |text| UtcTime::parse(text).unwrap();
        let cases = [
            ("npt=0-", Some(npt(0, None))),
            ("npt=0.000-", Some(npt(0, None))),
            (
                "NPT = 1.5 - 10 ; time=19970123T143720Z",
                Some(npt(1500, Some(10_000))),
            ),
            ("npt=0:01:02.5-", Some(npt(62_500, None))),
            ("npt=-20", Some(npt(0, Some(20_000)))),
            ("npt=now-", Some(PlayRange::Now)),
            ("npt=", Some(npt(0, None))),
            ("npt=nan-", None),
            ("npt=1e300-", None),
            ("npt=18446744073709551615-", None),
            (
                "clock=20240507T203746Z-20240507T203750.250Z",
                Some(PlayRange::Clock {
                    from: at("20240507T203746Z"),
                    to: Some(at("20240507T203750.25Z")),
                }),
            ),
            ("clock=20240230T000000Z-", None),
            ("smpte=0:10:20-", None),
            ("", None),
        ];

        for (value, expected) in cases {
            assert_eq!(PlayRange::parse(value), expected, "{value}");
        }
    }

    #[test]
    fn moments_are_written_as_they_are_read() {
        let cases = [
            ("19700101T000000Z", 0),
            ("20240229T235959.999Z", 1_709_251_199_999_000),
            ("20000301T000000Z", 951_868_800_000_000),
            ("19691231T235959.500Z", -500_000),
            ("21000228T120000Z", 4_107_499_200_000_000),
        ];

        for (text, micros) in cases {
            assert_eq!(UtcTime::parse(text), Some(UtcTime(micros)), "{text}");
            assert_eq!(UtcTime(micros).to_string(), text);
        }
    }

    #[test]
    fn invalid_times_are_refused() {
        for text in [
            "20240507",
            "20240507T2037Z",
            "20241307T203746Z",
            "20240007T203746Z",
            "20230229T000000Z",
            "20240507T243746Z",
            "20240507T206046Z",
            "2024050+T203746Z",
            "20240507T203746.xZ",
            "ä0240507T203746Z",
            "",
        ] {
            assert_eq!(UtcTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_are_written_exactly() {
        let range = PlayRange::Npt {
            from: Duration::ZERO,
            to: None,
        };
        assert_eq!(range.to_string(), "npt=0.000-");
        assert_eq!(PlayRange::Now.to_string(), "npt=now-");
        let text = "clock=20240507T203746Z-20240507T203750.250Z";
        assert_eq!(PlayRange::parse(text).unwrap().to_string(), text);
    }
}
