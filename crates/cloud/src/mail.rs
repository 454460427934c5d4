//! Mails: what they say, the outbox they wait in, and the ways they leave.

pub mod alarm;
pub mod delivery;
pub mod dkim;
pub mod factor_change;
pub mod letter;
pub mod notice;
pub mod outbox;
pub mod refusals;

pub use alarm::Alarm;
pub use factor_change::FactorChange;
pub use letter::Letter;

use crate::accounts::limits::{self, Limit};
use crate::accounts::{Refusal, throttle};
use crate::audit;
use crate::db::outbox::NewMail;
use crate::db::{self, Writing};
use crate::language::{self, Language};
use crate::state::State;

/// How much of the mail budget a mail may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Four fifths.
    Ordinary,
    /// All of it.
    Security,
}

/// Counts a mail that a stranger asked for against the budget of all mails.
pub async fn count(state: &State, urgency: Urgency) -> Result<(), Refusal> {
    let part = |limit: Limit| match urgency {
        Urgency::Ordinary => Limit {
            most: limit.most * 4 / 5,
            ..limit
        },
        Urgency::Security => limit,
    };
    let [hour, day] = limits::mails(&state.config.limits).map(part);
    let mut all = Vec::new();
    for limit in [hour, day] {
        let (raised, counted) = throttle::raise(state, limit, "all").await?;
        all.push(raised);
        if let Err(seconds) = throttle::verdict(limit, counted, state.clock.now()) {
            // What is refused must not use up what is kept for others.
            throttle::take_back(state, &all).await?;
            tracing::warn!(limit = limit.kind, "a limit was reached");
            return Err(Refusal::TooMany { seconds });
        }
    }
    Ok(())
}

/// Puts a mail into the outbox as part of the caller's transaction. Tell
/// [`crate::state::Parts::outbox_filled`] once that is committed.
pub async fn put(
    state: &State,
    tx: &mut Writing,
    to: &str,
    letter: &Letter,
    expires_at: i64,
) -> db::Result<()> {
    let language = language_for(tx, to).await?;
    let id = state.rng.id();
    let asked_from = audit::asked_from().map(|seen| serde_json::to_string(&seen));
    let host = state.public_url.host_str().unwrap_or("localhost");
    let new = NewMail {
        id: &id,
        message_id: &format!("<{id}@{host}>"),
        recipient: to,
        letter: &serde_json::to_string(letter).expect("a letter is an enum of strings"),
        language: language.code(),
        asked_from: &asked_from.map_or_else(String::new, |seen| seen.expect("two texts")),
        expires_at,
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
