//! `/account/second-factor`: authenticator app and recovery codes, on and off.

use askama::Template;
use axum::extract::State as From;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};
use fast_qr::convert::Builder as _;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use proto::shown::QUIET_ZONE;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::menu::{Menu, Place};
use crate::accounts::factors::app_code::Key;
use crate::accounts::factors::{self, Codes, Confirmed, Factors, base32, recovery_code};
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::{self, Result};
use crate::web::form::Form;
use crate::web::guard::Proven;
use crate::web::page;

const HERE: &str = "/account/second-factor";

#[derive(Template)]
#[template(path = "account/second_factor.html")]
struct FactorPage {
    menu: Menu,
    factors: Factors,
    is_needed: bool,
}

#[derive(Template)]
#[template(path = "account/second_factor_app.html")]
struct AppPage<'a> {
    menu: Menu,
    key: Zeroizing<String>,
    issuer: &'a str,
    code_error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "account/recovery_codes.html")]
struct CodesPage<'a> {
    menu: Menu,
    codes: &'a [Zeroizing<String>],
    host: &'a str,
}

/// The submitted form that confirms an app.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmAppForm {
    #[serde(default)]
    code: String,
}

/// `GET /account/second-factor`: what is on, and what is left.
pub async fn show(From(state): From<State>, who: SignedIn) -> Result {
    Ok(page::show(&FactorPage {
        factors: factors::find(&state, &who.account_id).await?,
        is_needed: who.lacks_factor,
        menu: Menu::new(&who, Place::Configuration),
    }))
}

/// `POST /account/second-factor/app/new`: offers a key to an app.
pub async fn offer(From(state): From<State>, Proven(who): Proven) -> Result<Redirect> {
    factors::offer_app(&state, &who.account_id).await?;
    Ok(Redirect::to("/account/second-factor/app"))
}

/// `GET /account/second-factor/app`: shows the key for an app.
pub async fn app(From(state): From<State>, Proven(who): Proven) -> Result {
    let Some(key) = factors::offered_app(&state, &who.account_id).await? else {
        return Ok(Redirect::to(HERE).into_response());
    };
    Ok(show_app(&state, &who, &key, None))
}

/// `GET /account/second-factor/app.svg`: the same as a QR code.
pub async fn picture(From(state): From<State>, Proven(who): Proven) -> Result {
    let key = factors::offered_app(&state, &who.account_id).await?;
    let key = key.ok_or_else(error::not_found)?;
    let uri = key.uri(&issuer(&state), &who.user_name);
    let svg = svg(&uri).ok_or_else(error::broken)?;
    Ok(([(CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// `POST /account/second-factor/app`: confirms the app with its first code.
pub async fn confirm(
    From(state): From<State>,
    Proven(who): Proven,
    Form(form): Form<ConfirmAppForm>,
) -> Result {
    match factors::confirm_app(&state, &who.account_id, &form.code).await? {
        Confirmed::Done(Some(codes)) => Ok(show_codes(&state, &who, &codes)),
        Confirmed::Done(None) | Confirmed::Expired => Ok(Redirect::to(HERE).into_response()),
        Confirmed::Wrong => {
            let key = factors::offered_app(&state, &who.account_id).await?;
            let key = key.ok_or_else(error::not_found)?;
            Ok(show_app(
                &state,
                &who,
                &key,
                Some(&say!("factor-app-wrong")),
            ))
        }
    }
}

/// `POST /account/second-factor/on`: requires a passkey after the password.
pub async fn turn_on(From(state): From<State>, Proven(who): Proven) -> Result {
    let codes = factors::turn_on(&state, &who.account_id).await?;
    Ok(show_codes_or_go_back(&state, &who, codes))
}

/// `POST /account/second-factor/codes`: replaces the recovery codes.
pub async fn renew(From(state): From<State>, Proven(who): Proven) -> Result {
    let codes = factors::renew_codes(&state, &who.account_id).await?;
    Ok(show_codes_or_go_back(&state, &who, codes))
}

/// `POST /account/second-factor/off`: requires only the password again.
pub async fn turn_off(From(state): From<State>, Proven(who): Proven) -> Result<Redirect> {
    factors::turn_off(&state, &who.account_id).await?;
    Ok(Redirect::to(HERE))
}

fn show_app(state: &State, who: &SignedIn, key: &Key, code_error: Option<&str>) -> Response {
    let page = AppPage {
        menu: Menu::new(who, Place::Configuration),
        key: base32::grouped(&key.text(), " "),
        issuer: &issuer(state),
        code_error,
    };
    page::answer(&page, None, code_error.is_some())
}

fn show_codes_or_go_back(state: &State, who: &SignedIn, codes: Option<Codes>) -> Response {
    match codes {
        Some(codes) => show_codes(state, who, &codes),
        None => Redirect::to(HERE).into_response(),
    }
}

/// The codes are shown only once: no address leads back to this page.
fn show_codes(state: &State, who: &SignedIn, codes: &Codes) -> Response {
    let shown: Codes = codes
        .iter()
        .map(|code| recovery_code::shown(code))
        .collect();
    page::show(&CodesPage {
        menu: Menu::new(who, Place::Configuration),
        codes: &shown,
        host: state.public_url.host_str().unwrap_or_default(),
    })
}

/// The name that the app shows above its codes.
fn issuer(state: &State) -> String {
    format!(
        "Peerview {}",
        state.public_url.host_str().unwrap_or_default()
    )
}

/// Dark on white, regardless of the page's colours.
fn svg(text: &str) -> Option<String> {
    let qr = QRBuilder::new(text).build().ok()?;
    Some(SvgBuilder::default().margin(QUIET_ZONE).to_str(&qr))
}
