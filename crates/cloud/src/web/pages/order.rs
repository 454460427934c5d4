//! `/devices/order`: the recorders of the account in their order, to move them.

use askama::Template;
use axum::extract::State as From;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::device::cameras::refused;
use super::devices::ListedRecorder;
use super::menu::{Menu, Place};
use crate::accounts::arrangement::{self, RecorderMove};
use crate::live::Live;
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::form::Form;
use crate::web::page;

#[derive(Template)]
#[template(path = "devices/order.html")]
struct OrderPage {
    menu: Menu,
    recorders: Vec<ListedRecorder>,
}

/// The button that was pressed, with the recorder's serial number as its value; or which one was dragged, and to which
/// place, counted from 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveButton {
    up: Option<String>,
    down: Option<String>,
    dragged: Option<String>,
    place: Option<usize>,
}

/// `GET /devices/order`: the list.
pub async fn index(From(live): From<Live>, who: SignedIn) -> Result {
    Ok(page::show(&OrderPage {
        menu: Menu::new(&who, Place::Devices),
        recorders: ListedRecorder::all(&live, &who).await?,
    }))
}

/// `POST /devices/order`: moves one of them.
pub async fn update(
    From(live): From<Live>,
    who: SignedIn,
    Form(pressed): Form<MoveButton>,
) -> Result {
    let Some((serial, way)) = pressed.way() else {
        return Ok(Redirect::to("/devices/order").into_response());
    };
    let moved = arrangement::move_recorder(&live, &who, serial, way).await;
    moved.map_err(refused)?;
    // It is one of this account's serial numbers, or nothing was moved.
    Ok(Redirect::to(&format!("/devices/order#recorder-{serial}")).into_response())
}

impl MoveButton {
    fn way(&self) -> Option<(&str, RecorderMove)> {
        let dragged = self.dragged.as_deref().zip(self.place);
        let dragged = dragged.map(|(it, place)| (it, RecorderMove::To(place.saturating_sub(1))));
        let up = self.up.as_deref().map(|it| (it, RecorderMove::Up));
        let down = self.down.as_deref().map(|it| (it, RecorderMove::Down));
        dragged.or(up).or(down)
    }
}
