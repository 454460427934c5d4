//! `/devices/{serial}/cameras`: the cameras of one recorder in their order, to move, hide and show them. What is
//! chosen holds for this account only; each camera has its own page for its name.

use askama::Template;
use axum::extract::{Path, State as From};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::Refusal;
use crate::accounts::arrangement::{self, ArrangedCamera, ArrangementError, CameraChange};
use crate::claims;
use crate::db::recorders::{self, Recorder};
use crate::live::Live;
use crate::visitor::SignedIn;
use crate::web::error::{self, Error, Result, not_found};
use crate::web::form::Form;
use crate::web::page;
use crate::web::pages::menu::{Menu, Place};

/// Above this number of cameras the list can be searched.
const SEARCH_BEYOND: usize = 8;

#[derive(Template)]
#[template(path = "devices/cameras.html")]
struct CamerasPage {
    menu: Menu,
    serial: String,
    name: String,
    cameras: Vec<ArrangedCamera>,
    has_search: bool,
}

/// The button that was pressed, with the camera's identifier as its value; or which one was dragged, and to which
/// place, counted from 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraButton {
    up: Option<String>,
    down: Option<String>,
    hide: Option<String>,
    show: Option<String>,
    dragged: Option<String>,
    place: Option<usize>,
}

/// `GET /devices/{serial}/cameras`: every camera, hidden ones included.
pub async fn index(From(live): From<Live>, who: SignedIn, Path(serial): Path<String>) -> Result {
    let recorder = owned(&live, &who, &serial).await?;
    let cameras = arrangement::all_cameras(&recorder);
    Ok(page::show(&CamerasPage {
        menu: Menu::new(&who, Place::Devices),
        has_search: cameras.len() > SEARCH_BEYOND,
        cameras,
        serial: recorder.serial,
        name: recorder.name,
    }))
}

/// `POST /devices/{serial}/cameras`: moves, hides or shows one of them.
pub async fn update(
    From(live): From<Live>,
    who: SignedIn,
    Path(serial): Path<String>,
    Form(pressed): Form<CameraButton>,
) -> Result {
    let list = format!(
        "/devices/{}/cameras",
        owned(&live, &who, &serial).await?.serial
    );
    let Some((camera, change)) = pressed.change() else {
        return Ok(Redirect::to(&list).into_response());
    };
    let changed = claims::change_camera(&live, &who, (&serial, camera), change).await;
    changed.map_err(refused)?;
    // The next press of the Tab key goes on at this camera.
    Ok(to_camera(&list, camera))
}

/// One camera of a recorder of `who`. Unknown and foreign ones get the same answer.
pub async fn find(
    live: &Live,
    who: &SignedIn,
    serial: &str,
    camera: &str,
) -> Result<ArrangedCamera> {
    let recorder = owned(live, who, serial).await?;
    let mut cameras = arrangement::all_cameras(&recorder).into_iter();
    cameras
        .find(|it| it.camera.id == camera)
        .ok_or_else(not_found)
}

/// Back to the list of cameras, at this one.
pub(super) fn to_camera(list: &str, camera: &str) -> Response {
    Redirect::to(&format!("{list}#camera-{camera}")).into_response()
}

pub(super) async fn owned(live: &Live, who: &SignedIn, serial: &str) -> Result<Recorder> {
    let owned = recorders::find_owned(&live.db, serial, &who.account_id).await?;
    owned.ok_or_else(not_found)
}

/// The answer to a change that was not made.
pub(in crate::web) fn refused(refusal: ArrangementError) -> Error {
    match refusal {
        ArrangementError::Unknown => not_found(),
        ArrangementError::NoName | ArrangementError::NoArrangement => {
            error::invalid(say!("error-form"))
        }
        ArrangementError::TooMany { seconds } => Refusal::TooMany { seconds }.into(),
        ArrangementError::Database(error) => Error::from(error),
    }
}

impl CameraButton {
    fn change(&self) -> Option<(&str, CameraChange<'static>)> {
        if let Some((camera, place)) = self.dragged.as_deref().zip(self.place) {
            return Some((camera, CameraChange::To(place.saturating_sub(1))));
        }
        let pressed = [
            (&self.up, CameraChange::Up),
            (&self.down, CameraChange::Down),
            (&self.hide, CameraChange::Hide),
            (&self.show, CameraChange::Show),
        ];
        pressed
            .into_iter()
            .find_map(|(camera, change)| Some((camera.as_deref()?, change)))
    }
}
