//! The second step of a log-in: the password was right, a second factor is awaited. Five minutes,
//! five answers, one session; there is none before the factor was right.

use super::factors::{self, Factors, passkeys};
use super::session::{self, BrowserKey, SignIn};
use super::{Refusal, notices};
use crate::audit::{Event, What};
use crate::db::pending_sign_ins::{self, NewPending, Pending};
use crate::db::{self, Writing, accounts};
use crate::mail::FactorChange;
use crate::state::State;
use crate::throttle::limits;
use crate::throttle::{self, Raised};
use crate::visitor::{Browser, Client};

/// What an answer was worth.
pub enum Answer {
    /// Wrong, used already, or a wait is running.
    Wrong,
    /// Nothing waits any more: the password is asked for again.
    Over,
    /// Right.
    Done(session::Token),
}

/// What the page of the second step offers.
pub struct Asked {
    /// What the account has.
    pub factors: Factors,
}

/// Starts the wait inside the caller's transaction; gives what goes into the cookie.
pub async fn begin(
    state: &State,
    tx: &mut Writing,
    sign_in: &SignIn<'_>,
) -> db::Result<session::Token> {
    let value = state.rng.token();
    let new = NewPending {
        token_hash: &session::hash(&value),
        account_id: sign_in.account_id,
        auto_login: sign_in.auto_login,
        browser_key: sign_in.key.as_ref().map_or("", BrowserKey::as_str),
        expires_at: state.clock.now() + limits::PENDING_SECONDS,
    };
    pending_sign_ins::insert(tx, &new).await?;
    Ok(session::Token {
        value,
        max_age: Some(limits::PENDING_SECONDS),
        browser: None,
    })
}

/// What is asked of the browser with this cookie, while it may answer.
pub async fn find(state: &State, token: &str) -> db::Result<Option<Asked>> {
    let (most, now) = (limits::TRIES_PER_PENDING, state.clock.now());
    let pending = pending_sign_ins::find(&state.db, &session::hash(token), most, now).await?;
    let Some(pending) = pending else {
        return Ok(None);
    };
    let factors = factors::find(state, &pending.account_id).await?;
    Ok(Some(Asked { factors }))
}

/// Takes a code of the app or a recovery code.
pub async fn answer_with_code(
    state: &State,
    client: &Client,
    token: &str,
    typed: &str,
    browser: &Browser,
) -> Result<Answer, Refusal> {
    let Some((pending, raised)) = count(state, client, token).await? else {
        return Ok(Answer::Over);
    };
    let account_id = &pending.account_id;
    let compared = factors::compare(state, account_id, typed).await;
    if compared.is_err() {
        // Nothing was compared.
        pending_sign_ins::uncount_try(&state.db, &session::hash(token)).await?;
        throttle::take_back(state, &raised).await?;
    }
    let Some(matched) = compared? else {
        return wrong(state, &pending).await;
    };
    let mut tx = state.db.begin().await?;
    if !accounts::hold_to_sign_in(&mut tx, account_id, None).await? {
        return Ok(Answer::Over);
    }
    if !matched.use_up(state, &mut tx, account_id).await? {
        drop(tx);
        return wrong(state, &pending).await;
    }
    let answer = finish(state, tx, &pending, token, browser).await?;
    if let Answer::Done(_) = answer {
        matched.committed(state, account_id);
    }
    throttle::take_back(state, &raised).await?;
    Ok(answer)
}

/// Takes a passkey of the account whose password was right.
pub async fn answer_with_passkey(
    state: &State,
    client: &Client,
    token: &str,
    signed: &passkeys::Signed<'_>,
    browser: &Browser,
) -> Result<Answer, Refusal> {
    let Some((pending, raised)) = count(state, client, token).await? else {
        return Ok(Answer::Over);
    };
    let proof = passkeys::check(state, passkeys::Purpose::LogIn, signed).await?;
    let Some(proof) = proof.filter(|proof| proof.account_id() == pending.account_id) else {
        return wrong(state, &pending).await;
    };
    let mut tx = state.db.begin().await?;
    if !accounts::hold_to_sign_in(&mut tx, &pending.account_id, None).await? {
        return Ok(Answer::Over);
    }
    if !proof.use_up(state, &mut tx).await? {
        drop(tx);
        return wrong(state, &pending).await;
    }
    let answer = finish(state, tx, &pending, token, browser).await?;
    throttle::take_back(state, &raised).await?;
    Ok(answer)
}

/// Counts an answer before anything is compared: of the client, then of this log-in.
async fn count(
    state: &State,
    client: &Client,
    token: &str,
) -> Result<Option<(Pending, Vec<Raised>)>, Refusal> {
    use limits::{TRIES_PER_PENDING, WRONG_FACTORS_PER_CLIENT, WRONG_FACTORS_PER_CLIENT_DAY};
    let per_client = [
        (WRONG_FACTORS_PER_CLIENT, &*client.0),
        (WRONG_FACTORS_PER_CLIENT_DAY, &*client.0),
    ];
    let raised = throttle::count(state, &per_client).await?;
    let (hash, now) = (session::hash(token), state.clock.now());
    let pending = pending_sign_ins::count_try(&state.db, &hash, TRIES_PER_PENDING, now).await?;
    if pending.is_none() {
        let event = Event::denied(What::SecondStep).subject("over");
        state.audit.note(event);
    }
    Ok(pending.map(|pending| (pending, raised)))
}

/// The last wrong answer of a log-in tells the owner, once a day, that somebody has the password.
async fn wrong(state: &State, pending: &Pending) -> Result<Answer, Refusal> {
    let event = Event::denied(What::SecondStep).account(&pending.account_id);
    state.audit.note(event);
    if pending.n_tries < limits::TRIES_PER_PENDING {
        return Ok(Answer::Wrong);
    }
    let counted = throttle::count(state, &[(limits::FACTOR_ALARMS, &pending.account_id)]).await;
    match counted {
        Err(Refusal::TooMany { .. }) => return Ok(Answer::Over),
        other => other?,
    };
    let held = db::second_factors::find(&state.db, &pending.account_id).await?;
    if let Some(held) = held {
        let mut tx = state.db.begin().await?;
        notices::about_factor(
            state,
            &mut tx,
            factors::reader(&pending.account_id, &held.email),
            FactorChange::WrongCodes,
        )
        .await?;
        tx.commit().await?;
        state.outbox_filled.notify_one();
    }
    Ok(Answer::Over)
}

/// The session, in the transaction that used the factor up; nothing of it counts when another
/// answer was first.
async fn finish(
    state: &State,
    mut tx: Writing,
    pending: &Pending,
    token: &str,
    browser: &Browser,
) -> Result<Answer, Refusal> {
    let now = state.clock.now();
    if !pending_sign_ins::consume(&mut tx, &session::hash(token), now).await? {
        return Ok(Answer::Over);
    }
    let sign_in = SignIn {
        account_id: &pending.account_id,
        auto_login: pending.auto_login,
        key: BrowserKey::parse(&pending.browser_key),
        browser,
        n_failed: 0,
    };
    let started = session::start(state, &mut tx, &sign_in).await?;
    tx.commit().await?;
    for what in [What::SecondStep, What::LogIn] {
        let event = Event::done(what).account(&pending.account_id);
        state.audit.note(event);
    }
    Ok(Answer::Done(started.committed(state).await))
}
