//! A passkey ceremony between its two requests. What the server must remember travels with the
//! browser, sealed, dated and bound to what it is for, and counts once: so a ceremony that nobody
//! finishes, however many a stranger starts, costs no row and no memory.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::db::{self, Writing};
use crate::seal::{self, SealPlace};
use crate::state::State;
use crate::throttle::limits;

/// Longest ceremony that is looked at.
const MAX_BYTES: usize = 32 * 1024;

/// What a ceremony is for; it is good for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyPurpose {
    /// Logging in, as the only step or as the second one.
    LogIn,
    /// Adding a passkey to the account of a session.
    Add,
    /// Showing once more who is at a session.
    StepUp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content<S> {
    id: String,
    expires_at: i64,
    challenge: S,
}

/// A ceremony that came back.
pub(super) struct Returned<S> {
    /// What the library has to remember.
    pub(super) challenge: S,
    pub(super) ticket: Ticket,
}

/// Makes a ceremony count once.
pub(super) struct Ticket {
    id: String,
    expires_at: i64,
}

/// Seals a ceremony that begins now, for this session or for whoever logs in.
pub(super) fn begin<S: Serialize>(
    state: &State,
    purpose: CeremonyPurpose,
    whom: &str,
    challenge: S,
) -> String {
    let content = Content {
        id: state.rng.id(),
        expires_at: state.clock.now() + limits::CEREMONY_SECONDS,
        challenge,
    };
    let bytes = serde_json::to_vec(&content).expect("a challenge is a struct of plain values");
    seal::seal(&state.secrets, state.rng, place(purpose, whom), &bytes)
}

/// Opens a ceremony that came back; `None` when it is not ours, not for this, or too old.
pub(super) fn finish<S: DeserializeOwned>(
    state: &State,
    purpose: CeremonyPurpose,
    whom: &str,
    sealed: &str,
) -> Option<Returned<S>> {
    if sealed.len() > MAX_BYTES {
        return None;
    }
    let bytes = seal::open(&state.secrets, place(purpose, whom), sealed)?;
    let content: Content<S> = serde_json::from_slice(&bytes).ok()?;
    (content.expires_at > state.clock.now()).then_some(Returned {
        challenge: content.challenge,
        ticket: Ticket {
            id: content.id,
            expires_at: content.expires_at,
        },
    })
}

impl Ticket {
    /// Uses the ceremony up; true for the first who does.
    pub(super) async fn use_up(&self, tx: &mut Writing) -> db::Result<bool> {
        db::accounts::passkeys::use_ceremony(tx, &self.id, self.expires_at).await
    }
}

fn place(purpose: CeremonyPurpose, whom: &str) -> SealPlace<'_> {
    let column = match purpose {
        CeremonyPurpose::LogIn => "log in",
        CeremonyPurpose::Add => "add",
        CeremonyPurpose::StepUp => "step up",
    };
    SealPlace {
        table: "passkey ceremony",
        column,
        row: whom,
    }
}
