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

use crate::accounts::Refusal;
use crate::audit;
use crate::db::outbox::NewMail;
use crate::db::{self, Writing};
use crate::language::{self, Language};
use crate::state::State;
use crate::throttle::limits::{self, Limit};
use crate::throttle::{self, Raised};

/// How much of the mail budget a mail may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Two fifths: notices about devices, and mails of who asks for many.
    OneOfMany,
    /// Four fifths.
    Ordinary,
    /// All of it.
    Security,
}

impl Urgency {
    fn part_of(self, all: i64) -> i64 {
        let (parts, of) = match self {
            Urgency::OneOfMany => limits::MANY_PARTS,
            Urgency::Ordinary => limits::ORDINARY_PARTS,
            Urgency::Security => (1, 1),
        };
        all * parts / of
    }
}

/// Counts a mail that somebody asked for against the budget of all mails. `from` is the asker's network
/// or account: the first few of each are urgent as they say, further ones share what many may have.
pub async fn count(state: &State, from: &str, urgency: Urgency) -> Result<(), Refusal> {
    let now = state.clock.now();
    let (mut own, mut is_first) = (Vec::new(), true);
    for limit in [limits::FIRST_MAILS, limits::FIRST_MAILS_DAY] {
        let (raised, counted) = throttle::raise(state, limit, from).await?;
        is_first &= throttle::verdict(limit, counted, now).is_ok();
        own.push(raised);
    }
    let urgency = if is_first {
        urgency
    } else {
        Urgency::OneOfMany
    };
    let counted = count_leaving(state, urgency).await;
    if counted.is_err() {
        throttle::take_back(state, &own).await?;
    }
    counted.map(|_| ())
}

/// Counts a mail against the budget of all mails.
pub async fn count_leaving(state: &State, urgency: Urgency) -> Result<Vec<Raised>, Refusal> {
    let part = |limit: Limit| Limit {
        most: urgency.part_of(limit.most),
        ..limit
    };
    let mut all = Vec::new();
    for limit in limits::mails(&state.config.limits).map(part) {
        let (raised, counted) = throttle::raise(state, limit, "all").await?;
        all.push(raised);
        if let Err(seconds) = throttle::verdict(limit, counted, state.clock.now()) {
            // What is refused must not use up what is kept for others.
            throttle::take_back(state, &all).await?;
            tracing::warn!(limit = limit.kind, ?urgency, "a limit was reached");
            return Err(Refusal::TooMany { seconds });
        }
    }
    Ok(all)
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
