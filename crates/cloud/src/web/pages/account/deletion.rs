//! `/account/deletion`: deletes the account permanently.

use askama::Template;
use axum::extract::State as From;
use serde::Deserialize;

use crate::accounts::deletion;
use crate::accounts::names::UserName;
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::cookies::{CLEAR_STORAGE, Cookie};
use crate::web::error::Result;
use crate::web::form::Form;
use crate::web::guard::Proven;
use crate::web::page;
use crate::web::pages::mailed_secret::DonePage;
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account/deletion.html")]
struct DeletionPage {
    menu: Menu,
    name_error: Option<String>,
}

/// Fields of the form: the user name, typed to confirm the deletion.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    #[serde(default)]
    user_name: String,
}

/// `GET /account/deletion`: explains what is deleted.
pub async fn edit(Proven(who): Proven) -> Result {
    Ok(page::show(&blank(&who)))
}

/// `POST /account/deletion`: deletes the account if its name was typed.
pub async fn destroy(
    From(state): From<State>,
    Proven(who): Proven,
    Form(form): Form<Confirmation>,
) -> Result {
    let typed = UserName::parse(&form.user_name);
    let is_meant = typed.is_ok_and(|typed| typed.key() == who.user_name.to_ascii_lowercase());
    if !is_meant {
        let page = DeletionPage {
            name_error: Some(say!("deletion-name-wrong")),
            ..blank(&who)
        };
        return Ok(page::unfit(&page));
    }
    deletion::delete_own(&state, &who).await?;
    let done = page::show(&DonePage {
        title: say!("deletion-title"),
        done: say!("deletion-done"),
        text: Some(say!("deletion-after")),
        next: "/login",
        next_words: say!("login-button"),
        forgets: true,
    });
    let done = Cookie::Session.clear(&state, (CLEAR_STORAGE, done));
    Ok(Cookie::Browser.clear(&state, done))
}

fn blank(who: &SignedIn) -> DeletionPage {
    DeletionPage {
        menu: Menu::new(who, Place::Configuration),
        name_error: None,
    }
}
