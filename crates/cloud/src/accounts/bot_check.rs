//! What a stranger shows before anything is done for them: the letters of a picture and a moment of
//! their machine's work; or, for who can do neither, a wait. Whoever lacks one of the two gets a mail
//! with a button only, so there is no way in that is easier than the others and none without an exit.

use super::Refusal;
use super::captcha::{self, Checked};
use super::work::{self, Done, For, Purpose, Worker};
use crate::audit::{Event, What};
use crate::state::State;
use crate::throttle::{EVERYBODY, limits};
use crate::visitor::Client;

/// What a form brought along.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Id of its picture, which is the form's own.
    pub captcha: &'a str,
    /// The letters that were typed.
    pub letters: &'a str,
    /// Neither picture nor sound is of use to this person.
    pub other_way: bool,
    /// Work that the page did; empty without scripts.
    pub work: &'a str,
    /// A field that people do not see; programs fill it in.
    pub trap: &'a str,
}

/// What it was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Picture and work.
    Whole,
    /// One of the two and a wait, or much more work: mails hold a button only.
    Partial,
    /// Wrong letters; the same picture takes another answer.
    WrongLetters,
    /// The picture is used up or too old: a new one is needed.
    DeadPicture,
    /// Not enough work for what is asked just now.
    NotEnoughWork,
    /// Good in so many seconds.
    TooEarly(i64),
    /// Something was typed where nothing may be.
    Trapped,
}

/// Weighs what a form brought along, and uses it up if it is enough.
pub async fn weigh(
    state: &State,
    client: &Client,
    purpose: Purpose,
    shown: &Shown<'_>,
) -> Result<Proof, Refusal> {
    let proof = judge(state, client, purpose, shown).await?;
    let why = match proof {
        Proof::Trapped => "trap",
        Proof::WrongLetters => "letters",
        Proof::NotEnoughWork => "work",
        Proof::TooEarly(_) => "too early",
        Proof::Whole | Proof::Partial | Proof::DeadPicture => return Ok(proof),
    };
    state
        .audit
        .note(Event::denied(What::ProofRefused).subject(why));
    Ok(proof)
}

async fn judge(
    state: &State,
    client: &Client,
    purpose: Purpose,
    shown: &Shown<'_>,
) -> Result<Proof, Refusal> {
    if !shown.trap.is_empty() {
        return Ok(Proof::Trapped);
    }
    let Some(age) = captcha::age(state, shown.captcha) else {
        return Ok(Proof::DeadPicture);
    };
    let wanted = For {
        worker: Worker::Client(client),
        purpose,
        form_id: shown.captcha,
        age,
        other_way: shown.other_way,
    };
    let has_worked = !shown.work.is_empty();
    if has_worked && work::check(state, &wanted, shown.work).await? == Done::Not {
        return Ok(Proof::NotEnoughWork);
    }
    if !has_worked && let Some(not_yet) = without_work(state, &wanted).await? {
        return Ok(not_yet);
    }
    let checked = if shown.other_way {
        captcha::pass_over(state, shown.captcha).await?
    } else {
        captcha::check(state, shown.captcha, shown.letters).await?
    };
    match checked {
        Checked::Wrong => return Ok(Proof::WrongLetters),
        Checked::Dead => return Ok(Proof::DeadPicture),
        Checked::Right => {}
    }
    if has_worked && !shown.other_way {
        return Ok(Proof::Whole);
    }
    let per_client = [limits::OTHER_WAYS_PER_CLIENT];
    state.throttle.spend_as(client, &per_client).await?.keep();
    let of_everybody = [(limits::OTHER_WAYS, EVERYBODY)];
    state.throttle.spend_beyond(&of_everybody).await?.keep();
    Ok(Proof::Partial)
}

/// Waits take the place of work, but not of the extra work of who has asked too often.
async fn without_work(state: &State, wanted: &For<'_>) -> Result<Option<Proof>, Refusal> {
    if work::steps(state, wanted.worker, wanted.purpose).await? > 0 {
        return Err(Refusal::TooMany {
            seconds: limits::HOUR,
        });
    }
    let wait = if wanted.other_way {
        limits::WAIT_WITHOUT_ANYTHING
    } else {
        limits::WAIT_WITHOUT_WORK
    };
    let wait = wait << state.throttle.doublings(limits::OTHER_WAYS).await?;
    Ok((wanted.age < wait).then_some(Proof::TooEarly(wait - wanted.age)))
}
