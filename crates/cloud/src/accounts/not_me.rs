//! "That was not me": a link in every notice about an account locks it, ends its sessions, and
//! takes a change of address back. And the same lock by its owner's own hand. A new password by
//! mail unlocks.

use super::lock::{self, By};
use super::notices::{self, Reader};
use super::{mailed_link, token};
use crate::audit::{Action, Event};
use crate::db::mailed_links::Purpose;
use crate::db::not_me_reports::NotMeReport;
use crate::db::{self, Writing};
use crate::mail::notice::Notice;
use crate::orders::{self, Order};
use crate::secrets::Secrets;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, SignedIn};

/// Makes a link inside the caller's transaction; gives what its token is derived from.
pub async fn invite(
    state: &State,
    tx: &mut Writing,
    account_id: &str,
    email_change_id: Option<&str>,
) -> db::Result<String> {
    let (nonce, now) = (state.rng.id(), state.clock.now());
    let token_hash = token::hash(&token(&state.secrets, &nonce));
    let until = now + limits::OBJECTION_SECONDS;
    db::not_me_reports::insert(tx, &token_hash, account_id, email_change_id, until, now).await?;
    Ok(nonce)
}

/// The token of a mailed link: derived, so that neither database nor outbox hold it.
pub fn token(secrets: &Secrets, nonce: &str) -> String {
    let fields = [nonce.as_bytes()];
    secrets.derive_characters(
        "objection token",
        &fields,
        mailed_link::ALPHABET,
        mailed_link::CHARACTERS,
    )
}

/// Uses a link: locks the account and takes its change of address back. False when it is none, too
/// old or used up.
pub async fn object(state: &State, token: &str, browser: &Browser) -> db::Result<bool> {
    let (token_hash, now) = (token::hash(token), state.clock.now());
    let Some(objection) = db::not_me_reports::find(&state.db, &token_hash, now).await? else {
        return Ok(false);
    };
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, &objection.account_id).await?;
    if !db::not_me_reports::consume(&mut tx, &token_hash, now).await? {
        return Ok(false);
    }
    let email = take_back(&mut tx, &objection).await?;
    let reader = Reader {
        account_id: &objection.account_id,
        email: &email,
    };
    let ended = lock_by_owner(state, &mut tx, reader, browser).await?;
    tx.commit().await?;
    let event = |what| Event::done(what).account(&objection.account_id);
    if objection.email_change_id.is_some() {
        let taken_back = event(Action::EmailChanged).subject("taken back");
        state.audit.note(taken_back);
    }
    let locked = event(Action::AccountLocked).subject(By::Person.as_str());
    state.audit.note(locked);
    state.outbox_filled.notify_one();
    orders::act(state, &ended);
    Ok(true)
}

/// The panic button: locks the account of whoever presses it, with the same way back.
pub async fn lock_own(state: &State, who: &SignedIn, browser: &Browser) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, &who.account_id).await?;
    let reader = Reader {
        account_id: &who.account_id,
        email: &who.email,
    };
    let ended = lock_by_owner(state, &mut tx, reader, browser).await?;
    if ended.is_idle() {
        // The session that asks has ended with the lock of a moment ago.
        return Ok(());
    }
    tx.commit().await?;
    let event = Event::done(Action::AccountLocked).account(&who.account_id);
    state.audit.note(event.subject(By::Person.as_str()));
    state.outbox_filled.notify_one();
    orders::act(state, &ended);
    Ok(())
}

/// Gives the account its old address again, unless somebody else has that by now. Gives the
/// address that the account then has.
async fn take_back(tx: &mut Writing, objection: &NotMeReport) -> db::Result<String> {
    if let Some(id) = &objection.email_change_id
        && let Some((email, key)) = db::email_changes::old_address(tx, id).await?
        && db::accounts::set_email(tx, &objection.account_id, &email, &key).await?
    {
        return Ok(email);
    }
    Ok(objection.email.clone())
}

async fn lock_by_owner(
    state: &State,
    tx: &mut Writing,
    reader: Reader<'_>,
    browser: &Browser,
) -> db::Result<Order> {
    let (id, now) = (reader.account_id, state.clock.now());
    db::accounts::lock(tx, id, By::Person.as_str(), now).await?;
    db::email_changes::drop_pending(tx, id).await?;
    db::recoveries::end_all(tx, id, now).await?;
    db::mailed_links::end_all(tx, Purpose::Reset, id, now).await?;
    db::browsers::forget_all(tx, id).await?;
    let ended = lock::end_sessions(state, tx, id).await?;
    notices::put(state, tx, reader, Notice::Locked, Some(browser)).await?;
    Ok(ended)
}
