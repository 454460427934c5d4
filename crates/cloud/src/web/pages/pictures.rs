//! `/pictures`: what a person captured and recorded in this browser. The page brings no content: pictures and
//! videos never reach the cloud.

use askama::Template;

use super::menu::{Menu, Place};
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

#[derive(Template)]
#[template(path = "pictures.html")]
struct PicturesPage {
    menu: Menu,
}

/// `GET /pictures`: the same page for everybody; its script lists what this browser keeps.
pub async fn show(who: SignedIn) -> Result {
    Ok(page::show(&PicturesPage {
        menu: Menu::new(&who, Place::Pictures),
    }))
}
