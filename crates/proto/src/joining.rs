//! The protocol by which a stand-alone relay joins its cloud: one WebSocket, on which both ends prove that
//! they know the relay's secret, and the cloud then mirrors its book of open calls.
//!
//! [`proof`] is what proves, [`message`] the frames, [`book_change`] a line of the book; `cloud_end` and
//! `relay_end` are the two state machines. No secret is ever sent: the credentials of a joined relay's
//! clients are signed with a key that both ends derive.

pub mod book_change;
pub mod cloud_end;
pub mod limits;
pub mod message;
pub mod proof;
pub mod relay_end;

/// The path of the socket below the cloud's address.
pub const PATH: &str = "/relay";
/// The subprotocol; another version gets another number.
pub const SUBPROTOCOL: &str = "relay.peerview.1";

/// Close code of a cloud that refuses a relay; it never says why.
pub const REFUSED: u16 = 4403;
