//! `POST /live/arrangement`: order, favourites and saved views of Live view, sent by its script.

use axum::extract::State as From;
use axum::response::IntoResponse;
use serde::Deserialize;

use super::device::cameras::refused;
use crate::accounts::live_arrangement;
use crate::state::State;
use crate::visitor::SignedIn;
use crate::web::error::Result;
use crate::web::form::Form;

/// What the script sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrangementForm {
    /// JSON.
    #[serde(default)]
    arrangement: String,
}

/// Answers with the new version.
pub async fn update(
    From(state): From<State>,
    who: SignedIn,
    Form(form): Form<ArrangementForm>,
) -> Result {
    let kept = live_arrangement::keep(&state, &who, &form.arrangement).await;
    let version = kept.map_err(refused)?;
    Ok(version.to_string().into_response())
}
