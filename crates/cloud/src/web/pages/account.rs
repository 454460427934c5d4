//! `/account`: the screen Cloud P2P, signed in. Each action has its own page below it.

pub mod data;
pub mod deletion;
pub mod email;
pub mod lock;
pub mod notices;
pub mod password;
pub mod sessions;

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;

use super::menu::{Menu, Place};
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

#[derive(Template)]
#[template(path = "account/overview.html")]
struct AccountPage {
    menu: Menu,
    notice: Option<String>,
}

/// Query parameters of the address.
#[derive(Deserialize)]
pub struct AccountQuery {
    notice: Option<String>,
}

/// `GET /account`: leads to everything below it.
pub async fn show(who: SignedIn, Query(query): Query<AccountQuery>) -> Result {
    let notice = match query.notice.as_deref() {
        Some("password") => Some(say!("account-password-set")),
        Some("notices") => Some(say!("account-notices-set")),
        _ => None,
    };
    Ok(page::show(&AccountPage {
        menu: Menu::new(&who, Place::Configuration),
        notice,
    }))
}
