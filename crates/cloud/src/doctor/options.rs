//! The options of a doctor run.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::clock::Clock;

/// What the command line asks for besides the settings.
#[derive(Debug, Clone)]
pub struct DoctorOptions {
    /// DNS server to use; none means those of this machine.
    pub dns: Option<SocketAddr>,
    /// Time server, `host` or `host:port`.
    pub time_server: String,
    /// An authority to trust for the public address, in addition to the public ones.
    pub ca_file: Option<PathBuf>,
    /// Recipient of a test mail.
    pub send_to: Option<String>,
    /// The clock that is compared with the time server.
    pub clock: Clock,
}
