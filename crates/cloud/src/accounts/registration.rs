//! Register: an address gets a code by mail, and whoever types it back makes the account.
//! Known and unknown addresses take the same steps; only the mail differs.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::names::{Email, UserName};
use super::session::{self, SignIn, Token};
use super::throttle::{self, Raised};
use super::{Refusal, limits};
use crate::audit::{Event, Outcome, What};
use crate::db::accounts::NewAccount;
use crate::db::registrations::{NewRegistration, Registration};
use crate::db::{self, Writing};
use crate::mail::{self, Letter};
use crate::secrets::Secrets;
use crate::state::State;
use crate::web::guard::{Browser, Client};

/// Starts a flow and puts its first mail into the outbox; gives the cookie's secret.
pub async fn begin(state: &State, client: &Client, email: &Email) -> Result<String, Refusal> {
    use limits::{CODES_PER_CLIENT, CODES_PER_CLIENT_DAY};
    throttle::count(
        state,
        &[
            (CODES_PER_CLIENT, &client.0),
            (CODES_PER_CLIENT_DAY, &client.0),
        ],
    )
    .await?;
    count_mail(state, email.key()).await?;
    let now = state.clock.now();
    let is_known = db::accounts::is_known_email(&state.db, email.key()).await?;
    let secret = state.rng.token();
    let new = NewRegistration {
        id: &state.rng.id(),
        flow_hash: &session::hash(&secret),
        email: email.as_str(),
        email_key: email.key(),
        is_known,
        code_nonce: &state.rng.id(),
        code_expires_at: now + limits::CODE_SECONDS,
    };
    let mut tx = state.db.begin().await?;
    db::registrations::insert(&mut tx, &new, now).await?;
    let letter = letter(new.id, new.code_nonce, is_known);
    write_letter(state, &mut tx, email.as_str(), &letter, new.code_expires_at).await?;
    tx.commit().await?;
    state.audit.note(Event::done(What::CodeAsked));
    state.outbox_filled.notify_one();
    Ok(secret)
}

/// The flow of a cookie's secret, while it can still make an account.
pub async fn find(state: &State, secret: &str) -> db::Result<Option<Registration>> {
    db::registrations::find(&state.db, &session::hash(secret)).await
}

/// When the next code of a flow may be asked for; `None` when it has had them all.
pub fn send_again_at(flow: &Registration) -> Option<i64> {
    if flow.n_codes >= limits::CODES_PER_FLOW {
        return None;
    }
    let index = usize::try_from(flow.n_codes - 1)
        .unwrap_or(0)
        .min(limits::SEND_AGAIN_WAITS.len() - 1);
    Some(flow.last_code_at + limits::SEND_AGAIN_WAITS[index])
}

/// Puts a new code in place of the old one and mails it; false when it is too early or there is none left.
pub async fn send_again(
    state: &State,
    client: &Client,
    flow: &Registration,
) -> Result<bool, Refusal> {
    use limits::{CODES_PER_CLIENT, CODES_PER_CLIENT_DAY};
    let now = state.clock.now();
    if send_again_at(flow).is_none_or(|at| at > now) {
        return Ok(false);
    }
    throttle::count(
        state,
        &[
            (CODES_PER_CLIENT, &client.0),
            (CODES_PER_CLIENT_DAY, &client.0),
        ],
    )
    .await?;
    count_mail(state, &flow.email_key).await?;
    let nonce = state.rng.id();
    let expires_at = now + limits::CODE_SECONDS;
    let mut tx = state.db.begin().await?;
    if !db::registrations::renew_code(&mut tx, &flow.id, flow.n_codes, &nonce, expires_at, now)
        .await?
    {
        return Ok(false);
    }
    let letter = letter(&flow.id, &nonce, flow.is_known);
    write_letter(state, &mut tx, &flow.email, &letter, expires_at).await?;
    tx.commit().await?;
    state.audit.note(Event::done(What::CodeAsked));
    state.outbox_filled.notify_one();
    Ok(true)
}

/// What somebody typed on the last screen, in a form that can be stored.
pub struct Wish {
    /// The code, digits only.
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
    /// Wrong, expired, used, foreign, or of a known address: all look the same.
    WrongCode,
    /// Somebody has this user name; the code stays good.
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
    let now = state.clock.now();
    let id = state.rng.id();
    let new = NewAccount {
        id: &id,
        user_name: wish.user_name.as_str(),
        user_name_key: wish.user_name.key(),
        email: &flow.email,
        email_key: &flow.email_key,
        password_hash: &password_hash,
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
        return Ok(taken(state, flow, &wish).await?);
    }
    let sign_in = SignIn {
        account_id: &id,
        auto_login: false,
        key: None,
        browser,
        n_failed: 0,
    };
    let started = session::start(state, &mut tx, &sign_in).await?;
    tx.commit().await?;
    state.audit.note(Event::done(What::Registered).account(&id));
    Ok(Finished::SignedIn(started.committed(state).await))
}

/// A code that arrived is proof of the mailbox; from then on the flow itself is.
async fn prove(
    state: &State,
    client: &Client,
    flow: &Registration,
    typed: &str,
) -> Result<bool, Refusal> {
    if flow.proven_at.is_some() {
        return Ok(matches(&state.secrets, flow, typed));
    }
    let raised = count_code_try(state, client, flow).await?;
    let now = state.clock.now();
    let tried =
        db::registrations::count_try(&state.db, &flow.id, limits::TRIES_PER_CODE, now).await?;
    let is_right = match tried {
        Some(newest) => {
            matches(&state.secrets, &newest, typed)
                && db::registrations::set_proven(&state.db, &flow.id, &newest.code_nonce, now)
                    .await?
        }
        // The same press of Finish, sent twice: the first one proved it.
        None => {
            let newest = db::registrations::find_by_id(&state.db, &flow.id).await?;
            newest.is_some_and(|newest| {
                newest.proven_at.is_some() && matches(&state.secrets, &newest, typed)
            })
        }
    };
    let outcome = if is_right {
        Outcome::Ok
    } else {
        Outcome::Denied
    };
    state.audit.note(Event::new(What::CodeTried, outcome));
    if is_right {
        throttle::take_back(state, &raised).await?;
    }
    Ok(is_right)
}

async fn count_code_try(
    state: &State,
    client: &Client,
    flow: &Registration,
) -> Result<Vec<Raised>, Refusal> {
    throttle::count(
        state,
        &[
            (limits::WRONG_CODES_PER_CLIENT, &client.0),
            (limits::WRONG_CODES_PER_CLIENT_DAY, &client.0),
            (limits::WRONG_CODES_PER_ADDRESS, &flow.email_key),
            (limits::WRONG_CODES, "everybody"),
        ],
    )
    .await
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

async fn count_mail(state: &State, email_key: &str) -> Result<(), Refusal> {
    use limits::{CODES_PER_ADDRESS, CODES_PER_ADDRESS_SHORT};
    throttle::count(
        state,
        &[
            (CODES_PER_ADDRESS_SHORT, email_key),
            (CODES_PER_ADDRESS, email_key),
        ],
    )
    .await?;
    mail::count(state, mail::Urgency::Ordinary).await
}

fn letter(flow_id: &str, nonce: &str, is_known: bool) -> Letter {
    if is_known {
        Letter::Known
    } else {
        Letter::Code {
            flow: flow_id.to_owned(),
            nonce: nonce.to_owned(),
        }
    }
}

async fn write_letter(
    state: &State,
    tx: &mut Writing,
    to: &str,
    letter: &Letter,
    expires_at: i64,
) -> db::Result<()> {
    mail::put(state, tx, to, letter, expires_at).await
}

/// The code that a flow mailed: derived, so that neither database nor outbox hold it.
pub fn code(secrets: &Secrets, flow_id: &str, nonce: &str) -> String {
    let fields = [flow_id.as_bytes(), nonce.as_bytes()];
    secrets.derive_characters(
        "registration code",
        &fields,
        b"0123456789",
        limits::CODE_DIGITS,
    )
}

fn matches(secrets: &Secrets, flow: &Registration, typed: &str) -> bool {
    let right = code(secrets, &flow.id, &flow.code_nonce);
    let is_same = bool::from(typed.as_bytes().ct_eq(right.as_bytes()));
    is_same && !flow.is_known
}
