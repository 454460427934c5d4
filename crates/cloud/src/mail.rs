//! Mails: their contents, the outbox, and their delivery.

pub mod delivery;
pub mod dkim;
pub mod letter;
pub mod letters;
pub mod outbox;
pub mod refusals;

pub use letter::Urgency;
pub use letters::factor_change::FactorChange;
pub use letters::operator_warning::OperatorWarning;
pub use letters::{Letter, notice};

use crate::audit;
use crate::db::mail::outbox::NewMail;
use crate::db::{self, Writing};
use crate::language::{self, Language};
use crate::state::State;
use crate::throttle::limits::{self, Limit};
use crate::throttle::{self, Tries};

/// Spends a requested mail from `limits` and from the total mail budget. `from` is the network or account that
/// asks: its first few mails have the given urgency, and further ones share the part for bulk mail.
pub async fn spend(
    state: &State,
    limits: &[(Limit, &str)],
    from: &str,
    urgency: Urgency,
) -> Result<(), throttle::Error> {
    // Kept even if the mail is not sent: these count requests.
    state.throttle.spend(limits).await?.keep();
    let first = [limits::FIRST_MAILS, limits::FIRST_MAILS_DAY].map(|limit| (limit, from));
    let own = state.throttle.spend_beyond(&first).await?;
    let urgency = match own.over() {
        None => urgency,
        Some(_) => Urgency::OneOfMany,
    };
    let leaving = spend_leaving(state, urgency).await;
    // A mail that the total budget refuses is not one of the first few.
    own.refund_if(leaving.is_err()).await?;
    leaving.map(Tries::keep)
}

/// Spends a mail from the total mail budget.
pub async fn spend_leaving(state: &State, urgency: Urgency) -> Result<Tries, throttle::Error> {
    let part = |limit: Limit| {
        let most = urgency.part_of(limit.most);
        (Limit { most, ..limit }, "all")
    };
    let parts = limits::mails(&state.config.limits).map(part);
    let tries = state.throttle.spend_beyond(&parts).await?;
    let Some((limit, seconds)) = tries.over() else {
        return Ok(tries);
    };
    // A refused mail must not use up the reserve for others.
    tries.refund().await?;
    tracing::warn!(limit, ?urgency, "a limit was reached");
    Err(throttle::Error::TooMany { seconds })
}

/// Topic and times of a mail.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// As a hash; empty if each one is sent separately.
    pub topic: &'a str,
    /// Not sent before this time, seconds since 1970.
    pub run_at: i64,
    /// Not sent from this time on, seconds since 1970.
    pub expires_at: i64,
}

/// Queues a mail that leaves at once, in the caller's transaction. Wake
/// [`crate::state::StateParts::outbox_filled`] once that is committed.
pub async fn put(
    state: &State,
    tx: &mut Writing,
    to: &str,
    letter: &Letter,
    expires_at: i64,
) -> db::Result<()> {
    let at_once = Moment {
        topic: "",
        run_at: state.clock.now(),
        expires_at,
    };
    put_at(state, tx, to, letter, at_once).await
}

/// [`put`] for a mail with a topic.
pub async fn put_at(
    state: &State,
    tx: &mut Writing,
    to: &str,
    letter: &Letter,
    moment: Moment<'_>,
) -> db::Result<()> {
    let language = language_for(tx, to).await?;
    let id = state.rng.id();
    let asked_from = audit::asked_from().map(|seen| serde_json::to_string(&seen));
    let host = state.public_url.host_str().unwrap_or("localhost");
    let new = NewMail {
        id: &id,
        // Chosen once: a retry of a mail that did arrive is the same mail to its receiver.
        message_id: &format!("<{id}@{host}>"),
        recipient: to,
        letter: &letter.to_json(),
        language: language.code(),
        asked_from: &asked_from.map_or_else(String::new, |seen| seen.expect("two texts")),
        topic: moment.topic,
        run_at: moment.run_at,
        expires_at: moment.expires_at,
    };
    db::mail::outbox::insert(tx, &new, state.clock.now()).await
}

/// The language of the address's account, or else of the request; one lookup for known and unknown addresses.
async fn language_for(tx: &mut Writing, to: &str) -> db::Result<Language> {
    let of_account = db::accounts::language_of_email(tx, &to.to_lowercase()).await?;
    let of_account = of_account.as_deref().and_then(Language::from_code);
    Ok(of_account.unwrap_or_else(language::current))
}
