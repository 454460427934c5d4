//! Who starts a session and how: the last step of every way in.

use data_encoding::BASE64URL_NOPAD;

use crate::visitor::Browser;

/// The public half of a browser's P-256 key: an uncompressed point, base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserKey(String);

impl BrowserKey {
    /// Reads what a browser sent; an invalid key is treated like none.
    pub fn parse(text: &str) -> Option<BrowserKey> {
        let point = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        // 4 and two coordinates of 32 bytes: an uncompressed point (SEC 1 §2.3.3).
        (point.len() == 65 && point[0] == 4).then(|| BrowserKey(text.to_owned()))
    }

    /// As the browser sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who starts a session, and how.
pub struct SignIn<'a> {
    /// Account that the session will belong to.
    pub account_id: &'a str,
    /// Stay signed in after the browser ends.
    pub auto_login: bool,
    /// Key that renews it with Auto-login; without one it lives shorter.
    pub key: Option<BrowserKey>,
    /// The browser that signs in, and its place.
    pub browser: &'a Browser,
    /// Wrong passwords in a row before this one.
    pub n_failed: i64,
}
