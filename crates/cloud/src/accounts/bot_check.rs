//! The bot check of every form that strangers may send: a captcha, a proof of work and a honeypot; or a
//! wait for who can do neither of the first two. Whoever lacks one of them gets a mail with a link only,
//! so that no way in is easier than the others and none is without an exit.

pub mod captcha;
pub mod proof_of_work;

use super::Refusal;
use crate::audit::{Action, Event};
use crate::state::State;
use crate::throttle::{EVERYBODY, limits};
use crate::visitor::Client;
use captcha::Checked;
use proof_of_work::{Done, For, WorkPurpose, Worker};

/// What a form brought along to be checked.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Id of its picture, which is the form's own.
    pub captcha: &'a str,
    /// The letters that were typed.
    pub letters: &'a str,
    /// Neither picture nor sound is of use to this person.
    pub other_way: bool,
    /// Work that the page did; empty without scripts.
    pub work: &'a str,
    /// Field that people do not see and programs fill in.
    pub honeypot: &'a str,
}

/// What it was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
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
    Honeypot,
}

/// Checks what a form brought along, and uses it up if it is enough.
pub async fn check(
    state: &State,
    client: &Client,
    purpose: WorkPurpose,
    evidence: &Evidence<'_>,
) -> Result<Judgement, Refusal> {
    let judgement = judge(state, client, purpose, evidence).await?;
    let why = match judgement {
        Judgement::Honeypot => "trap",
        Judgement::WrongLetters => "letters",
        Judgement::NotEnoughWork => "work",
        Judgement::TooEarly(_) => "too early",
        Judgement::Whole | Judgement::Partial | Judgement::DeadPicture => return Ok(judgement),
    };
    state
        .audit
        .note(Event::denied(Action::ProofRefused).subject(why));
    Ok(judgement)
}

async fn judge(
    state: &State,
    client: &Client,
    purpose: WorkPurpose,
    evidence: &Evidence<'_>,
) -> Result<Judgement, Refusal> {
    if !evidence.honeypot.is_empty() {
        return Ok(Judgement::Honeypot);
    }
    let Some(age) = captcha::age(state, evidence.captcha) else {
        return Ok(Judgement::DeadPicture);
    };
    let wanted = For {
        worker: Worker::Client(client),
        purpose,
        form_id: evidence.captcha,
        age,
        other_way: evidence.other_way,
    };
    let has_worked = !evidence.work.is_empty();
    if has_worked && proof_of_work::check(state, &wanted, evidence.work).await? == Done::Not {
        return Ok(Judgement::NotEnoughWork);
    }
    if !has_worked && let Some(not_yet) = without_work(state, &wanted).await? {
        return Ok(not_yet);
    }
    let checked = if evidence.other_way {
        captcha::pass_over(state, evidence.captcha).await?
    } else {
        captcha::check(state, evidence.captcha, evidence.letters).await?
    };
    match checked {
        Checked::Wrong => return Ok(Judgement::WrongLetters),
        Checked::Dead => return Ok(Judgement::DeadPicture),
        Checked::Right => {}
    }
    if has_worked && !evidence.other_way {
        return Ok(Judgement::Whole);
    }
    let per_client = [limits::OTHER_WAYS_PER_CLIENT];
    state.throttle.spend_as(client, &per_client).await?.keep();
    let of_everybody = [(limits::OTHER_WAYS, EVERYBODY)];
    state.throttle.spend_beyond(&of_everybody).await?.keep();
    Ok(Judgement::Partial)
}

/// Waits take the place of work, but not of the extra work of who has asked too often.
async fn without_work(state: &State, wanted: &For<'_>) -> Result<Option<Judgement>, Refusal> {
    if proof_of_work::steps(state, wanted.worker, wanted.purpose).await? > 0 {
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
    Ok((wanted.age < wait).then_some(Judgement::TooEarly(wait - wanted.age)))
}
