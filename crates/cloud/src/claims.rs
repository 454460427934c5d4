//! Making a recorder one's own, renaming it and giving it away: the one door for pages. The
//! recorder's agent checks the code; here the tries are limited, and ownership is booked only
//! after the agent said yes. Rules of the code itself are in `proto::claim`, on the agent's side.

use std::time::Duration;

use proto::identity::{Serial, VerificationCode};
use proto::link::limits::MAX_NAME_CHARS;

use crate::accounts::notices;
use crate::audit::{Event, Outcome, What};
use crate::db::{self, counters, recorders};
use crate::links::ClaimOutcome;
use crate::mail::notice::Notice;
use crate::orders::{self, Order};
use crate::state::State;
use crate::web::guard::SignedIn;

/// Wrong codes for one serial a day, whoever types them.
pub const WRONG_PER_SERIAL: i64 = 5;
/// Codes that agents are asked about a day, all accounts together: with 26⁶ codes one guess hits
/// in four thousand years.
pub const ASKED_IN_ALL: i64 = 200;
/// Tries of one account a day; those that succeed are given back.
pub const TRIES_PER_ACCOUNT: i64 = 20;
/// Seconds that a try counts.
pub const DAY: i64 = 24 * 60 * 60;
/// Every refusal takes at least this long, so that its time does not tell an unknown recorder
/// from a wrong code.
pub const REFUSAL_TIME: Duration = Duration::from_secs(1);

const PER_SERIAL: &str = "claim.serial";
const IN_ALL: &str = "claim.all";
/// Counter of the tries of one account; its key is the account's identifier.
pub const PER_ACCOUNT: &str = "claim.account";

/// Why a recorder was not claimed, in words for the page.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Typed wrongly; nothing was counted.
    #[error("not a serial number")]
    NoSerial,
    /// Typed wrongly; nothing was counted.
    #[error("not a verification code")]
    NoCode,
    /// Too long or with characters that cannot be shown; nothing was counted.
    #[error("not a name")]
    NoName,
    /// It is in this account's list.
    #[error("already theirs")]
    AlreadyYours,
    /// Wrong code, unknown serial, somebody else's, or offline: nobody is told which.
    #[error("refused")]
    Refused,
    /// Too many tries.
    #[error("too many tries")]
    TooMany,
    /// The database did not answer; nothing was changed.
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl ClaimError {
    /// What is wrong, for the person who asked.
    pub fn words(&self) -> String {
        match self {
            ClaimError::NoSerial => say!("claim-no-serial"),
            ClaimError::NoCode => say!("claim-no-code"),
            ClaimError::NoName => say!("claim-no-name", max = MAX_NAME_CHARS),
            ClaimError::AlreadyYours => say!("claim-already-yours"),
            ClaimError::Refused => say!("claim-refused"),
            ClaimError::TooMany => say!("claim-too-many"),
            ClaimError::Database(_) => say!("error-unavailable"),
        }
    }
}

/// Makes the recorder `who`'s own if the typed code is right. An empty name becomes the serial.
pub async fn claim(
    state: &State,
    who: &SignedIn,
    serial_text: &str,
    code_text: &str,
    name: &str,
) -> Result<Serial, ClaimError> {
    let serial: Serial = serial_text.parse().map_err(|_| ClaimError::NoSerial)?;
    let code: VerificationCode = code_text.parse().map_err(|_| ClaimError::NoCode)?;
    let name = checked_name(name)?.unwrap_or(serial.as_str());
    let refused_at = tokio::time::Instant::now() + REFUSAL_TIME;
    let outcome = judged(state, who, &serial, &code, name).await;
    let noted = match &outcome {
        Ok(()) => Outcome::Ok,
        Err(ClaimError::Database(_)) => Outcome::Failed,
        Err(_) => Outcome::Denied,
    };
    let event = Event::new(What::RecorderClaimed, noted).account(&who.account_id);
    state.audit.note(event.subject(serial.as_str()));
    if matches!(outcome, Err(ClaimError::Refused)) {
        tokio::time::sleep_until(refused_at).await;
    }
    outcome.map(|()| serial)
}

/// Renames one of `who`'s recorders; false when it is not theirs.
pub async fn rename(
    state: &State,
    who: &SignedIn,
    serial: &Serial,
    name: &str,
) -> Result<bool, ClaimError> {
    let name = checked_name(name)?.unwrap_or(serial.as_str());
    let renamed = recorders::rename(&state.db, serial.as_str(), &who.account_id, name).await?;
    state.links.changed_for(&who.account_id, serial.as_str());
    Ok(renamed)
}

/// Takes a recorder out of `who`'s account and ends its calls; false when it is not theirs.
pub async fn release(state: &State, who: &SignedIn, serial: &Serial) -> Result<bool, ClaimError> {
    let known = recorders::find_owned(&state.db, serial.as_str(), &who.account_id).await?;
    let released = recorders::release(&state.db, serial.as_str(), &who.account_id).await?;
    if released {
        let name = known.map_or_else(String::new, |recorder| recorder.name);
        state
            .calls
            .end_with_recorder(serial.as_str(), "the device was removed")
            .await;
        state.links.changed_for(&who.account_id, serial.as_str());
        let event = Event::done(What::RecorderReleased).account(&who.account_id);
        state.audit.note(event.subject(serial.as_str()));
        notices::about_recorder(state, who, Notice::RecorderRemoved(name)).await?;
    }
    Ok(released)
}

/// Takes a recorder out of whosever account it is in, because an operator says so, and ends its calls
/// in every process; false when nobody owns it.
pub async fn take_away(state: &State, serial: &Serial) -> db::Result<bool> {
    let serial = serial.as_str();
    let known = recorders::find(&state.db, serial).await?;
    let Some(owner) = known.and_then(|recorder| recorder.account_id) else {
        return Ok(false);
    };
    let mut tx = state.db.begin().await?;
    if !recorders::release_in(&mut tx, serial, &owner).await? {
        return Ok(false);
    }
    let order = Order::RecorderReleased {
        serial: serial.to_owned(),
        account_id: owner.clone(),
    };
    orders::put(state, &mut tx, &order).await?;
    tx.commit().await?;
    let event = Event::done(What::RecorderReleased).account(&owner);
    state.audit.note(event.subject(serial));
    orders::act(state, &order).await;
    Ok(true)
}

async fn judged(
    state: &State,
    who: &SignedIn,
    serial: &Serial,
    code: &VerificationCode,
    name: &str,
) -> Result<(), ClaimError> {
    let known = recorders::find(&state.db, serial.as_str()).await?;
    let owner = known
        .as_ref()
        .and_then(|recorder| recorder.account_id.as_deref());
    if owner == Some(who.account_id.as_str()) {
        return Err(ClaimError::AlreadyYours);
    }
    // Counted before anything is asked, and for unknown serials too, so that the limit tells nothing.
    count(state, PER_ACCOUNT, &who.account_id, TRIES_PER_ACCOUNT).await?;
    count(state, PER_SERIAL, serial.as_str(), WRONG_PER_SERIAL).await?;
    if known.is_none() || owner.is_some() || !state.links.is_online(serial.as_str()) {
        return Err(ClaimError::Refused);
    }
    // Only where an agent is asked, or one account could use up everybody's tries with serials that are none.
    count(state, IN_ALL, "", ASKED_IN_ALL).await?;
    match state
        .links
        .claim(serial.as_str(), code.reveal(), &who.user_name)
        .await
    {
        ClaimOutcome::Accepted => {}
        ClaimOutcome::TooMany => return Err(ClaimError::TooMany),
        ClaimOutcome::Wrong | ClaimOutcome::Unavailable => return Err(ClaimError::Refused),
    }
    let now = state.clock.now();
    if !recorders::claim(&state.db, serial.as_str(), &who.account_id, name, now).await? {
        return Err(ClaimError::Refused);
    }
    for (kind, key) in [
        (PER_ACCOUNT, who.account_id.as_str()),
        (PER_SERIAL, serial.as_str()),
        (IN_ALL, ""),
    ] {
        counters::uncount(&state.db, kind, key).await?;
    }
    state.links.claimed(serial.as_str());
    state.links.changed_for(&who.account_id, serial.as_str());
    notices::about_recorder(state, who, Notice::RecorderAdded(name.to_owned())).await?;
    Ok(())
}

async fn count(state: &State, kind: &str, key: &str, most: i64) -> Result<(), ClaimError> {
    let counted = counters::count(&state.db, kind, key, DAY, state.clock.now()).await?;
    if counted.n > most {
        Err(ClaimError::TooMany)
    } else {
        Ok(())
    }
}

/// The name without blanks around it; `None` when nothing is left.
fn checked_name(name: &str) -> Result<Option<&str>, ClaimError> {
    let name = name.trim();
    if name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(ClaimError::NoName);
    }
    Ok(Some(name).filter(|name| !name.is_empty()))
}
