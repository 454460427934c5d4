//! What a link tells its caller, and what it wants to know.

use crate::call::event::FromDevice;
use crate::key::Proven;
use crate::link::message::Camera;
use crate::link::work::Work;

/// What the caller has to act on.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// A key was proven: look the serial up and call [`super::CloudSide::judge`].
    Proven {
        /// Who, with which key.
        proven: Proven,
        /// What the recorder calls itself, at most 64 characters.
        name: Option<String>,
        /// Bits of work that came with it.
        bits_done: u32,
    },
    /// The recorder's cameras, checked, as they are from now on.
    Cameras(Vec<Camera>),
    /// A message of the call with this session id, which may be unknown or another recorder's:
    /// then answer with [`super::CloudSide::refuse_call`].
    OfCall {
        /// Session id as the agent wrote it.
        session: String,
        /// What the agent said.
        said: FromDevice,
    },
    /// The answer to the claim that was asked with this token.
    Claimed {
        /// As given to [`super::CloudSide::claim`].
        token: u64,
        /// What the agent, or the lack of one, answered.
        outcome: ClaimOutcome,
    },
    /// The pong after [`super::CloudSide::probe`]: this link lives and keeps its place.
    Alive,
}

/// What the registry says about a proven key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The link is this recorder's.
    Accepted,
    /// The serial belongs to another key: 409.
    OtherKey,
    /// A link with the same key is open and answers pings: 480, try again later.
    AlreadyOnline,
    /// Too many new recorders come from there: 429, register again with this work.
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
    /// No answer, or one that makes no sense.
    Unavailable,
}
