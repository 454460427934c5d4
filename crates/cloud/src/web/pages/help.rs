//! `/help`: first steps, and what the server can and cannot see.

use askama::Template;

use super::menu::{Menu, Place};
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    menu: Menu,
}

/// `GET /help`: the same page for everybody.
pub async fn show(who: SignedIn) -> Result {
    Ok(page::show(&HelpPage {
        menu: Menu::new(&who, Place::Help),
    }))
}
