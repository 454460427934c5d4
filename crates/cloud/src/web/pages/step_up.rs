//! `/step-up`: asks for the password before something sensitive, and leads back to it.

use askama::Template;
use axum::extract::{Query, State as From};
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

use super::menu::{Menu, Place};
use crate::accounts::step_up;
use crate::state::State;
use crate::web::cookies;
use crate::web::error::{Error, Result};
use crate::web::form::{Form, Problem};
use crate::web::guard::SignedIn;
use crate::web::page;
use crate::web::target::Target;

#[derive(Template)]
#[template(path = "step_up.html")]
struct StepUpPage<'a> {
    menu: Menu,
    to: &'a Target,
    problem: Option<&'a str>,
}

/// Where it leads back to.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    to: String,
}

/// The form, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    #[serde(default)]
    to: String,
    #[serde(default)]
    password: String,
}

/// `GET /step-up`.
pub async fn new(who: SignedIn, Query(asked): Query<Asked>) -> Result {
    Ok(page::show(&StepUpPage {
        menu: Menu::new(&who, Place::Configuration),
        to: &Target::parse(&asked.to),
        problem: None,
    }))
}

/// `POST /step-up`.
pub async fn create(From(state): From<State>, who: SignedIn, Form(form): Form<Proof>) -> Result {
    let to = Target::parse(&form.to);
    let problem = match step_up::prove(&state, &who, &form.password).await {
        Ok(Some(token)) => {
            let cookies = AppendHeaders(cookies::of_token(&state, &token));
            return Ok((cookies, Redirect::to(&to.to_string())).into_response());
        }
        Ok(None) => Problem::unfit(say!("step-up-wrong")),
        Err(refusal) => Error::from(refusal).into(),
    };
    let page = StepUpPage {
        menu: Menu::new(&who, Place::Configuration),
        to: &to,
        problem: Some(&problem.message),
    };
    let status: StatusCode = problem.status;
    Ok(problem.with_headers(page::show_with(status, &page)))
}
