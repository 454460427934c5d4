//! `/account/lock`: locks the account in an emergency; and `/not-me`, the page of "that was not me"
//! in a mail. The mail's token follows the `#` and is submitted in the form, so that no request
//! line contains it.

use askama::Template;
use axum::extract::State as From;
use axum::response::Response;

use crate::accounts::not_me;
use crate::state::State;
use crate::visitor::{Browser, SignedIn};
use crate::web::cookies::{CLEAR_STORAGE, Cookie};
use crate::web::error::Result;
use crate::web::form::Form;
use crate::web::page;
use crate::web::pages::mailed_secret::{DonePage, LinkForm, LinkPage};
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account/lock.html")]
struct LockPage {
    menu: Menu,
}

/// `GET /account/lock`: asks for confirmation.
pub async fn edit(who: SignedIn) -> Result {
    Ok(page::show(&LockPage {
        menu: Menu::new(&who, Place::Configuration),
    }))
}

/// `POST /account/lock`: locks the account of whoever asks.
pub async fn update(From(state): From<State>, who: SignedIn, browser: Browser) -> Result {
    not_me::lock_own(&state, &who, &browser).await?;
    Ok(locked(&state))
}

/// `GET /not-me`: changes nothing, because mail scanners open links too.
pub async fn link() -> Response {
    link_page().show()
}

/// `POST /not-me`: uses the link of a notice.
pub async fn press(
    From(state): From<State>,
    browser: Browser,
    Form(form): Form<LinkForm>,
) -> Result {
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

/// Says what was done, and signs out this browser.
fn locked(state: &State) -> Response {
    let page = DonePage {
        title: say!("account-lock"),
        done: say!("lock-done"),
        text: Some(say!("lock-unlock")),
        next: "/forgot",
        next_words: say!("notice-unlock"),
        forgets: true,
    };
    Cookie::Session.clear(state, (CLEAR_STORAGE, page::show(&page)))
}
