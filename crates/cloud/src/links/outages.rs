//! Notes when recorders have no link. A cloud that stops notes nothing: that its links end says nothing about the
//! recorders.

use super::Links;
use super::limits::{OUTAGE_DAYS, OUTAGE_SECONDS, OUTAGES};
use crate::db::outages::{self, Kept};
use crate::state::State;
use crate::throttle::limits::DAY;

const KEPT: Kept = Kept {
    shortest: OUTAGE_SECONDS,
    most: OUTAGES,
};

/// The link of a recorder has ended.
pub(super) async fn begin(state: &State, links: &Links, serial: &str) {
    let begun = outages::begin(&state.db, serial, state.clock.now()).await;
    if let Err(error) = begun {
        tracing::warn!(recorder.serial = serial, %error, "could not store that a recorder went offline");
    }
    // The next link may have come between the two, and found nothing to end.
    if links.is_online(serial) {
        end(state, serial).await;
    }
}

/// A recorder has a link.
pub(super) async fn end(state: &State, serial: &str) {
    let ended = outages::end(&state.db, serial, state.clock.now(), KEPT).await;
    if let Err(error) = ended {
        tracing::warn!(recorder.serial = serial, %error, "could not store that a recorder is back");
    }
}

/// Forgets outages that are over for long.
pub(crate) async fn purge(state: &State) -> crate::db::Result<()> {
    let before = state.clock.now() - OUTAGE_DAYS * DAY;
    outages::purge(&state.db, before).await
}
