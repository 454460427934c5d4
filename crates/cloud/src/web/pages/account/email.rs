//! `/account/email`: another address; and `/account/email/button`, the page of the link mailed to
//! it. The token follows the `#` and is submitted in the form, so that no request line contains it.

use askama::Template;
use axum::extract::State as From;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::email_change;
use crate::accounts::names::Email;
use crate::state::State;
use crate::visitor::{Browser, SignedIn};
use crate::web::error::{Error, Result};
use crate::web::form::Form;
use crate::web::guard::Proven;
use crate::web::page;
use crate::web::pages::mailed_secret::{DonePage, LinkForm, LinkPage};
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account/email.html")]
struct ChangeEmailPage<'a> {
    menu: Menu,
    typed: &'a str,
    waiting: Option<String>,
    problem: Option<&'a str>,
    email_error: Option<String>,
}

/// The submitted form: the new address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmailForm {
    #[serde(default)]
    email: String,
}

/// `GET /account/email`: the form, and the address that waits.
pub async fn edit(From(state): From<State>, Proven(who): Proven) -> Result {
    let waiting = email_change::waiting(&state, &who).await?;
    Ok(page::show(&ChangeEmailPage {
        waiting,
        ..blank(&who, "")
    }))
}

/// `POST /account/email`: mails a button to the new address.
pub async fn update(
    From(state): From<State>,
    Proven(who): Proven,
    Form(form): Form<ChangeEmailForm>,
) -> Result {
    let mut page = blank(&who, &form.email);
    let email = match Email::parse(&form.email) {
        Ok(email) if email.key() == who.email.to_lowercase() => {
            page.email_error = Some(say!("account-email-same"));
            return Ok(page::unfit(&page));
        }
        Ok(email) => email,
        Err(bad) => {
            page.email_error = Some(bad.words());
            return Ok(page::unfit(&page));
        }
    };
    match email_change::ask(&state, &who, &email).await {
        Ok(()) => Ok(Redirect::to("/account/email").into_response()),
        Err(refusal) => {
            let problem = Error::from(refusal);
            page.problem = Some(&problem.message);
            Ok(page::answer(&page, Some(&problem), false))
        }
    }
}

/// `GET /account/email/button`: changes nothing, because mail scanners open links too.
pub async fn link() -> Response {
    link_page().show()
}

/// `POST /account/email/button`: the new mailbox has confirmed.
pub async fn press(
    From(state): From<State>,
    browser: Browser,
    Form(form): Form<LinkForm>,
) -> Result {
    if !email_change::confirm(&state, &form.token(), &browser).await? {
        return Ok(link_page().dead(say!("link-dead")));
    }
    Ok(page::show(&DonePage {
        title: say!("account-email"),
        done: say!("email-button-done"),
        text: None,
        next: "/account",
        next_words: say!("email-button-on"),
        forgets: false,
    }))
}

fn link_page() -> LinkPage {
    LinkPage {
        title: say!("account-email"),
        back: "/",
        text: say!("email-button-why"),
        button: say!("email-button"),
        ..LinkPage::default()
    }
}

fn blank<'a>(who: &SignedIn, typed: &'a str) -> ChangeEmailPage<'a> {
    ChangeEmailPage {
        menu: Menu::new(who, Place::Configuration),
        typed,
        waiting: None,
        problem: None,
        email_error: None,
    }
}
