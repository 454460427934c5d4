//! The routes of the set-up page. The host of every request must be an address of this machine, every form
//! must come from the page itself, and everything except the code form needs a session. The screens work
//! without scripts, and contain none.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Form, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use proto::language::Language;
use serde::Deserialize;

use super::door::{CodeAnswer, SessionToken};
use super::networks::{is_own_host, is_own_origin};
use super::pages::{CodeScreen, screen};
use super::state::{PageClient, PageState, Spoken};
use super::texts::{say, speaking};
use super::{adding, showing};
use crate::limits::MAX_SETUP_FORM_BYTES;

/// The cookie of a session. It is not `Secure`, since the page has no HTTPS: nobody vouches for an address in a home.
const COOKIE: &str = "peerview_setup";

/// Nothing but what the page itself serves: no script at all, and pictures inside the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = concat!(
    include_str!("../../../cloud/static/css/_tokens.css"),
    include_str!("../../../cloud/static/css/base.css"),
    include_str!("../../../cloud/static/css/layout.css"),
    include_str!("../../../cloud/static/css/form.css"),
    include_str!("../../../cloud/static/css/card.css"),
    include_str!("../../static/setup.css"),
);
const ICON: &str = include_str!("../../../cloud/static/img/icon.svg");

#[derive(Deserialize)]
struct PageCodeForm {
    code: String,
}

pub(super) fn router(state: Arc<PageState>) -> Router {
    let inside = Router::new()
        .route("/search", post(showing::search))
        .route("/choose", post(adding::choose))
        .route("/change", post(adding::change))
        .route("/try", post(adding::try_login))
        .route("/certificate", post(adding::accept_certificate))
        .route("/recorders/{folder}", get(showing::recorder))
        .route("/recorders/{folder}/picture.mp4", get(showing::film))
        .route("/recorders/{folder}/remove", post(adding::remove))
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&state),
            only_with_session,
        ));
    Router::new()
        .route("/", get(home))
        .route("/code", post(code))
        .route(
            "/style.css",
            get(|| async { file("text/css; charset=utf-8", STYLE) }),
        )
        .route("/icon.svg", get(|| async { file("image/svg+xml", ICON) }))
        .merge(inside)
        .fallback(|| async { Redirect::to("/") })
        .layer(DefaultBodyLimit::max(MAX_SETUP_FORM_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), guarded))
        .with_state(state)
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

/// Refuses what another page has sent or was led to, and adds the headers of every answer.
async fn guarded(
    State(state): State<Arc<PageState>>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut response = match judged(&state, request.headers(), request.method()) {
        Ok(spoken) => {
            request.extensions_mut().insert(spoken);
            next.run(request).await
        }
        Err(status) => status.into_response(),
    };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // `no-referrer` would make browsers send forms with the origin `null`.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        let headers = response.headers_mut();
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        let headers = response.headers_mut();
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The language of a request that was meant for this page, by its own pages.
fn judged(state: &PageState, headers: &HeaderMap, method: &Method) -> Result<Spoken, StatusCode> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").unwrap_or_default();
    let is_reading = matches!(*method, Method::GET | Method::HEAD);
    if !is_own_host(host, &state.networks()) {
        return Err(StatusCode::MISDIRECTED_REQUEST);
    }
    if !is_reading && !is_own_origin(text("origin"), text("sec-fetch-site"), host) {
        return Err(StatusCode::FORBIDDEN);
    }
    let language = text("accept-language").and_then(Language::wanted);
    Ok(Spoken(language.unwrap_or_default()))
}

/// Sends everybody without a session to the first screen.
async fn only_with_session(
    State(state): State<Arc<PageState>>,
    request: Request,
    next: Next,
) -> Response {
    if has_session(&state, request.headers()) {
        next.run(request).await
    } else {
        Redirect::to("/").into_response()
    }
}

fn has_session(state: &PageState, headers: &HeaderMap) -> bool {
    let now = state.now();
    let cookies = headers.get_all(header::COOKIE).iter();
    let cookies = cookies.filter_map(|line| line.to_str().ok());
    let mut own = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE);
    // Cookies of other ports of this machine arrive here too, so that there may be two.
    own.any(|(_, value)| state.door().admits(value, now))
}

async fn home(
    State(state): State<Arc<PageState>>,
    Extension(Spoken(language)): Extension<Spoken>,
    headers: HeaderMap,
) -> Response {
    if has_session(&state, &headers) {
        return showing::home(&state, language, None).await;
    }
    // The search is over by the time that the code is typed.
    tokio::spawn(async move { state.found(false).await });
    screen(&CodeScreen { problem: None }, language, StatusCode::OK)
}

fn code(
    State(state): State<Arc<PageState>>,
    Extension(PageClient(client)): Extension<PageClient>,
    Extension(Spoken(language)): Extension<Spoken>,
    Form(form): Form<PageCodeForm>,
) -> Ready<Response> {
    ready(judged_code(&state, client, &form, language))
}

fn judged_code(
    state: &PageState,
    client: IpAddr,
    form: &PageCodeForm,
    language: Language,
) -> Response {
    let now = state.now();
    let token = SessionToken::from_random(rand::random());
    let answer = state.door().judge(client, &form.code, token, now);
    match answer {
        CodeAnswer::Open(cookie) => {
            tracing::info!(%client, "the set-up page is opened");
            // Until the browser is closed; the door ends it when it is idle.
            let cookie = format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Strict");
            ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
        }
        CodeAnswer::Wrong => {
            tracing::warn!(%client, "a wrong code for the set-up page");
            let problem = speaking(language, || say!("site-code-wrong"));
            refused_code(problem, language, StatusCode::UNPROCESSABLE_ENTITY)
        }
        CodeAnswer::Wait(wait) => {
            let seconds = wait.as_secs().max(1);
            let problem = speaking(language, || say!("site-code-wait", seconds = seconds));
            refused_code(problem, language, StatusCode::TOO_MANY_REQUESTS)
        }
    }
}

fn refused_code(problem: String, language: Language, status: StatusCode) -> Response {
    let page = CodeScreen {
        problem: Some(problem),
    };
    screen(&page, language, status)
}
