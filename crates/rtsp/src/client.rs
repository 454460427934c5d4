//! One connection to a camera: DESCRIBE, SETUP, PLAY, keep-alives, and its end.
//!
//! Feed one input, do all outputs in their order, and come back at the next moment. The driver owns the connection
//! (TLS or not), the UDP ports and the clock. After [`RtspOutput::Described`] it chooses tracks; after
//! [`RtspEnd::Again`] it opens another connection with what came with it, at once.

mod answers;
mod config;
mod ending;
mod events;
mod exchange;
mod life;
mod outcome;
mod reception;
mod requests;
mod server_requests;
mod tracks;

pub use config::{ClientConfig, FrameFilter, PlayOptions, TrackChoice, TransportPolicy};
pub use events::{PlayStart, RtspInput, RtspOutput, SetUpTrack, TrackPacket};
pub use outcome::{RtspEnd, RtspError};

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use data_encoding::HEXLOWER;

use crate::media::Receiver;
use crate::message::decoder::{Decoder, SendingSide};
use crate::message::{RtspMessage, write_data};
use crate::sdp::{ControlBase, Description};
use exchange::Exchange;
use life::{Life, RtspPhase};
use server_requests::ServerRequests;
use tracks::ClientTracks;

/// What is done once the request before it is answered.
#[derive(Debug)]
enum Wish {
    Play(PlayOptions),
    Pause,
}

/// See the module.
#[derive(Debug)]
pub struct RtspClient {
    config: ClientConfig,
    /// The camera's address.
    camera: IpAddr,
    decoder: Decoder,
    /// Whether anything came that is RTSP.
    has_spoken: bool,
    exchange: Exchange,
    phase: RtspPhase,
    base: Option<ControlBase>,
    description: Description,
    tracks: ClientTracks,
    /// Methods that the camera says it knows.
    public: Option<BTreeSet<String>>,
    wish: Option<Wish>,
    /// The last PLAY that was sent.
    play: PlayOptions,
    life: Life,
    server_requests: ServerRequests,
    /// Source and name in reports.
    identity: (u32, String),
    /// By index of the track.
    receivers: Vec<(usize, Receiver)>,
    /// The track whose key frame is requested when its source is known.
    key_frame_of: Option<usize>,
    outputs: VecDeque<RtspOutput>,
}

impl RtspClient {
    /// A client on a connection to `camera` that was just opened. `seed` is random and used once.
    pub fn new(config: ClientConfig, camera: IpAddr, seed: [u8; 32], now: Duration) -> RtspClient {
        let mut exchange = Exchange::new(&config, seed);
        let [a, b, c, d, name @ ..] = exchange.random();
        let identity = (
            u32::from_be_bytes([a, b, c, d]),
            HEXLOWER.encode(&name[..8]),
        );
        let mut client = RtspClient {
            camera,
            decoder: Decoder::new(SendingSide::Server),
            has_spoken: false,
            exchange,
            phase: RtspPhase::Describing,
            base: None,
            description: Description::default(),
            tracks: ClientTracks::default(),
            public: None,
            wish: None,
            play: PlayOptions::default(),
            life: Life::new(&config, now),
            server_requests: ServerRequests::default(),
            identity,
            receivers: Vec::new(),
            key_frame_of: None,
            outputs: VecDeque::new(),
            config,
        };
        client.describe(now);
        client
    }

    /// Feeds one input. Drain [`RtspClient::poll_output`] before the next one.
    pub fn handle(&mut self, input: RtspInput, now: Duration) {
        if self.is_over() {
            return;
        }
        match input {
            RtspInput::Bytes(bytes) => {
                self.life.heard(now);
                self.decoder.feed(bytes);
                self.read(now);
            }
            RtspInput::Datagram {
                track,
                is_rtcp,
                from,
                bytes,
            } => self.datagram(track, is_rtcp, from, bytes, now),
            RtspInput::Closed => self.closed(),
            RtspInput::SetUp(choices) => self.set_up(choices, now),
            RtspInput::Play(options) => self.wish(Wish::Play(options), now),
            RtspInput::KeyFrame { track } => {
                self.key_frame_of = Some(track);
                self.ask_for_key_frame(now);
            }
            RtspInput::Pause => self.wish(Wish::Pause, now),
            RtspInput::Teardown => self.tear_down(now),
            RtspInput::Talk { track, packet } => self.talk(track, &packet),
        }
    }

    /// Acts on what is due; called too early, it does nothing.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.is_over() {
            return;
        }
        self.frames_if_due(now);
        while self.exchange.answer_by().is_some_and(|at| at <= now) {
            self.unanswered(now);
        }
        if let RtspPhase::Choosing { until } = self.phase
            && until <= now
        {
            self.fail(RtspError::Silent);
        }
        self.keep_alive_if_due(now);
        self.report_if_due(now);
        self.end_if_silent(now);
    }

    /// The next thing to do, in order; `None` until the next input or moment.
    pub fn poll_output(&mut self) -> Option<RtspOutput> {
        self.outputs.pop_front()
    }

    /// When [`RtspClient::handle_timeout`] wants to be called; asked again after every input. `None` once it
    /// is over.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let choosing = match self.phase {
            RtspPhase::Over => return None,
            RtspPhase::Choosing { until } => Some(until),
            _ => None,
        };
        let moments = [
            choosing,
            self.exchange.answer_by(),
            self.life.keep_alive_at(self.phase),
            self.life.report_at(self.phase),
            self.life.silent_at(self.phase),
            self.frame_at(),
        ];
        moments.into_iter().flatten().min()
    }

    /// Whether nothing will happen any more.
    pub fn is_over(&self) -> bool {
        self.phase == RtspPhase::Over
    }

    fn read(&mut self, now: Duration) {
        while !self.is_over() {
            match self.decoder.next_message() {
                Ok(None) => return,
                Ok(Some(RtspMessage::Data { channel, packet })) => {
                    if let Some((track, is_rtcp)) = self.tracks.by_channel(channel) {
                        self.packet(track, is_rtcp, packet, now);
                    }
                }
                Ok(Some(RtspMessage::Answer(answer))) if answer.is_http => {
                    self.fail(RtspError::NotRtsp)
                }
                Ok(Some(RtspMessage::Answer(answer))) => {
                    self.has_spoken = true;
                    self.answer(&answer, now);
                }
                Ok(Some(RtspMessage::Request(request))) => {
                    self.has_spoken = true;
                    self.serve(&request, now);
                }
                Err(_) if self.has_spoken => self.fail(RtspError::Garbage),
                Err(_) => self.fail(RtspError::NotRtsp),
            }
        }
    }

    fn datagram(
        &mut self,
        track: usize,
        is_rtcp: bool,
        from: SocketAddr,
        bytes: Bytes,
        now: Duration,
    ) {
        // Ports are advice: cameras behind a NAT send from others than they say. Addresses are not.
        if self.tracks.accepts(track, from.ip(), self.camera) {
            self.tracks.learn_port(track, is_rtcp, from);
            self.packet(track, is_rtcp, bytes, now);
        }
    }

    fn talk(&mut self, track: usize, packet: &[u8]) {
        let Some(lane) = self.tracks.talk_lane(track) else {
            return;
        };
        match lane {
            tracks::Lane::Tcp { rtp, .. } => {
                let mut bytes = BytesMut::with_capacity(packet.len() + 4);
                if write_data(rtp, packet, &mut bytes) {
                    self.outputs.push_back(RtspOutput::Send(bytes.freeze()));
                }
            }
            tracks::Lane::Udp {
                ports: [Some(to_port), _],
            } => {
                let bytes = Bytes::copy_from_slice(packet);
                self.outputs.push_back(RtspOutput::SendDatagram {
                    track,
                    is_rtcp: false,
                    to_port,
                    bytes,
                });
            }
            tracks::Lane::Udp { .. } => {}
        }
    }
}
