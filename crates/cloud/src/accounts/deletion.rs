//! Deletes an account: its recorders can be claimed again, and no table keeps a row with its identifier, user
//! name or address. One last mail reports it; the row of that mail is deleted once it is sent.

use super::session::lock;
use crate::audit::{Action, Event};
use crate::db::accounts::Account;
use crate::db::{self, accounts, accounts::mailed_secrets, mail::outbox, recorders};
use crate::mail::{self, Letter};
use crate::orders::{self, Order};
use crate::state::State;
use crate::throttle::limits::{COUNTED_PER_ACCOUNT, MAIL_SECONDS};
use crate::visitor::SignedIn;

/// [`delete`] for a signed-in person; false when the account is already gone.
pub async fn delete_own(state: &State, who: &SignedIn) -> db::Result<bool> {
    match accounts::find(&state.db, &who.account_id).await? {
        Some(account) => delete(state, &account).await,
        None => Ok(false),
    }
}

/// Deletes an account for good, in one transaction; false when it is already gone.
pub async fn delete(state: &State, account: &Account) -> db::Result<bool> {
    let mut tx = state.db.begin().await?;
    // Held first: a log-in at the same moment comes before and is ended below, or finds no account.
    if !accounts::hold(&mut tx, &account.id).await? {
        return Ok(false);
    }
    let ended = lock::end_sessions(state, &mut tx, &account.id).await?;
    let mut orders = vec![ended];
    for serial in recorders::release_all(&mut tx, &account.id).await? {
        let released = Order::RecorderReleased {
            serial,
            account_id: account.id.clone(),
        };
        orders::put(state, &mut tx, &released).await?;
        orders.push(released);
    }
    let user_name = account.user_name.to_lowercase();
    // A mailed secret belongs to the account, or to what was typed before an account was known.
    for subject in [&account.id, &account.email_key, &user_name] {
        mailed_secrets::delete_of(&mut tx, subject).await?;
    }
    outbox::delete_to(&mut tx, &account.email).await?;
    mail::refusals::forget(state, &mut tx, &account.email).await?;
    // The counters of its address stay. Their keys are derived with the server's secret, and without them
    // deleting and registering again would reset the rate limits.
    for kind in COUNTED_PER_ACCOUNT {
        state.throttle.reset(&mut tx, kind, &account.id).await?;
    }
    // Before the row is gone, because it says which language the mail is in.
    let expires_at = state.clock.now() + MAIL_SECONDS;
    mail::put(state, &mut tx, &account.email, &Letter::Deleted, expires_at).await?;
    accounts::delete(&mut tx, &account.id).await?;
    tx.commit().await?;
    let event = Event::done(Action::AccountDeleted).account(&account.id);
    state.audit.note(event);
    state.outbox_filled.notify_one();
    // After the commit only: a transaction that fails must not end sessions that still exist.
    for order in &orders {
        orders::act(state, order);
    }
    Ok(true)
}
