//! Short codes: whether one is compared just now. After ten wrong ones those of an address are off for
//! longer and longer. When everybody together has used up the wrong codes of a day, all are off for a day:
//! strong mode. That makes their risk independent of the size of a botnet. The button in the mail goes on
//! working.

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

/// Whether a short code for this address would be taken just now.
pub async fn is_taken(state: &State, email_key: &str) -> db::Result<bool> {
    let rule = WRONG_CODES_PER_ADDRESS;
    Ok(!state.throttle.is_off(rule, email_key).await? && !is_strong_mode(state).await?)
}

/// Whether short codes are switched off for everybody.
pub async fn is_strong_mode(state: &State) -> db::Result<bool> {
    state.throttle.is_off(STRONG_MODE, EVERYBODY).await
}

/// Lets a client try a mailed code, and notes how it went; a right one is no try.
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

/// Lets one code be compared of everybody's; false when none may. A right one is no try.
pub async fn of_everybody(
    state: &State,
    comparing: impl Future<Output = db::Result<bool>>,
) -> Result<bool, Refusal> {
    if is_strong_mode(state).await? {
        return Ok(false);
    }
    let most = i64::from(state.config.limits.wrong_codes_per_day);
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

/// Spends a try at the short code of an address; false when it may not be compared. A right one
/// [resets](reset) them.
pub async fn spend_of_address(state: &State, email_key: &str) -> db::Result<bool> {
    let rule = WRONG_CODES_PER_ADDRESS;
    let key = state.throttle.key(rule.kind, email_key);
    let tries = state.throttle.spend_in_a_row(rule, &key).await?;
    Ok(tries.map(Tries::keep).is_some())
}

/// The mailbox is proven: its wrong codes are forgotten.
pub async fn reset(state: &State, email_key: &str) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    let kind = WRONG_CODES_PER_ADDRESS.kind;
    state.throttle.reset(&mut tx, kind, email_key).await?;
    tx.commit().await
}

/// One wrong code for so many that were asked for in the last day.
async fn share_of_codes(state: &State) -> db::Result<i64> {
    let since = state.clock.now() - DAY;
    let n_codes =
        db::accounts::mailed_secrets::count_since(&state.db, Purpose::Registration, since).await?;
    Ok(n_codes / CODES_PER_WRONG_CODE)
}

async fn switch_on(state: &State) -> db::Result<()> {
    let key = state.throttle.key(STRONG_MODE.kind, EVERYBODY);
    let switched = state.throttle.spend_in_a_row(STRONG_MODE, &key).await?;
    if switched.map(Tries::keep).is_some() {
        state.audit.note(Event::done(Action::StrongModeOn));
        operator_warnings::raise(state, OperatorWarning::StrongMode).await?;
    }
    Ok(())
}
