//! Who makes a request, and from where, as extractors for page functions; and the headers of every
//! answer.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

pub use super::forwarded::ClientIp;

use super::assets;
use super::cookies::Cookie;
use super::error::{self, Error};
use super::pages::renewal;
use super::redirect_target::RedirectTarget;
use super::requested_page::RequestedPage;
use crate::accounts::{self, factors::step_up, session};
use crate::audit::Actor;
use crate::connections::Seat;
use crate::db::behind_pages;
use crate::language::{self, Language};
use crate::live::Live;
use crate::state::State;
use crate::visitor::{Browser, Client, SignedIn};

/// Longest stored browser name, in characters.
const MAX_USER_AGENT: usize = 200;
/// The page for turning on the second factor.
const SECOND_FACTOR: &str = "/account/second-factor";
/// Characters of a token of 256 bits.
const TOKEN_BYTES: usize = 43;

/// As an argument of a page function, it redirects people who are not signed in to log in.
impl SignedIn {
    /// The signed-in person who sent these headers, if any.
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
            Actor::is_account(&session.account_id);
        }
        Ok(session.map(|session| SignedIn::new(session, state.clock.now())))
    }
}

impl FromRequestParts<Live> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &Live) -> Result<SignedIn, Response> {
        let found = SignedIn::find(&parts.headers, state)
            .await
            .map_err(IntoResponse::into_response)?;
        if let (Some(who), Some(seat)) = (&found, parts.extensions.get::<Seat>()) {
            seat.signs_in(&who.account_id);
        }
        match found {
            // An operator without a second factor reaches only the pages that set one up (ASVS 6.3.3).
            Some(who) if who.lacks_factor && !may_lack_factor(parts.uri.path()) => {
                Err(Redirect::to(SECOND_FACTOR).into_response())
            }
            Some(who) => Ok(who),
            None => Err(signed_out(parts, state).await),
        }
    }
}

/// Facts about a request that are looked up behind pages: for sockets, which come in thousands.
pub(crate) struct BehindPages<T>(pub(crate) T);

impl<T: FromRequestParts<Live>> FromRequestParts<Live> for BehindPages<T> {
    type Rejection = T::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &Live) -> Result<Self, T::Rejection> {
        let found = behind_pages(T::from_request_parts(parts, state)).await;
        found.map(BehindPages)
    }
}

/// Whether an operator without a second factor may use this path: to turn one on, or to log out.
fn may_lack_factor(path: &str) -> bool {
    [SECOND_FACTOR, "/account/passkeys", "/step-up", "/menu"]
        .iter()
        .any(|open| {
            path.strip_prefix(open)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
        })
}

/// Programs get 401. People are led back: by this browser's key if it has one, otherwise by the log-in page.
async fn signed_out(parts: &Parts, state: &State) -> Response {
    if !wants_page(&parts.headers) {
        return error::signed_out().into_response();
    }
    let page = RequestedPage::of(parts);
    let response = match Browser::can_renew(&parts.headers, state).await {
        // A page renews itself in place; a form returns to the page where it was opened.
        Ok(true) if parts.method == Method::GET => renewal::show(),
        Ok(true) => Redirect::to(page.as_ref().map_or("/", RequestedPage::as_str)).into_response(),
        Ok(false) => Redirect::to("/login").into_response(),
        Err(refusal) => return refusal.into_response(),
    };
    // Kept beside a renewal, too: the browser may have lost its key.
    match page {
        Some(page) => page.keep(state, response),
        None => response,
    }
}

/// A signed-in person with a recent proof (step-up); others are led to the step-up page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven(pub SignedIn);

impl FromRequestParts<Live> for Proven {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &Live) -> Result<Proven, Response> {
        let who = SignedIn::from_request_parts(parts, state).await?;
        if step_up::is_fresh(state, &who) {
            return Ok(Proven(who));
        }
        Err(if wants_page(&parts.headers) {
            let back = RedirectTarget::parse(parts.uri.path());
            Redirect::to(&format!("/step-up?to={back}")).into_response()
        } else {
            error::signed_out().into_response()
        })
    }
}

impl Browser {
    /// Whether the browser that sent these headers has a key that can renew its session.
    pub async fn can_renew(headers: &HeaderMap, state: &State) -> Result<bool, Error> {
        match Cookie::Browser.read(headers, state) {
            Some(token) => Ok(accounts::session::renewal::is_possible(state, token).await?),
            None => Ok(false),
        }
    }
}

impl FromRequestParts<Live> for Browser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Live) -> Result<Browser, Error> {
        let client = Client::from_request_parts(parts, state).await?;
        let token = Cookie::Browser.read(&parts.headers, state);
        // What we cannot have made is not kept: it would become a key in the database.
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
    // Browsers name text/html; curl and monitors send `*/*` or nothing.
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("text/html");
    !is_upgrade(headers) && (accept.contains("text/html") || accept.trim() == "*/*")
}

impl FromRequestParts<Live> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Live) -> Result<Client, Error> {
        let ClientIp(ip) = ClientIp::from_request_parts(parts, state).await?;
        Ok(Client::of(ip))
    }
}

pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE)
}

/// Adds the security headers to every answer.
pub async fn add_headers(
    axum::extract::State(state): axum::extract::State<Live>,
    request: Request,
    next: Next,
) -> Response {
    let permissions = permissions_policy(request.uri().path());
    let security = content_security_policy(&state, request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert("permissions-policy", HeaderValue::from_static(permissions));
    for (name, value) in FIXED_HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, security);
    // Only what says otherwise, such as assets, may be cached (ASVS 14.3.2).
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.append(
            header::VARY,
            HeaderValue::from_static("accept-language, cookie"),
        );
    }
    if state.is_https() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            // Two years. Subdomains are not included, because they may not be ours.
            HeaderValue::from_static("max-age=63072000"),
        );
    }
    response
}

/// `same-origin`, because `no-referrer` makes browsers send `Origin: null` with our own forms.
const FIXED_HEADERS: [(&str, &str); 5] = [
    // ASVS 3.4.4 to 3.4.6 and 3.4.8.
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// What a page may ask the browser for: the camera reads QR codes, and who holds the button in Live view talks.
fn permissions_policy(path: &str) -> &'static str {
    if path == "/live" || path.starts_with("/live/") {
        "camera=(), microphone=(self), fullscreen=(self), geolocation=(), usb=()"
    } else {
        "camera=(self), microphone=(), fullscreen=(self), geolocation=(), usb=()"
    }
}

/// For files that are no pages: as short as it may be, because a page loads fifty of them.
const POLICY_OF_FILES: &str = "default-src 'none'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// A worker obeys the policy of its own response, so only the decoder's may compile WebAssembly.
fn content_security_policy(state: &State, path: &str) -> HeaderValue {
    if assets::is_part_of_a_page(path) {
        return HeaderValue::from_static(POLICY_OF_FILES);
    }
    let is_decoder = assets::is_decoder(path);
    // 'self' does not cover WebSockets in every browser, so they are listed.
    let mut socket_origin = state.public_url.clone();
    let scheme = if state.is_https() { "wss" } else { "ws" };
    socket_origin
        .set_scheme(scheme)
        .expect("http and ws are both special schemes");
    let socket_origin = socket_origin.as_str().trim_end_matches('/');
    let compiled = if is_decoder {
        " 'wasm-unsafe-eval'"
    } else {
        ""
    };
    // Nothing inline: markup that somebody smuggles into a page runs no script (ASVS 3.4.3).
    let text = format!(
        "default-src 'none'; script-src 'self'{compiled}; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self' {socket_origin}; media-src 'self' blob:; worker-src 'self'; \
         manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    );
    HeaderValue::from_str(&text).expect("a URL's origin is ASCII")
}
