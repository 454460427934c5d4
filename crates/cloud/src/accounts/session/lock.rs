//! A locked account: nobody can sign in, which looks like a wrong password, and every session ends at once. The
//! lock of an operator stays until an operator lifts it; a person's own lock (the panic button) stays until the
//! owner of the mailbox sets a new password.

use crate::audit::{Action, Event};
use crate::db::{self, Writing, accounts};
use crate::orders::{self, Order};
use crate::state::State;

/// Who locked an account, and so who may unlock it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// An operator of the cloud; a new password does not unlock.
    Operator,
    /// The owner; a new password by mail unlocks.
    Person,
}

impl By {
    /// As the database has it.
    pub fn as_str(self) -> &'static str {
        match self {
            By::Operator => "operator",
            By::Person => "person",
        }
    }
}

/// Locks an account and ends its sessions everywhere; false when there is no such account. An operator's lock
/// replaces a person's, never the other way round.
pub async fn lock(state: &State, account_id: &str, by: By) -> db::Result<bool> {
    let mut tx = state.db.begin().await?;
    if !accounts::lock(&mut tx, account_id, by.as_str(), state.clock.now()).await? {
        return Ok(false);
    }
    let ended = end_sessions(state, &mut tx, account_id).await?;
    tx.commit().await?;
    let event = Event::done(Action::AccountLocked).account(account_id);
    state.audit.note(event.subject(by.as_str()));
    orders::act(state, &ended);
    Ok(true)
}

/// Unlocks an account, no matter who locked it; false when it was not locked.
pub async fn unlock(state: &State, account_id: &str) -> db::Result<bool> {
    let mut tx = state.db.begin().await?;
    let was_locked = accounts::unlock(&mut tx, account_id).await?;
    // A session that began at the very moment of the lock must not come to life now.
    let ended = end_sessions(state, &mut tx, account_id).await?;
    tx.commit().await?;
    if was_locked {
        let event = Event::done(Action::AccountUnlocked).account(account_id);
        state.audit.note(event);
    }
    orders::act(state, &ended);
    Ok(was_locked)
}

/// Ends every session of an account in every process; returns how many there were.
pub async fn sign_out(state: &State, account_id: &str) -> db::Result<usize> {
    let mut tx = state.db.begin().await?;
    let ended = end_sessions(state, &mut tx, account_id).await?;
    tx.commit().await?;
    let event = Event::done(Action::SessionsEnded).account(account_id);
    state.audit.note(event);
    orders::act(state, &ended);
    let Order::SessionsEnded(ids) = ended else {
        return Ok(0);
    };
    Ok(ids.len())
}

/// Lifts a person's own lock as part of a new password by mail; an operator's lock stays.
pub async fn lift_by_reset(tx: &mut Writing, account_id: &str) -> db::Result<()> {
    accounts::lift_lock_of(tx, account_id, By::Person.as_str()).await
}

/// Ends every session of an account; its order goes to [`orders::act`] once the transaction is committed.
pub async fn end_sessions(state: &State, tx: &mut Writing, account_id: &str) -> db::Result<Order> {
    let ended = db::accounts::sessions::delete_all(tx, account_id).await?;
    let order = Order::SessionsEnded(ended);
    orders::put(state, tx, &order).await?;
    Ok(order)
}
