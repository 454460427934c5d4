//! `/account/lock`: the panic button; and `/not-me`, where "that was not me" in a mail leads. The
//! token of the mail stands behind `#` and comes in the form, so that no request line holds it.

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
#[template(path = "account_lock.html")]
struct LockPage {
    menu: Menu,
}

#[derive(Template)]
#[template(path = "not_me.html")]
struct NotMePage {
    is_done: bool,
    problem: Option<String>,
}

/// The mailed button, as it is pressed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockForm {
    #[serde(default)]
    token: String,
}

/// `GET /account/lock`: asks whether it is meant.
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
    // The same for links that are used up, too old, or never were.
    let page = NotMePage {
        is_done: false,
        problem: Some(say!("link-dead")),
    };
    Ok(page::show_with(StatusCode::NOT_FOUND, &page))
}

/// Says what was done; whoever was signed in here is no longer.
fn locked(state: &State) -> Response {
    let page = NotMePage {
        is_done: true,
        problem: None,
    };
    (
        AppendHeaders([(SET_COOKIE, Cookie::Session.clear(state))]),
        [("clear-site-data", "\"cache\", \"storage\"")],
        page::show(&page),
    )
        .into_response()
}
