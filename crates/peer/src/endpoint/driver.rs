//! The state of one connection and str0m's contract: after every action on str0m it is drained
//! before anything else happens, and its outputs are sent, reported, or change the state.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::bwe::BweKind;
use str0m::change::SdpPendingOffer;
use str0m::media::MediaKind;
use str0m::{Candidate, Event as RtcEvent, IceConnectionState, Input, Output, Rtc, RtcError};
use tokio::sync::mpsc;

use super::command::Config;
use super::control::Control;
use super::data::DataChannels;
use super::early_dtls::EarlyDtls;
use super::event::{ConnectionStats, Ended, Event, Path};
use super::ice::KnownReflexive;
use super::incoming_media::IncomingMedia;
use super::outgoing_media::OutgoingMedia;
use super::path_watch::{PathDue, PathWatch};
use super::relay::is_local_path;
use crate::candidate::RemoteCandidates;
use crate::egress::{Egress, Packet};
use crate::limits;
use crate::presumed::PresumedAddresses;
use crate::reflexive::Reflexive;
use crate::sockets::{Sent, Sockets};
use crate::turn::{RelayTransport, Relays};

/// Turns of str0m at one time before the task yields to others.
const MAX_TURNS: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SdpRole {
    Offering,
    Answering,
}

/// How far the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectionPhase {
    Connecting(Instant),
    Up,
    Lost(Instant),
}

pub(super) struct EndpointDriver {
    pub(super) rtc: Rtc,
    pub(super) role: SdpRole,
    pub(super) outgoing: OutgoingMedia,
    pub(super) control: Control,
    pub(super) data: DataChannels,
    pub(super) remote: RemoteCandidates,
    pub(super) pending: Option<SdpPendingOffer>,
    pub(super) incoming: IncomingMedia,
    pub(super) sockets: Sockets,
    pub(super) egress: Egress,
    pub(super) reflexive: Reflexive,
    pub(super) reflexive_candidates: Vec<KnownReflexive>,
    pub(super) presumed: PresumedAddresses,
    pub(super) path_watch: PathWatch,
    /// The ICE user name of a restart that is offered and not answered.
    pub(super) offered_ufrag: Option<String>,
    pub(super) relays: Relays,
    /// Candidates of relayed addresses that work.
    pub(super) relayed: BTreeMap<SocketAddr, Candidate>,
    /// Relayed candidates so far.
    pub(super) n_relayed: u32,
    pub(super) config: Config,
    pub(super) phase: ConnectionPhase,
    pub(super) started: Instant,
    pub(super) stun_servers: Vec<SocketAddr>,
    /// Whether the names of all STUN servers were looked up.
    pub(super) is_resolved: bool,
    /// Whether the end of local candidates was reported.
    pub(super) is_gathered: bool,
    /// Remote candidates of a description that have not been processed yet.
    pub(super) later: Vec<String>,
    /// The destination of the last picture, which determines the pace.
    pub(super) destination: Option<SocketAddr>,
    /// The local address that media was last sent from.
    pub(super) media_source: Option<SocketAddr>,
    pub(super) events: Option<mpsc::Sender<Event>>,
    /// Events before the owner could receive any.
    pub(super) early: Vec<Event>,
    pub(super) datagrams: Vec<(SocketAddr, SocketAddr, Vec<u8>)>,
    pub(super) early_dtls: EarlyDtls,
    pub(super) n_garbage: u64,
    pub(super) last_bytes: (u64, u64),
    /// Bits per second that the path carries, where that is estimated.
    pub(super) estimate: Option<u64>,
    /// Moments that are this near are now.
    pub(super) grain: Duration,
}

/// The runtime's clock, which tests may set.
pub(super) fn clock() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl EndpointDriver {
    pub(super) fn new(
        rtc: Rtc,
        sockets: Sockets,
        config: Config,
        role: SdpRole,
        now: Instant,
    ) -> EndpointDriver {
        let (turn, tls) = (config.turn_servers.clone(), config.tls.clone());
        let relays = Relays::new(turn, config.bind, tls, now);
        EndpointDriver {
            rtc,
            role,
            outgoing: OutgoingMedia::default(),
            control: Control::default(),
            data: DataChannels::default(),
            remote: RemoteCandidates::new(config.with_loopback),
            pending: None,
            incoming: IncomingMedia::default(),
            sockets,
            egress: Egress::new(now),
            reflexive: Reflexive::default(),
            reflexive_candidates: Vec::new(),
            presumed: PresumedAddresses::default(),
            path_watch: PathWatch::new(now),
            offered_ufrag: None,
            relays,
            relayed: BTreeMap::new(),
            n_relayed: 0,
            config,
            phase: ConnectionPhase::Connecting(now + limits::CONNECT),
            started: now,
            stun_servers: Vec::new(),
            is_resolved: false,
            is_gathered: false,
            later: Vec::new(),
            destination: None,
            media_source: None,
            events: None,
            early: Vec::new(),
            datagrams: Vec::new(),
            early_dtls: EarlyDtls::default(),
            n_garbage: 0,
            last_bytes: (0, 0),
            estimate: None,
            grain: Duration::ZERO,
        }
    }

    /// Drains the outputs of the set-up.
    pub(super) fn drain_at_start(&mut self, now: Instant) -> anyhow::Result<()> {
        match self.drain(now) {
            Ok(_) => Ok(()),
            Err(ended) => anyhow::bail!("setting up a connection: {ended:?}"),
        }
    }

    pub(super) fn flush(&mut self) -> bool {
        let max_batch = self.sockets.max_batch();
        let mut has_sent = false;
        while let Some(batch) = self.egress.batch(max_batch) {
            let n_packets = batch.n_packets;
            if !self.relays.send(&batch) && self.sockets.send(&batch) == Sent::Blocked {
                break;
            }
            self.egress.sent(n_packets);
            has_sent = true;
        }
        has_sent
    }

    /// str0m's contract: after every action, poll until it only waits.
    pub(super) fn drain(&mut self, now: Instant) -> Result<Instant, Ended> {
        let mut now = now;
        for _ in 0..MAX_TURNS {
            loop {
                match self.rtc.poll_output().map_err(|error| ended(&error))? {
                    Output::Transmit(transmit) => self.transmit(Packet {
                        source: transmit.source,
                        destination: transmit.destination,
                        contents: transmit.contents.into(),
                    }),
                    Output::Event(event) => self.happened(event, now)?,
                    Output::Timeout(next) if next > now + self.grain => return Ok(next),
                    Output::Timeout(next) => {
                        now = now.max(next);
                        break;
                    }
                }
            }
            self.rtc
                .handle_input(Input::Timeout(now))
                .map_err(|error| ended(&error))?;
        }
        // There is more to do, but other tasks get their turn first.
        Ok(now + Duration::from_millis(1))
    }

    fn happened(&mut self, event: RtcEvent, now: Instant) -> Result<(), Ended> {
        match event {
            RtcEvent::Connected => {
                self.phase = ConnectionPhase::Up;
                self.early_dtls = EarlyDtls::default();
                self.path_watch.heard(now);
                self.emit(Event::Connected)
            }
            RtcEvent::IceConnectionStateChange(state) => self.ice_changed(state, now),
            RtcEvent::MediaAdded(added) if self.role == SdpRole::Answering => {
                self.incoming.add(added.mid, added.kind);
                if added.kind == MediaKind::Audio && added.direction.is_sending() {
                    self.outgoing.set_audio(added.mid, now);
                    self.outgoing.negotiated(&mut self.rtc);
                }
                Ok(())
            }
            RtcEvent::MediaData(data) => match self.incoming.take(data) {
                Some(event) => self.emit(event),
                None => Ok(()),
            },
            RtcEvent::KeyframeRequest(request) => match self.outgoing.slot_of(request.mid) {
                Some(slot) => self.emit(Event::KeyFrameWanted(slot)),
                None => Ok(()),
            },
            RtcEvent::ChannelOpen(id, label)
                if self.data.opened(id, &label, &self.config.data_labels) =>
            {
                Ok(())
            }
            RtcEvent::ChannelOpen(id, label) => {
                let is_offering = self.role == SdpRole::Offering;
                let opened = self
                    .control
                    .opened(&mut self.rtc, is_offering, id, &label)?;
                opened.map_or(Ok(()), |event| self.emit(event))
            }
            RtcEvent::ChannelData(data) => {
                let event = match self.data.received(data) {
                    Ok(event) => event,
                    Err(data) => self.control.received(data),
                };
                event.map_or(Ok(()), |event| self.emit(event))
            }
            RtcEvent::ChannelClose(id) => {
                self.control.closed(id);
                self.data.closed(id);
                Ok(())
            }
            RtcEvent::EgressBitrateEstimate(BweKind::Twcc {
                estimate,
                can_probe,
            }) => {
                self.estimate = can_probe.then_some(estimate.as_u64());
                Ok(())
            }
            RtcEvent::PeerStats(stats) => self.measured(&stats),
            RtcEvent::Closed => Err(Ended::ClosedByPeer),
            _ => Ok(()),
        }
    }

    /// Queues a datagram; the destination of pictures determines their pace.
    fn transmit(&mut self, packet: Packet) {
        if self.phase == ConnectionPhase::Up && self.destination != Some(packet.destination) {
            self.destination = Some(packet.destination);
            let relay = self.relays.transport_of(packet.source);
            let is_local = is_local_path(packet.destination, relay);
            self.egress.set_pace(if is_local {
                limits::LOCAL_PACE
            } else {
                limits::WIDE_PACE
            });
        }
        if is_media(&packet.contents) {
            self.media_source = Some(packet.source);
        }
        self.egress.push(packet);
    }

    fn ice_changed(&mut self, state: IceConnectionState, now: Instant) -> Result<(), Ended> {
        match (state, self.phase) {
            (IceConnectionState::Disconnected, ConnectionPhase::Up) => self.lose_path(now),
            (IceConnectionState::Checking, ConnectionPhase::Up | ConnectionPhase::Lost(_)) => {
                self.path_watch.checks(now);
                Ok(())
            }
            (IceConnectionState::Connected | IceConnectionState::Completed, phase) => {
                let has_checked = self.path_watch.has_checked();
                match phase {
                    ConnectionPhase::Up if !has_checked => Ok(()),
                    ConnectionPhase::Up | ConnectionPhase::Lost(_) => {
                        self.phase = ConnectionPhase::Up;
                        self.path_watch.heard(now);
                        self.emit(Event::Reconnected)
                    }
                    ConnectionPhase::Connecting(_) => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn lose_path(&mut self, now: Instant) -> Result<(), Ended> {
        self.path_watch.has_checked();
        self.phase = ConnectionPhase::Lost(now + limits::RESTART);
        // RFC 7675: nothing more is sent on a path without consent.
        self.egress.drop_paced();
        self.emit(Event::Disconnected)
    }

    /// Acts on what the path does or no longer does.
    pub(super) fn watch_path(&mut self, now: Instant) -> Result<(), Ended> {
        if self.phase != ConnectionPhase::Up {
            return Ok(());
        }
        while let Some(due) = self.path_watch.take_due(now) {
            match due {
                PathDue::Probe => self.control.probe(&mut self.rtc)?,
                PathDue::Silent => self.emit(Event::Silent)?,
                PathDue::NotFound => return self.lose_path(now),
            }
        }
        Ok(())
    }

    fn measured(&mut self, stats: &str0m::stats::PeerStats) -> Result<(), Ended> {
        let (sent, received) = (stats.peer_bytes_tx, stats.peer_bytes_rx);
        let bits = |new: u64, old: u64| new.saturating_sub(old) * 8 / limits::STATS.as_secs();
        let rates = (
            bits(sent, self.last_bytes.0),
            bits(received, self.last_bytes.1),
        );
        self.last_bytes = (sent, received);
        let Some(pair) = &stats.selected_candidate_pair else {
            return Ok(());
        };
        self.relays.in_use(pair.local.addr, clock());
        self.emit(Event::Stats(ConnectionStats {
            path: self.path(pair.local.addr, pair.remote.addr),
            round_trip: pair.current_round_trip_time,
            sent_bits_per_second: rates.0,
            received_bits_per_second: rates.1,
            loss: stats.egress_loss_fraction,
            estimate: self.estimate,
            n_dropped: self.outgoing.n_dropped(),
            n_garbage: self.n_garbage,
        }))
    }

    fn path(&self, local: SocketAddr, remote: SocketAddr) -> Path {
        let is_mapped = self.sockets.mapped().any(|(base, _)| base == local);
        // To the relay of the other side alone, this end sends UDP.
        let theirs = self.remote.is_relay(remote).then_some(RelayTransport::Udp);
        let relay = self.relays.transport_of(local).or(theirs);
        Path::of(relay, is_mapped, remote.ip())
    }

    pub(super) fn emit(&mut self, event: Event) -> Result<(), Ended> {
        let Some(events) = &self.events else {
            self.early.push(event);
            return Ok(());
        };
        match events.try_send(event) {
            // An owner that no longer listens is about to drop the endpoint.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Full(
                Event::Frame(_) | Event::Sound(_) | Event::Stats(_) | Event::Data { .. },
            )) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => Err(Ended::Overloaded),
        }
    }
}

/// RTP or RTCP, by its first byte (RFC 7983 §7).
fn is_media(contents: &[u8]) -> bool {
    matches!(contents.first(), Some(128..=191))
}

/// The reason for the end of a connection, according to str0m.
pub(super) fn ended(error: &RtcError) -> Ended {
    let text = error.to_string();
    match error {
        // str0m reports this one as text only.
        RtcError::RemoteSdp(reason) if reason.contains("fingerprint") => Ended::WrongFingerprint,
        _ => Ended::Failed(text),
    }
}
