//! Short codes of one address: after ten wrong ones they are switched off for longer and longer,
//! while the button in the mail goes on working.

use super::strong_mode;
use crate::db;
use crate::db::address_tries::SwitchOff;
use crate::state::State;
use crate::throttle;
use crate::throttle::limits::{SHORT_CODE_OFF, WRONG_CODES_FORGOTTEN, WRONG_CODES_PER_ADDRESS};

const RULE: SwitchOff = SwitchOff {
    most: WRONG_CODES_PER_ADDRESS,
    forgotten: WRONG_CODES_FORGOTTEN,
    off: SHORT_CODE_OFF,
};

/// Whether a short code for this address would be taken just now.
pub async fn is_taken(state: &State, email_key: &str) -> db::Result<bool> {
    let key = key(state, email_key);
    let is_off = db::address_tries::is_off(&state.db, &key, state.clock.now()).await?;
    Ok(!is_off && !strong_mode::is_on(state).await?)
}

/// Counts a short code before anybody compares it; false when it may not be compared.
pub async fn count(state: &State, email_key: &str) -> db::Result<bool> {
    db::address_tries::count(&state.db, &key(state, email_key), RULE, state.clock.now()).await
}

/// The mailbox is proven: its wrong codes are forgotten.
pub async fn forget(state: &State, email_key: &str) -> db::Result<()> {
    db::address_tries::forget(&state.db, &key(state, email_key)).await
}

fn key(state: &State, email_key: &str) -> String {
    throttle::key(state, "wrong codes per address", email_key)
}
