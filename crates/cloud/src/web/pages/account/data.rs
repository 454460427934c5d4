//! `/account/data`: all data about the account in one file.

use askama::Template;
use axum::extract::State as From;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;

use crate::accounts::data_export;
use crate::state::State;
use crate::visitor::Browser;
use crate::web::error::{Result, broken};
use crate::web::guard::Proven;
use crate::web::page;
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account/data.html")]
struct DataPage {
    menu: Menu,
}

/// `GET /account/data`: explains the contents.
pub async fn show(Proven(who): Proven) -> Result {
    Ok(page::show(&DataPage {
        menu: Menu::new(&who, Place::Configuration),
    }))
}

/// `POST /account/data`: the file. Not a GET, because the owner is notified.
pub async fn create(From(state): From<State>, Proven(who): Proven, browser: Browser) -> Result {
    let data = data_export::collect(&state, &who, &browser).await?;
    let text = serde_json::to_string_pretty(&data).map_err(|_| broken())?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"peerview.json\"",
        ),
    ];
    Ok((headers, text).into_response())
}
