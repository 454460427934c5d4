//! Who starts a session, and how: what every way in ends with.

use data_encoding::BASE64URL_NOPAD;

use crate::visitor::Browser;

/// The public half of a browser's P-256 key: an uncompressed point, base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserKey(String);

impl BrowserKey {
    /// Reads what a browser sent; what is no key is as good as none.
    pub fn parse(text: &str) -> Option<BrowserKey> {
        let point = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        (point.len() == 65 && point[0] == 4).then(|| BrowserKey(text.to_owned()))
    }

    /// As the browser sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who starts a session, and how.
pub struct SignIn<'a> {
    /// Whose it will be.
    pub account_id: &'a str,
    /// Stay signed in after the browser ends.
    pub auto_login: bool,
    /// What renews it with Auto-login; without one it lives shorter.
    pub key: Option<BrowserKey>,
    /// Where.
    pub browser: &'a Browser,
    /// Wrong passwords before it.
    pub n_failed: i64,
}
