//! `/forgot`, `/forgot/button`, `/forgot/code` and `/forgot/password`: a new password by mail.

use askama::Template;
use axum::extract::State as From;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::mailed_secret::{LinkPage, Press, Sent, Steps};
use crate::accounts::bot_check::{Evidence, proof_of_work};
use crate::accounts::mailed_secret::{self, MailedSecret, Purpose, derivation};
use crate::accounts::{password_policy, recovery};
use crate::db::accounts::Account;
use crate::state::State;
use crate::visitor::Client;
use crate::web::bot_check::Panel;
use crate::web::cookies::Cookie;
use crate::web::error::{Error, Result};
use crate::web::form::{Form, Problem};
use crate::web::page;

/// Longest user name or address that is looked up.
const MAX_LOGIN_BYTES: usize = 254;

#[derive(Template)]
#[template(path = "recovery.html")]
struct AskPage<'a> {
    login: &'a str,
    human: &'a Panel,
    problem: Option<&'a str>,
    login_error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "recovery_code.html")]
struct CodePage<'a> {
    login: &'a str,
    button_only: bool,
    problem: Option<&'a str>,
    code_error: Option<&'a str>,
    mailbox: bool,
}

#[derive(Template)]
#[template(path = "recovery_finish.html")]
struct FinishPage<'a> {
    user_name: &'a str,
    problem: Option<&'a str>,
    password_error: Option<&'a str>,
}

/// The form that asks for a mail, as it is sent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    login: String,
    captcha: String,
    letters: String,
    work: String,
    homepage: String,
    other_way: Option<String>,
    /// The button New picture.
    new_picture: Option<String>,
}

/// The form with the code, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    #[serde(default)]
    code: String,
}

/// The form that sets the password, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finish {
    #[serde(default)]
    password: String,
}

const STEPS: Steps = Steps {
    purpose: Purpose::Recovery,
    cookie: Cookie::Reset,
    work: proof_of_work::Purpose::Forgot,
    form: "/forgot",
    mailed: "/forgot/code",
    proven: "/forgot/password",
};

/// `GET /forgot`.
pub async fn new(From(state): From<State>, headers: HeaderMap) -> Response {
    STEPS.open(&state, &headers, |panel, problem, error| {
        show_ask("", panel, problem, error)
    })
}

/// `POST /forgot`: the same answer whether there is an account or not.
pub async fn create(
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<Ask>,
) -> Result {
    let show = |panel: &Panel, problem: Option<&Problem>, error: Option<&str>| {
        show_ask(&form.login, panel, problem, error)
    };
    let login = form.login.trim();
    let fits = !login.is_empty() && login.len() <= MAX_LOGIN_BYTES;
    let sent = Sent {
        typed: fits
            .then_some(login)
            .ok_or_else(|| say!("recovery-no-login")),
        evidence: Evidence {
            captcha: &form.captcha,
            letters: &form.letters,
            other_way: form.other_way.is_some(),
            work: &form.work,
            honeypot: &form.homepage,
        },
        new_picture: form.new_picture.is_some(),
    };
    let asker = (&client, &headers);
    let (login, asking) = match STEPS.check(&state, asker, sent, &show).await? {
        Ok(checked) => checked,
        Err(answer) => return Ok(answer),
    };
    let begun = recovery::begin(&state, &client, login, &asking).await;
    Ok(STEPS.asked(&state, begun, &show))
}

/// `GET /forgot/button`.
pub async fn link(From(state): From<State>, headers: HeaderMap) -> Response {
    STEPS.link(&state, &headers, link_page())
}

/// `POST /forgot/button`.
pub async fn press(
    From(state): From<State>,
    headers: HeaderMap,
    Form(form): Form<Press>,
) -> Response {
    STEPS.press(&state, &headers, &form, link_page()).await
}

fn link_page() -> LinkPage {
    LinkPage {
        title: say!("recovery-title"),
        back: "/login",
        text: say!("button-reset"),
        button: say!("button-continue"),
        again: Some(STEPS.form),
        ..LinkPage::default()
    }
}

/// `GET /forgot/code`.
pub async fn ask_code(From(state): From<State>, headers: HeaderMap) -> Result {
    match STEPS.find(&state, &headers).await? {
        Some(recovery) if recovery.proven_at.is_some() => Ok(to_password()),
        Some(recovery) => show_code(&state, &recovery, None, None).await,
        None => Ok(STEPS.start_over()),
    }
}

/// `POST /forgot/code`.
pub async fn take_code(
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<Code>,
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
            let problem = Problem::from(Error::from(refusal));
            show_code(&state, &recovery, Some(&problem), None).await
        }
    }
}

/// `GET /forgot/password`.
pub async fn edit(From(state): From<State>, headers: HeaderMap) -> Result {
    Ok(match find_proven(&state, &headers).await? {
        Some((_, owner)) => show_finish(&owner, None, None),
        None => STEPS.start_over(),
    })
}

/// `POST /forgot/password`.
pub async fn update(
    From(state): From<State>,
    headers: HeaderMap,
    Form(form): Form<Finish>,
) -> Result {
    let Some((recovery, owner)) = find_proven(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    let password = match password_policy::check(&form.password, &[&owner.user_name, &owner.email]) {
        Ok(password) => password,
        Err(bad) => return Ok(show_finish(&owner, None, Some(&bad.words()))),
    };
    match recovery::finish(&state, &recovery, &owner, password).await {
        Ok(true) => {
            let cleared = AppendHeaders([(SET_COOKIE, Cookie::Reset.clear(&state))]);
            let to = Redirect::to("/login?notice=password");
            Ok((cleared, to).into_response())
        }
        // The same press, sent twice: the first one set it.
        Ok(false) => Ok(Redirect::to("/login?notice=password").into_response()),
        Err(refusal) => {
            let problem = Problem::from(Error::from(refusal));
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

fn show_ask(
    login: &str,
    panel: &Panel,
    problem: Option<&Problem>,
    login_error: Option<&str>,
) -> Response {
    let page = AskPage {
        login,
        human: panel,
        problem: problem.map(|problem| problem.message.as_str()),
        login_error,
    };
    let has_errors = login_error.is_some() || panel.letters_error.is_some();
    page::answer(&page, problem, has_errors)
}

async fn show_code(
    state: &State,
    recovery: &MailedSecret,
    problem: Option<&Problem>,
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

fn show_finish(
    owner: &Account,
    problem: Option<&Problem>,
    password_error: Option<&str>,
) -> Response {
    let page = FinishPage {
        user_name: &owner.user_name,
        problem: problem.map(|problem| problem.message.as_str()),
        password_error,
    };
    page::answer(&page, problem, password_error.is_some())
}
