//! The second factor of an account: on or off, its authenticator app and its recovery codes; passkeys have
//! their own file. Callers of a function that changes something must have authenticated the person.

pub mod second_step;
pub mod step_up;

pub mod app_code;
pub mod base32;
pub mod ceremony;
pub mod passkeys;
pub mod recovery_code;

use zeroize::Zeroizing;

use super::Refusal;
use super::notices::{self, Reader};
use crate::audit::{Action, Event};
use crate::db::accounts::second_factors::{self, HeldFactors};
use crate::db::{self, Writing, accounts};
use crate::mail::FactorChange;
use crate::seal::{self, SealPlace};
use crate::state::State;
use crate::throttle::limits;
use app_code::Key;

/// A set of recovery codes, to be shown once.
pub type Codes = Vec<Zeroizing<String>>;

/// The second factors of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Factors {
    /// Whether the second factor is on.
    pub is_on: bool,
    /// Whether a code app is confirmed.
    pub has_app: bool,
    /// Recovery codes that are left.
    pub n_codes: i64,
    /// Number of passkeys of the account.
    pub n_passkeys: i64,
}

impl From<&HeldFactors> for Factors {
    fn from(held: &HeldFactors) -> Factors {
        Factors {
            is_on: held.turned_on_at.is_some(),
            has_app: held.app_key.is_some(),
            n_codes: held.n_codes,
            n_passkeys: held.n_passkeys,
        }
    }
}

/// The second factors of this account.
pub async fn find(state: &State, account_id: &str) -> db::Result<Factors> {
    let held = second_factors::find(&state.db, account_id).await?;
    Ok(held.as_ref().map(Factors::from).unwrap_or_default())
}

/// Offers a new key for a code app; it counts once its owner has typed a code of it.
pub async fn offer_app(state: &State, account_id: &str) -> db::Result<()> {
    let key = Key::new(state.rng.bytes());
    let sealed = seal::seal(&state.secrets, state.rng, place(account_id), key.bytes());
    second_factors::offer_key(&state.db, account_id, &sealed, state.clock.now()).await
}

/// The key that was offered and not confirmed yet.
pub async fn offered_app(state: &State, account_id: &str) -> db::Result<Option<Key>> {
    Ok(offered(state, account_id).await?.map(|(_, key)| key))
}

/// What a typed code of a new app was worth.
pub enum Confirmed {
    /// Wrong code; the same key accepts another one.
    Wrong,
    /// The offer has expired or was replaced.
    Expired,
    /// The app is confirmed; recovery codes come with it unless the second factor was on before.
    Done(Option<Codes>),
}

/// Confirms the offered key if the code is one of it.
pub async fn confirm_app(
    state: &State,
    account_id: &str,
    typed: &str,
) -> Result<Confirmed, Refusal> {
    let Some((sealed, key)) = offered(state, account_id).await? else {
        return Ok(Confirmed::Expired);
    };
    let now = state.clock.now();
    let step = key.step_of(&digits(typed), now);
    if step == 0 {
        return Ok(Confirmed::Wrong);
    }
    let Some(held) = second_factors::find(&state.db, account_id).await? else {
        return Ok(Confirmed::Expired);
    };
    // Before the transaction: hashing ten codes in it would hold the account, and SQLite's only writer, for
    // as long.
    let set = match held.turned_on_at {
        Some(_) => None,
        None => Some(new_set(state, account_id).await?),
    };
    let mut tx = state.db.begin().await?;
    if !is_unchanged(&mut tx, account_id, &held).await? {
        return Ok(Confirmed::Expired);
    }
    if !second_factors::adopt_key(&mut tx, account_id, &sealed, step).await? {
        return Ok(Confirmed::Expired);
    }
    if let Some(set) = &set {
        set.store(&mut tx, account_id, now).await?;
    }
    notices::about_factor(
        state,
        &mut tx,
        reader(account_id, &held.email),
        FactorChange::App,
    )
    .await?;
    tx.commit().await?;
    committed(state, account_id, FactorChange::App);
    Ok(Confirmed::Done(set.map(|set| set.codes)))
}

/// Turns the second factor on where there is a passkey; `None` when there is none, or when it is on already.
pub async fn turn_on(state: &State, account_id: &str) -> Result<Option<Codes>, Refusal> {
    replace_codes(state, account_id, false).await
}

/// New recovery codes in place of the old ones; `None` when the second factor is off.
pub async fn renew_codes(state: &State, account_id: &str) -> Result<Option<Codes>, Refusal> {
    replace_codes(state, account_id, true).await
}

async fn replace_codes(
    state: &State,
    account_id: &str,
    is_on: bool,
) -> Result<Option<Codes>, Refusal> {
    let Some(held) = second_factors::find(&state.db, account_id).await? else {
        return Ok(None);
    };
    let is_possible = is_on || held.n_passkeys > 0;
    if held.turned_on_at.is_some() != is_on || !is_possible {
        return Ok(None);
    }
    let set = new_set(state, account_id).await?;
    let mut tx = state.db.begin().await?;
    if !is_unchanged(&mut tx, account_id, &held).await? {
        return Ok(None);
    }
    set.store(&mut tx, account_id, state.clock.now()).await?;
    let change = if is_on {
        FactorChange::Codes
    } else {
        FactorChange::On
    };
    notices::about_factor(state, &mut tx, reader(account_id, &held.email), change).await?;
    tx.commit().await?;
    committed(state, account_id, change);
    Ok(Some(set.codes))
}

/// Holds the account; false when its second factor, recovery codes or passkeys changed since `before` was read.
async fn is_unchanged(
    tx: &mut Writing,
    account_id: &str,
    before: &HeldFactors,
) -> db::Result<bool> {
    accounts::hold(tx, account_id).await?;
    let held = second_factors::find(tx, account_id).await?;
    Ok(held.is_some_and(|now| {
        now.turned_on_at == before.turned_on_at
            && now.code_salt == before.code_salt
            && now.n_passkeys == before.n_passkeys
    }))
}

/// Turns the second factor off: app and recovery codes are deleted, passkeys stay.
pub async fn turn_off(state: &State, account_id: &str) -> db::Result<bool> {
    let Some(held) = second_factors::find(&state.db, account_id).await? else {
        return Ok(false);
    };
    let mut tx = state.db.begin().await?;
    accounts::hold(&mut tx, account_id).await?;
    if !second_factors::turn_off(&mut tx, account_id).await? {
        return Ok(false);
    }
    notices::about_factor(
        state,
        &mut tx,
        reader(account_id, &held.email),
        FactorChange::Off,
    )
    .await?;
    tx.commit().await?;
    committed(state, account_id, FactorChange::Off);
    Ok(true)
}

/// What a typed code matches; it counts once [`Match::use_up`] returns true.
pub enum Match {
    /// A code of the app.
    Step {
        /// The key as it is stored, sealed.
        sealed_key: String,
        /// Time step of the code (RFC 6238).
        step: i64,
    },
    /// Has the form of a recovery code.
    Code {
        /// Its Argon2 hash, looked up when it is used.
        hash: String,
    },
}

/// Compares a typed code with the account's factors; its form tells app codes from recovery codes. The try is
/// spent before the comparison, and a running wait looks like a wrong code.
pub async fn compare(
    state: &State,
    account_id: &str,
    typed: &str,
) -> Result<Option<Match>, Refusal> {
    let recovery = recovery_code::parse(typed);
    let rule = match recovery {
        Some(_) => limits::WRONG_RECOVERY_CODES,
        None => limits::WRONG_APP_CODES,
    };
    let key = state.throttle.key(rule.kind, account_id);
    let Some(tries) = state.throttle.spend_in_a_row(rule, &key).await? else {
        return Ok(None);
    };
    let compared = async {
        let held = second_factors::find(&state.db, account_id).await?;
        let Some(held) = held.filter(|held| held.locked_at.is_none()) else {
            return Ok(None);
        };
        match recovery {
            Some(code) => compare_recovery(state, &held, code).await,
            None => Ok(compare_app(state, account_id, held, typed)),
        }
    };
    let compared = compared.await;
    // On an error nothing was compared, so it is no try.
    tries.refund_if(compared.is_err()).await?;
    compared
}

impl Match {
    /// Uses the code up and forgets the wrong ones before it; false when it was used before.
    pub async fn use_up(
        &self,
        state: &State,
        tx: &mut Writing,
        account_id: &str,
    ) -> db::Result<bool> {
        let is_first = match self {
            Match::Step { sealed_key, step } => {
                second_factors::use_step(tx, account_id, sealed_key, *step).await?
            }
            Match::Code { hash } => {
                second_factors::use_code(tx, account_id, hash, state.clock.now()).await?
            }
        };
        if !is_first {
            return Ok(false);
        }
        forget_wrong_codes(state, tx, account_id).await?;
        // Every recovery causes a notice (NIST SP 800-63B-4 §4.2.3).
        if let Match::Code { .. } = self
            && let Some(held) = second_factors::find(&mut *tx, account_id).await?
        {
            notices::about_factor(
                state,
                tx,
                reader(account_id, &held.email),
                FactorChange::CodeUsed,
            )
            .await?;
        }
        Ok(true)
    }

    /// Reports the use once its transaction is committed.
    pub fn committed(&self, state: &State, account_id: &str) {
        if let Match::Code { .. } = self {
            committed(state, account_id, FactorChange::CodeUsed);
        }
    }
}

/// A right factor of any kind resets the counts of wrong codes.
pub(super) async fn forget_wrong_codes(
    state: &State,
    tx: &mut Writing,
    account_id: &str,
) -> db::Result<()> {
    for rule in [limits::WRONG_APP_CODES, limits::WRONG_RECOVERY_CODES] {
        state.throttle.reset(tx, rule.kind, account_id).await?;
    }
    Ok(())
}

pub(super) fn reader<'a>(account_id: &'a str, email: &'a str) -> Reader<'a> {
    Reader { account_id, email }
}

/// Writes a committed change into the audit log and wakes the sender of its mail.
pub(super) fn committed(state: &State, account_id: &str, change: FactorChange) {
    let event = Event::done(Action::FactorChanged).account(account_id);
    state.audit.note(event.subject(change.name()));
    state.outbox_filled.notify_one();
}

fn compare_app(state: &State, account_id: &str, held: HeldFactors, typed: &str) -> Option<Match> {
    let sealed_key = held.app_key?;
    let key = open(state, account_id, &sealed_key)?;
    let step = key.step_of(&digits(typed), state.clock.now());
    (step > 0).then_some(Match::Step { sealed_key, step })
}

async fn compare_recovery(
    state: &State,
    held: &HeldFactors,
    code: Zeroizing<String>,
) -> Result<Option<Match>, Refusal> {
    let salt = held.code_salt.as_deref();
    let salt = salt.and_then(|salt| state.passwords.stored_salt(salt));
    let Some(salt) = salt else { return Ok(None) };
    let hashes = state.passwords.hash_set(vec![code], salt).await?;
    Ok(hashes.into_iter().next().map(|hash| Match::Code { hash }))
}

async fn offered(state: &State, account_id: &str) -> db::Result<Option<(String, Key)>> {
    let since = state.clock.now() - limits::OFFER_SECONDS;
    let sealed = second_factors::offered_key(&state.db, account_id, since).await?;
    Ok(sealed.and_then(|sealed| {
        let key = open(state, account_id, &sealed)?;
        Some((sealed, key))
    }))
}

fn open(state: &State, account_id: &str, sealed: &str) -> Option<Key> {
    let opened = seal::open(&state.secrets, place(account_id), sealed);
    if opened.is_none() {
        tracing::error!(
            "cannot decrypt the key of an authenticator app: its row was changed, or server.key is another one"
        );
    }
    Key::from_slice(&opened?)
}

/// Offered and confirmed keys share one place, so confirming copies the sealed text as it is.
fn place(account_id: &str) -> SealPlace<'_> {
    SealPlace {
        table: "app_keys",
        column: "sealed_key",
        row: account_id,
    }
}

/// Apps show codes in two groups, and people type the space between them.
fn digits(typed: &str) -> String {
    let plain = proto::typed::plain(typed);
    // One digit more than valid: a longer text stays wrong instead of being cut to a right code.
    plain.chars().take(app_code::DIGITS + 1).collect()
}

struct NewSet {
    codes: Codes,
    hashes: Vec<String>,
    salt: String,
}

async fn new_set(state: &State, account_id: &str) -> Result<NewSet, Refusal> {
    let of_account = [(limits::CODE_SETS, account_id)];
    let tries = state.throttle.spend(&of_account).await?;
    let codes = recovery_code::new_set(state.rng);
    let salt = state.passwords.new_salt(state.rng);
    let text = salt.text();
    let hashes = state.passwords.hash_set(codes.clone(), salt).await;
    tries.refund_if(hashes.is_err()).await?;
    let hashes = hashes?;
    Ok(NewSet {
        codes,
        hashes,
        salt: text,
    })
}

impl NewSet {
    async fn store(&self, tx: &mut Writing, account_id: &str, now: i64) -> db::Result<()> {
        second_factors::turn_on(tx, account_id, &self.salt, now).await?;
        second_factors::replace_codes(tx, account_id, &self.hashes).await
    }
}
