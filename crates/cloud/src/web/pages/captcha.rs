//! `GET /captcha/{file}`: the captcha's picture, `<id>.png`, and its recording, `<id>.wav`.

use axum::extract::{Path, State as From};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::accounts::bot_check::captcha;
use crate::language;
use crate::state::State;
use crate::visitor::Client;
use crate::web::error::{self, Result};

/// Longest name that can be valid.
const MAX_NAME_BYTES: usize = 100;

/// Draws the picture or speaks the recording.
pub async fn show(
    From(state): From<State>,
    client: Client,
    Path(file): Path<String>,
) -> Result<Response> {
    let (id, kind) = file.rsplit_once('.').ok_or_else(error::not_found)?;
    if file.len() > MAX_NAME_BYTES {
        return Err(error::not_found());
    }
    // A drawing costs far more than asking for one, so a client waits for its own.
    let _turn = state.drawing_turns.of(&client.0).await;
    let (content_type, bytes) = match kind {
        "png" => ("image/png", captcha::picture(&state, id).await),
        "wav" => (
            "audio/wav",
            captcha::sound(&state, id, language::current()).await,
        ),
        _ => return Err(error::not_found()),
    };
    let bytes = bytes.ok_or_else(error::not_found)?;
    Ok(([(CONTENT_TYPE, content_type)], bytes).into_response())
}
