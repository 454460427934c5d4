//! Selects the rows to delete: expired ones, those of which strangers create too many, and those that began
//! while the clock was ahead. `purge` decides when.

use crate::accounts::factors::app_code::STEP_SECONDS;
use crate::accounts::mailed_secret;
use crate::db;
use crate::db::upkeep::future::Longest;
use crate::state::State;
use crate::throttle::limits::{
    DAY, HOUR, KEEP_REFUSALS, KEEP_SENT_MAILS, KNOWN_BROWSER, MINUTE, PENDING_SECONDS,
    STRANGERS_ROWS, STRONG_SECONDS,
};

/// The start of 2026, before Peerview existed. A machine that shows less has no clock of its own and does
/// not know the time yet.
const EARLIEST: i64 = 1_767_225_600;

/// How long anything that begins today can last.
const LONGEST: Longest = Longest {
    slack: 5 * MINUTE,
    pending_sign_in: PENDING_SECONDS,
    switch_off: STRONG_SECONDS,
    mail_wait: DAY,
    code_step: STEP_SECONDS,
};

/// Ends what began while the clock was ahead.
pub async fn forget_future(state: &State) {
    // Seen from 1970 every row lies in the future: each loss of power would sign everybody out.
    let now = state.clock.now();
    if now < EARLIEST {
        tracing::warn!(now, "the clock of this machine is not set yet");
        return;
    }
    match db::upkeep::future::forget(&state.db, now, &LONGEST).await {
        Ok(0) => {}
        Ok(n_rows) => {
            tracing::warn!(
                n_rows,
                "the clock was ahead and was set back: ending sessions and codes that began meanwhile"
            );
            state.outbox_filled.notify_one();
        }
        Err(error) => {
            tracing::warn!(%error, "could not end the sessions and codes of a wrong clock")
        }
    }
}

/// Deletes everything that is over now.
pub async fn purge(state: &State) -> db::Result<()> {
    let now = state.clock.now();
    db::accounts::sessions::purge(&state.db, now).await?;
    db::accounts::browsers::purge(&state.db, now - KNOWN_BROWSER).await?;
    mailed_secret::purge(state).await?;
    db::mail::outbox::purge(&state.db, now - KEEP_SENT_MAILS).await?;
    db::mail::mail_refusals::purge(&state.db, now - KEEP_REFUSALS).await?;
    db::orders::purge(&state.db, now - HOUR).await?;
    state.throttle.purge().await?;
    trim(state).await
}

/// Deletes what lives for minutes, and the oldest of what strangers make too much of.
pub async fn trim(state: &State) -> db::Result<()> {
    let now = state.clock.now();
    db::bot_check::captchas::purge(&state.db, now).await?;
    db::bot_check::works::purge(&state.db, now).await?;
    db::accounts::pending_sign_ins::purge(&state.db, now).await?;
    db::accounts::passkeys::purge(&state.db, now).await?;
    db::upkeep::overflow::trim(&state.db, STRANGERS_ROWS).await
}
