//! Deleting an account: its recorders are free to be claimed again, and no table keeps a row with
//! its identifier, user name or address. One last mail says so; its row goes when it has left.

use super::session::lock;
use crate::audit::{Action, Event};
use crate::db::accounts::Account;
use crate::db::{self, accounts, accounts::mailed_secrets, mail::outbox, recorders};
use crate::mail::{self, Letter};
use crate::orders::{self, Order};
use crate::state::State;
use crate::throttle::limits::{COUNTED_PER_ACCOUNT, MAIL_SECONDS};
use crate::visitor::SignedIn;

/// [`delete`] for whoever is signed in; false when the account is already gone.
pub async fn delete_own(state: &State, who: &SignedIn) -> db::Result<bool> {
    match accounts::find(&state.db, &who.account_id).await? {
        Some(account) => delete(state, &account).await,
        None => Ok(false),
    }
}

/// Deletes an account for ever, in one transaction; false when it is already gone.
pub async fn delete(state: &State, account: &Account) -> db::Result<bool> {
    let mut tx = state.db.begin().await?;
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
    for subject in [&account.id, &account.email_key, &user_name] {
        mailed_secrets::delete_of(&mut tx, subject).await?;
    }
    outbox::delete_to(&mut tx, &account.email).await?;
    mail::refusals::forget(state, &mut tx, &account.email).await?;
    // Those of its address stay: their keys are derived with the server's secret, and without them
    // deleting and registering again would be a way around limits.
    for kind in COUNTED_PER_ACCOUNT {
        state.throttle.reset(&mut tx, kind, &account.id).await?;
    }
    // Before the account goes: it says which language the mail is in.
    let expires_at = state.clock.now() + MAIL_SECONDS;
    mail::put(state, &mut tx, &account.email, &Letter::Deleted, expires_at).await?;
    accounts::delete(&mut tx, &account.id).await?;
    tx.commit().await?;
    let event = Event::done(Action::AccountDeleted).account(&account.id);
    state.audit.note(event);
    state.outbox_filled.notify_one();
    for order in &orders {
        orders::act(state, order);
    }
    Ok(true)
}
