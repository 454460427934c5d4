//! The end of a registration: the code is checked before the name, each try is counted before it
//! is compared, and one transaction makes the account.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::accounts::names::UserName;
use crate::accounts::new_session::SignIn;
use crate::accounts::session::{self, Token};
use crate::accounts::{Refusal, short_code};
use crate::audit::{Action, Event};
use crate::db;
use crate::db::accounts::NewAccount;
use crate::db::mailed_links::Purpose;
use crate::db::registrations::Registration;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, Client};

/// What somebody typed on the last screen, in a form that can be stored.
pub struct Wish {
    /// The code, digits only; not looked at when the mailbox is proven.
    pub code: String,
    /// The user name.
    pub user_name: UserName,
    /// The password, in its normal form.
    pub password: Zeroizing<String>,
}

/// How Finish went.
pub enum Finished {
    /// The account exists and its owner is signed in.
    SignedIn(Token),
    /// Wrong, expired, used, foreign, switched off, or of a known address: all look the same.
    WrongCode,
    /// Somebody has this user name; the mailbox stays proven.
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
    flow: &Registration,
    wish: Wish,
    browser: &Browser,
) -> Result<Finished, Refusal> {
    if !prove(state, client, flow, &wish.code).await? {
        return Ok(Finished::WrongCode);
    }
    if !db::registrations::count_name(&state.db, &flow.id, limits::NAMES_PER_FLOW).await? {
        return Ok(Finished::TooManyNames);
    }
    if db::accounts::is_known_user_name(&state.db, wish.user_name.key()).await? {
        return Ok(taken(state, flow, &wish).await?);
    }
    let password_hash = state.passwords.hash(wish.password.clone()).await?;
    make_account(state, flow, &wish, &password_hash, browser).await
}

async fn make_account(
    state: &State,
    flow: &Registration,
    wish: &Wish,
    password_hash: &str,
    browser: &Browser,
) -> Result<Finished, Refusal> {
    let now = state.clock.now();
    let id = state.rng.id();
    let new = NewAccount {
        id: &id,
        user_name: wish.user_name.as_str(),
        user_name_key: wish.user_name.key(),
        email: &flow.email,
        email_key: &flow.email_key,
        password_hash,
    };
    let mut tx = state.db.begin().await?;
    if !db::registrations::finish(&mut tx, &flow.id, now).await? {
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
    db::registrations::end_others(&mut tx, &flow.email_key, &flow.id, now).await?;
    db::mailed_links::end_all(&mut tx, Purpose::Register, &flow.email_key, now).await?;
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

/// A code that arrived is proof of the mailbox; from then on the flow itself is.
async fn prove(
    state: &State,
    client: &Client,
    flow: &Registration,
    typed: &str,
) -> Result<bool, Refusal> {
    if flow.proven_at.is_some() {
        return Ok(true);
    }
    let trying = try_code(state, flow, typed);
    short_code::of_client(state, client, Action::CodeTried, trying).await
}

async fn try_code(state: &State, flow: &Registration, typed: &str) -> Result<bool, Refusal> {
    let (most, now) = (limits::TRIES_PER_CODE, state.clock.now());
    let tried = db::registrations::count_try(&state.db, &flow.id, most, now).await?;
    let Some(newest) = tried else {
        return is_same_press(state, flow, typed).await;
    };
    // Everybody's budget first: while it is used up, no address loses a try.
    let comparing = compare(state, &newest, typed);
    let is_right = short_code::of_everybody(state, comparing).await?;
    if is_right {
        short_code::reset(state, &newest.email_key).await?;
    }
    Ok(is_right)
}

async fn compare(state: &State, newest: &Registration, typed: &str) -> db::Result<bool> {
    if !short_code::spend_of_address(state, &newest.email_key).await? {
        return Ok(false);
    }
    let (nonce, now) = (&newest.code_nonce, state.clock.now());
    Ok(matches(state, newest, typed)
        && db::registrations::set_proven(&state.db, &newest.id, nonce, now).await?)
}

/// The same press of Finish, sent twice: the first one proved the mailbox.
async fn is_same_press(state: &State, flow: &Registration, typed: &str) -> Result<bool, Refusal> {
    let newest = db::registrations::find_by_id(&state.db, &flow.id).await?;
    Ok(newest.is_some_and(|newest| newest.proven_at.is_some() && matches(state, &newest, typed)))
}

async fn taken(state: &State, flow: &Registration, wish: &Wish) -> db::Result<Finished> {
    if is_done(state, flow).await? {
        return Ok(Finished::Done);
    }
    let name_is_taken = db::accounts::is_known_user_name(&state.db, wish.user_name.key()).await?;
    // Otherwise another flow of this address was faster: this one's code is not right any more.
    Ok(if name_is_taken {
        Finished::NameTaken
    } else {
        Finished::WrongCode
    })
}

async fn is_done(state: &State, flow: &Registration) -> db::Result<bool> {
    let newest = db::registrations::find_by_id(&state.db, &flow.id).await?;
    Ok(newest.is_some_and(|newest| newest.finished_at.is_some()))
}

fn matches(state: &State, flow: &Registration, typed: &str) -> bool {
    let digits = usize::from(state.config.limits.code_digits);
    let right = super::code(&state.secrets, &flow.id, &flow.code_nonce, digits);
    let is_same = bool::from(typed.as_bytes().ct_eq(right.as_bytes()));
    is_same && flow.short_code && !flow.is_known
}
