//! Mails: what they say, the outbox they wait in, and the ways they leave.

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
use crate::db::outbox::NewMail;
use crate::db::{self, Writing};
use crate::language::{self, Language};
use crate::state::State;
use crate::throttle::limits::{self, Limit};
use crate::throttle::{self, Tries};

/// Spends a mail that somebody asked for: of `limits`, and of the budget of all mails. `from` is the
/// asker's network or account: the first few of each are urgent as they say, further ones share what many
/// may have.
pub async fn spend(
    state: &State,
    limits: &[(Limit, &str)],
    from: &str,
    urgency: Urgency,
) -> Result<(), throttle::Error> {
    state.throttle.spend(limits).await?.keep();
    let first = [limits::FIRST_MAILS, limits::FIRST_MAILS_DAY].map(|limit| (limit, from));
    let own = state.throttle.spend_beyond(&first).await?;
    let urgency = match own.over() {
        None => urgency,
        Some(_) => Urgency::OneOfMany,
    };
    let leaving = spend_leaving(state, urgency).await;
    own.refund_if(leaving.is_err()).await?;
    leaving.map(Tries::keep)
}

/// Spends a mail of the budget of all mails.
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
    // What is refused must not use up what is kept for others.
    tries.refund().await?;
    tracing::warn!(limit, ?urgency, "a limit was reached");
    Err(throttle::Error::TooMany { seconds })
}

/// What a mail tells of whom, and when it may leave.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// As a hash; empty where each is told by itself.
    pub topic: &'a str,
    /// Not before.
    pub run_at: i64,
    /// Not from here on.
    pub expires_at: i64,
}

/// Puts a mail that leaves at once into the outbox as part of the caller's transaction. Tell
/// [`crate::state::Parts::outbox_filled`] once that is committed.
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
        message_id: &format!("<{id}@{host}>"),
        recipient: to,
        letter: &letter.to_json(),
        language: language.code(),
        asked_from: &asked_from.map_or_else(String::new, |seen| seen.expect("two texts")),
        topic: moment.topic,
        run_at: moment.run_at,
        expires_at: moment.expires_at,
    };
    db::outbox::insert(tx, &new, state.clock.now()).await
}

/// The language of whoever has this address, or else of the request. One look-up for every
/// address, known or not.
async fn language_for(tx: &mut Writing, to: &str) -> db::Result<Language> {
    let of_account = db::accounts::language_of_email(tx, &to.to_lowercase()).await?;
    let of_account = of_account.as_deref().and_then(Language::from_code);
    Ok(of_account.unwrap_or_else(language::current))
}
