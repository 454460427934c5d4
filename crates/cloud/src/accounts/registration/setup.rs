//! The first account of a cloud: whoever started it creates the account with a link from the terminal. The
//! link works once, for a day, and only while there is no account; until then nobody can register. The demo
//! has no set-up.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use zeroize::Zeroizing;

use crate::accounts::mailed_secret::{MailedSecret, Purpose};
use crate::accounts::names::{Email, UserName};
use crate::accounts::session::new_session::SignIn;
use crate::accounts::session::{self, Token};
use crate::accounts::{Refusal, session::token};
use crate::audit::{Action, Event};
use crate::db::accounts::NewAccount;
use crate::db::{self, Writing, accounts::mailed_secrets};
use crate::mail::{self, Letter};
use crate::private;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::Browser;

/// Whether this cloud still waits for its first account.
pub async fn is_open(state: &State) -> db::Result<bool> {
    if state.config.demo || state.is_set_up.load(Ordering::Relaxed) {
        return Ok(false);
    }
    let is_open = mailed_secrets::is_setup_open(&state.db).await?;
    // Once closed, it never opens again.
    state.is_set_up.store(!is_open, Ordering::Relaxed);
    Ok(is_open)
}

/// A new link, for the owner's terminal or file only; `None` when there is nothing to set up.
pub async fn new_link(state: &State) -> db::Result<Option<Zeroizing<String>>> {
    if !is_open(state).await? {
        return Ok(None);
    }
    let token = Zeroizing::new(state.rng.token());
    let now = state.clock.now();
    let new = MailedSecret {
        id: state.rng.id(),
        created_at: now,
        expires_at: now + Purpose::Setup.seconds(),
        ..MailedSecret::new(Purpose::Setup, "")
    };
    let mut tx = state.db.begin().await?;
    mailed_secrets::insert(&mut tx, &new, Some(&token::hash(&token))).await?;
    tx.commit().await?;
    let home = state.public_url.as_str().trim_end_matches('/');
    Ok(Some(Zeroizing::new(format!("{home}/setup#{}", *token))))
}

/// File with the link, for a start without a terminal.
pub const LINK_FILE: &str = "set-up-link";

/// Writes a link into a file that only its owner can read, in place of an earlier one; returns the path.
///
/// # Errors
/// The file cannot be written.
pub fn keep_link(state: &State, link: &str) -> std::io::Result<PathBuf> {
    let path = state.config.data_dir.join(LINK_FILE);
    // Removed and created anew: the mode is set on new files only, and a symbolic link at this name is
    // not followed.
    forget_link(state);
    private::write_new(&path, format!("{link}\n").as_bytes())?;
    Ok(path)
}

/// Removes the file with a link that is not valid any more.
fn forget_link(state: &State) {
    // It usually does not exist.
    std::fs::remove_file(state.config.data_dir.join(LINK_FILE)).ok();
}

/// What somebody typed, in a form that can be stored.
pub struct FirstAccount {
    /// The token behind the `#` of the link.
    pub code: Zeroizing<String>,
    /// The user name in an accepted form.
    pub user_name: UserName,
    /// Mail address of the account; no mail confirms it.
    pub email: Email,
    /// The password, in its normal form.
    pub password: Zeroizing<String>,
}

/// Creates the operator's account and signs it in; `None` when the link is not valid.
pub async fn finish(
    state: &State,
    wish: FirstAccount,
    browser: &Browser,
) -> Result<Option<Token>, Refusal> {
    let (hash, now) = (token::hash(&wish.code), state.clock.now());
    let denied = || state.audit.note(Event::denied(Action::SetUp));
    // Before the costly hash: 256 bits cannot be guessed, so a stranger gets no further.
    let link = mailed_secrets::find_by_link(&state.db, Purpose::Setup, &hash, now);
    if link.await?.is_none() {
        denied();
        return Ok(None);
    }
    let password_hash = state.passwords.hash(wish.password).await?;
    let id = state.rng.id();
    let new = NewAccount {
        id: &id,
        user_name: wish.user_name.as_str(),
        user_name_key: wish.user_name.key(),
        email: wish.email.as_str(),
        email_key: wish.email.key(),
        password_hash: &password_hash,
    };
    let mut tx = state.db.begin().await?;
    let is_first = consume(&mut tx, &hash, now).await?
        && db::accounts::insert(&mut tx, &new, now).await?
        && db::accounts::set_operator(&mut tx, &id, true).await?;
    if !is_first {
        denied();
        return Ok(None);
    }
    let expires_at = now + limits::MAIL_SECONDS;
    mail::put(
        state,
        &mut tx,
        wish.email.as_str(),
        &Letter::SetUp,
        expires_at,
    )
    .await?;
    let sign_in = SignIn {
        account_id: &id,
        auto_login: false,
        key: None,
        browser,
        n_failed: 0,
    };
    let started = session::start(state, &mut tx, &sign_in).await?;
    tx.commit().await?;
    forget_link(state);
    state.audit.note(Event::done(Action::SetUp).account(&id));
    state.outbox_filled.notify_one();
    Ok(Some(started.committed(state)))
}

/// Uses a link up; true for the first of all links, while there is no account.
async fn consume(tx: &mut Writing, hash: &str, now: i64) -> db::Result<bool> {
    // Without the lock, two links used at the same moment would both find no account.
    tx.lock("setups").await?;
    let used = mailed_secrets::is_setup_open(&mut *tx).await?
        && mailed_secrets::consume(tx, Purpose::Setup, hash, now)
            .await?
            .is_some();
    Ok(used)
}
