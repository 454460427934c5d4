//! The one budget of wrong codes for everybody together. It makes the risk of short codes
//! independent of the size of a botnet: when it is used up, only the buttons in mails work for a day.

use super::Refusal;
use crate::alarms;
use crate::audit::{Event, What};
use crate::db;
use crate::mail::Alarm;
use crate::state::State;
use crate::throttle::key;
use crate::throttle::limits::{CODES_PER_WRONG_CODE, DAY, Limit, STRONG_SECONDS, WRONG_CODES};
use crate::throttle::{self, Raised};

const KIND: &str = "strong mode";

/// Whether short codes are switched off for everybody.
pub async fn is_on(state: &State) -> db::Result<bool> {
    let key = key(state, KIND, "everybody");
    db::counters::is_blocked(&state.db, KIND, &key, state.clock.now()).await
}

/// Counts a short code before anybody compares it; `None` when it may not be compared.
pub async fn count(state: &State) -> Result<Option<Raised>, Refusal> {
    if is_on(state).await? {
        return Ok(None);
    }
    let limit = Limit {
        most: i64::from(state.config.limits.wrong_codes_per_day),
        ..WRONG_CODES
    };
    match throttle::raise(state, limit, "everybody").await? {
        (raised, counted) if counted.n <= limit.most => Ok(Some(raised)),
        (raised, counted) if counted.n <= share_of_codes(state).await? => Ok(Some(raised)),
        _ => {
            switch_on(state).await?;
            Ok(None)
        }
    }
}

/// One wrong code for so many that were asked for in the last day.
async fn share_of_codes(state: &State) -> db::Result<i64> {
    let since = state.clock.now() - DAY;
    Ok(db::registrations::count_codes(&state.db, since).await? / CODES_PER_WRONG_CODE)
}

async fn switch_on(state: &State) -> db::Result<()> {
    let now = state.clock.now();
    let key = key(state, KIND, "everybody");
    if db::counters::block(&state.db, KIND, &key, now + STRONG_SECONDS, now).await? {
        state.audit.note(Event::done(What::StrongModeOn));
        alarms::raise(state, Alarm::StrongMode).await?;
    }
    Ok(())
}
