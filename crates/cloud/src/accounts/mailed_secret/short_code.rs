//! Short codes: whether one may be compared now. After ten wrong codes, those of an address are switched off
//! for longer and longer. When everybody together has used up the wrong codes of a day, all of them are off for
//! a day: strong mode. So the risk does not grow with the size of a botnet. The link in the mail always works.

use crate::accounts::Refusal;
use crate::audit::{Action, Event, Outcome};
use crate::db;
use crate::db::accounts::mailed_secrets::Purpose;
use crate::mail::OperatorWarning;
use crate::operator_warnings;
use crate::state::State;
use crate::throttle::limits::{
    CODES_PER_WRONG_CODE, DAY, Limit, STRONG_MODE, WRONG_CODES, WRONG_CODES_OF_CLIENT,
    WRONG_CODES_PER_ADDRESS,
};
use crate::throttle::{EVERYBODY, Tries};
use crate::visitor::Client;

/// Whether a short code for this address would be accepted now.
pub async fn is_taken(state: &State, email_key: &str) -> db::Result<bool> {
    let rule = WRONG_CODES_PER_ADDRESS;
    Ok(!state.throttle.is_off(rule, email_key).await? && !is_strong_mode(state).await?)
}

/// Whether short codes are switched off for everybody.
pub async fn is_strong_mode(state: &State) -> db::Result<bool> {
    state.throttle.is_off(STRONG_MODE, EVERYBODY).await
}

/// Lets a client try a mailed code and notes the result in the audit log; a right code is refunded.
pub async fn of_client(
    state: &State,
    client: &Client,
    what: Action,
    trying: impl Future<Output = Result<bool, Refusal>>,
) -> Result<bool, Refusal> {
    let throttle = &state.throttle;
    let tries = throttle.spend_as(client, &WRONG_CODES_OF_CLIENT).await?;
    let is_right = trying.await;
    tries.refund_if(matches!(is_right, Ok(true))).await?;
    let is_right = is_right?;
    state.audit.note(Event::new(what, Outcome::of(is_right)));
    Ok(is_right)
}

/// Compares a code within the budget of everybody; false when that is used up. A right code is refunded.
pub async fn of_everybody(
    state: &State,
    comparing: impl Future<Output = db::Result<bool>>,
) -> Result<bool, Refusal> {
    if is_strong_mode(state).await? {
        return Ok(false);
    }
    let most = i64::from(state.config.limits.wrong_codes_per_day);
    // A share of the codes that were mailed: typing errors alone must not switch a large cloud into
    // strong mode.
    let limit = Limit {
        most: most.max(share_of_codes(state).await?),
        ..WRONG_CODES
    };
    let tries = state.throttle.spend_beyond(&[(limit, EVERYBODY)]).await?;
    if tries.over().is_some() {
        tries.keep();
        switch_on(state).await?;
        return Ok(false);
    }
    let is_right = comparing.await;
    tries.refund_if(matches!(is_right, Ok(true))).await?;
    Ok(is_right?)
}

/// Spends a try at the short code of an address; false while it is switched off. A
/// right code [resets](reset) the count.
pub async fn spend_of_address(state: &State, email_key: &str) -> db::Result<bool> {
    let rule = WRONG_CODES_PER_ADDRESS;
    let key = state.throttle.key(rule.kind, email_key);
    let tries = state.throttle.spend_in_a_row(rule, &key).await?;
    // Kept at once: a right code forgets the whole count, not only its own try.
    Ok(tries.map(Tries::keep).is_some())
}

/// Forgets the wrong codes of an address, because its mailbox is proven.
pub async fn reset(state: &State, email_key: &str) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    let kind = WRONG_CODES_PER_ADDRESS.kind;
    state.throttle.reset(&mut tx, kind, email_key).await?;
    tx.commit().await
}

/// Wrong codes that the codes mailed in the last day allow.
async fn share_of_codes(state: &State) -> db::Result<i64> {
    let since = state.clock.now() - DAY;
    let n_codes =
        db::accounts::mailed_secrets::count_since(&state.db, Purpose::Registration, since).await?;
    Ok(n_codes / CODES_PER_WRONG_CODE)
}

async fn switch_on(state: &State) -> db::Result<()> {
    let key = state.throttle.key(STRONG_MODE.kind, EVERYBODY);
    // Of several requests only the first switches it on, so there is one line in the log and one warning.
    let switched = state.throttle.spend_in_a_row(STRONG_MODE, &key).await?;
    if switched.map(Tries::keep).is_some() {
        state.audit.note(Event::done(Action::StrongModeOn));
        operator_warnings::raise(state, OperatorWarning::StrongMode).await?;
    }
    Ok(())
}
