//! Actions for every process of the cloud: closing the sockets of ended sessions, ending calls with a
//! recorder that changed its owner. Orders are rows that each process polls, so that they also reach a cloud
//! that runs beside `peerview admin`, and several clouds on one database.

use serde::{Deserialize, Serialize};

use crate::db::{self, Writing};
use crate::state::{Released, State};

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
    /// Look into the outbox, because another process filled it.
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

/// Tells this process what is ordered: the sockets of sessions, the calls, the outbox's worker.
pub fn act(state: &State, order: &Order) {
    match order {
        Order::SessionsEnded(ids) => {
            for id in ids {
                // Without sockets nobody listens.
                state.ended_sessions.send(id.clone()).ok();
            }
        }
        Order::RecorderReleased { serial, account_id } => {
            let released = Released {
                serial: serial.clone(),
                account_id: account_id.clone(),
            };
            // A command beside the cloud has no calls; the row reaches those that do.
            state.released.send(released).ok();
        }
        Order::MailsDue => state.outbox_filled.notify_one(),
    }
}
