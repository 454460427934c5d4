//! The login inside a request: WS-Security UsernameToken with PasswordDigest. The password itself is
//! never sent.

use std::fmt;

use data_encoding::BASE64;
use sha1::{Digest, Sha1};

use crate::clock::written;
use crate::xml::escaped;

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const PROFILE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";
const MESSAGE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0";

/// What one token is made of. Each request needs a new nonce and time, since devices refuse repeats.
pub struct UsernameToken<'a> {
    /// User name on the device.
    pub user: &'a str,
    /// Password of `user`.
    pub password: &'a str,
    /// Random.
    pub nonce: [u8; 16],
    /// Seconds since 1970 on the device's clock.
    pub created: i64,
}

impl fmt::Debug for UsernameToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UsernameToken(hidden)")
    }
}

impl UsernameToken<'_> {
    /// The header of an envelope.
    pub fn header(&self) -> String {
        let created = written(self.created);
        let digest = password_digest(&self.nonce, &created, self.password);
        let user = escaped(self.user);
        let nonce = BASE64.encode(&self.nonce);
        format!(
            "<Security s:mustUnderstand=\"1\" xmlns=\"{WSSE}\"><UsernameToken>\
             <Username>{user}</Username>\
             <Password Type=\"{PROFILE}#PasswordDigest\">{digest}</Password>\
             <Nonce EncodingType=\"{MESSAGE}#Base64Binary\">{nonce}</Nonce>\
             <Created xmlns=\"{WSU}\">{created}</Created>\
             </UsernameToken></Security>"
        )
    }
}

/// UsernameToken Profile 1.0 §3.1: Base64(SHA-1(nonce + created + password)), with the raw nonce.
fn password_digest(nonce: &[u8], created: &str, password: &str) -> String {
    let digest = Sha1::new()
        .chain_update(nonce)
        .chain_update(created)
        .chain_update(password)
        .finalize();
    BASE64.encode(&digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_onvif_programmers_guide() {
        // ONVIF Application Programmer's Guide 1.0 §6.1.1.3: its own example.
        let nonce = BASE64.decode(b"LKqI6G/AikKCQrN0zqZFlg==").expect("Base64");

        let digest = password_digest(&nonce, "2010-09-16T07:50:45Z", "userpassword");

        assert_eq!(digest, "tuOSpGlFlIXsozq4HFNeeGeFLEI=");
    }

    #[test]
    fn a_token_shows_neither_password_nor_markup() {
        let token = UsernameToken {
            user: "a<b",
            password: "s3cret",
            nonce: [7; 16],
            created: 0,
        };

        let header = token.header();

        assert!(!header.contains("s3cret") && !format!("{token:?}").contains("s3cret"));
        assert!(header.contains("<Username>a&lt;b</Username>"), "{header}");
        assert!(header.contains("1970-01-01T00:00:00Z"));
    }
}
