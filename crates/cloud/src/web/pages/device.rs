//! `/devices/{serial}`: one recorder: its name, cameras and connection, and its removal. The pages below it name, order
//! and hide its cameras.

pub mod camera;
pub mod cameras;
mod connection;
mod health;
mod network;

use askama::Template;
use axum::extract::{Path, State as From};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use proto::certificate::RecorderCertificate;
use proto::identity::Serial;
use proto::link::message::AboutRecorder;
use serde::Deserialize;

use self::connection::ConnectionHistory;
use self::health::HealthSection;
use self::network::SiteNetwork;
use super::devices::ListedRecorder;
use super::menu::{Menu, Place};
use crate::claims::{self, ClaimError};
use crate::live::Live;
use crate::throttle::limits;
use crate::visitor::SignedIn;
use crate::web::error::{self, Error, Result, not_found};
use crate::web::form::Form;
use crate::web::guard::Proven;
use crate::web::page;

#[derive(Template)]
#[template(path = "devices/device.html")]
struct DevicePage {
    menu: Menu,
    recorder: ListedRecorder,
    /// What its site's network allows, if its agent has reported it.
    network: Option<SiteNetwork>,
    /// How it is connected, and was.
    connection: ConnectionHistory,
    /// Its model and firmware, as far as it says them.
    about: AboutRecorder,
    /// How its clock and its disks are, if it says so.
    health: Option<HealthSection>,
    /// Its self-signed certificates, as its agent reports them.
    certificates: Box<[RecorderCertificate]>,
    name_error: Option<String>,
}

#[derive(Template)]
#[template(path = "devices/device_removal.html")]
struct RemovalPage {
    menu: Menu,
    recorder: ListedRecorder,
}

impl DevicePage {
    /// For the owner of `recorder`.
    async fn new(live: &Live, who: &SignedIn, recorder: ListedRecorder) -> Result<DevicePage> {
        Ok(DevicePage {
            menu: Menu::new(who, Place::Devices),
            connection: ConnectionHistory::new(live, &recorder).await?,
            about: live.links.about(&recorder.serial).unwrap_or_default(),
            health: live.links.health(&recorder.serial).map(HealthSection::new),
            network: live.links.reach(&recorder.serial).map(SiteNetwork::new),
            certificates: live.links.certificates(&recorder.serial),
            recorder,
            name_error: None,
        })
    }
}

/// The form with the new name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenameRecorderForm {
    #[serde(default)]
    name: String,
}

/// `GET /devices/{serial}`: name, cameras and connection.
pub async fn show(From(live): From<Live>, who: SignedIn, Path(serial): Path<String>) -> Result {
    let recorder = ListedRecorder::find(&live, &who, &serial).await?;
    let page = DevicePage::new(&live, &who, recorder).await?;
    Ok(page::show(&page))
}

/// `POST /devices/{serial}`: a new name.
pub async fn update(
    From(live): From<Live>,
    who: SignedIn,
    Path(serial): Path<String>,
    Form(form): Form<RenameRecorderForm>,
) -> Result {
    let parsed = parse(&serial)?;
    match claims::rename(&live, &who, &parsed, &form.name).await {
        Ok(true) => Ok(Redirect::to(&format!("/devices/{parsed}")).into_response()),
        Ok(false) => Err(not_found()),
        Err(ClaimError::Database(error)) => Err(Error::from(error)),
        Err(refusal) => {
            let mut recorder = ListedRecorder::find(&live, &who, parsed.as_str()).await?;
            recorder.name = form.name;
            let status = match refusal {
                ClaimError::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let page = DevicePage {
                name_error: Some(refusal.words()),
                ..DevicePage::new(&live, &who, recorder).await?
            };
            Ok(page::show_with(status, &page))
        }
    }
}

/// `GET /devices/{serial}/removal`: asks for confirmation.
pub async fn edit(
    From(live): From<Live>,
    Proven(who): Proven,
    Path(serial): Path<String>,
) -> Result {
    Ok(page::show(&RemovalPage {
        menu: Menu::new(&who, Place::Devices),
        recorder: ListedRecorder::find(&live, &who, &serial).await?,
    }))
}

/// `POST /devices/{serial}/removal`: removes it from the account.
pub async fn destroy(
    From(live): From<Live>,
    Proven(who): Proven,
    Path(serial): Path<String>,
) -> Result {
    match claims::release(&live, &who, &parse(&serial)?).await {
        Ok(true) => Ok(Redirect::to("/devices").into_response()),
        Ok(false) => Err(not_found()),
        Err(ClaimError::Database(error)) => Err(Error::from(error)),
        Err(refusal) => Err(error::too_many(refusal.words(), limits::DAY)),
    }
}

fn parse(serial: &str) -> Result<Serial> {
    serial.parse().map_err(|_| not_found())
}
