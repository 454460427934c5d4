//! How an endpoint starts: str0m's settings, sockets with their host candidates, and the offer or
//! answer for them. Nothing here waits for the network.

use std::time::Instant;

use anyhow::Context;
use str0m::bwe::Bitrate;
use str0m::change::{SdpOffer, SdpPendingOffer};
use str0m::channel::ChannelConfig;
use str0m::crypto::dtls::DtlsVersion;
use str0m::media::{Direction, MediaKind};
use str0m::{Candidate, Rtc, RtcConfig};

use super::command::{Config, Offer};
use super::driver::{EndpointDriver, SdpRole, clock};
use crate::limits;
use crate::sdp::{self, BadSdp};
use crate::sockets::Sockets;

/// Stream number of the data channel that only reserves room for the viewer's own in the SDP. It is
/// negotiated out of band, so the other side never learns of it.
const RESERVED_CHANNEL: u16 = 1_022;

pub(super) fn offering(
    mut config: Config,
    offer: Offer,
) -> anyhow::Result<(EndpointDriver, String)> {
    let now = clock();
    let mapped = std::mem::take(&mut config.mapped);
    let sockets = Sockets::bind(mapped, config.bind, config.with_loopback)?;
    let estimate = if offer.with_estimate {
        PathEstimate::Made
    } else {
        PathEstimate::None
    };
    let mut rtc = rtc(offer.with_h265, estimate, now);
    add_hosts(&mut rtc, &sockets)?;
    let mut driver = EndpointDriver::new(rtc, sockets, config, SdpRole::Offering, now);
    driver.add_mapped();
    if offer.with_estimate {
        driver.grain = limits::ESTIMATE_GRAIN;
    }
    let (sdp, pending) = make_offer(&mut driver, offer, now)?;
    driver.pending = Some(pending);
    Ok((driver, sdp))
}

pub(super) fn answering(
    mut config: Config,
    offer: &str,
) -> anyhow::Result<(EndpointDriver, String)> {
    let now = clock();
    let mapped = std::mem::take(&mut config.mapped);
    let sockets = Sockets::bind(mapped, config.bind, config.with_loopback)?;
    let mut rtc = rtc(true, PathEstimate::Helped, now);
    add_hosts(&mut rtc, &sockets)?;
    let mut driver = EndpointDriver::new(rtc, sockets, config, SdpRole::Answering, now);
    driver.add_mapped();
    let answer = driver.accept_offer(offer)?;
    driver.drain_at_start(now)?;
    let mut change = driver.rtc.sdp_api();
    change.add_channel_with_config(ChannelConfig {
        label: proto::control::PROTOCOL.to_owned(),
        protocol: proto::control::PROTOCOL.to_owned(),
        ..ChannelConfig::default()
    });
    // The m-line already exists, so the channel needs no negotiation.
    if change.apply().is_some() {
        return Err(BadSdp("it has no data channel".to_owned()).into());
    }
    driver.drain_at_start(now)?;
    Ok((driver, answer))
}

pub(super) fn warm_up() {
    drop(rtc(true, PathEstimate::None, clock()));
}

/// What an end does for an estimate of what the path carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PathEstimate {
    /// Nothing: packets have no numbers, and nobody reports them.
    None,
    /// It makes one.
    Made,
    /// It reports what arrives, if the other side asks for that.
    Helped,
}

fn rtc(with_h265: bool, estimate: PathEstimate, now: Instant) -> Rtc {
    let with_reports = estimate != PathEstimate::None;
    let first_estimate = Bitrate::bps(limits::FIRST_ESTIMATE);
    let mut config = RtcConfig::new()
        .enable_bwe((estimate == PathEstimate::Made).then_some(first_estimate))
        .set_extension_map(sdp::extensions(with_reports))
        .set_stats_interval(Some(limits::STATS))
        // DTLS 1.3 takes one round trip (RFC 9147 §5.7), 1.2 takes two; the viewer's ClientHello decides.
        .set_dtls_version(DtlsVersion::Auto)
        .set_send_buffer_video(limits::SEND_BUFFER_PACKETS)
        .set_sctp_max_buffered_amount(
            limits::CONTROL_QUEUE_BYTES + limits::MAX_DATA_CHANNELS * limits::DATA_ROOM_BYTES,
        )
        .set_sctp_max_message_size(limits::MAX_CONTROL_BYTES as u32);
    config.set_initial_stun_rto(limits::FIRST_CHECK_WAIT);
    config.set_max_stun_retransmits(limits::STUN_RETRANSMITS);
    sdp::set_codecs(config.codec_config(), with_h265, with_reports);
    config.build(now)
}

fn add_hosts(rtc: &mut Rtc, sockets: &Sockets) -> anyhow::Result<()> {
    for address in sockets.addresses() {
        let candidate = Candidate::host(address, "udp")
            .with_context(|| format!("creating an ICE candidate from {address}"))?;
        rtc.add_local_candidate(candidate);
    }
    Ok(())
}

fn make_offer(
    driver: &mut EndpointDriver,
    offer: Offer,
    now: Instant,
) -> anyhow::Result<(String, SdpPendingOffer)> {
    anyhow::ensure!(
        offer.n_video <= limits::MAX_SLOTS,
        "an offer has at most {} video m-lines",
        limits::MAX_SLOTS
    );
    let mut change = driver.rtc.sdp_api();
    let mut add = |kind, stream: String| {
        // A separate stream for each: no picture waits for another's audio.
        let direction = match kind {
            // A viewer that talks sends on the same m-line.
            MediaKind::Audio => Direction::SendRecv,
            MediaKind::Video => Direction::SendOnly,
        };
        change.add_media(kind, direction, Some(stream), None, None)
    };
    // Candidates are about the first m-line, which has to be one that every viewer accepts: a Firefox without H.264
    // refuses all video.
    let audio = offer
        .with_audio
        .then(|| add(MediaKind::Audio, "sound".to_owned()));
    let video: Vec<_> = (0..offer.n_video)
        .map(|slot| add(MediaKind::Video, format!("slot-{slot}")))
        .collect();
    change.add_channel_with_config(ChannelConfig {
        label: "reserved".to_owned(),
        negotiated: Some(RESERVED_CHANNEL),
        ..ChannelConfig::default()
    });
    let (sdp, pending) = change.apply().context("the SDP offer is empty")?;
    for mid in video {
        driver.outgoing.add_video(mid, now);
    }
    if let Some(mid) = audio {
        driver.outgoing.set_audio(mid, now);
    }
    driver.drain_at_start(now)?;
    Ok((sdp.to_sdp_string(), pending))
}

impl EndpointDriver {
    /// Accepts an offer, the first one or one with an ICE restart, and answers it.
    pub(super) fn accept_offer(&mut self, sdp: &str) -> Result<String, BadSdp> {
        let (sdp, candidates) = sdp::without_candidates(sdp)?;
        let offer = SdpOffer::from_sdp_string(&sdp).map_err(|error| BadSdp(error.to_string()))?;
        let answer = self
            .rtc
            .sdp_api()
            .accept_offer(offer)
            .map_err(|error| BadSdp(error.to_string()))?;
        if self.role == SdpRole::Answering && self.events.is_some() {
            self.relays.restart(clock());
        }
        self.remote.restart();
        self.add_later(candidates);
        Ok(answer.to_sdp_string())
    }
}

/// A recorder and a viewer on loopback that know each other's descriptions and have sent nothing yet.
#[cfg(test)]
pub(super) fn pair() -> [EndpointDriver; 2] {
    let config = || Config {
        with_loopback: true,
        bind: Some(std::net::IpAddr::from([127, 0, 0, 1])),
        ..Config::default()
    };
    let offer = Offer {
        n_video: 1,
        with_audio: false,
        with_h265: false,
        with_estimate: false,
    };
    let (recorder, offer) = offering(config(), offer).expect("an offer");
    let (viewer, answer) = answering(config(), &offer).expect("an answer");
    let mut ends = [recorder, viewer];
    ends[0].accept_answer(&answer).expect("our own answer");
    for end in &mut ends {
        end.add_remembered().expect("addresses");
    }
    ends
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use str0m::net::{Protocol, Receive};
    use str0m::{Event, IceConnectionState, Input, Output};

    use super::*;

    /// One end of a call in memory.
    struct InMemory {
        rtc: Rtc,
        address: SocketAddr,
        due: Instant,
        n_sent: usize,
        has_path: bool,
    }

    impl InMemory {
        fn new(address: &str, now: Instant) -> InMemory {
            let address: SocketAddr = address.parse().expect("an address");
            let mut rtc = rtc(false, PathEstimate::None, now);
            rtc.add_local_candidate(Candidate::host(address, "udp").expect("a candidate"));
            InMemory {
                rtc,
                address,
                due: now,
                n_sent: 0,
                has_path: false,
            }
        }

        /// Acts at `now`; gives what it sends.
        fn act(&mut self, now: Instant) -> Vec<Vec<u8>> {
            let mut sent = Vec::new();
            loop {
                match self.rtc.poll_output().expect("it goes on") {
                    Output::Transmit(transmit) => sent.push(transmit.contents.to_vec()),
                    Output::Event(Event::IceConnectionStateChange(state)) => {
                        self.has_path |= state == IceConnectionState::Connected
                            || state == IceConnectionState::Completed;
                    }
                    Output::Event(_) => {}
                    Output::Timeout(due) if due <= now => {
                        let input = Input::Timeout(now);
                        self.rtc.handle_input(input).expect("it goes on");
                    }
                    Output::Timeout(due) => {
                        self.due = due;
                        return sent;
                    }
                }
            }
        }

        fn receive(&mut self, from: SocketAddr, datagram: &[u8], now: Instant) {
            let receive = Receive::new(Protocol::Udp, from, self.address, datagram);
            let input = Input::Receive(now, receive.expect("a datagram"));
            self.rtc.handle_input(input).expect("it goes on");
        }
    }

    #[test]
    fn a_lost_first_check_is_soon_repeated() {
        let start = Instant::now();
        let mut ends = ["192.0.2.1:1000", "192.0.2.2:1000"].map(|at| InMemory::new(at, start));
        let mut change = ends[0].rtc.sdp_api();
        change.add_channel("x".to_owned());
        let (offer, pending) = change.apply().expect("an offer");
        ends[0].act(start);
        let answer = ends[1]
            .rtc
            .sdp_api()
            .accept_offer(offer)
            .expect("an answer");
        ends[1].act(start);
        let taken = ends[0].rtc.sdp_api().accept_answer(pending, answer);
        taken.expect("our own answer");

        let mut now = start;
        while !ends.iter().all(|end| end.has_path) {
            for from in [0, 1] {
                for datagram in ends[from].act(now) {
                    ends[from].n_sent += 1;
                    // As without a permission: the first one of each side is lost.
                    if ends[from].n_sent > 1 {
                        let source = ends[from].address;
                        ends[1 - from].receive(source, &datagram, now);
                        ends[1 - from].due = now;
                    }
                }
            }
            now = ends[0]
                .due
                .min(ends[1].due)
                .max(now + Duration::from_millis(1));
            assert!(now - start < Duration::from_secs(5), "no path");
        }

        // str0m begins after 50 ms, where the task of an endpoint does not wait.
        let took = now - start;
        assert!(took <= Duration::from_millis(160), "{took:?}");
    }
}
