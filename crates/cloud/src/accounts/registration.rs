//! Register: an address gets a mail with a code and a button, and whoever brings one of them back
//! makes the account. Known and unknown addresses take the same steps; only the mail differs.

pub mod finish;

use proto::throttle::wait;

use super::names::Email;
use super::{Refusal, mailed_link, short_code, token};
use crate::audit::{Action, Event};
use crate::db::mailed_links::{NewButton, Purpose};
use crate::db::registrations::{NewRegistration, Registration};
use crate::db::{self, Writing};
use crate::mail::{self, Letter, Urgency};
use crate::secrets::Secrets;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::Client;

pub use finish::{Finished, Wish, finish};

/// What a registration begins with.
pub struct Begin<'a> {
    /// The address.
    pub email: &'a Email,
    /// Whether picture and work were done, so that the mail may hold a short code.
    pub short_code: bool,
    /// The form that asked.
    pub form_id: &'a str,
    /// The secret that the browser got with the form.
    pub cookie: Option<&'a str>,
}

/// Starts a flow and puts its first mail into the outbox; gives the cookie's secret.
pub async fn begin(state: &State, client: &Client, ask: &Begin<'_>) -> Result<String, Refusal> {
    count_request(state, client, ask.email.key()).await?;
    let now = state.clock.now();
    let is_known = db::accounts::is_known_email(&state.db, ask.email.key()).await?;
    let short_code = ask.short_code && short_code::is_taken(state, ask.email.key()).await?;
    let secret = unused_secret(state, ask.cookie).await?;
    let new = NewRegistration {
        id: &state.rng.id(),
        flow_hash: &token::hash(&secret),
        form_id: ask.form_id,
        email: ask.email.as_str(),
        email_key: ask.email.key(),
        is_known,
        short_code,
        code_nonce: &state.rng.id(),
        code_expires_at: now + limits::CODE_SECONDS,
        proven_at: None,
    };
    let mut tx = state.db.begin().await?;
    db::registrations::insert(&mut tx, &new, now).await?;
    let mail = CodeMail {
        flow_id: new.id,
        nonce: new.code_nonce,
        email: new.email,
        email_key: new.email_key,
        is_known,
        short_code,
    };
    write_mail(state, &mut tx, &mail, new.code_expires_at).await?;
    tx.commit().await?;
    state.audit.note(Event::done(Action::CodeAsked));
    state.outbox_filled.notify_one();
    Ok(secret)
}

/// The flow that this very form has started: a second click on its button.
pub async fn is_repeated(state: &State, cookie: Option<&str>, form_id: &str) -> db::Result<bool> {
    let Some(cookie) = cookie else {
        return Ok(false);
    };
    let flow = find(state, cookie).await?;
    Ok(flow.is_some_and(|flow| flow.form_id == form_id))
}

/// The flow of a cookie's secret, while it can still make an account.
pub async fn find(state: &State, secret: &str) -> db::Result<Option<Registration>> {
    db::registrations::find(&state.db, &token::hash(secret)).await
}

/// When the next code of a flow may be asked for; `None` when it has had them all.
pub fn send_again_at(flow: &Registration) -> Option<i64> {
    if flow.n_codes >= limits::CODES_PER_FLOW {
        return None;
    }
    let wait = wait(&limits::SEND_AGAIN_WAITS, flow.n_codes - 1);
    Some(flow.last_code_at + wait)
}

/// Puts a new code in place of the old one and mails it; false when it is too early or there is none left.
pub async fn send_again(
    state: &State,
    client: &Client,
    flow: &Registration,
) -> Result<bool, Refusal> {
    let now = state.clock.now();
    if send_again_at(flow).is_none_or(|at| at > now) {
        return Ok(false);
    }
    count_request(state, client, &flow.email_key).await?;
    let nonce = state.rng.id();
    let expires_at = now + limits::CODE_SECONDS;
    let short_code = flow.short_code && short_code::is_taken(state, &flow.email_key).await?;
    let mut tx = state.db.begin().await?;
    if !db::registrations::renew_code(&mut tx, &flow.id, flow.n_codes, &nonce, expires_at, now)
        .await?
    {
        return Ok(false);
    }
    let mail = CodeMail {
        flow_id: &flow.id,
        nonce: &nonce,
        email: &flow.email,
        email_key: &flow.email_key,
        is_known: flow.is_known,
        short_code,
    };
    write_mail(state, &mut tx, &mail, expires_at).await?;
    tx.commit().await?;
    state.audit.note(Event::done(Action::CodeAsked));
    state.outbox_filled.notify_one();
    Ok(true)
}

/// Presses the button of a mail: the registration goes on in this browser, with the mailbox proven,
/// and ends in every other. Gives the cookie's secret; `None` when the button is not good any more.
pub async fn press(
    state: &State,
    token: &str,
    cookie: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let secret = unused_secret(state, cookie).await?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let hash = mailed_link::hash(token);
    let Some(asked_by) = db::mailed_links::consume(&mut tx, Purpose::Register, &hash, now).await?
    else {
        drop(tx);
        let goes_on = second_press(state, cookie).await?;
        mailed_link::note(state, Purpose::Register, goes_on.is_some());
        return Ok(goes_on);
    };
    let Some(asked) = db::registrations::find_in(&mut tx, &asked_by).await? else {
        return Ok(None);
    };
    let new = NewRegistration {
        id: &state.rng.id(),
        flow_hash: &token::hash(&secret),
        form_id: "",
        email: &asked.email,
        email_key: &asked.email_key,
        is_known: asked.is_known,
        short_code: false,
        code_nonce: &state.rng.id(),
        code_expires_at: now + limits::PROVEN_SECONDS,
        proven_at: Some(now),
    };
    db::registrations::insert(&mut tx, &new, now).await?;
    db::registrations::end_others(&mut tx, &asked.email_key, new.id, now).await?;
    db::mailed_links::end_all(&mut tx, Purpose::Register, &asked.email_key, now).await?;
    tx.commit().await?;
    short_code::reset(state, &asked.email_key).await?;
    mailed_link::note(state, Purpose::Register, true);
    Ok(Some(secret))
}

/// A second click on the button, in the browser where the first one counted.
async fn second_press(state: &State, cookie: Option<&str>) -> db::Result<Option<String>> {
    let Some(cookie) = cookie else {
        return Ok(None);
    };
    let flow = find(state, cookie).await?;
    let goes_on = flow.is_some_and(|flow| flow.proven_at.is_some());
    Ok(goes_on.then(|| cookie.to_owned()))
}

/// The secret that the browser got with its form, or another one if a flow has it.
async fn unused_secret(state: &State, cookie: Option<&str>) -> db::Result<String> {
    let own = cookie.filter(|secret| token::is_token(secret));
    match own {
        Some(secret) if !db::registrations::is_used(&state.db, &token::hash(secret)).await? => {
            Ok(secret.to_owned())
        }
        _ => Ok(state.rng.token()),
    }
}

async fn count_request(state: &State, client: &Client, email_key: &str) -> Result<(), Refusal> {
    use limits::{CODES_OF_CLIENT, CODES_PER_ADDRESS, CODES_PER_ADDRESS_SHORT};
    let tries = state.throttle.spend_as(client, &CODES_OF_CLIENT).await?;
    tries.keep();
    let per_address = [
        (CODES_PER_ADDRESS_SHORT, email_key),
        (CODES_PER_ADDRESS, email_key),
    ];
    match mail::spend(state, &per_address, &client.network(), Urgency::Ordinary).await {
        Ok(()) => Ok(()),
        Err(error) => {
            Err(mailed_link::prolong_last(state, Purpose::Register, email_key, error).await)
        }
    }
}

struct CodeMail<'a> {
    flow_id: &'a str,
    nonce: &'a str,
    email: &'a str,
    email_key: &'a str,
    is_known: bool,
    short_code: bool,
}

/// Puts mail and button into the database; both rows are there for known addresses too.
async fn write_mail(
    state: &State,
    tx: &mut Writing,
    mail: &CodeMail<'_>,
    expires_at: i64,
) -> db::Result<()> {
    let token = mailed_link::token(&state.secrets, Purpose::Register, mail.flow_id, mail.nonce);
    let button = NewButton {
        token_hash: &mailed_link::hash(&token),
        purpose: Purpose::Register,
        subject: mail.email_key,
        flow_id: mail.flow_id,
        expires_at,
    };
    db::mailed_links::insert(tx, &button, state.clock.now()).await?;
    let letter = if mail.is_known {
        Letter::Known
    } else {
        Letter::Code {
            flow: mail.flow_id.to_owned(),
            nonce: mail.nonce.to_owned(),
            short_code: mail.short_code,
        }
    };
    mail::put(state, tx, mail.email, &letter, expires_at).await
}

/// Whether the mails of everybody hold a button only, just now.
pub async fn is_button_only(state: &State, flow: &Registration) -> db::Result<bool> {
    Ok(!flow.short_code || short_code::is_strong_mode(state).await?)
}

/// The code that a flow mailed: derived, so that neither database nor outbox hold it.
pub fn code(secrets: &Secrets, flow_id: &str, nonce: &str, digits: usize) -> String {
    let fields = [flow_id.as_bytes(), nonce.as_bytes()];
    secrets.derive_characters("registration code", &fields, b"0123456789", digits)
}
