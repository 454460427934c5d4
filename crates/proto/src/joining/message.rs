//! The frames of a joined relay's socket: one JSON object each.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::book_change::BookChange;
use super::limits::{MAX_ADDRESSES, MAX_FIELD_BYTES};
use super::proof::is_name;

/// What the cloud says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum ToRelay {
    /// The first frame.
    Challenge {
        /// Drawn for this socket.
        nonce: String,
    },
    /// The relay has joined; every open call follows, then [`ToRelay::Whole`].
    Welcome {
        /// That the cloud knows the secret, too.
        proof: String,
        /// Another one after a restart of the cloud, whose earlier calls it does not know.
        instance: String,
    },
    /// Changes of the book, in order.
    Book {
        /// At most [`super::limits::CHANGES_PER_FRAME`].
        changes: Vec<BookChange>,
    },
    /// The relay has every open call.
    Whole,
    /// The cloud lives.
    Beat {
        /// Its clock, by which credentials and calls expire.
        now: u64,
    },
}

/// What a relay says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum FromRelay {
    /// The answer to the challenge.
    Join(JoinRequest),
    /// The relay lives.
    Beat {
        /// Allocations that it carries.
        allocations: u64,
    },
    /// The relay is about to end: it gets no new calls, and carries the ones it has.
    Draining,
}

/// Who wants to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// Its name in the cloud's settings.
    pub name: String,
    /// Drawn for this socket.
    pub nonce: String,
    /// The cloud that it looks for.
    pub origin: String,
    /// Where clients reach it.
    pub addresses: Vec<SocketAddr>,
    /// That it knows the secret.
    pub proof: String,
}

impl FromRelay {
    /// Reads a frame; `None` for anything that a relay would not say.
    pub fn parse(text: &str) -> Option<FromRelay> {
        let said = serde_json::from_str(text).ok()?;
        match &said {
            FromRelay::Join(join) if !join.is_sane() => None,
            _ => Some(said),
        }
    }
}

impl ToRelay {
    /// Reads a frame; `None` for anything that a cloud would not say.
    pub fn parse(text: &str) -> Option<ToRelay> {
        serde_json::from_str(text).ok()
    }
}

impl JoinRequest {
    fn is_sane(&self) -> bool {
        let fields = [&self.nonce, &self.origin, &self.proof];
        is_name(&self.name)
            && fields
                .iter()
                .all(|field| (1..=MAX_FIELD_BYTES).contains(&field.len()))
            && are_addresses(&self.addresses)
    }
}

/// Whether clients may be sent to these: one address, or one of each family.
pub fn are_addresses(addresses: &[SocketAddr]) -> bool {
    let is_one_of_each = match addresses {
        [one, other] => one.is_ipv4() != other.is_ipv4(),
        _ => addresses.len() == 1,
    };
    is_one_of_each
        && addresses.len() <= MAX_ADDRESSES
        && addresses.iter().all(|at| {
            let ip = at.ip();
            at.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && ip == ip.to_canonical()
        })
}

/// The text of a frame.
pub(super) fn text(frame: &impl Serialize) -> String {
    serde_json::to_string(frame).expect("a frame has string keys only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_sent_to_one_address_of_each_family() {
        let are = |list: &[&str]| {
            let list: Vec<SocketAddr> = list.iter().map(|at| at.parse().unwrap()).collect();
            are_addresses(&list)
        };

        assert!(are(&["192.0.2.7:3478"]) && are(&["192.0.2.7:3478", "[2001:db8::7]:3478"]));
        for list in [
            &[][..],
            &["192.0.2.7:3478", "192.0.2.8:3478"],
            &["192.0.2.7:0"],
            &["0.0.0.0:3478"],
            &["224.0.0.1:3478"],
            &["[::ffff:192.0.2.7]:3478"],
        ] {
            assert!(!are(list), "{list:?}");
        }
    }

    #[test]
    fn frames_that_make_no_sense_are_not_read() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"say":"shout"}"#,
            r#"{"say":"beat"}"#,
            r#"{"say":"beat","allocations":-1}"#,
            r#"{"say":"join","name":"a b","nonce":"x","origin":"x","addresses":["192.0.2.7:1"],"proof":"x"}"#,
            r#"{"say":"join","name":"ab","nonce":"","origin":"x","addresses":["192.0.2.7:1"],"proof":"x"}"#,
            r#"{"say":"join","name":"ab","nonce":"x","origin":"x","addresses":[],"proof":"x"}"#,
        ] {
            assert_eq!(FromRelay::parse(text), None, "{text}");
        }
        let good = r#"{"say":"join","name":"ab","nonce":"x","origin":"x","addresses":["192.0.2.7:1"],"proof":"x"}"#;
        assert!(FromRelay::parse(good).is_some());
    }
}
