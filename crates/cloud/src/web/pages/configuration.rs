//! `/configuration`: the account, choices stored in this browser, and information about this
//! program.

use askama::Template;
use axum::extract::State as From;

use super::menu::{Menu, Place};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

/// Spans of time for which the page says how much data was used.
pub const SPANS: [(&str, &str); 4] = [
    ("today", key!("data-today")),
    ("yesterday", key!("data-yesterday")),
    ("month", key!("data-month")),
    ("last-month", key!("data-last-month")),
];

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
