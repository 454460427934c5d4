//! Records when recorders have no link. A cloud that is shutting down records nothing, because the end of its
//! links says nothing about the recorders.

use super::Links;
use super::limits::{OUTAGE_DAYS, OUTAGE_SECONDS, OUTAGES};
use super::newcomers;
use crate::db::outages::{self, Kept};
use crate::db::recorders;
use crate::state::State;
use crate::throttle::limits::{DAY, HOUR};

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

/// Notes which recorders are there, because an open link does not update the table: after a stop of the cloud,
/// "offline since" is an hour early at most. Forgets outages that are over for long.
pub(crate) async fn purge(state: &State, links: &Links) -> crate::db::Result<()> {
    let unseen = recorders::owned_unseen(&state.db, state.clock.now() - HOUR).await?;
    newcomers::note_online(state, links, &unseen).await?;
    let before = state.clock.now() - OUTAGE_DAYS * DAY;
    outages::purge(&state.db, before).await
}
