//! A mailed secret: somebody requests it, a code and a link go to a mailbox, and whoever returns one of them
//! has proven the mailbox and may do one thing, once. Registration, forgotten password, new address, "that
//! was not me" and the set-up contain only the differences: the recipient, and the action at the end.

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
    /// Seconds that a row is kept after it expires: the link of a last mail may be valid for a day, and the
    /// secret of a cookie is used once.
    pub fn kept_seconds(self) -> i64 {
        match self {
            Purpose::Registration | Purpose::Recovery => limits::DAY,
            Purpose::EmailChange | Purpose::NotMe | Purpose::Setup => 0,
        }
    }

    /// Tries of one code, and the action that the audit log notes for them.
    fn tries(self) -> (i64, Action) {
        match self {
            Purpose::Recovery => (limits::TRIES_PER_RESET, Action::ResetTried),
            _ => (limits::TRIES_PER_CODE, Action::CodeTried),
        }
    }
}

/// The request for a mail: its form, and the browser that sent it.
pub struct MailRequest<'a> {
    /// Whether captcha and work were done, so that the mail may contain a short code.
    pub short_code: bool,
    /// Id of the form, by which a second click is recognised.
    pub form_id: &'a str,
    /// The secret in the cookie that came with the form.
    pub cookie: Option<&'a str>,
}

/// Adds a secret in the caller's transaction, and returns it with the nonce that code
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

/// A mail, its recipient, and until when it is worth sending.
pub struct Envelope {
    /// Mail address; empty when nobody is mailed.
    pub to: String,
    /// What the mail tells its reader.
    pub letter: Letter,
    /// The mail is not sent after this time, in seconds since 1970.
    pub expires_at: i64,
}

/// Begins what a form asks for: adds a secret and queues its mail. Returns the secret for the browser's cookie.
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
    // One transaction, so there is never a mail without a row that knows its code, nor a row without a mail.
    let mut tx = state.db.begin().await?;
    let issued = issue(state, &mut tx, new).await?;
    post(state, tx, envelope(issued)).await?;
    state.audit.note(event);
    Ok(secret)
}

/// Queues a mail and commits the transaction of its cause.
pub async fn post(state: &State, mut tx: Writing, envelope: Envelope) -> db::Result<()> {
    let (to, expires_at) = (&envelope.to, envelope.expires_at);
    mail::put(state, &mut tx, to, &envelope.letter, expires_at).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    Ok(())
}

/// The secret that the browser got with its form, or a new one if that was used before.
async fn browser_secret(
    state: &State,
    purpose: Purpose,
    cookie: Option<&str>,
) -> db::Result<String> {
    // A row is looked up by this secret alone, so no two requests may share one.
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

/// The secret that the browser with this cookie can still complete.
pub async fn find(
    state: &State,
    purpose: Purpose,
    secret: &str,
) -> db::Result<Option<MailedSecret>> {
    let found = mailed_secrets::find(&state.db, purpose, &token::hash(secret)).await?;
    let now = state.clock.now();
    // A registration whose code has expired can still ask for another one.
    let can_go_on =
        |found: &MailedSecret| purpose == Purpose::Registration || found.expires_at > now;
    Ok(found.filter(can_go_on))
}

/// Whether this very form was sent before, as by a second click.
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

/// Whether the code is switched off for now, so that only the link works.
pub async fn is_link_only(state: &State, secret: &MailedSecret) -> db::Result<bool> {
    Ok(!secret.short_code || short_code::is_strong_mode(state).await?)
}

/// Checks a code. Wrong, expired, used, foreign and switched off look the same. Each try is counted before the
/// comparison. Once the code was right, the browser itself is the proof.
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
    // The budget of everybody comes first: while it is used up, no address loses a try.
    let is_right = short_code::of_everybody(state, compare(state, secret, typed)).await?;
    if is_right && secret.purpose == Purpose::Registration {
        short_code::reset(state, &secret.subject).await?;
    }
    Ok(is_right)
}

async fn compare(state: &State, secret: &MailedSecret, typed: &str) -> db::Result<bool> {
    // The eight characters of a recovery have 40 bits and need no limit for each address.
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

/// The same click sent twice: the first one has proven the mailbox.
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
    // The code of a decoy is compared as well, so the time does not tell that there is none.
    let is_same = bool::from(typed.as_bytes().ct_eq(right.as_bytes()));
    is_same && secret.short_code && !secret.is_decoy
}

/// Uses a link up. The registration or reset continues in this browser, with the mailbox proven, and ends in
/// every other one. Returns the cookie's secret; `None` when the link is not valid any more.
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
        // Ended first: a transaction that waits for a second connection can block everybody else (see `db`).
        drop(tx);
        // A second click, in the browser where the first one counted.
        let own = find_of(state, purpose, cookie).await?;
        let goes_on = own.is_some_and(|own| own.proven_at.is_some());
        note_press(state, purpose, goes_on);
        return Ok(cookie.filter(|_| goes_on).map(str::to_owned));
    };
    // A separate row for this browser: a stranger who began with somebody's address gains nothing when its
    // owner presses the link.
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

/// Ends every reset and every waiting change of address of an account: what an attacker
/// prepared must not work later.
pub async fn end_all(tx: &mut Writing, account_id: &str, now: i64) -> db::Result<()> {
    mailed_secrets::end_all(tx, Purpose::Recovery, account_id, now).await?;
    mailed_secrets::end_all(tx, Purpose::EmailChange, account_id, now).await
}

/// After a refusal to mail: keeps the newest link of this mailbox valid for a day.
pub async fn prolong_last(
    state: &State,
    purpose: Purpose,
    subject: &str,
    error: throttle::Error,
) -> Refusal {
    let throttle::Error::TooMany { seconds } = error else {
        return error.into();
    };
    // A stranger may have used the mails of this address up on purpose; its owner must still get in. A code by
    // mail may be valid for 24 hours (NIST SP 800-63B-4 §4.2.1.2).
    let seconds_good = limits::LAST_BUTTON_SECONDS;
    match mailed_secrets::prolong_last(&state.db, purpose, subject, seconds_good).await {
        Ok(()) => Refusal::MailsUsedUp { seconds },
        Err(error) => error.into(),
    }
}

/// Deletes the rows whose retention has ended.
pub async fn purge(state: &State) -> db::Result<()> {
    let now = state.clock.now();
    for purpose in Purpose::ALL {
        mailed_secrets::purge(&state.db, purpose, now - purpose.kept_seconds()).await?;
    }
    Ok(())
}
