//! Forgot password: a mail with a button and a code of eight characters; either lets one browser
//! set a new password once, which ends every session. The answer never tells whether there is an
//! account, and nobody is signed in by it: log-in asks for a second factor as ever.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::names::Email;
use super::{Refusal, lock, mailed_link, short_code, sign_in, token};
use crate::audit::{Action, Event};
use crate::db::accounts::Account;
use crate::db::mailed_links::{NewButton, Purpose};
use crate::db::recoveries::{NewRecovery, Recovery};
use crate::db::{self, Writing};
use crate::mail::{self, Letter, Urgency};
use crate::orders;
use crate::secrets::Secrets;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::Client;

/// What Forgot password begins with.
pub struct Begin<'a> {
    /// User name or address, as it was typed.
    pub login: &'a str,
    /// Whether picture and work were done, so that the mail may hold a code.
    pub short_code: bool,
    /// The form that asked.
    pub form_id: &'a str,
    /// The secret that the browser got with the form.
    pub cookie: Option<&'a str>,
}

/// Mails the owner of an account, or tells an address that it has none; gives the cookie's secret.
pub async fn begin(state: &State, client: &Client, ask: &Begin<'_>) -> Result<String, Refusal> {
    let tries = state.throttle.spend_as(client, &limits::RESETS_OF_CLIENT);
    tries.await?.keep();
    let account = sign_in::find(state, ask.login).await?;
    let typed = sign_in::canonical(ask.login);
    let leaves = count_mail(state, client, &typed, account.as_ref()).await?;
    let owner = account.as_ref().filter(|_| leaves);
    let address = Email::parse(ask.login);
    let reader = match (&account, &address) {
        (Some(account), _) if leaves => Reader::Owner(account),
        (None, Ok(email)) => Reader::Stranger(email),
        _ => Reader::Nobody,
    };
    let now = state.clock.now();
    let secret = unused_secret(state, ask.cookie).await?;
    let new = NewRecovery {
        id: &state.rng.id(),
        flow_hash: &token::hash(&secret),
        form_id: ask.form_id,
        login: ask.login,
        account_id: owner.map(|account| account.id.as_str()),
        code_nonce: &state.rng.id(),
        short_code: ask.short_code && !short_code::is_strong_mode(state).await?,
        expires_at: now + limits::RESET_SECONDS,
        proven_at: None,
    };
    write(state, &new, &typed, reader).await?;
    state.audit.note(Event::done(Action::ResetAsked));
    state.outbox_filled.notify_one();
    Ok(secret)
}

/// Mails the owner of an account the way to a new password because an operator says so; against no
/// limit, and with a button alone: there is no browser that a code could belong to.
pub async fn begin_for(state: &State, account: &Account) -> Result<(), Refusal> {
    let new = NewRecovery {
        id: &state.rng.id(),
        flow_hash: &token::hash(&state.rng.token()),
        form_id: "",
        login: &account.user_name,
        account_id: Some(&account.id),
        code_nonce: &state.rng.id(),
        short_code: false,
        expires_at: state.clock.now() + limits::RESET_SECONDS,
        proven_at: None,
    };
    write(state, &new, &account.user_name, Reader::Owner(account)).await?;
    let event = Event::done(Action::ResetAsked).account(&account.id);
    state.audit.note(event);
    state.outbox_filled.notify_one();
    Ok(())
}

/// The walk that this very form has started: a second click on its button.
pub async fn is_repeated(state: &State, cookie: Option<&str>, form_id: &str) -> db::Result<bool> {
    let Some(cookie) = cookie else {
        return Ok(false);
    };
    let recovery = find(state, cookie).await?;
    Ok(recovery.is_some_and(|recovery| recovery.form_id == form_id))
}

/// The walk of a cookie's secret, while it can set a password.
pub async fn find(state: &State, secret: &str) -> db::Result<Option<Recovery>> {
    db::recoveries::find(&state.db, &token::hash(secret), state.clock.now()).await
}

/// Checks the code from the mail; wrong, expired, switched off and nobody's look the same.
pub async fn prove(
    state: &State,
    client: &Client,
    recovery: &Recovery,
    typed: &str,
) -> Result<bool, Refusal> {
    if recovery.proven_at.is_some() {
        return Ok(true);
    }
    let trying = try_code(state, recovery, typed);
    short_code::of_client(state, client, Action::ResetTried, trying).await
}

async fn try_code(state: &State, recovery: &Recovery, typed: &str) -> Result<bool, Refusal> {
    let (most, now) = (limits::TRIES_PER_RESET, state.clock.now());
    if !db::recoveries::count_try(&state.db, &recovery.id, most, now).await? {
        return Ok(is_same_press(state, recovery, typed).await?);
    }
    short_code::of_everybody(state, compare(state, recovery, typed)).await
}

async fn compare(state: &State, recovery: &Recovery, typed: &str) -> db::Result<bool> {
    if !matches(state, recovery, typed) {
        return Ok(false);
    }
    let is_first = db::recoveries::set_proven(&state.db, &recovery.id, state.clock.now()).await?;
    Ok(is_first || is_same_press(state, recovery, typed).await?)
}

/// The same press of Continue, sent twice: the first one proved the mailbox.
async fn is_same_press(state: &State, recovery: &Recovery, typed: &str) -> db::Result<bool> {
    let is_proven = db::recoveries::is_proven(&state.db, &recovery.id).await?;
    Ok(is_proven && matches(state, recovery, typed))
}

fn matches(state: &State, recovery: &Recovery, typed: &str) -> bool {
    let right = code(&state.secrets, &recovery.id, &recovery.code_nonce);
    let is_same = bool::from(mailed_link::read(typed).as_bytes().ct_eq(right.as_bytes()));
    is_same && recovery.account_id.is_some()
}

/// Presses the button of a mail: the walk goes on in this browser and ends in every other.
/// Gives the cookie's secret; `None` when the button is not good any more.
pub async fn press(
    state: &State,
    token: &str,
    cookie: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let now = state.clock.now();
    let secret = unused_secret(state, cookie).await?;
    let mut tx = state.db.begin().await?;
    let hash = mailed_link::hash(token);
    let Some(asked_by) = db::mailed_links::consume(&mut tx, Purpose::Reset, &hash, now).await?
    else {
        drop(tx);
        let goes_on = second_press(state, cookie).await?;
        mailed_link::note(state, Purpose::Reset, goes_on.is_some());
        return Ok(goes_on);
    };
    let asked = db::recoveries::find_by_id(&mut tx, &asked_by).await?;
    let Some((asked, account_id)) = asked.and_then(|asked| {
        let account_id = asked.account_id.clone()?;
        Some((asked, account_id))
    }) else {
        return Ok(None);
    };
    end_all(&mut tx, &account_id, now).await?;
    let new = NewRecovery {
        id: &state.rng.id(),
        flow_hash: &token::hash(&secret),
        form_id: "",
        login: &asked.login,
        account_id: Some(&account_id),
        code_nonce: &state.rng.id(),
        short_code: false,
        expires_at: now + limits::PROVEN_SECONDS,
        proven_at: Some(now),
    };
    db::recoveries::insert(&mut tx, &new, now).await?;
    tx.commit().await?;
    mailed_link::note(state, Purpose::Reset, true);
    Ok(Some(secret))
}

/// Whose password a proven walk sets.
pub async fn owner(state: &State, recovery: &Recovery) -> db::Result<Option<Account>> {
    match &recovery.account_id {
        Some(id) if recovery.proven_at.is_some() => db::accounts::find(&state.db, id).await,
        _ => Ok(None),
    }
}

/// Sets the password, ends every session, tells the owner. False when the walk is over.
pub async fn finish(
    state: &State,
    recovery: &Recovery,
    owner: &Account,
    password: Zeroizing<String>,
) -> Result<bool, Refusal> {
    let password_hash = state.passwords.hash(password).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    db::accounts::hold(&mut tx, &owner.id).await?;
    if !db::recoveries::finish(&mut tx, &recovery.id, now).await? {
        state.audit.note(Event::denied(Action::ResetFinished));
        return Ok(false);
    }
    end_all(&mut tx, &owner.id, now).await?;
    db::accounts::set_password(&mut tx, &owner.id, &password_hash).await?;
    lock::lift_by_reset(&mut tx, &owner.id).await?;
    // The second factor stays: a mailbox alone opens no account that has one.
    db::pending_sign_ins::delete_all(&mut tx, &owner.id).await?;
    // Whoever prepared something before must not profit from it after.
    db::email_changes::drop_pending(&mut tx, &owner.id).await?;
    db::browsers::forget_all(&mut tx, &owner.id).await?;
    let ended = lock::end_sessions(state, &mut tx, &owner.id).await?;
    let kind = limits::FAILED_LOGINS.kind;
    state.throttle.reset(&mut tx, kind, &owner.id).await?;
    mail::put(
        state,
        &mut tx,
        &owner.email,
        &Letter::PasswordChanged,
        now + limits::MAIL_SECONDS,
    )
    .await?;
    tx.commit().await?;
    state.outbox_filled.notify_one();
    let event = Event::done(Action::ResetFinished).account(&owner.id);
    state.audit.note(event);
    orders::act(state, &ended);
    Ok(true)
}

/// Ends every walk to a new password of an account, mailed buttons included.
pub async fn end_all(tx: &mut Writing, account_id: &str, now: i64) -> db::Result<()> {
    db::recoveries::end_all(tx, account_id, now).await?;
    db::mailed_links::end_all(tx, Purpose::Reset, account_id, now).await
}

/// The code that a walk mailed: derived, so that neither database nor outbox hold it.
pub fn code(secrets: &Secrets, id: &str, nonce: &str) -> String {
    let fields = [id.as_bytes(), nonce.as_bytes()];
    let count = limits::RESET_CHARACTERS;
    secrets.derive_characters("reset code", &fields, mailed_link::ALPHABET, count)
}

async fn second_press(state: &State, cookie: Option<&str>) -> db::Result<Option<String>> {
    let Some(cookie) = cookie else {
        return Ok(None);
    };
    let recovery = find(state, cookie).await?;
    let goes_on = recovery.is_some_and(|recovery| recovery.proven_at.is_some());
    Ok(goes_on.then(|| cookie.to_owned()))
}

/// Counts a mail for the name that was typed, which may be refused, and for its account; whether it
/// leaves. The account's count changes no answer: user name and address must not show that they
/// belong together.
async fn count_mail(
    state: &State,
    client: &Client,
    typed: &str,
    account: Option<&Account>,
) -> Result<bool, Refusal> {
    use limits::{RESETS_PER_ACCOUNT, RESETS_PER_NAME};
    let subject = account.map_or(typed, |account| &account.id);
    let (of_name, network) = ([(RESETS_PER_NAME, typed)], client.network());
    if let Err(error) = mail::spend(state, &of_name, &network, Urgency::Security).await {
        return Err(mailed_link::prolong_last(state, Purpose::Reset, subject, error).await);
    }
    let of_account = [(RESETS_PER_ACCOUNT, subject)];
    let tries = state.throttle.spend_beyond(&of_account).await?;
    let leaves = tries.over().is_none();
    tries.keep();
    if !leaves {
        state.throttle.note_reached(RESETS_PER_ACCOUNT);
        let seconds = limits::LAST_BUTTON_SECONDS;
        db::mailed_links::prolong_last(&state.db, Purpose::Reset, subject, seconds).await?;
    }
    Ok(leaves)
}

/// Whose mailbox a mail goes to.
enum Reader<'a> {
    /// The owner of an account. Its address counts, not the one that was typed: they may differ in case.
    Owner(&'a Account),
    /// An address without an account.
    Stranger(&'a Email),
    /// A user name that nobody has, or an account that has had its mails.
    Nobody,
}

/// One row of each table, whoever asked for whom.
async fn write(
    state: &State,
    new: &NewRecovery<'_>,
    typed: &str,
    reader: Reader<'_>,
) -> db::Result<()> {
    let token = mailed_link::token(&state.secrets, Purpose::Reset, new.id, new.code_nonce);
    let button = NewButton {
        token_hash: &mailed_link::hash(&token),
        purpose: Purpose::Reset,
        subject: new.account_id.unwrap_or(typed),
        flow_id: new.id,
        expires_at: new.expires_at,
    };
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    db::recoveries::insert(&mut tx, new, now).await?;
    db::mailed_links::insert(&mut tx, &button, now).await?;
    let reset = Letter::Reset {
        flow: new.id.to_owned(),
        nonce: new.code_nonce.to_owned(),
        short_code: new.short_code,
    };
    let (to, letter, expires_at) = match reader {
        Reader::Owner(account) => (account.email.as_str(), reset, new.expires_at),
        Reader::Stranger(email) => (email.as_str(), Letter::NoAccount, new.expires_at),
        // Expired from the start: it is never sent.
        Reader::Nobody => ("", Letter::NoAccount, now),
    };
    mail::put(state, &mut tx, to, &letter, expires_at).await?;
    tx.commit().await?;
    Ok(())
}

/// The secret that the browser got with its form, or another one if a walk has it.
async fn unused_secret(state: &State, cookie: Option<&str>) -> db::Result<String> {
    let own = cookie.filter(|secret| token::is_token(secret));
    match own {
        Some(secret) if !db::recoveries::is_used(&state.db, &token::hash(secret)).await? => {
            Ok(secret.to_owned())
        }
        _ => Ok(state.rng.token()),
    }
}
