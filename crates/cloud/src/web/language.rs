//! The language of an answer: the account's language for signed-in people (see
//! [`crate::visitor::SignedIn`]), otherwise the one chosen in this browser, otherwise the one the
//! browser requests.

use axum::extract::{Request, State as From};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::cookies::Cookie;
use crate::language::{self, Language};
use crate::live::Live;
use crate::state::State;

/// Answers in the language of the visitor.
pub async fn choose(From(state): From<Live>, request: Request, next: Next) -> Response {
    let language = of_browser(request.headers(), &state);
    language::scope(language, next.run(request)).await
}

/// The language of a browser that is not signed in.
fn of_browser(headers: &HeaderMap, state: &State) -> Language {
    let chosen = Cookie::Language
        .read(headers, state)
        .and_then(Language::from_code);
    let wanted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?;
        Language::wanted(header.to_str().ok()?)
    };
    chosen.or_else(wanted).unwrap_or_default()
}
