//! `/account/notices`: which notices are mailed.

use askama::Template;
use axum::extract::State as From;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use crate::accounts::notices::{self, Kind};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::form::Form;
use crate::web::page;
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "account/notices.html")]
struct NoticesPage {
    menu: Menu,
    recorders: bool,
}

/// The submitted form: the ticked kinds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    recorders: Option<String>,
}

/// `GET /account/notices`: the kinds that can be turned off.
pub async fn edit(From(state): From<State>, who: SignedIn) -> Result {
    let muted = notices::muted(&state, &who.account_id).await?;
    Ok(page::show(&NoticesPage {
        menu: Menu::new(&who, Place::Configuration),
        recorders: !muted.contains(&Kind::Recorders),
    }))
}

/// `POST /account/notices`: turns each kind on or off.
pub async fn update(From(state): From<State>, who: SignedIn, Form(form): Form<Choice>) -> Result {
    let wanted = form.recorders.map(|_| Kind::Recorders);
    notices::choose(&state, &who.account_id, wanted.as_slice()).await?;
    Ok(Redirect::to("/account?notice=notices").into_response())
}
