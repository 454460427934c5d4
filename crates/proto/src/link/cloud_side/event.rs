//! Events of a link for its caller, and the caller's verdicts.

use crate::call::event::FromDevice;
use crate::key::Proven;
use crate::link::message::Camera;
use crate::link::work::Work;

/// What the caller has to act on.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// A key was proven: look the serial up and call [`super::CloudSide::judge`].
    Proven {
        /// The recorder and its key.
        proven: Proven,
        /// The recorder's own name, at most 64 characters.
        name: Option<String>,
        /// Bits of work that were done.
        bits_done: u32,
    },
    /// The recorder's new list of cameras, validated.
    Cameras(Vec<Camera>),
    /// A message of the call with this session id. If it is unknown or belongs to another recorder,
    /// answer with [`super::CloudSide::refuse_call`].
    OfCall {
        /// Session id as the agent wrote it.
        session: String,
        /// What the agent said.
        said: FromDevice,
    },
    /// The answer to the claim with this token.
    Claimed {
        /// As given to [`super::CloudSide::claim`].
        token: u64,
        /// The agent's answer, or that there was none.
        outcome: ClaimOutcome,
    },
    /// The pong after [`super::CloudSide::probe`]: this link is alive and keeps its place.
    Alive,
}

/// The registry's verdict on a proven key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The link belongs to this recorder.
    Accepted,
    /// The serial belongs to another key: 409.
    OtherKey,
    /// A link with the same key is open and answers pings: 480, try again later.
    AlreadyOnline,
    /// Too many new recorders come from this client: 429, register again with this work.
    Work(Work),
    /// The registry does not answer: 480, try again later.
    Unavailable,
}

/// How a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// The code is right.
    Accepted,
    /// The code is wrong.
    Wrong,
    /// The recorder's claim window is shut.
    TooMany,
    /// No answer, or an invalid one.
    Unavailable,
}
