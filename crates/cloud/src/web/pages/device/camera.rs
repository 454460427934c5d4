//! `/devices/{serial}/cameras/{camera}`: the name of one camera, its place among the others, and whether it is shown.

use askama::Template;
use axum::extract::{Path, State as From};
use axum::http::StatusCode;
use serde::Deserialize;

use super::cameras::{owned, refused, to_camera};
use crate::accounts::arrangement::{self, ArrangementError, CameraChange, MAX_CAMERA_NAME_CHARS};
use crate::claims;
use crate::language::moment::wait_in_words;
use crate::live::Live;
use crate::visitor::SignedIn;
use crate::web::error::{Result, not_found};
use crate::web::form::Form;
use crate::web::page;
use crate::web::pages::menu::{Menu, Place};

#[derive(Template)]
#[template(path = "devices/camera.html")]
struct CameraPage {
    menu: Menu,
    serial: String,
    id: String,
    /// What it is called now, for the heading.
    title: String,
    /// What the recorder calls it.
    name_there: String,
    typed: CameraForm,
    n_cameras: usize,
    name_error: Option<String>,
    place_error: Option<String>,
}

/// The form of one camera.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraForm {
    /// Empty for the recorder's own.
    #[serde(default)]
    name: String,
    /// Counted from 1; empty to leave it where it is.
    #[serde(default)]
    place: String,
    /// Whether lists and grids have it.
    shown: Option<String>,
}

/// `GET /devices/{serial}/cameras/{camera}`: the form.
pub async fn edit(
    From(live): From<Live>,
    who: SignedIn,
    Path((serial, camera)): Path<(String, String)>,
) -> Result {
    let page = CameraPage::new(&live, &who, &serial, &camera).await?;
    Ok(page::show(&page))
}

/// `POST /devices/{serial}/cameras/{camera}`: a name, a place, shown or hidden.
pub async fn update(
    From(live): From<Live>,
    who: SignedIn,
    Path((serial, camera)): Path<(String, String)>,
    Form(typed): Form<CameraForm>,
) -> Result {
    let page = CameraPage::new(&live, &who, &serial, &camera).await?;
    let place = match typed.place.trim() {
        "" => None,
        place => match place.parse::<usize>().ok().filter(|place| *place > 0) {
            Some(place) => Some(place - 1),
            None => return Ok(page.with_place_error(typed)),
        },
    };
    let change = CameraChange::Set {
        name: typed.name.trim(),
        place,
        is_hidden: typed.shown.is_none(),
    };
    match claims::change_camera(&live, &who, (&page.serial, &camera), change).await {
        Ok(_) => {
            let list = format!("/devices/{}/cameras", page.serial);
            Ok(to_camera(&list, &page.id))
        }
        Err(ArrangementError::TooMany { seconds }) => {
            let words = say!("error-too-often", wait = wait_in_words(seconds));
            Ok(page.with(StatusCode::TOO_MANY_REQUESTS, typed, Some(words), None))
        }
        Err(ArrangementError::NoName) => Ok(page.with_name_error(typed)),
        Err(refusal) => Err(refused(refusal)),
    }
}

impl CameraPage {
    async fn new(live: &Live, who: &SignedIn, serial: &str, camera: &str) -> Result<CameraPage> {
        let recorder = owned(live, who, serial).await?;
        let cameras = arrangement::all_cameras(&recorder);
        let at = cameras.iter().position(|it| it.camera.id == camera);
        let at = at.ok_or_else(not_found)?;
        let arranged = &cameras[at];
        Ok(CameraPage {
            menu: Menu::new(who, Place::Devices),
            serial: recorder.serial,
            id: arranged.camera.id.clone(),
            title: arranged.camera.name.clone(),
            name_there: arranged.name_there.clone(),
            typed: CameraForm {
                name: arranged.camera.name.clone(),
                place: (at + 1).to_string(),
                shown: (!arranged.is_hidden).then(String::new),
            },
            n_cameras: cameras.len(),
            name_error: None,
            place_error: None,
        })
    }

    fn with_name_error(self, typed: CameraForm) -> axum::response::Response {
        let words = say!("camera-no-name", max = MAX_CAMERA_NAME_CHARS);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        self.with(status, typed, Some(words), None)
    }

    fn with_place_error(self, typed: CameraForm) -> axum::response::Response {
        let words = say!("camera-no-place", n = self.n_cameras);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        self.with(status, typed, None, Some(words))
    }

    fn with(
        self,
        status: StatusCode,
        typed: CameraForm,
        name_error: Option<String>,
        place_error: Option<String>,
    ) -> axum::response::Response {
        let page = CameraPage {
            typed,
            name_error,
            place_error,
            ..self
        };
        page::show_with(status, &page)
    }
}
