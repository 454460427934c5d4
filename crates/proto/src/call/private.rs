//! Private addresses of a recorder whose viewer is at another site. They lead nowhere there, or to somebody
//! else's machine, and a relay refuses them; but browsers try them first and only one address each 48 ms. So
//! the viewer gets them a moment after all others. They are not left out: a VPN may join both sites.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde_json::{Value, json};

use crate::addresses::{is_local, is_shared};
use crate::call::event::ToViewer;
use crate::call::limits::PRIVATE_AFTER;
use crate::call::{Call, candidate};

/// The candidates that come later.
#[derive(Debug, Default)]
pub(super) struct PrivateCandidates {
    held: Vec<Value>,
    /// When they go; `None` until the viewer has answered.
    due: Option<Duration>,
}

impl PrivateCandidates {
    /// Takes the private addresses out of an offer. One that says it is complete stays as it is.
    pub(super) fn take_from(&mut self, offer: &str) -> String {
        if offer.contains("\na=end-of-candidates") {
            return offer.to_owned();
        }
        let mut n_media: usize = 0;
        let mut rest = String::with_capacity(offer.len());
        for line in offer.split_inclusive('\n') {
            n_media += usize::from(line.starts_with("m="));
            let text = line.trim_end();
            match text.strip_prefix("a=").filter(|text| is_private(text)) {
                Some(text) => {
                    let line =
                        json!({"candidate": text, "sdpMLineIndex": n_media.saturating_sub(1)});
                    self.held.push(line);
                }
                None => rest.push_str(line),
            }
        }
        rest
    }

    /// Says whether a candidate has to wait: it is private, or the mark at the end, which follows all others.
    fn concerns(candidate: &Value) -> bool {
        let text = candidate.get("candidate").and_then(Value::as_str);
        text.is_none_or(|text| text.is_empty() || is_private(text))
    }

    /// The viewer begins to look for a path.
    pub(super) fn begin(&mut self, now: Duration) {
        self.due = Some(now + PRIVATE_AFTER);
    }

    /// When they go.
    pub(super) fn due(&self) -> Option<Duration> {
        self.due
    }
}

impl Call {
    /// Passes on a candidate of the agent, or holds it.
    pub(super) fn trickle_to_viewer(&mut self, candidate: Value) {
        match &mut self.private {
            Some(private) if PrivateCandidates::concerns(&candidate) => {
                private.held.push(candidate);
            }
            _ => self.tell_viewer(ToViewer::Trickle(candidate)),
        }
    }

    /// Passes on what was held, if it is due.
    pub(super) fn release_private(&mut self, now: Duration) {
        let is_due = |private: &mut PrivateCandidates| private.due.is_some_and(|due| now >= due);
        let held = self.private.take_if(is_due).map(|private| private.held);
        for candidate in held.into_iter().flatten() {
            self.tell_viewer(ToViewer::Trickle(candidate));
        }
    }
}

/// Says whether two parties are at different sites, as far as the addresses tell from which they came to the
/// cloud: both are public, of one family, and not of one network.
pub fn are_apart(one: IpAddr, other: IpAddr) -> bool {
    let (one, other) = (one.to_canonical(), other.to_canonical());
    if is_useless(one) || is_useless(other) {
        return false;
    }
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => one != other,
        // A provider gives a site a part of a /48, and an organization has one.
        (IpAddr::V6(one), IpAddr::V6(other)) => one.segments()[..3] != other.segments()[..3],
        // A site may have both.
        _ => false,
    }
}

fn is_private(line: &str) -> bool {
    candidate::read(line).is_ok_and(|line| line.is_host && line.ip.is_some_and(is_useless))
}

/// Addresses that lead nowhere on the internet, or at each site to another machine; those of test networks
/// (RFC 2544) among them.
fn is_useless(ip: IpAddr) -> bool {
    let is_of_tests =
        |v4: Ipv4Addr| v4.is_documentation() || matches!(v4.octets(), [198, 18 | 19, ..]);
    match ip.to_canonical() {
        IpAddr::V4(v4) => is_local(ip) || is_shared(v4) || is_of_tests(v4),
        IpAddr::V6(_) => is_local(ip),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(address: &str, kind: &str) -> String {
        format!("candidate:1 1 udp 1 {address} 5000 typ {kind}")
    }

    #[test]
    fn sites_are_told_apart_by_public_addresses_only() {
        for (one, other, expected) in [
            ("5.9.0.1", "5.9.0.2", true),
            ("5.9.0.1", "5.9.0.1", false),
            ("::ffff:5.9.0.1", "5.9.0.1", false),
            ("2a00:5:1::1", "2a00:5:2::1", true),
            ("2a00:5:1:1::1", "2a00:5:1:2::1", false),
            ("2a00:5:1::1", "5.9.0.1", false),
            ("192.168.1.4", "5.9.0.1", false),
            ("10.1.0.4", "10.2.0.4", false),
            ("fd00:1::1", "2a00:5:1::1", false),
        ] {
            let [one_ip, other_ip] = [one, other].map(|text| text.parse().unwrap());

            assert_eq!(are_apart(one_ip, other_ip), expected, "{one} {other}");
            assert_eq!(are_apart(other_ip, one_ip), expected, "{other} {one}");
        }
    }

    #[test]
    fn only_private_addresses_of_interfaces_come_later() {
        for (address, kind, expected) in [
            ("192.168.1.4", "host", true),
            ("172.17.0.1", "host", true),
            ("100.100.3.4", "host", true),
            ("192.0.2.4", "host", true),
            ("198.19.0.4", "host", true),
            ("127.0.0.1", "host", true),
            ("fd12::4", "host", true),
            ("fe80::4", "host", true),
            ("100.128.3.4", "host", false),
            ("5.9.0.1", "host", false),
            ("2a00:5::1", "host", false),
            ("192.168.1.4", "srflx", false),
            ("127.0.0.1", "relay", false),
            ("x.local", "host", false),
        ] {
            let candidate = json!({ "candidate": line(address, kind) });

            let found = PrivateCandidates::concerns(&candidate);
            assert_eq!(found, expected, "{address} {kind}");
        }
        for end in [json!({"candidate": ""}), json!({}), Value::Null, json!("")] {
            assert!(PrivateCandidates::concerns(&end), "{end}");
        }
    }

    #[test]
    fn an_offer_loses_its_private_addresses_alone() {
        let rest = "v=0\r\nm=audio 9 x 0\r\na=mid:0\r\nm=video 9 x 96\r\na=mid:1\r\n";
        let offer = format!(
            "v=0\r\nm=audio 9 x 0\r\na={}\r\na=mid:0\r\nm=video 9 x 96\r\na={}\r\na=mid:1\r\n",
            line("10.0.0.4", "host"),
            line("fd12::4", "host"),
        );
        let mut candidates = PrivateCandidates::default();

        assert_eq!(candidates.take_from(&offer), rest);
        assert_eq!(
            candidates.held,
            [
                json!({"candidate": line("10.0.0.4", "host"), "sdpMLineIndex": 0}),
                json!({"candidate": line("fd12::4", "host"), "sdpMLineIndex": 1}),
            ]
        );
        let complete = format!("{offer}a=end-of-candidates\r\n");
        assert_eq!(PrivateCandidates::default().take_from(&complete), complete);
    }
}
