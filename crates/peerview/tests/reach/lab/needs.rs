//! Requirements of the lab on a machine, checked by trying, with a message for each that is missing.

use super::namespaces::Namespace;
use super::router::{Nat, Rules, Uplink};
use super::shell;

/// Why the lab cannot be built here, one reason a line; empty if it can.
pub(crate) fn missing() -> Vec<String> {
    let mut missing = Vec::new();
    for (line, package) in [
        ("ip -V", "iproute2"),
        ("nft --version", "nftables"),
        ("conntrack --version", "conntrack"),
        ("sysctl --version", "procps"),
        ("dnsmasq --version", "dnsmasq-base"),
    ] {
        if let Err(error) = shell::run(line) {
            missing.push(format!("{error}; install the package {package}"));
        }
    }
    if shell::run("id -u").is_ok_and(|id| id.trim() != "0") {
        missing.push(
            "making network namespaces needs root: run it as root, or in a privileged container"
                .to_owned(),
        );
    }
    if missing.is_empty()
        && let Err(error) = try_kernel()
    {
        missing.push(format!(
            "the kernel does not let us build the lab ({error}); it needs network namespaces, veth, bridges, and \
             nftables with NAT and connection tracking"
        ));
    }
    missing
}

fn try_kernel() -> Result<(), String> {
    let one = Namespace::new("try")?;
    let other = Namespace::new("try-too")?;
    one.ip("link add dev wan type bridge")?;
    one.cable("up", &other, "up")?;
    let rules = Rules {
        nat: Nat::ApdmApdf,
        uplink: Uplink::NoUdp,
        forwarded: None,
        host: "192.168.1.10",
        lan: "192.168.1.0/24",
    };
    one.nft(&rules.text())?;
    one.forgets_connections()
}
