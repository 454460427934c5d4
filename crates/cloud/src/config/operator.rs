//! Settings of what whoever runs the cloud looks at: the audit log and the numbers for Prometheus.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// `[cloud.audit]`: the log of who did what, in the data folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditConfig {
    /// How much of a client's address is kept.
    pub client_addresses: ClientAddresses,
    /// A file as long as this is put aside and another begun.
    pub max_bytes: u64,
    /// Lines are kept for so many days…
    pub keep_days: u32,
    /// …in no more than so many files that were put aside.
    pub keep_files: usize,
}

impl Default for AuditConfig {
    fn default() -> AuditConfig {
        AuditConfig {
            client_addresses: ClientAddresses::Network,
            max_bytes: 16 << 20,
            keep_days: 90,
            keep_files: 192,
        }
    }
}

/// `[cloud.metrics]`: numbers for Prometheus, on a listener of their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Where they are served in plain HTTP, to whoever asks; absent means nowhere.
    pub listen: Option<SocketAddr>,
}

/// How much of a client's address is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientAddresses {
    /// IPv4 as it is, the first half of IPv6.
    Full,
    /// The network: /24 or /48.
    Network,
    /// Nothing.
    None,
}
