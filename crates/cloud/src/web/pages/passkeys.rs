//! `/account/passkeys`: the passkeys of an account, by the names given by their owner.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State as From};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::menu::{Menu, Place};
use crate::accounts::factors::passkeys::{self, Added, Home, MAX_NAME, Signed};
use crate::db;
use crate::db::accounts::passkeys::Passkey;
use crate::language::moment::moment;
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::{self, Result};
use crate::web::form::Form;
use crate::web::guard::Proven;
use crate::web::page;

const HERE: &str = "/account/passkeys";

#[derive(Template)]
#[template(path = "account/passkeys.html")]
struct PasskeysPage<'a> {
    menu: Menu,
    passkeys: Vec<PasskeyLine>,
    passkey_home: Option<Home>,
    problem: Option<&'a str>,
}

/// One passkey; times in seconds since 1970 and in words.
struct PasskeyLine {
    id: String,
    name: String,
    added: (i64, String),
    used: Option<(i64, String)>,
}

impl PasskeyLine {
    fn of(passkey: Passkey) -> PasskeyLine {
        let said = |seconds| (seconds, moment(seconds));
        PasskeyLine {
            id: passkey.id,
            name: passkey.name,
            added: said(passkey.added_at),
            used: passkey.last_used_at.map(said),
        }
    }
}

/// A new passkey, as submitted by a script.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    #[serde(default)]
    name: String,
    #[serde(default)]
    ceremony: String,
    #[serde(default)]
    credential: String,
}

/// The submitted form: another name for a passkey.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenamePasskeyForm {
    #[serde(default)]
    name: String,
}

/// `GET /account/passkeys`: the list of passkeys.
pub async fn index(From(state): From<State>, who: SignedIn) -> Result {
    show(&state, &who, None).await
}

/// `POST /account/passkeys/options`: the options with which a browser creates a passkey.
pub async fn options(From(state): From<State>, Proven(who): Proven) -> Result {
    let options = passkeys::add_options(&state, &who).await?;
    Ok(Json(options.ok_or_else(error::not_found)?).into_response())
}

/// `POST /account/passkeys`: adds the passkey that the browser made.
pub async fn create(
    From(state): From<State>,
    Proven(who): Proven,
    Form(form): Form<New>,
) -> Result {
    let Some(name) = passkeys::checked_name(&form.name) else {
        return show(&state, &who, Some(&bad_name())).await;
    };
    let signed = Signed {
        ceremony: &form.ceremony,
        credential: &form.credential,
        // The options are bound to this session: those of another one do not count.
        whom: &who.session_id,
    };
    let problem = match passkeys::add(&state, &who, &signed, name).await? {
        Added::Done => return Ok(Redirect::to(HERE).into_response()),
        Added::Unfit => say!("passkeys-unfit"),
        Added::TooMany => say!("passkeys-too-many"),
    };
    show(&state, &who, Some(&problem)).await
}

/// `POST /account/passkeys/{id}`: renames a passkey.
pub async fn update(
    From(state): From<State>,
    Proven(who): Proven,
    Path(id): Path<String>,
    Form(form): Form<RenamePasskeyForm>,
) -> Result {
    let Some(name) = passkeys::checked_name(&form.name) else {
        return show(&state, &who, Some(&bad_name())).await;
    };
    if db::accounts::passkeys::rename(&state.db, &who.account_id, &id, name).await? {
        Ok(Redirect::to(HERE).into_response())
    } else {
        Err(error::not_found())
    }
}

/// `POST /account/passkeys/{id}/removal`: removes one passkey.
pub async fn destroy(
    From(state): From<State>,
    Proven(who): Proven,
    Path(id): Path<String>,
) -> Result<Redirect> {
    if passkeys::remove(&state, &who, &id).await? {
        Ok(Redirect::to(HERE))
    } else {
        Err(error::not_found())
    }
}

fn bad_name() -> String {
    say!("passkeys-bad-name", most = MAX_NAME)
}

async fn show(state: &State, who: &SignedIn, problem: Option<&str>) -> Result<Response> {
    let passkeys = db::accounts::passkeys::list(&state.db, &who.account_id).await?;
    let page = PasskeysPage {
        menu: Menu::new(who, Place::Configuration),
        passkeys: passkeys.into_iter().map(PasskeyLine::of).collect(),
        passkey_home: passkeys::home(state),
        problem,
    };
    Ok(page::answer(&page, None, problem.is_some()))
}
