//! What the kernel of the agent's machine says about its routers.

use agent::limits::MAX_NETWORKS;
use agent::port_mapping::networks::default_routes;

/// Any routing table gives a few routers at most.
pub(crate) fn routes(data: &[u8]) {
    let routes = default_routes(&String::from_utf8_lossy(data));
    assert!(routes.len() <= MAX_NETWORKS, "too many routers");
}
