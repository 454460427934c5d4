//! Notices by mail: which kinds there are, which of them can be turned off, and how they are queued in the
//! transaction that they report. Repeating something does not fill a mailbox: notices about devices are one
//! mail an hour, and of the others only a few an hour are mailed separately.

use super::not_me;
use super::session::new_session::SignIn;
use crate::db::{self, Writing, mail::outbox};
use crate::mail::letters::factor_change::Factor;
use crate::mail::notice::{Notice, Told};
use crate::mail::{self, FactorChange, Letter, Moment};
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::Seen;
use crate::visitor::{Browser, SignedIn};

/// A kind of notice that can be turned off; what could hand the account to somebody else is always mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Recorders that are added to the account or removed from it.
    Recorders,
}

impl Kind {
    /// Every kind that can be turned off.
    pub const ALL: [Kind; 1] = [Kind::Recorders];

    /// Its name in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Recorders => "recorders",
        }
    }
}

/// Who reads a notice: account and address.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Identifier of the account that it is about.
    pub account_id: &'a str,
    /// Address that the notice is mailed to.
    pub email: &'a str,
}

/// Reports a log-in after many wrong passwords, in the caller's transaction; false when there were few.
pub async fn about_failures(
    state: &State,
    tx: &mut Writing,
    sign_in: &SignIn<'_>,
) -> db::Result<bool> {
    let n = sign_in.n_failed;
    if n < limits::FAILURES_TOLD {
        return Ok(false);
    }
    about_log_in(state, tx, sign_in, Notice::AfterFailures(n)).await?;
    Ok(true)
}

/// Reports a log-in in the caller's transaction.
pub async fn about_log_in(
    state: &State,
    tx: &mut Writing,
    sign_in: &SignIn<'_>,
    notice: Notice,
) -> db::Result<()> {
    let Some(email) = db::accounts::email(tx, sign_in.account_id).await? else {
        return Ok(());
    };
    let reader = Reader {
        account_id: sign_in.account_id,
        email: &email,
    };
    put(state, tx, reader, notice, Some(sign_in.browser)).await
}

/// Queues a notice in the caller's transaction, with a "that was not me" link where that makes sense. Wake
/// `outbox_filled` once it is committed.
pub async fn put(
    state: &State,
    tx: &mut Writing,
    to: Reader<'_>,
    notice: Notice,
    browser: Option<&Browser>,
) -> db::Result<()> {
    put_about(state, tx, to, notice, browser, None).await
}

/// [`put`] for a change of address: the link restores `given_back`, an address and its canonical form.
pub async fn put_about(
    state: &State,
    tx: &mut Writing,
    to: Reader<'_>,
    notice: Notice,
    browser: Option<&Browser>,
    given_back: Option<(&str, &str)>,
) -> db::Result<()> {
    if !is_always_told(&notice) && !has_room(state, tx, to.account_id).await? {
        return put_further(state, tx, to).await;
    }
    // The new mailbox may be the thief's, so it cannot object. A locked account needs no further lock.
    let objection = if matches!(notice, Notice::EmailInUse | Notice::Locked) {
        None
    } else {
        Some(not_me::invite(state, tx, to.account_id, given_back).await?)
    };
    let letter = Letter::Notice(Told {
        notice,
        seen: browser.map(Seen::from),
        objection,
    });
    put_at_once(state, tx, to, &letter).await
}

/// Reports a change of the second factor in the caller's transaction.
pub async fn about_factor(
    state: &State,
    tx: &mut Writing,
    to: Reader<'_>,
    change: FactorChange,
) -> db::Result<()> {
    // These have separate limits: wrong codes are reported once a day, and before the factor can be turned
    // off again there are new recovery codes.
    let is_always_told = matches!(change, FactorChange::WrongCodes | FactorChange::Off);
    if !is_always_told && !has_room(state, tx, to.account_id).await? {
        return put_further(state, tx, to).await;
    }
    put_at_once(state, tx, to, &Letter::Factor(Factor { change })).await
}

/// What could hand the account to somebody else is mailed at once, however many notices came before; the
/// actions behind it have their own limits.
fn is_always_told(notice: &Notice) -> bool {
    use Notice::{EmailInUse, Locked, NewEmail, NewPassword};
    matches!(notice, NewEmail(_) | EmailInUse | NewPassword | Locked)
}

/// Whether another notice may be mailed separately.
async fn has_room(state: &State, tx: &mut Writing, account_id: &str) -> db::Result<bool> {
    let topic = topic(state, limits::NOTICES.kind, account_id);
    // Without the lock, two at the same moment would both take the last place.
    tx.lock(&topic).await?;
    for limit in [limits::NOTICES, limits::NOTICES_DAY] {
        let since = state.clock.now() - limit.window;
        if outbox::count_since(tx, &topic, since).await? >= limit.most {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn put_at_once(
    state: &State,
    tx: &mut Writing,
    to: Reader<'_>,
    letter: &Letter,
) -> db::Result<()> {
    let now = state.clock.now();
    let moment = Moment {
        topic: &topic(state, limits::NOTICES.kind, to.account_id),
        run_at: now,
        expires_at: now + limits::MAIL_SECONDS,
    };
    mail::put_at(state, tx, to.email, letter, moment).await
}

/// Adds to the mail that sums up notices over the limit of separate mails.
async fn put_further(state: &State, tx: &mut Writing, to: Reader<'_>) -> db::Result<()> {
    let rhythm = Rhythm {
        kind: FURTHER,
        first: limits::MINUTE,
        every: limits::FURTHER_NOTICES_EVERY,
    };
    put_together(state, tx, to, &Notice::Further(1), rhythm).await
}

/// How often summed-up notices are mailed.
struct Rhythm {
    /// Their topic in the outbox, before it is hashed.
    kind: &'static str,
    /// Seconds that the first one waits for others.
    first: i64,
    /// Seconds between two of them.
    every: i64,
}

/// Topic of notices over the limit of separate mails.
const FURTHER: &str = "further notices";

/// Adds a notice to the mail that is waiting, or begins a new mail.
async fn put_together(
    state: &State,
    tx: &mut Writing,
    to: Reader<'_>,
    notice: &Notice,
    rhythm: Rhythm,
) -> db::Result<()> {
    let (topic, now) = (topic(state, rhythm.kind, to.account_id), state.clock.now());
    if let Some(open) = outbox::find_open(tx, &topic, now).await?
        && let Ok(Letter::Notice(told)) = serde_json::from_str(&open.letter)
    {
        let notice = told.notice.with(notice);
        let letter = Letter::Notice(Told { notice, ..told });
        // False when that mail has been tried meanwhile; then a new one begins.
        if outbox::rewrite(tx, &open.id, &letter.to_json()).await? {
            return Ok(());
        }
    }
    let last = outbox::last_due(tx, &topic).await?;
    let run_at = last.map_or(0, |last| last + rhythm.every);
    let letter = Letter::Notice(Told {
        notice: notice.clone(),
        seen: None,
        objection: Some(not_me::invite(state, tx, to.account_id, None).await?),
    });
    let run_at = run_at.max(now + rhythm.first);
    let moment = Moment {
        topic: &topic,
        run_at,
        expires_at: run_at + limits::MAIL_SECONDS,
    };
    mail::put_at(state, tx, to.email, &letter, moment).await
}

/// The topic as the outbox keeps it: a keyed hash that tells nothing about a deleted account.
fn topic(state: &State, kind: &str, account_id: &str) -> String {
    state.throttle.key(kind, account_id)
}

/// Reports a recorder of a signed-in person, summed up with others of the same hour,
/// unless they turned this off.
pub async fn about_recorder(state: &State, who: &SignedIn, notice: Notice) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    // Without it, the second of two at the same moment would begin a second mail.
    db::accounts::hold(&mut tx, &who.account_id).await?;
    let kind = Kind::Recorders.as_str();
    if db::mail::muted_notices::is_muted(&mut tx, &who.account_id, kind).await? {
        return Ok(());
    }
    let reader = Reader {
        account_id: &who.account_id,
        email: &who.email,
    };
    let rhythm = Rhythm {
        kind,
        first: limits::DEVICE_NOTICE_WAIT,
        every: limits::DEVICE_NOTICES_EVERY,
    };
    put_together(state, &mut tx, reader, &notice, rhythm).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    Ok(())
}

/// The kinds that a person has turned off.
pub async fn muted(state: &State, account_id: &str) -> db::Result<Vec<Kind>> {
    let muted = db::mail::muted_notices::of_account(&state.db, account_id).await?;
    let is_muted = |kind: &Kind| muted.iter().any(|text| text == kind.as_str());
    Ok(Kind::ALL.into_iter().filter(is_muted).collect())
}

/// Turns every kind on or off.
pub async fn choose(state: &State, account_id: &str, wanted: &[Kind]) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    for kind in Kind::ALL {
        if wanted.contains(&kind) {
            db::mail::muted_notices::delete(&mut tx, account_id, kind.as_str()).await?;
        } else {
            db::mail::muted_notices::insert(&mut tx, account_id, kind.as_str()).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
