//! `/register`, `/register/button`, `/register/finish` and `/register/code`: the screens Enter Email and Create
//! account.

use askama::Template;
use axum::extract::State as From;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::mailed_secret::{self, AskForm, Steps};
use super::session;
use super::setup::IsSetUp;
use crate::accounts::bot_check::{Evidence, proof_of_work};
use crate::accounts::mailed_secret::{MailRequest, MailedSecret, Purpose, is_link_only};
use crate::accounts::names::{Email, UserName};
use crate::accounts::registration::{self, Finished, NewRegistration};
use crate::accounts::{Refusal, password::policy};
use crate::language::moment::wait_in_words;
use crate::state::State;
use crate::throttle::limits::CODE_SECONDS;
use crate::visitor::{Browser, Client};
use crate::web::bot_check::{CheckedForm, checked_form};
use crate::web::cookies::Cookie;
use crate::web::error::{self, Error, Result};
use crate::web::form::Form;
use crate::web::page;

#[derive(Template)]
#[template(path = "sign_in/register_finish.html")]
struct RegistrationPage<'a> {
    email: &'a str,
    typed: &'a RegistrationForm,
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
    /// Code, user name and password.
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

checked_form! {
    /// The first screen's form, as it is sent.
    Start {
        email: String,
    }
}

/// The last screen's form, as it is sent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationForm {
    code: String,
    user_name: String,
    password: String,
}

const STEPS: Steps = Steps {
    purpose: Purpose::Registration,
    cookie: Cookie::Flow,
    work: proof_of_work::WorkPurpose::Register,
    form: "/register",
    mailed: "/register/finish",
    proven: "/register/finish",
    title: key!("register-title"),
    button: key!("register-button"),
    link_title: key!("finish-title"),
    link_text: key!("button-register"),
};

impl AskForm for Start {
    const STEPS: Steps = STEPS;
    type Typed = Email;

    fn typed(&self) -> &str {
        &self.email
    }

    fn read(&self) -> std::result::Result<Email, String> {
        Email::parse(&self.email).map_err(|bad| bad.words())
    }

    async fn begin(
        state: &State,
        client: &Client,
        email: &Email,
        asking: &MailRequest<'_>,
    ) -> std::result::Result<String, Refusal> {
        registration::begin(state, client, email, asking).await
    }
}

/// `GET /register`: the form for a mail address.
pub async fn new(_: IsSetUp, state: From<State>, headers: HeaderMap) -> Response {
    mailed_secret::new::<Start>(state, headers).await
}

/// `POST /register`: mails a code and a link.
pub async fn create(
    _: IsSetUp,
    state: From<State>,
    client: Client,
    headers: HeaderMap,
    form: Form<Start>,
) -> Result {
    mailed_secret::create(state, client, headers, form).await
}

/// `GET /register/finish`: the form for code, name and password.
pub async fn edit(From(state): From<State>, headers: HeaderMap) -> Result {
    let Some(flow) = STEPS.find(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    show_finish(
        &state,
        &flow,
        &RegistrationForm::default(),
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
    Form(form): Form<RegistrationForm>,
) -> Result {
    let Some(flow) = STEPS.find(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    let problem = match registration::send_again(&state, &client, &flow).await {
        Ok(true) => None,
        Ok(false) => Some(too_early(&state, &flow)),
        Err(refusal) => Some(refusal.into()),
    };
    // Read again, because it has another code and other times now.
    let Some(flow) = STEPS.find(&state, &headers).await? else {
        return Ok(STEPS.start_over());
    };
    let typed = RegistrationForm {
        // The typed code was of the earlier mail and does not count any more.
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

/// `POST /register/finish`: creates the account.
pub async fn update(
    From(state): From<State>,
    client: Client,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<RegistrationForm>,
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
        let response = session::signed_in(&state, &headers, token);
        return Ok(Cookie::Flow.clear(&state, response));
    }
    if let Ok(Finished::Done) = &finished {
        return Ok(Redirect::to("/login?notice=registered").into_response());
    }
    let (errors, problem) = explain(finished);
    // The code may have proven the mailbox although the name did not fit.
    let flow = STEPS.find(&state, &headers).await?.unwrap_or(flow);
    show_finish(&state, &flow, &form, &errors, problem.as_ref()).await
}

fn explain(finished: std::result::Result<Finished, Refusal>) -> (FinishErrors, Option<Error>) {
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
        Ok(Finished::TooManyNames) => (none, Some(error::unfit(say!("finish-too-many-names")))),
        Ok(Finished::SignedIn(_) | Finished::Done) => (none, None),
        Err(refusal) => (none, Some(refusal.into())),
    }
}

/// Checks what costs no try of the code. Everything is checked, so that all messages come at once.
fn read(
    state: &State,
    form: &RegistrationForm,
    flow: &MailedSecret,
) -> (Option<NewRegistration>, FinishErrors) {
    let code = proto::typed::plain(&form.code);
    let digits = usize::from(state.config.limits.code_digits);
    let is_code = flow.proven_at.is_some()
        || (code.len() == digits && code.bytes().all(|b| b.is_ascii_digit()));
    let user_name = UserName::parse(&form.user_name);
    let own_words = [form.user_name.as_str(), &flow.address];
    let password = policy::check(&form.password, &own_words);
    let errors = FinishErrors {
        code: (!is_code).then(|| say!("finish-no-code", digits = digits)),
        user_name: user_name.as_ref().err().map(|bad| bad.words()),
        password: password.as_ref().err().map(|bad| bad.words()),
    };
    let wish = match (is_code, user_name, password) {
        (true, Ok(user_name), Ok(password)) => Some(NewRegistration {
            code,
            user_name,
            password,
        }),
        _ => None,
    };
    (wish, errors)
}

fn too_early(state: &State, flow: &MailedSecret) -> Error {
    error::unfit(match registration::send_again_at(flow) {
        Some(at) => say!(
            "finish-too-early",
            wait = wait_in_words(at - state.clock.now())
        ),
        None => say!("finish-no-more-codes"),
    })
}

async fn show_finish(
    state: &State,
    flow: &MailedSecret,
    typed: &RegistrationForm,
    errors: &FinishErrors,
    problem: Option<&Error>,
) -> Result {
    let now = state.clock.now();
    let step = match flow.proven_at {
        Some(_) => Step::Proven,
        None if is_link_only(state, flow).await? => Step::Button,
        None => Step::Code,
    };
    let page = RegistrationPage {
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

/// Minutes and seconds, as in `29:12`.
fn clock_time(seconds: &i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
