//! Forgot password: a mailed link, good once and for half an hour, sets a new password and ends
//! every session. The answer is the same for addresses without an account.

use zeroize::Zeroizing;

use super::names::Email;
use super::{Refusal, limits, lock, session, sign_in, throttle};
use crate::audit::{Event, What};
use crate::db;
use crate::db::accounts::Account;
use crate::mail::{self, Letter};
use crate::orders;
use crate::secrets::Secrets;
use crate::state::State;
use crate::web::guard::Client;

/// Mails a link to the address, or the news that it has no account.
pub async fn begin(state: &State, client: &Client, email: &Email) -> Result<(), Refusal> {
    use limits::{RESETS_PER_ADDRESS, RESETS_PER_CLIENT};
    throttle::count(
        state,
        &[
            (RESETS_PER_CLIENT, &client.0),
            (RESETS_PER_ADDRESS, email.key()),
        ],
    )
    .await?;
    mail::count(state, mail::Urgency::Security).await?;
    let now = state.clock.now();
    let expires_at = now + limits::RESET_SECONDS;
    let account = db::accounts::find_by_login(&state.db, "", email.key()).await?;
    let nonce = state.rng.id();
    let token_hash = session::hash(&token(&state.secrets, &nonce));
    let mut tx = state.db.begin().await?;
    let letter = match &account {
        Some(account) => {
            db::resets::insert(&mut tx, &token_hash, &account.id, expires_at, now).await?;
            Letter::Reset { nonce }
        }
        None => Letter::NoAccount,
    };
    // The address of the account, not the one that was typed: the two may differ in case.
    let to = account
        .as_ref()
        .map_or(email.as_str(), |account| &account.email);
    mail::put(state, &mut tx, to, &letter, expires_at).await?;
    tx.commit().await?;
    state.audit.note(Event::done(What::ResetAsked));
    state.outbox_filled.notify_one();
    Ok(())
}

/// Mails the owner of an account the way to a new password because an operator says so; against no limit.
pub async fn begin_for(state: &State, account: &Account) -> Result<(), Refusal> {
    let now = state.clock.now();
    let expires_at = now + limits::RESET_SECONDS;
    let nonce = state.rng.id();
    let token_hash = session::hash(&token(&state.secrets, &nonce));
    let mut tx = state.db.begin().await?;
    db::resets::insert(&mut tx, &token_hash, &account.id, expires_at, now).await?;
    let letter = Letter::Reset { nonce };
    mail::put(state, &mut tx, &account.email, &letter, expires_at).await?;
    tx.commit().await?;
    state
        .audit
        .note(Event::done(What::ResetAsked).account(&account.id));
    state.outbox_filled.notify_one();
    Ok(())
}

/// Whose password a link sets: user name and address.
pub struct Owner {
    /// Identifier of the account.
    pub account_id: String,
    /// Its user name.
    pub user_name: String,
    /// Its address.
    pub email: String,
}

/// Whose password the link sets, while it is good.
pub async fn find(state: &State, token: &str) -> db::Result<Option<Owner>> {
    let found = db::resets::find(&state.db, &session::hash(token), state.clock.now()).await?;
    Ok(found.map(|(account_id, user_name, email)| Owner {
        account_id,
        user_name,
        email,
    }))
}

/// Uses the link: sets the password, ends every session, tells the owner. False when it is used up.
pub async fn finish(
    state: &State,
    token: &str,
    owner: &Owner,
    password: Zeroizing<String>,
) -> Result<bool, Refusal> {
    let password_hash = state.passwords.hash(password).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, &owner.account_id).await?;
    if !db::resets::consume(&mut tx, &session::hash(token), now).await? {
        state.audit.note(Event::denied(What::ResetFinished));
        return Ok(false);
    }
    db::accounts::set_password(&mut tx, &owner.account_id, &password_hash).await?;
    lock::lift_by_reset(&mut tx, &owner.account_id).await?;
    // The second factor stays: a mailbox alone opens no account that has one.
    db::pending_sign_ins::delete_all(&mut tx, &owner.account_id).await?;
    // Whoever prepared something before must not profit from it after.
    db::email_changes::drop_pending(&mut tx, &owner.account_id).await?;
    db::browsers::forget_all(&mut tx, &owner.account_id).await?;
    let ended = lock::end_sessions(state, &mut tx, &owner.account_id).await?;
    let failures = sign_in::account_key(state, &owner.account_id);
    db::counters::reset(&mut tx, limits::FAILED_LOGINS, &failures).await?;
    mail::put(
        state,
        &mut tx,
        &owner.email,
        &Letter::PasswordChanged,
        now + limits::MAIL_SECONDS,
    )
    .await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    let event = Event::done(What::ResetFinished).account(&owner.account_id);
    state.audit.note(event);
    orders::act(state, &ended).await;
    Ok(true)
}

/// The token of a mailed link: derived, so that neither database nor outbox hold it.
pub fn token(secrets: &Secrets, nonce: &str) -> String {
    secrets.derive_text("reset token", &[nonce.as_bytes()])
}
