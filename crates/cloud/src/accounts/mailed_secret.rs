//! A mailed secret: somebody asks, a code and a link go to a mailbox, whoever brings one of them back has
//! proven it, and what it is for happens once. Registration, forgotten password, new address, "that was not
//! me" and the set-up keep only what differs: whom they mail, and what they do at the end.

pub mod derivation;
pub mod short_code;

use subtle::ConstantTimeEq;

use super::{Refusal, session::token};
use crate::audit::{Action, Event, Outcome};
use crate::db::{self, Writing, accounts::mailed_secrets};
use crate::mail::{self, Letter};
use crate::state::State;
use crate::throttle::{self, limits};
use crate::visitor::Client;

pub use crate::db::accounts::mailed_secrets::{MailedSecret, Purpose};

impl Purpose {
    /// Seconds that a row is kept after its end: the link of a last mail may be good for a day, and a cookie's
    /// secret is used once.
    pub fn kept_seconds(self) -> i64 {
        match self {
            Purpose::Registration | Purpose::Recovery => limits::DAY,
            Purpose::EmailChange | Purpose::NotMe | Purpose::Setup => 0,
        }
    }

    /// Tries of one code, and what notes them.
    fn tries(self) -> (i64, Action) {
        match self {
            Purpose::Recovery => (limits::TRIES_PER_RESET, Action::ResetTried),
            _ => (limits::TRIES_PER_CODE, Action::CodeTried),
        }
    }
}

/// The form that asks for a mail, in its browser.
pub struct MailRequest<'a> {
    /// Whether picture and work were done, so that the mail may hold a short code.
    pub short_code: bool,
    /// The form.
    pub form_id: &'a str,
    /// The secret that the browser got with the form.
    pub cookie: Option<&'a str>,
}

/// Adds a secret in the caller's transaction, which puts its letter into the outbox; gives it with what code
/// and link are derived from.
pub async fn issue(state: &State, tx: &mut Writing, new: MailedSecret) -> db::Result<MailedSecret> {
    let now = state.clock.now();
    let issued = MailedSecret {
        id: state.rng.id(),
        nonce: state.rng.id(),
        created_at: now,
        expires_at: now + new.purpose.seconds(),
        ..new
    };
    let (id, nonce) = (&issued.id, &issued.nonce);
    let token = derivation::link_token(&state.secrets, issued.purpose, id, nonce);
    mailed_secrets::insert(tx, &issued, Some(&token::hash(&token))).await?;
    Ok(issued)
}

/// What is mailed to whom, and until when it is worth sending.
pub struct Envelope {
    /// The address.
    pub to: String,
    /// What it says.
    pub letter: Letter,
    /// Not sent from here on.
    pub expires_at: i64,
}

/// Begins what a form asks for: adds a secret and puts its letter into the outbox, at once. Gives the secret
/// that the browser goes on with.
pub async fn begin(
    state: &State,
    new: MailedSecret,
    asking: &MailRequest<'_>,
    event: Event,
    envelope: impl FnOnce(MailedSecret) -> Envelope,
) -> db::Result<String> {
    let secret = browser_secret(state, new.purpose, asking.cookie).await?;
    let new = MailedSecret {
        flow_hash: Some(token::hash(&secret)),
        form_id: asking.form_id.to_owned(),
        ..new
    };
    let mut tx = state.db.begin().await?;
    let issued = issue(state, &mut tx, new).await?;
    post(state, tx, envelope(issued)).await?;
    state.audit.note(event);
    Ok(secret)
}

/// Puts a letter into the outbox and ends the transaction of its cause.
pub async fn post(state: &State, mut tx: Writing, envelope: Envelope) -> db::Result<()> {
    let (to, expires_at) = (&envelope.to, envelope.expires_at);
    mail::put(state, &mut tx, to, &envelope.letter, expires_at).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    Ok(())
}

/// The secret that the browser got with its form, or another one where that was used.
async fn browser_secret(
    state: &State,
    purpose: Purpose,
    cookie: Option<&str>,
) -> db::Result<String> {
    let own = cookie.filter(|secret| token::is_token(secret));
    match own {
        Some(secret)
            if !mailed_secrets::is_used(&state.db, purpose, &token::hash(secret)).await? =>
        {
            Ok(secret.to_owned())
        }
        _ => Ok(state.rng.token()),
    }
}

/// What the browser with this secret goes on with, while that can still be finished.
pub async fn find(
    state: &State,
    purpose: Purpose,
    secret: &str,
) -> db::Result<Option<MailedSecret>> {
    let found = mailed_secrets::find(&state.db, purpose, &token::hash(secret)).await?;
    let now = state.clock.now();
    // A registration whose code has expired can be mailed another.
    let can_go_on =
        |found: &MailedSecret| purpose == Purpose::Registration || found.expires_at > now;
    Ok(found.filter(can_go_on))
}

/// Whether this very form was sent before: a second click on its button.
pub async fn is_repeated(
    state: &State,
    purpose: Purpose,
    cookie: Option<&str>,
    form_id: &str,
) -> db::Result<bool> {
    let found = find_of(state, purpose, cookie).await?;
    Ok(found.is_some_and(|found| found.form_id == form_id))
}

async fn find_of(
    state: &State,
    purpose: Purpose,
    cookie: Option<&str>,
) -> db::Result<Option<MailedSecret>> {
    match cookie {
        Some(secret) => find(state, purpose, secret).await,
        None => Ok(None),
    }
}

/// Whether code counts for nothing just now, so that only the link leads on.
pub async fn is_link_only(state: &State, secret: &MailedSecret) -> db::Result<bool> {
    Ok(!secret.short_code || short_code::is_strong_mode(state).await?)
}

/// Checks a code; wrong, expired, used, foreign and switched off look the same. Each try is counted before
/// it is compared. From then on the browser itself is the proof.
pub async fn prove(
    state: &State,
    client: &Client,
    secret: &MailedSecret,
    typed: &str,
) -> Result<bool, Refusal> {
    if secret.proven_at.is_some() {
        return Ok(true);
    }
    let (_, action) = secret.purpose.tries();
    short_code::of_client(state, client, action, try_code(state, secret, typed)).await
}

async fn try_code(state: &State, secret: &MailedSecret, typed: &str) -> Result<bool, Refusal> {
    let ((most, _), now) = (secret.purpose.tries(), state.clock.now());
    if !mailed_secrets::count_try(&state.db, &secret.id, most, now).await? {
        return Ok(is_same_press(state, secret, typed).await?);
    }
    // Everybody's budget first: while it is used up, no address loses a try.
    let is_right = short_code::of_everybody(state, compare(state, secret, typed)).await?;
    if is_right && secret.purpose == Purpose::Registration {
        short_code::reset(state, &secret.subject).await?;
    }
    Ok(is_right)
}

async fn compare(state: &State, secret: &MailedSecret, typed: &str) -> db::Result<bool> {
    // The eight characters of a recovery need no limit for each address.
    if secret.purpose == Purpose::Registration
        && !short_code::spend_of_address(state, &secret.subject).await?
    {
        return Ok(false);
    }
    if !matches(state, secret, typed) {
        return Ok(false);
    }
    let is_first = mailed_secrets::set_proven(&state.db, &secret.id, state.clock.now()).await?;
    Ok(is_first || is_same_press(state, secret, typed).await?)
}

/// The same press, sent twice: the first one proved the mailbox.
async fn is_same_press(state: &State, secret: &MailedSecret, typed: &str) -> db::Result<bool> {
    let newest = mailed_secrets::find_by_id(&state.db, &secret.id).await?;
    let is_proven = newest.is_some_and(|newest| newest.proven_at.is_some());
    Ok(is_proven && matches(state, secret, typed))
}

fn matches(state: &State, secret: &MailedSecret, typed: &str) -> bool {
    let right = derivation::code(state, secret.purpose, &secret.id, &secret.nonce);
    let Some(right) = right else {
        return false;
    };
    let is_same = bool::from(typed.as_bytes().ct_eq(right.as_bytes()));
    is_same && secret.short_code && !secret.is_decoy
}

/// Uses the link of a mail: what it leads to goes on in this browser, with the mailbox proven, and ends in
/// every other. Gives the cookie's secret; `None` when the link is not good any more.
pub async fn press(
    state: &State,
    purpose: Purpose,
    token: &str,
    cookie: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let secret = browser_secret(state, purpose, cookie).await?;
    let (hash, now) = (token::hash(token), state.clock.now());
    let mut tx = state.db.begin().await?;
    let Some(mailed) = mailed_secrets::consume(&mut tx, purpose, &hash, now).await? else {
        drop(tx);
        // A second click, in the browser where the first one counted.
        let own = find_of(state, purpose, cookie).await?;
        let goes_on = own.is_some_and(|own| own.proven_at.is_some());
        note_press(state, purpose, goes_on);
        return Ok(cookie.filter(|_| goes_on).map(str::to_owned));
    };
    let new = MailedSecret {
        id: state.rng.id(),
        account_id: mailed.account_id,
        address: mailed.address,
        address_key: mailed.address_key,
        flow_hash: Some(token::hash(&secret)),
        created_at: now,
        expires_at: now + limits::PROVEN_SECONDS,
        proven_at: Some(now),
        ..MailedSecret::new(purpose, &mailed.subject)
    };
    mailed_secrets::insert(&mut tx, &new, None).await?;
    mailed_secrets::end_others(&mut tx, purpose, &new.subject, &new.id, now).await?;
    tx.commit().await?;
    if purpose == Purpose::Registration {
        short_code::reset(state, &new.subject).await?;
    }
    note_press(state, purpose, true);
    Ok(Some(secret))
}

fn note_press(state: &State, purpose: Purpose, goes_on: bool) {
    let event = Event::new(Action::ButtonPressed, Outcome::of(goes_on));
    state.audit.note(event.subject(purpose.as_str()));
}

/// Ends every way to a new password of an account, and every change of its address that waits: whoever
/// prepared something before must not profit from it after.
pub async fn end_all(tx: &mut Writing, account_id: &str, now: i64) -> db::Result<()> {
    mailed_secrets::end_all(tx, Purpose::Recovery, account_id, now).await?;
    mailed_secrets::end_all(tx, Purpose::EmailChange, account_id, now).await
}

/// After a refusal to mail: the newest link of this mailbox stays good for a day.
pub async fn prolong_last(
    state: &State,
    purpose: Purpose,
    subject: &str,
    error: throttle::Error,
) -> Refusal {
    let throttle::Error::TooMany { seconds } = error else {
        return error.into();
    };
    let seconds_good = limits::LAST_BUTTON_SECONDS;
    match mailed_secrets::prolong_last(&state.db, purpose, subject, seconds_good).await {
        Ok(()) => Refusal::MailsUsedUp { seconds },
        Err(error) => error.into(),
    }
}

/// Removes what is over.
pub async fn purge(state: &State) -> db::Result<()> {
    let now = state.clock.now();
    for purpose in Purpose::ALL {
        mailed_secrets::purge(&state.db, purpose, now - purpose.kept_seconds()).await?;
    }
    Ok(())
}
