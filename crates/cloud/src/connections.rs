//! Who holds a connection of this process, how many each may hold, and who gives way to whom.
//! Counts only: the sockets are in `server`.

mod crowd;
mod gates;
mod limits;

pub(crate) use gates::{Gates, Seat};
pub use limits::{ConnectionLimits, Places};
