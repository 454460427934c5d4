//! Inputs and outputs of the state machine of port mappings.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::port_mapping::networks::LanNetwork;
use crate::reach::{MappingProtocol, MappingState};

/// Names one mapping; never used twice.
pub type MappingId = u64;

/// What a router promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MappingGrant {
    /// Where it receives for us.
    pub external: SocketAddr,
    /// For how long, unless renewed.
    pub lifetime: Duration,
    /// Its clock, where the protocol tells it.
    pub epoch: Option<u32>,
}

/// Why a router did not map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingTrouble {
    /// It did not answer in this protocol.
    Silent,
    /// It answered that it does not want to, or cannot.
    Refused,
    /// Its answer makes no sense.
    Nonsense,
}

/// What may happen.
#[derive(Debug)]
pub enum MappingInput {
    /// The networks of this machine; `random` is uniform over all of `u32`.
    Networks {
        /// Networks with a router, the preferred one first.
        networks: Vec<LanNetwork>,
        /// For the next wait.
        random: u32,
    },
    /// A socket was bound and mapped, or not.
    Opened(MappingId, Result<MappingGrant, MappingTrouble>),
    /// A mapping was renewed, or not.
    Renewed(MappingId, Result<MappingGrant, MappingTrouble>),
    /// A mapping was removed, or is left to expire.
    Removed(MappingId),
    /// Somebody at this address announces that a router has restarted or has another address.
    Announced(IpAddr),
    /// A call requests a mapped socket.
    Take,
    /// The call with that mapping is over.
    Released(MappingId),
    /// A STUN server saw this public address of a socket with that local address.
    Seen {
        /// Local address of the socket.
        local: IpAddr,
        /// As seen by the server.
        public: IpAddr,
    },
    /// The program stops.
    Stop,
}

/// What the driver has to do.
#[derive(Debug, PartialEq, Eq)]
pub enum MappingOutput {
    /// List the networks of this machine.
    Look,
    /// Bind a socket in a network and have its port mapped.
    Open {
        /// The new mapping.
        id: MappingId,
        /// Where.
        network: LanNetwork,
        /// How.
        protocol: MappingProtocol,
    },
    /// Renew a mapping.
    Renew(MappingId),
    /// Remove a mapping, and close its socket unless a call has it.
    Remove(MappingId),
    /// Nothing was mapped: forget the socket.
    Forget(MappingId),
    /// Tell the call that has a mapping where the router receives for it, if anywhere.
    Tell {
        /// Which mapping.
        id: MappingId,
        /// Another address than before, or none any more.
        external: Option<SocketAddr>,
    },
    /// Answer the oldest call that requested a socket.
    Give(Option<MappingId>),
    /// The state has changed.
    Report(MappingState),
}
