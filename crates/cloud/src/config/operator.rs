//! Settings for what operators look at: the audit log and Prometheus metrics.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// `[cloud.audit]`: the audit log in the data folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditConfig {
    /// Part of a client's address that is stored.
    pub client_addresses: ClientAddresses,
    /// A file of this size is closed and another one started.
    pub max_bytes: u64,
    /// Lines are kept for this number of days…
    pub keep_days: u32,
    /// …in at most this number of closed files.
    pub keep_files: usize,
}

impl Default for AuditConfig {
    fn default() -> AuditConfig {
        AuditConfig {
            client_addresses: ClientAddresses::Network,
            max_bytes: 16 << 20,
            keep_days: 90,
            // 192 files of 16 MiB are 3 GiB: the disk is bounded even if the days are not reached.
            keep_files: 192,
        }
    }
}

/// `[cloud.metrics]`: Prometheus metrics on a separate listener.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Address on which they are served over plain HTTP to anybody; not served if absent.
    pub listen: Option<SocketAddr>,
}

/// Part of a client's address that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientAddresses {
    /// Complete IPv4, first half of IPv6.
    Full,
    /// The network: /24 or /48.
    Network,
    /// No part of it.
    None,
}
