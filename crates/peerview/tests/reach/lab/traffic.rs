//! Traffic counters: the kernel of each host counts bytes by the other end's protocol, address and port. They
//! show which path the pictures take without relying on the programs under test.

use std::net::IpAddr;

use serde_json::Value;

use super::namespaces::Namespace;

/// The other end of a flow, as a host sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) is_tcp: bool,
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) bytes: u64,
}

/// Starts to count on a host.
pub(crate) fn count(host: &Namespace) -> Result<(), String> {
    let sets: String = [("4", "ipv4_addr"), ("6", "ipv6_addr")]
        .iter()
        .flat_map(|(n, kind)| ["came", "went"].map(|way| (way, *n, *kind)))
        .map(|(way, n, kind)| {
            format!(
                "set {way}{n} {{ type inet_proto . {kind} . inet_service; flags dynamic; size 4096; }}\n"
            )
        })
        .collect();
    host.nft(&format!(
        "table inet traffic {{
{sets}
chain input {{
  type filter hook input priority -300;
  iifname \"lo\" accept
  meta l4proto {{ tcp, udp }} meta nfproto ipv4 update @came4 {{ meta l4proto . ip saddr . th sport counter }}
  meta l4proto {{ tcp, udp }} meta nfproto ipv6 update @came6 {{ meta l4proto . ip6 saddr . th sport counter }}
}}
chain output {{
  type filter hook output priority -300;
  oifname \"lo\" accept
  meta l4proto {{ tcp, udp }} meta nfproto ipv4 update @went4 {{ meta l4proto . ip daddr . th dport counter }}
  meta l4proto {{ tcp, udp }} meta nfproto ipv6 update @went6 {{ meta l4proto . ip6 daddr . th dport counter }}
}}
}}"
    ))
}

/// Counts from zero again.
pub(crate) fn reset(host: &Namespace) -> Result<(), String> {
    for set in ["came4", "came6", "went4", "went6"] {
        host.run(&format!("nft flush set inet traffic {set}"))?;
    }
    Ok(())
}

/// The other end that most bytes came from, or went to.
pub(crate) fn largest(host: &Namespace, way: &str) -> Result<Option<Flow>, String> {
    let mut flows = Vec::new();
    for n in [4, 6] {
        let text = host.run(&format!("nft -j list set inet traffic {way}{n}"))?;
        let listed: Value = serde_json::from_str(&text).map_err(|error| format!("nft: {error}"))?;
        let parts = listed["nftables"].as_array().cloned().unwrap_or_default();
        let elements = parts
            .iter()
            .filter_map(|part| part["set"]["elem"].as_array())
            .flatten();
        flows.extend(elements.filter_map(flow));
    }
    Ok(flows.into_iter().max_by_key(|flow| flow.bytes))
}

fn flow(element: &Value) -> Option<Flow> {
    let element = &element["elem"];
    let key = element["val"]["concat"].as_array()?;
    Some(Flow {
        is_tcp: key.first()?.as_str()? == "tcp",
        address: key.get(1)?.as_str()?.parse().ok()?,
        port: u16::try_from(key.get(2)?.as_u64()?).ok()?,
        bytes: element["counter"]["bytes"].as_u64()?,
    })
}
