//! `/forgot`, `/forgot/button`, `/forgot/code` and `/forgot/password`: a new password by mail.

use askama::Template;
use axum::extract::State as From;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::mailed_secret::{AskForm, Steps};
use crate::accounts::bot_check::{Evidence, proof_of_work};
use crate::accounts::mailed_secret::{self, MailRequest, MailedSecret, Purpose, derivation};
use crate::accounts::{Refusal, password::policy, password::recovery};
use crate::db::accounts::Account;
use crate::state::State;
use crate::visitor::Client;
use crate::web::bot_check::{CheckedForm, checked_form};
use crate::web::cookies::Cookie;
use crate::web::error::{Error, Result};
use crate::web::form::Form;
use crate::web::page;

/// Longest user name or address that is looked up.
const MAX_LOGIN_BYTES: usize = 254;

#[derive(Template)]
#[template(path = "sign_in/recovery_code.html")]
struct CodePage<'a> {
    login: &'a str,
    button_only: bool,
    problem: Option<&'a str>,
    code_error: Option<&'a str>,
    mailbox: bool,
}

#[derive(Template)]
#[template(path = "sign_in/recovery_finish.html")]
struct NewPasswordPage<'a> {
    user_name: &'a str,
    problem: Option<&'a str>,
    password_error: Option<&'a str>,
}

checked_form! {
    /// The form that asks for a mail, as it is sent.
    Ask {
        login: String,
    }
}

/// The form with the code, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

/// The form that sets the password, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordForm {
    #[serde(default)]
    password: String,
}

const STEPS: Steps = Steps {
    purpose: Purpose::Recovery,
    cookie: Cookie::Reset,
    work: proof_of_work::WorkPurpose::Forgot,
    form: "/forgot",
    mailed: "/forgot/code",
    proven: "/forgot/password",
    title: key!("recovery-title"),
    button: key!("recovery-button"),
    link_title: key!("recovery-title"),
    link_text: key!("button-reset"),
};

impl AskForm for Ask {
    const STEPS: Steps = STEPS;
    type Typed = String;

    fn typed(&self) -> &str {
        &self.login
    }

    fn read(&self) -> std::result::Result<String, String> {
        let login = self.login.trim();
        if login.is_empty() || login.len() > MAX_LOGIN_BYTES {
            return Err(say!("recovery-no-login"));
        }
        Ok(login.to_owned())
    }

    async fn begin(
        state: &State,
        client: &Client,
        login: &String,
        asking: &MailRequest<'_>,
    ) -> std::result::Result<String, Refusal> {
        recovery::begin(state, client, login, asking).await
    }
}

/// `GET /forgot/code`: the form for the mailed code.
pub async fn ask_code(From(state): From<State>, headers: HeaderMap) -> Result {
    match STEPS.find(&state, &headers).await? {
        // The button of the mail may have been pressed in another tab.
        Some(recovery) if recovery.proven_at.is_some() => Ok(to_password()),
        Some(recovery) => show_code(&state, &recovery, None, None).await,
        None => Ok(STEPS.start_over()),
    }
}

/// `POST /forgot/code`: checks the mailed code.
pub async fn take_code(
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result {
    let Some(recovery) = STEPS.find(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    let typed = derivation::read(&form.code);
    match mailed_secret::prove(&state, &client, &recovery, &typed).await {
        Ok(true) => Ok(to_password()),
        Ok(false) => {
            let wrong = say!("recovery-wrong-code");
            show_code(&state, &recovery, None, Some(&wrong)).await
        }
        Err(refusal) => {
            let problem = Error::from(refusal);
            show_code(&state, &recovery, Some(&problem), None).await
        }
    }
}

/// `GET /forgot/password`: the form for a new password.
pub async fn edit(From(state): From<State>, headers: HeaderMap) -> Result {
    Ok(match find_proven(&state, &headers).await? {
        Some((_, owner)) => show_finish(&owner, None, None),
        None => STEPS.start_over(),
    })
}

/// `POST /forgot/password`: sets the new password.
pub async fn update(
    From(state): From<State>,
    headers: HeaderMap,
    Form(form): Form<NewPasswordForm>,
) -> Result {
    let Some((recovery, owner)) = find_proven(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    let password = match policy::check(&form.password, &[&owner.user_name, &owner.email]) {
        Ok(password) => password,
        Err(bad) => return Ok(show_finish(&owner, None, Some(&bad.words()))),
    };
    let done = Redirect::to("/login?notice=password");
    match recovery::finish(&state, &recovery, &owner, password).await {
        // `false` after a second click: the first one has set the password, and removed the cookie.
        Ok(true) => Ok(Cookie::Reset.clear(&state, done)),
        Ok(false) => Ok(done.into_response()),
        Err(refusal) => {
            let problem = Error::from(refusal);
            Ok(show_finish(&owner, Some(&problem), None))
        }
    }
}

async fn find_proven(
    state: &State,
    headers: &HeaderMap,
) -> Result<Option<(MailedSecret, Account)>> {
    let Some(recovery) = STEPS.find(state, headers).await? else {
        return Ok(None);
    };
    let owner = recovery::owner(state, &recovery).await?;
    Ok(owner.map(|owner| (recovery, owner)))
}

fn to_password() -> Response {
    Redirect::to(STEPS.proven).into_response()
}

async fn show_code(
    state: &State,
    recovery: &MailedSecret,
    problem: Option<&Error>,
    code_error: Option<&str>,
) -> Result {
    let page = CodePage {
        login: &recovery.address,
        button_only: mailed_secret::is_link_only(state, recovery).await?,
        problem: problem.map(|problem| problem.message.as_str()),
        code_error,
        mailbox: state.config.demo,
    };
    Ok(page::answer(&page, problem, code_error.is_some()))
}

fn show_finish(owner: &Account, problem: Option<&Error>, password_error: Option<&str>) -> Response {
    let page = NewPasswordPage {
        user_name: &owner.user_name,
        problem: problem.map(|problem| problem.message.as_str()),
        password_error,
    };
    page::answer(&page, problem, password_error.is_some())
}
