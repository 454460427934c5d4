//! `/configuration`: the account, choices stored in this browser, and information about this
//! program.

use askama::Template;
use axum::extract::State as From;

use super::menu::{Menu, Place};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

#[derive(Template)]
#[template(path = "configuration.html")]
struct ConfigurationPage<'a> {
    menu: Menu,
    cloud: &'a str,
    version: &'static str,
}

/// `GET /configuration`: account, choices, and this program.
pub async fn show(From(state): From<State>, who: SignedIn) -> Result {
    Ok(page::show(&ConfigurationPage {
        menu: Menu::new(&who, Place::Configuration),
        cloud: state.public_url.host_str().unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION"),
    }))
}
