//! `GET /healthz`: whether this process works. `GET /readyz`: whether it should receive requests.

use axum::extract::State as From;
use axum::http::StatusCode;

use crate::live::Live;
use crate::readiness;
use crate::state::State;
use crate::web::error::Result;

/// `ok`, or 503 when the database does not answer.
pub async fn show(From(state): From<State>) -> Result<&'static str> {
    state.db.check().await?;
    Ok("ok\n")
}

/// `ready`, or 503 with the failing parts.
pub async fn ready(From(live): From<Live>) -> (StatusCode, String) {
    let unwell = readiness::unwell(&live, &live.running).await;
    if unwell.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    let names: Vec<&str> = unwell.into_iter().map(readiness::Part::name).collect();
    let words = format!("not ready: {}\n", names.join(", "));
    (StatusCode::SERVICE_UNAVAILABLE, words)
}
