//! Connection limits of this process: who has a connection, how many each client may have, and which one is
//! closed for a newcomer. Counts only: the sockets are in `server`.

mod crowd;
mod gates;
mod limits;

pub(crate) use gates::{Gates, Seat};
pub use limits::{ConnectionLimits, Places};
