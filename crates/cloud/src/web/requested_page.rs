//! The page that somebody requested before they had to log in: stored in a cookie of this browser for an
//! hour, and opened after Login or Register. The part behind a `#` never reaches the server; a script stores
//! that.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use proto::identity::Serial;

use super::cookies::Cookie;
use super::form_address;
use crate::state::State;

/// Longest kept address, in bytes.
const MAX_BYTES: usize = 600;
/// So long it is kept, in seconds: a registration with its mail takes less.
const KEPT_SECONDS: i64 = 3_600;
/// Pages without a recorder in their address.
const PAGES: [&str; 19] = [
    "/account",
    "/account/data",
    "/account/deletion",
    "/account/email",
    "/account/lock",
    "/account/notices",
    "/account/passkeys",
    "/account/password",
    "/account/second-factor",
    "/account/sessions",
    "/configuration",
    "/configuration/lock",
    "/devices",
    "/devices/new",
    "/devices/order",
    "/help",
    "/help/connection",
    "/live",
    "/pictures",
];
/// Pages of one recorder: what stands before and behind its serial number.
const PAGES_OF_RECORDERS: [(&str, &str); 4] = [
    ("/devices/", ""),
    ("/devices/", "/cameras"),
    ("/devices/", "/removal"),
    ("/live/", ""),
];
/// Longest identifier of a camera.
const MAX_CAMERA_ID: usize = 32;

/// The address of a page of this app that a signed-in person can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedPage(String);

impl RequestedPage {
    /// The address if it is one of this app's pages. Only those of Live view keep their query.
    pub fn parse(text: &str) -> Option<RequestedPage> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let page = page_at(path)?;
        let is_live = page == "/live" || page.starts_with("/live/");
        Some(RequestedPage(
            if is_live && !query.is_empty() && query.bytes().all(is_plain) {
                format!("{page}?{query}")
            } else {
                page
            },
        ))
    }

    /// The page of a request; for a form, the page where it was filled in.
    pub fn of(parts: &Parts) -> Option<RequestedPage> {
        if parts.method == Method::GET {
            RequestedPage::parse(parts.uri.path_and_query()?.as_str())
        } else {
            RequestedPage::parse(&form_address::of(parts.uri.path()))
        }
    }

    /// The page that this browser asked for, if any.
    pub fn kept(headers: &HeaderMap, state: &State) -> Option<RequestedPage> {
        RequestedPage::parse(Cookie::Requested.read(headers, state)?)
    }

    /// Whether it is the form for another recorder.
    pub fn is_add_device(&self) -> bool {
        self.0 == "/devices/new"
    }

    /// Its address for somebody who has just logged in. The form for another recorder is told that a link led here,
    /// because the part behind the `#` may be in another tab.
    pub fn after_log_in(&self) -> &str {
        if self.is_add_device() {
            "/devices/new?linked=1"
        } else {
            &self.0
        }
    }

    /// Its address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An answer that keeps it.
    pub fn keep(&self, state: &State, answer: Response) -> Response {
        Cookie::Requested.set(state, &self.0, Some(KEPT_SECONDS), answer)
    }
}

/// The page at this path, rebuilt from its parts.
fn page_at(path: &str) -> Option<String> {
    if let Some(page) = PAGES.iter().find(|page| **page == path) {
        return Some((*page).to_owned());
    }
    for (before, behind) in PAGES_OF_RECORDERS {
        let serial = path
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(behind));
        if let Some(serial) = serial.and_then(|serial| serial.parse::<Serial>().ok()) {
            return Some(format!("{before}{serial}{behind}"));
        }
    }
    let (serial, camera) = path.strip_prefix("/live/")?.split_once('/')?;
    let serial: Serial = serial.parse().ok()?;
    let is_id = (1..=MAX_CAMERA_ID).contains(&camera.len())
        && camera
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    is_id.then(|| format!("/live/{serial}/{camera}"))
}

/// Whether a byte of a query may appear unescaped in a cookie and in a header.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%&=+:".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIAL: &str = "PV-0123-4567-89ABZ";

    fn parse(text: &str) -> Option<String> {
        RequestedPage::parse(text).map(|page| page.0)
    }

    #[test]
    fn pages_of_the_app_are_kept_with_live_views_query() {
        for text in [
            "/devices/new",
            "/live",
            "/live?layout=4&page=2",
            &format!("/live/{SERIAL}/cam_1-a?layout=9"),
            &format!("/devices/{SERIAL}"),
            &format!("/devices/{SERIAL}/removal"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(text));
        }
        assert_eq!(parse("/help?x=1").as_deref(), Some("/help"));
        assert_eq!(parse("/live?x=;a").as_deref(), Some("/live"));
    }

    #[test]
    fn no_other_address_is_kept() {
        for text in [
            "",
            "/",
            "//evil.example",
            "/login",
            "/logout",
            "/demo/mailbox",
            "https://evil.example/live",
            "/live/../login",
            "/live/nothing/1",
            &format!("/live/{SERIAL}/.."),
            &format!("/live/{SERIAL}/a/b"),
            &format!("/live/{SERIAL}/{}", "a".repeat(33)),
            &format!("/live?{}", "a".repeat(600)),
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
