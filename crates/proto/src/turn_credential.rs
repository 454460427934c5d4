//! TURN REST credentials: `<unix expiry>:<call id>:<role>` and an HMAC-SHA1 of it.
//!
//! The cloud creates one per party of a call. The relay (ours, or any TURN server with the same
//! shared secret) checks it without a database. HMAC-SHA1 is required by the specification
//! (draft-uberti-behave-turn-rest-00) and used by every implementation.

use std::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Longest accepted username in bytes.
pub const MAX_USERNAME_BYTES: usize = 96;
/// Longest accepted call id in bytes.
pub const MAX_CALL_ID_BYTES: usize = 64;
/// Most digits an expiry may have (enough until the year 33658).
const MAX_EXPIRY_DIGITS: usize = 12;

/// The two ends of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The person who watches.
    Viewer,
    /// The agent near the recorder.
    Agent,
}

impl Role {
    /// Returns the word that stands for this role in a username.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Agent => "agent",
        }
    }

    /// Returns the role at the other end of the call.
    pub fn other(self) -> Role {
        match self {
            Role::Viewer => Role::Agent,
            Role::Agent => Role::Viewer,
        }
    }
}

/// Why a TURN credential cannot be created or accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The call id is empty, too long or contains other characters than letters, digits, `-` and
    /// `_`.
    #[error("the call id is not a valid one")]
    CallId,
    /// The username is not `<unix expiry>:<call id>:<role>`.
    #[error("the username must have the form expiry:call:role")]
    Malformed,
    /// The time in the username has passed.
    #[error("the credential has expired")]
    Expired,
    /// The password does not belong to the username.
    #[error("the password is wrong")]
    WrongPassword,
}

/// The secret shared by the cloud and its TURN servers.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the configured bytes of the secret; it should have at least 128 bits of entropy.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Computes the password of a username: base64(HMAC-SHA1(secret, username)).
    pub fn password(&self, username: &str) -> TurnPassword {
        let mut mac =
            Hmac::<Sha1>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(username.as_bytes());
        TurnPassword(Zeroizing::new(BASE64.encode(&mac.finalize().into_bytes())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// The password of one username; its `Debug` shows nothing.
#[derive(Clone)]
pub struct TurnPassword(Zeroizing<String>);

impl TurnPassword {
    /// Returns the text that goes to the one party it was made for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TurnPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

/// The credential that one party of a call presents to the relay.
#[derive(Clone, Debug)]
pub struct Credential {
    /// `<unix expiry>:<call id>:<role>`.
    pub username: String,
    /// base64(HMAC-SHA1(secret, username)).
    pub password: TurnPassword,
}

/// Creates the credential of `role` in `call`, valid until `now_unix + ttl_s` seconds.
///
/// # Errors
/// [`CredentialError::CallId`] when the call id could not be read back.
pub fn mint(
    secret: &Secret,
    call: &str,
    role: Role,
    now_unix: u64,
    ttl_s: u64,
) -> Result<Credential, CredentialError> {
    if !is_call_id(call) {
        return Err(CredentialError::CallId);
    }
    // As many digits as `Username::parse` reads.
    let expires_at = now_unix.saturating_add(ttl_s).min(999_999_999_999);
    let username = format!("{expires_at}:{call}:{}", role.as_str());
    let password = secret.password(&username);
    Ok(Credential { username, password })
}

/// The contents of a username; nothing in it is proven yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Username<'a> {
    /// The first second, since the Unix epoch, at which it is no longer accepted.
    pub expires_at_unix: u64,
    /// The call that it is for.
    pub call: &'a str,
    /// The end of the call that it is for.
    pub role: Role,
}

impl<'a> Username<'a> {
    /// Reads a username strictly: exactly three parts, canonical digits, known role.
    ///
    /// # Errors
    /// [`CredentialError::Malformed`] for everything that [`mint`] would not have written.
    pub fn parse(text: &'a str) -> Result<Self, CredentialError> {
        if text.len() > MAX_USERNAME_BYTES {
            return Err(CredentialError::Malformed);
        }
        let mut parts = text.split(':');
        let (Some(expiry), Some(call), Some(role), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(CredentialError::Malformed);
        };
        let is_canonical = !expiry.is_empty()
            && expiry.len() <= MAX_EXPIRY_DIGITS
            && expiry.bytes().all(|b| b.is_ascii_digit())
            && (expiry == "0" || !expiry.starts_with('0'));
        if !is_canonical || !is_call_id(call) {
            return Err(CredentialError::Malformed);
        }
        Ok(Self {
            expires_at_unix: expiry.parse().map_err(|_| CredentialError::Malformed)?,
            call,
            role: match role {
                "viewer" => Role::Viewer,
                "agent" => Role::Agent,
                _ => return Err(CredentialError::Malformed),
            },
        })
    }

    /// Whether the credential is still valid at `now_unix`.
    pub fn is_valid_at(&self, now_unix: u64) -> bool {
        now_unix < self.expires_at_unix
    }
}

/// Verifies a username and its password and returns the contents of the username.
///
/// # Errors
/// Malformed, wrong password (compared in constant time), then expired, in this order.
pub fn verify<'a>(
    secret: &Secret,
    username: &'a str,
    password: &str,
    now_unix: u64,
) -> Result<Username<'a>, CredentialError> {
    let parsed = Username::parse(username)?;
    let expected = secret.password(username);
    let is_equal: bool = expected
        .reveal()
        .as_bytes()
        .ct_eq(password.as_bytes())
        .into();
    if !is_equal {
        return Err(CredentialError::WrongPassword);
    }
    // Last: without the secret nobody learns whether a username has expired.
    if !parsed.is_valid_at(now_unix) {
        return Err(CredentialError::Expired);
    }
    Ok(parsed)
}

fn is_call_id(call: &str) -> bool {
    !call.is_empty()
        && call.len() <= MAX_CALL_ID_BYTES
        && call
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret() -> Secret {
        Secret::new(*b"north")
    }

    #[test]
    fn a_minted_credential_is_accepted_until_it_expires() {
        let credential = mint(&secret(), "call-1", Role::Viewer, 1_000, 60).unwrap();

        let password = credential.password.reveal();
        let read = verify(&secret(), &credential.username, password, 1_059).unwrap();

        assert_eq!(credential.username, "1060:call-1:viewer");
        assert_eq!((read.call, read.role), ("call-1", Role::Viewer));
        assert_eq!(
            verify(&secret(), &credential.username, password, 1_060),
            Err(CredentialError::Expired)
        );
    }

    /// RFC 2202 test case 2 with the text as username.
    #[test]
    fn the_password_matches_the_published_hmac() {
        let password = Secret::new(*b"Jefe").password("what do ya want for nothing?");

        assert_eq!(password.reveal(), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
    }

    #[test]
    fn a_password_is_valid_for_its_call_role_and_secret() {
        let credential = mint(&secret(), "call-1", Role::Viewer, 0, 60).unwrap();
        let password = credential.password.reveal();

        for (secret, username) in [
            (secret(), "60:call-2:viewer"),
            (secret(), "60:call-1:agent"),
            (secret(), "61:call-1:viewer"),
            (Secret::new(*b"south"), "60:call-1:viewer"),
        ] {
            assert_eq!(
                verify(&secret, username, password, 0),
                Err(CredentialError::WrongPassword),
                "{username}"
            );
        }
    }

    #[test]
    fn every_other_spelling_of_a_username_is_malformed() {
        let long = format!("1:{}:viewer", "a".repeat(MAX_CALL_ID_BYTES + 1));
        for text in [
            "",
            ":",
            "::",
            "1:a",
            "1:a:viewer:",
            "1:a:viewer:b",
            "1::viewer",
            "01:a:viewer",
            "+1:a:viewer",
            "-1:a:viewer",
            " 1:a:viewer",
            "1:a b:viewer",
            "1:a/b:viewer",
            "1:ä:viewer",
            "1:a:Viewer",
            "1:a:admin",
            "1234567890123:a:viewer",
            &long,
        ] {
            assert_eq!(
                Username::parse(text),
                Err(CredentialError::Malformed),
                "{text:?}"
            );
        }
    }

    #[test]
    fn no_credential_is_minted_for_an_invalid_call_id() {
        for call in ["", "a:b", "a b", &"x".repeat(MAX_CALL_ID_BYTES + 1)] {
            assert!(
                mint(&secret(), call, Role::Agent, 0, 1).is_err(),
                "{call:?}"
            );
        }
    }

    #[test]
    fn debug_output_never_shows_a_secret() {
        let credential = mint(&secret(), "call-1", Role::Agent, 0, 60).unwrap();

        let shown = format!("{:?} {:?}", secret(), credential);

        assert!(!shown.contains("north") && !shown.contains(credential.password.reveal()));
    }

    proptest! {
        #[test]
        fn reading_a_username_never_panics(text in ".{0,120}") {
            if let Ok(read) = Username::parse(&text) {
                prop_assert_eq!(
                    format!("{}:{}:{}", read.expires_at_unix, read.call, read.role.as_str()),
                    text
                );
            }
        }
    }
}
