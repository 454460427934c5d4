//! Another address for an account: its mailbox has to say yes first, and the old one is told, with
//! a link that undoes it for a week. The answer is the same when somebody else has the address.

use super::names::Email;
use super::notices::{self, Reader};
use super::{Refusal, mailed_link, recovery, token};
use crate::audit::{Action, Event};
use crate::db;
use crate::db::email_changes::NewChange;
use crate::mail::notice::Notice;
use crate::mail::{self, Letter};
use crate::secrets::Secrets;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, SignedIn};

/// Mails a button to the new address, or the news that it has an account; nothing when that was
/// done a moment ago.
pub async fn ask(state: &State, who: &SignedIn, email: &Email) -> Result<(), Refusal> {
    let asked_since = state.clock.now() - limits::EMAIL_CHANGE_AGAIN;
    let (id, key) = (who.account_id.as_str(), email.key());
    if db::email_changes::is_asked(&state.db, id, key, asked_since).await? {
        return Ok(());
    }
    let counts = [
        (limits::EMAIL_CHANGES_PER_ACCOUNT, id),
        (limits::EMAIL_CHANGES_PER_ADDRESS, key),
    ];
    mail::spend(state, &counts, id, mail::Urgency::Ordinary).await?;
    let now = state.clock.now();
    let is_known = db::accounts::is_known_email(&state.db, email.key()).await?;
    let (nonce, expires_at) = (state.rng.id(), now + limits::EMAIL_CHANGE_SECONDS);
    let new = NewChange {
        id: &state.rng.id(),
        account_id: &who.account_id,
        token_hash: &token::hash(&token(&state.secrets, &nonce)),
        old_email: &who.email,
        old_email_key: &who.email.to_lowercase(),
        new_email: email.as_str(),
        new_email_key: email.key(),
        expires_at,
    };
    let letter = if is_known {
        Letter::EmailTaken
    } else {
        Letter::ConfirmEmail {
            nonce,
            user_name: who.user_name.clone(),
        }
    };
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, id).await?;
    if db::email_changes::is_asked(&mut tx, id, key, asked_since).await? {
        return Ok(());
    }
    db::email_changes::insert(&mut tx, &new, now).await?;
    mail::put(state, &mut tx, email.as_str(), &letter, expires_at).await?;
    tx.commit().await?;
    let event = Event::done(Action::EmailAsked).account(&who.account_id);
    state.audit.note(event);
    state.outbox_filled.notify_one();
    Ok(())
}

/// The address that waits for its mailbox.
pub async fn waiting(state: &State, who: &SignedIn) -> db::Result<Option<String>> {
    db::email_changes::waiting(&state.db, &who.account_id, state.clock.now()).await
}

/// The token of a mailed button: derived, so that neither database nor outbox hold it.
pub fn token(secrets: &Secrets, nonce: &str) -> String {
    let fields = [nonce.as_bytes()];
    secrets.derive_characters(
        "email change token",
        &fields,
        mailed_link::ALPHABET,
        mailed_link::CHARACTERS,
    )
}

/// Puts the new address in place of the old and tells both; false when the button is none, too old
/// or used up, or somebody else has the address by now.
pub async fn confirm(state: &State, token: &str, browser: &Browser) -> db::Result<bool> {
    let (token_hash, now) = (token::hash(token), state.clock.now());
    let Some(pending) = db::email_changes::find(&state.db, &token_hash, now).await? else {
        state.audit.note(Event::denied(Action::EmailChanged));
        return Ok(false);
    };
    let (id, account_id) = (&pending.id, &pending.account_id);
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, account_id).await?;
    if !db::email_changes::confirm(&mut tx, id, now).await? {
        return Ok(false);
    }
    let (email, key) = (&pending.new_email, &pending.new_email_key);
    if !db::accounts::set_email(&mut tx, account_id, email, key).await? {
        return Ok(false);
    }
    // What was mailed to the old address must not open the account of the new one.
    recovery::end_all(&mut tx, account_id, now).await?;
    let old = Reader {
        account_id,
        email: &pending.old_email,
    };
    let new = Reader { account_id, email };
    let told = Notice::NewEmail(email.clone());
    notices::put_about(state, &mut tx, old, told, Some(browser), Some(id)).await?;
    notices::put(state, &mut tx, new, Notice::EmailInUse, Some(browser)).await?;
    tx.commit().await?;
    state
        .audit
        .note(Event::done(Action::EmailChanged).account(account_id));
    state.outbox_filled.notify_one();
    Ok(true)
}
