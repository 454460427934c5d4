//! `/forgot`, `/forgot/code` and `/forgot/password`: a new password by mail.

use askama::Template;
use axum::extract::State as From;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::bot_check::Evidence;
use crate::accounts::bot_check::proof_of_work::Purpose;
use crate::accounts::recovery::{self, Begin};
use crate::accounts::{password_policy, short_code};
use crate::db::accounts::Account;
use crate::db::recoveries::Recovery;
use crate::state::State;
use crate::visitor::Client;
use crate::web::bot_check::{self, FormCheck, Panel};
use crate::web::cookies::Cookie;
use crate::web::error::{Error, Result};
use crate::web::form::{Form, Problem};
use crate::web::page;

/// Longest user name or address that is looked up.
const MAX_LOGIN_BYTES: usize = 254;

#[derive(Template)]
#[template(path = "sign_in/recovery.html")]
struct AskPage<'a> {
    login: &'a str,
    human: &'a Panel,
    problem: Option<&'a str>,
    login_error: Option<&'a str>,
}

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

/// `GET /forgot`.
pub async fn new(From(state): From<State>, headers: HeaderMap) -> Response {
    let panel = Panel::new(&state, Purpose::Forgot);
    let page = show_ask("", &panel, None, None);
    Cookie::Reset.issue(&state, &headers, page)
}

/// `POST /forgot`: the same answer whether there is an account or not.
pub async fn create(
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<Ask>,
) -> Result {
    let evidence = Evidence {
        captcha: &form.captcha,
        letters: &form.letters,
        other_way: form.other_way.is_some(),
        work: &form.work,
        honeypot: &form.homepage,
    };
    let show = |panel: &Panel, problem: Option<&Problem>, login_error: Option<&str>| {
        Ok(show_ask(&form.login, panel, problem, login_error))
    };
    // The button sends the whole form, but nothing of it is checked or counted.
    if form.new_picture.is_some() {
        return show(&Panel::new(&state, Purpose::Forgot), None, None);
    }
    let login = form.login.trim();
    if login.is_empty() || login.len() > MAX_LOGIN_BYTES {
        let panel = Panel::kept(Purpose::Forgot, &evidence);
        return show(&panel, None, Some(&say!("recovery-no-login")));
    }
    // A second click: the captcha is used up, but the mail is on its way.
    let cookie = Cookie::Reset.read(&headers, &state);
    if recovery::is_repeated(&state, cookie, &form.captcha).await? {
        return Ok(Redirect::to("/forgot/code").into_response());
    }
    let short_code = match bot_check::check(&state, &client, Purpose::Forgot, &evidence).await {
        FormCheck::Enough { short_code } => short_code,
        FormCheck::Again(panel, problem) => return show(&panel, problem.as_ref(), None),
    };
    let ask = Begin {
        login,
        short_code,
        form_id: &form.captcha,
        cookie,
    };
    match recovery::begin(&state, &client, &ask).await {
        Ok(secret) => {
            let cookie = Cookie::Reset.set(&state, &secret, None);
            let to = Redirect::to("/forgot/code");
            Ok((AppendHeaders([(SET_COOKIE, cookie)]), to).into_response())
        }
        Err(refusal) => {
            let problem = Problem::from(Error::from(refusal));
            show(&Panel::new(&state, Purpose::Forgot), Some(&problem), None)
        }
    }
}

/// `GET /forgot/code`.
pub async fn ask_code(From(state): From<State>, headers: HeaderMap) -> Result {
    match find(&state, &headers).await? {
        // The button of the mail may have been pressed in another tab.
        Some(recovery) if recovery.proven_at.is_some() => Ok(to_password()),
        Some(recovery) => show_code(&state, &recovery, None, None).await,
        None => Ok(start_over()),
    }
}

/// `POST /forgot/code`.
pub async fn take_code(
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<Code>,
) -> Result {
    let Some(recovery) = find(&state, &headers).await? else {
        return Ok(start_over());
    };
    match recovery::prove(&state, &client, &recovery, &form.code).await {
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
        None => start_over(),
    })
}

/// `POST /forgot/password`.
pub async fn update(
    From(state): From<State>,
    headers: HeaderMap,
    Form(form): Form<Finish>,
) -> Result {
    let Some((recovery, owner)) = find_proven(&state, &headers).await? else {
        return Ok(start_over());
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

async fn find(state: &State, headers: &HeaderMap) -> Result<Option<Recovery>> {
    let Some(secret) = Cookie::Reset.read(headers, state) else {
        return Ok(None);
    };
    Ok(recovery::find(state, secret).await?)
}

async fn find_proven(state: &State, headers: &HeaderMap) -> Result<Option<(Recovery, Account)>> {
    let Some(recovery) = find(state, headers).await? else {
        return Ok(None);
    };
    let owner = recovery::owner(state, &recovery).await?;
    Ok(owner.map(|owner| (recovery, owner)))
}

fn start_over() -> Response {
    Redirect::to("/forgot").into_response()
}

fn to_password() -> Response {
    Redirect::to("/forgot/password").into_response()
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
    recovery: &Recovery,
    problem: Option<&Problem>,
    code_error: Option<&str>,
) -> Result {
    let page = CodePage {
        login: &recovery.login,
        button_only: !recovery.short_code || short_code::is_strong_mode(state).await?,
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
