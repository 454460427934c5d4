//! The relays of one endpoint: starts and ends their connections as the ladder says, and passes
//! packets between them and the endpoint without ever waiting.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use proto::machine::Machine;
use tokio::sync::{mpsc, watch};
use tokio_rustls::rustls::ClientConfig;

use super::connection::{RelayConnection, RelayOrder};
use super::ladder::{AttemptId, Ladder, LadderInput, LadderOutput, Rung};
use super::server::{RelayTransport, TurnServer};
use crate::egress::Batch;
use crate::limits;

/// What the task of a relay connection tells the endpoint.
#[derive(Debug)]
pub(crate) enum RelayReport {
    /// There is a relayed address.
    Allocated {
        /// The address.
        relayed: SocketAddr,
        /// Where the relay itself is reached.
        server: IpAddr,
    },
    /// A packet came to a relayed address.
    Received {
        /// The relayed address.
        relayed: SocketAddr,
        /// The peer that sent it.
        from: SocketAddr,
        /// The packet.
        contents: Vec<u8>,
    },
    /// The task is over.
    Ended,
}

/// What changed for the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelayChange {
    /// A new relayed address, reached over this transport.
    Gained(SocketAddr, RelayTransport),
    /// An address that no longer works.
    Lost(SocketAddr),
}

/// All relays of an endpoint.
pub(crate) struct Relays {
    servers: Vec<TurnServer>,
    ladder: Ladder,
    links: BTreeMap<AttemptId, RelayLink>,
    bind: Option<IpAddr>,
    tls: Option<Arc<ClientConfig>>,
    peers: watch::Sender<BTreeSet<IpAddr>>,
    reports: mpsc::Receiver<(AttemptId, RelayReport)>,
    report_sender: mpsc::Sender<(AttemptId, RelayReport)>,
    begun: Instant,
    changes: Vec<RelayChange>,
}

struct RelayLink {
    orders: mpsc::Sender<RelayOrder>,
    transport: RelayTransport,
    addresses: Vec<SocketAddr>,
    /// Where the relay is reached, once it has given an address.
    server: Option<IpAddr>,
}

impl Relays {
    /// Nothing is tried before [`Relays::advance`]. Without `tls` there are no relays over TLS.
    pub(crate) fn new(
        servers: Vec<TurnServer>,
        bind: Option<IpAddr>,
        tls: Option<Arc<ClientConfig>>,
        now: Instant,
    ) -> Relays {
        let (servers, rungs) = rungs(servers, tls.is_some());
        let (report_sender, reports) = mpsc::channel(limits::RELAY_REPORTS);
        Relays {
            servers,
            ladder: Ladder::new(rungs, Duration::ZERO),
            links: BTreeMap::new(),
            bind,
            tls,
            peers: watch::Sender::new(BTreeSet::new()),
            reports,
            report_sender,
            begun: now,
            changes: Vec::new(),
        }
    }

    /// Starts and ends connections that are due; returns what changed for the connection.
    pub(crate) fn advance(&mut self, now: Instant) -> Vec<RelayChange> {
        self.ladder.handle_timeout(now - self.begun);
        self.act();
        std::mem::take(&mut self.changes)
    }

    /// When [`Relays::advance`] has something to do.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        if !self.changes.is_empty() {
            return Some(self.begun);
        }
        Some(self.begun + self.ladder.poll_timeout()?)
    }

    /// Waits for the next report. Dropping the future loses nothing.
    pub(crate) async fn next_report(&mut self) -> (AttemptId, RelayReport) {
        match self.reports.recv().await {
            Some(report) => report,
            // There is always a sender, our own.
            None => std::future::pending().await,
        }
    }

    /// A report that is already there.
    pub(crate) fn try_report(&mut self) -> Option<(AttemptId, RelayReport)> {
        self.reports.try_recv().ok()
    }

    /// Takes a report; returns a packet (relayed address, peer, contents) if it is one.
    pub(crate) fn reported(
        &mut self,
        (id, report): (AttemptId, RelayReport),
        now: Instant,
    ) -> Option<(SocketAddr, SocketAddr, Vec<u8>)> {
        let since = now - self.begun;
        match report {
            RelayReport::Allocated { relayed, server } => {
                self.gain(id, relayed, server)?;
                self.ladder.handle(LadderInput::Allocated(id), since);
                self.act();
                None
            }
            // Packets of a released allocation are as good as any.
            RelayReport::Received {
                relayed,
                from,
                contents,
            } => Some((relayed, from, contents)),
            RelayReport::Ended => {
                self.forget(id);
                self.ladder.handle(LadderInput::Ended(id), since);
                self.act();
                None
            }
        }
    }

    /// Gives an address to a connection. A relay may give one that a dead connection still has.
    fn gain(&mut self, id: AttemptId, address: SocketAddr, server: IpAddr) -> Option<()> {
        let transport = self.links.get(&id)?.transport;
        for (of, link) in &mut self.links {
            if *of == id {
                link.addresses.push(address);
                link.server = Some(server);
            } else if link.addresses.contains(&address) {
                link.addresses.retain(|known| *known != address);
                self.changes.push(RelayChange::Lost(address));
            }
        }
        self.changes.push(RelayChange::Gained(address, transport));
        Some(())
    }

    /// How the relay of this local address is reached; `None` if it is not one of a relay.
    pub(crate) fn transport_of(&self, local: SocketAddr) -> Option<RelayTransport> {
        self.link_of(local).map(|(_, link)| link.transport)
    }

    /// Where the relay of this local address is reached.
    pub(crate) fn server_of(&self, local: SocketAddr) -> Option<IpAddr> {
        self.link_of(local).and_then(|(_, link)| link.server)
    }

    /// Passes a batch to the relay of its source; false if the source is not the address of a relay.
    /// If the relay does not keep up, the batch is dropped.
    pub(crate) fn send(&self, batch: &Batch<'_>) -> bool {
        let Some((_, link)) = self.link_of(batch.source) else {
            return false;
        };
        let _ = link.orders.try_send(RelayOrder {
            to: batch.destination,
            contents: batch.contents.to_vec(),
            segment: batch.segment,
        });
        true
    }

    /// Lets an address of the other side send to all relayed addresses.
    pub(crate) fn permit(&self, ip: IpAddr) {
        self.peers.send_if_modified(|peers| {
            peers.len() < limits::MAX_PERMISSIONS && peers.insert(ip.to_canonical())
        });
    }

    /// Records the local address that the connection uses.
    pub(crate) fn in_use(&mut self, local: SocketAddr, now: Instant) {
        let id = self.link_of(local).map(|(id, _)| id);
        self.ladder.handle(LadderInput::InUse(id), now - self.begun);
        self.act();
    }

    /// Tries all relays again; an allocation in use stays until another one works.
    pub(crate) fn restart(&mut self, now: Instant) {
        // The permissions of the last generation end with its allocations.
        self.peers.send_replace(BTreeSet::new());
        self.ladder.handle(LadderInput::Restart, now - self.begun);
        self.act();
    }

    /// Takes other servers, or new credentials for the same ones, and tries them.
    pub(crate) fn replace(&mut self, servers: Vec<TurnServer>, now: Instant) {
        let (servers, rungs) = rungs(servers, self.tls.is_some());
        if servers == self.servers {
            return;
        }
        self.servers = servers;
        self.ladder.replace(rungs, now - self.begun);
        self.act();
    }

    /// Whether more relayed addresses may follow.
    pub(crate) fn is_gathering(&self) -> bool {
        self.ladder.is_trying()
    }

    fn link_of(&self, local: SocketAddr) -> Option<(AttemptId, &RelayLink)> {
        self.links
            .iter()
            .find(|(_, link)| link.addresses.contains(&local))
            .map(|(id, link)| (*id, link))
    }

    fn act(&mut self) {
        while let Some(output) = self.ladder.poll_output() {
            match output {
                LadderOutput::Start(id, server) => self.start(id, server),
                LadderOutput::Release(id) => self.forget(id),
            }
        }
    }

    fn start(&mut self, id: AttemptId, server: usize) {
        let server = self.servers[server].clone();
        let (orders, order_inbox) = mpsc::channel(limits::RELAY_ORDERS);
        self.links.insert(
            id,
            RelayLink {
                orders,
                transport: server.transport,
                addresses: Vec::new(),
                server: None,
            },
        );
        let connection = RelayConnection {
            id,
            server,
            bind: self.bind,
            tls: self.tls.clone(),
            orders: order_inbox,
            peers: self.peers.subscribe(),
            reports: self.report_sender.clone(),
        };
        let reports = self.report_sender.clone();
        tokio::spawn(async move {
            // In a separate task: a defect in a library ends only this relay.
            if let Err(error) = tokio::spawn(connection.run()).await {
                tracing::error!(%error, "a relay connection failed");
            }
            let _ = reports.send((id, RelayReport::Ended)).await;
        });
    }

    /// Drops a connection; its task ends the allocation on the relay.
    fn forget(&mut self, id: AttemptId) {
        if let Some(link) = self.links.remove(&id) {
            let lost = link.addresses.into_iter().map(RelayChange::Lost);
            self.changes.extend(lost);
        }
    }
}

/// The servers that are used, and what the ladder needs to know of them: all ways to the first relays.
fn rungs(servers: Vec<TurnServer>, with_tls: bool) -> (Vec<TurnServer>, Vec<Rung>) {
    let mut known: Vec<(Option<usize>, String)> = Vec::new();
    let mut kept = Vec::new();
    let mut rungs = Vec::new();
    for server in servers {
        let is_known = kept.contains(&server);
        let is_possible = with_tls || server.transport != RelayTransport::Tls;
        let is_same = |(relay, host): &(Option<usize>, String)| match (relay, server.relay) {
            (Some(one), Some(other)) => *one == other,
            _ => *host == server.host,
        };
        let position = known.iter().position(is_same);
        let relay = position.unwrap_or(known.len());
        if is_known || !is_possible || relay >= limits::MAX_RELAYS_TRIED {
            continue;
        }
        if position.is_none() {
            known.push((server.relay, server.host.clone()));
        }
        rungs.push(Rung {
            relay,
            transport: server.transport,
        });
        kept.push(server);
        if kept.len() == limits::MAX_TURN_SERVERS {
            break;
        }
    }
    (kept, rungs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> TurnServer {
        TurnServer::parse(url, "ana", "a secret").expect("a relay")
    }

    #[test]
    fn four_relays_are_tried_over_all_their_transports() {
        let list = [
            "turn:one",
            "turn:one?transport=tcp",
            "turn:two",
            "turns:one:443",
            "turn:three",
            "turn:one",
            "turn:four",
            "turn:five",
        ];

        let (kept, rungs) = rungs(list.map(server).to_vec(), true);

        let hosts: Vec<&str> = kept.iter().map(|server| server.host.as_str()).collect();
        assert_eq!(hosts, ["one", "one", "two", "one", "three", "four"]);
        let relays: Vec<usize> = rungs.iter().map(|rung| rung.relay).collect();
        assert_eq!(relays, [0, 0, 1, 0, 2, 3]);
    }

    #[test]
    fn the_addresses_of_one_relay_are_not_two_relays() {
        let of = |url: &str, relay| TurnServer {
            relay: Some(relay),
            ..server(url)
        };
        let list = vec![
            of("turn:192.0.2.7", 1),
            of("turn:[2001:db8::7]", 1),
            of("turn:192.0.2.8", 3),
        ];

        let (_, rungs) = rungs(list, true);

        let relays: Vec<usize> = rungs.iter().map(|rung| rung.relay).collect();
        assert_eq!(relays, [0, 0, 1]);
    }

    #[test]
    fn without_roots_of_trust_no_relay_is_tried_over_tls() {
        let (kept, _) = rungs(vec![server("turns:one"), server("turn:one")], false);

        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].transport, RelayTransport::Udp);
    }

    #[tokio::test]
    async fn an_address_given_again_belongs_to_the_newer_connection() {
        let list = ["turn:127.0.0.1:9", "turn:127.0.0.1:9?transport=tcp"];
        let begun = Instant::now();
        let mut relays = Relays::new(list.map(server).to_vec(), None, None, begun);
        let later = begun + limits::STREAM_AFTER_UDP;
        assert_eq!(relays.advance(later), []);
        let address: SocketAddr = "198.51.100.7:5000".parse().expect("an address");
        let server = IpAddr::from([127, 0, 0, 1]);
        let relayed = address;
        let allocated = |id| (id, RelayReport::Allocated { relayed, server });

        relays.reported(allocated(1), later);
        assert_eq!(
            relays.advance(later),
            [RelayChange::Gained(address, RelayTransport::Tcp)]
        );
        relays.in_use(address, later);
        relays.reported(allocated(0), later);

        let gained = RelayChange::Gained(address, RelayTransport::Udp);
        assert_eq!(relays.advance(later), [RelayChange::Lost(address), gained]);
        assert_eq!(relays.transport_of(address), Some(RelayTransport::Udp));
        assert_eq!(relays.server_of(address), Some(server));
        relays.reported((1, RelayReport::Ended), later);
        assert_eq!(relays.advance(later), []);
    }
}
