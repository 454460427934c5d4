//! `/register` and `/register/finish`: the screens Enter Email and Create account.

use askama::Template;
use axum::extract::State as From;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::session;
use super::setup::IsSetUp;
use crate::accounts::captcha::{self, Checked};
use crate::accounts::limits::CODE_SECONDS;
use crate::accounts::names::{Email, UserName};
use crate::accounts::registration::{self, Finished, Wish};
use crate::accounts::{Refusal, choice};
use crate::db::registrations::Registration;
use crate::language::moment::wait_in_words;
use crate::state::State;
use crate::web::cookies::Cookie;
use crate::web::error::{Error, Result};
use crate::web::form::{Form, Problem};
use crate::web::guard::{Browser, Client};
use crate::web::page;

#[derive(Template)]
#[template(path = "register.html")]
struct EmailPage<'a> {
    email: &'a str,
    captcha: &'a str,
    problem: Option<&'a str>,
    email_error: Option<&'a str>,
    letters_error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "register_finish.html")]
struct FinishPage<'a> {
    email: &'a str,
    typed: &'a Finish,
    valid_for: i64,
    again: Again,
    problem: Option<&'a str>,
    errors: &'a FinishErrors,
    mailbox: bool,
}

/// When another code may be asked for.
enum Again {
    Now,
    In(i64),
    Never,
}

/// What is wrong with each field of the last screen.
#[derive(Default)]
struct FinishErrors {
    code: Option<String>,
    user_name: Option<String>,
    password: Option<String>,
}

/// The first screen's form, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    #[serde(default)]
    email: String,
    #[serde(default)]
    captcha: String,
    #[serde(default)]
    letters: String,
    /// The button New picture.
    new_picture: Option<String>,
}

/// The last screen's form, as it is sent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finish {
    #[serde(default)]
    code: String,
    #[serde(default)]
    user_name: String,
    #[serde(default)]
    password: String,
}

/// `GET /register`.
pub async fn new(_: IsSetUp, From(state): From<State>) -> Response {
    let captcha = captcha::new(&state);
    let page = EmailPage {
        email: "",
        captcha: &captcha,
        problem: None,
        email_error: None,
        letters_error: None,
    };
    page::show(&page)
}

/// `POST /register`.
pub async fn create(
    _: IsSetUp,
    From(state): From<State>,
    client: Client,
    Form(form): Form<Start>,
) -> Result {
    let fresh = captcha::new(&state);
    let show = |status, captcha: &str, problem, email_error, letters_error| {
        let page = EmailPage {
            email: &form.email,
            captcha,
            problem,
            email_error,
            letters_error,
        };
        Ok(page::show_with(status, &page))
    };
    if form.new_picture.is_some() {
        return show(StatusCode::OK, &fresh, None, None, None);
    }
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let email = match Email::parse(&form.email) {
        Ok(email) => email,
        Err(bad) => return show(unfit, &form.captcha, None, Some(&bad.words()), None),
    };
    let begun = match captcha::check(&state, &form.captcha, &form.letters).await {
        Ok(Checked::Right) => registration::begin(&state, &client, &email).await,
        Ok(Checked::Wrong) => {
            return show(
                unfit,
                &form.captcha,
                None,
                None,
                Some(&say!("letters-wrong")),
            );
        }
        Ok(Checked::Dead) => return show(unfit, &fresh, None, None, Some(&say!("letters-dead"))),
        Err(error) => Err(error.into()),
    };
    match begun {
        Ok(secret) => {
            let cookie = Cookie::Flow.set(&state, &secret, None);
            Ok((
                AppendHeaders([(SET_COOKIE, cookie)]),
                Redirect::to("/register/finish"),
            )
                .into_response())
        }
        Err(refusal) => {
            let problem = Problem::from(Error::from(refusal));
            show(problem.status, &fresh, Some(&problem.message), None, None)
                .map(|r| problem.with_headers(r))
        }
    }
}

/// `GET /register/finish`.
pub async fn edit(From(state): From<State>, headers: HeaderMap) -> Result {
    let Some(flow) = find_flow(&state, &headers).await? else {
        return Ok(start_over());
    };
    Ok(show_finish(
        &state,
        &flow,
        &Finish::default(),
        &FinishErrors::default(),
        None,
    ))
}

/// `GET /register/code`: where a reload or the way back after Send again ends up.
pub async fn resume() -> Redirect {
    Redirect::to("/register/finish")
}

/// `POST /register/code`: Send again; what was typed stays.
pub async fn renew(
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<Finish>,
) -> Result {
    let Some(flow) = find_flow(&state, &headers).await? else {
        return Ok(start_over());
    };
    let problem = match registration::send_again(&state, &client, &flow).await {
        Ok(true) => None,
        Ok(false) => Some(too_early(&state, &flow)),
        Err(refusal) => Some(Error::from(refusal).into()),
    };
    let Some(flow) = find_flow(&state, &headers).await? else {
        return Ok(start_over());
    };
    let typed = Finish {
        code: String::new(),
        ..form
    };
    Ok(show_finish(
        &state,
        &flow,
        &typed,
        &FinishErrors::default(),
        problem.as_ref(),
    ))
}

/// `POST /register/finish`.
pub async fn update(
    From(state): From<State>,
    client: Client,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<Finish>,
) -> Result {
    let Some(flow) = find_flow(&state, &headers).await? else {
        return Ok(start_over());
    };
    let (wish, errors) = read(&form, &flow);
    let Some(wish) = wish else {
        return Ok(show_finish(&state, &flow, &form, &errors, None));
    };
    let finished = registration::finish(&state, &client, &flow, wish, &browser).await;
    if let Ok(Finished::SignedIn(token)) = &finished {
        let mut response = session::signed_in(&state, token);
        response
            .headers_mut()
            .append(SET_COOKIE, Cookie::Flow.clear(&state));
        return Ok(response);
    }
    if let Ok(Finished::Done) = &finished {
        return Ok(Redirect::to("/login?notice=registered").into_response());
    }
    let (errors, problem) = explain(finished);
    Ok(show_finish(&state, &flow, &form, &errors, problem.as_ref()))
}

fn explain(finished: std::result::Result<Finished, Refusal>) -> (FinishErrors, Option<Problem>) {
    let none = FinishErrors::default();
    match finished {
        Ok(Finished::WrongCode) => (
            FinishErrors {
                // The same for wrong, expired, used and foreign codes, and for known addresses.
                code: Some(say!("finish-wrong-code")),
                ..none
            },
            None,
        ),
        Ok(Finished::NameTaken) => (
            FinishErrors {
                user_name: Some(say!("finish-name-taken")),
                ..none
            },
            None,
        ),
        Ok(Finished::TooManyNames) => (none, Some(Problem::unfit(say!("finish-too-many-names")))),
        Ok(Finished::SignedIn(_) | Finished::Done) => (none, None),
        Err(refusal) => (none, Some(Error::from(refusal).into())),
    }
}

/// Checks what costs no try of the code. Everything is checked, so that all messages come at once.
fn read(form: &Finish, flow: &Registration) -> (Option<Wish>, FinishErrors) {
    let code: String = form.code.chars().filter(|c| !c.is_whitespace()).collect();
    let is_code = code.len() == crate::accounts::limits::CODE_DIGITS
        && code.bytes().all(|b| b.is_ascii_digit());
    let user_name = UserName::parse(&form.user_name);
    let own_words = [form.user_name.as_str(), &flow.email];
    let password = choice::check(&form.password, &own_words);
    let errors = FinishErrors {
        code: (!is_code).then(|| say!("finish-no-code")),
        user_name: user_name.as_ref().err().map(|bad| bad.words()),
        password: password.as_ref().err().map(|bad| bad.words()),
    };
    let wish = match (is_code, user_name, password) {
        (true, Ok(user_name), Ok(password)) => Some(Wish {
            code,
            user_name,
            password,
        }),
        _ => None,
    };
    (wish, errors)
}

async fn find_flow(state: &State, headers: &HeaderMap) -> Result<Option<Registration>> {
    let Some(secret) = Cookie::Flow.read(headers, state) else {
        return Ok(None);
    };
    Ok(registration::find(state, secret).await?)
}

fn start_over() -> Response {
    Redirect::to("/register").into_response()
}

fn too_early(state: &State, flow: &Registration) -> Problem {
    Problem::unfit(match registration::send_again_at(flow) {
        Some(at) => say!(
            "finish-too-early",
            wait = wait_in_words(at - state.clock.now())
        ),
        None => say!("finish-no-more-codes"),
    })
}

fn show_finish(
    state: &State,
    flow: &Registration,
    typed: &Finish,
    errors: &FinishErrors,
    problem: Option<&Problem>,
) -> Response {
    let now = state.clock.now();
    let page = FinishPage {
        email: &flow.email,
        typed,
        valid_for: (flow.code_expires_at - now).clamp(0, CODE_SECONDS),
        again: match registration::send_again_at(flow) {
            Some(at) if at > now => Again::In(at - now),
            Some(_) => Again::Now,
            None => Again::Never,
        },
        problem: problem.map(|problem| problem.message.as_str()),
        errors,
        mailbox: state.config.demo,
    };
    let has_errors =
        errors.code.is_some() || errors.user_name.is_some() || errors.password.is_some();
    let status = match problem {
        Some(problem) => problem.status,
        None if has_errors => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let response = page::show_with(status, &page);
    match problem {
        Some(problem) => problem.with_headers(response),
        None => response,
    }
}

/// `29:12`.
fn clock_time(seconds: &i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
