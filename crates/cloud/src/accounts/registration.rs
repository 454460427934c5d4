//! Registration: an address gets a mail with a code and a link, and whoever brings one of them back creates the
//! account. Known and unknown addresses take the same steps; only the mail differs.

pub mod setup;

pub mod finish;

use proto::throttle::wait;

use super::Refusal;
use super::mailed_secret::{self, Envelope, MailRequest, MailedSecret, Purpose, short_code};
use super::names::Email;
use crate::audit::{Action, Event};
use crate::db::{self, accounts::mailed_secrets};
use crate::mail::letters::registration::Code;
use crate::mail::{self, Letter, Urgency};
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::Client;

pub use finish::{Finished, NewRegistration, finish};

/// Mails an address for the first time; returns the cookie's secret.
pub async fn begin(
    state: &State,
    client: &Client,
    email: &Email,
    asking: &MailRequest<'_>,
) -> Result<String, Refusal> {
    spend_mail(state, client, email.key()).await?;
    let is_known = db::accounts::is_known_email(&state.db, email.key()).await?;
    let short_code = asking.short_code && short_code::is_taken(state, email.key()).await?;
    let new = MailedSecret {
        address: email.as_str().to_owned(),
        address_key: email.key().to_owned(),
        // A known address gets a flow in which no code is right (ASVS 6.3.8).
        is_decoy: is_known,
        short_code,
        ..MailedSecret::new(Purpose::Registration, email.key())
    };
    let asked = Event::done(Action::CodeAsked);
    Ok(mailed_secret::begin(state, new, asking, asked, envelope).await?)
}

/// When the browser may ask for its next code; `None` when it has had all of them.
pub fn send_again_at(flow: &MailedSecret) -> Option<i64> {
    if flow.n_mails >= limits::CODES_PER_FLOW {
        return None;
    }
    let wait = wait(&limits::SEND_AGAIN_WAITS, flow.n_mails - 1);
    Some(flow.created_at + wait)
}

/// Replaces the code by a new one and mails it; false when it is too early or none is left.
pub async fn send_again(
    state: &State,
    client: &Client,
    flow: &MailedSecret,
) -> Result<bool, Refusal> {
    if send_again_at(flow).is_none_or(|at| at > state.clock.now()) {
        return Ok(false);
    }
    spend_mail(state, client, &flow.subject).await?;
    let short_code = flow.short_code && short_code::is_taken(state, &flow.subject).await?;
    let mut tx = state.db.begin().await?;
    // Only the first of several clicks releases the row, so they send one mail.
    let Some(old) = mailed_secrets::release(&mut tx, &flow.id).await? else {
        return Ok(false);
    };
    let new = MailedSecret {
        flow_hash: flow.flow_hash.clone(),
        short_code,
        n_mails: old.n_mails + 1,
        proven_at: None,
        ..old
    };
    let issued = mailed_secret::issue(state, &mut tx, new).await?;
    mailed_secret::post(state, tx, envelope(issued)).await?;
    state.audit.note(Event::done(Action::CodeAsked));
    Ok(true)
}

fn envelope(issued: MailedSecret) -> Envelope {
    let letter = if issued.is_decoy {
        Letter::Known
    } else {
        Letter::Code(Code {
            flow: issued.id,
            nonce: issued.nonce,
            short_code: issued.short_code,
        })
    };
    Envelope {
        to: issued.address,
        letter,
        expires_at: issued.expires_at,
    }
}

async fn spend_mail(state: &State, client: &Client, email_key: &str) -> Result<(), Refusal> {
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
            let purpose = Purpose::Registration;
            Err(mailed_secret::prolong_last(state, purpose, email_key, error).await)
        }
    }
}
