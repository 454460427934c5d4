//! The lab: a network of namespaces in which cloud, agent and viewers run as they ship.

pub(crate) mod call;
mod certificates;
mod client;
pub(crate) mod interruption;
mod namespaces;
mod native;
pub(crate) mod needs;
pub(crate) mod network;
mod page;
pub(crate) mod roles;
pub(crate) mod router;
mod shell;
mod sighting;
pub(crate) mod traffic;
mod viewer;
pub(crate) mod world;

use std::path::{Path, PathBuf};

/// The router's program for port mapping (UPnP-IGD, NAT-PMP and PCP), installed or unpacked by
/// `scripts/setup-tests.sh`.
pub(crate) fn mapper_program() -> Option<PathBuf> {
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../target/tools/miniupnpd/usr/sbin/miniupnpd");
    let places = [unpacked, PathBuf::from("/usr/sbin/miniupnpd")];
    places.into_iter().find(|path| path.exists())
}
