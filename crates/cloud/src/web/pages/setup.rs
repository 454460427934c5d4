//! `/setup`: the first account of a cloud, by the link that it printed.

use askama::Template;
use axum::extract::{FromRequestParts, State as From};
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::session;
use crate::accounts::names::{Email, UserName};
use crate::accounts::password::policy;
use crate::accounts::registration::setup::{self, FirstAccount};
use crate::live::Live;
use crate::state::State;
use crate::visitor::Browser;
use crate::web::error::{Error, Result};
use crate::web::form::Form;
use crate::web::page;

#[derive(Template)]
#[template(path = "sign_in/setup.html")]
struct SetupPage<'a> {
    typed: &'a Filled,
    problem: Option<&'a str>,
    errors: &'a Errors,
}

#[derive(Template)]
#[template(path = "sign_in/setup_closed.html")]
struct ClosedPage {}

/// What is wrong with each field.
#[derive(Default)]
struct Errors {
    code: Option<String>,
    user_name: Option<String>,
    email: Option<String>,
    password: Option<String>,
}

/// The form, as it is sent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filled {
    #[serde(default)]
    code: String,
    #[serde(default)]
    user_name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

/// Lets a request pass once the cloud is set up; before that it leads to `/setup`.
pub struct IsSetUp;

impl FromRequestParts<Live> for IsSetUp {
    type Rejection = Response;

    async fn from_request_parts(
        _: &mut Parts,
        state: &Live,
    ) -> std::result::Result<Self, Response> {
        match setup::is_open(state).await {
            Ok(false) => Ok(IsSetUp),
            Ok(true) => Err(Redirect::to("/setup").into_response()),
            Err(error) => Err(Error::from(error).into_response()),
        }
    }
}

/// `GET /setup`: the form for the first account.
pub async fn edit(From(state): From<State>) -> Result {
    if !setup::is_open(&state).await? {
        return Ok(closed());
    }
    Ok(show(&Filled::default(), &Errors::default(), None))
}

/// `POST /setup`: creates the first account.
pub async fn update(
    From(state): From<State>,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<Filled>,
) -> Result {
    if !setup::is_open(&state).await? {
        return Ok(closed());
    }
    let (wish, errors) = read(&form);
    let Some(wish) = wish else {
        return Ok(show(&form, &errors, None));
    };
    match setup::finish(&state, wish, &browser).await {
        Ok(Some(token)) => Ok(session::signed_in(&state, &headers, &token)),
        Ok(None) => {
            let errors = Errors {
                code: Some(say!("setup-code-bad")),
                ..Errors::default()
            };
            Ok(show(&form, &errors, None))
        }
        Err(refusal) => {
            let problem = Error::from(refusal);
            Ok(show(&form, &Errors::default(), Some(&problem)))
        }
    }
}

/// Everything is checked, so that all messages come at once.
fn read(form: &Filled) -> (Option<FirstAccount>, Errors) {
    // Some programs encode the `#` of a link, and people paste the whole link.
    let typed = form.code.replace("%23", "#");
    let behind = typed.rsplit('#').next().unwrap_or_default();
    let code = proto::typed::without_blanks(behind);
    let user_name = UserName::parse(&form.user_name);
    let email = Email::parse(&form.email);
    let password = policy::check(&form.password, &[form.user_name.as_str(), &form.email]);
    let errors = Errors {
        code: code.is_empty().then(|| say!("setup-code-bad")),
        user_name: user_name.as_ref().err().map(|bad| bad.words()),
        email: email.as_ref().err().map(|bad| bad.words()),
        password: password.as_ref().err().map(|bad| bad.words()),
    };
    let wish = match (code.is_empty(), user_name, email, password) {
        (false, Ok(user_name), Ok(email), Ok(password)) => Some(FirstAccount {
            code: Zeroizing::new(code),
            user_name,
            email,
            password,
        }),
        _ => None,
    };
    (wish, errors)
}

fn closed() -> Response {
    page::show_with(StatusCode::NOT_FOUND, &ClosedPage {})
}

fn show(typed: &Filled, errors: &Errors, problem: Option<&Error>) -> Response {
    let page = SetupPage {
        typed,
        problem: problem.map(|problem| problem.message.as_str()),
        errors,
    };
    let of_fields = [
        &errors.code,
        &errors.user_name,
        &errors.email,
        &errors.password,
    ];
    let has_errors = of_fields.iter().any(|error| error.is_some());
    page::answer(&page, problem, has_errors)
}
