//! Removes rows about what is over once an hour, and once a minute what strangers fill too fast.

use crate::accounts::expiry;
use crate::db;
use crate::links::newcomers;
use crate::live::Live;
use crate::throttle::limits::{HOUR, MINUTE};

/// Runs until the cloud stops.
pub async fn run(live: Live) {
    let state = live.state();
    let mut next_purge = state.clock.now();
    loop {
        let now = state.clock.now();
        let removing = if now >= next_purge || next_purge > now + HOUR {
            next_purge = now + HOUR;
            purge(&live).await
        } else {
            trim(&live).await
        };
        if let Err(error) = removing {
            tracing::warn!(%error, "removing rows about what is over");
        }
        let next = state.clock.now() + MINUTE;
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = state.clock.sleep_until(next) => {}
        }
    }
}

/// Ends what was begun in a future that did not come, whenever the clock is set back, until the cloud
/// stops. Beside [`run`], which may be busy with rows while the clock goes forth and back.
pub async fn watch_clock(live: Live) {
    let state = live.state();
    loop {
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = state.clock.was_set_back() => expiry::forget_future(state).await,
        }
    }
}

/// Removes what is over now.
pub async fn purge(live: &Live) -> db::Result<()> {
    newcomers::purge(live, &live.links).await?;
    expiry::purge(live).await?;
    newcomers::trim(live, &live.links).await
}

/// Removes what lives minutes, and the oldest of what strangers make too much of.
pub async fn trim(live: &Live) -> db::Result<()> {
    newcomers::trim(live, &live.links).await?;
    expiry::trim(live).await
}
