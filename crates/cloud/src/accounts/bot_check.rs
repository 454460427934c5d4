//! The bot check of every form that strangers may send: a captcha, a proof of work and a honeypot. A form that
//! lacks the captcha or the work has to wait, and its mail contains only a link: no way through is easier than
//! the others, and none is a dead end.

pub mod captcha;
pub mod proof_of_work;

use super::Refusal;
use crate::audit::{Action, Event};
use crate::state::State;
use crate::throttle::{EVERYBODY, limits};
use crate::visitor::Client;
use captcha::Checked;
use proof_of_work::{Done, For, WorkPurpose, Worker};

/// The fields of a form that the bot check reads.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Id of the captcha, which is the id of the form as well.
    pub captcha: &'a str,
    /// The letters typed for the captcha.
    pub letters: &'a str,
    /// Whether the person can use neither picture nor sound ("other way").
    pub other_way: bool,
    /// The proof of work that the page did; empty without scripts.
    pub work: &'a str,
    /// Honeypot: a field that people do not see and bots fill in.
    pub honeypot: &'a str,
}

/// What the evidence is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Captcha and proof of work are right.
    Whole,
    /// Only one of the two and a wait, or much more work: the mail contains a link but no code.
    Partial,
    /// Wrong letters; the same captcha accepts another answer.
    WrongLetters,
    /// The captcha is used up, unknown or expired: a new one is needed.
    DeadPicture,
    /// Not enough work for the difficulty that applies now.
    NotEnoughWork,
    /// The form may be sent in so many seconds.
    TooEarly(i64),
    /// The honeypot field was filled in.
    Honeypot,
}

/// Checks the evidence of a form, and uses it up if it is enough.
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
    // Honeypot and age need no database: a flood of bots ends here before it costs a statement.
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
    // The captcha comes after the work, because each check of it uses up one of its few tries.
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
    // The limit of a client refuses; the one of everybody only makes waits and work longer. A flood must not
    // close this way for people who have no other.
    let per_client = [limits::OTHER_WAYS_PER_CLIENT];
    state.throttle.spend_as(client, &per_client).await?.keep();
    let of_everybody = [(limits::OTHER_WAYS, EVERYBODY)];
    state.throttle.spend_beyond(&of_everybody).await?.keep();
    Ok(Judgement::Partial)
}

/// A wait replaces the work of a page without scripts, but not the extra work of a client that asked too often.
async fn without_work(state: &State, wanted: &For<'_>) -> Result<Option<Judgement>, Refusal> {
    // Extra work is owed for earlier requests; by leaving scripts out a bot would get rid of it.
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
