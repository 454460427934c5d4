//! Step-up: sensitive actions require password and second factor, or a passkey, unless one was given a short
//! while ago. A proof gives the session a new token; wrong passwords are counted before the comparison.

use crate::accounts::factors::passkeys::{self, CeremonyPurpose};
use crate::accounts::session::{self, Rotating, Token};
use crate::accounts::{Refusal, factors, password::policy};
use crate::audit::{Action, Event, Outcome};
use crate::db::{self, Writing};
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::SignedIn;

/// Whether the last proof is recent enough for a sensitive action.
pub fn is_fresh(state: &State, who: &SignedIn) -> bool {
    state.clock.now() - who.proven_at < limits::PROOF_SECONDS
}

/// The stored hash if this is the person's password; `None` alike when it is wrong and while a wait is running.
pub async fn hash_that_fits(
    state: &State,
    who: &SignedIn,
    password: &str,
) -> Result<Option<String>, Refusal> {
    // The place comes first: whoever finds none must not spend a try.
    let place = state.passwords.place().await?;
    let (rule, account_id) = (limits::FAILED_PROOFS, &who.account_id);
    let key = state.throttle.key(rule.kind, account_id);
    let Some(tries) = state.throttle.spend_in_a_row(rule, &key).await? else {
        return Ok(None);
    };
    let compared = async {
        let stored = db::accounts::password_hash(&state.db, account_id).await?;
        let password = policy::normal_form(password);
        let fits = place.verify(password, stored.clone()).await?;
        Ok::<_, Refusal>(stored.filter(|_| fits))
    };
    let compared = compared.await;
    // On an error nothing was compared, so it is no try.
    tries.refund_if(compared.is_err()).await?;
    let Some(hash) = compared? else {
        return Ok(None);
    };
    let mut tx = state.db.begin().await?;
    state.throttle.reset(&mut tx, rule.kind, account_id).await?;
    tx.commit().await?;
    Ok(Some(hash))
}

/// Accepts the password, plus a code where a second factor is on; `None` when one is wrong
/// or the session has ended.
pub async fn prove(
    state: &State,
    who: &SignedIn,
    password: &str,
    code: &str,
) -> Result<Option<Token>, Refusal> {
    let proven = prove_with_password(state, who, password, code).await?;
    Ok(noted(state, who, proven))
}

/// Writes into the audit log whether a proof was right.
fn noted(state: &State, who: &SignedIn, proven: Option<Token>) -> Option<Token> {
    let outcome = match proven {
        Some(_) => Outcome::Ok,
        None => Outcome::Denied,
    };
    let event = Event::new(Action::StepUp, outcome).account(&who.account_id);
    state.audit.note(event);
    proven
}

async fn prove_with_password(
    state: &State,
    who: &SignedIn,
    password: &str,
    code: &str,
) -> Result<Option<Token>, Refusal> {
    let account_id = &who.account_id;
    if hash_that_fits(state, who, password).await?.is_none() {
        return Ok(None);
    }
    if !factors::find(state, account_id).await?.is_on {
        return Ok(proven(state, who).await?);
    }
    let Some(matched) = factors::compare(state, account_id, code).await? else {
        return Ok(None);
    };
    let mut tx = state.db.begin().await?;
    if !matched.use_up(state, &mut tx, account_id).await? {
        return Ok(None);
    }
    // One transaction: a code is not used up for a session that has ended meanwhile.
    let Some(token) = proven_in(state, &mut tx, who).await? else {
        return Ok(None);
    };
    tx.commit().await?;
    matched.committed(state, account_id);
    Ok(Some(token))
}

/// Accepts a passkey of the signed-in person in place of password and second factor.
pub async fn prove_with_passkey(
    state: &State,
    who: &SignedIn,
    signed: &passkeys::Signed<'_>,
) -> Result<Option<Token>, Refusal> {
    let proof = passkeys::check(state, CeremonyPurpose::StepUp, signed).await?;
    let Some(proof) = proof.filter(|proof| proof.account_id() == who.account_id) else {
        return Ok(noted(state, who, None));
    };
    let mut tx = state.db.begin().await?;
    if !proof.use_up(state, &mut tx).await? {
        return Ok(noted(state, who, None));
    }
    let token = proven_in(state, &mut tx, who).await?;
    tx.commit().await?;
    Ok(noted(state, who, token))
}

/// Notes a proof of any kind and gives the session a new token; `None` when the session has ended.
pub async fn proven(state: &State, who: &SignedIn) -> db::Result<Option<Token>> {
    let mut tx = state.db.begin().await?;
    let token = proven_in(state, &mut tx, who).await?;
    tx.commit().await?;
    Ok(token)
}

/// [`proven`] inside the caller's transaction.
pub async fn proven_in(
    state: &State,
    tx: &mut Writing,
    who: &SignedIn,
) -> db::Result<Option<Token>> {
    db::accounts::sessions::set_proven(tx, &who.session_id, state.clock.now()).await?;
    let session = Rotating {
        id: &who.session_id,
        persistent: who.persistent,
        has_key: who.renews_in.is_some(),
    };
    // No grace: after a proof the old token is dead at once (ASVS 7.2.4), so a stolen one does not share it.
    session::rotate(state, tx, &session, 0).await
}
