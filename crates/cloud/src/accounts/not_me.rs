//! The "that was not me" report: a link in the notices about an account locks it, ends its sessions and
//! reverts a change of address. The owner can also set this lock directly. A new password by mail unlocks the
//! account.

use super::mailed_secret::{self, MailedSecret, Purpose};
use super::notices::{self, Reader};
use super::session::lock::{self, By};
use super::session::token;
use crate::audit::{Action, Event};
use crate::db::{self, Writing, accounts::mailed_secrets};
use crate::mail::notice::Notice;
use crate::orders::{self, Order};
use crate::state::State;
use crate::visitor::{Browser, SignedIn};

/// Adds a link and returns the nonce of its token. `given_back`: the address, and its
/// canonical form, to be restored.
pub async fn invite(
    state: &State,
    tx: &mut Writing,
    account_id: &str,
    given_back: Option<(&str, &str)>,
) -> db::Result<String> {
    let (address, address_key) = given_back.unwrap_or_default();
    let new = MailedSecret {
        account_id: Some(account_id.to_owned()),
        address: address.to_owned(),
        address_key: address_key.to_owned(),
        ..MailedSecret::new(Purpose::NotMe, account_id)
    };
    let issued = mailed_secret::issue(state, tx, new).await?;
    Ok(issued.nonce)
}

/// Uses a link: locks the account and takes its change of address back. False when the link
/// is unknown, expired or used.
pub async fn report(state: &State, token: &str, browser: &Browser) -> db::Result<bool> {
    let (hash, now) = (token::hash(token), state.clock.now());
    let mailed = mailed_secrets::find_by_link(&state.db, Purpose::NotMe, &hash, now).await?;
    let Some(account_id) = mailed.and_then(|mailed| mailed.account_id) else {
        return Ok(false);
    };
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, &account_id).await?;
    let consumed = mailed_secrets::consume(&mut tx, Purpose::NotMe, &hash, now).await?;
    let Some(report) = consumed else {
        return Ok(false);
    };
    let Some(email) = give_back(&mut tx, &account_id, &report).await? else {
        return Ok(false);
    };
    let reader = Reader {
        account_id: &account_id,
        email: &email,
    };
    let ended = lock_by_owner(state, &mut tx, reader, browser).await?;
    tx.commit().await?;
    let event = |what| Event::done(what).account(&account_id);
    if !report.address.is_empty() {
        let taken_back = event(Action::EmailChanged).subject("taken back");
        state.audit.note(taken_back);
    }
    let locked = event(Action::AccountLocked).subject(By::Person.as_str());
    state.audit.note(locked);
    state.outbox_filled.notify_one();
    orders::act(state, &ended);
    Ok(true)
}

/// The panic button: locks the account of the person who presses it; a new password by mail unlocks it.
pub async fn lock_own(state: &State, who: &SignedIn, browser: &Browser) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, &who.account_id).await?;
    let reader = Reader {
        account_id: &who.account_id,
        email: &who.email,
    };
    let ended = lock_by_owner(state, &mut tx, reader, browser).await?;
    if ended.is_idle() {
        // The session that asks ended with the same press a moment ago: one lock, one mail.
        return Ok(());
    }
    tx.commit().await?;
    let event = Event::done(Action::AccountLocked).account(&who.account_id);
    state.audit.note(event.subject(By::Person.as_str()));
    state.outbox_filled.notify_one();
    orders::act(state, &ended);
    Ok(())
}

/// Restores the old address unless another account has it. Returns the account's address; `None` if it is gone.
async fn give_back(
    tx: &mut Writing,
    account_id: &str,
    report: &MailedSecret,
) -> db::Result<Option<String>> {
    let (email, key) = (&report.address, &report.address_key);
    if !email.is_empty() && db::accounts::set_email(tx, account_id, email, key).await? {
        return Ok(Some(email.clone()));
    }
    db::accounts::email(tx, account_id).await
}

async fn lock_by_owner(
    state: &State,
    tx: &mut Writing,
    reader: Reader<'_>,
    browser: &Browser,
) -> db::Result<Order> {
    let (id, now) = (reader.account_id, state.clock.now());
    db::accounts::lock(tx, id, By::Person.as_str(), now).await?;
    // A thief may have asked for a reset or another address before the lock.
    mailed_secret::end_all(tx, id, now).await?;
    // The browser of a thief has signed in, too: it must not stay a known one.
    db::accounts::browsers::forget_all(tx, id).await?;
    let ended = lock::end_sessions(state, tx, id).await?;
    notices::put(state, tx, reader, Notice::Locked, Some(browser)).await?;
    Ok(ended)
}
