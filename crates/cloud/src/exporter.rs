//! Serves the numbers of [`crate::metrics`] to Prometheus, on a separate listener.

use std::net::SocketAddr;

use anyhow::Context;
use axum::Router;
use axum::extract::State as From;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::audit::Health;
use crate::connections::Gates;
use crate::db::{self, upkeep::overview};
use crate::live::Live;
use crate::metrics::{DatabaseSnapshot, Snapshot};
use crate::readiness;
use crate::server::Server;
use crate::state::State;

/// Serves the metrics on a separate listener until the cloud stops.
pub(crate) async fn run(live: Live, listener: TcpListener, gates: Gates) {
    let stop = live.shutdown.clone();
    let show = Router::new().route("/metrics", get(show));
    let router = show.with_state(live.clone());
    Server::new(listener, router, None, (&live, &gates), stop)
        .run()
        .await;
}

/// Opens the listener, where the settings want one.
pub async fn listen(addr: Option<SocketAddr>) -> anyhow::Result<Option<TcpListener>> {
    let Some(addr) = addr else { return Ok(None) };
    let listener = TcpListener::bind(addr).await.with_context(|| {
        format!("listening on {addr}; choose another address with `listen` in [cloud.metrics]")
    })?;
    Ok(Some(listener))
}

async fn show(From(live): From<Live>) -> impl IntoResponse {
    const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match text(&live).await {
        Ok(text) => ([(header::CONTENT_TYPE, TYPE)], text).into_response(),
        Err(_) => axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// All metrics in OpenMetrics text, the database's only if it answers.
pub async fn text(live: &Live) -> Result<String, std::fmt::Error> {
    let database = rows(live).await;
    // Without the database the other numbers still say what is wrong.
    if let Err(error) = &database {
        tracing::warn!(%error, "could not read metrics from the database");
    }
    live.metrics.text(&Snapshot {
        links: live.links.n_online(),
        calls: live.calls.n_calls(),
        relays_expected: live.relays.n_expected(),
        relays_healthy: live.relays.healthy().len(),
        hash_queue: live.passwords.n_waiting(),
        is_audit_healthy: *live.audit.health().borrow() == Health::Good,
        audit_lost: live.audit.n_lost(),
        disk_free: readiness::free_bytes(live),
        database: database.ok(),
    })
}

async fn rows(state: &State) -> db::Result<DatabaseSnapshot> {
    let at = state.clock.now();
    let (mails_waiting, oldest) = overview::mails_waiting(&state.db, at).await?;
    Ok(DatabaseSnapshot {
        sessions: overview::n_sessions(&state.db, at).await?,
        mails_waiting,
        oldest_mail_seconds: oldest.map_or(0, |written| at - written),
    })
}
