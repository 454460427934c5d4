//! `/login` and `/logout`: the screen Cloud P2P, signed out.

use askama::Template;
use axum::extract::{Query, State as From};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{renewal, second_step};
use crate::accounts::bot_check::Evidence;
use crate::accounts::bot_check::proof_of_work::WorkPurpose;
use crate::accounts::factors::passkeys::{self, Home};
use crate::accounts::session::sign_in::{self, Attempt, Outcome};
use crate::accounts::session::{self, Token};
use crate::state::State;
use crate::visitor::{Browser, Client, SignedIn};
use crate::web::bot_check::{self, CheckedForm, FormCheck, Panel, checked_form};
use crate::web::cookies::{self, CLEAR_STORAGE, Cookie};
use crate::web::error::{self, Error, Result};
use crate::web::form::Form;
use crate::web::page;
use crate::web::requested_page::RequestedPage;

#[derive(Template)]
#[template(path = "sign_in/session.html")]
struct LoginPage<'a> {
    login: &'a str,
    auto_login: bool,
    problem: Option<&'a str>,
    notice: Option<&'a str>,
    host: &'a str,
    passkey_home: Option<Home>,
    mailbox: bool,
    human: Option<&'a Panel>,
}

/// Query parameters of the log-in page.
#[derive(Deserialize)]
pub struct LogInQuery {
    notice: Option<String>,
    /// The browser's key did not renew the session: the form is shown anyway.
    again: Option<String>,
}

checked_form! {
    /// The log-in form, as it is sent.
    LogInForm {
        login: String,
        password: String,
        auto_login: Option<String>,
        /// Filled in by a script; see `accounts::session::renewal`.
        browser_key: String,
    }
}

/// `GET /`: redirects to the devices, or to log in.
pub async fn home(From(state): From<State>, headers: HeaderMap) -> Result {
    let to = match SignedIn::find(&headers, &state).await? {
        Some(_) => "/devices",
        None if Browser::can_renew(&headers, &state).await? => return Ok(renewal::show()),
        None => "/login",
    };
    Ok(Redirect::to(to).into_response())
}

/// `GET /login`: the form, or a renewal by the browser's key.
pub async fn new(
    From(state): From<State>,
    client: Client,
    Query(query): Query<LogInQuery>,
    headers: HeaderMap,
) -> Result {
    if SignedIn::find(&headers, &state).await?.is_some() {
        return Ok(Redirect::to("/devices").into_response());
    }
    if query.again.is_none() && Browser::can_renew(&headers, &state).await? {
        return Ok(renewal::show());
    }
    let notice = match query.notice.as_deref() {
        Some("password") => Some(say!("login-password-set")),
        Some("registered") => Some(say!("login-registered")),
        Some("again") => Some(say!("login-again")),
        _ => None,
    };
    let has_ended = Cookie::Session.read(&headers, &state).is_some();
    let notice = notice.or_else(|| arrival(has_ended, &headers, &state));
    // Without a database the form is shown anyway; only submitting it fails.
    let panel = wanted_panel(&state, &client, "").await.unwrap_or(None);
    let said = Said {
        notice: notice.as_deref(),
        panel: panel.as_ref(),
        ..Said::default()
    };
    let mut page = show(&state, "", false, &said);
    if has_ended {
        // It is said once.
        page = Cookie::Session.clear(&state, page);
    }
    // A new attempt in this browser replaces its earlier one, also after a second click.
    Ok(Cookie::Browser.issue(&state, &headers, page))
}

/// Why somebody is here who wanted another page.
fn arrival(has_ended: bool, headers: &HeaderMap, state: &State) -> Option<String> {
    let page = RequestedPage::kept(headers, state);
    match page {
        Some(_) if has_ended => Some(say!("login-ended-back")),
        None if has_ended => Some(say!("login-ended")),
        Some(page) if page.is_add_device() => Some(say!("login-to-add")),
        _ => None,
    }
}

/// `POST /login`: checks name and password.
pub async fn create(
    From(state): From<State>,
    client: Client,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<LogInForm>,
) -> Result {
    let auto_login = form.auto_login.is_some();
    // First of all: without a place for its hash, an attempt costs neither captcha nor try.
    let place = match state.passwords.place().await {
        Ok(place) => place,
        Err(full) => {
            return Ok(refused(&state, &form.login, auto_login, &full.into()));
        }
    };
    if let Some(asks) = asks_for_picture(&state, &client, &form).await? {
        return Ok(asks);
    }
    let attempt = Attempt {
        login: &form.login,
        password: &form.password,
        auto_login,
        browser_key: &form.browser_key,
    };
    let problem = match sign_in::sign_in(&state, &client, &attempt, &browser, place).await {
        Ok(Outcome::Done(token)) => {
            end_old_session(&state, &headers).await;
            return Ok(signed_in(&state, &headers, &token));
        }
        Ok(Outcome::SecondStep(token)) => return Ok(second_step::begun(&state, &token)),
        // The same answer for every reason, so that nobody learns which accounts exist.
        Ok(Outcome::Wrong) => error::unfit(say!("login-wrong")),
        Err(refusal) => refusal.into(),
    };
    let panel = wanted_panel(&state, &client, &form.login)
        .await
        .unwrap_or(None);
    let said = Said {
        problem: Some(&problem),
        panel: panel.as_ref(),
        ..Said::default()
    };
    Ok(show(&state, &form.login, auto_login, &said))
}

/// The log-in page with an error.
pub fn refused(state: &State, login: &str, auto_login: bool, problem: &Error) -> Response {
    let said = Said {
        problem: Some(problem),
        ..Said::default()
    };
    show(state, login, auto_login, &said)
}

/// A captcha for the log-in page, if failures require one.
async fn wanted_panel(state: &State, client: &Client, login: &str) -> Result<Option<Panel>> {
    let is_wanted = sign_in::wants_picture(state, client, login).await?;
    Ok(is_wanted.then(|| Panel::new(state, WorkPurpose::LogIn)))
}

/// The log-in page again, if a captcha is required and was not solved.
async fn asks_for_picture(
    state: &State,
    client: &Client,
    form: &LogInForm,
) -> Result<Option<Response>> {
    let Some(fresh) = wanted_panel(state, client, &form.login).await? else {
        return Ok(None);
    };
    let (panel, problem) = if form.wants_new_picture() {
        (fresh, None)
    } else if form.captcha.is_empty() {
        (fresh, Some(error::unfit(say!("login-picture"))))
    } else {
        match bot_check::check(state, client, WorkPurpose::LogIn, &form.evidence()).await {
            FormCheck::Enough { .. } => return Ok(None),
            FormCheck::Again(panel, problem) => (panel, problem),
        }
    };
    let said = Said {
        problem: problem.as_ref(),
        panel: Some(&panel),
        ..Said::default()
    };
    let auto_login = form.auto_login.is_some();
    Ok(Some(show(state, &form.login, auto_login, &said)))
}

/// `POST /logout`: ends this session, and clears our data in the browser.
pub async fn destroy(From(state): From<State>, headers: HeaderMap) -> Result {
    if let Some(signed_in) = SignedIn::find(&headers, &state).await? {
        session::end(&state, &signed_in.account_id, &signed_in.session_id).await?;
    }
    let done = Cookie::Session.clear(&state, (CLEAR_STORAGE, Redirect::to("/login")));
    Ok(Cookie::Requested.clear(&state, done))
}

/// Redirects to the page that was asked for before, or else to the devices, with the cookies of a new session.
pub fn signed_in(state: &State, headers: &HeaderMap, token: &Token) -> Response {
    let page = RequestedPage::kept(headers, state);
    let page = page
        .as_ref()
        .map_or("/devices", RequestedPage::after_log_in);
    let next = Cookie::Requested.clear(state, Redirect::to(page));
    cookies::with_token(state, token, next)
}

/// A new sign-in replaces the previous session of the browser.
pub async fn end_old_session(state: &State, headers: &HeaderMap) {
    let ended = async {
        let Some(old) = SignedIn::find(headers, state).await? else {
            return Ok(());
        };
        Ok::<_, Error>(
            session::end(state, &old.account_id, &old.session_id)
                .await
                .map(|_| ())?,
        )
    };
    if let Err(error) = ended.await {
        tracing::warn!(%error, "could not end the session that a new one replaces");
    }
}

/// Messages of the log-in page besides its form.
#[derive(Default)]
struct Said<'a> {
    problem: Option<&'a Error>,
    notice: Option<&'a str>,
    panel: Option<&'a Panel>,
}

fn show(state: &State, login: &str, auto_login: bool, said: &Said<'_>) -> Response {
    let page = LoginPage {
        login,
        auto_login,
        problem: said.problem.map(|problem| problem.message.as_str()),
        notice: said.notice,
        host: state.public_url.host_str().unwrap_or_default(),
        passkey_home: passkeys::home(state),
        mailbox: state.config.demo,
        human: said.panel,
    };
    let has_errors = said
        .panel
        .is_some_and(|panel| panel.letters_error.is_some());
    page::answer(&page, said.problem, has_errors)
}
