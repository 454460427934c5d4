//! Step-up: what is sensitive asks for the password again unless it was given a short while ago.
//! A proof gives the session another token; wrong passwords are counted before they are compared.

use super::session::{self, Rotating, Token};
use super::{Refusal, choice, limits, throttle};
use crate::db;
use crate::state::State;
use crate::web::guard::SignedIn;

/// Whether the last proof is recent enough for what is sensitive.
pub fn is_fresh(state: &State, who: &SignedIn) -> bool {
    state.clock.now() - who.proven_at < limits::PROOF_SECONDS
}

/// Whether this is the signed-in person's password. Wrong, and too soon after wrong ones, look alike.
pub async fn is_password(state: &State, who: &SignedIn, password: &str) -> Result<bool, Refusal> {
    let (kind, now) = (limits::FAILED_PROOFS, state.clock.now());
    let key = throttle::key(state, kind, &who.account_id);
    let waits = limits::LOGIN_WAITS;
    if !db::counters::count_unless_blocked(&state.db, kind, &key, waits, now).await? {
        return Ok(false);
    }
    let stored = db::accounts::password_hash(&state.db, &who.account_id).await?;
    let password = choice::normal_form(password);
    if !state.passwords.verify(password, stored).await? {
        return Ok(false);
    }
    let mut tx = state.db.begin().await?;
    db::counters::reset(&mut tx, kind, &key).await?;
    tx.commit().await?;
    Ok(true)
}

/// Takes the password as a proof; `None` when it is wrong or the session has ended.
pub async fn prove(
    state: &State,
    who: &SignedIn,
    password: &str,
) -> Result<Option<Token>, Refusal> {
    if is_password(state, who, password).await? {
        Ok(proven(state, who).await?)
    } else {
        Ok(None)
    }
}

/// Notes a proof, by whatever means it came, and gives the session another token; the one before
/// is dead at once. `None` when the session has ended.
pub async fn proven(state: &State, who: &SignedIn) -> db::Result<Option<Token>> {
    let mut tx = state.db.begin().await?;
    db::sessions::set_proven(&mut tx, &who.session_id, state.clock.now()).await?;
    let session = Rotating {
        id: &who.session_id,
        persistent: who.persistent,
        has_key: who.renews_in.is_some(),
    };
    let token = session::rotate(state, &mut tx, &session, 0).await?;
    tx.commit().await?;
    Ok(token)
}
