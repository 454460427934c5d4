//! Our cookies (session, browser, second step, registration flow, requested page, language): bound to the host,
//! inaccessible to scripts, and `Secure` if the cloud is reached over https.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::accounts::session::Token;
use crate::state::State;
use crate::throttle::limits::KNOWN_BROWSER;

/// Makes a browser delete what our pages store in it: last pictures of cameras, and its key. Whoever uses it next must
/// not find them. "cookies" is left out: it would also delete what the browser is known by.
pub const CLEAR_STORAGE: [(&str, &str); 1] = [("clear-site-data", "\"cache\", \"storage\"")];

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

    /// An answer that sets the cookie. `max_age` in seconds; `None` ends the cookie with the browser.
    pub fn set(
        self,
        state: &State,
        value: &str,
        max_age: Option<i64>,
        answer: impl IntoResponse,
    ) -> Response {
        let mut answer = answer.into_response();
        let cookie = self.header(state, value, max_age);
        answer.headers_mut().append(header::SET_COOKIE, cookie);
        answer
    }

    /// An answer that removes the cookie.
    pub fn clear(self, state: &State, answer: impl IntoResponse) -> Response {
        self.set(state, "", Some(0), answer)
    }

    /// Gives a browser without this cookie its own secret together with a form, so that a second
    /// click on the form's button meets the flow that the first one began.
    pub fn issue(self, state: &State, headers: &HeaderMap, page: Response) -> Response {
        match self.read(headers, state) {
            Some(_) => page,
            None => self.set(state, &state.rng.token(), None, page),
        }
    }

    fn header(self, state: &State, value: &str, max_age: Option<i64>) -> HeaderValue {
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
}

/// An answer that gives the browser a session token.
pub fn with_token(state: &State, token: &Token, answer: impl IntoResponse) -> Response {
    let answer = Cookie::Session.set(state, &token.value, token.max_age, answer);
    match &token.browser {
        Some(browser) => Cookie::Browser.set(state, browser, Some(KNOWN_BROWSER), answer),
        None => answer,
    }
}
