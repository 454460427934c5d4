//! What an operator asks the doctor for.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::clock::Clock;

/// What is wanted besides what the settings say.
#[derive(Debug, Clone)]
pub struct DoctorOptions {
    /// DNS server to ask; none means those of this machine.
    pub dns: Option<SocketAddr>,
    /// Time server, `host` or `host:port`.
    pub time_server: String,
    /// An authority to trust besides the public ones when looking at the public address.
    pub ca_file: Option<PathBuf>,
    /// Where to send a mail, to see it arrive.
    pub send_to: Option<String>,
    /// What is held against the time server.
    pub clock: Clock,
}
