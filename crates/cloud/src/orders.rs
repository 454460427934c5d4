//! What has to happen at once in every process of the cloud: sockets of ended sessions close, calls
//! with a recorder that was taken away end. Orders are rows that each process polls, so that they
//! reach a cloud beside `peerview admin`, several on one database, and harm none that is not running.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::accounts::session;
use crate::db::{self, Writing};
use crate::limits::{ORDERS_AT_ONCE, ORDERS_EVERY, ORDERS_KEPT};
use crate::state::State;

/// One thing to do; doing it twice does no more than doing it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Close the sockets of these sessions, by identifier.
    SessionsEnded(Vec<String>),
    /// End the calls that an account has with a recorder which is no longer its own.
    RecorderReleased {
        /// Serial of the recorder.
        serial: String,
        /// Whose it was.
        account_id: String,
    },
    /// Look into the outbox.
    MailsDue,
}

impl Order {
    /// Whether there is nothing to do.
    pub fn is_idle(&self) -> bool {
        matches!(self, Order::SessionsEnded(ids) if ids.is_empty())
    }
}

/// Gives an order to the other processes as part of the caller's transaction. [`act`] on it here
/// once that is committed.
pub async fn put(state: &State, tx: &mut Writing, order: &Order) -> db::Result<()> {
    let what = serde_json::to_string(order).expect("an order is an enum of strings");
    db::orders::insert(tx, &state.rng.id(), &what, state.clock.now()).await
}

/// Does what an order says in this process.
pub async fn act(state: &State, order: &Order) {
    match order {
        Order::SessionsEnded(ids) => {
            for id in ids {
                session::tell_ended(state, id);
            }
        }
        Order::RecorderReleased { serial, account_id } => {
            let reason = "the device was removed";
            state.calls.end_of_account(account_id, serial, reason).await;
            state.links.changed_for(account_id, serial);
        }
        Order::MailsDue => state.outbox_filled.notify_one(),
    }
}

/// Obeys orders until the cloud stops.
pub async fn run(state: State) {
    let mut done = HashSet::new();
    loop {
        let next = state.clock.now() + ORDERS_EVERY;
        if let Err(error) = obey(&state, &mut done).await {
            tracing::warn!(%error, "reading the orders of other processes");
        }
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = state.clock.sleep_until(next) => {}
        }
    }
}

/// Does what was ordered of late and is not in `done`, and remembers it there.
async fn obey(state: &State, done: &mut HashSet<String>) -> db::Result<()> {
    let since = state.clock.now() - ORDERS_KEPT;
    let orders = db::orders::since(&state.db, since, ORDERS_AT_ONCE).await?;
    for (id, what) in &orders {
        if done.contains(id) {
            continue;
        }
        match serde_json::from_str(what) {
            Ok(order) => act(state, &order).await,
            // A newer program wrote it.
            Err(error) => tracing::warn!(%error, "an order cannot be read"),
        }
    }
    done.clear();
    done.extend(orders.into_iter().map(|(id, _)| id));
    Ok(())
}
