//! Deletes expired rows once an hour, and once a minute rows of tables that strangers fill too fast. Also
//! maintains the disk space that is reserved for signing in.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

use crate::accounts::session::expiry;
use crate::db;
use crate::links::{newcomers, outages};
use crate::live::Live;
use crate::state::State;
use crate::throttle::limits::{HOUR, MINUTE};

/// Runs until the cloud stops.
pub async fn run(live: Live) {
    let state = live.state();
    let set_back = Arc::new(Notify::new());
    let watching = watch_clock(state.clone(), set_back.clone());
    let _watching = AbortOnDropHandle::new(tokio::spawn(watching));
    let mut next_purge = state.clock.now();
    loop {
        state.db.keep_room().await;
        let now = state.clock.now();
        // If the clock was set back, the next purge would be far in the future.
        let removing = if now >= next_purge || next_purge > now + HOUR {
            next_purge = now + HOUR;
            purge(&live).await
        } else {
            trim(&live).await
        };
        if let Err(error) = removing {
            tracing::warn!(%error, "could not delete expired rows");
        }
        let next = state.clock.now() + MINUTE;
        live.purges.send_modify(|n| *n += 1);
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = state.clock.sleep_until(next) => {}
            () = set_back.notified() => expiry::forget_future(state).await,
        }
    }
}

/// Tells whenever the clock is set back. A separate task: the purge may be busy with rows while the clock
/// goes forth and back, and would miss it.
async fn watch_clock(state: State, set_back: Arc<Notify>) {
    loop {
        state.clock.was_set_back().await;
        set_back.notify_one();
    }
}

/// Removes what is over now.
pub async fn purge(live: &Live) -> db::Result<()> {
    expiry::purge(live).await?;
    outages::purge(live, &live.links).await?;
    newcomers::purge(live, &live.links).await?;
    newcomers::trim(live, &live.links).await
}

/// Removes what lives minutes, and the oldest of what strangers make too much of.
pub async fn trim(live: &Live) -> db::Result<()> {
    expiry::trim(live).await?;
    newcomers::trim(live, &live.links).await
}
