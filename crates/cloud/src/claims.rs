//! Claiming, renaming and releasing recorders: the only entry point for pages. The recorder's agent
//! checks the code. This file limits the tries, and stores the owner only after the agent has
//! accepted. The rules for the code itself are in `proto::claim`, on the agent's side. The global
//! limit of wrong codes refuses nobody: above it, each claim costs work.

use std::time::Duration;

use proto::identity::{Serial, VerificationCode};
use proto::link::limits::MAX_NAME_CHARS;

use crate::accounts::arrangement::{self, ArrangementError, CameraChange};
use crate::accounts::bot_check::captcha::{self, Checked};
use crate::accounts::bot_check::proof_of_work::{self, Done, For, WorkPurpose, Worker};
use crate::accounts::notices;
use crate::audit::{Action, Event, Outcome};
use crate::db::recorders::Recorder;
use crate::db::{self, recorders};
use crate::language::moment::wait_in_words;
use crate::links::ClaimOutcome;
use crate::live::Live;
use crate::mail::notice::Notice;
use crate::orders::{self, Order};
use crate::state::State;
use crate::throttle::limits::{
    ARRANGEMENTS_PER_ACCOUNT, CLAIMS, CLAIMS_PER_ACCOUNT, CLAIMS_PER_SERIAL, CLAIMS_UNCOUNTED,
    DEVICE_CHANGES, WAIT_WITHOUT_WORK,
};
use crate::throttle::{self, EVERYBODY, Tries};
use crate::visitor::SignedIn;

/// Every refusal takes at least this long, so that its duration does not distinguish an unknown
/// recorder from a wrong code.
pub const REFUSAL_TIME: Duration = Duration::from_secs(1);
/// Doublings of the wait for a form without work: a form is valid for five minutes.
const MOST_WAIT_DOUBLINGS: u32 = 3;

/// What somebody typed to claim a recorder, and the other fields of the form.
#[derive(Debug, Clone, Copy, Default)]
pub struct Claim<'a> {
    /// Serial number as typed.
    pub serial: &'a str,
    /// Verification code as typed.
    pub code: &'a str,
    /// Name for the recorder; if empty, its serial number.
    pub name: &'a str,
    /// Id of the form, if it required work.
    pub form_id: &'a str,
    /// Work done by the page; empty without scripts.
    pub work: &'a str,
}

/// Why a recorder was not claimed, in words for the page.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Malformed; nothing was counted.
    #[error("not a serial number")]
    NoSerial,
    /// Malformed; nothing was counted.
    #[error("not a verification code")]
    NoCode,
    /// Too long or with unprintable characters; nothing was counted.
    #[error("not a name")]
    NoName,
    /// It is already in this account.
    #[error("already theirs")]
    AlreadyYours,
    /// Work is currently required, and the form contained none that counts; nothing was counted.
    #[error("not enough proof of work")]
    Work,
    /// A form without work becomes valid in this many seconds; nothing was counted.
    #[error("too early; wait {0} s")]
    TooEarly(i64),
    /// Wrong code, unknown serial, owned by somebody else, or offline: nobody is told which.
    #[error("refused")]
    Refused,
    /// Too many tries of this account or serial number today, for so many seconds; or of this agent, which says no
    /// time.
    #[error("too many tries")]
    TooMany(Option<i64>),
    /// The account has added and removed too many devices today.
    #[error("too many changes")]
    TooManyChanges,
    /// The account has changed too many names, places and such in a short time; worth another try after so many
    /// seconds.
    #[error("too often; wait {0} s")]
    TooOften(i64),
    /// The database did not answer; nothing was changed.
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<throttle::Error> for ClaimError {
    fn from(error: throttle::Error) -> ClaimError {
        match error {
            throttle::Error::TooMany { seconds } => ClaimError::TooMany(Some(seconds)),
            throttle::Error::Db(error) => ClaimError::Database(error),
        }
    }
}

impl ClaimError {
    /// Explains the error to the person.
    pub fn words(&self) -> String {
        match self {
            ClaimError::NoSerial => say!("claim-no-serial"),
            ClaimError::NoCode => say!("claim-no-code"),
            ClaimError::NoName => say!("claim-no-name", max = MAX_NAME_CHARS),
            ClaimError::AlreadyYours => say!("claim-already-yours"),
            ClaimError::Work => say!("human-more-work"),
            ClaimError::TooEarly(seconds) => {
                say!("human-too-early", wait = wait_in_words(*seconds))
            }
            ClaimError::Refused => say!("claim-refused"),
            ClaimError::TooMany(None) => say!("claim-too-many"),
            ClaimError::TooMany(Some(seconds)) => {
                say!("claim-too-many-for", wait = wait_in_words(*seconds))
            }
            ClaimError::TooManyChanges => say!("device-changes-too-many"),
            ClaimError::TooOften(seconds) => {
                say!("error-too-often", wait = wait_in_words(*seconds))
            }
            ClaimError::Database(_) => say!("error-unavailable"),
        }
    }
}

/// Makes `who` the owner of the recorder if the typed code is right. Without a typed name it is called as on its
/// site, or else by its serial.
pub async fn claim(live: &Live, who: &SignedIn, typed: &Claim<'_>) -> Result<Serial, ClaimError> {
    let state = live.state();
    let serial: Serial = typed.serial.parse().map_err(|_| ClaimError::NoSerial)?;
    let code: VerificationCode = typed.code.parse().map_err(|_| ClaimError::NoCode)?;
    let name = checked_name(typed.name)?;
    let known = recorders::find(&state.db, serial.as_str()).await?;
    let owner = known.as_ref().and_then(|known| known.account_id.as_deref());
    // Said only to the owner, who sees it in the list anyway; nothing is counted.
    if owner == Some(who.account_id.as_str()) {
        return Err(ClaimError::AlreadyYours);
    }
    // Done before any lookup whose result could show in the answer: unknown serials cost the same.
    check_work(state, who, typed).await?;
    let refused_at = tokio::time::Instant::now() + REFUSAL_TIME;
    let tries = spend_change(state, who).await?;
    let outcome = judged(
        live,
        who,
        &ClaimDetails {
            serial: &serial,
            code: &code,
            name,
        },
        known,
    )
    .await;
    // Only a change counts as one; refused claims have their own limits.
    tries.refund_if(outcome.is_err()).await?;
    let noted = match &outcome {
        Ok(()) => Outcome::Ok,
        Err(ClaimError::Database(_)) => Outcome::Failed,
        Err(_) => Outcome::Denied,
    };
    let event = Event::new(Action::RecorderClaimed, noted).account(&who.account_id);
    state.audit.note(event.subject(serial.as_str()));
    if matches!(outcome, Err(ClaimError::Refused)) {
        tokio::time::sleep_until(refused_at).await;
    }
    outcome.map(|()| serial)
}

/// Whether claims currently cost work: for everybody, or for somebody with many changes today.
pub async fn asks_for_work(state: &State, account_id: &str) -> db::Result<bool> {
    let n_changes = state.throttle.n_spent(DEVICE_CHANGES, account_id).await?;
    let is_busy = DEVICE_CHANGES.steps(n_changes + 1) > 0;
    Ok(is_busy || state.throttle.doublings(CLAIMS).await? > 0)
}

/// Seconds for which a form without work must be open.
pub async fn wait_without_work(state: &State, account_id: &str) -> db::Result<i64> {
    let worker = Worker::Account(account_id);
    let own = proof_of_work::steps(state, worker, WorkPurpose::Claim).await?;
    Ok(WAIT_WITHOUT_WORK << own.min(MOST_WAIT_DOUBLINGS))
}

/// Renames one of `who`'s recorders; false if it is not theirs.
pub async fn rename(
    live: &Live,
    who: &SignedIn,
    serial: &Serial,
    name: &str,
) -> Result<bool, ClaimError> {
    let state = live.state();
    let name = checked_name(name)?.unwrap_or(serial.as_str());
    let counted = arrangement::count(state, who, ARRANGEMENTS_PER_ACCOUNT).await;
    counted.map_err(|error| match error {
        throttle::Error::TooMany { seconds } => ClaimError::TooOften(seconds),
        error => error.into(),
    })?;
    let renamed = recorders::rename(&state.db, serial.as_str(), &who.account_id, name).await?;
    if renamed {
        arrangement::note(state, who, serial.as_str());
    }
    live.links.changed_for(&who.account_id, serial.as_str());
    Ok(renamed)
}

/// Changes how `who` sees a camera of one of their recorders; its place in the list afterwards.
pub async fn change_camera(
    live: &Live,
    who: &SignedIn,
    (serial, camera): (&str, &str),
    change: CameraChange<'_>,
) -> Result<usize, ArrangementError> {
    let place = arrangement::change_camera(live, who, (serial, camera), change).await?;
    live.links.changed_for(&who.account_id, serial);
    Ok(place)
}

/// Removes a recorder from `who`'s account and ends its calls; false if it is not theirs.
pub async fn release(live: &Live, who: &SignedIn, serial: &Serial) -> Result<bool, ClaimError> {
    let state = live.state();
    let known = recorders::find_owned(&state.db, serial.as_str(), &who.account_id).await?;
    let Some(known) = known else {
        return Ok(false);
    };
    let tries = spend_change(state, who).await?;
    let released = recorders::release(&state.db, serial.as_str(), &who.account_id).await;
    tries.refund_if(!matches!(released, Ok(true))).await?;
    if !released? {
        return Ok(false);
    }
    live.calls
        .end_with_recorder(serial.as_str(), "the device was removed")
        .await;
    live.links.changed_for(&who.account_id, serial.as_str());
    let event = Event::done(Action::RecorderReleased).account(&who.account_id);
    state.audit.note(event.subject(serial.as_str()));
    notices::about_recorder(state, who, Notice::RecorderRemoved(known.name)).await?;
    Ok(true)
}

/// Removes a recorder from any account on behalf of an operator, and ends its calls in every
/// process; false if it has no owner.
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
    let event = Event::done(Action::RecorderReleased).account(&owner);
    state.audit.note(event.subject(serial));
    orders::act(state, &order);
    Ok(true)
}

/// Checks the work, or the wait that replaces it, if claims currently require it.
async fn check_work(state: &State, who: &SignedIn, typed: &Claim<'_>) -> Result<(), ClaimError> {
    if !asks_for_work(state, &who.account_id).await? {
        return Ok(());
    }
    let Some(age) = captcha::age(state, typed.form_id) else {
        return Err(ClaimError::Work);
    };
    let wanted = For {
        worker: Worker::Account(&who.account_id),
        purpose: WorkPurpose::Claim,
        form_id: typed.form_id,
        age,
        other_way: false,
    };
    if typed.work.is_empty() {
        let wait = wait_without_work(state, &who.account_id).await?;
        if age < wait {
            return Err(ClaimError::TooEarly(wait - age));
        }
    } else if proof_of_work::check(state, &wanted, typed.work).await? == Done::Not {
        return Err(ClaimError::Work);
    }
    // A form is valid once; otherwise one wait would allow any number of tries.
    match captcha::pass_over(state, typed.form_id).await? {
        Checked::Right => Ok(()),
        Checked::Wrong | Checked::Dead => Err(ClaimError::Work),
    }
}

/// A claim after parsing.
struct ClaimDetails<'a> {
    serial: &'a Serial,
    code: &'a VerificationCode,
    /// Only if one was typed.
    name: Option<&'a str>,
}

/// Spends the try before asking the agent, also for unknown serials, so that the limits reveal
/// nothing. Then the agent compares the code, and the owner is stored.
async fn judged(
    live: &Live,
    who: &SignedIn,
    details: &ClaimDetails<'_>,
    known: Option<Recorder>,
) -> Result<(), ClaimError> {
    let state = live.state();
    let serial = details.serial.as_str();
    let tries = [
        (CLAIMS_PER_ACCOUNT, who.account_id.as_str()),
        (CLAIMS_PER_SERIAL, serial),
    ];
    let tries = state.throttle.spend(&tries).await?;
    let booked = async {
        // Owned, offline and unknown recorders all end here, after the tries are spent.
        let known = known.filter(|known| known.account_id.is_none());
        let known = known.filter(|_| live.links.is_online(serial));
        let known = known.ok_or(ClaimError::Refused)?;
        let own = match ask(live, who, details, &known).await? {
            ClaimOutcome::Accepted(own) => own,
            ClaimOutcome::TooMany => return Err(ClaimError::TooMany(None)),
            ClaimOutcome::Wrong | ClaimOutcome::Unavailable => return Err(ClaimError::Refused),
        };
        let name = details.name.or(own.as_deref()).unwrap_or(serial).to_owned();
        let (id, now) = (&who.account_id, state.clock.now());
        // Somebody else was faster: the statement takes only a recorder without an owner.
        if !recorders::claim(&state.db, serial, id, &name, now).await? {
            return Err(ClaimError::Refused);
        }
        Ok::<_, ClaimError>(name)
    };
    let booked = booked.await;
    tries.refund_if(booked.is_ok()).await?;
    let name = booked?;
    let id = &who.account_id;
    live.links.is_owned_by(id, serial);
    live.links.claimed(serial);
    live.links.changed_for(id, serial);
    let added = Notice::RecorderAdded(name);
    notices::about_recorder(state, who, added).await?;
    Ok(())
}

/// Asks the agent. Its refusal counts for everybody, unless the agent could have been started only
/// for that.
async fn ask(
    live: &Live,
    who: &SignedIn,
    details: &ClaimDetails<'_>,
    known: &Recorder,
) -> db::Result<ClaimOutcome> {
    let state = live.state();
    // Agents cost nothing: with fresh ones somebody could use up everybody's budget alone.
    let is_counted = known.first_seen_at + CLAIMS_UNCOUNTED <= state.clock.now();
    let of_everybody = &[(CLAIMS, EVERYBODY)][..usize::from(is_counted)];
    let tries = state.throttle.spend_beyond(of_everybody).await?;
    let (serial, code) = (details.serial.as_str(), details.code.reveal());
    let answer = live.links.claim(serial, code, &who.user_name).await;
    // Only a wrong code counts: an agent that is busy or gone proves nothing.
    let is_wrong = matches!(answer, ClaimOutcome::Wrong);
    tries.refund_if(!is_wrong).await?;
    Ok(answer)
}

async fn spend_change(state: &State, who: &SignedIn) -> Result<Tries, ClaimError> {
    let of_account = [(DEVICE_CHANGES, &*who.account_id)];
    let spent = state.throttle.spend(&of_account).await;
    spent.map_err(|error| match error {
        throttle::Error::TooMany { .. } => ClaimError::TooManyChanges,
        error => error.into(),
    })
}

/// The name without surrounding blanks; `None` if nothing is left.
fn checked_name(name: &str) -> Result<Option<&str>, ClaimError> {
    let name = name.trim();
    // Characters that show nothing, or turn the text around, could pass one device off as another.
    if name.chars().count() > MAX_NAME_CHARS || !proto::shown::is_all_shown(name) {
        return Err(ClaimError::NoName);
    }
    Ok(Some(name).filter(|name| !name.is_empty()))
}
