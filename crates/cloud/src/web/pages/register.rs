//! `/register`, `/register/button`, `/register/finish` and `/register/code`: the screens Enter Email and Create
//! account.

use askama::Template;
use axum::extract::State as From;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::mailed_secret::{LinkPage, Press, Sent, Steps};
use super::session;
use super::setup::IsSetUp;
use crate::accounts::bot_check::{Evidence, proof_of_work};
use crate::accounts::mailed_secret::{self, MailedSecret, Purpose};
use crate::accounts::names::{Email, UserName};
use crate::accounts::registration::{self, Finished, Wish};
use crate::accounts::{Refusal, password_policy};
use crate::language::moment::wait_in_words;
use crate::state::State;
use crate::throttle::limits::CODE_SECONDS;
use crate::visitor::{Browser, Client};
use crate::web::bot_check::Panel;
use crate::web::cookies::Cookie;
use crate::web::error::{Error, Result};
use crate::web::form::{Form, Problem};
use crate::web::page;

#[derive(Template)]
#[template(path = "register.html")]
struct EmailPage<'a> {
    email: &'a str,
    human: &'a Panel,
    problem: Option<&'a str>,
    email_error: Option<&'a str>,
    digits: u8,
}

#[derive(Template)]
#[template(path = "register_finish.html")]
struct FinishPage<'a> {
    email: &'a str,
    typed: &'a Finish,
    step: Step,
    digits: u8,
    valid_for: i64,
    again: Again,
    problem: Option<&'a str>,
    errors: &'a FinishErrors,
    mailbox: bool,
}

/// What the last screen still asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Code, name and password.
    Code,
    /// Only a press of the button in the mail.
    Button,
    /// Name and password: the mailbox is proven.
    Proven,
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
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Start {
    email: String,
    captcha: String,
    letters: String,
    work: String,
    homepage: String,
    other_way: Option<String>,
    /// The button New picture.
    new_picture: Option<String>,
}

/// The last screen's form, as it is sent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Finish {
    code: String,
    user_name: String,
    password: String,
}

const STEPS: Steps = Steps {
    purpose: Purpose::Registration,
    cookie: Cookie::Flow,
    work: proof_of_work::Purpose::Register,
    form: "/register",
    mailed: "/register/finish",
    proven: "/register/finish",
};

/// `GET /register`.
pub async fn new(_: IsSetUp, From(state): From<State>, headers: HeaderMap) -> Response {
    STEPS.open(&state, &headers, |panel, problem, error| {
        show_start(&state, "", panel, problem, error)
    })
}

/// `POST /register`: the same answer for known and unknown addresses.
pub async fn create(
    _: IsSetUp,
    From(state): From<State>,
    client: Client,
    headers: HeaderMap,
    Form(form): Form<Start>,
) -> Result {
    let show = |panel: &Panel, problem: Option<&Problem>, error: Option<&str>| {
        show_start(&state, &form.email, panel, problem, error)
    };
    let sent = Sent {
        typed: Email::parse(&form.email).map_err(|bad| bad.words()),
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
    let (email, asking) = match STEPS.check(&state, asker, sent, &show).await? {
        Ok(checked) => checked,
        Err(answer) => return Ok(answer),
    };
    let begun = registration::begin(&state, &client, &email, &asking).await;
    Ok(STEPS.asked(&state, begun, &show))
}

/// `GET /register/button`.
pub async fn link(From(state): From<State>, headers: HeaderMap) -> Response {
    STEPS.link(&state, &headers, link_page())
}

/// `POST /register/button`.
pub async fn press(
    From(state): From<State>,
    headers: HeaderMap,
    Form(form): Form<Press>,
) -> Response {
    STEPS.press(&state, &headers, &form, link_page()).await
}

fn link_page() -> LinkPage {
    LinkPage {
        title: say!("finish-title"),
        back: "/login",
        text: say!("button-register"),
        button: say!("button-continue"),
        again: Some(STEPS.form),
        ..LinkPage::default()
    }
}

/// `GET /register/finish`.
pub async fn edit(From(state): From<State>, headers: HeaderMap) -> Result {
    let Some(flow) = STEPS.find(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    show_finish(
        &state,
        &flow,
        &Finish::default(),
        &FinishErrors::default(),
        None,
    )
    .await
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
    let Some(flow) = STEPS.find(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    let problem = match registration::send_again(&state, &client, &flow).await {
        Ok(true) => None,
        Ok(false) => Some(too_early(&state, &flow)),
        Err(refusal) => Some(Error::from(refusal).into()),
    };
    let Some(flow) = STEPS.find(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    let typed = Finish {
        code: String::new(),
        ..form
    };
    show_finish(
        &state,
        &flow,
        &typed,
        &FinishErrors::default(),
        problem.as_ref(),
    )
    .await
}

/// `POST /register/finish`.
pub async fn update(
    From(state): From<State>,
    client: Client,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<Finish>,
) -> Result {
    let Some(flow) = STEPS.find(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    let (wish, errors) = read(&state, &form, &flow);
    let Some(wish) = wish else {
        return show_finish(&state, &flow, &form, &errors, None).await;
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
    // The code may have proven the mailbox although the name did not fit.
    let flow = STEPS.find(&state, &headers).await?.unwrap_or(flow);
    show_finish(&state, &flow, &form, &errors, problem.as_ref()).await
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
fn read(state: &State, form: &Finish, flow: &MailedSecret) -> (Option<Wish>, FinishErrors) {
    let code = proto::typed::plain(&form.code);
    let digits = usize::from(state.config.limits.code_digits);
    let is_code = flow.proven_at.is_some()
        || (code.len() == digits && code.bytes().all(|b| b.is_ascii_digit()));
    let user_name = UserName::parse(&form.user_name);
    let own_words = [form.user_name.as_str(), &flow.address];
    let password = password_policy::check(&form.password, &own_words);
    let errors = FinishErrors {
        code: (!is_code).then(|| say!("finish-no-code", digits = digits)),
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

fn too_early(state: &State, flow: &MailedSecret) -> Problem {
    Problem::unfit(match registration::send_again_at(flow) {
        Some(at) => say!(
            "finish-too-early",
            wait = wait_in_words(at - state.clock.now())
        ),
        None => say!("finish-no-more-codes"),
    })
}

fn show_start(
    state: &State,
    email: &str,
    panel: &Panel,
    problem: Option<&Problem>,
    email_error: Option<&str>,
) -> Response {
    let page = EmailPage {
        email,
        human: panel,
        problem: problem.map(|problem| problem.message.as_str()),
        email_error,
        digits: state.config.limits.code_digits,
    };
    let has_errors = email_error.is_some() || panel.letters_error.is_some();
    page::answer(&page, problem, has_errors)
}

async fn show_finish(
    state: &State,
    flow: &MailedSecret,
    typed: &Finish,
    errors: &FinishErrors,
    problem: Option<&Problem>,
) -> Result {
    let now = state.clock.now();
    let step = match flow.proven_at {
        Some(_) => Step::Proven,
        None if mailed_secret::is_link_only(state, flow).await? => Step::Button,
        None => Step::Code,
    };
    let page = FinishPage {
        email: &flow.address,
        typed,
        step,
        digits: state.config.limits.code_digits,
        valid_for: (flow.expires_at - now).clamp(0, CODE_SECONDS),
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
    Ok(page::answer(&page, problem, has_errors))
}

/// `29:12`.
fn clock_time(seconds: &i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
