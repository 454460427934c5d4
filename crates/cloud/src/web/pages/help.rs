//! `/help`: first steps, and what the server can and cannot see.

use askama::Template;
use axum::extract::State as From;

use super::menu::{Menu, Place};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    menu: Menu,
    /// Commands to copy, with this cloud's address.
    install: &'static str,
    start: String,
    status: &'static str,
}

/// `GET /help`: the same page for everybody, with commands to copy.
pub async fn show(From(state): From<State>, who: SignedIn) -> Result {
    let cloud = state.public_url.as_str();
    Ok(page::show(&HelpPage {
        install: "sudo apt install ./peerview_amd64.deb",
        start: format!("peerview agent --cloud {}", cloud.trim_end_matches('/')),
        status: "peerview agent status",
        menu: Menu::new(&who, Place::Help),
    }))
}
