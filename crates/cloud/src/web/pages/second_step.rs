//! `/login/factor`: the second step of a log-in; and `/login/passkey`: one step that replaces both.

use askama::Template;
use axum::Json;
use axum::extract::State as From;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::session;
use crate::accounts::Refusal;
use crate::accounts::factors::Factors;
use crate::accounts::factors::passkeys::{self, CeremonyPurpose, Home, LogIn, Signed};
use crate::accounts::factors::second_step::{self, SecondStepOutcome};
use crate::accounts::session::Token;
use crate::state::State;
use crate::visitor::{Browser, Client};
use crate::web::cookies::Cookie;
use crate::web::error::{self, Error, Result};
use crate::web::form::Form;
use crate::web::page;

#[derive(Template)]
#[template(path = "sign_in/second_step.html")]
struct StepPage<'a> {
    factors: Factors,
    passkey_home: Option<Home>,
    problem: Option<&'a str>,
}

/// The submitted form with a code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedCode {
    #[serde(default)]
    code: String,
}

/// The submitted form that a script fills in with a passkey's signature.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedForm {
    #[serde(default)]
    ceremony: String,
    #[serde(default)]
    credential: String,
    auto_login: Option<String>,
    #[serde(default)]
    browser_key: String,
}

impl SignedForm {
    /// The answer to a ceremony for `whom`.
    pub fn signed<'a>(&'a self, whom: &'a str) -> Signed<'a> {
        Signed {
            ceremony: &self.ceremony,
            credential: &self.credential,
            whom,
        }
    }
}

/// `GET /login/factor`: the form for the second factor.
pub async fn edit(From(state): From<State>, headers: HeaderMap) -> Result {
    let Some(asked) = asked(&state, &headers).await? else {
        return Ok(over(&state));
    };
    Ok(show(&state, asked, None))
}

/// `POST /login/factor`: a code of the app, or a recovery code.
pub async fn update(
    From(state): From<State>,
    client: Client,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<TypedCode>,
) -> Result {
    let token = Cookie::SecondStep
        .read(&headers, &state)
        .unwrap_or_default();
    let answer = second_step::answer_with_code(&state, &client, token, &form.code, &browser).await;
    respond(&state, &headers, answer).await
}

/// `POST /login/factor/passkey`: a passkey in place of a code.
pub async fn update_by_passkey(
    From(state): From<State>,
    client: Client,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<SignedForm>,
) -> Result {
    let token = Cookie::SecondStep
        .read(&headers, &state)
        .unwrap_or_default();
    let signed = form.signed("");
    let answer = second_step::answer_with_passkey(&state, &client, token, &signed, &browser).await;
    respond(&state, &headers, answer).await
}

/// `POST /login/passkey/options`: options for signing with a passkey; nothing is stored.
pub async fn options(From(state): From<State>) -> Result {
    let options =
        passkeys::options(&state, CeremonyPurpose::LogIn, "").ok_or_else(error::not_found)?;
    Ok(Json(options).into_response())
}

/// `POST /login/passkey`: logs in with a passkey alone.
pub async fn create(
    From(state): From<State>,
    client: Client,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<SignedForm>,
) -> Result {
    let auto_login = form.auto_login.is_some();
    let wanted = LogIn {
        // Nobody is signed in yet, so the options are bound to no session.
        signed: form.signed(""),
        auto_login,
        browser_key: &form.browser_key,
    };
    let problem = match passkeys::log_in(&state, &client, &wanted, &browser).await {
        Ok(Some(token)) => return Ok(signed_in(&state, &headers, &token).await),
        Ok(None) => error::unfit(say!("login-passkey-wrong")),
        Err(refusal) => refusal.into(),
    };
    Ok(session::refused(&state, "", auto_login, &problem))
}

/// Redirects to the second step, with its cookie.
pub fn begun(state: &State, token: &Token) -> Response {
    let next = Redirect::to("/login/factor");
    Cookie::SecondStep.set(state, &token.value, token.max_age, next)
}

async fn respond(
    state: &State,
    headers: &HeaderMap,
    answer: std::result::Result<SecondStepOutcome, Refusal>,
) -> Result {
    let problem = match answer {
        Ok(SecondStepOutcome::Done(token)) => return Ok(signed_in(state, headers, &token).await),
        Ok(SecondStepOutcome::Over) => return Ok(over(state)),
        Ok(SecondStepOutcome::Wrong) => error::unfit(say!("factor-wrong")),
        Err(refusal) => refusal.into(),
    };
    let Some(asked) = asked(state, headers).await? else {
        return Ok(over(state));
    };
    Ok(show(state, asked, Some(&problem)))
}

async fn asked(state: &State, headers: &HeaderMap) -> Result<Option<Factors>> {
    let Some(token) = Cookie::SecondStep.read(headers, state) else {
        return Ok(None);
    };
    let asked = second_step::find(state, token).await?;
    Ok(asked.map(|asked| asked.factors))
}

fn show(state: &State, factors: Factors, problem: Option<&Error>) -> Response {
    let page = StepPage {
        factors,
        passkey_home: passkeys::home(state),
        problem: problem.map(|problem| problem.message.as_str()),
    };
    page::answer(&page, problem, false)
}

/// Too late, too often wrong, or not begun here: the same answer for all.
fn over(state: &State) -> Response {
    Cookie::SecondStep.clear(state, Redirect::to("/login?notice=again"))
}

async fn signed_in(state: &State, headers: &HeaderMap, token: &Token) -> Response {
    session::end_old_session(state, headers).await;
    Cookie::SecondStep.clear(state, session::signed_in(state, headers, token))
}
