//! Passkeys (WebAuthn): adding, naming and removing them, and logging in with one. A passkey always verifies
//! its owner, by finger, face or PIN, so it counts as both factors. Credentials are sealed: whoever can only
//! write to the database cannot add one of their own.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::{Host, Url};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnBuilder,
};

pub use super::ceremony::CeremonyPurpose;
use super::ceremony::{self, Ticket};
use super::{committed, forget_wrong_codes, reader};
use crate::accounts::session;
use crate::accounts::session::new_session::{BrowserKey, SignIn};
use crate::accounts::{Refusal, notices};
use crate::audit::{Action, Event};
use crate::config::is_loopback;
use crate::db::accounts::passkeys::{self, NewPasskey};
use crate::db::{self, Writing, accounts, accounts::second_factors};
use crate::mail::FactorChange;
use crate::seal::{self, SealPlace};
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, Client, SignedIn};

/// Longest answer of an authenticator that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 16 * 1024;
/// Longest name of a passkey, in characters.
pub const MAX_NAME: usize = 40;

/// The WebAuthn relying party; `None` at a bare IP address, for which browsers make no passkeys.
pub fn relying_party(public_url: &Url) -> Option<Webauthn> {
    let mut origin = public_url.clone();
    // Browsers accept `localhost`, but no IP address of this machine.
    if is_loopback(public_url) {
        origin.set_host(Some("localhost")).ok()?;
    }
    let Some(Host::Domain(name)) = origin.host().map(|host| host.to_owned()) else {
        return None;
    };
    let built = WebauthnBuilder::new(&name, &origin).and_then(WebauthnBuilder::build);
    match built {
        Ok(relying_party) => Some(relying_party),
        Err(error) => {
            tracing::warn!(%error, %name, "passkeys cannot be used at this address");
            None
        }
    }
}

/// Where the passkeys of this cloud work.
pub struct Home {
    /// Host that the passkeys are bound to.
    pub host: String,
    /// Address of this cloud at that host.
    pub address: String,
}

/// Where passkeys work, if this cloud is reached by a name.
pub fn home(state: &State) -> Option<Home> {
    state.passkeys.as_ref()?;
    let mut url = state.public_url.clone();
    if is_loopback(&url) {
        url.set_host(Some("localhost")).ok()?;
    }
    Some(Home {
        host: url.host_str()?.to_owned(),
        address: url.to_string(),
    })
}

/// The browser's answer, and the account of the ceremony.
pub struct Signed<'a> {
    /// As [`add_options`] or [`options`] gave it.
    pub ceremony: &'a str,
    /// The browser's credential, as JSON text.
    pub credential: &'a str,
    /// Identifier of the session; empty to log in.
    pub whom: &'a str,
}

/// Options with which a browser makes a passkey for this account.
pub async fn add_options(state: &State, who: &SignedIn) -> db::Result<Option<Value>> {
    let Some(relying_party) = &state.passkeys else {
        return Ok(None);
    };
    let known = passkeys::list(&state.db, &who.account_id).await?;
    let known = known
        .iter()
        .filter_map(|known| BASE64URL_NOPAD.decode(known.credential_id.as_bytes()).ok());
    let started = relying_party.start_passkey_registration(
        handle(&who.account_id),
        &who.user_name,
        &who.user_name,
        Some(known.collect()),
    );
    let Ok((options, challenge)) = started.inspect_err(log) else {
        return Ok(None);
    };
    let ceremony = ceremony::begin(state, CeremonyPurpose::Add, &who.session_id, challenge);
    let mut options = json!(options);
    // The library leaves this open. Only a discoverable credential can log in without a user name.
    let selection = &mut options["publicKey"]["authenticatorSelection"];
    selection["residentKey"] = json!("required");
    selection["requireResidentKey"] = json!(true);
    Ok(Some(
        json!({ "publicKey": options["publicKey"], "ceremony": ceremony }),
    ))
}

/// Result of adding a passkey to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The passkey is stored and counts.
    Done,
    /// The browser's answer does not match what was asked, or came too late.
    Unfit,
    /// The account has as many as it may have, or has this one already.
    TooMany,
}

/// Adds the passkey that the browser made.
pub async fn add(
    state: &State,
    who: &SignedIn,
    signed: &Signed<'_>,
    name: &str,
) -> db::Result<Added> {
    let Some((passkey, ticket)) = made(state, signed) else {
        return Ok(Added::Unfit);
    };
    let credential_id = BASE64URL_NOPAD.encode(passkey.cred_id());
    let new = NewPasskey {
        id: &state.rng.id(),
        account_id: &who.account_id,
        credential_id: &credential_id,
        credential: &sealed(state, &who.account_id, &credential_id, &passkey),
        name,
    };
    let (most, now) = (limits::PASSKEYS_PER_ACCOUNT, state.clock.now());
    let mut tx = state.db.begin().await?;
    if !ticket.use_up(&mut tx).await? {
        return Ok(Added::Unfit);
    }
    if !passkeys::insert(&mut tx, &new, most, now).await? {
        return Ok(Added::TooMany);
    }
    notices::about_factor(
        state,
        &mut tx,
        reader(&who.account_id, &who.email),
        FactorChange::PasskeyAdded,
    )
    .await?;
    tx.commit().await?;
    committed(state, &who.account_id, FactorChange::PasskeyAdded);
    Ok(Added::Done)
}

fn made(state: &State, signed: &Signed<'_>) -> Option<(Passkey, Ticket)> {
    let relying_party = state.passkeys.as_ref()?;
    if signed.credential.len() > MAX_ANSWER_BYTES {
        return None;
    }
    let answer: RegisterPublicKeyCredential = serde_json::from_str(signed.credential).ok()?;
    let (add, whom) = (CeremonyPurpose::Add, signed.whom);
    let returned = ceremony::finish::<PasskeyRegistration>(state, add, whom, signed.ceremony)?;
    let passkey = relying_party
        .finish_passkey_registration(&answer, &returned.challenge)
        .inspect_err(log)
        .ok()?;
    Some((passkey, returned.ticket))
}

/// Removes a passkey; with the last one the second factor goes off unless there is an app.
/// False when it is unknown.
pub async fn remove(state: &State, who: &SignedIn, id: &str) -> db::Result<bool> {
    let account_id = &who.account_id;
    let mut tx = state.db.begin().await?;
    accounts::hold(&mut tx, account_id).await?;
    if passkeys::delete(&mut tx, account_id, id).await?.is_none() {
        return Ok(false);
    }
    notices::about_factor(
        state,
        &mut tx,
        reader(account_id, &who.email),
        FactorChange::PasskeyRemoved,
    )
    .await?;
    // With nothing left to answer a second factor, its owner would be locked out.
    let held = second_factors::find(&mut tx, account_id).await?;
    let was_last = held.is_some_and(|held| held.app_key.is_none() && held.n_passkeys == 0);
    let is_off = was_last && second_factors::turn_off(&mut tx, account_id).await?;
    if is_off {
        notices::about_factor(
            state,
            &mut tx,
            reader(account_id, &who.email),
            FactorChange::Off,
        )
        .await?;
    }
    tx.commit().await?;
    committed(state, account_id, FactorChange::PasskeyRemoved);
    if is_off {
        committed(state, account_id, FactorChange::Off);
    }
    Ok(true)
}

/// A name for a passkey, without blanks around it; `None` when it is empty, too long or unprintable.
pub fn checked_name(typed: &str) -> Option<&str> {
    let name = typed.trim();
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    (fits && proto::shown::is_all_shown(name)).then_some(name)
}

/// Options with which a browser signs by any passkey that it has for this cloud.
pub fn options(state: &State, purpose: CeremonyPurpose, whom: &str) -> Option<Value> {
    let relying_party = state.passkeys.as_ref()?;
    let started = relying_party.start_discoverable_authentication();
    let (options, challenge) = started.inspect_err(log).ok()?;
    let ceremony = ceremony::begin(state, purpose, whom, challenge);
    Some(json!({ "publicKey": json!(options)["publicKey"], "ceremony": ceremony }))
}

/// A valid signature; it counts once [`Proof::use_up`] returns true.
pub struct Proof {
    stored: passkeys::Passkey,
    credential: String,
    ticket: Ticket,
}

/// Checks what the browser signed with a passkey of any account.
pub async fn check(
    state: &State,
    purpose: CeremonyPurpose,
    signed: &Signed<'_>,
) -> db::Result<Option<Proof>> {
    let Some(relying_party) = &state.passkeys else {
        return Ok(None);
    };
    let returned = ceremony::finish::<DiscoverableAuthentication>(
        state,
        purpose,
        signed.whom,
        signed.ceremony,
    );
    let answer = Some(signed.credential)
        .filter(|text| text.len() <= MAX_ANSWER_BYTES)
        .and_then(|text| serde_json::from_str::<PublicKeyCredential>(text).ok());
    let (Some(returned), Some(answer)) = (returned, answer) else {
        return Ok(None);
    };
    let id = BASE64URL_NOPAD.encode(answer.get_credential_id());
    let Some(stored) = passkeys::find_by_credential(&state.db, &id).await? else {
        return Ok(None);
    };
    let held = second_factors::find(&state.db, &stored.account_id).await?;
    if held.is_none_or(|held| held.locked_at.is_some()) {
        return Ok(None);
    }
    // WebAuthn §7.2: the user handle must name the owner of the credential.
    let is_of_account = answer.get_user_unique_id() == Some(handle(&stored.account_id).as_bytes());
    let Some(mut passkey) = opened(state, &stored).filter(|_| is_of_account) else {
        return Ok(None);
    };
    let checked = relying_party.finish_discoverable_authentication_v2(
        &answer,
        returned.challenge,
        DiscoverableKey::from(&passkey),
    );
    let Ok(result) = checked.inspect_err(log) else {
        return Ok(None);
    };
    let credential = match passkey.update_credential(&result) {
        Some(true) => sealed(state, &stored.account_id, &stored.credential_id, &passkey),
        _ => stored.credential.clone(),
    };
    Ok(result.user_verified().then_some(Proof {
        stored,
        credential,
        ticket: returned.ticket,
    }))
}

impl Proof {
    /// Account that the passkey belongs to.
    pub fn account_id(&self) -> &str {
        &self.stored.account_id
    }

    /// Uses the ceremony up and notes the use; false when that was done before, or
    /// the passkey was used meanwhile.
    pub async fn use_up(&self, state: &State, tx: &mut Writing) -> db::Result<bool> {
        let (stored, now) = (&self.stored, state.clock.now());
        let is_first = self.ticket.use_up(tx).await?
            && passkeys::set_used(tx, &stored.id, &stored.credential, &self.credential, now)
                .await?;
        if is_first {
            forget_wrong_codes(state, tx, &stored.account_id).await?;
        }
        Ok(is_first)
    }
}

/// A request to log in with a passkey.
pub struct LogIn<'a> {
    /// The browser's answer, signed by the passkey.
    pub signed: Signed<'a>,
    /// Stay signed in after the browser ends.
    pub auto_login: bool,
    /// Key of the browser, which renews the session with Auto-login.
    pub browser_key: &'a str,
}

/// Starts a session for the owner of the passkey that signed; both factors in one step.
pub async fn log_in(
    state: &State,
    client: &Client,
    wanted: &LogIn<'_>,
    browser: &Browser,
) -> Result<Option<session::Token>, Refusal> {
    let per_client = limits::WRONG_FACTORS_OF_CLIENT.map(|limit| (limit, &*client.0));
    let tries = state.throttle.spend(&per_client).await?;
    let token = async {
        let denied = || {
            state
                .audit
                .note(Event::denied(Action::LogIn).subject("passkey"))
        };
        let Some(proof) = check(state, CeremonyPurpose::LogIn, &wanted.signed).await? else {
            denied();
            return Ok(None);
        };
        let mut tx = state.db.begin().await?;
        let may = accounts::hold_to_sign_in(&mut tx, proof.account_id(), None).await?;
        if !may || !proof.use_up(state, &mut tx).await? {
            denied();
            return Ok(None);
        }
        let sign_in = SignIn {
            account_id: proof.account_id(),
            auto_login: wanted.auto_login,
            key: BrowserKey::parse(wanted.browser_key),
            browser,
            n_failed: 0,
        };
        let started = session::start(state, &mut tx, &sign_in).await?;
        tx.commit().await?;
        let event = Event::done(Action::LogIn).account(proof.account_id());
        state.audit.note(event.subject("passkey"));
        Ok(Some(started.committed(state)))
    };
    let token = token.await;
    tries.refund_if(matches!(token, Ok(Some(_)))).await?;
    token
}

/// The user handle: a hash, so that authenticators store nothing that anybody could look up.
fn handle(account_id: &str) -> Uuid {
    let hash = Sha256::digest([b"passkey user handle:", account_id.as_bytes()].concat());
    Uuid::from_slice(&hash[..16]).expect("a handle has 16 bytes")
}

/// The account is part of the seal as well: moved to another account's row, a credential does not open.
fn place(row: &str) -> SealPlace<'_> {
    SealPlace {
        table: "passkeys",
        column: "credential",
        row,
    }
}

fn sealed(state: &State, account_id: &str, credential_id: &str, passkey: &Passkey) -> String {
    let row = format!("{account_id}/{credential_id}");
    let bytes = serde_json::to_vec(passkey).expect("a passkey is a struct of plain values");
    seal::seal(&state.secrets, state.rng, place(&row), &bytes)
}

fn opened(state: &State, stored: &passkeys::Passkey) -> Option<Passkey> {
    let row = format!("{}/{}", stored.account_id, stored.credential_id);
    let bytes = seal::open(&state.secrets, place(&row), &stored.credential);
    if bytes.is_none() {
        tracing::error!(
            "cannot decrypt a passkey: its row was changed, or server.key is another one"
        );
    }
    serde_json::from_slice(&bytes?).ok()
}

fn log(error: &webauthn_rs::prelude::WebauthnError) {
    tracing::info!(%error, "a passkey was not accepted");
}
