//! Opens the relay as the settings want it, on the cloud's calls, clock and randomness.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use ::relay::{Config, Limits, Relay, RelayedAddress, RelayedAddresses};
use anyhow::{Context, ensure};
use tokio::net::UdpSocket;

use crate::calls::ice;
use crate::live::Live;
use crate::open_files::Room;
use crate::relays::OtherTurn;
use crate::state::State;

/// How often the public addresses are looked up again, unless they are set.
const ADDRESSES_EVERY: Duration = Duration::from_secs(60);

/// Opens its listeners; `None` where the settings want no relay.
pub(super) async fn bind(live: &Live, room: Room) -> anyhow::Result<Option<Relay>> {
    let config = &live.config.relay;
    if !config.enabled {
        return Ok(None);
    }
    let settings = Config {
        listen: config.listeners(),
        relayed: relayed_addresses(live).await?,
        port_range: config.min_port..=config.max_port,
        secret: ice::turn_secret(&live.secrets),
        allow_private_peers: config.allow_private_peers,
        // Only in the demo are viewer and agent on the relay's own machine.
        are_parties_here: live.config.demo,
        limits: Limits {
            account_bytes_per_day: u64::from(config.gigabytes_per_day) * 1_000_000_000,
            allocations_total: room.allocations,
            tcp_connections: room.relay_connections,
            ..Limits::default()
        },
    };
    let (clock, rng) = (live.clock.clone(), live.rng);
    let relay = Relay::bind(
        settings,
        live.call_book.clone(),
        move || clock.unix_seconds(),
        |bytes| rng.fill(bytes),
    )
    .await
    .with_context(|| {
        format!(
            "opening the relay on {:?}; choose another address with `listen` in [cloud.relay]",
            config.listeners()
        )
    })?;
    live.calls
        .set_relay(relay.addr().port(), relay.advertised());
    Ok(Some(relay))
}

/// Reads who may join, and which TURN servers of other makes there are.
pub(super) fn expect_joined(live: &Live) -> anyhow::Result<()> {
    let config = &live.config.relay;
    live.relays.expect(config.join_secrets()?, live.clock.now());
    let others = config.turn_secrets()?.into_iter();
    let others = others.map(|(urls, turn_secret)| OtherTurn { urls, turn_secret });
    live.relays.use_others(others.collect());
    Ok(())
}

/// Moves the relay when its public address changes, as those of homes do; never ends.
pub(super) async fn follow(live: &Live, relayed: RelayedAddresses, port: u16) -> Infallible {
    loop {
        tokio::time::sleep(ADDRESSES_EVERY).await;
        match relayed_addresses(live).await {
            Ok(found) if found != relayed.get() => match relayed.set(found) {
                Ok(ips) => {
                    tracing::info!(?ips, "the relay's public addresses have changed");
                    live.calls.set_relay(port, ips);
                }
                Err(error) => tracing::warn!(%error, "cannot use the relay's new addresses"),
            },
            Ok(_) => {}
            // The name server may be away for a while; the old addresses may still be right.
            Err(error) => tracing::warn!(%error, "cannot look up the relay's public addresses"),
        }
    }
}

/// The relayed addresses of the families that the relay listens on. A second family without a public
/// address is left out.
async fn relayed_addresses(state: &State) -> anyhow::Result<Vec<RelayedAddress>> {
    let listeners = state.config.relay.listeners();
    let mut relayed = Vec::new();
    for listener in &listeners {
        match public_ip(state, *listener).await {
            Ok(Some(public_ip)) => {
                // Otherwise a machine with several addresses might send from another one.
                let relay_ip = if is_of_this_machine(public_ip).await {
                    public_ip
                } else {
                    listener.ip()
                };
                relayed.push(RelayedAddress {
                    relay_ip,
                    public_ip: Some(public_ip),
                });
            }
            Ok(None) => tracing::info!(%listener, "the relay has no public address of this family"),
            Err(error) if listeners.len() == 1 => return Err(error),
            Err(error) => tracing::warn!(%listener, %error, "no public address of the relay"),
        }
    }
    ensure!(
        !relayed.is_empty(),
        "{} has no address of the family of `relay.listen`; set `public_ip` in [cloud.relay]",
        public_host(state)
    );
    Ok(relayed)
}

/// The address that is announced to clients: as set, else the listener's, else that of the host people use.
/// With IPv6 it is preferably one of this machine, because no NAT is between.
async fn public_ip(state: &State, listener: SocketAddr) -> anyhow::Result<Option<IpAddr>> {
    let (ours, is_v4) = (listener.ip(), listener.is_ipv4());
    if let Some(ip) = state.config.relay.public_ip_of(is_v4) {
        return Ok(Some(ip));
    }
    if !ours.is_unspecified() {
        return Ok(Some(ours));
    }
    if crate::config::is_loopback(&state.public_url) {
        // `localhost` stands for both families.
        return Ok(Some(if is_v4 {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        }));
    }
    let host = public_host(state);
    let found = tokio::net::lookup_host((host, 0))
        .await
        .with_context(|| format!("looking up {host}"))?;
    let of_family = |ip: &IpAddr| ip.is_ipv4() == is_v4;
    let named: Vec<IpAddr> = found.map(|addr| addr.ip()).filter(of_family).collect();
    if !is_v4 {
        for ip in &named {
            if is_of_this_machine(*ip).await {
                return Ok(Some(*ip));
            }
        }
        if let Some(ip) = own_ipv6().await {
            return Ok(Some(ip.into()));
        }
    }
    Ok(named.first().copied())
}

/// The host at which people reach the relay.
fn public_host(state: &State) -> &str {
    let host = match &*state.config.relay.public_host {
        "" => state.public_url.host_str().unwrap_or_default(),
        host => host,
    };
    host.trim_matches(['[', ']'])
}

async fn is_of_this_machine(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).await.is_ok()
}

/// The address from which this machine reaches the IPv6 internet. Nothing is sent.
async fn own_ipv6() -> Option<Ipv6Addr> {
    /// An address of documentation (RFC 3849): it has the default route of every other one.
    const ANYBODY: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    let socket = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).await.ok()?;
    socket.connect((ANYBODY, 9)).await.ok()?;
    match socket.local_addr().ok()?.ip() {
        // Others are not routed on the internet.
        IpAddr::V6(ip) if ip.segments()[0] & 0xe000 == 0x2000 => Some(ip),
        _ => None,
    }
}
