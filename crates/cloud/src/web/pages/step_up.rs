//! `/step-up`: asks for the password before a sensitive action, and leads back to it.

use askama::Template;
use axum::Json;
use axum::extract::{Query, State as From};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::menu::{Menu, Place};
use crate::accounts::factors::passkeys::{self, CeremonyPurpose, Home, Signed};
use crate::accounts::factors::{self, Factors};
use crate::accounts::session::Token;
use crate::accounts::{Refusal, factors::step_up};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::cookies;
use crate::web::error::{self, Error, Result};
use crate::web::form::Form;
use crate::web::page;
use crate::web::redirect_target::RedirectTarget;

#[derive(Template)]
#[template(path = "sign_in/step_up.html")]
struct StepUpPage<'a> {
    menu: Menu,
    to: &'a RedirectTarget,
    factors: Factors,
    passkey_home: Option<Home>,
    problem: Option<&'a str>,
}

/// The page to return to.
#[derive(Deserialize)]
pub struct StepUpQuery {
    #[serde(default)]
    to: String,
}

/// Fields of the form: where to go on, and password or code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepUpForm {
    #[serde(default)]
    to: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}

/// A passkey's signature, as submitted by a script.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedProof {
    #[serde(default)]
    to: String,
    #[serde(default)]
    ceremony: String,
    #[serde(default)]
    credential: String,
}

/// `GET /step-up`: asks for the password or a passkey.
pub async fn new(
    From(state): From<State>,
    who: SignedIn,
    Query(query): Query<StepUpQuery>,
) -> Result {
    show(&state, &who, &RedirectTarget::parse(&query.to), None).await
}

/// `POST /step-up`: checks password and second factor.
pub async fn create(
    From(state): From<State>,
    who: SignedIn,
    Form(form): Form<StepUpForm>,
) -> Result {
    let proven = step_up::prove(&state, &who, &form.password, &form.code).await;
    respond(&state, &who, &RedirectTarget::parse(&form.to), proven).await
}

/// `POST /step-up/options`: the options with which a browser signs with a passkey.
pub async fn options(From(state): From<State>, who: SignedIn) -> Result {
    let options = passkeys::options(&state, CeremonyPurpose::StepUp, &who.session_id);
    Ok(Json(options.ok_or_else(error::not_found)?).into_response())
}

/// `POST /step-up/passkey`: checks a passkey's signature.
pub async fn create_by_passkey(
    From(state): From<State>,
    who: SignedIn,
    Form(form): Form<SignedProof>,
) -> Result {
    let signed = Signed {
        ceremony: &form.ceremony,
        credential: &form.credential,
        whom: &who.session_id,
    };
    let proven = step_up::prove_with_passkey(&state, &who, &signed).await;
    respond(&state, &who, &RedirectTarget::parse(&form.to), proven).await
}

async fn respond(
    state: &State,
    who: &SignedIn,
    to: &RedirectTarget,
    proven: std::result::Result<Option<Token>, Refusal>,
) -> Result {
    let problem = match proven {
        Ok(Some(token)) => {
            let back = Redirect::to(&to.to_string());
            return Ok(cookies::with_token(state, &token, back));
        }
        Ok(None) => error::unfit(say!("step-up-wrong")),
        Err(refusal) => refusal.into(),
    };
    show(state, who, to, Some(&problem)).await
}

async fn show(
    state: &State,
    who: &SignedIn,
    to: &RedirectTarget,
    problem: Option<&Error>,
) -> Result {
    let page = StepUpPage {
        menu: Menu::new(who, Place::Configuration),
        to,
        factors: factors::find(state, &who.account_id).await?,
        passkey_home: passkeys::home(state),
        problem: problem.map(|problem| problem.message.as_str()),
    };
    Ok(page::answer(&page, problem, false))
}
