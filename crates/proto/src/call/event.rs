//! Inputs and outputs of a call: messages between it and its two ends. Request ids are those of the socket
//! that a message came on; the sockets' own side ([`crate::link`]) numbers what it sends.

use serde_json::Value;

use crate::link::message::{ConnectDevice, Connected, IceServer, Invite, Invited};
use crate::rpc::{Id, RpcError};

/// What the recorder's agent said.
#[derive(Debug, PartialEq)]
pub enum FromDevice {
    /// The answer to connect: its capabilities.
    Connected(Result<Vec<String>, RpcError>),
    /// An offer; a second one restarts ICE.
    Invite {
        /// Id of the agent's request, for the answer.
        id: Id,
        /// The SDP offer; not checked yet.
        offer: String,
        /// Data channel protocols it knows.
        subprotocols: Vec<String>,
    },
    /// A candidate as it came.
    Trickle(Value),
    /// The answer to extend: seconds.
    Extended(Result<u64, RpcError>),
    /// It ends the call.
    Close {
        /// Id of the agent's request, for the answer.
        id: Id,
        /// The agent's own words; not checked yet.
        reason: Option<String>,
    },
    /// An error about this call that answers no request.
    Failed(RpcError),
    /// Its link is down.
    Gone,
    /// Its link is up again.
    Back,
}

/// What the viewer said.
#[derive(Debug, PartialEq)]
pub enum FromViewer {
    /// The answer to invite.
    Invited(Result<Invited, RpcError>),
    /// A candidate as it came.
    Trickle(Value),
    /// It requests more time.
    Extend {
        /// Id of the viewer's request, for the answer.
        id: Id,
    },
    /// It ends the call.
    Close {
        /// Id of the viewer's request, for the answer.
        id: Id,
        /// The viewer's own words; not checked yet.
        reason: Option<String>,
    },
    /// It has no picture and requests another path.
    Restart {
        /// Id of the viewer's request, for the answer.
        id: Id,
    },
    /// It moves this call to its present socket.
    Resume {
        /// Id of the viewer's request, for the answer.
        id: Id,
    },
    /// An error about this call that answers no request.
    Failed(RpcError),
    /// Its messages now come over another socket; what went to the earlier one may be lost.
    Moved,
    /// Its socket closed.
    Gone,
}

/// Messages of the call to the recorder's agent.
#[derive(Debug, PartialEq)]
pub enum ToDevice {
    /// A viewer wants to watch.
    Connect(Box<ConnectDevice>),
    /// The answer to its invite.
    Invited {
        /// Id of the agent's invite.
        id: Id,
        /// The viewer's answer.
        outcome: Result<Invited, RpcError>,
    },
    /// A candidate of the viewer.
    Trickle(Value),
    /// The call may last longer.
    Extend {
        /// Seconds from now.
        seconds: u64,
    },
    /// The viewer requests another path: make an offer that restarts ICE.
    Restart,
    /// Servers with a new credential. The driver adds it to a restart; the call does not know it.
    IceServers(Vec<IceServer>),
    /// The call has ended.
    Close {
        /// Printable words for people and logs, at most 200 characters.
        reason: Option<String>,
    },
    /// The answer to its close.
    Closed {
        /// Id of the agent's close.
        id: Id,
    },
    /// An error that answers no request.
    Error(RpcError),
}

/// Messages of the call to the viewer.
#[derive(Debug, PartialEq)]
pub enum ToViewer {
    /// The answer to connect.
    Connected {
        /// Id of the viewer's connect.
        id: Id,
        /// Session, ICE servers and expiry, or why there is no call.
        outcome: Result<Box<Connected>, RpcError>,
    },
    /// The recorder's offer.
    Invite(Box<Invite>),
    /// A candidate of the recorder.
    Trickle(Value),
    /// The answer to extend.
    Extended {
        /// Id of the viewer's extend.
        id: Id,
        /// Seconds from now that the call may last, or the refusal.
        outcome: Result<u64, RpcError>,
    },
    /// The answer to restart or resume.
    Noted {
        /// Id of the viewer's request.
        id: Id,
        /// That it was noted, or why not.
        outcome: Result<(), RpcError>,
    },
    /// The call has ended.
    Close {
        /// Printable words for people and logs, at most 200 characters.
        reason: Option<String>,
    },
    /// The answer to its close.
    Closed {
        /// Id of the viewer's close.
        id: Id,
    },
    /// An error that answers no request.
    Error(RpcError),
}
