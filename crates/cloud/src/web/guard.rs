//! Who is asking, and from where: sessions, the origin of requests, the address of clients, and
//! the headers that every answer carries.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

pub use super::forwarded::ClientIp;

use super::cookies::Cookie;
use super::error::{self, Error};
use super::pages::renewal;
use super::target::Target;
use crate::accounts::{self, session, step_up};
use crate::audit::Asker;
use crate::config::is_loopback;
use crate::db::behind_pages;
use crate::db::sessions::Session;
use crate::language::{self, Language};
use crate::server::Seat;
use crate::state::State;

/// Longest name of a browser that is kept, in characters.
const MAX_USER_AGENT: usize = 200;
/// Where the second factor is turned on.
const SECOND_FACTOR: &str = "/account/second-factor";
/// Characters of a token of 256 bits.
const TOKEN_BYTES: usize = 43;

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
    /// With Auto-login.
    pub persistent: bool,
    /// Seconds until this browser's key has to renew the session; `None` when no key does.
    pub renews_in: Option<i64>,
    /// Last time the password was given, seconds since 1970.
    pub proven_at: i64,
    /// An operator who has yet to turn on the second factor, and may do nothing else before.
    pub lacks_factor: bool,
}

impl SignedIn {
    /// Who sent these headers, if anybody is signed in.
    pub async fn find(headers: &HeaderMap, state: &State) -> Result<Option<SignedIn>, Error> {
        let Some(token) = Cookie::Session.read(headers, state) else {
            return Ok(None);
        };
        let session = session::find(state, token).await?;
        let chosen = session
            .as_ref()
            .and_then(|session| Language::from_code(&session.language));
        if let Some(chosen) = chosen {
            language::switch_to(chosen);
        }
        if let Some(session) = &session {
            Asker::is_account(&session.account_id);
        }
        Ok(session.map(|session| SignedIn::new(session, state.clock.now())))
    }

    /// Whose live session this is, `now` being in seconds since 1970.
    pub fn new(session: Session, now: i64) -> SignedIn {
        let has_key = !session.browser_key.is_empty();
        SignedIn {
            account_id: session.account_id,
            user_name: session.user_name,
            email: session.email,
            session_id: session.id,
            persistent: session.persistent,
            renews_in: has_key.then(|| (session.token_until - now).max(0)),
            proven_at: session.proven_at,
            lacks_factor: session.lacks_factor,
        }
    }
}

impl FromRequestParts<State> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<SignedIn, Response> {
        let found = SignedIn::find(&parts.headers, state)
            .await
            .map_err(IntoResponse::into_response)?;
        if let (Some(who), Some(seat)) = (&found, parts.extensions.get::<Seat>()) {
            seat.signs_in(&who.account_id);
        }
        match found {
            Some(who) if who.lacks_factor && !may_lack_factor(parts.uri.path()) => {
                Err(Redirect::to(SECOND_FACTOR).into_response())
            }
            Some(who) => Ok(who),
            None => Err(signed_out(parts, state).await),
        }
    }
}

/// What a request says of itself, found out behind pages: for sockets, which come by the thousand.
pub(crate) struct BehindPages<T>(pub(crate) T);

impl<T: FromRequestParts<State>> FromRequestParts<State> for BehindPages<T> {
    type Rejection = T::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, T::Rejection> {
        let found = behind_pages(T::from_request_parts(parts, state)).await;
        found.map(BehindPages)
    }
}

/// Whether an operator without a second factor may be here: where it is turned on, or left.
fn may_lack_factor(path: &str) -> bool {
    [SECOND_FACTOR, "/account/passkeys", "/step-up", "/menu"]
        .iter()
        .any(|open| {
            path.strip_prefix(open)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
        })
}

/// Programs get 401, people the way back: by this browser's key if it has one, else by logging in.
async fn signed_out(parts: &Parts, state: &State) -> Response {
    if !wants_page(&parts.headers) {
        return error::signed_out().into_response();
    }
    match Browser::can_renew(&parts.headers, state).await {
        // A page comes back by itself in the same place; a form goes back to where it was opened.
        Ok(true) if parts.method == Method::GET => renewal::show(),
        Ok(true) => Redirect::to("/").into_response(),
        Ok(false) => Redirect::to("/login").into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// A signed-in person who has given the password a short while ago; others are asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven(pub SignedIn);

impl FromRequestParts<State> for Proven {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Proven, Response> {
        let who = SignedIn::from_request_parts(parts, state).await?;
        if step_up::is_fresh(state, &who) {
            return Ok(Proven(who));
        }
        Err(if wants_page(&parts.headers) {
            let back = Target::parse(parts.uri.path());
            Redirect::to(&format!("/step-up?to={back}")).into_response()
        } else {
            error::signed_out().into_response()
        })
    }
}

/// The browser that asks, as the list of sessions shows it and as notices tell new ones from known.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Its cookie; of 256 random bits where it had none.
    pub token: String,
    /// What it calls itself, cut to what a list can show.
    pub user_agent: String,
    /// Its address, masked.
    pub place: String,
}

impl Browser {
    /// Whether the browser that sent these headers has a key that may renew its session.
    pub async fn can_renew(headers: &HeaderMap, state: &State) -> Result<bool, Error> {
        match Cookie::Browser.read(headers, state) {
            Some(token) => Ok(accounts::renewal::is_possible(state, token).await?),
            None => Ok(false),
        }
    }
}

impl FromRequestParts<State> for Browser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Browser, Error> {
        let client = Client::from_request_parts(parts, state).await?;
        let token = Cookie::Browser.read(&parts.headers, state);
        let token = token.filter(|token| token.len() == TOKEN_BYTES);
        let user_agent = parts.headers.get(header::USER_AGENT);
        let user_agent = user_agent.and_then(|value| value.to_str().ok());
        Ok(Browser {
            token: token.map_or_else(|| state.rng.token(), str::to_owned),
            user_agent: user_agent
                .unwrap_or_default()
                .chars()
                .take(MAX_USER_AGENT)
                .collect(),
            place: client.place(),
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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

    /// The address as people are shown it: without the part that names one machine.
    pub fn place(&self) -> String {
        let v6: Vec<&str> = self.0.split(':').collect();
        match (self.0.rsplit_once('.'), v6.as_slice()) {
            (Some((network, _)), _) => format!("{network}.x"),
            (None, [a, b, c, ..]) => format!("{a}:{b}:{c}:x"),
            (None, _) => String::new(),
        }
    }

    /// The network around it: /24 of IPv4, /48 of IPv6.
    pub fn network(&self) -> String {
        match self.0.split_once("::") {
            Some((halves, _)) => {
                let three: Vec<&str> = halves.split(':').take(3).collect();
                format!("{}::/48", three.join(":"))
            }
            None => match self.0.rsplit_once('.') {
                Some((three, _)) => format!("{three}.0/24"),
                None => String::new(),
            },
        }
    }
}

impl FromRequestParts<State> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Client, Error> {
        let ClientIp(ip) = ClientIp::from_request_parts(parts, state).await?;
        Ok(Client::of(ip))
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

/// Whether an address is one of this cloud.
pub fn is_ours(origin: &Url, ours: &Url) -> bool {
    // localhost, 127.0.0.1 and [::1] are one machine, and people type any of them.
    let same_machine = is_loopback(origin)
        && is_loopback(ours)
        && origin.scheme() == ours.scheme()
        && origin.port_or_known_default() == ours.port_or_known_default();
    origin.origin() == ours.origin() || same_machine
}

pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE)
}

/// Checks the origin of everything that may change something, WebSockets included.
pub async fn protect(
    axum::extract::State(state): axum::extract::State<State>,
    request: Request,
    next: Next,
) -> Response {
    // Two readers may take different ones of two hosts (RFC 9112 §3.2).
    let n_hosts = request.headers().get_all(header::HOST).iter().count();
    if n_hosts > 1 || (n_hosts == 0 && request.version() == Version::HTTP_11) {
        return StatusCode::BAD_REQUEST.into_response();
    }
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
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::VARY,
            HeaderValue::from_static("accept-language, cookie"),
        );
    }
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
    fn people_are_shown_addresses_without_the_machine() {
        let place = |text: &str| Client::of(text.parse().unwrap()).place();

        assert_eq!(place("192.0.2.77"), "192.0.2.x");
        assert_eq!(place("2001:db8:1:2:3::4"), "2001:db8:1:x");
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
