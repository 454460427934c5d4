//! Parses an ICE candidate line (RFC 8839 §5.1, RFC 6544 §4.5) far enough to validate it and to
//! find its address; the line itself is forwarded unchanged.

use std::net::IpAddr;

use crate::call::limits::MAX_CANDIDATE_BYTES;

/// The parts of a candidate that the cloud needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandidateLine {
    /// Its address; `None` for a name, such as the `….local` names of browsers.
    pub ip: Option<IpAddr>,
    /// UDP or TCP port of the candidate; 9 for active TCP (RFC 6544 §4.5).
    pub port: u16,
    /// Whether it is an address of an interface, and not one that a server has seen or given.
    pub is_host: bool,
}

/// Not a candidate line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ICE candidate")]
pub struct MalformedCandidate;

/// Reads `candidate:…`, with or without a leading `a=`.
pub fn read(line: &str) -> Result<CandidateLine, MalformedCandidate> {
    // The line goes unchanged into the other side's parser, so nothing odd may be in it.
    let is_printable = line.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if line.len() > MAX_CANDIDATE_BYTES || !is_printable {
        return Err(MalformedCandidate);
    }
    let line = line.strip_prefix("a=").unwrap_or(line);
    let mut words = line
        .strip_prefix("candidate:")
        .ok_or(MalformedCandidate)?
        .split(' ');
    let mut word = || {
        words
            .next()
            .filter(|word| !word.is_empty())
            .ok_or(MalformedCandidate)
    };
    let foundation = word()?;
    let component: u16 = number(word()?)?;
    let transport = word()?;
    // The priority must be a number, but only the two ends compare candidates.
    number::<u32>(word()?)?;
    let address = word()?;
    let port = number(word()?)?;
    let keyword = word()?;
    let kind = word()?;
    // Lengths and ranges of RFC 8839 §5.1 and RFC 8445 §5.1.1.
    let is_sane = foundation.len() <= 32
        && (1..=256).contains(&component)
        && ["udp", "tcp"]
            .iter()
            .any(|known| transport.eq_ignore_ascii_case(known))
        && keyword == "typ"
        && ["host", "srflx", "prflx", "relay"].contains(&kind);
    // Extensions are pairs of name and value, such as `raddr` and an address.
    let n_extension_words = words.filter(|word| !word.is_empty()).count();
    if !is_sane || n_extension_words % 2 != 0 {
        return Err(MalformedCandidate);
    }
    let ip = match address.parse::<IpAddr>() {
        Ok(ip) => Some(ip),
        Err(_) if is_name(address) => None,
        Err(_) => return Err(MalformedCandidate),
    };
    let is_host = kind == "host";
    Ok(CandidateLine { ip, port, is_host })
}

fn number<T: std::str::FromStr>(word: &str) -> Result<T, MalformedCandidate> {
    let all_digits = word.len() <= 10 && word.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits {
        return Err(MalformedCandidate);
    }
    word.parse().map_err(|_| MalformedCandidate)
}

fn is_name(address: &str) -> bool {
    // Lengths of RFC 1035 §2.3.4. A name without a letter would be a misspelt address.
    address.len() <= 253
        && address
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63 && label.bytes().all(is_name_char))
        && address.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn is_name_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn candidates_of_browsers_and_cameras_are_read() {
        for (line, ip, port, is_host) in [
            (
                "candidate:1 1 udp 2113937151 192.0.2.7 54321 typ host generation 0 ufrag Kx7 network-cost 999",
                Some("192.0.2.7"),
                54321,
                true,
            ),
            (
                "candidate:842163049 1 udp 1677729535 203.0.113.9 3478 typ srflx raddr 0.0.0.0 rport 0",
                Some("203.0.113.9"),
                3478,
                false,
            ),
            (
                "a=candidate:3 1 TCP 2105524479 2001:db8::5 9 typ host tcptype active",
                Some("2001:db8::5"),
                9,
                true,
            ),
            (
                "candidate:0 1 UDP 2122252543 c2a5d3f0-7f3b-4b8e-9d7e-1f2e3d4c5b6a.local 58838 typ host",
                None,
                58838,
                true,
            ),
            (
                "candidate:r 2 udp 7 198.51.100.2 0 typ relay",
                Some("198.51.100.2"),
                0,
                false,
            ),
        ] {
            let ip = ip.map(|ip| ip.parse().unwrap());
            let expected = CandidateLine { ip, port, is_host };
            assert_eq!(read(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn malformed_candidates_are_refused() {
        for line in [
            "",
            "candidate:",
            "candidate:1 1 udp 1 192.0.2.7 1",
            "candidate:1 1 udp 1 192.0.2.7 1 typ",
            "candidate:1 1 udp 1 192.0.2.7 1 typ host generation",
            "candidate:1 1 udp 1 192.0.2.7 1 type host",
            "candidate:1 1 udp 1 192.0.2.7 1 typ evil",
            "candidate:1 1 sctp 1 192.0.2.7 1 typ host",
            "candidate:1 0 udp 1 192.0.2.7 1 typ host",
            "candidate:1 1 udp 1 192.0.2.7 65536 typ host",
            "candidate:1 1 udp 1 192.0.2.7 -1 typ host",
            "candidate:1 1 udp 4294967296 192.0.2.7 1 typ host",
            "candidate:1 1 udp 1 192.0.2.700 1 typ host",
            "candidate:1 1 udp 1 ..local 1 typ host",
            "candidate:1 1 udp 1 192.0.2.7 1 typ host\r\na=x",
            "candidate:1 1 udp 1 192.0.2.7\u{0} 1 typ host",
            "candidate:1  1 udp 1 192.0.2.7 1 typ host",
            &format!(
                "candidate:1 1 udp 1 192.0.2.7 1 typ host x {}",
                "y".repeat(512)
            ),
        ] {
            assert_eq!(read(line), Err(MalformedCandidate), "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_handled_without_a_panic(line in ".{0,600}") {
            let _ = read(&line);
            let _ = read(&format!("candidate:{line}"));
        }
    }
}
