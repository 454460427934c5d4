//! `/forgot` and `/forgot/{token}`: a new password by mail.

use askama::Template;
use axum::extract::{Path, State as From};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::captcha::{self, Checked};
use crate::accounts::names::Email;
use crate::accounts::{choice, recovery};
use crate::state::State;
use crate::web::error::{Error, Result};
use crate::web::form::{Form, Problem};
use crate::web::guard::Client;
use crate::web::page;

#[derive(Template)]
#[template(path = "recovery.html")]
struct AskPage<'a> {
    email: &'a str,
    captcha: &'a str,
    problem: Option<&'a str>,
    email_error: Option<&'a str>,
    letters_error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "recovery_sent.html")]
struct SentPage<'a> {
    email: &'a str,
    mailbox: bool,
}

#[derive(Template)]
#[template(path = "recovery_finish.html")]
struct FinishPage<'a> {
    user_name: &'a str,
    problem: Option<&'a str>,
    password_error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "recovery_dead.html")]
struct DeadPage {}

/// The form that asks for a link, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    #[serde(default)]
    email: String,
    #[serde(default)]
    captcha: String,
    #[serde(default)]
    letters: String,
    /// The button New picture.
    new_picture: Option<String>,
}

/// The form that sets the password, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finish {
    #[serde(default)]
    password: String,
}

/// `GET /forgot`.
pub async fn new(From(state): From<State>) -> Response {
    let captcha = captcha::new(&state);
    page::show(&AskPage {
        email: "",
        captcha: &captcha,
        problem: None,
        email_error: None,
        letters_error: None,
    })
}

/// `POST /forgot`: the same answer whether the address has an account or not.
pub async fn create(From(state): From<State>, client: Client, Form(form): Form<Ask>) -> Result {
    let fresh = captcha::new(&state);
    let show = |status, captcha: &str, problem, email_error, letters_error| {
        let page = AskPage {
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
        Ok(Checked::Right) => recovery::begin(&state, &client, &email).await,
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
        Ok(()) => Ok(page::show(&SentPage {
            email: email.as_str(),
            mailbox: state.config.demo,
        })),
        Err(refusal) => {
            let problem = Problem::from(Error::from(refusal));
            show(problem.status, &fresh, Some(&problem.message), None, None)
                .map(|r| problem.with_headers(r))
        }
    }
}

/// `GET /forgot/{token}`: shows the form and changes nothing, because mail scanners open links too.
pub async fn edit(From(state): From<State>, Path(token): Path<String>) -> Result {
    let Some(owner) = recovery::find(&state, &token).await? else {
        return Ok(dead());
    };
    Ok(page::show(&FinishPage {
        user_name: &owner.user_name,
        problem: None,
        password_error: None,
    }))
}

/// `POST /forgot/{token}`.
pub async fn update(
    From(state): From<State>,
    Path(token): Path<String>,
    Form(form): Form<Finish>,
) -> Result {
    let Some(owner) = recovery::find(&state, &token).await? else {
        return Ok(dead());
    };
    let password = match choice::check(&form.password, &[&owner.user_name, &owner.email]) {
        Ok(password) => password,
        Err(bad) => {
            let error = bad.words();
            let page = FinishPage {
                user_name: &owner.user_name,
                problem: None,
                password_error: Some(&error),
            };
            return Ok(page::show_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    match recovery::finish(&state, &token, &owner, password).await {
        Ok(true) => Ok(Redirect::to("/login?notice=password").into_response()),
        Ok(false) => Ok(dead()),
        Err(refusal) => {
            let problem = Problem::from(Error::from(refusal));
            let page = FinishPage {
                user_name: &owner.user_name,
                problem: Some(&problem.message),
                password_error: None,
            };
            Ok(problem.with_headers(page::show_with(problem.status, &page)))
        }
    }
}

/// The same for links that are wrong, used up or too old.
fn dead() -> Response {
    page::show_with(StatusCode::NOT_FOUND, &DeadPage {})
}
