//! Notices by mail: which there are, which of them a person may turn off, and how they are put
//! into the transaction of what they tell about.

use super::session::SignIn;
use super::{limits, objections};
use crate::db::{self, Writing};
use crate::mail::notice::{Notice, Seen};
use crate::mail::{self, Letter};
use crate::state::State;
use crate::web::guard::{Browser, SignedIn};

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

    fn of(notice: &Notice) -> Option<Kind> {
        match notice {
            Notice::RecorderAdded(_) | Notice::RecorderRemoved(_) => Some(Kind::Recorders),
            _ => None,
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

/// Tells of a log-in inside the caller's transaction, unless the account was told of very many things
/// since yesterday: somebody who logs in again and again must not fill the mailbox.
pub async fn about_log_in(
    state: &State,
    tx: &mut Writing,
    sign_in: &SignIn<'_>,
    notice: Notice,
) -> db::Result<()> {
    let since = state.clock.now() - limits::DAY;
    let n_told = db::objections::count_since(tx, sign_in.account_id, since).await?;
    let Some(email) = db::accounts::email(tx, sign_in.account_id).await? else {
        return Ok(());
    };
    if n_told >= limits::NOTICES_PER_DAY {
        return Ok(());
    }
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

/// [`put`] for a change of address, which the link undoes.
pub async fn put_about(
    state: &State,
    tx: &mut Writing,
    to: Reader<'_>,
    notice: Notice,
    browser: Option<&Browser>,
    email_change_id: Option<&str>,
) -> db::Result<()> {
    if let Some(kind) = Kind::of(&notice)
        && db::muted_notices::is_muted(tx, to.account_id, kind.as_str()).await?
    {
        return Ok(());
    }
    // The new mailbox of an account cannot object to itself, and a lock needs no lock.
    let objection = if matches!(notice, Notice::EmailInUse | Notice::Locked) {
        None
    } else {
        Some(objections::invite(state, tx, to.account_id, email_change_id).await?)
    };
    let letter = Letter::Notice {
        notice,
        seen: browser.map(Seen::from),
        objection,
    };
    let expires_at = state.clock.now() + limits::MAIL_SECONDS;
    mail::put(state, tx, to.email, &letter, expires_at).await
}

/// Tells a signed-in person about a recorder of theirs, unless they do not want that.
pub async fn about_recorder(state: &State, who: &SignedIn, notice: Notice) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    let reader = Reader {
        account_id: &who.account_id,
        email: &who.email,
    };
    put(state, &mut tx, reader, notice, None).await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    Ok(())
}

/// The kinds that a person has turned off.
pub async fn muted(state: &State, account_id: &str) -> db::Result<Vec<Kind>> {
    let muted = db::muted_notices::of_account(&state.db, account_id).await?;
    let is_muted = |kind: &Kind| muted.iter().any(|text| text == kind.as_str());
    Ok(Kind::ALL.into_iter().filter(is_muted).collect())
}

/// Turns every kind on or off.
pub async fn choose(state: &State, account_id: &str, wanted: &[Kind]) -> db::Result<()> {
    let mut tx = state.db.begin().await?;
    for kind in Kind::ALL {
        if wanted.contains(&kind) {
            db::muted_notices::delete(&mut tx, account_id, kind.as_str()).await?;
        } else {
            db::muted_notices::insert(&mut tx, account_id, kind.as_str()).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
