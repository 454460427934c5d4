//! The second step of a log-in: the password was right, and a second factor is required. Five minutes, five
//! answers, one session; there is none before the factor was right.

use crate::accounts::factors::{self, Factors, passkeys};
use crate::accounts::session;
use crate::accounts::session::new_session::{BrowserKey, SignIn};
use crate::accounts::{Refusal, notices, session::token};
use crate::audit::{Action, Event};
use crate::db::accounts::pending_sign_ins::{self, NewPending, PendingSignIn};
use crate::db::{self, Writing, accounts};
use crate::mail::FactorChange;
use crate::state::State;
use crate::throttle::{self, Tries, limits};
use crate::visitor::{Browser, Client};

/// Result of an answer in the second step.
pub enum SecondStepOutcome {
    /// Wrong, used already, or a wait is running.
    Wrong,
    /// The log-in has expired or has no answer left: the password is required again.
    Over,
    /// Right; the token of the new session.
    Done(session::Token),
}

/// What the page of the second step offers.
pub struct SecondStepOffer {
    /// The second factors of the account.
    pub factors: Factors,
}

/// Begins the second step in the caller's transaction; returns the token for its cookie.
pub async fn begin(
    state: &State,
    tx: &mut Writing,
    sign_in: &SignIn<'_>,
) -> db::Result<session::Token> {
    let value = state.rng.token();
    let new = NewPending {
        token_hash: &token::hash(&value),
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

/// The factors that the browser with this cookie may use, while it may answer.
pub async fn find(state: &State, token: &str) -> db::Result<Option<SecondStepOffer>> {
    let (most, now) = (limits::TRIES_PER_PENDING, state.clock.now());
    let pending = pending_sign_ins::find(&state.db, &token::hash(token), most, now).await?;
    let Some(pending) = pending else {
        return Ok(None);
    };
    let factors = factors::find(state, &pending.account_id).await?;
    Ok(Some(SecondStepOffer { factors }))
}

/// What an answer turned out to be.
enum Tried {
    /// The factor was right, whatever came of the log-in.
    Right(SecondStepOutcome),
    Wrong(PendingSignIn),
    Over,
}

/// Answers with a code of the app or a recovery code.
pub async fn answer_with_code(
    state: &State,
    client: &Client,
    token: &str,
    typed: &str,
    browser: &Browser,
) -> Result<SecondStepOutcome, Refusal> {
    let per_client = limits::WRONG_FACTORS_OF_CLIENT.map(|limit| (limit, &*client.0));
    let tries = state.throttle.spend(&per_client).await?;
    let tried = async {
        let Some(pending) = count_try(state, token).await? else {
            return Ok(Tried::Over);
        };
        let account_id = &pending.account_id;
        let compared = factors::compare(state, account_id, typed).await;
        // On an error nothing was compared, so the log-in gets its answer back.
        if compared.is_err() {
            pending_sign_ins::refund_try(&state.db, &token::hash(token)).await?;
        }
        let Some(matched) = compared? else {
            return Ok(Tried::Wrong(pending));
        };
        let mut tx = state.db.begin().await?;
        // The account may have been locked since its password was right.
        if !accounts::hold_to_sign_in(&mut tx, account_id, None).await? {
            return Ok(Tried::Over);
        }
        if !matched.use_up(state, &mut tx, account_id).await? {
            return Ok(Tried::Wrong(pending));
        }
        let answer = finish(state, tx, &pending, token, browser).await?;
        if let SecondStepOutcome::Done(_) = answer {
            matched.committed(state, account_id);
        }
        Ok(Tried::Right(answer))
    };
    let tried = tried.await;
    answer(state, tries, tried).await
}

/// Answers with a passkey of the account whose password was right.
pub async fn answer_with_passkey(
    state: &State,
    client: &Client,
    token: &str,
    signed: &passkeys::Signed<'_>,
    browser: &Browser,
) -> Result<SecondStepOutcome, Refusal> {
    let per_client = limits::WRONG_FACTORS_OF_CLIENT.map(|limit| (limit, &*client.0));
    let tries = state.throttle.spend(&per_client).await?;
    let tried = async {
        let Some(pending) = count_try(state, token).await? else {
            return Ok(Tried::Over);
        };
        let proof = passkeys::check(state, passkeys::CeremonyPurpose::LogIn, signed).await?;
        // The passkey of another account may be valid, but it proves nothing about this one.
        let Some(proof) = proof.filter(|proof| proof.account_id() == pending.account_id) else {
            return Ok(Tried::Wrong(pending));
        };
        let mut tx = state.db.begin().await?;
        if !accounts::hold_to_sign_in(&mut tx, &pending.account_id, None).await? {
            return Ok(Tried::Over);
        }
        if !proof.use_up(state, &mut tx).await? {
            return Ok(Tried::Wrong(pending));
        }
        let answer = finish(state, tx, &pending, token, browser).await?;
        Ok(Tried::Right(answer))
    };
    let tried = tried.await;
    answer(state, tries, tried).await
}

async fn answer(
    state: &State,
    tries: Tries,
    tried: Result<Tried, Refusal>,
) -> Result<SecondStepOutcome, Refusal> {
    // On an overloaded machine nothing was compared.
    let were_none = matches!(tried, Ok(Tried::Right(_)) | Err(Refusal::Overloaded(_)));
    tries.refund_if(were_none).await?;
    match tried? {
        Tried::Right(answer) => Ok(answer),
        Tried::Wrong(pending) => wrong(state, &pending).await,
        Tried::Over => Ok(SecondStepOutcome::Over),
    }
}

async fn count_try(state: &State, token: &str) -> db::Result<Option<PendingSignIn>> {
    let (hash, now) = (token::hash(token), state.clock.now());
    let most = limits::TRIES_PER_PENDING;
    let pending = pending_sign_ins::count_try(&state.db, &hash, most, now).await?;
    if pending.is_none() {
        let event = Event::denied(Action::SecondStep).subject("over");
        state.audit.note(event);
    }
    Ok(pending)
}

/// The last wrong answer of a log-in tells the owner, at most once a day, that somebody knows the password.
async fn wrong(state: &State, pending: &PendingSignIn) -> Result<SecondStepOutcome, Refusal> {
    let event = Event::denied(Action::SecondStep).account(&pending.account_id);
    state.audit.note(event);
    if pending.n_tries < limits::TRIES_PER_PENDING {
        return Ok(SecondStepOutcome::Wrong);
    }
    // Whoever knows the password could otherwise fill the mailbox.
    let of_account = [(limits::FACTOR_ALARMS, &*pending.account_id)];
    let tries = match state.throttle.spend(&of_account).await {
        Err(throttle::Error::TooMany { .. }) => return Ok(SecondStepOutcome::Over),
        spent => spent?,
    };
    let told = async {
        let held = db::accounts::second_factors::find(&state.db, &pending.account_id).await?;
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
        Ok::<_, db::Error>(())
    };
    let told = told.await;
    tries.refund_if(told.is_err()).await?;
    told?;
    Ok(SecondStepOutcome::Over)
}

/// Starts the session in the transaction that used the factor up; all of it is undone
/// when another answer was first.
async fn finish(
    state: &State,
    mut tx: Writing,
    pending: &PendingSignIn,
    token: &str,
    browser: &Browser,
) -> Result<SecondStepOutcome, Refusal> {
    let now = state.clock.now();
    // However many right answers arrive at once, one log-in makes one session.
    if !pending_sign_ins::consume(&mut tx, &token::hash(token), now).await? {
        return Ok(SecondStepOutcome::Over);
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
    for what in [Action::SecondStep, Action::LogIn] {
        let event = Event::done(what).account(&pending.account_id);
        state.audit.note(event);
    }
    Ok(SecondStepOutcome::Done(started.committed(state)))
}
