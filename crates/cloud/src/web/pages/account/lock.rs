//! `/account/lock`: the panic button; and `/not-me`, where "that was not me" in a mail leads. The
//! token of the mail stands behind `#` and comes in the form, so that no request line holds it.

use askama::Template;
use axum::extract::State as From;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};

use crate::accounts::not_me;
use crate::state::State;
use crate::visitor::{Browser, SignedIn};
use crate::web::cookies::Cookie;
use crate::web::error::Result;
use crate::web::form::Form;
use crate::web::page;
use crate::web::pages::mailed_secret::{DonePage, LinkPage, Press};
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account_lock.html")]
struct LockPage {
    menu: Menu,
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
pub async fn link() -> Response {
    link_page().show()
}

/// `POST /not-me`.
pub async fn press(From(state): From<State>, browser: Browser, Form(form): Form<Press>) -> Result {
    if not_me::report(&state, &form.token(), &browser).await? {
        return Ok(locked(&state));
    }
    Ok(link_page().dead(say!("link-dead")))
}

fn link_page() -> LinkPage {
    LinkPage {
        title: say!("account-lock"),
        back: "/",
        warning: Some(say!("lock-what")),
        text: say!("not-me-email"),
        button: say!("account-lock"),
        ..LinkPage::default()
    }
}

/// Says what was done; whoever was signed in here is no longer.
fn locked(state: &State) -> Response {
    let page = DonePage {
        title: say!("account-lock"),
        done: say!("lock-done"),
        text: Some(say!("lock-unlock")),
        next: "/forgot",
        next_words: say!("notice-unlock"),
    };
    (
        AppendHeaders([(SET_COOKIE, Cookie::Session.clear(state))]),
        [("clear-site-data", "\"cache\", \"storage\"")],
        page::show(&page),
    )
        .into_response()
}
