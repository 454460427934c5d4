//! `/account/lock`: locks the account in an emergency; and `/not-me`, the page of "that was not me"
//! in a mail. The mail's token follows the `#` and is submitted in the form, so that no request
//! line contains it.

use askama::Template;
use axum::extract::State as From;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;

use crate::accounts::{mailed_link, not_me};
use crate::state::State;
use crate::visitor::{Browser, SignedIn};
use crate::web::cookies::Cookie;
use crate::web::error::Result;
use crate::web::form::Form;
use crate::web::page;
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account/lock.html")]
struct LockPage {
    menu: Menu,
}

#[derive(Template)]
#[template(path = "account/not_me.html")]
struct NotMePage {
    is_done: bool,
    problem: Option<String>,
}

/// The submitted mailed button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockForm {
    #[serde(default)]
    token: String,
}

/// `GET /account/lock`: asks for confirmation.
pub async fn edit(who: SignedIn) -> Result {
    Ok(page::show(&LockPage {
        menu: Menu::new(&who, Place::Configuration),
    }))
}

/// `POST /account/lock`.
pub async fn update(From(state): From<State>, who: SignedIn, browser: Browser) -> Result {
    not_me::lock_own(&state, &who, &browser).await?;
    Ok(locked(&state))
}

/// `GET /not-me`: changes nothing, because mail scanners open links too.
pub async fn not_me() -> Response {
    page::show(&NotMePage {
        is_done: false,
        problem: None,
    })
}

/// `POST /not-me`.
pub async fn object(
    From(state): From<State>,
    browser: Browser,
    Form(form): Form<LockForm>,
) -> Result {
    if not_me::object(&state, &mailed_link::read(&form.token), &browser).await? {
        return Ok(locked(&state));
    }
    // The same answer for used, expired and unknown links.
    let page = NotMePage {
        is_done: false,
        problem: Some(say!("link-dead")),
    };
    Ok(page::show_with(StatusCode::NOT_FOUND, &page))
}

/// Says what was done, and signs out this browser.
fn locked(state: &State) -> Response {
    let page = NotMePage {
        is_done: true,
        problem: None,
    };
    (
        AppendHeaders([(SET_COOKIE, Cookie::Session.clear(state))]),
        // Whoever holds this browser must not find the last pictures of cameras in it.
        [("clear-site-data", "\"cache\", \"storage\"")],
        page::show(&page),
    )
        .into_response()
}
