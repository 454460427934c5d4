//! Checks an SDP (RFC 8866) just enough to forward it: it has the right shape, no line could harm a
//! parser, and its addresses are known. The two ends interpret it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::call::candidate;
use crate::call::ice::{self, IceCredential};
use crate::call::limits::{
    MAX_CANDIDATES, MAX_SDP_BYTES, MAX_SDP_LINE_BYTES, MAX_SDP_LINES, MAX_SDP_MEDIA,
};

/// An SDP that is not forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an SDP")]
pub struct MalformedSdp;

/// What an SDP says about its side of the connection.
#[derive(Debug, PartialEq)]
pub struct Described {
    /// The addresses of its candidates.
    pub ips: BTreeSet<IpAddr>,
    /// The credentials that sign its connectivity checks.
    pub credentials: Vec<IceCredential>,
}

/// Checks `text` and returns what it says about its side.
pub fn check(text: &str) -> Result<Described, MalformedSdp> {
    // RFC 8866 §5: lines end with CRLF, and a parser should accept a single newline.
    if text.len() > MAX_SDP_BYTES || !(text.starts_with("v=0\r\n") || text.starts_with("v=0\n")) {
        return Err(MalformedSdp);
    }
    let mut n_media = 0;
    let mut candidates = BTreeSet::new();
    let mut ips = BTreeSet::new();
    let mut credentials = ice::CredentialReader::default();
    for (n, line) in text.split_terminator('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if n >= MAX_SDP_LINES || !is_line(line) {
            return Err(MalformedSdp);
        }
        n_media += usize::from(line.starts_with("m="));
        credentials.line(line);
        if line.starts_with("a=candidate:") {
            let candidate = candidate::read(line).map_err(|_| MalformedSdp)?;
            // A bundle may repeat its candidates in each m-line; each of them counts once.
            candidates.insert(line);
            ips.extend(candidate.ip);
        }
    }
    if (1..=MAX_SDP_MEDIA).contains(&n_media) && candidates.len() <= MAX_CANDIDATES {
        Ok(Described {
            ips,
            credentials: credentials.finish(),
        })
    } else {
        Err(MalformedSdp)
    }
}

fn is_line(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.len() <= MAX_SDP_LINE_BYTES
        && matches!(bytes, [b'a'..=b'z', b'=', ..])
        && !line.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SDP: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=Front door \u{e9}\r\nt=0 0\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:Kx7a\r\na=ice-pwd:a/password+of22letters\r\n\
        a=candidate:1 1 udp 2113937151 192.0.2.7 54321 typ host\r\n";

    #[test]
    fn a_valid_sdp_passes_and_yields_its_addresses() {
        let with_bare_newlines = SDP.replace("\r\n", "\n");

        let described = check(SDP).unwrap();
        assert_eq!(
            described.ips,
            BTreeSet::from([IpAddr::from([192, 0, 2, 7])])
        );
        assert_eq!(described.credentials[0].ufrag(), "Kx7a");
        assert_eq!(check(&with_bare_newlines), Ok(described));
    }

    #[test]
    fn an_invalid_sdp_is_refused() {
        let media = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";
        for text in [
            "",
            "v=0",
            "v=0\r\n",
            "v=1\r\nm=video 9 x 96\r\n",
            "hello",
            "v=0\r\nm=video\r\n\r\n",
            "v=0\r\nm=video\r\nA=upper\r\n",
            "v=0\r\nm=video\r\nno equals\r\n",
            "v=0\r\nm=video\r\na=x\u{0}y\r\n",
            "v=0\r\nm=video\r\na=x\u{85}y\r\n",
            "v=0\r\nm=video\r\na=candidate:nonsense\r\n",
            &format!("v=0\r\n{}", media.repeat(MAX_SDP_MEDIA + 1)),
            &format!("v=0\r\n{media}{}", "a=x\r\n".repeat(MAX_SDP_LINES)),
            &format!("v=0\r\n{media}a={}\r\n", "x".repeat(MAX_SDP_LINE_BYTES)),
            &format!(
                "v=0\r\n{media}{}",
                format!("a={}\r\n", "x".repeat(46)).repeat(MAX_SDP_BYTES / 50)
            ),
        ] {
            assert_eq!(check(text), Err(MalformedSdp), "{text:.60?}");
        }
    }

    #[test]
    fn twenty_candidates_pass_and_a_twenty_first_is_refused() {
        let with = |n: usize| {
            let lines: String = (1..=n)
                .map(|port| format!("a=candidate:1 1 udp 1 192.0.2.7 {port} typ host\r\n"))
                .collect();
            format!("{SDP}{lines}")
        };

        assert!(check(&with(MAX_CANDIDATES - 1)).is_ok());
        assert_eq!(check(&with(MAX_CANDIDATES)), Err(MalformedSdp));
    }

    proptest! {
        #[test]
        fn any_change_of_an_sdp_is_handled(at in 0..SDP.len(), with in any::<char>()) {
            if SDP.is_char_boundary(at) {
                let mut text = SDP.to_owned();
                text.insert(at, with);
                let _ = check(&text);
            }
        }
    }
}
