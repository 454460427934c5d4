//! Some mail gateways write `%23` for the `#` of a mailed link. Its secret then reaches the server
//! as part of an unknown path; the visitor is redirected to the intended page.

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// Pages that read something after the `#`.
pub const PAGES: [&str; 6] = [
    "/account/email/button",
    "/devices/new",
    "/forgot/button",
    "/not-me",
    "/register/button",
    "/setup",
];
/// Longest value that any of them reads.
const MAX_BYTES: usize = 100;

/// Redirects to the page that a link with `%23` means; all other requests continue.
pub async fn mend(request: Request, next: Next) -> Response {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    match mended(request.uri().path()) {
        Some(address) if is_read => Redirect::to(&address).into_response(),
        _ => next.run(request).await,
    }
}

/// The intended address. Text that cannot be one of our secrets is left out, and the page then asks for it.
fn mended(path: &str) -> Option<String> {
    let (page, secret) = path.split_once("%23")?;
    let page = PAGES.iter().find(|known| **known == page)?;
    // What follows /devices/new# has a colon in it, which gateways escape as well.
    let secret = secret.replace("%3A", ":").replace("%3a", ":");
    let is_fine = |b: u8| b.is_ascii_alphanumeric() || b"-_:".contains(&b);
    let is_secret = secret.len() <= MAX_BYTES && !secret.is_empty() && secret.bytes().all(is_fine);
    Some(if is_secret {
        format!("{page}#{secret}")
    } else {
        (*page).to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_fragment_is_repaired_in_known_links_only() {
        for (path, address) in [
            ("/register/button%23ABCD", Some("/register/button#ABCD")),
            ("/devices/new%23PV-12:ab", Some("/devices/new#PV-12:ab")),
            ("/devices/new%23PV-12%3Aab", Some("/devices/new#PV-12:ab")),
            ("/setup%23a_b-C", Some("/setup#a_b-C")),
            ("/not-me%23", Some("/not-me")),
            ("/not-me%23a%0d%0ab", Some("/not-me")),
            ("/not-me%23//evil.example", Some("/not-me")),
            ("/not-me", None),
            ("/login%23ABCD", None),
            ("//evil.example/not-me%23AB", None),
        ] {
            assert_eq!(mended(path).as_deref(), address, "{path}");
        }
        let long = format!("/setup%23{}", "a".repeat(MAX_BYTES + 1));
        assert_eq!(mended(&long).as_deref(), Some("/setup"));
    }
}
