//! One track: packets in, frames out, and its statistics.

use std::time::Duration;

use bytes::Bytes;

use crate::format::Format;
use crate::frame::{Frame, NtpTime};

use super::carrier::Carrier;
use super::encoding::{MediaTrack, UnsupportedEncoding};
use super::order::{OrderedPacket, PacketOrder};
use super::outlet::Outlet;
use super::rtcp::{self, Reception, ReportIdentity};
use super::rtp::RtpPacket;
use super::sound::SoundSettings;
use super::stats::MediaStats;

/// Payload types that are RTCP on the same channel (RFC 5761 §4).
const MULTIPLEXED_RTCP: std::ops::RangeInclusive<u8> = 72..=76;

/// Why a track that receives packets gives out no pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaTrouble {
    /// Key frames came, but neither description nor stream has the parameter sets to decode them.
    NoParameterSets,
}

/// Receives one track.
///
/// `now` is any monotonic time, the same for all calls. Drain [`Receiver::poll_frame`] after each
/// packet and each timeout. It never fails: what makes no sense is counted and left out.
#[derive(Debug)]
pub struct Receiver {
    payload_type: u8,
    clock_rate: u32,
    source: Option<u32>,
    order: PacketOrder,
    track: MediaTrack,
    outlet: Outlet,
    reception: Reception,
    /// The last sender report that fits the clock of the frames.
    report: Option<(NtpTime, u32)>,
    has_ended: bool,
}

impl Receiver {
    /// A track of this format.
    ///
    /// # Errors
    /// If nothing here depacketizes its encoding.
    pub fn new(format: &Format, carrier: Carrier) -> Result<Self, UnsupportedEncoding> {
        let clock_rate = format.clock_rate.max(1);
        Ok(Receiver {
            payload_type: format.payload_type,
            clock_rate,
            source: None,
            order: PacketOrder::new(carrier),
            track: MediaTrack::new(format)?,
            outlet: Outlet::new(clock_rate),
            reception: Reception::default(),
            report: None,
            has_ended: false,
        })
    }

    /// Says what size the description has for pictures: JPEG in RTP cannot say it itself beyond 2040 pixels.
    pub fn set_described_size(&mut self, size: (u32, u32)) {
        if let MediaTrack::Jpeg(track) = &mut self.track {
            track.set_described_size(size);
        }
    }

    /// Takes one RTP packet; RTCP on the same channel is recognised.
    pub fn handle(&mut self, packet: Bytes, now: Duration) {
        let stats = &mut self.outlet.stats;
        stats.n_packets += 1;
        stats.n_bytes += packet.len() as u64;
        let kind = packet.get(1).map_or(0, |byte| byte & 0x7f);
        if MULTIPLEXED_RTCP.contains(&kind) && kind != self.payload_type {
            return self.handle_rtcp(&packet, now);
        }
        let Some(packet) = RtpPacket::parse(packet, now) else {
            stats.skipped.n_malformed += 1;
            return;
        };
        let is_foreign = packet.payload_type != self.payload_type;
        if is_foreign || packet.payload.is_empty() {
            stats.skipped.n_foreign += u64::from(is_foreign);
            if self.source == Some(packet.source) {
                self.order.note_foreign(packet.number);
            }
            return;
        }
        if self.source != Some(packet.source) {
            self.change_source(packet.source, now);
        }
        self.has_ended = false;
        let arrived = self.outlet.timeline.in_ticks(now);
        self.reception.note(&packet, arrived);
        self.order.push(packet, &mut self.outlet.stats);
        self.drain_order();
    }

    /// Takes compound RTCP of the track.
    pub fn handle_rtcp(&mut self, packet: &[u8], now: Duration) {
        let news = rtcp::read(packet);
        if let Some((ntp, _)) = news.report {
            self.reception.note_report(ntp, now);
            self.report = news.report;
        }
        self.has_ended |= news.is_goodbye;
    }

    /// The next frame, in decoding order.
    pub fn poll_frame(&mut self) -> Option<Frame> {
        self.outlet.pop()
    }

    /// When [`Receiver::handle_timeout`] wants to be called; asked again after every packet. `None`
    /// while nothing waits.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let picture = match &self.track {
            MediaTrack::H264(track) => track.poll_timeout(),
            MediaTrack::H265(track) => track.poll_timeout(),
            _ => None,
        };
        [self.order.poll_timeout(), picture]
            .into_iter()
            .flatten()
            .min()
    }

    /// Gives up what does not come, and gives out pictures that nothing else ended.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.order.handle_timeout(now, &mut self.outlet.stats);
        self.drain_order();
        match &mut self.track {
            MediaTrack::H264(track) => track.handle_timeout(now, &mut self.outlet),
            MediaTrack::H265(track) => track.handle_timeout(now, &mut self.outlet),
            _ => {}
        }
        self.note_new_clock();
    }

    /// Its counts.
    pub fn stats(&self) -> &MediaStats {
        &self.outlet.stats
    }

    /// Why there are no pictures although packets come.
    pub fn trouble(&self) -> Option<MediaTrouble> {
        let lacks = self.outlet.lacks_parameter_sets;
        lacks.then_some(MediaTrouble::NoParameterSets)
    }

    /// What a decoder needs to know of sound; `None` for video. It may change in the stream.
    pub fn sound(&self) -> Option<&SoundSettings> {
        match &self.track {
            MediaTrack::Sound(track) => Some(track.settings()),
            MediaTrack::Aac(track) => Some(track.settings()),
            MediaTrack::Latm(track) => Some(track.settings()),
            MediaTrack::H264(_) | MediaTrack::H265(_) | MediaTrack::Jpeg(_) => None,
        }
    }

    /// Ticks of RTP time per second.
    pub fn clock_rate(&self) -> u32 {
        self.clock_rate
    }

    /// SSRC of the packets that come; what the Transport header says is only advice.
    pub fn source(&self) -> Option<u32> {
        self.source
    }

    /// Whether the camera said goodbye and has sent nothing since.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Ticks by which packets come too early or too late (RFC 3550 §6.4.1).
    pub fn jitter(&self) -> u32 {
        self.reception.jitter()
    }

    /// The camera's wall clock at a frame's time, once a sender report came.
    pub fn wall_clock(&self, rtp_time: i64) -> Option<NtpTime> {
        let (ntp, raw) = self.report?;
        let since = i128::from(rtp_time) - i128::from(self.outlet.timeline.place(raw)?);
        let ntp_since = (since << 32) / i128::from(self.clock_rate);
        let moment = i128::from(ntp.0) + ntp_since;
        u64::try_from(moment).ok().map(NtpTime)
    }

    /// A receiver report to send, as compound RTCP (RFC 3550 §6.1).
    pub fn receiver_report(&mut self, identity: ReportIdentity<'_>, now: Duration) -> Vec<u8> {
        self.reception.report(identity, now)
    }

    /// The same with a question for a key frame (RFC 4585 §6.3.1); `None` before the first packet.
    pub fn picture_loss(&mut self, identity: ReportIdentity<'_>, now: Duration) -> Option<Vec<u8>> {
        self.reception.picture_loss(identity, now)
    }

    /// A new source on the same channel goes on with the same track.
    fn change_source(&mut self, source: u32, now: Duration) {
        if self.source.replace(source).is_none() {
            return;
        }
        self.outlet.stats.n_source_changes += 1;
        self.order.restart(&mut self.outlet.stats);
        self.drain_order();
        let outlet = &mut self.outlet;
        match &mut self.track {
            MediaTrack::H264(track) => track.restart(outlet, now),
            MediaTrack::H265(track) => track.restart(outlet, now),
            MediaTrack::Jpeg(track) => track.restart(outlet),
            MediaTrack::Sound(_) => {}
            MediaTrack::Aac(track) => track.restart(),
            MediaTrack::Latm(track) => track.restart(),
        }
        self.report = None;
    }

    fn drain_order(&mut self) {
        while let Some(ordered) = self.order.pop() {
            self.depacketize(ordered);
        }
        self.note_new_clock();
    }

    fn depacketize(&mut self, ordered: OrderedPacket) {
        let outlet = &mut self.outlet;
        match &mut self.track {
            MediaTrack::H264(track) => track.handle(&ordered, outlet),
            MediaTrack::H265(track) => track.handle(&ordered, outlet),
            MediaTrack::Jpeg(track) => track.handle(ordered, outlet),
            MediaTrack::Sound(track) => track.handle(ordered, outlet),
            MediaTrack::Aac(track) => track.handle(ordered, outlet),
            MediaTrack::Latm(track) => track.handle(ordered, outlet),
        }
    }

    /// A report about a clock that is no more says nothing.
    fn note_new_clock(&mut self) {
        if std::mem::take(&mut self.outlet.is_new_clock) {
            self.report = None;
        }
    }
}
