//! STUN and TURN for the calls of a cloud: a closed relay (RFC 8489, RFC 8656).
//!
//! Signalling writes open calls and the addresses of their parties into a [`CallBook`], or
//! implements [`OpenCalls`] itself. The relay passes packets only between the two parties of an
//! open call, and only while a peer proves that it wants them.
//!
//! Entry points: [`Relay::bind`] opens the listeners, and [`Relay::run`] serves until it is
//! stopped. `turn_core` decides, `policy` defines the allowed peers, and `limits` contains every
//! number; all of that is pure (clippy.toml). `event_loop` moves bytes and owns every socket and
//! clock.

pub mod call_book;
pub mod core;
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the driver owns sockets, timers and the machine's addresses"
)]
mod event_loop;
pub mod framing;
pub mod limits;
pub mod mirror;
pub mod policy;
mod rate;
pub mod stats;
pub mod turn_core;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

use anyhow::{Context as _, ensure};
use proto::turn_credential::Secret;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use call_book::{CallBook, OpenCalls};
pub use limits::Limits;
pub use mirror::Mirror;
pub use stats::{Counters, Refusal, Stats};

use self::core::{Family, PerFamily};
pub use event_loop::handover::Handover;
pub use event_loop::sockets::listen_tcp;

use event_loop::handover::{HandoverQueue, handover};
use event_loop::own_addresses;
use event_loop::sockets::{Listeners, PortPool};
use event_loop::{RelayDriver, Setup};
use policy::PeerPolicy;
use turn_core::{EngineSettings, TurnCore};

/// Settings of the relay.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where clients reach the relay: at most one address of each family, all with the same port, for
    /// UDP and TCP. Port 0 means any free one.
    pub listen: Vec<SocketAddr>,
    /// The addresses of relayed sockets, at most one of each family. A family without one gets 440.
    pub relayed: Vec<RelayedAddress>,
    /// UDP ports that relayed sockets take, one for each relayed address.
    pub port_range: RangeInclusive<u16>,
    /// Shared with the issuer of TURN credentials.
    pub secret: Secret,
    /// LAN-only setting: private, loopback and link-local peers are allowed.
    pub allow_private_peers: bool,
    /// For the demo, where everything runs on one machine: parties may be on the relay's machine
    /// too.
    pub are_parties_here: bool,
    /// Quotas, rates and connection limits.
    pub limits: Limits,
}

/// The address of relayed sockets of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayedAddress {
    /// The address that they are bound to. Clients are given it unless `public_ip` is set.
    pub relay_ip: IpAddr,
    /// The public address if the relay is behind a one-to-one NAT.
    pub public_ip: Option<IpAddr>,
}

impl RelayedAddress {
    fn advertised(self) -> IpAddr {
        self.public_ip.unwrap_or(self.relay_ip).to_canonical()
    }

    fn check(self) -> anyhow::Result<()> {
        ensure!(
            !self.advertised().is_unspecified(),
            "the relay needs relay_ip or public_ip as its address for clients; {} is not enough",
            self.relay_ip
        );
        ensure!(
            Family::of(self.advertised()) == Family::of(self.relay_ip),
            "relay_ip and public_ip of the relay must have the same address family"
        );
        Ok(())
    }
}

/// Moves a running relay to other addresses, for networks whose public address changes; clones move
/// the same one.
#[derive(Clone, Debug)]
pub struct RelayedAddresses(watch::Sender<Vec<RelayedAddress>>);

impl RelayedAddresses {
    /// Sets the addresses of further allocations.
    ///
    /// # Errors
    /// They make no sense; nothing has changed.
    pub fn set(&self, relayed: Vec<RelayedAddress>) -> anyhow::Result<PerFamily<Option<IpAddr>>> {
        check_relayed(&relayed)?;
        let advertised = advertised(&relayed);
        self.0.send_replace(relayed);
        Ok(advertised)
    }

    /// Returns the addresses that are set.
    pub fn get(&self) -> Vec<RelayedAddress> {
        self.0.borrow().clone()
    }
}

/// The addresses that clients are given.
fn advertised(relayed: &[RelayedAddress]) -> PerFamily<Option<IpAddr>> {
    let mut advertised = PerFamily::default();
    for of in relayed {
        *advertised.of_mut(Family::of(of.relay_ip)) = Some(of.advertised());
    }
    advertised
}

/// The addresses of this machine that settings name.
fn configured(listeners: &[SocketAddr], relayed: &[RelayedAddress]) -> Vec<IpAddr> {
    let relayed = relayed.iter().flat_map(|of| [of.advertised(), of.relay_ip]);
    relayed
        .chain(listeners.iter().map(SocketAddr::ip))
        .collect()
}

/// Where relayed sockets of each family are opened. A family without an address may get one later.
fn port_pools(config: &Config, random: &mut impl FnMut(&mut [u8])) -> PerFamily<PortPool> {
    let mut pool = |family, any: IpAddr| {
        let mut of_family = config.relayed.iter();
        let of = of_family.find(|of| Family::of(of.relay_ip) == family);
        let mut first_port = [0; 2];
        random(&mut first_port);
        let first_port = u16::from_ne_bytes(first_port);
        let ip = of.map_or(any, |of| of.relay_ip);
        PortPool::new(ip, config.port_range.clone(), first_port)
    };
    PerFamily {
        v4: pool(Family::V4, Ipv4Addr::UNSPECIFIED.into()),
        v6: pool(Family::V6, Ipv6Addr::UNSPECIFIED.into()),
    }
}

fn check_relayed(relayed: &[RelayedAddress]) -> anyhow::Result<()> {
    ensure!(
        has_one_of_each(relayed.iter().map(|of| of.relay_ip)),
        "the relay needs one relayed address, or one of each address family"
    );
    relayed.iter().try_for_each(|of| of.check())
}

fn has_one_of_each(ips: impl Iterator<Item = IpAddr>) -> bool {
    let families: Vec<Family> = ips.map(Family::of).collect();
    match families[..] {
        [_] => true,
        [one, other] => one != other,
        _ => false,
    }
}

impl Config {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            !self.port_range.is_empty() && *self.port_range.start() > 0,
            "the relay's port range must contain at least one port, but not port 0"
        );
        ensure!(
            has_one_of_each(self.listen.iter().map(SocketAddr::ip)),
            "the relay listens on one address, or on one of each address family"
        );
        let port = self.listen.first().map_or(0, SocketAddr::port);
        ensure!(
            self.listen.iter().all(|addr| addr.port() == port),
            "the relay listens on the same port of both address families"
        );
        check_relayed(&self.relayed)
    }
}

/// A relay whose sockets are open; [`Relay::run`] serves them.
pub struct Relay {
    driver: RelayDriver<TurnCore>,
    addrs: Vec<SocketAddr>,
    advertised: PerFamily<Option<IpAddr>>,
    relayed: RelayedAddresses,
    handover: (Handover, HandoverQueue),
    counters: Counters,
}

impl Relay {
    /// Opens the listeners. `unix_seconds` is the clock that decides when credentials and calls
    /// expire; it must be the clock of the component that issues and opens them. `random` fills a
    /// slice from a secure generator.
    ///
    /// # Errors
    /// A setting makes no sense, or a socket cannot be opened; the message says which.
    #[expect(
        clippy::unused_async,
        reason = "its sockets need a runtime, which an async caller has"
    )]
    pub async fn bind(
        config: Config,
        calls: impl OpenCalls,
        unix_seconds: impl Fn() -> u64 + Send + 'static,
        mut random: impl FnMut(&mut [u8]),
    ) -> anyhow::Result<Relay> {
        config.check()?;
        let listeners = Listeners::bind(&config.listen, event_loop::n_threads())?;
        let addrs = listeners.addrs();
        let (mut nonce_key, mut answer_key) = ([0; 32], [0; 16]);
        random(&mut nonce_key);
        random(&mut answer_key);
        let ports = port_pools(&config, &mut random);
        let advertised = advertised(&config.relayed);
        let configured = configured(&addrs, &config.relayed);
        let own = own_addresses::of_this_machine(&configured)
            .context("listing this machine's addresses")?;
        let (sender, relayed) = watch::channel(config.relayed);
        let counters = Counters::default();
        let settings = EngineSettings {
            secret: config.secret,
            advertised,
            policy: PeerPolicy {
                allow_private: config.allow_private_peers,
                own,
                are_parties_here: config.are_parties_here,
                listen_port: addrs.first().map_or(0, SocketAddr::port),
            },
            limits: config.limits.clone(),
            nonce_key,
            answer_key,
        };
        let book = calls.changes();
        let core = TurnCore::new(settings, calls, counters.clone());
        let setup = Setup {
            listeners,
            limits: config.limits,
            relayed,
            book,
        };
        let unix_seconds = Box::new(unix_seconds);
        let driver = RelayDriver::new(core, ports, unix_seconds, setup, counters.clone());
        Ok(Relay {
            driver,
            addrs,
            advertised,
            relayed: RelayedAddresses(sender),
            handover: handover(),
            counters,
        })
    }

    /// Returns the first listening address, with the port that was really bound.
    pub fn addr(&self) -> SocketAddr {
        self.addrs[0]
    }

    /// Returns all listening addresses; they have one port.
    pub fn addrs(&self) -> &[SocketAddr] {
        &self.addrs
    }

    /// Returns the addresses that clients are given for their relayed sockets.
    pub fn advertised(&self) -> PerFamily<Option<IpAddr>> {
        self.advertised
    }

    /// Reads the counters.
    pub fn stats(&self) -> Stats {
        self.counters.read()
    }

    /// Returns a handle that reads the counters while the relay runs.
    pub fn counters(&self) -> Counters {
        self.counters.clone()
    }

    /// Returns a handle that moves the relay to other addresses.
    pub fn relayed_addresses(&self) -> RelayedAddresses {
        self.relayed.clone()
    }

    /// Returns a handle for streams that other listeners accept, such as TURN over TLS.
    pub fn handover(&self) -> Handover {
        self.handover.0.clone()
    }

    /// Serves until `shutdown` is cancelled, then closes every socket at once.
    ///
    /// # Errors
    /// A thread cannot be started; a single packet or client never ends the relay.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        tracing::info!(relay.addrs = ?self.addrs, "relay is serving");
        self.driver.run(self.handover.1, shutdown).await
    }
}
