//! The budget of open files of this process: every connection, relayed address and database connection is
//! one. Raises the limit as far as the system allows.

use anyhow::ensure;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::Config;
use crate::connections::Places;

/// Kept for the database, the audit log, listeners, mail, DNS and files that are read.
const RESERVE: u64 = 128;
/// With fewer a cloud does not start: nobody could rely on it.
pub const LEAST: u64 = 256;
/// With fewer a cloud serves a household, and the doctor says so.
pub const FEW: u64 = 4_096;

/// What one process has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Files that this process may open.
    pub files: u64,
    /// Connections of people and agents.
    pub connections: usize,
    /// Relayed addresses; each has its own socket.
    pub allocations: usize,
    /// Connections of the relay over TCP.
    pub relay_connections: usize,
}

impl Room {
    /// What so many files are enough for.
    pub fn of(files: u64, has_relay: bool, places: Places) -> Room {
        let relay = relay::Limits::default();
        let part = |of: u64, most: usize| {
            let part = usize::try_from(files / of).unwrap_or(usize::MAX);
            if has_relay { part.min(most) } else { 0 }
        };
        let allocations = part(8, relay.allocations_total);
        let relay_connections = part(16, relay.tcp_connections);
        let of_others = RESERVE + (allocations + relay_connections) as u64;
        let left = usize::try_from(files.saturating_sub(of_others)).unwrap_or(usize::MAX);
        Room {
            files,
            connections: left.min(places.all),
            allocations,
            relay_connections,
        }
    }

    /// As many as all limits together can use.
    fn all(places: Places) -> u64 {
        let relay = relay::Limits::default();
        RESERVE + (places.all + relay.allocations_total + relay.tcp_connections) as u64
    }
}

/// Raises the limit of open files and keeps the limits of connections below it.
pub(crate) fn make_room(config: &mut Config) -> anyhow::Result<Room> {
    let places = config.connections.places;
    let files = raise(places);
    ensure!(
        files >= LEAST,
        "this process may open only {files} files, but needs at least {}: raise its limit (`ulimit -n`, or \
         LimitNOFILE= of its systemd unit)",
        LEAST
    );
    let room = Room::of(files, config.relay.enabled, places);
    config.connections.places = places.within(room.connections);
    tracing::info!(
        room.files,
        room.connections,
        room.allocations,
        room.relay_connections,
        "limits for this process"
    );
    Ok(room)
}

/// Raises the limit of this process to what it can use, as far as the system allows; gives what it is.
pub fn raise(places: Places) -> u64 {
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.unwrap_or(u64::MAX);
    let wanted = most.min(Room::all(places));
    if now.current.is_none_or(|current| current >= wanted) {
        return now.current.unwrap_or(u64::MAX);
    }
    let raised = Rlimit {
        current: Some(wanted),
        maximum: now.maximum,
    };
    // Not fatal: `make_room` refuses if too few are left.
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "could not raise the open-file limit");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// What a process started like this one gets.
// The hard limit, to which a cloud raises its own soft limit.
pub fn attainable() -> u64 {
    getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::ConnectionLimits;

    #[test]
    fn all_parts_together_stay_under_the_open_file_limit() {
        let places = ConnectionLimits::default().places;
        for files in [LEAST, 1_024, FEW, 65_536, 1_048_576] {
            for has_relay in [true, false] {
                let room = Room::of(files, has_relay, places);

                let used = room.connections + room.allocations + room.relay_connections;
                assert!(used as u64 + RESERVE <= files, "{room:?}");
                assert!(room.connections as u64 >= files / 4 || room.connections == places.all);
            }
        }
    }

    #[test]
    fn the_open_file_limit_is_raised_to_its_maximum() {
        let places = ConnectionLimits::default().places;

        let files = raise(places);

        assert!(files >= attainable().min(Room::all(places)));
    }
}
