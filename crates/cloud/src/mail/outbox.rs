//! The worker that empties the outbox: takes what is due, sends it, tries again later and later,
//! and never sends what has expired.

use std::time::Duration;

use futures_util::future::join_all;

use super::Letter;
use super::delivery::{Delivery, Undelivered};
use crate::accounts::limits::MINUTE;
use crate::db::outbox::Mail;
use crate::language::{self, Language};
use crate::state::State;
use crate::{db, limits};

/// First wait after a failed attempt, seconds; each further one doubles it.
const FIRST_WAIT: i64 = 10;
/// Longest wait between two attempts, seconds.
const MOST_WAIT: i64 = 10 * MINUTE;
/// Wait when the database does not answer, seconds.
const DB_WAIT: i64 = 5;
/// A mail that its sender has not reported on for so long, seconds, is taken again.
const LOCK: i64 = 5 * MINUTE;
/// A conversation has about a dozen steps, but only a slow server takes its time for more than a few.
/// With [`MAX_TIMEOUT_SECONDS`](crate::config::MAX_TIMEOUT_SECONDS) this stays below [`LOCK`], so that
/// no mail is sent by two at once.
const SLOW_STEPS: u64 = 4;

/// Runs until the cloud stops.
pub async fn run(state: State, delivery: Delivery) {
    loop {
        let next = pass(&state, &delivery).await.unwrap_or_else(|error| {
            tracing::error!(%error, "emptying the outbox");
            Some(state.clock.now() + DB_WAIT)
        });
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = state.outbox_filled.notified() => {}
            () = state.clock.sleep_until(next.unwrap_or(i64::MAX)), if next.is_some() => {}
        }
    }
}

/// Sends all that is due; tells when there is more.
async fn pass(state: &State, delivery: &Delivery) -> db::Result<Option<i64>> {
    loop {
        let now = state.clock.now();
        let n_expired = db::outbox::fail_expired(&state.db, now).await?;
        if n_expired > 0 {
            tracing::warn!(n_expired, "mails expired before they could be sent");
        }
        let due = db::outbox::claim(&state.db, limits::MAILS_AT_ONCE, now, now + LOCK).await?;
        if due.is_empty() {
            return db::outbox::next_due(&state.db).await;
        }
        for result in join_all(due.iter().map(|mail| send(state, delivery, mail))).await {
            result?;
        }
    }
}

async fn send(state: &State, delivery: &Delivery, mail: &Mail) -> db::Result<()> {
    let outcome = attempt(state, delivery, mail).await;
    note(state, mail, outcome).await?;
    state.mail_attempts.send_modify(|n| *n += 1);
    Ok(())
}

async fn note(state: &State, mail: &Mail, outcome: Result<(), Undelivered>) -> db::Result<()> {
    let now = state.clock.now();
    match outcome {
        Ok(()) if is_last(mail) => db::outbox::delete(&state.db, &mail.id).await,
        Ok(()) => db::outbox::set_sent(&state.db, &mail.id, now).await,
        Err(Undelivered::Later(reason)) => {
            tracing::warn!(
                mail.id,
                mail.attempts,
                reason,
                "a mail did not leave and is tried again"
            );
            let run_at = now + wait_after(mail.attempts, state.rng.u32());
            db::outbox::retry_at(&state.db, &mail.id, run_at.min(mail.expires_at), &reason).await
        }
        Err(Undelivered::Never(reason)) => {
            tracing::error!(mail.id, reason, "a mail was refused");
            db::outbox::set_failed(&state.db, &mail.id, now, &reason).await
        }
    }
}

/// Whether its reader has no account any more, so that not even their address is kept.
fn is_last(mail: &Mail) -> bool {
    serde_json::from_str::<Letter>(&mail.letter).is_ok_and(|letter| letter == Letter::Deleted)
}

async fn attempt(state: &State, delivery: &Delivery, mail: &Mail) -> Result<(), Undelivered> {
    let letter: Letter = serde_json::from_str(&mail.letter)
        .map_err(|error| Undelivered::Never(format!("the letter cannot be read: {error}")))?;
    let language = Language::from_code(&mail.language).unwrap_or_default();
    let written = language::speaking(language, || letter.write(state, mail.created_at))
        .map_err(|error| Undelivered::Never(format!("the letter cannot be written: {error}")))?;
    let seconds_left = u64::try_from(mail.expires_at - state.clock.now()).unwrap_or(0);
    let patience = state.config.mail.timeout_seconds * SLOW_STEPS;
    let time = Duration::from_secs(patience.min(seconds_left));
    let too_slow = |_| Undelivered::Later("the mail server took too long".to_owned());
    tokio::time::timeout(time, delivery.deliver(state, mail, written))
        .await
        .map_err(too_slow)?
}

/// Doubles up to [`MOST_WAIT`], drawn from the upper half of each step. `random` is uniform.
fn wait_after(attempts: i64, random: u32) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 32) - 1).unwrap_or(0);
    let step = (FIRST_WAIT << doublings).min(MOST_WAIT);
    let half = step / 2;
    step - half + half * i64::from(random) / i64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_ten_minutes_with_jitter() {
        let longest: Vec<i64> = (1..=8)
            .map(|attempts| wait_after(attempts, u32::MAX))
            .collect();
        let shortest: Vec<i64> = (1..=8).map(|attempts| wait_after(attempts, 0)).collect();

        assert_eq!(longest, [10, 20, 40, 80, 160, 320, 600, 600]);
        assert_eq!(shortest, [5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(wait_after(i64::MAX, u32::MAX), 600);
    }
}
