//! Our cookies (session, browser, second step, registration flow, requested page, language): bound to the host,
//! inaccessible to scripts, and `Secure` if the cloud is reached over https.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use crate::accounts::session::Token;
use crate::state::State;
use crate::throttle::limits::KNOWN_BROWSER;

/// A cookie that this cloud sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The token of the session.
    Session,
    /// Identifies the browser: it signs nobody in, but determines whose key may.
    Browser,
    /// An attempt whose password was right and whose second factor is pending.
    SecondStep,
    /// Which registration this browser is in.
    Flow,
    /// Which password reset this browser is in.
    Reset,
    /// The page that was asked for before log in.
    Requested,
    /// The language chosen while signed out.
    Language,
}

impl Cookie {
    fn base_name(self) -> &'static str {
        match self {
            Cookie::Session => "session",
            Cookie::Browser => "browser",
            Cookie::SecondStep => "second-step",
            Cookie::Flow => "flow",
            Cookie::Reset => "reset",
            Cookie::Requested => "requested",
            Cookie::Language => "language",
        }
    }

    /// Plain http is used only on this machine, where not every client accepts `Secure` cookies.
    fn name(self, state: &State) -> String {
        // Other hosts of the domain cannot set a `__Host-` cookie (RFC 6265bis §4.1.3.2).
        let prefix = if state.is_https() { "__Host-" } else { "" };
        format!("{prefix}{}", self.base_name())
    }

    /// Its value in a request.
    pub fn read<'a>(self, headers: &'a HeaderMap, state: &State) -> Option<&'a str> {
        let name = self.name(state);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// A `Set-Cookie` value. `max_age` in seconds; `None` ends the cookie with the browser.
    pub fn set(self, state: &State, value: &str, max_age: Option<i64>) -> HeaderValue {
        let secure = if state.is_https() { "; Secure" } else { "" };
        let max_age = max_age
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        // Lax and not Strict: whoever follows a link from a mail has to arrive signed in.
        let text = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{max_age}",
            self.name(state)
        );
        HeaderValue::from_str(&text).expect(
            "tokens are base64url, tags of languages letters and dashes, and addresses plain",
        )
    }

    /// Gives a browser without this cookie its own secret together with a form, so that a second
    /// click on the form's button meets the flow that the first one began.
    pub fn issue(self, state: &State, headers: &HeaderMap, mut page: Response) -> Response {
        if self.read(headers, state).is_none() {
            let cookie = self.set(state, &state.rng.token(), None);
            page.headers_mut().append(header::SET_COOKIE, cookie);
        }
        page
    }

    /// A `Set-Cookie` value that removes the cookie.
    pub fn clear(self, state: &State) -> HeaderValue {
        self.set(state, "", Some(0))
    }
}

/// The cookies that contain a session token.
pub fn of_token(state: &State, token: &Token) -> Vec<(HeaderName, HeaderValue)> {
    let session = Cookie::Session.set(state, &token.value, token.max_age);
    let browser = token.browser.as_ref();
    let browser = browser.map(|value| Cookie::Browser.set(state, value, Some(KNOWN_BROWSER)));
    std::iter::once(session)
        .chain(browser)
        .map(|value| (header::SET_COOKIE, value))
        .collect()
}
