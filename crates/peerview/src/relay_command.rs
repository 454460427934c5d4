//! `peerview relay`: a stand-alone relay that has joined a cloud. The relay itself is the one that runs
//! inside a cloud; it learns of open calls over `cloud_socket`.

mod addresses;
mod cloud_clock;
mod cloud_socket;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use cloud::config::{Config, RelayProgramConfig, is_loopback};
use cloud::open_files;
use cloud::server::TurnInTls;
use proto::joining::message::TlsPlace;
use relay::{Counters, Limits, Mirror, Relay};
use tokio_util::sync::CancellationToken;

use crate::shutdown::TaskGroup;
use crate::terminal::say;
use crate::{cli, cloud_command};
use cloud_clock::CloudClock;
use cloud_socket::CloudSocket;

/// How often a relay that is about to end looks whether calls are left.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Serves until `token` is cancelled, and then until the running calls or `drain_seconds` are over.
pub(crate) async fn run(
    arguments: cli::RelayFlags,
    token: CancellationToken,
) -> anyhow::Result<()> {
    let config = settings(arguments)?;
    config.check()?;
    let secret = config.secret()?;
    let tls = agent::trust::client_config(&config.ca_file, "relay")?;
    let relayed = addresses::relayed(&config)?;
    let (mirror, clock) = (Mirror::default(), CloudClock::default());
    let relay = bind(&config, &secret, relayed.clone(), (&mirror, &clock)).await?;
    let port = relay.addr().port();
    let turn = TurnInTls::open(&config, tls_places())?;
    let drain = Duration::from_secs(config.drain_seconds);
    let stop = CancellationToken::new();
    let socket = CloudSocket {
        cloud: config.cloud.clone(),
        tls,
        name: config.name.clone(),
        secret,
        addresses: addresses::for_clients(&relayed, port),
        place_in_tls: turn.as_ref().map(|turn| place_in_tls(&config, turn)),
        mirror: mirror.clone(),
        clock,
        counters: relay.counters(),
    };
    say_where(&config, relay.addr(), &socket);
    let counters = relay.counters();
    let handover = relay.handover();
    let mut parts = TaskGroup::new(token.clone()).drain_for(drain);
    parts.start("the relay", relay.run(stop.clone()));
    if let Some(turn) = turn {
        let stopping = stop.clone();
        parts.start("TURN over TLS", async move {
            turn.run(handover, stopping).await;
            Ok(())
        });
    }
    let (draining, stopping) = (token.clone(), stop.clone());
    parts.start("the socket to the cloud", async move {
        socket.run(draining, stopping).await;
        Ok(())
    });
    parts.start("the end", async move {
        token.cancelled().await;
        mirror.drain();
        let left = calls_left(&counters);
        // A call that moves on to another relay ends here soon.
        if tokio::time::timeout(drain, left).await.is_err() && !drain.is_zero() {
            tracing::warn!("the relay stops although calls still use it");
        }
        stop.cancel();
        Ok(())
    });
    parts.run().await
}

/// Where clients reach TURN over TLS.
fn place_in_tls(config: &RelayProgramConfig, turn: &TurnInTls) -> TlsPlace {
    TlsPlace {
        host: config.tls_host.clone(),
        port: turn.addr().map_or(config.tls_port, |at| at.port()),
    }
}

/// Connections that may be in their handshakes at the same time.
fn tls_places() -> usize {
    usize::try_from(open_files::attainable() / 16).unwrap_or(usize::MAX)
}

/// What the operator sees at the start.
fn say_where(config: &RelayProgramConfig, relay: SocketAddr, socket: &CloudSocket) {
    say(format!("Relay:     {relay}"));
    for at in &socket.addresses {
        say(format!("Clients:   {at}"));
    }
    if let Some(at) = &socket.place_in_tls {
        say(format!("TLS:       {at}"));
    }
    say(format!(
        "Cloud:     {} as \"{}\"",
        config.cloud, config.name
    ));
}

async fn calls_left(counters: &Counters) {
    while counters.read().allocations_now > 0 {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn bind(
    config: &RelayProgramConfig,
    secret: &proto::joining::proof::JoinSecret,
    relayed: Vec<relay::RelayedAddress>,
    (mirror, clock): (&Mirror, &CloudClock),
) -> anyhow::Result<Relay> {
    let settings = relay::Config {
        listen: config.listeners(),
        relayed,
        port_range: config.min_port..=config.max_port,
        secret: secret.turn_secret(),
        allow_private_peers: config.allow_private_peers,
        // A cloud on this machine only is one for trying things out: its parties are here, too.
        are_parties_here: is_loopback(&config.cloud),
        limits: limits(config)?,
    };
    let clock = clock.clone();
    let random = cloud::random::Random;
    let opened = Relay::bind(
        settings,
        mirror.clone(),
        move || clock.unix_seconds(),
        |bytes| random.fill(bytes),
    );
    opened.await.with_context(|| {
        format!(
            "opening the relay on {:?}; choose another address with `listen` in [relay] or --listen",
            config.listeners()
        )
    })
}

/// What this process has room for: each relayed address and each TCP client is an open file.
fn limits(config: &RelayProgramConfig) -> anyhow::Result<Limits> {
    let files = open_files::raise(Config::default().connections.places);
    ensure!(
        files >= open_files::LEAST,
        "this process may open only {files} files, but needs at least {}: raise its limit (`ulimit -n`, or \
         LimitNOFILE= of its systemd unit)",
        open_files::LEAST
    );
    let most = Limits::default();
    let part = |of: u64, most: usize| usize::try_from(files / of).unwrap_or(usize::MAX).min(most);
    Ok(Limits {
        account_bytes_per_day: u64::from(config.gigabytes_per_day) * 1_000_000_000,
        // The rest is for listeners, threads and the socket to the cloud.
        allocations_total: part(2, most.allocations_total),
        tcp_connections: part(4, most.tcp_connections),
        ..most
    })
}

fn settings(arguments: cli::RelayFlags) -> anyhow::Result<RelayProgramConfig> {
    let cli::RelayFlags {
        config,
        cloud,
        name,
        secret_file,
        listen,
        public_ip,
        public_ip6,
        tls_host,
        tls_port,
        certificate_file,
        key_file,
        ca_file,
    } = arguments;
    let is_named = config.is_some() || secret_file.is_some();
    ensure!(
        is_named,
        "no cloud given: use --cloud, --name and --secret-file, or a [relay] table in the file of --config"
    );
    let mut settings = match &config {
        Some(file) => cloud_command::read(file)?
            .relay
            .with_context(|| format!("{} has no [relay] table", file.display()))?,
        None => RelayProgramConfig::default(),
    };
    settings.cloud = cloud.unwrap_or(settings.cloud);
    settings.name = name.unwrap_or(settings.name);
    settings.secret_file = secret_file.unwrap_or(settings.secret_file);
    settings.public_ip = public_ip.or(settings.public_ip);
    settings.public_ip6 = public_ip6.or(settings.public_ip6);
    settings.tls_host = tls_host.unwrap_or(settings.tls_host);
    settings.tls_port = tls_port.unwrap_or(settings.tls_port);
    settings.certificate_file = certificate_file.unwrap_or(settings.certificate_file);
    settings.key_file = key_file.unwrap_or(settings.key_file);
    settings.ca_file = ca_file.unwrap_or(settings.ca_file);
    if !listen.is_empty() {
        settings.listen = listen;
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn settings_of(flags: &[&str]) -> anyhow::Result<RelayProgramConfig> {
        let line = ["peerview", "relay"].iter().chain(flags);
        let arguments = cli::Arguments::try_parse_from(line)?;
        let cli::Command::Relay(relay) = arguments.command else {
            panic!("not the relay")
        };
        settings(*relay)
    }

    #[test]
    fn flags_describe_a_relay_without_a_file() {
        let flags = [
            "--cloud",
            "https://cloud.example.org",
            "--name",
            "north",
            "--secret-file",
            "north.secret",
            "--listen",
            "0.0.0.0:3479",
            "--listen",
            "[::]:3479",
            "--public-ip",
            "203.0.113.7",
        ];

        let config = settings_of(&flags).unwrap();

        assert_eq!(config.cloud.as_str(), "https://cloud.example.org/");
        assert_eq!((config.name.as_str(), config.listen.len()), ("north", 2));
        assert_eq!(config.public_ip, "203.0.113.7".parse().ok());
        config.check().unwrap();
    }

    #[test]
    fn a_relay_without_a_cloud_explains_how_to_join_one() {
        let error = settings_of(&[]).unwrap_err().to_string();

        assert!(error.contains("--secret-file"), "{error}");
        let flags = ["--cloud", "https://ana:secret@cloud.example.org"];
        let error = settings_of(&flags).unwrap_err().to_string();
        assert!(!error.contains("secret@"), "{error}");
    }
}
