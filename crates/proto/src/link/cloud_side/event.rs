//! Inputs and outputs of the cloud's end of a link.

use crate::call::event::{FromDevice, ToDevice};
use crate::key::ProvenKey;
use crate::link::leg::IncomingFrame;
use crate::link::message::{Cameras, ClaimRequest};
use crate::link::work::WorkDemand;
use crate::reach::SiteReach;

/// What may happen to a link.
#[derive(Debug, PartialEq)]
pub enum LinkInput {
    /// Something came over the socket.
    Frame(IncomingFrame),
    /// The registry's answer to [`Event::Proven`]; anything but acceptance and work closes the link.
    Verdict(RegistryVerdict),
    /// Somebody wants the cameras: [`Event::Cameras`] follows, or the link closes and the agent tells
    /// them on its next one.
    AskCameras,
    /// Is the agent still there? [`Event::Alive`] follows, or the link closes.
    Probe,
    /// Somebody claims the recorder: [`Event::Claimed`] with this token follows.
    Claim {
        /// Requests to the agent.
        claim: ClaimRequest,
        /// Of the driver's choice.
        token: u64,
    },
    /// A call sends a message to its agent.
    OfCall {
        /// Session id of the call.
        session: String,
        /// What it says.
        message: ToDevice,
    },
    /// The message of [`Event::OfCall`] is of no call, or of another recorder's.
    NoCall(FromDevice),
    /// The link has to end.
    Close {
        /// One of [`crate::link::leg::close`].
        code: u16,
        /// For a developer's console.
        reason: &'static str,
    },
}

/// What the driver has to act on.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// A key was proven: look the serial up and feed [`LinkInput::Verdict`].
    Proven {
        /// The recorder and its key.
        proven: ProvenKey,
        /// The recorder's own name, at most 64 characters.
        name: Option<String>,
        /// Nonce of the earlier link that the agent gives up for this one; not checked yet.
        replaces: Option<String>,
        /// Bits of work that were done.
        bits_done: u32,
    },
    /// The recorder's new list of cameras, validated.
    Cameras(Cameras),
    /// What the network of the agent's site allows, as the agent says.
    Reach(SiteReach),
    /// A message of the call with this session id, which may be unknown or another recorder's:
    /// then feed [`LinkInput::NoCall`].
    OfCall {
        /// Session id as the agent wrote it.
        session: String,
        /// What the agent said.
        said: FromDevice,
    },
    /// The answer to the claim with this token.
    Claimed {
        /// As given in [`LinkInput::Claim`].
        token: u64,
        /// The agent's answer, or that there was none.
        outcome: ClaimOutcome,
    },
    /// The pong after [`LinkInput::Probe`]: this link lives and keeps its place.
    Alive,
}

/// The registry's verdict on a proven key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistryVerdict {
    /// The link belongs to this recorder.
    Accepted,
    /// The serial belongs to another key: 409.
    OtherKey,
    /// A link with the same key is open and answers pings: 480, try again later.
    AlreadyOnline,
    /// Too many new recorders come from this client: 429, register again with this work.
    Work(WorkDemand),
    /// The registry does not answer: 480, try again later.
    Unavailable,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// The code is right. The agent may say what the recorder is called: at most 64 characters that show.
    Accepted(Option<String>),
    /// The code is wrong.
    Wrong,
    /// The recorder's claim window is shut.
    TooMany,
    /// No answer, or an invalid one.
    Unavailable,
}
