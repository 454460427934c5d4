//! `GET /healthz`: whether this process can do its work.

use axum::extract::State as From;

use crate::state::State;
use crate::web::error::Result;

/// `ok`, or 503 when the database does not answer.
pub async fn show(From(state): From<State>) -> Result<&'static str> {
    state.db.check().await?;
    Ok("ok\n")
}
