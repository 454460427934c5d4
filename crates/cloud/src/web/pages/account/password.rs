//! `/account/password`: another password, by the old one.

use askama::Template;
use axum::extract::State as From;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

use crate::accounts::choice;
use crate::accounts::password_change::{self, Changed};
use crate::state::State;
use crate::web::cookies;
use crate::web::error::{Error, Result};
use crate::web::form::{Form, Problem};
use crate::web::guard::{Browser, Proven, SignedIn};
use crate::web::page;
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account_password.html")]
struct PasswordPage<'a> {
    menu: Menu,
    problem: Option<&'a str>,
    old_error: Option<String>,
    new_error: Option<String>,
}

/// The form, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    old_password: String,
    #[serde(default)]
    password: String,
}

/// `GET /account/password`.
pub async fn edit(Proven(who): Proven) -> Result {
    Ok(page::show(&blank(&who)))
}

/// `POST /account/password`.
pub async fn update(
    From(state): From<State>,
    Proven(who): Proven,
    browser: Browser,
    Form(form): Form<Change>,
) -> Result {
    let mut page = blank(&who);
    let own_words = [who.user_name.as_str(), &who.email];
    let new = match choice::check(&form.password, &own_words) {
        Ok(new) => new,
        Err(bad) => {
            page.new_error = Some(bad.words());
            return Ok(page::show_with(UNFIT, &page));
        }
    };
    match password_change::change(&state, &who, &form.old_password, new, &browser).await {
        Ok(Changed::Done(token)) => {
            let cookies = AppendHeaders(cookies::of_token(&state, &token));
            Ok((cookies, Redirect::to("/account?notice=password")).into_response())
        }
        Ok(Changed::WrongOld) => {
            page.old_error = Some(say!("step-up-wrong"));
            Ok(page::show_with(UNFIT, &page))
        }
        Ok(Changed::Overtaken) => Ok(Redirect::to("/login").into_response()),
        Err(refusal) => {
            let problem = Problem::from(Error::from(refusal));
            page.problem = Some(&problem.message);
            Ok(problem.with_headers(page::show_with(problem.status, &page)))
        }
    }
}

const UNFIT: axum::http::StatusCode = axum::http::StatusCode::UNPROCESSABLE_ENTITY;

fn blank(who: &SignedIn) -> PasswordPage<'static> {
    PasswordPage {
        menu: Menu::new(who, Place::Configuration),
        problem: None,
        old_error: None,
        new_error: None,
    }
}
