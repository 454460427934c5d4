//! The ICE credentials in a description (RFC 8839 §5.4). Their holder signs connectivity checks,
//! and so proves to a relay that it wants the packets of this call.

use std::fmt;

use zeroize::Zeroizing;

use crate::call::limits::MAX_ICE_CREDENTIALS;

/// User name fragment and password of one ICE agent; its `Debug` hides the password.
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredential {
    ufrag: String,
    password: Zeroizing<String>,
}

impl IceCredential {
    /// Accepts a fragment and a password in the form of RFC 8839.
    pub fn new(ufrag: &str, password: &str) -> Option<IceCredential> {
        let is_fit = |text: &str, least: usize| {
            (least..=256).contains(&text.len())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
        };
        // RFC 8839 §5.4: 4 to 256 characters of `ice-char`, in a password at least 22.
        (is_fit(ufrag, 4) && is_fit(password, 22)).then(|| IceCredential {
            ufrag: ufrag.to_owned(),
            password: Zeroizing::new(password.to_owned()),
        })
    }

    /// The part that appears in the USERNAME of checks.
    pub fn ufrag(&self) -> &str {
        &self.ufrag
    }

    /// The key for checks sent to its owner, and for its owner's answers.
    pub fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for IceCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IceCredential({}, redacted)", self.ufrag)
    }
}

/// Collects the credentials of a description, line by line.
#[derive(Default)]
pub(super) struct CredentialReader<'a> {
    session: Section<'a>,
    media: Vec<Section<'a>>,
}

#[derive(Default, Clone, Copy)]
struct Section<'a> {
    ufrag: Option<&'a str>,
    password: Option<&'a str>,
}

impl<'a> CredentialReader<'a> {
    pub(super) fn line(&mut self, line: &'a str) {
        if line.starts_with("m=") {
            return self.media.push(Section::default());
        }
        let section = self.media.last_mut().unwrap_or(&mut self.session);
        if let Some(ufrag) = line.strip_prefix("a=ice-ufrag:") {
            section.ufrag = Some(ufrag);
        } else if let Some(password) = line.strip_prefix("a=ice-pwd:") {
            section.password = Some(password);
        }
    }

    /// Each credential once: all m-lines of a bundle have the same one.
    pub(super) fn finish(self) -> Vec<IceCredential> {
        let mut found: Vec<IceCredential> = Vec::new();
        for section in self.media {
            // An m-line without its own attributes has those of the session (RFC 8839 §5.4).
            let ufrag = section.ufrag.or(self.session.ufrag);
            let password = section.password.or(self.session.password);
            let credential = ufrag
                .zip(password)
                .and_then(|(ufrag, password)| IceCredential::new(ufrag, password));
            if let Some(credential) = credential
                && found.len() < MAX_ICE_CREDENTIALS
                && !found.contains(&credential)
            {
                found.push(credential);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "a/password+of22letters";

    fn read(sdp: &str) -> Vec<IceCredential> {
        let mut reader = CredentialReader::default();
        sdp.lines().for_each(|line| reader.line(line));
        reader.finish()
    }

    #[test]
    fn session_and_media_credentials_are_found_once() {
        let sdp = format!(
            "a=ice-ufrag:Kx7a\na=ice-pwd:{PASSWORD}\nm=video\nm=audio\n\
             m=application\na=ice-ufrag:else\na=ice-pwd:{PASSWORD}xx\n"
        );

        let expected = [
            ("Kx7a", PASSWORD.to_owned()),
            ("else", format!("{PASSWORD}xx")),
        ]
        .map(|(ufrag, password)| IceCredential::new(ufrag, &password).unwrap());
        assert_eq!(read(&sdp), expected);
    }

    #[test]
    fn malformed_credentials_are_ignored() {
        for sdp in [
            "m=video\na=ice-ufrag:Kx7a\n".to_owned(),
            format!("m=video\na=ice-ufrag:abc\na=ice-pwd:{PASSWORD}\n"),
            "m=video\na=ice-ufrag:Kx7a\na=ice-pwd:short\n".to_owned(),
            format!("m=video\na=ice-ufrag:K:7a\na=ice-pwd:{PASSWORD}\n"),
            format!("a=ice-ufrag:Kx7a\na=ice-pwd:{PASSWORD}\n"),
        ] {
            assert_eq!(read(&sdp), [], "{sdp}");
        }
    }

    #[test]
    fn the_number_of_credentials_in_a_description_is_limited() {
        let sdp: String = (0..100)
            .map(|n| format!("m=video\na=ice-ufrag:frag{n}\na=ice-pwd:{PASSWORD}\n"))
            .collect();

        assert_eq!(read(&sdp).len(), MAX_ICE_CREDENTIALS);
    }

    #[test]
    fn debug_output_never_shows_the_password() {
        let credential = IceCredential::new("Kx7a", PASSWORD).unwrap();

        assert!(!format!("{credential:?}").contains(PASSWORD));
    }
}
