//! Notices by mail: which there are, which of them a person may turn off, and how they are put
//! into the transaction of what they tell about. Whoever repeats something fills no mailbox: notices
//! about devices are one mail an hour, and of the others few an hour leave by themselves.

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

/// A kind of notice that can be turned off; the others tell of what could hand an account to
/// somebody else, and always go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Recorders that come into the account or leave it.
    Recorders,
}

impl Kind {
    /// All there are.
    pub const ALL: [Kind; 1] = [Kind::Recorders];

    /// As the database and forms have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Recorders => "recorders",
        }
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Identifier of the account that it is about.
    pub account_id: &'a str,
    /// Where the mail goes.
    pub email: &'a str,
}

/// Tells of a log-in that came after many wrong passwords, inside the caller's transaction; false
/// when there were few.
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

/// Tells of a log-in inside the caller's transaction.
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

/// Puts a notice into the outbox in the caller's transaction, with a link "that was not me" where
/// that makes sense. Tell `outbox_filled` once it is committed.
pub async fn put(
    state: &State,
    tx: &mut Writing,
    to: Reader<'_>,
    notice: Notice,
    browser: Option<&Browser>,
) -> db::Result<()> {
    put_about(state, tx, to, notice, browser, None).await
}

/// [`put`] for a change of address; the link gives this one back, whose canonical form comes second.
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
    // The new mailbox of an account cannot object to itself, and a lock needs no lock.
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

/// Tells of a change of the second factor inside the caller's transaction.
pub async fn about_factor(
    state: &State,
    tx: &mut Writing,
    to: Reader<'_>,
    change: FactorChange,
) -> db::Result<()> {
    // One a day, and never without new recovery codes before.
    let is_always_told = matches!(change, FactorChange::WrongCodes | FactorChange::Off);
    if !is_always_told && !has_room(state, tx, to.account_id).await? {
        return put_further(state, tx, to).await;
    }
    put_at_once(state, tx, to, &Letter::Factor(Factor { change })).await
}

/// What could hand the account to somebody else is told at once, however much happened before; what
/// leads to it has a limit of its own.
fn is_always_told(notice: &Notice) -> bool {
    use Notice::{EmailInUse, Locked, NewEmail, NewPassword};
    matches!(notice, NewEmail(_) | EmailInUse | NewPassword | Locked)
}

/// Whether another notice may leave by itself.
async fn has_room(state: &State, tx: &mut Writing, account_id: &str) -> db::Result<bool> {
    let topic = topic(state, limits::NOTICES.kind, account_id);
    // Two at the same moment would both take the last place.
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

/// Counts in a mail that tells together what had no room by itself.
async fn put_further(state: &State, tx: &mut Writing, to: Reader<'_>) -> db::Result<()> {
    let rhythm = Rhythm {
        kind: FURTHER,
        first: limits::MINUTE,
        every: limits::FURTHER_NOTICES_EVERY,
    };
    put_together(state, tx, to, &Notice::Further(1), rhythm).await
}

/// How often notices that are told together leave.
struct Rhythm {
    /// What they are about.
    kind: &'static str,
    /// Seconds that the first one waits for company.
    first: i64,
    /// Seconds between two of them.
    every: i64,
}

/// Topic of notices that had no room by themselves.
const FURTHER: &str = "further notices";

/// Adds a notice to the mail that waits, or begins one.
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

/// As the outbox keeps it: nothing of a deleted account can be read from it.
fn topic(state: &State, kind: &str, account_id: &str) -> String {
    state.throttle.key(kind, account_id)
}

/// Tells a signed-in person about a recorder of theirs, together with others of the same hour, unless
/// they do not want that.
pub async fn about_recorder(state: &State, who: &SignedIn, notice: Notice) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    // Of two at the same moment one would begin a mail of its own.
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
