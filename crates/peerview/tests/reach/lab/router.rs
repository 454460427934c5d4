//! The behaviour of a router, as nftables rules. The kinds of NAT are named by RFC 4787: mapping first,
//! filtering second; EI is endpoint-independent, AD address-dependent, APD address-and-port-dependent.

use std::fmt;

/// How a router translates addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nat {
    /// None: the host has a public address.
    Public,
    /// "Full cone": one mapping, open to everybody.
    EimEif,
    /// "Restricted cone": one mapping, open to addresses that were sent to.
    EimAdf,
    /// "Port restricted", the usual home router: one mapping, open to address and port.
    EimApdf,
    /// "Symmetric": a mapping for each destination.
    ApdmApdf,
}

impl Nat {
    /// The four kinds of the matrix.
    pub(crate) const KINDS: [Nat; 4] = [Nat::EimEif, Nat::EimAdf, Nat::EimApdf, Nat::ApdmApdf];
}

impl fmt::Display for Nat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Nat::Public => "public",
            Nat::EimEif => "EIM/EIF",
            Nat::EimAdf => "EIM/ADF",
            Nat::EimApdf => "EIM/APDF",
            Nat::ApdmApdf => "APDM/APDF",
        })
    }
}

/// What a router lets out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uplink {
    /// Everything.
    Open,
    /// No UDP.
    NoUdp,
    /// TCP to these ports only, as `nft` writes a set.
    TcpOnly(&'static str),
    /// Nothing at all.
    Nothing,
}

/// Ports of a home server that the router passes on from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// The server in the LAN.
    pub(crate) to: &'static str,
    /// TCP ports, as `nft` writes a set.
    pub(crate) tcp: &'static str,
    /// UDP ports.
    pub(crate) udp: &'static str,
    /// Whether machines of the LAN reach the server at the public address too (hairpinning).
    pub(crate) with_hairpin: bool,
}

/// Everything about one router's rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) nat: Nat,
    pub(crate) uplink: Uplink,
    pub(crate) forwarded: Option<Forwarded>,
    /// The host behind it that full-cone kinds open ports to.
    pub(crate) host: &'a str,
    /// The network behind it.
    pub(crate) lan: &'a str,
}

impl Rules<'_> {
    /// The whole ruleset. Chains with `miniupnpd` in their names belong to that program.
    pub(crate) fn text(&self) -> String {
        format!(
            "flush ruleset
table inet filter {{
  set sent {{ type ipv4_addr; flags dynamic,timeout; timeout 2m; size 1024; }}
  chain miniupnpd {{ }}
  chain prerouting_miniupnpd {{ }}
  chain postrouting_miniupnpd {{ }}
  {}
  {}
  chain input {{
    type filter hook input priority filter;
    ct state established,related accept
    iifname \"up*\" meta l4proto udp drop
  }}
}}
",
            self.translation(),
            self.filter()
        )
    }

    /// What happens to addresses and ports.
    fn translation(&self) -> String {
        let Rules { nat, lan, host, .. } = self;
        let to_host = match nat {
            Nat::EimEif | Nat::EimAdf => {
                format!("iifname \"up*\" meta l4proto udp udp dport 1024-65535 dnat ip to {host}")
            }
            _ => String::new(),
        };
        let masquerade = match nat {
            Nat::Public => String::new(),
            Nat::ApdmApdf => {
                format!("oifname \"up*\" ip saddr {lan} masquerade random,fully-random")
            }
            _ => format!("oifname \"up*\" ip saddr {lan} masquerade"),
        };
        let (to_server, hairpin) = self.forwards();
        format!(
            "chain prerouting {{
    type nat hook prerouting priority dstnat;
    jump prerouting_miniupnpd
    {to_server}
    {to_host}
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat;
    jump postrouting_miniupnpd
    {hairpin}
    {masquerade}
  }}"
        )
    }

    /// What passes.
    fn filter(&self) -> String {
        let (note_sent, only_sent) = match self.nat {
            Nat::EimAdf => (
                "iifname \"lan\" meta l4proto udp update @sent { ip daddr timeout 2m }",
                "iifname \"up*\" meta l4proto udp ip saddr != @sent drop",
            ),
            _ => ("", ""),
        };
        let inward = match self.nat {
            Nat::Public => format!("iifname \"up*\" ip daddr {} accept", self.lan),
            _ => "iifname \"up*\" ct status dnat accept".to_owned(),
        };
        let uplink = self.uplink();
        format!(
            "chain forward {{
    type filter hook forward priority filter; policy drop;
    {note_sent}
    {uplink}
    ct state established,related accept
    iifname \"lan\" accept
    jump miniupnpd
    {only_sent}
    {inward}
  }}"
        )
    }

    fn uplink(&self) -> String {
        let out = "iifname \"lan\" oifname \"up*\"";
        match self.uplink {
            Uplink::Open => String::new(),
            Uplink::NoUdp => format!("{out} meta l4proto udp drop"),
            Uplink::TcpOnly(ports) => {
                format!("{out} meta l4proto != tcp drop\n    {out} tcp dport != {ports} drop")
            }
            Uplink::Nothing => format!("{out} drop"),
        }
    }

    fn forwards(&self) -> (String, String) {
        let Some(Forwarded {
            to,
            tcp,
            udp,
            with_hairpin,
        }) = self.forwarded
        else {
            return Default::default();
        };
        let from = if with_hairpin {
            "fib daddr type local"
        } else {
            "iifname \"up*\" fib daddr type local"
        };
        let inside = self.lan.rsplit_once('.').map_or("", |(net, _)| net);
        let router = format!("{inside}.1");
        let rules = format!(
            "ip daddr != {router} {from} meta l4proto tcp tcp dport {tcp} dnat ip to {to}
    ip daddr != {router} {from} meta l4proto udp udp dport {udp} dnat ip to {to}"
        );
        let hairpin = if with_hairpin {
            format!(
                "oifname \"lan\" ip saddr {} ip daddr {to} ct status dnat masquerade",
                self.lan
            )
        } else {
            String::new()
        };
        (rules, hairpin)
    }
}
