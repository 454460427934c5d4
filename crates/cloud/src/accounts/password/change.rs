//! Changes a password for somebody who knows the old one: the other sessions end, earlier mailed links become
//! invalid, and the owner is notified. The old password is the step-up of this form, so nobody types it
//! twice; a second factor is required where a step-up would require one.

use zeroize::Zeroizing;

use crate::accounts::factors::{self, Factors};
use crate::accounts::notices::{self, Reader};
use crate::accounts::session::Token;
use crate::accounts::{Refusal, factors::step_up, mailed_secret, session};
use crate::audit::{Action, Event};
use crate::db;
use crate::mail::notice::Notice;
use crate::orders;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, SignedIn};

/// Result of a change of password.
pub enum Changed {
    /// The new password is set; this session continues with a new token.
    Done(Token),
    /// The old password or the second factor is wrong; which one is not told.
    Wrong,
    /// The session ended, or the password was changed meanwhile.
    Overtaken,
}

/// What the person typed into the form.
pub struct Given<'a> {
    /// The old password, to be checked.
    pub old: &'a str,
    /// A code of the app or a recovery code; used where [`wanted_factors`] asks for one.
    pub code: &'a str,
    /// The new password, checked and in its normal form.
    pub new: Zeroizing<String>,
}

/// The second factors, one of which is required besides the old password: they are on, and the last proof is
/// not recent. `None` when the old password is enough.
pub async fn wanted_factors(state: &State, who: &SignedIn) -> db::Result<Option<Factors>> {
    if step_up::is_fresh(state, who) {
        return Ok(None);
    }
    let factors = factors::find(state, &who.account_id).await?;
    Ok(factors.is_on.then_some(factors))
}

/// Sets the new password if the old one is right, and the second factor where it is wanted.
pub async fn change(
    state: &State,
    who: &SignedIn,
    given: Given<'_>,
    browser: &Browser,
) -> Result<Changed, Refusal> {
    let id = &who.account_id;
    let Some(old_hash) = step_up::hash_that_fits(state, who, given.old).await? else {
        return Ok(wrong(state, who));
    };
    let factor = match wanted_factors(state, who).await? {
        None => None,
        Some(_) => match factors::compare(state, id, given.code).await? {
            None => return Ok(wrong(state, who)),
            factor => factor,
        },
    };
    let of_account = [(limits::PASSWORD_CHANGES, &**id)];
    let tries = state.throttle.spend(&of_account).await?;
    let hashed = state.passwords.hash(given.new).await;
    tries.refund_if(hashed.is_err()).await?;
    let password_hash = hashed?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, id).await?;
    // Compared with the old hash in the transaction: of copies that all knew the old password only one
    // takes effect.
    if !db::accounts::replace_password(&mut tx, id, &old_hash, &password_hash).await? {
        return Ok(Changed::Overtaken);
    }
    // Used up in the transaction that sets the password, so a failure costs no code.
    if let Some(factor) = &factor
        && !factor.use_up(state, &mut tx, id).await?
    {
        return Ok(wrong(state, who));
    }
    let Some(token) = step_up::proven_in(state, &mut tx, who).await? else {
        return Ok(Changed::Overtaken);
    };
    // After new credentials the other sessions end (ASVS 7.4.3).
    let ended = session::end_others(state, &mut tx, id, &who.session_id).await?;
    mailed_secret::end_all(&mut tx, id, now).await?;
    let reader = Reader {
        account_id: id,
        email: &who.email,
    };
    notices::put(state, &mut tx, reader, Notice::NewPassword, Some(browser)).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    if let Some(factor) = factor {
        factor.committed(state, id);
    }
    state
        .audit
        .note(Event::done(Action::PasswordChanged).account(id));
    orders::act(state, &ended);
    Ok(Changed::Done(token))
}

fn wrong(state: &State, who: &SignedIn) -> Changed {
    let event = Event::denied(Action::PasswordChanged).account(&who.account_id);
    state.audit.note(event);
    Changed::Wrong
}
