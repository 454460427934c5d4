//! CSRF protection: every request that may change something is refused unless a page of this cloud
//! sent it, by `Sec-Fetch-Site` and `Origin`. WebSockets are checked too.

use axum::extract::{Request, State as From};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::error::{self, Error};
use super::guard::is_upgrade;
use crate::config::is_loopback;
use crate::live::Live;
use crate::state::State;

/// Checks the origin of every request that may change something, WebSockets included.
pub async fn protect(From(state): From<Live>, request: Request, next: Next) -> Response {
    // With two host headers, two readers may use different ones (RFC 9112 §3.2).
    if !has_one_host(&request) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // A WebSocket begins with GET, and browsers let any site open one (ASVS 4.4.2).
    let may_change = !only_reads || is_upgrade(request.headers());
    if may_change && let Err(refusal) = check_origin(request.headers(), &state) {
        return refusal.into_response();
    }
    next.run(request).await
}

/// HTTP/2 names the host in `:authority`, and may name the same one in a header (RFC 9113 §8.3.1).
fn has_one_host(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (host, is_alone) = (hosts.next(), hosts.next().is_none());
    if request.version() == Version::HTTP_2 {
        let authority = request
            .uri()
            .authority()
            .map(|name| name.as_str().as_bytes());
        return is_alone && (host.is_none() || host.map(HeaderValue::as_bytes) == authority);
    }
    is_alone && (host.is_some() || request.version() != Version::HTTP_11)
}

/// Refuses requests from pages of other sites. Programs that are not browsers send neither header.
pub fn check_origin(headers: &HeaderMap, state: &State) -> Result<(), Error> {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    // "none" is an address that was typed or bookmarked. A sibling subdomain is another site, too.
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return Err(error::refused());
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin
        .to_str()
        .ok()
        .and_then(|text| Url::parse(text).ok())
        .ok_or_else(error::refused)?;
    if is_ours(&origin, &state.public_url) {
        Ok(())
    } else {
        Err(error::refused())
    }
}

/// Whether an address is one of this cloud.
pub fn is_ours(origin: &Url, ours: &Url) -> bool {
    // localhost, 127.0.0.1 and [::1] are the same machine, and people type any of them.
    let same_machine = is_loopback(origin)
        && is_loopback(ours)
        && origin.scheme() == ours.scheme()
        && origin.port_or_known_default() == ours.port_or_known_default();
    origin.origin() == ours.origin() || same_machine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_127_0_0_1_count_as_one_origin() {
        let ours = Url::parse("http://127.0.0.1:8080/").unwrap();
        let is_ours = |text: &str| is_ours(&Url::parse(text).unwrap(), &ours);

        assert!(is_ours("http://127.0.0.1:8080"));
        assert!(is_ours("http://localhost:8080"));
        assert!(!is_ours("http://localhost:8081"));
        assert!(!is_ours("https://localhost:8080"));
        assert!(!is_ours("http://localhost.example.org:8080"));
        assert!(!is_ours("http://example.org:8080"));
    }
}
