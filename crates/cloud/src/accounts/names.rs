//! Which mail addresses and user names are accepted, and the canonical form in which two are the same.

use std::fmt;

use url::Host;

/// Longest address (RFC 5321 §4.5.3.1.3, less the angle brackets).
const MAX_EMAIL_BYTES: usize = 254;
/// Longest part before the `@` (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
const MIN_USER_NAME: usize = 3;
const MAX_USER_NAME: usize = 32;

/// Why a mail address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address")]
pub struct BadEmail;

impl BadEmail {
    /// What is wrong, for the person who typed it.
    pub fn words(self) -> String {
        say!("email-bad")
    }
}

/// A mail address that a mail server would accept.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    text: String,
    key: String,
}

impl Email {
    /// Reads what somebody typed; spaces around it do not count.
    pub fn parse(typed: &str) -> Result<Email, BadEmail> {
        let text = typed.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(BadEmail)?;
        if text.len() > MAX_EMAIL_BYTES || !is_dot_atom(local) || local.len() > MAX_LOCAL_BYTES {
            return Err(BadEmail);
        }
        // In its IDNA form, so one host has one spelling. IP addresses are refused.
        let Ok(Host::Domain(ascii)) = Host::parse(domain) else {
            return Err(BadEmail);
        };
        // Mail needs a public host name: two labels at least, and no underscore (RFC 1123 §2.1).
        if !ascii.contains('.') || ascii.split('.').any(str::is_empty) || ascii.contains('_') {
            return Err(BadEmail);
        }
        let text = format!("{local}@{ascii}");
        // The library that sends mails has the last word; otherwise an address would fail only after the form.
        text.parse::<lettre::Address>().map_err(|_| BadEmail)?;
        Ok(Email {
            key: text.to_lowercase(),
            text,
        })
    }

    /// As it was typed, with the host in its ASCII form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form in which two are the same.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(hidden)")
    }
}

/// A dot-atom (RFC 5322 §3.2.3). Quoted and non-ASCII forms are refused: hardly any mail server accepts them.
fn is_dot_atom(local: &str) -> bool {
    let is_atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.split('.').all(is_atom)
}

/// Why a user name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a user name")]
pub struct BadUserName;

impl BadUserName {
    /// What is wrong, for the person who typed it.
    pub fn words(self) -> String {
        say!("user-name-bad", min = MIN_USER_NAME, max = MAX_USER_NAME)
    }
}

/// A user name in an accepted form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName {
    text: String,
    key: String,
}

impl UserName {
    /// Reads what somebody typed; spaces around it do not count.
    pub fn parse(typed: &str) -> Result<UserName, BadUserName> {
        let text = typed.trim();
        let fits = (MIN_USER_NAME..=MAX_USER_NAME).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && text.starts_with(|first: char| first.is_ascii_alphanumeric());
        if !fits {
            return Err(BadUserName);
        }
        Ok(UserName {
            key: text.to_ascii_lowercase(),
            text: text.to_owned(),
        })
    }

    /// The name as it was typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form in which two are the same.
    pub fn key(&self) -> &str {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_addresses_are_accepted_and_compared_without_case() {
        for (typed, key) in [
            ("anna@example.org", "anna@example.org"),
            (" Anna.Berg+cam@Example.ORG ", "anna.berg+cam@example.org"),
            ("o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"),
            ("anna@müller.example", "anna@xn--mller-kva.example"),
        ] {
            assert_eq!(
                Email::parse(typed).map(|email| email.key),
                Ok(key.to_owned()),
                "{typed}"
            );
        }
    }

    #[test]
    fn invalid_email_addresses_are_refused() {
        for typed in [
            "",
            "anna",
            "@example.org",
            "anna@",
            "anna@localhost",
            "anna@127.0.0.1",
            "anna@[::1]",
            "a b@example.org",
            "anna@exa mple.org",
            ".anna@example.org",
            "anna..b@example.org",
            "anna@example.org\r\nBcc: ben@example.org",
            "anna\0@example.org",
            "anna@example..org",
            "\"anna\"@example.org",
            "änna@example.org",
            "anna@ex\u{202e}ample.org",
            "anna@example.org,ben@example.org",
            "Anna <anna@example.org>",
            "😀@example.org",
        ] {
            assert_eq!(Email::parse(typed), Err(BadEmail), "{typed:?}");
        }
        assert_eq!(
            Email::parse(&format!("{}@example.org", "a".repeat(65))),
            Err(BadEmail)
        );
        assert_eq!(
            Email::parse(&format!("anna@{}.org", "a.".repeat(130))),
            Err(BadEmail)
        );
    }

    #[test]
    fn user_names_have_3_to_32_plain_characters() {
        for good in ["ana", "Ana.Berg", "a-1", "x".repeat(32).as_str()] {
            assert!(UserName::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "an",
            "a@b",
            "ana\0",
            "ana\u{202e}",
            "anna😀",
            "án na",
            ".ana",
            "_ana",
            "x".repeat(33).as_str(),
        ] {
            assert_eq!(UserName::parse(bad), Err(BadUserName), "{bad:?}");
        }
        assert_eq!(
            UserName::parse("ANA").unwrap().key(),
            UserName::parse("ana").unwrap().key()
        );
    }

    proptest! {
        #[test]
        fn any_text_is_handled_and_control_characters_never_pass(text in any::<String>()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(!email.as_str().chars().any(|c| c.is_control() || c.is_whitespace()));
            }
            prop_assert!(UserName::parse(&text).is_ok_and(|name| name.as_str().is_ascii()) || UserName::parse(&text).is_err());
        }
    }
}
