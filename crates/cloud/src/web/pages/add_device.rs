//! `/devices/new`: makes a recorder one's own by serial number and verification code.

use askama::Template;
use axum::extract::State as From;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::menu::{Menu, Place};
use crate::claims::{self, ClaimError};
use crate::state::State;
use crate::web::error::{Error, Result};
use crate::web::form::Form;
use crate::web::guard::SignedIn;
use crate::web::page;

#[derive(Template)]
#[template(path = "add_device.html")]
struct AddDevicePage<'a> {
    menu: Menu,
    typed: &'a Typed,
    errors: Errors,
    problem: Option<String>,
}

#[derive(Default)]
struct Errors {
    serial: Option<String>,
    code: Option<String>,
    name: Option<String>,
}

/// The form, as it is sent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    #[serde(default)]
    serial: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
}

/// `GET /devices/new`.
pub async fn new(who: SignedIn) -> Result {
    Ok(page::show(&AddDevicePage {
        menu: Menu::new(&who, Place::Devices),
        typed: &Typed::default(),
        errors: Errors::default(),
        problem: None,
    }))
}

/// `POST /devices`.
pub async fn create(From(state): From<State>, who: SignedIn, Form(typed): Form<Typed>) -> Result {
    let outcome = claims::claim(&state, &who, &typed.serial, &typed.code, &typed.name).await;
    let Err(refusal) = outcome else {
        return Ok(Redirect::to("/devices").into_response());
    };
    let words = refusal.words();
    let mut page = AddDevicePage {
        menu: Menu::new(&who, Place::Devices),
        typed: &typed,
        errors: Errors::default(),
        problem: None,
    };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    match refusal {
        ClaimError::NoSerial => page.errors.serial = Some(words),
        ClaimError::NoCode => page.errors.code = Some(words),
        ClaimError::NoName => page.errors.name = Some(words),
        ClaimError::AlreadyYours | ClaimError::Refused => page.problem = Some(words),
        ClaimError::TooMany => {
            status = StatusCode::TOO_MANY_REQUESTS;
            page.problem = Some(words);
        }
        ClaimError::Database(error) => return Err(Error::from(error)),
    }
    Ok(page::show_with(status, &page))
}
