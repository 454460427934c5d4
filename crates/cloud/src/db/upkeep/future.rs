//! Rows with times in the future, because the clock was ahead and has been set back. Sessions and codes from
//! that time end, waits and windows move to today, and mails are sent. Otherwise an account would stay
//! locked, and a code valid, for as long as the clock was wrong.

use crate::db::{Db, Result, sql};

/// How long anything that begins today can last, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Longest {
    /// By how much the clocks of processes with one database may differ; nobody is signed out for that.
    pub slack: i64,
    /// A sign-in that waits for its second step.
    pub pending_sign_in: i64,
    /// A limit that is switched off.
    pub switch_off: i64,
    /// A mail that waits for its turn.
    pub mail_wait: i64,
    /// One step of an app's code.
    pub code_step: i64,
}

/// Ends what began in the future. `$1`: the latest moment that a row of today can contain.
const ENDED: [&str; 5] = [
    "DELETE FROM sessions WHERE created_at > $1",
    "DELETE FROM mailed_secrets WHERE (created_at > $1 OR proven_at > $1) AND purpose <> 'not me'",
    "DELETE FROM orders WHERE created_at > $1",
    "UPDATE app_keys SET offered_key = NULL WHERE offered_at > $1",
    "UPDATE sessions SET proven_at = 0 WHERE proven_at > $1",
];

/// Moves moments of the future to now. `$1` as above, `$2`: now.
const MOVED: [&str; 8] = [
    // The token of an Auto-login session ends; its browser's key renews it.
    "UPDATE sessions SET last_seen_at = $2, previous_until = 0,
         token_until = CASE WHEN browser_key = '' THEN token_until ELSE $2 END
     WHERE last_seen_at > $1",
    "UPDATE browsers SET last_seen_at = $2 WHERE last_seen_at > $1",
    "UPDATE recorders SET last_seen_at = $2 WHERE last_seen_at > $1",
    // A link that locks the account is not taken away, because its owner may need it; it lasts as long as it says.
    "UPDATE mailed_secrets SET expires_at = expires_at - created_at + $2,
         link_until = link_until - created_at + $2, created_at = $2
     WHERE created_at > $1 AND purpose = 'not me'",
    // These are switched off for up to a year, counted from the last try.
    "UPDATE counters SET blocked_until = blocked_until - started_at + $2, started_at = $2
     WHERE started_at > $1 AND kind = 'wrong codes per address'",
    "UPDATE counters SET started_at = $2 WHERE started_at > $1",
    "UPDATE mail_refusals SET suppressed_until = suppressed_until - refused_at + $2, refused_at = $2
     WHERE refused_at > $1",
    "UPDATE outbox SET run_at = $2, locked_until = 0, created_at = $2, expires_at = expires_at - created_at + $2
     WHERE created_at > $1 AND sent_at IS NULL AND failed_at IS NULL",
];

/// Rows that contain only their end, and how long they last at most. `$1`: the latest end, `$2`: now.
fn bounded(longest: &Longest) -> [(&'static str, i64); 3] {
    [
        (
            "UPDATE pending_sign_ins SET expires_at = $2 WHERE expires_at > $1",
            longest.pending_sign_in,
        ),
        // The largest number means "for ever", which no clock has set.
        (
            "UPDATE counters SET blocked_until = $2
         WHERE blocked_until > $1 AND blocked_until < 9223372036854775807
           AND kind <> 'wrong codes per address'",
            longest.switch_off,
        ),
        (
            "UPDATE outbox SET run_at = $2, locked_until = 0
         WHERE (run_at > $1 OR locked_until > $1) AND sent_at IS NULL AND failed_at IS NULL",
            longest.mail_wait,
        ),
    ]
}

/// Ends and moves what lies in the future, in one transaction; returns the number of rows.
pub async fn forget(db: &Db, now: i64, longest: &Longest) -> Result<u64> {
    let latest = now + longest.slack;
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
    for (text, lasts) in bounded(longest) {
        let shortened = sql::query(text).bind(latest + lasts).bind(now);
        n += shortened.execute(&mut tx).await?.rows_affected();
    }
    // With a step from the future every code of the app would count as used until then.
    let steps = sql::query("UPDATE app_keys SET last_step = $1 WHERE last_step > $1");
    let steps = steps.bind(latest / longest.code_step);
    n += steps.execute(&mut tx).await?.rows_affected();
    tx.commit().await?;
    Ok(n)
}
