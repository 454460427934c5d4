//! `/renewal`: the browser's key signs for the next token of an Auto-login session. The page that
//! does this is shown instead of the requested page, and then requests it again.

use askama::Template;
use axum::Json;
use axum::extract::State as From;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::accounts::session::renewal;
use crate::state::State;
use crate::visitor::{Browser, Client};
use crate::web::cookies::{self, Cookie};
use crate::web::error::{Result, signed_out};
use crate::web::form::Form;
use crate::web::page;

#[derive(Template)]
#[template(path = "sign_in/renewal.html")]
struct RenewalPage {}

/// The nonce that the key signs.
#[derive(Serialize)]
pub struct Nonce {
    nonce: String,
}

/// A signature, as submitted by a script.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureForm {
    nonce: String,
    signature: String,
}

/// The page that renews the session and then loads again.
pub fn show() -> Response {
    page::show_with(StatusCode::UNAUTHORIZED, &RenewalPage {})
}

/// `GET /renewal`: the nonce for this browser's key to sign.
pub async fn nonce(From(state): From<State>, headers: HeaderMap) -> Result {
    let browser = Cookie::Browser.read(&headers, &state);
    let browser = browser.ok_or_else(signed_out)?;
    let nonce = renewal::nonce(&state, browser);
    Ok(Json(Nonce { nonce }).into_response())
}

/// `POST /renewal`: the next token for a signature.
pub async fn create(
    From(state): From<State>,
    client: Client,
    browser: Browser,
    Form(form): Form<SignatureForm>,
) -> Result {
    let renewed = renewal::renew(&state, &client, &browser, &form.nonce, &form.signature).await?;
    let token = renewed.ok_or_else(signed_out)?;
    // The page has its own address and reloads there.
    let answer = Cookie::Requested.clear(&state, StatusCode::NO_CONTENT);
    Ok(cookies::with_token(&state, &token, answer))
}
