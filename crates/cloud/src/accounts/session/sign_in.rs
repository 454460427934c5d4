//! Log-in: a wrong password, an unknown account and a running wait look alike, whether or not there is
//! an account.

use crate::accounts::names::{Email, UserName};
use crate::accounts::notices;
use crate::accounts::session;
use crate::accounts::session::new_session::{BrowserKey, SignIn};
use crate::accounts::{Refusal, factors, factors::second_step, password::policy, session::token};
use crate::audit::{Action, Event};
use crate::db;
use crate::db::accounts::Account;
use crate::hasher::{HashingPlace, Overloaded};
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, Client};

/// Kind of the counters for names without an account.
pub const UNKNOWN: &str = "unknown log-in";

/// What somebody typed to log in.
pub struct Attempt<'a> {
    /// User name or mail address.
    pub login: &'a str,
    /// The password as it was typed.
    pub password: &'a str,
    /// Stay signed in after the browser ends.
    pub auto_login: bool,
    /// Key of the browser, which renews the session with Auto-login.
    pub browser_key: &'a str,
}

/// Result of an attempt to log in.
pub enum Outcome {
    /// Not signed in, for whichever reason.
    Wrong,
    /// The password is right and a second factor is required; the token goes into another cookie.
    SecondStep(session::Token),
    /// Signed in; the token of the new session.
    Done(session::Token),
}

/// Starts a session, or the second step, if name and password are right; spends the try before it
/// compares. Callers take `place` first, so that a crowd is turned away before it costs a statement
/// and keeps nobody's pages waiting.
pub async fn sign_in(
    state: &State,
    client: &Client,
    attempt: &Attempt<'_>,
    browser: &Browser,
    place: HashingPlace,
) -> Result<Outcome, Refusal> {
    let per_client = limits::FAILED_LOGINS_OF_CLIENT.map(|limit| (limit, &*client.0));
    let tries = state.throttle.spend(&per_client).await?;
    let outcome = async {
        let typed = canonical(attempt.login);
        // Beyond this limit a name only gets the captcha: a refusal would let strangers lock its owner out.
        let of_name = [(limits::FAILED_LOGINS_PER_NAME, &*typed)];
        let tries = state.throttle.spend_beyond(&of_name).await?;
        let judged = judge(state, attempt, browser, place).await;
        tries.refund_if(is_no_try(&judged)).await?;
        match judged? {
            Some((account, key)) => let_in(state, attempt, browser, &account, &key).await,
            None => Ok(Outcome::Wrong),
        }
    };
    let outcome = outcome.await;
    let is_right = matches!(outcome, Ok(Outcome::SecondStep(_) | Outcome::Done(_)));
    tries.refund_if(is_right || is_no_try(&outcome)).await?;
    outcome
}

/// An overloaded machine compares nothing, so that is no try.
fn is_no_try<T>(outcome: &Result<T, Refusal>) -> bool {
    matches!(outcome, Err(Refusal::Overloaded(_)))
}

/// The account if the password is right, and the key that its failures are counted under.
async fn judge(
    state: &State,
    attempt: &Attempt<'_>,
    browser: &Browser,
    place: HashingPlace,
) -> Result<Option<(Account, String)>, Refusal> {
    let account = find(state, attempt.login).await?;
    let key = failures_key(state, attempt.login, account.as_ref(), browser).await?;
    let rule = limits::FAILED_LOGINS;
    let Some(tries) = state.throttle.spend_in_a_row(rule, &key).await? else {
        note_denied(state, account.as_ref(), "wait");
        return Ok(None);
    };
    let compared = compare(state, attempt, account, place).await;
    // On an error nothing was compared, so it is no try.
    tries.refund_if(compared.is_err()).await?;
    Ok(compared?.map(|account| (account, key)))
}

/// After the right password: starts a session, or the second step, and the counts of failures start again.
async fn let_in(
    state: &State,
    attempt: &Attempt<'_>,
    browser: &Browser,
    account: &Account,
    key: &str,
) -> Result<Outcome, Refusal> {
    let factors = factors::find(state, &account.id).await?;
    let of_others = account_key(state, &account.id);
    let n_failed = n_failed(state, key, &of_others).await?;
    let mut tx = state.db.begin().await?;
    let hash = Some(account.password_hash.as_str());
    // The password may have been changed, or the account locked, while the hash was computed.
    if !db::accounts::hold_to_sign_in(&mut tx, &account.id, hash).await? {
        note_denied(state, Some(account), "changed");
        return Ok(Outcome::Wrong);
    }
    // Failures of strangers are counted apart; the owner's success ends them too, and the notice tells
    // their number.
    for key in [key, &of_others] {
        db::counters::reset(&mut tx, limits::FAILED_LOGINS.kind, key).await?;
    }
    let of_name = limits::FAILED_LOGINS_PER_NAME.kind;
    let typed = canonical(attempt.login);
    state.throttle.reset(&mut tx, of_name, &typed).await?;
    let sign_in = SignIn {
        account_id: &account.id,
        auto_login: attempt.auto_login,
        key: BrowserKey::parse(attempt.browser_key),
        browser,
        n_failed,
    };
    if factors.is_on {
        notices::about_failures(state, &mut tx, &sign_in).await?;
        let token = second_step::begin(state, &mut tx, &sign_in).await?;
        tx.commit().await?;
        state.outbox_filled.notify_one();
        return Ok(Outcome::SecondStep(token));
    }
    let started = session::start(state, &mut tx, &sign_in).await?;
    tx.commit().await?;
    state
        .audit
        .note(Event::done(Action::LogIn).account(&account.id));
    Ok(Outcome::Done(started.committed(state)))
}

/// Failures in a row before this try, with those of browsers that the account does not know.
async fn n_failed(state: &State, key: &str, of_others: &str) -> db::Result<i64> {
    let n_in_a_row = |key| state.throttle.n_in_a_row(limits::FAILED_LOGINS, key);
    // Without this try, which is spent already.
    let n = n_in_a_row(key).await? - 1;
    if key == of_others {
        return Ok(n);
    }
    Ok(n + n_in_a_row(of_others).await?)
}

/// The account if the password is right and the account is not locked.
async fn compare(
    state: &State,
    attempt: &Attempt<'_>,
    account: Option<Account>,
    place: HashingPlace,
) -> Result<Option<Account>, Overloaded> {
    let stored = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let password = policy::normal_form(attempt.password);
    // Without an account a decoy is verified, so that an unknown name takes as long (ASVS 6.3.8).
    let is_right = place.verify(password, stored).await?;
    // After the hash, so a locked account costs the same and looks the same as a wrong password.
    match account {
        Some(account) if is_right && account.locked_at.is_none() => Ok(Some(account)),
        other => {
            let why = if is_right { "locked" } else { "wrong" };
            note_denied(state, other.as_ref(), why);
            Ok(None)
        }
    }
}

fn note_denied(state: &State, account: Option<&Account>, why: &str) {
    let event = Event::denied(Action::LogIn).subject(why);
    state.audit.note(match account {
        Some(account) => event.account(&account.id),
        None => event,
    });
}

/// Whether the next log-in shows a captcha: after failures of this client or under this name. Names count as
/// they were typed, so nobody learns who has one, or which address belongs to it.
pub async fn wants_picture(state: &State, client: &Client, login: &str) -> db::Result<bool> {
    use limits::{FAILED_LOGINS_PER_CLIENT, FAILED_LOGINS_PER_NAME, LOGINS_WITHOUT_PICTURE};
    let typed = canonical(login);
    let of_client = state
        .throttle
        .n_spent(FAILED_LOGINS_PER_CLIENT, &client.0)
        .await?;
    let of_name = state
        .throttle
        .n_spent(FAILED_LOGINS_PER_NAME, &typed)
        .await?;
    let is_suspect = !typed.is_empty() && of_name >= FAILED_LOGINS_PER_NAME.most;
    Ok(is_suspect || of_client >= LOGINS_WITHOUT_PICTURE)
}

/// The canonical form of a user name or address, whether or not there is such an account.
pub fn canonical(login: &str) -> String {
    match Email::parse(login) {
        Ok(email) => email.key().to_owned(),
        Err(_) => login.trim().to_lowercase(),
    }
}

/// The account with this user name or address.
pub async fn find(state: &State, login: &str) -> db::Result<Option<Account>> {
    let user_name = UserName::parse(login).map(|name| name.key().to_owned());
    let email = Email::parse(login).map(|email| email.key().to_owned());
    // Neither form is ever empty, so an invalid name finds nobody and costs the same.
    let (user_name, email) = (user_name.unwrap_or_default(), email.unwrap_or_default());
    db::accounts::find_by_login(&state.db, &user_name, &email).await
}

/// The counter that failures go to. Those of strangers must not lock the owner out of browsers that they use,
/// so known browsers have separate counters.
async fn failures_key(
    state: &State,
    login: &str,
    account: Option<&Account>,
    browser: &Browser,
) -> db::Result<String> {
    let browser_hash = token::hash(&browser.token);
    let account_id = account.map_or("", |account| &account.id);
    let is_known = db::accounts::browsers::is_known(&state.db, account_id, &browser_hash).await?;
    Ok(match account {
        Some(_) if is_known => {
            let whom = format!("{account_id} {browser_hash}");
            state.throttle.key(limits::FAILED_LOGINS.kind, &whom)
        }
        Some(account) => account_key(state, &account.id),
        None => state.throttle.key(UNKNOWN, &canonical(login)),
    })
}

/// The key of an account's failed log-ins in a row.
fn account_key(state: &State, account_id: &str) -> String {
    state.throttle.key(limits::FAILED_LOGINS.kind, account_id)
}
