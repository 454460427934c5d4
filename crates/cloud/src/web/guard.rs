//! Who is asking, and from where: sessions, the origin of requests, the address of clients, and
//! the headers that every answer carries.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

use super::cookies::Cookie;
use super::error::{self, Error};
use crate::accounts::session;
use crate::config::is_loopback;
use crate::state::State;

/// The signed-in person; as an argument of a page function it sends others to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Identifier of the account.
    pub account_id: String,
    /// Its user name.
    pub user_name: String,
    /// Its address.
    pub email: String,
    /// Identifier of the session, not its secret. See [`crate::state::Parts::ended_sessions`].
    pub session_id: String,
}

impl SignedIn {
    /// Who sent these headers, if anybody is signed in.
    pub async fn find(headers: &HeaderMap, state: &State) -> Result<Option<SignedIn>, Error> {
        let Some(token) = Cookie::Session.read(headers, state) else {
            return Ok(None);
        };
        let session = session::find(state, token).await?;
        Ok(session.map(|session| SignedIn {
            account_id: session.account_id,
            user_name: session.user_name,
            email: session.email,
            session_id: session.id,
        }))
    }
}

impl FromRequestParts<State> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<SignedIn, Response> {
        let found = SignedIn::find(&parts.headers, state)
            .await
            .map_err(IntoResponse::into_response)?;
        found.ok_or_else(|| {
            if wants_page(&parts.headers) {
                Redirect::to("/login").into_response()
            } else {
                error::signed_out().into_response()
            }
        })
    }
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("text/html");
    !is_upgrade(headers) && (accept.contains("text/html") || accept.trim() == "*/*")
}

/// Where a request came from, as limits count it: an IPv4 address or the first half of an IPv6 one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client(pub String);

impl Client {
    /// The key of an address.
    pub fn of(ip: IpAddr) -> Client {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Client(ip.to_string()),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                Client(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
            }
        }
    }
}

impl FromRequestParts<State> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Client, Error> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .ok_or_else(error::broken)?;
        Ok(Client::of(peer.0.ip()))
    }
}

/// Refuses what a page of another site sent. Programs that are not browsers send neither header.
pub fn check_origin(headers: &HeaderMap, state: &State) -> Result<(), Error> {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
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

fn is_ours(origin: &Url, ours: &Url) -> bool {
    // localhost, 127.0.0.1 and [::1] are one machine, and people type any of them.
    let same_machine = is_loopback(origin)
        && is_loopback(ours)
        && origin.scheme() == ours.scheme()
        && origin.port_or_known_default() == ours.port_or_known_default();
    origin.origin() == ours.origin() || same_machine
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE)
}

/// Checks the origin of everything that may change something, WebSockets included.
pub async fn protect(
    axum::extract::State(state): axum::extract::State<State>,
    request: Request,
    next: Next,
) -> Response {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let may_change = !only_reads || is_upgrade(request.headers());
    if may_change && let Err(refusal) = check_origin(request.headers(), &state) {
        return refusal.into_response();
    }
    next.run(request).await
}

/// Puts the headers on every answer that keep browsers careful.
pub async fn add_headers(
    axum::extract::State(state): axum::extract::State<State>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED_HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        content_security_policy(&state),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if state.is_https() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000"),
        );
    }
    response
}

/// `same-origin`, not `no-referrer`: the latter makes browsers send `Origin: null` with our own forms.
const FIXED_HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(self), microphone=(self), fullscreen=(self), geolocation=(), usb=()",
    ),
];

fn content_security_policy(state: &State) -> HeaderValue {
    // 'self' does not cover WebSockets in every browser, so they are named.
    let mut socket_origin = state.public_url.clone();
    let scheme = if state.is_https() { "wss" } else { "ws" };
    socket_origin
        .set_scheme(scheme)
        .expect("http and ws are both special schemes");
    let socket_origin = socket_origin.as_str().trim_end_matches('/');
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self' {socket_origin}; media-src 'self' blob:; worker-src 'self'; \
         manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    );
    HeaderValue::from_str(&text).expect("a URL's origin is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ipv6_network_is_one_client() {
        let client = |text: &str| Client::of(text.parse().unwrap());

        assert_eq!(client("2001:db8:1:2:3::4"), client("2001:db8:1:2:ffff::1"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
    }

    #[test]
    fn names_of_this_machine_are_one_origin() {
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
