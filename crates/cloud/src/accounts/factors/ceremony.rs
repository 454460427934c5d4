//! A passkey ceremony between its two requests. The browser carries the server's state: encrypted, dated,
//! bound to its purpose and valid once. So an unfinished ceremony costs no row and no memory, however many a
//! stranger starts.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::db::{self, Writing};
use crate::seal::{self, SealPlace};
use crate::state::State;
use crate::throttle::limits;

/// Longest sealed ceremony that is opened, in bytes.
const MAX_BYTES: usize = 32 * 1024;

/// What a ceremony is for; it is valid for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyPurpose {
    /// Logging in, as the only step or as the second one.
    LogIn,
    /// Adding a passkey to the account of a session.
    Add,
    /// Step-up: showing again who uses a session.
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
    /// State of the WebAuthn library between the requests.
    pub(super) challenge: S,
    pub(super) ticket: Ticket,
}

/// Makes a ceremony count only once.
pub(super) struct Ticket {
    id: String,
    expires_at: i64,
}

/// Encrypts a ceremony that begins now, for this session, or for a log-in when `whom` is empty.
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

/// Opens a ceremony that came back; `None` when it is not ours, was for something else, or has expired.
pub(super) fn finish<S: DeserializeOwned>(
    state: &State,
    purpose: CeremonyPurpose,
    whom: &str,
    sealed: &str,
) -> Option<Returned<S>> {
    // Before anything is decoded: the sender chooses the length.
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
    /// Uses the ceremony up; true for the first request only.
    pub(super) async fn use_up(&self, tx: &mut Writing) -> db::Result<bool> {
        db::accounts::passkeys::use_ceremony(tx, &self.id, self.expires_at).await
    }
}

fn place(purpose: CeremonyPurpose, whom: &str) -> SealPlace<'_> {
    // Purpose and session are part of the seal: a signature made to log in proves nothing in a step-up.
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
