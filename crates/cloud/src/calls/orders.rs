//! Executes orders in this process and those of other processes, whose orders are rows that it
//! polls.

use std::collections::HashSet;

use super::Calls;
use crate::db;
use crate::limits::{ORDERS_AT_ONCE, ORDERS_EVERY, ORDERS_KEPT};
use crate::orders::{self, Order};
use crate::state::State;

/// Executes orders until the cloud stops.
pub async fn run(state: State, calls: Calls) {
    let mut released = state.released.subscribe();
    let mut done = HashSet::new();
    loop {
        let next = state.clock.now() + ORDERS_EVERY;
        if let Err(error) = carry_out(&state, &calls, &mut done).await {
            tracing::warn!(%error, "could not read the orders of other processes");
        }
        loop {
            tokio::select! {
                () = state.shutdown.cancelled() => return,
                () = state.clock.sleep_until(next) => break,
                told = released.recv() => match told {
                    Ok(told) => end(&calls, &told.serial, &told.account_id).await,
                    // A missed order is also a row, and is read next.
                    Err(_) => break,
                },
            }
        }
    }
}

/// Executes recent orders that are not in `done`, and adds them there.
async fn carry_out(state: &State, calls: &Calls, done: &mut HashSet<String>) -> db::Result<()> {
    let since = state.clock.now() - ORDERS_KEPT;
    let rows = db::orders::since(&state.db, since, ORDERS_AT_ONCE).await?;
    for (id, what) in &rows {
        if done.contains(id) {
            continue;
        }
        match serde_json::from_str(what) {
            Ok(Order::RecorderReleased { serial, account_id }) => {
                end(calls, &serial, &account_id).await;
            }
            Ok(order) => orders::act(state, &order),
            // A newer program wrote it.
            Err(error) => tracing::warn!(%error, "could not read an order"),
        }
    }
    // Only rows that may be read again are remembered, so the set stays as small as the window.
    done.clear();
    done.extend(rows.into_iter().map(|(id, _)| id));
    Ok(())
}

/// Ends the calls of an account with a recorder that no longer belongs to it.
async fn end(calls: &Calls, serial: &str, account_id: &str) {
    let reason = "the device was removed";
    calls.end_of_account(account_id, serial, reason).await;
    calls.links().changed_for(account_id, serial);
}
