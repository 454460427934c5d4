//! `/devices/new`: claims a recorder by serial number and verification code.

use askama::Template;
use axum::extract::{Query, State as From};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::menu::{Menu, Place};
use crate::accounts::bot_check::captcha;
use crate::claims::{self, Claim, ClaimError};
use crate::live::Live;
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::{Error, Result};
use crate::web::form::Form;
use crate::web::page;

#[derive(Template)]
#[template(path = "devices/add_device.html")]
struct AddDevicePage<'a> {
    menu: Menu,
    typed: &'a Typed,
    errors: ClaimFormErrors,
    problem: Option<String>,
    /// Whether another one was added just now.
    was_added: bool,
    /// Whether somebody asked for the form before they logged in: mostly by a link that names a recorder.
    is_linked: bool,
    work: Option<ClaimWork>,
}

/// The work that the form requires if claims currently cost it.
struct ClaimWork {
    form_id: String,
    /// Seconds for which it must be open without scripts.
    wait: i64,
}

impl ClaimWork {
    /// For a form that is shown for the first time, or again with its id.
    async fn asked(state: &State, who: &SignedIn, form_id: &str) -> Result<Option<ClaimWork>> {
        if !claims::asks_for_work(state, &who.account_id).await? {
            return Ok(None);
        }
        // An id that is not ours or too old would fail however often it is sent.
        let is_good = captcha::age(state, form_id).is_some();
        Ok(Some(ClaimWork {
            form_id: if is_good {
                form_id.to_owned()
            } else {
                captcha::new(state)
            },
            wait: claims::wait_without_work(state, &who.account_id).await?,
        }))
    }
}

#[derive(Default)]
struct ClaimFormErrors {
    serial: Option<String>,
    code: Option<String>,
    name: Option<String>,
}

/// Fields of the form, as the person typed them.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    #[serde(default)]
    serial: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    /// Whether another one is added after this.
    another: Option<String>,
    /// Id of the form, if it required work.
    #[serde(default)]
    form: String,
    #[serde(default)]
    work: String,
}

/// What led to the form.
#[derive(Deserialize)]
pub struct AddDeviceQuery {
    /// Another one was added just now.
    added: Option<String>,
    /// It was asked for before log in.
    linked: Option<String>,
}

/// `GET /devices/new`: the form that claims a recorder.
pub async fn new(
    From(state): From<State>,
    who: SignedIn,
    Query(query): Query<AddDeviceQuery>,
) -> Result {
    let was_added = query.added.is_some();
    Ok(page::show(&AddDevicePage {
        work: ClaimWork::asked(&state, &who, "").await?,
        menu: Menu::new(&who, Place::Devices),
        typed: &Typed {
            another: query.added,
            ..Typed::default()
        },
        errors: ClaimFormErrors::default(),
        problem: None,
        was_added,
        is_linked: query.linked.is_some(),
    }))
}

/// `POST /devices`: claims a recorder for this account.
pub async fn create(From(live): From<Live>, who: SignedIn, Form(typed): Form<Typed>) -> Result {
    let claim = Claim {
        serial: &typed.serial,
        code: &typed.code,
        name: &typed.name,
        form_id: &typed.form,
        work: &typed.work,
    };
    let Err(refusal) = claims::claim(&live, &who, &claim).await else {
        let next = match typed.another {
            Some(_) => "/devices/new?added=1",
            None => "/devices",
        };
        return Ok(Redirect::to(next).into_response());
    };
    let words = refusal.words();
    // A form that has to wait or was malformed stays valid; one that was checked is used up.
    let form_id = match refusal {
        ClaimError::AlreadyYours | ClaimError::Refused | ClaimError::TooMany(_) => "",
        _ => &typed.form,
    };
    let mut page = AddDevicePage {
        work: ClaimWork::asked(&live, &who, form_id).await?,
        menu: Menu::new(&who, Place::Devices),
        typed: &typed,
        errors: ClaimFormErrors::default(),
        problem: None,
        was_added: false,
        is_linked: false,
    };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    match refusal {
        ClaimError::NoSerial => page.errors.serial = Some(words),
        ClaimError::NoCode => page.errors.code = Some(words),
        ClaimError::NoName => page.errors.name = Some(words),
        ClaimError::AlreadyYours
        | ClaimError::Refused
        | ClaimError::Work
        | ClaimError::TooEarly(_) => page.problem = Some(words),
        ClaimError::TooMany(_) | ClaimError::TooManyChanges | ClaimError::TooOften(_) => {
            status = StatusCode::TOO_MANY_REQUESTS;
            page.problem = Some(words);
        }
        ClaimError::Database(error) => return Err(Error::from(error)),
    }
    Ok(page::show_with(status, &page))
}
