//! `/register/button` and `/forgot/button`: where the button of a mail leads. Opening it shows a page,
//! because mail scanners open links too; pressing there goes on in this browser. The token stands
//! behind `#` and comes in the form, so that no request line holds it.

use askama::Template;
use axum::extract::State as From;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::register;
use crate::accounts::{Refusal, mailed_link, recovery, registration};
use crate::db::mailed_links::Purpose;
use crate::state::State;
use crate::web::cookies::Cookie;
use crate::web::error::{Error, Result};
use crate::web::form::{Form, Problem};
use crate::web::page;

#[derive(Template)]
#[template(path = "sign_in/mailed_link.html")]
struct ButtonPage<'a> {
    for_password: bool,
    problem: Option<&'a str>,
}

/// The form, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    #[serde(default)]
    token: String,
}

/// `GET /register/button`.
pub async fn register(From(state): From<State>, headers: HeaderMap) -> Response {
    Cookie::Flow.issue(&state, &headers, show(Purpose::Register, None))
}

/// `GET /forgot/button`.
pub async fn reset(From(state): From<State>, headers: HeaderMap) -> Response {
    Cookie::Reset.issue(&state, &headers, show(Purpose::Reset, None))
}

/// `POST /register/button`.
pub async fn press_register(
    From(state): From<State>,
    headers: HeaderMap,
    Form(form): Form<Press>,
) -> Result {
    let cookie = Cookie::Flow.read(&headers, &state);
    let pressed = registration::press(&state, &mailed_link::read(&form.token), cookie).await;
    Ok(match went_on(Purpose::Register, pressed) {
        Ok(secret) => register::go_on(&state, &secret),
        Err(page) => *page,
    })
}

/// `POST /forgot/button`.
pub async fn press_reset(
    From(state): From<State>,
    headers: HeaderMap,
    Form(form): Form<Press>,
) -> Result {
    let cookie = Cookie::Reset.read(&headers, &state);
    let pressed = recovery::press(&state, &mailed_link::read(&form.token), cookie).await;
    Ok(match went_on(Purpose::Reset, pressed) {
        Ok(secret) => {
            let cookie = Cookie::Reset.set(&state, &secret, None);
            let to = Redirect::to("/forgot/password");
            (AppendHeaders([(SET_COOKIE, cookie)]), to).into_response()
        }
        Err(page) => *page,
    })
}

/// The secret that the browser goes on with, or the page again.
fn went_on(
    purpose: Purpose,
    pressed: std::result::Result<Option<String>, Refusal>,
) -> std::result::Result<String, Box<Response>> {
    let problem = match pressed {
        Ok(Some(secret)) => return Ok(secret),
        // The same for buttons that are used up, too old, or never were.
        Ok(None) => Problem::gone(say!("button-dead")),
        Err(refusal) => Error::from(refusal).into(),
    };
    Err(Box::new(show(purpose, Some(&problem))))
}

fn show(purpose: Purpose, problem: Option<&Problem>) -> Response {
    let page = ButtonPage {
        for_password: purpose == Purpose::Reset,
        problem: problem.map(|problem| problem.message.as_str()),
    };
    page::answer(&page, problem, false)
}
