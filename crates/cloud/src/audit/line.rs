//! One line of the audit log: JSON in pure ASCII whose last field is the SHA-256 of every byte
//! before it, the hash of the line before included. So nothing in it can be changed, removed,
//! moved or broken into two lines without a trace.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::{Actor, Event};
use super::inventory::Action;
use super::limits::FIELD_CHARS;
use super::outcome::Outcome;
use crate::config::{AuditConfig, ClientAddresses};
use crate::visitor::Client;

/// Stands for the hash of the line before the first.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Largest number of a line. No log gets so far; what says so was made up.
const LAST_SEQ: u64 = u64::MAX / 2;
const HASH_FIELD: &str = ",\"hash\":\"";
const HASH_CHARS: usize = 64;

/// A line as it is read and written, without its hash.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Counted from 1, without a gap, over all files.
    pub seq: u64,
    /// Time in UTC, as in `2026-11-24T04:03:20Z`.
    pub time: String,
    /// Name of the event, as in [`Action::name`].
    pub what: String,
    /// Result of what was done.
    pub outcome: Outcome,
    /// Identifier of the account concerned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<String>,
    /// Who acted, when it was a command on this machine.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operator: Option<String>,
    /// From where, as far as the settings let it be kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client: Option<String>,
    /// Route of the request, or the command.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none", default)]
    pub place: Option<String>,
    /// What else it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
    /// Number of events that the line sums up, if more than one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub n: Option<u64>,
    /// Hash of the line before.
    pub prev: String,
}

/// Why a text is no valid line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Not JSON of the known fields, or without a hash at its end.
    #[error("this is not a line of the audit log")]
    Unreadable,
    /// Its own hash does not fit.
    #[error("the line was changed")]
    Changed,
}

impl Line {
    /// A line about an event; the log file fills in `seq` and `prev` when it writes the line.
    pub(super) fn new(at: i64, event: Event, asker: Actor, config: &AuditConfig) -> Line {
        let client = event.client.or(asker.client);
        Line {
            outcome: event.outcome,
            account: event
                .account
                .or_else(|| asker.account.get().cloned())
                .map(cut),
            operator: asker.operator.map(cut),
            client: client.and_then(|client| masked(&client, config.client_addresses)),
            place: Some(asker.place).filter(|place| !place.is_empty()).map(cut),
            subject: event.subject.map(cut),
            ..Line::of_the_log(at, event.what, None)
        }
    }

    /// A line that the log writes about itself.
    pub(super) fn of_the_log(at: i64, what: Action, n: Option<u64>) -> Line {
        Line {
            seq: 0,
            time: jiff::Timestamp::from_second(at)
                .unwrap_or_default()
                .to_string(),
            what: what.name().to_owned(),
            outcome: Outcome::Ok,
            account: None,
            operator: None,
            client: None,
            place: None,
            subject: None,
            n,
            prev: String::new(),
        }
    }

    /// When it was written, seconds since 1970.
    pub fn at(&self) -> Option<i64> {
        let at = self.time.parse::<jiff::Timestamp>();
        at.ok().map(|at| at.as_second())
    }

    /// The line as text, without a line break, and its hash.
    pub fn seal(&self) -> (String, String) {
        let json = serde_json::to_string(self).expect("a line is text and numbers");
        // The hash covers the text as it is written, so no canonical form of JSON is needed.
        let mut text = in_ascii(json.strip_suffix('}').unwrap_or(&json));
        let hash = hash(&text);
        text.push_str(HASH_FIELD);
        text.push_str(&hash);
        text.push_str("\"}");
        (text, hash)
    }

    /// Reads a line and its hash, if the hash fits.
    pub fn open(text: &str) -> Result<(Line, String), BadLine> {
        let (covered, rest) = text.rsplit_once(HASH_FIELD).ok_or(BadLine::Unreadable)?;
        let stated = rest.strip_suffix("\"}").ok_or(BadLine::Unreadable)?;
        if stated.len() != HASH_CHARS {
            return Err(BadLine::Unreadable);
        }
        let line = serde_json::from_str(&format!("{covered}}}"));
        // The hash is judged first: a line that was edited into nonsense counts as changed.
        if hash(covered) != stated {
            return Err(BadLine::Changed);
        }
        let line: Line = line.map_err(|_| BadLine::Unreadable)?;
        // So `seq + 1` cannot overflow when the chain is read.
        if !(1..=LAST_SEQ).contains(&line.seq) {
            return Err(BadLine::Unreadable);
        }
        Ok((line, stated.to_owned()))
    }
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// JSON's own escapes for everything that is not printable ASCII: no line break, no terminal
/// control, nothing that reads from right to left.
fn in_ascii(json: &str) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') {
            text.push(character);
            continue;
        }
        // Escapes of JSON are UTF-16: two of them beyond the first plane (RFC 8259 §7).
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(text, "\\u{unit:04x}").expect("writing to a String does not fail");
        }
    }
    text
}

fn cut(text: String) -> String {
    match text.char_indices().nth(FIELD_CHARS) {
        Some((at, _)) => text[..at].to_owned(),
        None => text,
    }
}

/// As much of an address as may be kept.
fn masked(client: &Client, how: ClientAddresses) -> Option<String> {
    match how {
        ClientAddresses::Full => Some(client.0.clone()),
        ClientAddresses::Network => Some(client.network()),
        ClientAddresses::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(subject: &str) -> Line {
        let event = Event::denied(Action::LogIn).subject(subject);
        Line {
            seq: 7,
            prev: GENESIS.to_owned(),
            ..Line::new(
                1_795_493_000,
                event,
                Actor::default(),
                &AuditConfig::default(),
            )
        }
    }

    #[test]
    fn a_sealed_line_can_be_read_back() {
        let (text, hash) = line("PV-1").seal();

        assert_eq!(Line::open(&text).unwrap(), (line("PV-1"), hash));
        assert!(text.contains("\"time\":\"2026-11-24T04:03:20Z\""), "{text}");
    }

    #[test]
    fn any_changed_byte_breaks_the_hash() {
        let (text, _) = line("PV-1").seal();

        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(Line::open(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn an_impossible_sequence_number_is_rejected() {
        for seq in [0, LAST_SEQ + 1, u64::MAX] {
            let (text, _) = Line {
                seq,
                ..line("PV-1")
            }
            .seal();

            assert_eq!(Line::open(&text), Err(BadLine::Unreadable), "{seq}");
        }
    }

    #[test]
    fn asvs_16_4_1_user_input_cannot_break_a_line_or_terminal() {
        let nasty = "ana\r\n{\"seq\":8}\u{1b}[2J\u{7f}\u{85}\u{2028}\u{202e}\"\\ \u{1f4f7}";

        let (text, _) = line(nasty).seal();

        assert!(
            text.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "{text}"
        );
        assert_eq!(Line::open(&text).unwrap().0.subject.as_deref(), Some(nasty));
    }

    #[test]
    fn a_field_has_a_maximum_length() {
        let (text, _) = line(&"ä".repeat(100_000)).seal();

        assert!(text.len() < 10 * FIELD_CHARS, "{}", text.len());
    }

    #[test]
    fn client_addresses_are_logged_as_configured() {
        for (ip, network) in [
            ("192.0.2.7", "192.0.2.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ] {
            let client = Client::of(ip.parse().unwrap());

            assert_eq!(
                masked(&client, ClientAddresses::Network).as_deref(),
                Some(network)
            );
            assert_eq!(
                masked(&client, ClientAddresses::Full),
                Some(client.0.clone())
            );
            assert_eq!(masked(&client, ClientAddresses::None), None);
        }
    }
}
