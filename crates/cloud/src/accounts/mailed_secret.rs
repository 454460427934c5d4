//! A mailed secret: somebody asks, a code and a link go to a mailbox, whoever brings one of them back has
//! proven it, and what it is for happens once. Registration, forgotten password, new address, "that was not
//! me" and the set-up keep only what differs: whom they mail, and what they do at the end.

pub mod derivation;
pub mod short_code;

use subtle::ConstantTimeEq;

use super::{Refusal, token};
use crate::audit::{Action, Event, Outcome};
use crate::db::mailed_secrets::NewSecret;
use crate::db::{self, Writing, mailed_secrets};
use crate::mail::{self, Letter};
use crate::state::State;
use crate::throttle::{self, limits};
use crate::visitor::Client;

pub use crate::db::mailed_secrets::{MailedSecret, Purpose};

impl Purpose {
    /// Seconds that code and link are good.
    pub fn seconds(self) -> i64 {
        match self {
            Purpose::Registration => limits::CODE_SECONDS,
            Purpose::Recovery => limits::RESET_SECONDS,
            Purpose::EmailChange => limits::EMAIL_CHANGE_SECONDS,
            Purpose::NotMe => limits::OBJECTION_SECONDS,
            Purpose::Setup => limits::SETUP_SECONDS,
        }
    }

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
pub struct Asking<'a> {
    /// Whether picture and work were done, so that the mail may hold a short code.
    pub short_code: bool,
    /// The form.
    pub form_id: &'a str,
    /// The secret that the browser got with the form.
    pub cookie: Option<&'a str>,
}

/// Whom a secret is mailed to, and for what.
pub struct Mailing<'a> {
    /// What it leads to.
    pub purpose: Purpose,
    /// Whose it is: an account, a canonical address, or a name that nobody has.
    pub subject: &'a str,
    /// The account that it is about.
    pub account_id: Option<&'a str>,
    /// The address as it was typed, and its canonical form.
    pub address: (&'a str, &'a str),
    /// Neither code nor link is mailed: the row is there so that nobody can tell.
    pub is_decoy: bool,
    /// Whether its mail holds a code besides the link.
    pub short_code: bool,
}

/// What a letter needs, so that code and link can be derived when it leaves.
pub struct Issued {
    /// Identifier of the row.
    pub id: String,
    /// What both are derived from.
    pub nonce: String,
    /// The end of both.
    pub expires_at: i64,
}

/// The browser that a secret is bound to.
pub struct Bound<'a> {
    /// The cookie's secret, as the database has it.
    pub flow_hash: &'a str,
    /// The form it came from.
    pub form_id: &'a str,
    /// Mails of this browser, this one included, and user names it has asked for.
    pub counts: (i64, i64),
}

impl<'a> Bound<'a> {
    /// To the first mail that a form asks for.
    pub fn first(flow_hash: &'a str, form_id: &'a str) -> Bound<'a> {
        Bound {
            flow_hash,
            form_id,
            counts: (1, 0),
        }
    }
}

/// Adds a secret in the caller's transaction, which puts its letter into the outbox.
pub async fn issue(
    state: &State,
    tx: &mut Writing,
    mailing: &Mailing<'_>,
    bound: Option<&Bound<'_>>,
) -> db::Result<Issued> {
    let now = state.clock.now();
    let issued = Issued {
        id: state.rng.id(),
        nonce: state.rng.id(),
        expires_at: now + mailing.purpose.seconds(),
    };
    let (id, nonce) = (&issued.id, &issued.nonce);
    let token = derivation::link_token(&state.secrets, mailing.purpose, id, nonce);
    let new = NewSecret {
        purpose: mailing.purpose,
        id,
        subject: mailing.subject,
        account_id: mailing.account_id,
        address: mailing.address,
        nonce,
        token_hash: Some(&derivation::hash(&token)),
        flow_hash: bound.map(|bound| bound.flow_hash),
        form_id: bound.map_or("", |bound| bound.form_id),
        is_decoy: mailing.is_decoy,
        short_code: mailing.short_code,
        counts: bound.map_or((1, 0), |bound| bound.counts),
        expires_at: issued.expires_at,
        proven_at: None,
    };
    mailed_secrets::insert(tx, &new, now).await?;
    Ok(issued)
}

/// What is mailed to whom, and until when it is worth sending.
pub struct Envelope<'a> {
    /// The address.
    pub to: &'a str,
    /// What it says.
    pub letter: Letter,
    /// Not sent from here on.
    pub expires_at: i64,
}

/// Begins what a form asks for: adds a secret and puts its letter into the outbox, at once. Gives the secret
/// that the browser goes on with.
pub async fn begin<'a>(
    state: &State,
    mailing: &Mailing<'_>,
    asking: &Asking<'_>,
    event: Event,
    envelope: impl FnOnce(Issued) -> Envelope<'a>,
) -> db::Result<String> {
    let secret = browser_secret(state, mailing.purpose, asking.cookie).await?;
    let flow_hash = token::hash(&secret);
    let bound = Bound::first(&flow_hash, asking.form_id);
    let mut tx = state.db.begin().await?;
    let issued = issue(state, &mut tx, mailing, Some(&bound)).await?;
    post(state, tx, envelope(issued)).await?;
    state.audit.note(event);
    Ok(secret)
}

/// Puts a letter into the outbox and ends the transaction of its cause.
pub async fn post(state: &State, mut tx: Writing, envelope: Envelope<'_>) -> db::Result<()> {
    let (to, expires_at) = (envelope.to, envelope.expires_at);
    mail::put(state, &mut tx, to, &envelope.letter, expires_at).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    Ok(())
}

/// The secret that the browser got with its form, or another one where that was used.
pub async fn browser_secret(
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
    let (hash, now) = (derivation::hash(token), state.clock.now());
    let mut tx = state.db.begin().await?;
    let Some(mailed) = mailed_secrets::consume(&mut tx, purpose, &hash, now).await? else {
        drop(tx);
        // A second click, in the browser where the first one counted.
        let own = find_of(state, purpose, cookie).await?;
        let goes_on = own.is_some_and(|own| own.proven_at.is_some());
        note_press(state, purpose, goes_on);
        return Ok(cookie.filter(|_| goes_on).map(str::to_owned));
    };
    let new = NewSecret {
        purpose,
        id: &state.rng.id(),
        subject: &mailed.subject,
        account_id: mailed.account_id.as_deref(),
        address: (&mailed.address, &mailed.address_key),
        nonce: "",
        token_hash: None,
        flow_hash: Some(&token::hash(&secret)),
        form_id: "",
        is_decoy: false,
        short_code: false,
        counts: (1, 0),
        expires_at: now + limits::PROVEN_SECONDS,
        proven_at: Some(now),
    };
    mailed_secrets::insert(&mut tx, &new, now).await?;
    mailed_secrets::end_others(&mut tx, purpose, new.subject, new.id, now).await?;
    tx.commit().await?;
    if purpose == Purpose::Registration {
        short_code::reset(state, &mailed.subject).await?;
    }
    note_press(state, purpose, true);
    Ok(Some(secret))
}

fn note_press(state: &State, purpose: Purpose, goes_on: bool) {
    let event = Event::new(Action::ButtonPressed, Outcome::of(goes_on));
    state.audit.note(event.subject(purpose.as_str()));
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
