//! Sessions: a 256-bit token in a cookie, its SHA-256 in the database, two limits on its life.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::limits;
use crate::db::sessions::{NewSession, Session};
use crate::db::{self, Writing};
use crate::state::State;

/// Longest name of a browser that is kept, in characters.
const MAX_USER_AGENT: usize = 200;

/// What goes into the cookie of a new session.
pub struct Token {
    /// The secret.
    pub value: String,
    /// Seconds the cookie outlives the browser by; `None` ends it with the browser.
    pub max_age: Option<i64>,
}

/// The database's form of a random token.
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// Starts a session inside the caller's transaction.
pub async fn start(
    state: &State,
    tx: &mut Writing,
    account_id: &str,
    auto_login: bool,
    headers: &HeaderMap,
) -> db::Result<Token> {
    let now = state.clock.now();
    let (idle, life) = spans(auto_login);
    let value = state.rng.token();
    let new = NewSession {
        id: &state.rng.id(),
        token_hash: &hash(&value),
        account_id,
        persistent: auto_login,
        user_agent: &user_agent(headers),
        idle_until: now + idle,
        expires_at: now + life,
    };
    db::sessions::insert(tx, &new, now).await?;
    Ok(Token {
        value,
        max_age: auto_login.then_some(limits::AUTO_LOGIN_IDLE),
    })
}

/// The live session of a token; notes the use.
pub async fn find(state: &State, token: &str) -> db::Result<Option<Session>> {
    let now = state.clock.now();
    let Some(session) = db::sessions::find(&state.db, &hash(token), now).await? else {
        return Ok(None);
    };
    if now - session.last_seen_at >= limits::SESSION_TOUCH {
        let (idle, _) = spans(session.persistent);
        let touched = db::sessions::touch(&state.db, &session.id, now, now + idle).await;
        // A full disk must not sign anybody out: the note is lost, the session is not.
        if let Err(error) = touched {
            tracing::warn!(%error, "noting the use of a session");
        }
    }
    Ok(Some(session))
}

/// Whether a session, by its identifier, has not ended: for sockets that outlive a request.
pub async fn is_live(state: &State, session_id: &str) -> db::Result<bool> {
    db::sessions::is_live(&state.db, session_id, state.clock.now()).await
}

/// Ends a session at once, open sockets included.
pub async fn end(state: &State, session_id: &str) -> db::Result<()> {
    db::sessions::delete(&state.db, session_id).await?;
    tell_ended(state, session_id);
    Ok(())
}

/// Tells open sockets that a session has ended.
pub fn tell_ended(state: &State, session_id: &str) {
    // An error means that no socket is open.
    state.ended_sessions.send(session_id.to_owned()).ok();
}

/// What the browser calls itself, cut to what a list of sessions can show.
fn user_agent(headers: &HeaderMap) -> String {
    let text = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    text.chars().take(MAX_USER_AGENT).collect()
}

fn spans(auto_login: bool) -> (i64, i64) {
    if auto_login {
        (limits::AUTO_LOGIN_IDLE, limits::AUTO_LOGIN_LIFE)
    } else {
        (limits::SESSION_IDLE, limits::SESSION_LIFE)
    }
}
