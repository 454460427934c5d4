//! Changes the address of an account: the new mailbox has to confirm it, and the old one gets a notice with a
//! link that undoes the change for a week. The answer is the same when another account has the address.

use super::Refusal;
use super::mailed_secret::{self, Envelope, MailedSecret, Purpose};
use super::names::Email;
use super::notices::{self, Reader};
use super::session::token;
use crate::audit::{Action, Event};
use crate::db::sql::On;
use crate::db::{self, accounts::mailed_secrets};
use crate::mail::letters::confirm_email::ConfirmEmail;
use crate::mail::notice::Notice;
use crate::mail::{self, Letter};
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, SignedIn};

/// Mails a link to the new address, or the news that it already has an account. Does nothing when the account
/// asked for the same address a moment ago.
pub async fn ask(state: &State, who: &SignedIn, email: &Email) -> Result<(), Refusal> {
    let (id, key) = (who.account_id.as_str(), email.key());
    if is_asked(state, &state.db, id, key).await? {
        return Ok(());
    }
    let counts = [
        (limits::EMAIL_CHANGES_PER_ACCOUNT, id),
        (limits::EMAIL_CHANGES_PER_ADDRESS, key),
    ];
    mail::spend(state, &counts, id, mail::Urgency::Ordinary).await?;
    let new = MailedSecret {
        account_id: Some(id.to_owned()),
        address: email.as_str().to_owned(),
        address_key: key.to_owned(),
        // A taken address takes the same steps with a decoy, so the answer does not tell that it has
        // an account.
        is_decoy: db::accounts::is_known_email(&state.db, key).await?,
        ..MailedSecret::new(Purpose::EmailChange, id)
    };
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, id).await?;
    // Checked again: copies of one request all pass the check above before the first of them writes.
    if is_asked(state, &mut tx, id, key).await? {
        return Ok(());
    }
    mailed_secrets::end_all(&mut tx, Purpose::EmailChange, id, now).await?;
    let issued = mailed_secret::issue(state, &mut tx, new).await?;
    let letter = if issued.is_decoy {
        Letter::EmailTaken
    } else {
        Letter::ConfirmEmail(ConfirmEmail {
            nonce: issued.nonce,
            user_name: who.user_name.clone(),
        })
    };
    let envelope = Envelope {
        to: issued.address,
        letter,
        expires_at: issued.expires_at,
    };
    mailed_secret::post(state, tx, envelope).await?;
    let event = Event::done(Action::EmailAsked).account(id);
    state.audit.note(event);
    Ok(())
}

/// Whether the account asked for this address a moment ago and the mailbox has not confirmed it yet.
async fn is_asked<'a>(
    state: &State,
    on: impl Into<On<'a>>,
    account_id: &str,
    email_key: &str,
) -> db::Result<bool> {
    let now = state.clock.now();
    let asked = mailed_secrets::find_waiting(on, Purpose::EmailChange, account_id, now).await?;
    let since = now - limits::EMAIL_CHANGE_AGAIN;
    Ok(asked.is_some_and(|asked| asked.address_key == email_key && asked.created_at > since))
}

/// The new address that is not confirmed yet.
pub async fn waiting(state: &State, who: &SignedIn) -> db::Result<Option<String>> {
    let (id, now) = (&who.account_id, state.clock.now());
    let waits = mailed_secrets::find_waiting(&state.db, Purpose::EmailChange, id, now).await?;
    Ok(waits.map(|waits| waits.address))
}

/// Puts the new address in place of the old one and tells both mailboxes. False when the link is unknown,
/// expired or used, the account is locked, or another account has got the address meanwhile.
pub async fn confirm(state: &State, token: &str, browser: &Browser) -> db::Result<bool> {
    let (hash, now) = (token::hash(token), state.clock.now());
    let mailed = mailed_secrets::find_by_link(&state.db, Purpose::EmailChange, &hash, now).await?;
    let account_id = mailed.and_then(|mailed| mailed.account_id);
    let account = match &account_id {
        Some(id) => db::accounts::find(&state.db, id).await?,
        None => None,
    };
    // A change that was requested before the owner locked the account must not take effect after it.
    let Some(account) = account.filter(|account| account.locked_at.is_none()) else {
        state.audit.note(Event::denied(Action::EmailChanged));
        return Ok(false);
    };
    let account_id = account.id.as_str();
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, account_id).await?;
    let consumed = mailed_secrets::consume(&mut tx, Purpose::EmailChange, &hash, now).await?;
    let Some(mailed) = consumed else {
        return Ok(false);
    };
    let (email, key) = (mailed.address.as_str(), &mailed.address_key);
    if !db::accounts::set_email(&mut tx, account_id, email, key).await? {
        return Ok(false);
    }
    // A reset link that waits in the old mailbox must not open the account any longer.
    mailed_secret::end_all(&mut tx, account_id, now).await?;
    // Both mailboxes are notified (ASVS 6.3.7): the old one can revert the change.
    let old = Reader {
        account_id,
        email: &account.email,
    };
    let new = Reader { account_id, email };
    let told = Notice::NewEmail(email.to_owned());
    let given_back = (account.email.as_str(), account.email_key.as_str());
    notices::put_about(state, &mut tx, old, told, Some(browser), Some(given_back)).await?;
    notices::put(state, &mut tx, new, Notice::EmailInUse, Some(browser)).await?;
    tx.commit().await?;
    state
        .audit
        .note(Event::done(Action::EmailChanged).account(account_id));
    state.outbox_filled.notify_one();
    Ok(true)
}
