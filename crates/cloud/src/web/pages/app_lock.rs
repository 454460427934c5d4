//! App lock: `/configuration/lock` sets it, `/locked` asks for its PIN. Both PIN and lock are kept by the browser
//! alone; the cloud knows nothing of them.

use askama::Template;
use axum::response::Response;

use super::menu::{Menu, Place};
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::page;

/// Minutes away after which a page may lock.
const MINUTES: [i64; 4] = [1, 5, 15, 60];

#[derive(Template)]
#[template(path = "app_lock.html")]
struct AppLockPage {
    menu: Menu,
    minutes: &'static [i64],
}

#[derive(Template)]
#[template(path = "locked.html")]
struct LockedPage;

/// `GET /configuration/lock`: turns the lock of this browser on and off.
pub async fn show(who: SignedIn) -> Result {
    Ok(page::show(&AppLockPage {
        menu: Menu::new(&who, Place::Configuration),
        minutes: &MINUTES,
    }))
}

/// `GET /locked`: the same for everybody, since a session may have ended behind the lock.
pub async fn locked() -> Response {
    page::show(&LockedPage)
}
