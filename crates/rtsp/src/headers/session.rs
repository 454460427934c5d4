//! The `Session` header (RFC 2326 §12.37).

use std::time::Duration;

use super::{number, parameter};
use crate::limits::MAX_SESSION_ID_BYTES;

/// Id and timeout of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionHeader {
    /// Sent back as it came.
    pub id: String,
    /// Time without a request after which the camera ends the session.
    pub timeout: Option<Duration>,
}

impl SessionHeader {
    /// Parses `12345678;timeout=60;mode=live` and what else cameras write; `None` without an id.
    pub fn parse(value: &str) -> Option<SessionHeader> {
        let (id, parameters) = value.split_once(';').unwrap_or((value, ""));
        let id = id.trim();
        if id.is_empty() || id.len() > MAX_SESSION_ID_BYTES {
            return None;
        }
        let timeout = parameter(parameters, "timeout").and_then(number::<u32>);
        Some(SessionHeader {
            id: id.to_owned(),
            timeout: timeout
                .filter(|s| *s > 0)
                .map(|s| Duration::from_secs(s.into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_read_in_every_shape() {
        let cases = [
            ("12345678", Some(("12345678", None))),
            ("12345678;timeout=60", Some(("12345678", Some(60)))),
            (
                "12345678;timeout=60;mode=live",
                Some(("12345678", Some(60))),
            ),
            (
                "12345678;mode=live;Timeout = \"30\"",
                Some(("12345678", Some(30))),
            ),
            ("12345678;", Some(("12345678", None))),
            (
                "  a-b_c.d+e/f==  ; timeout=0",
                Some(("a-b_c.d+e/f==", None)),
            ),
            ("1;timeout=99999999999", Some(("1", None))),
            ("1;timeout=x", Some(("1", None))),
            (";timeout=60", None),
            ("", None),
        ];

        for (value, expected) in cases {
            let read = SessionHeader::parse(value);
            let read = read
                .as_ref()
                .map(|s| (s.id.as_str(), s.timeout.map(|t| t.as_secs())));
            assert_eq!(read, expected, "{value}");
        }
    }

    #[test]
    fn an_id_beyond_the_limit_is_no_session() {
        assert!(SessionHeader::parse(&"1".repeat(MAX_SESSION_ID_BYTES)).is_some());
        assert!(SessionHeader::parse(&"1".repeat(MAX_SESSION_ID_BYTES + 1)).is_none());
    }
}
