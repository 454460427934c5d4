//! Proof of work: a browser finds numbers whose SHA-256 begins with zeros. It costs a visitor a moment and a
//! flood a lot; the rate limits are the real protection. A challenge is not stored: it carries its own MAC,
//! and only an answer creates a row.

use aws_lc_rs::digest;
pub use proto::link::work::PARTS;
use subtle::ConstantTimeEq;

use crate::accounts::mailed_secret::short_code;
use crate::db;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::Client;

/// Longest answer that is read, in bytes.
const MAX_BYTES: usize = 400;
/// Doublings for a form that came back faster than a person can fill it in.
const QUICK: u32 = 2;
/// Doublings while strong mode is on.
const STRONG: u32 = 3;
/// Doublings for a form that skips the captcha.
const OTHER_WAY: u32 = 4;

/// What a form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkPurpose {
    /// A verification code for a new account.
    Register,
    /// A mail that leads to a new password.
    Forgot,
    /// A log-in after several failed ones.
    LogIn,
    /// Adding a recorder to an account.
    Claim,
}

impl WorkPurpose {
    /// Its name in addresses and in the MAC of a challenge.
    pub fn as_str(self) -> &'static str {
        match self {
            WorkPurpose::Register => "register",
            WorkPurpose::Forgot => "forgot",
            WorkPurpose::LogIn => "login",
            WorkPurpose::Claim => "claim",
        }
    }

    /// The inverse of [`WorkPurpose::as_str`]; `None` for any other text.
    pub fn parse(text: &str) -> Option<WorkPurpose> {
        let all = [
            WorkPurpose::Register,
            WorkPurpose::Forgot,
            WorkPurpose::LogIn,
            WorkPurpose::Claim,
        ];
        all.into_iter().find(|purpose| purpose.as_str() == text)
    }

    /// Rate limits of a client that double its work.
    fn limits(self) -> Vec<limits::Limit> {
        match self {
            WorkPurpose::Register => {
                [limits::CODES_OF_CLIENT, limits::WRONG_CODES_OF_CLIENT].concat()
            }
            WorkPurpose::Forgot => {
                [limits::RESETS_OF_CLIENT, limits::WRONG_CODES_OF_CLIENT].concat()
            }
            WorkPurpose::LogIn | WorkPurpose::Claim => Vec::new(),
        }
    }
}

/// Who has to work; their earlier requests make the work harder.
#[derive(Debug, Clone, Copy)]
pub enum Worker<'a> {
    /// Somebody who is not signed in, by address.
    Client(&'a Client),
    /// Somebody who is signed in, by the account's identifier.
    Account(&'a str),
}

/// Which form the work is for, and how it is being filled in.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// Whose earlier requests count for the work.
    pub worker: Worker<'a>,
    /// What the form asks for.
    pub purpose: WorkPurpose,
    /// Id of the form, which is the id of its captcha.
    pub form_id: &'a str,
    /// Seconds since the form was shown.
    pub age: i64,
    /// Whether the form skips the captcha ("other way").
    pub other_way: bool,
}

/// Result of checking an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Enough work; the answer is used up now.
    Enough,
    /// For another form, expired, used before, wrong, or less than is required now.
    Not,
}

/// How many times earlier requests of a person have doubled their work.
pub async fn steps(state: &State, worker: Worker<'_>, purpose: WorkPurpose) -> db::Result<u32> {
    match worker {
        Worker::Client(client) => state.throttle.steps(client, &purpose.limits()).await,
        Worker::Account(id) => {
            let tries = state
                .throttle
                .n_spent(limits::CLAIMS_PER_ACCOUNT, id)
                .await?;
            let of_tries = u32::try_from(tries / limits::CLAIMS_PER_STEP).unwrap_or(0);
            // Adding and removing a device in turn writes mails and audit lines each time.
            let changes = limits::DEVICE_CHANGES;
            let n_changes = state.throttle.n_spent(changes, id).await?;
            Ok(of_tries + changes.steps(n_changes + 1))
        }
    }
}

/// Number of leading zero bits that each hash must have, as of now.
pub async fn bits(state: &State, wanted: &For<'_>) -> db::Result<u32> {
    let own = steps(state, wanted.worker, wanted.purpose).await?;
    let mut bits = state.config.limits.work_bits + own;
    if short_code::is_strong_mode(state).await? {
        bits += STRONG;
    }
    if wanted.age < limits::FORM_SECONDS {
        bits += QUICK;
    }
    if wanted.other_way {
        bits += OTHER_WAY + state.throttle.doublings(limits::OTHER_WAYS).await?;
    }
    if wanted.purpose == WorkPurpose::Claim {
        bits += state.throttle.doublings(limits::CLAIMS).await?;
    }
    Ok(bits)
}

/// A new challenge; the answer is the same text, then a colon and a number for each part.
pub async fn set(state: &State, wanted: &For<'_>) -> db::Result<String> {
    let bits = bits(state, wanted).await?;
    let expires_at = state.clock.now() + limits::WORK_SECONDS;
    let body = format!("{expires_at:x}.{bits}.{}", state.rng.id());
    Ok(format!("{body}.{}", seal(state, wanted, &body)))
}

/// Checks an answer and uses it up.
pub async fn check(state: &State, wanted: &For<'_>, done: &str) -> db::Result<Done> {
    let Some(work) = read(state, wanted, done) else {
        return Ok(Done::Not);
    };
    let is_live = work.expires_at > state.clock.now();
    // The difficulty of now counts: a flood must not spend challenges that it fetched while they were easy.
    if !is_live || work.bits < bits(state, wanted).await? || !work.is_right() {
        return Ok(Done::Not);
    }
    // Last, so that a wrong answer leaves no row.
    let is_first = db::bot_check::works::hand_in(&state.db, work.text, work.expires_at).await?;
    Ok(if is_first { Done::Enough } else { Done::Not })
}

struct Work<'a> {
    text: &'a str,
    numbers: Vec<&'a str>,
    bits: u32,
    expires_at: i64,
}

impl Work<'_> {
    fn is_right(&self) -> bool {
        self.numbers.len() == PARTS
            && self
                .numbers
                .iter()
                .enumerate()
                .all(|(part, number)| leading_zeros(self.text, part, number) >= self.bits)
    }
}

fn read<'a>(state: &State, wanted: &For<'_>, done: &'a str) -> Option<Work<'a>> {
    if done.len() > MAX_BYTES {
        return None;
    }
    let mut pieces = done.split(':');
    let text = pieces.next()?;
    let numbers = pieces.collect();
    let (body, tag) = text.rsplit_once('.')?;
    if !bool::from(seal(state, wanted, body).as_bytes().ct_eq(tag.as_bytes())) {
        return None;
    }
    let mut fields = body.split('.');
    Some(Work {
        text,
        numbers,
        expires_at: i64::from_str_radix(fields.next()?, 16).ok()?,
        bits: fields.next()?.parse().ok()?,
    })
}

fn seal(state: &State, wanted: &For<'_>, body: &str) -> String {
    let fields = [
        wanted.purpose.as_str().as_bytes(),
        wanted.form_id.as_bytes(),
        body.as_bytes(),
    ];
    let mut seal = state.secrets.derive_text("work", &fields);
    seal.truncate(22);
    seal
}

fn leading_zeros(text: &str, part: usize, number: &str) -> u32 {
    // Not sha2: hundreds of thousands of hashes make up one answer, and without optimisation, as tests build
    // it, generic Rust takes ten times as long for them as C.
    let digest = digest::digest(
        &digest::SHA256,
        format!("{text}:{part}:{number}").as_bytes(),
    );
    let head = digest.as_ref().first_chunk().copied().unwrap_or_default();
    u64::from_be_bytes(head).leading_zeros()
}

/// Does the work, as a browser would; for tests and programs.
pub fn solve(text: &str) -> Option<String> {
    let bits: u32 = text.split('.').nth(1)?.parse().ok()?;
    let mut done = text.to_owned();
    for part in 0..PARTS {
        let number =
            (0_u64..).find(|number| leading_zeros(text, part, &number.to_string()) >= bits)?;
        done.push(':');
        done.push_str(&number.to_string());
    }
    Some(done)
}
