//! Inputs and outputs of the agent's end of a link.

use crate::claim::ClaimAnswer;
use crate::link::message::{
    CallServers, Cameras, Candidate, Challenge, ClaimRequest, ConnectDevice, Invited,
};
use crate::link::work::WorkDemand;
use crate::reach::SiteReach;
use crate::rpc::{Id, RpcError};

/// What may happen to a link.
#[derive(Debug, PartialEq)]
pub enum AgentInput {
    /// A text came.
    Text(String),
    /// Something came that is no message: a ping, a pong.
    SignOfLife,
    /// The proof that [`AgentOutput::Prove`] asked for.
    Proof(String),
    /// The work that [`AgentOutput::Work`] asked for.
    Work(Vec<u64>),
    /// The verdict on the claim of this request, and what the recorder is called.
    Verdict(Id, ClaimAnswer, Option<String>),
    /// The cameras of the recorder, all of them; told to the cloud when they differ.
    Cameras(Cameras),
    /// What this site's network allows; told to the cloud when it differs, but not too often.
    Reach(SiteReach),
    /// A call has something to say.
    OfCall(CallReport),
    /// There is a reason to doubt this link, such as a new address of this machine or a silent viewer.
    Doubt,
}

/// What a call tells the link.
#[derive(Debug, PartialEq)]
pub enum CallReport {
    /// An offer for the viewer, the first one or an ICE restart.
    Invite {
        /// Which call.
        session: String,
        /// SDP text.
        offer: String,
    },
    /// A candidate line for the viewer; `None` at the end of them.
    Trickle {
        /// Which call.
        session: String,
        /// See RFC 8839 §5.1.
        line: Option<String>,
    },
    /// Something the viewer sent makes no sense.
    Bad {
        /// Which call.
        session: String,
        /// One of [`crate::rpc::code`].
        code: i64,
        /// For a developer.
        words: &'static str,
    },
    /// Nothing comes from a viewer any more. Where that has a reason at this end, the link is dead, too.
    PathInDoubt,
    /// The call is over; the cloud is told unless it is where the news came from.
    Ended {
        /// Which call.
        session: String,
        /// For a log.
        reason: &'static str,
    },
}

/// What the driver has to do.
#[derive(Debug, PartialEq)]
pub enum AgentOutput {
    /// Send this text.
    Send(String),
    /// Send a WebSocket ping.
    Ping,
    /// Sign this and feed [`AgentInput::Proof`].
    Prove(Challenge),
    /// Do this work for the challenge's nonce and feed [`AgentInput::Work`].
    Work(WorkDemand),
    /// The cloud has registered us. The text is the address that people use for it, if it said one;
    /// not checked yet.
    Registered(Option<String>),
    /// The cloud refused us; the link is of no use any more.
    Refused(RpcError),
    /// Start a call. The cloud has had its answer already.
    Connect(ConnectDevice),
    /// The viewer's answer to an invite, or why there is none.
    Answer(String, Result<Invited, RpcError>),
    /// The viewer's candidate for this session; `None` at the end of them.
    Candidate(String, Option<Candidate>),
    /// The viewer of this call requests another path.
    Restart(String),
    /// Servers with a new credential for a call.
    IceServers(CallServers),
    /// The call may last this many seconds from now on.
    Extend(String, u64),
    /// The call is over.
    Close(String),
    /// Judge this claim and feed [`AgentInput::Verdict`].
    Claim(Id, ClaimRequest),
    /// A ping was not answered: dial another link, and give this one up if that one is there first.
    Doubtful,
    /// The link is dead; the words are for a log.
    Dead(&'static str),
}
