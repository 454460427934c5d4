//! The worker of the outbox: it takes due mails, sends them, retries with increasing waits, and never sends
//! expired ones.

use std::time::Duration;

use futures_util::future::join_all;

use super::delivery::{Delivery, Undelivered};
use super::letter::Cause;
use super::letters::DeriveSecret;
use super::refusals;
use super::{self as mail, Letter};
use crate::db::mail::outbox::Mail;
use crate::language::{self, Language};
use crate::state::State;
use crate::throttle::limits::{FIRST_MAILS_PER_DOMAIN, MAILS_PER_DOMAIN, MINUTE};
use crate::throttle::{self, Tries};
use crate::visitor::Seen;
use crate::{db, limits};

/// First wait after a failed attempt, seconds; each further one doubles it.
const FIRST_WAIT: i64 = 10;
/// Longest wait between two attempts, in seconds: a recovered mail server gets all mails within a
/// minute, and a failing one gets [`limits::MAILS_AT_ONCE`] attempts at a time.
const MOST_WAIT: i64 = 50;
/// Wait if the database does not answer, in seconds.
const DB_WAIT: i64 = 5;
/// Seconds after which a mail is taken again if its sender has not reported on it.
const LOCK: i64 = 5 * MINUTE;
/// A conversation has about a dozen steps, but even a slow server needs the full time for only a
/// few. With [`MAX_TIMEOUT_SECONDS`](crate::config::MAX_TIMEOUT_SECONDS) this stays below [`LOCK`],
/// so that no mail is sent by two workers.
const SLOW_STEPS: u64 = 4;

/// Turns a letter into a sent mail.
struct Sender {
    delivery: Delivery,
    derive: DeriveSecret,
}

/// Runs until the cloud stops.
pub async fn run(state: State, delivery: Delivery, derive: DeriveSecret) {
    let sender = Sender { delivery, derive };
    let mut n_failing = 0;
    loop {
        let next = pass(&state, &sender, &mut n_failing)
            .await
            .unwrap_or_else(|error| {
                tracing::error!(%error, "could not process the outbox");
                Some(state.clock.now() + DB_WAIT)
            });
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            // While the mail server fails, new mails wait for its next try like the others.
            () = state.outbox_filled.notified(), if n_failing == 0 => {}
            () = state.clock.sleep_until(next.unwrap_or(i64::MAX)), if next.is_some() => {}
        }
    }
}

/// Sends all that is due, unless the mail server fails; returns whether there is more. `n_failing`
/// counts consecutive batches that failed because of the server itself.
async fn pass(state: &State, sender: &Sender, n_failing: &mut i64) -> db::Result<Option<i64>> {
    loop {
        let now = state.clock.now();
        let n_expired = db::mail::outbox::fail_expired(&state.db, now).await?;
        if n_expired > 0 {
            tracing::warn!(n_expired, "mails expired before they could be sent");
        }
        let due =
            db::mail::outbox::claim(&state.db, limits::MAILS_AT_ONCE, now, now + LOCK).await?;
        if due.is_empty() {
            *n_failing = 0;
            return db::mail::outbox::next_due(&state.db).await;
        }
        let mut all_failed = true;
        for is_server_trouble in join_all(due.iter().map(|mail| send(state, sender, mail))).await {
            all_failed &= is_server_trouble?;
        }
        if all_failed {
            *n_failing += 1;
            return Ok(Some(now + wait_after(*n_failing, state.rng.u32())));
        }
        *n_failing = 0;
    }
}

/// Sends one mail; returns whether the mail server itself failed.
async fn send(state: &State, sender: &Sender, mail: &Mail) -> db::Result<bool> {
    let outcome = attempt(state, sender, mail).await;
    let is_server_trouble = matches!(outcome, Err(Undelivered::ServerTrouble(_)));
    note(state, mail, outcome).await?;
    state.mail_attempts.send_modify(|n| *n += 1);
    Ok(is_server_trouble)
}

async fn note(state: &State, mail: &Mail, outcome: Result<(), Undelivered>) -> db::Result<()> {
    let now = state.clock.now();
    if outcome.is_ok() {
        refusals::clear(state, &mail.recipient).await?;
    }
    state.metrics.mail(match &outcome {
        Ok(()) => "sent",
        Err(Undelivered::Never(_) | Undelivered::NoSuchAddress(_)) => "never",
        Err(_) => "later",
    });
    match outcome {
        Ok(()) if is_last(mail) => db::mail::outbox::delete(&state.db, &mail.id).await,
        Ok(()) => db::mail::outbox::set_sent(&state.db, &mail.id, now).await,
        Err(Undelivered::Later(reason) | Undelivered::ServerTrouble(reason)) => {
            tracing::warn!(
                mail.id,
                mail.attempts,
                reason,
                "could not send a mail; it will be retried"
            );
            let run_at = now + wait_after(mail.attempts, state.rng.u32());
            // Not past its end, so that it is given up then and not at a later try.
            db::mail::outbox::retry_at(&state.db, &mail.id, run_at.min(mail.expires_at), &reason)
                .await
        }
        Err(Undelivered::NotYet { seconds, reason }) => {
            let run_at = (now + seconds).min(mail.expires_at);
            db::mail::outbox::retry_at(&state.db, &mail.id, run_at, reason).await
        }
        // Nothing is kept of a deleted account, so neither is a refusal of its address.
        Err(Undelivered::NoSuchAddress(_) | Undelivered::Never(_)) if is_last(mail) => {
            tracing::warn!(mail.id, "the last mail to a deleted account was refused");
            db::mail::outbox::delete(&state.db, &mail.id).await
        }
        Err(Undelivered::NoSuchAddress(reason)) => {
            refusals::note(state, &mail.recipient, &reason).await?;
            db::mail::outbox::set_failed(&state.db, &mail.id, now, &reason).await
        }
        Err(Undelivered::Never(reason)) => {
            tracing::error!(mail.id, reason, "a mail was refused");
            db::mail::outbox::set_failed(&state.db, &mail.id, now, &reason).await
        }
    }
}

/// Whether its recipient no longer has an account, so that not even the address is kept.
fn is_last(mail: &Mail) -> bool {
    serde_json::from_str::<Letter>(&mail.letter).is_ok_and(|letter| letter == Letter::Deleted)
}

async fn attempt(state: &State, sender: &Sender, mail: &Mail) -> Result<(), Undelivered> {
    let letter: Letter = serde_json::from_str(&mail.letter)
        .map_err(|error| Undelivered::Never(format!("the letter cannot be read: {error}")))?;
    let tries = may_leave(state, mail, &letter).await?;
    let outcome = hand_over(state, sender, mail, &letter).await;
    // A mail that will be retried used none of any share; the next attempt spends again.
    let took_nothing = matches!(
        outcome,
        Err(Undelivered::Later(_) | Undelivered::ServerTrouble(_))
    );
    tries.refund_if(took_nothing).await.map_err(trouble)?;
    outcome
}

fn trouble(error: db::Error) -> Undelivered {
    Undelivered::Later(error.to_string())
}

async fn hand_over(
    state: &State,
    sender: &Sender,
    mail: &Mail,
    letter: &Letter,
) -> Result<(), Undelivered> {
    let language = Language::from_code(&mail.language).unwrap_or_default();
    let asked_from = serde_json::from_str(&mail.asked_from).ok();
    let secret = (sender.derive)(state, letter);
    let written = || letter.write(state, secret, (mail.created_at, asked_from));
    let written = language::speaking(language, written)
        .map_err(|error| Undelivered::Never(format!("the letter cannot be written: {error}")))?;
    let seconds_left = u64::try_from(mail.expires_at - state.clock.now()).unwrap_or(0);
    let patience = state.config.mail.timeout_seconds * SLOW_STEPS;
    // A code that expires while the server is slow must not arrive.
    let time = Duration::from_secs(patience.min(seconds_left));
    let too_slow = |_| Undelivered::ServerTrouble("the mail server took too long".to_owned());
    tokio::time::timeout(time, sender.delivery.deliver(state, mail, written))
        .await
        .map_err(too_slow)?
}

/// Holds back mails to addresses that refused earlier ones, to domains that have used up their
/// share, and notices that no longer fit into the total budget.
async fn may_leave(state: &State, mail: &Mail, letter: &Letter) -> Result<Tries, Undelivered> {
    let suppressed = refusals::suppressed_until(state, &mail.recipient);
    if suppressed.await.map_err(trouble)?.is_some() {
        return Err(Undelivered::Never(
            "its server refused the address before".to_owned(),
        ));
    }
    let (spent, reason) = match letter.mail().cause() {
        Cause::Event(urgency) => {
            let reason = "all mails together have had their share for now";
            (mail::spend_leaving(state, urgency).await, reason)
        }
        Cause::Stranger => {
            let reason = "its domain gets no more mails for now";
            (spend_for_domain(state, mail).await, reason)
        }
        Cause::Asked => return state.throttle.spend_beyond(&[]).await.map_err(trouble),
    };
    spent.map_err(|error| match error {
        throttle::Error::TooMany { seconds } => Undelivered::NotYet { seconds, reason },
        throttle::Error::Db(error) => trouble(error),
    })
}

/// Spends a stranger's mail from the share of its domain. The first few of a network do not need
/// the share, so that nobody who requests many holds back the mails of others.
async fn spend_for_domain(state: &State, mail: &Mail) -> Result<Tries, throttle::Error> {
    let domain = mail.recipient.rsplit('@').next().unwrap_or_default();
    let domain = domain.to_lowercase();
    let asked_from = serde_json::from_str::<Seen>(&mail.asked_from).ok();
    let place = asked_from.as_ref().map_or("", Seen::place);
    if !place.is_empty() {
        let whom = format!("{place} {domain}");
        let of_place = [(FIRST_MAILS_PER_DOMAIN, &*whom)];
        let tries = state.throttle.spend_beyond(&of_place).await?;
        if tries.over().is_none() {
            return Ok(tries);
        }
        tries.refund().await?;
    }
    state.throttle.spend(&[(MAILS_PER_DOMAIN, &*domain)]).await
}

/// Doubles up to [`MOST_WAIT`], chosen from the upper half of each step. `random` is uniform.
fn wait_after(attempts: i64, random: u32) -> i64 {
    // The clamp keeps the shift narrower than an i64.
    let doublings = u32::try_from(attempts.clamp(1, 32) - 1).unwrap_or(0);
    let step = (FIRST_WAIT << doublings).min(MOST_WAIT);
    // Jitter: mails that failed together do not come back together.
    let half = step / 2;
    step - half + half * i64::from(random) / i64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute_with_jitter() {
        let longest: Vec<i64> = (1..=8)
            .map(|attempts| wait_after(attempts, u32::MAX))
            .collect();
        let shortest: Vec<i64> = (1..=8).map(|attempts| wait_after(attempts, 0)).collect();

        assert_eq!(longest, [10, 20, 40, 50, 50, 50, 50, 50]);
        assert_eq!(shortest, [5, 10, 20, 25, 25, 25, 25, 25]);
        assert_eq!(wait_after(i64::MAX, u32::MAX), 50);
    }
}
