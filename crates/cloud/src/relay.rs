//! STUN and TURN for the calls of this cloud: a closed relay (RFC 8489, RFC 8656).
//!
//! Signalling writes open calls and the addresses of their parties into the [`CallBook`]; the
//! relay passes packets only between the two parties of an open call, and only while a peer proves
//! that it wants them. `turn_core` decides,
//! `event_loop` moves bytes, `policy` knows which peers are allowed, `limits` every number.

pub mod call_book;
pub mod core;
mod event_loop;
pub mod framing;
pub mod limits;
mod own_addresses;
pub mod policy;
mod rate;
mod sockets;
pub mod stats;
pub mod turn_core;

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use anyhow::{Context as _, ensure};
use proto::turn_credential::Secret;
use tokio_util::sync::CancellationToken;

pub use call_book::CallBook;
pub use limits::Limits;
pub use stats::{Counters, Refusal, Stats};

use event_loop::Driver;
use policy::PeerPolicy;
use sockets::{Listeners, PortPool};
use turn_core::{Settings, TurnCore};

/// Settings of the relay.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where clients reach the relay, UDP and TCP on the same port; port 0 means any free one.
    pub listen: SocketAddr,
    /// Where relayed sockets are bound, and what clients are told unless `public_ip` is set.
    pub relay_ip: IpAddr,
    /// The address that the world sees when the relay stands behind a one-to-one NAT.
    pub public_ip: Option<IpAddr>,
    /// Ports of relayed sockets.
    pub port_range: RangeInclusive<u16>,
    /// Shared with whoever mints TURN credentials.
    pub secret: Secret,
    /// LAN-only setting: private, loopback and link-local peers are let through.
    pub allow_private_peers: bool,
    /// For the demo, where everything runs on one machine: parties may be on the relay's, too.
    pub are_parties_here: bool,
    /// Quotas and rates.
    pub limits: Limits,
}

/// A relay whose sockets are open; [`Relay::run`] serves them.
pub struct Relay {
    driver: Driver<TurnCore>,
    addr: SocketAddr,
    counters: Counters,
}

impl Relay {
    /// Opens the listeners.
    ///
    /// # Errors
    /// A setting makes no sense, or a socket cannot be opened; the message says which.
    pub async fn bind(config: Config, calls: CallBook) -> anyhow::Result<Relay> {
        let advertised = config.public_ip.unwrap_or(config.relay_ip).to_canonical();
        ensure!(
            !config.port_range.is_empty() && *config.port_range.start() > 0,
            "the relay's port range must hold at least one port and not port 0"
        );
        ensure!(
            !advertised.is_unspecified(),
            "the relay needs relay_ip or public_ip to tell clients, 0.0.0.0 is no address"
        );
        ensure!(
            advertised.is_ipv4() == config.relay_ip.to_canonical().is_ipv4(),
            "relay_ip and public_ip of the relay must be of one family"
        );
        let listeners = Listeners::bind(config.listen).await?;
        let addr = listeners.addr;
        let mut nonce_key = [0; 32];
        getrandom::fill(&mut nonce_key).context("drawing the relay's nonce key")?;
        let configured = vec![advertised, config.relay_ip, config.listen.ip()];
        let own = own_addresses::of_this_machine(&configured)
            .context("listing this machine's addresses")?;
        let counters = Counters::default();
        let settings = Settings {
            secret: config.secret,
            advertised,
            policy: PeerPolicy {
                allow_private: config.allow_private_peers,
                own,
                are_parties_here: config.are_parties_here,
                listen_port: addr.port(),
            },
            limits: config.limits.clone(),
            nonce_key,
        };
        let core = TurnCore::new(settings, calls, counters.clone());
        let ports = PortPool::new(config.relay_ip, config.port_range);
        let settings = (config.limits, configured);
        let driver = Driver::new(core, listeners, ports, settings, counters.clone());
        Ok(Relay {
            driver,
            addr,
            counters,
        })
    }

    /// Returns the listening address, with the port that was really bound.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Reads the counters.
    pub fn stats(&self) -> Stats {
        self.counters.read()
    }

    /// Returns a handle that reads the counters while the relay runs.
    pub fn counters(&self) -> Counters {
        self.counters.clone()
    }

    /// Serves until `shutdown` is cancelled, then closes every socket at once.
    ///
    /// # Errors
    /// None at present; a single packet or client never ends the relay.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        tracing::info!(relay.addr = %self.addr, "relay is serving");
        self.driver.run(shutdown).await;
        Ok(())
    }
}
