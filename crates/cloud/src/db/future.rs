//! Rows from a future that did not come: the clock was ahead and has been set back. What was begun there
//! ends, waits and windows move to today, and mails leave; else an account would be shut and a code good
//! for as long as the clock was wrong.

use super::{Db, Result, sql};
use crate::accounts::factors::app_code::STEP_SECONDS;
use crate::throttle::limits::{DAY, MINUTE, PENDING_SECONDS, STRONG_SECONDS};

/// So far apart may be the clocks of processes with one database; nobody is signed out for that.
const SLACK: i64 = 5 * MINUTE;

/// What is begun in the future ends. `$1`: the latest moment that a row of today can name.
const ENDED: [&str; 9] = [
    "DELETE FROM sessions WHERE created_at > $1",
    "DELETE FROM registrations WHERE created_at > $1 OR last_code_at > $1",
    "DELETE FROM recoveries WHERE created_at > $1 OR proven_at > $1",
    "DELETE FROM buttons WHERE created_at > $1",
    "DELETE FROM email_changes WHERE created_at > $1 AND confirmed_at IS NULL",
    "DELETE FROM setups WHERE created_at > $1",
    "DELETE FROM orders WHERE created_at > $1",
    "UPDATE app_keys SET offered_key = NULL WHERE offered_at > $1",
    "UPDATE sessions SET proven_at = 0 WHERE proven_at > $1",
];

/// What notes a moment notes this one. `$1` as above, `$2`: now.
const MOVED: [&str; 7] = [
    // A token of Auto-login is dead, and renewed by its browser's key.
    "UPDATE sessions SET last_seen_at = $2, previous_until = 0,
         token_until = CASE WHEN browser_key = '' THEN token_until ELSE $2 END
     WHERE last_seen_at > $1",
    "UPDATE browsers SET last_seen_at = $2 WHERE last_seen_at > $1",
    "UPDATE recorders SET last_seen_at = $2 WHERE last_seen_at > $1",
    // These are switched off for up to a year, counted from the last try.
    "UPDATE counters SET blocked_until = blocked_until - started_at + $2, started_at = $2
     WHERE started_at > $1 AND kind = 'wrong codes per address'",
    "UPDATE counters SET started_at = $2 WHERE started_at > $1",
    "UPDATE mail_refusals SET suppressed_until = suppressed_until - refused_at + $2, refused_at = $2
     WHERE refused_at > $1",
    "UPDATE outbox SET run_at = $2, locked_until = 0, created_at = $2, expires_at = expires_at - created_at + $2
     WHERE created_at > $1 AND sent_at IS NULL AND failed_at IS NULL",
];

/// What names only its end, and how long it lasts at most. `$1`: the latest end, `$2`: now.
const BOUNDED: [(&str, i64); 3] = [
    (
        "UPDATE pending_sign_ins SET expires_at = $2 WHERE expires_at > $1",
        PENDING_SECONDS,
    ),
    (
        "UPDATE counters SET blocked_until = $2
         WHERE blocked_until > $1 AND blocked_until < 9223372036854775807
           AND kind <> 'wrong codes per address'",
        STRONG_SECONDS,
    ),
    (
        "UPDATE outbox SET run_at = $2, locked_until = 0
         WHERE (run_at > $1 OR locked_until > $1) AND sent_at IS NULL AND failed_at IS NULL",
        DAY,
    ),
];

/// Ends and moves what the future holds, in one transaction; tells how many rows that were.
pub async fn forget(db: &Db, now: i64) -> Result<u64> {
    let latest = now + SLACK;
    let mut tx = db.begin().await?;
    let mut n = 0;
    for text in ENDED {
        let ended = sql::query(text).bind(latest);
        n += ended.execute(&mut tx).await?.rows_affected();
    }
    for text in MOVED {
        let moved = sql::query(text).bind(latest).bind(now);
        n += moved.execute(&mut tx).await?.rows_affected();
    }
    // These do not say when they began, but they cannot last longer than this.
    for (text, longest) in BOUNDED {
        let shortened = sql::query(text).bind(latest + longest).bind(now);
        n += shortened.execute(&mut tx).await?.rows_affected();
    }
    let steps = sql::query("UPDATE app_keys SET last_step = $1 WHERE last_step > $1");
    let steps = steps.bind(latest / STEP_SECONDS);
    n += steps.execute(&mut tx).await?.rows_affected();
    tx.commit().await?;
    Ok(n)
}
