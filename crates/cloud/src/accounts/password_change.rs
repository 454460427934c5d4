//! Another password, by somebody who knows the old one: the other sessions end, what was mailed
//! before is dead, and the owner is told.

use zeroize::Zeroizing;

use super::notices::{self, Reader};
use super::session::Token;
use super::{Refusal, recovery, session, step_up};
use crate::audit::{Event, What};
use crate::db;
use crate::mail::notice::Notice;
use crate::orders;
use crate::state::State;
use crate::web::guard::{Browser, SignedIn};

/// How it went.
pub enum Changed {
    /// The new password holds; this session goes on with another token.
    Done(Token),
    /// The old password is wrong.
    WrongOld,
    /// The session ended or the password became another one meanwhile.
    Overtaken,
}

/// Sets `new`, in its normal form and checked, if `old` is the password.
pub async fn change(
    state: &State,
    who: &SignedIn,
    old: &str,
    new: Zeroizing<String>,
    browser: &Browser,
) -> Result<Changed, Refusal> {
    let Some(old_hash) = step_up::hash_that_fits(state, who, old).await? else {
        let event = Event::denied(What::PasswordChanged).account(&who.account_id);
        state.audit.note(event);
        return Ok(Changed::WrongOld);
    };
    let password_hash = state.passwords.hash(new).await?;
    let id = &who.account_id;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, id).await?;
    if !db::accounts::replace_password(&mut tx, id, &old_hash, &password_hash).await? {
        return Ok(Changed::Overtaken);
    }
    let Some(token) = step_up::proven_in(state, &mut tx, who).await? else {
        return Ok(Changed::Overtaken);
    };
    let ended = session::end_others(state, &mut tx, id, &who.session_id).await?;
    db::email_changes::drop_pending(&mut tx, id).await?;
    recovery::end_all(&mut tx, id, now).await?;
    let reader = Reader {
        account_id: id,
        email: &who.email,
    };
    notices::put(state, &mut tx, reader, Notice::NewPassword, Some(browser)).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    state
        .audit
        .note(Event::done(What::PasswordChanged).account(id));
    orders::act(state, &ended).await;
    Ok(Changed::Done(token))
}
