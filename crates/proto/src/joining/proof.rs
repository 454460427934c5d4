//! The secret of a joined relay, and the proofs that both ends know it: an HMAC over nonces of both, so that
//! neither the secret nor an earlier proof is of use to an eavesdropper.

use std::fmt;
use std::net::SocketAddr;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::limits::{MAX_NAME_CHARS, SECRET_CHARS, SECRET_VARIETY};
use super::message::TlsPlace;
use crate::turn_credential::Secret;

/// Known to the cloud and to one relay.
#[derive(Clone)]
pub struct JoinSecret(Zeroizing<String>);

/// Why a secret cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the secret of a relay must be one line of 32 to 512 random characters, such as `openssl rand -hex 32` prints"
)]
pub struct WeakSecret;

impl JoinSecret {
    /// Reads the secret as a file contains it.
    ///
    /// # Errors
    /// It is too short, too long, or not random.
    pub fn parse(text: &str) -> Result<JoinSecret, WeakSecret> {
        let text = text.trim();
        let mut characters: Vec<char> = text.chars().collect();
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        let length = characters.len();
        characters.sort_unstable();
        characters.dedup();
        let is_fit =
            is_plain && SECRET_CHARS.contains(&length) && characters.len() >= SECRET_VARIETY;
        is_fit
            .then(|| JoinSecret(Zeroizing::new(text.to_owned())))
            .ok_or(WeakSecret)
    }

    /// The key that signs the TURN credentials of this relay's clients. Other relays have others.
    pub fn turn_secret(&self) -> Secret {
        Secret::new(self.hmac(&[b"turn credentials"]))
    }

    /// A stand-in for what a relay must not know, such as whose call it is; always the same.
    pub fn pseudonym(&self, of: &str) -> String {
        BASE64URL_NOPAD.encode(&self.hmac(&[b"pseudonym", of.as_bytes()])[..16])
    }

    fn hmac(&self, fields: &[&[u8]]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).expect("HMAC takes every key");
        for field in fields {
            // With its length, so that two lists of fields never give the same bytes.
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for JoinSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinSecret(redacted)")
    }
}

/// Everything that a proof is about.
#[derive(Debug, Clone, Copy)]
pub struct JoinTerms<'a> {
    /// Drawn by the cloud for this socket.
    pub cloud_nonce: &'a str,
    /// Drawn by the relay for this socket.
    pub relay_nonce: &'a str,
    /// The relay's name.
    pub name: &'a str,
    /// The address at which the relay looks for its cloud. Another cloud cannot pass the proof on.
    pub origin: &'a str,
    /// Where clients reach the relay.
    pub addresses: &'a [SocketAddr],
    /// Where it takes TURN over TLS, if it does.
    pub tls: Option<&'a TlsPlace>,
}

impl JoinTerms<'_> {
    /// What the relay sends.
    pub fn of_relay(&self, secret: &JoinSecret) -> String {
        self.proof("relay", secret)
    }

    /// What the cloud sends.
    pub fn of_cloud(&self, secret: &JoinSecret) -> String {
        self.proof("cloud", secret)
    }

    fn proof(&self, end: &str, secret: &JoinSecret) -> String {
        let addresses: Vec<String> = self.addresses.iter().map(ToString::to_string).collect();
        let addresses = addresses.join(" ");
        let tls = self.tls.map(ToString::to_string);
        let fields = [
            "join",
            end,
            self.cloud_nonce,
            self.relay_nonce,
            self.name,
            self.origin,
            &addresses,
        ];
        let fields = fields.into_iter().chain(tls.as_deref());
        let fields: Vec<&[u8]> = fields.map(str::as_bytes).collect();
        BASE64URL_NOPAD.encode(&secret.hmac(&fields))
    }
}

/// Compares two proofs in constant time.
pub fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// Whether a relay may have this name: letters, digits and hyphens.
pub fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_secret_is_long_and_random() {
        assert!(JoinSecret::parse(&format!("{SECRET}\n")).is_ok());
        for weak in [
            "",
            "short",
            &SECRET[1..],
            &"a".repeat(64),
            &"ab".repeat(32),
            &format!("{SECRET} {SECRET}"),
            &format!("{SECRET}\n{SECRET}"),
            &SECRET.repeat(17),
        ] {
            assert!(JoinSecret::parse(weak).is_err(), "{weak:?}");
        }
    }

    #[test]
    fn a_proof_is_about_everything_in_it() {
        let secret = JoinSecret::parse(SECRET).unwrap();
        let at: [SocketAddr; 1] = ["192.0.2.7:3478".parse().unwrap()];
        let elsewhere: [SocketAddr; 1] = ["192.0.2.8:3478".parse().unwrap()];
        let terms = JoinTerms {
            cloud_nonce: "c",
            relay_nonce: "r",
            name: "north",
            origin: "https://cloud.example.org",
            addresses: &at,
            tls: None,
        };
        let other = JoinSecret::parse(&SECRET.to_uppercase()).unwrap();
        let tls = TlsPlace {
            host: "relay.example.org".to_owned(),
            port: 443,
        };
        let others = [
            terms.of_cloud(&secret),
            terms.of_relay(&other),
            JoinTerms {
                cloud_nonce: "d",
                ..terms
            }
            .of_relay(&secret),
            JoinTerms {
                relay_nonce: "d",
                ..terms
            }
            .of_relay(&secret),
            JoinTerms {
                name: "south",
                ..terms
            }
            .of_relay(&secret),
            JoinTerms {
                origin: "https://other.example.org",
                ..terms
            }
            .of_relay(&secret),
            JoinTerms {
                addresses: &elsewhere,
                ..terms
            }
            .of_relay(&secret),
            JoinTerms {
                tls: Some(&tls),
                ..terms
            }
            .of_relay(&secret),
        ];

        assert!(is_same(&terms.of_relay(&secret), &terms.of_relay(&secret)));
        for other in others {
            assert!(!is_same(&terms.of_relay(&secret), &other));
        }
    }

    #[test]
    fn no_key_of_a_relay_opens_another() {
        let north = JoinSecret::parse(SECRET).unwrap();
        let south = JoinSecret::parse(&SECRET.to_uppercase()).unwrap();
        let password = |secret: &JoinSecret| {
            let secret = secret.turn_secret();
            secret.password("1:call:agent").reveal().to_owned()
        };

        assert_ne!(password(&north), password(&south));
        assert_ne!(north.pseudonym("ana"), south.pseudonym("ana"));
        assert!(!format!("{north:?}").contains("0123"));
    }
}
