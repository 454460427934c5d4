//! Parses header values that clients and servers use. Unknown parts are ignored, and letter case never
//! matters.

mod range;
mod session;
mod transport;

pub use range::{PlayRange, UtcTime};
pub use session::SessionHeader;
pub use transport::{LowerTransport, TransportHeader};

use std::collections::BTreeSet;

use crate::limits::MAX_LIST;

/// First packet of one track after PLAY (RFC 2326 §12.33).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtpInfo {
    /// Address of the track, absolute or relative.
    pub url: String,
    /// Sequence number of the first packet.
    pub sequence: Option<u16>,
    /// RTP time of the first packet.
    pub rtp_time: Option<u32>,
}

impl RtpInfo {
    /// The entries of an `RTP-Info`. Addresses contain commas and semicolons on some cameras, so an entry
    /// begins where `url=` does.
    pub fn parse_list(value: &str) -> Vec<RtpInfo> {
        // Offsets stay the same: only ASCII letters change.
        let lower = value.to_ascii_lowercase();
        let starts: Vec<usize> = lower
            .match_indices("url=")
            .map(|(at, _)| at)
            .take(MAX_LIST)
            .collect();
        let ends = starts.iter().skip(1).copied().chain([value.len()]);
        let entries = starts
            .iter()
            .zip(ends)
            .map(|(start, end)| &value[*start..end]);
        entries.map(RtpInfo::parse).collect()
    }

    fn parse(entry: &str) -> RtpInfo {
        let lower = entry.to_ascii_lowercase();
        let is_known = |rest: &str| rest.starts_with("seq") || rest.starts_with("rtptime");
        let mut semicolons = lower.match_indices(';').map(|(at, _)| at);
        let url_end = semicolons.find(|at| is_known(lower[at + 1..].trim_start()));
        let (url, rest) = entry.split_at(url_end.unwrap_or(entry.len()));
        let url = url.get(4..).unwrap_or_default().trim();
        RtpInfo {
            url: url
                .trim_end_matches([',', ' '])
                .trim_matches('"')
                .to_owned(),
            sequence: parameter(rest, "seq").and_then(number),
            rtp_time: parameter(rest, "rtptime").and_then(number),
        }
    }
}

/// The methods in a `Public` or `Allow`, in upper case.
pub fn methods(value: &str) -> BTreeSet<String> {
    let words = value
        .split([',', ' ', ';'])
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words.take(MAX_LIST).map(str::to_ascii_uppercase).collect()
}

/// The value of a `Scale` or `Speed`.
pub fn scale(value: &str) -> Option<f64> {
    value
        .trim()
        .parse()
        .ok()
        .filter(|scale: &f64| scale.is_finite())
}

/// The value of `name` in a list of parameters behind semicolons, without quotation marks.
fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    let pairs = parameters
        .split(';')
        .filter_map(|part| part.split_once('='));
    let mut found = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found
        .next()
        .map(|(_, value)| value.trim().trim_matches('"').trim())
}

/// The number at the beginning of `text`.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next();
    digits?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn track_starts_are_read_in_every_shape() {
        let info = |url: &str, sequence, rtp_time| RtpInfo {
            url: url.to_owned(),
            sequence,
            rtp_time,
        };
        let cases = [
            (
                "url=rtsp://h/1;seq=7;rtptime=9,url=rtsp://h/2;seq=65535;rtptime=4294967295",
                vec![
                    info("rtsp://h/1", Some(7), Some(9)),
                    info("rtsp://h/2", Some(65_535), Some(u32::MAX)),
                ],
            ),
            (
                "url=trackID=0; seq=1 ; rtptime=2",
                vec![info("trackID=0", Some(1), Some(2))],
            ),
            (
                "URL=rtsp://h/a;b,c;RTPTIME=5",
                vec![info("rtsp://h/a;b,c", None, Some(5))],
            ),
            ("url=;seq=70000;rtptime=-1", vec![info("", None, None)]),
            ("seq=1", vec![]),
            ("", vec![]),
        ];

        for (value, expected) in cases {
            assert_eq!(RtpInfo::parse_list(value), expected, "{value}");
        }
    }

    #[test]
    fn public_methods_are_read_ignoring_case_and_blanks() {
        let expected = ["OPTIONS", "PLAY", "GET_PARAMETER"]
            .map(str::to_owned)
            .into();

        assert_eq!(methods("OPTIONS, Play ,get_parameter,,"), expected);
        assert_eq!(methods("OPTIONS PLAY GET_PARAMETER"), expected);
    }

    #[test]
    fn a_scale_is_a_finite_number() {
        assert_eq!(scale(" -2.5 "), Some(-2.5));
        assert_eq!(scale("inf"), None);
        assert_eq!(scale("fast"), None);
    }
}
