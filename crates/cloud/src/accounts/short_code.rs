//! Short codes: whether one is compared just now. After ten wrong ones those of an address are off for
//! longer and longer. When everybody together has used up the wrong codes of a day, all are off for a day:
//! strong mode. That makes their risk independent of the size of a botnet. The button in the mail goes on
//! working.

use super::Refusal;
use crate::alarms;
use crate::audit::{Event, What};
use crate::db;
use crate::mail::Alarm;
use crate::state::State;
use crate::throttle::limits::{
    CODES_PER_WRONG_CODE, DAY, Limit, STRONG_MODE, STRONG_SECONDS, WRONG_CODES,
    WRONG_CODES_PER_ADDRESS,
};
use crate::throttle::{EVERYBODY, Tries};

/// Whether a short code for this address would be taken just now.
pub async fn is_taken(state: &State, email_key: &str) -> db::Result<bool> {
    let kind = WRONG_CODES_PER_ADDRESS.kind;
    let is_off = state.throttle.is_off(kind, email_key).await?;
    Ok(!is_off && !is_strong_mode(state).await?)
}

/// Whether short codes are switched off for everybody.
pub async fn is_strong_mode(state: &State) -> db::Result<bool> {
    state.throttle.is_off(STRONG_MODE, EVERYBODY).await
}

/// Spends one of everybody's wrong codes before anybody compares it; `None` when it may not be compared.
pub async fn spend(state: &State) -> Result<Option<Tries>, Refusal> {
    if is_strong_mode(state).await? {
        return Ok(None);
    }
    // Read before, because the tries wait for their verdict from here on.
    let most = i64::from(state.config.limits.wrong_codes_per_day);
    let limit = Limit {
        most: most.max(share_of_codes(state).await?),
        ..WRONG_CODES
    };
    let tries = state.throttle.spend_beyond(&[(limit, EVERYBODY)]).await?;
    if tries.over().is_none() {
        return Ok(Some(tries));
    }
    tries.keep();
    switch_on(state).await?;
    Ok(None)
}

/// Spends a try at the short code of an address; false when it may not be compared. A right one
/// [resets](reset) them.
pub async fn spend_of_address(state: &State, email_key: &str) -> db::Result<bool> {
    let rule = WRONG_CODES_PER_ADDRESS;
    let key = state.throttle.key(rule.kind, email_key);
    let tries = state.throttle.spend_in_a_row(rule, &key).await?;
    let is_on = tries.is_some();
    tries.into_iter().for_each(Tries::keep);
    Ok(is_on)
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
    Ok(db::registrations::count_codes(&state.db, since).await? / CODES_PER_WRONG_CODE)
}

async fn switch_on(state: &State) -> db::Result<()> {
    let seconds = STRONG_SECONDS;
    let is_new = state.throttle.switch_off(STRONG_MODE, EVERYBODY, seconds);
    if is_new.await? {
        state.audit.note(Event::done(What::StrongModeOn));
        alarms::raise(state, Alarm::StrongMode).await?;
    }
    Ok(())
}
