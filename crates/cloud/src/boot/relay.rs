//! Opens the relay as the settings want it, on the cloud's calls, clock and randomness.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ::relay::{Config, Limits, Relay};
use anyhow::Context;

use crate::calls::ice;
use crate::live::Live;
use crate::open_files::Room;
use crate::state::State;

/// Opens its listeners; `None` where the settings want no relay.
pub(super) async fn bind(live: &Live, room: Room) -> anyhow::Result<Option<Relay>> {
    let config = &live.config.relay;
    if !config.enabled {
        return Ok(None);
    }
    let settings = Config {
        listen: config.listen,
        relay_ip: config.listen.ip(),
        public_ip: Some(public_ip(live).await?),
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
            "opening the relay on {}; choose another address with `listen` in [cloud.relay]",
            config.listen
        )
    })?;
    live.calls.set_relay_port(relay.addr().port());
    Ok(Some(relay))
}

/// The address that clients are told: as set, else the listener's, else that of the host people use.
async fn public_ip(state: &State) -> anyhow::Result<IpAddr> {
    let config = &state.config.relay;
    let ours = config.listen.ip();
    if let Some(ip) = config.public_ip {
        return Ok(ip);
    }
    if !ours.is_unspecified() {
        return Ok(ours);
    }
    if crate::config::is_loopback(&state.public_url) {
        // `localhost` stands for both families; the relay serves that of its listener.
        return Ok(if ours.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    let named = if config.public_host.is_empty() {
        state.public_url.host_str()
    } else {
        Some(&*config.public_host)
    };
    let host = named.unwrap_or_default().trim_matches(['[', ']']);
    let found = tokio::net::lookup_host((host, 0))
        .await
        .with_context(|| format!("looking up {host}"))?;
    let mut addresses = found
        .map(|address| address.ip())
        .filter(|ip| ip.is_ipv4() == ours.is_ipv4());
    addresses.next().with_context(|| {
        format!("{host} has no address of the family of `relay.listen`; set `public_ip` in [cloud.relay]")
    })
}
