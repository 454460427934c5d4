//! The end of a registration: the code is checked before the user name, each try is counted before the
//! comparison, and one transaction creates the account.

use zeroize::Zeroizing;

use crate::accounts::Refusal;
use crate::accounts::mailed_secret::{self, MailedSecret, Purpose};
use crate::accounts::names::UserName;
use crate::accounts::session::new_session::SignIn;
use crate::accounts::session::{self, Token};
use crate::audit::{Action, Event};
use crate::db::accounts::NewAccount;
use crate::db::{self, accounts::mailed_secrets};
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, Client};

/// What somebody typed on the last screen, in a form that can be stored.
pub struct NewRegistration {
    /// The code, digits only; ignored when the mailbox is proven already.
    pub code: String,
    /// The user name in an accepted form.
    pub user_name: UserName,
    /// The password, in its normal form.
    pub password: Zeroizing<String>,
}

/// Result of the last step of a registration.
pub enum Finished {
    /// The account exists and its owner is signed in.
    SignedIn(Token),
    /// Wrong, expired, used, foreign, switched off, or of a known address: all look the same.
    WrongCode,
    /// Another account has this user name; the mailbox stays proven.
    NameTaken,
    /// This flow has asked for too many user names.
    TooManyNames,
    /// The flow has already made an account.
    Done,
}

/// Checks the code, then the user name, and makes the account.
pub async fn finish(
    state: &State,
    client: &Client,
    flow: &MailedSecret,
    wish: NewRegistration,
    browser: &Browser,
) -> Result<Finished, Refusal> {
    // The code comes first: only the owner of a mailbox may find out which user names are taken.
    if !mailed_secret::prove(state, client, flow, &wish.code).await? {
        return Ok(Finished::WrongCode);
    }
    if !mailed_secrets::count_name(&state.db, &flow.id, limits::NAMES_PER_FLOW).await? {
        return Ok(Finished::TooManyNames);
    }
    // This only saves a password hash; two people may still ask for one name, and `insert` decides.
    if db::accounts::is_known_user_name(&state.db, wish.user_name.key()).await? {
        return Ok(taken(state, flow, &wish).await?);
    }
    let password_hash = state.passwords.hash(wish.password.clone()).await?;
    make_account(state, flow, &wish, &password_hash, browser).await
}

async fn make_account(
    state: &State,
    flow: &MailedSecret,
    wish: &NewRegistration,
    password_hash: &str,
    browser: &Browser,
) -> Result<Finished, Refusal> {
    let now = state.clock.now();
    let id = state.rng.id();
    let new = NewAccount {
        id: &id,
        user_name: wish.user_name.as_str(),
        user_name_key: wish.user_name.key(),
        email: &flow.address,
        email_key: &flow.address_key,
        password_hash,
    };
    let mut tx = state.db.begin().await?;
    if !mailed_secrets::finish(&mut tx, &flow.id, now).await? {
        // Ended first: on SQLite the look-up needs the one connection that writes.
        drop(tx);
        return Ok(if is_done(state, flow).await? {
            Finished::Done
        } else {
            Finished::WrongCode
        });
    }
    if !db::accounts::insert(&mut tx, &new, now).await? {
        drop(tx);
        return Ok(taken(state, flow, wish).await?);
    }
    let purpose = Purpose::Registration;
    mailed_secrets::end_others(&mut tx, purpose, &flow.subject, &flow.id, now).await?;
    let sign_in = SignIn {
        account_id: &id,
        auto_login: false,
        key: None,
        browser,
        n_failed: 0,
    };
    let started = session::start(state, &mut tx, &sign_in).await?;
    tx.commit().await?;
    let event = Event::done(Action::Registered).account(&id);
    state.audit.note(event);
    Ok(Finished::SignedIn(started.committed(state)))
}

async fn taken(state: &State, flow: &MailedSecret, wish: &NewRegistration) -> db::Result<Finished> {
    if is_done(state, flow).await? {
        return Ok(Finished::Done);
    }
    let name_is_taken = db::accounts::is_known_user_name(&state.db, wish.user_name.key()).await?;
    // Otherwise another flow of this address was faster, and the code of this one is not right any more.
    Ok(if name_is_taken {
        Finished::NameTaken
    } else {
        Finished::WrongCode
    })
}

async fn is_done(state: &State, flow: &MailedSecret) -> db::Result<bool> {
    let newest = mailed_secrets::find_by_id(&state.db, &flow.id).await?;
    Ok(newest.is_some_and(|newest| newest.finished_at.is_some()))
}
