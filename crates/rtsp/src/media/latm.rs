//! AAC in RTP as RFC 6416 packs it: audioMuxElement of LATM (ISO 14496-3 §1.7.3).

use bytes::Bytes;

use crate::format::Format;

use super::aac::{AudioConfig, push_unit, sound_settings};
use super::bits::{BitReader, from_hex};
use super::limits::{MAX_SOUND_CONFIG_BYTES, MAX_SOUND_UNIT_BYTES};
use super::order::OrderedPacket;
use super::outlet::Outlet;
use super::rtp::RtpPacket;
use super::sound::SoundSettings;

/// StreamMuxConfig of one program with one layer, which is what RTP carries (RFC 6416 §6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
struct MuxConfig {
    audio: AudioConfig,
    /// AudioSpecificConfig.
    config: Vec<u8>,
    /// Access units in an element.
    n_frames: u32,
}

/// Depacketizes `mp4a-latm`.
#[derive(Debug)]
pub(super) struct LatmTrack {
    format: Format,
    settings: SoundSettings,
    mux: Option<MuxConfig>,
    /// Whether configurations are in the packets.
    is_in_band: bool,
    element: Vec<u8>,
    /// The first packet of the element.
    first: Option<RtpPacket>,
    is_broken: bool,
}

impl LatmTrack {
    pub(super) fn new(format: &Format) -> Self {
        let config = format.parameter("config").unwrap_or_default();
        let config = from_hex(config, MAX_SOUND_CONFIG_BYTES);
        let mut track = LatmTrack {
            format: format.clone(),
            settings: sound_settings(format, None, Vec::new()),
            mux: None,
            // Its default is 1, but who writes a configuration down means 0.
            is_in_band: match format.parameter("cpresent").map(str::trim) {
                Some("0") => false,
                Some(_) => true,
                None => config.is_empty(),
            },
            element: Vec::new(),
            first: None,
            is_broken: false,
        };
        if let Some(mux) = mux_config(&mut BitReader::new(&config), &config) {
            track.set_mux(mux);
        }
        track
    }

    pub(super) fn settings(&self) -> &SoundSettings {
        &self.settings
    }

    fn set_mux(&mut self, mux: MuxConfig) {
        if self.mux.as_ref() != Some(&mux) {
            self.settings = sound_settings(&self.format, Some(&mux.audio), mux.config.clone());
            self.mux = Some(mux);
        }
    }

    pub(super) fn restart(&mut self) {
        self.element.clear();
        self.first = None;
        self.is_broken = false;
    }

    pub(super) fn handle(&mut self, ordered: OrderedPacket, outlet: &mut Outlet) {
        let packet = ordered.packet;
        let is_next = self
            .first
            .as_ref()
            .is_some_and(|first| first.time != packet.time);
        if ordered.is_after_gap {
            outlet.is_after_loss = true;
            self.is_broken |= self.first.is_some();
        }
        // Its marker lacks, or was lost.
        if is_next {
            self.end_element(outlet);
        }
        if self.element.len() + packet.payload.len() > MAX_SOUND_UNIT_BYTES {
            self.is_broken = true;
        } else {
            self.element.extend_from_slice(&packet.payload);
        }
        let is_marked = packet.is_marked;
        self.first.get_or_insert(packet);
        if is_marked {
            self.end_element(outlet);
        }
    }

    fn end_element(&mut self, outlet: &mut Outlet) {
        let Some(first) = self.first.take() else {
            return;
        };
        let element = std::mem::take(&mut self.element);
        if std::mem::take(&mut self.is_broken) {
            outlet.leave_out();
        } else if self.read_element(&element, &first, outlet).is_none() {
            outlet.stats.skipped.n_unreadable += 1;
        }
    }

    /// audioMuxElement (ISO 14496-3 table 1.41).
    fn read_element(
        &mut self,
        element: &[u8],
        first: &RtpPacket,
        outlet: &mut Outlet,
    ) -> Option<()> {
        let mut bits = BitReader::new(element);
        if self.is_in_band && !bits.bit()? {
            let mux = mux_config(&mut bits, element)?;
            self.set_mux(mux);
        }
        let mux = self.mux.as_ref()?;
        for n in 0..mux.n_frames {
            let mut length = 0_usize;
            loop {
                let more = bits.bits(8)?;
                length += more as usize;
                if more < 255 {
                    break;
                }
            }
            if bits.n_left() < 8 * length {
                return None;
            }
            let unit: Option<Vec<u8>> = (0..length)
                .map(|_| bits.bits(8).map(|byte| byte as u8))
                .collect();
            let offset = i64::from(n) * mux.audio.n_samples;
            push_unit(Bytes::from(unit?), offset, first, outlet);
        }
        Some(())
    }
}

/// StreamMuxConfig (ISO 14496-3 table 1.42).
fn mux_config(bits: &mut BitReader<'_>, bytes: &[u8]) -> Option<MuxConfig> {
    let is_version_1 = bits.bit()?;
    if is_version_1 && bits.bit()? {
        return None;
    }
    if is_version_1 {
        latm_value(bits)?;
    }
    bits.skip(1)?;
    let n_frames = bits.bits(6)? + 1;
    let (n_programs, n_layers) = (bits.bits(4)?, bits.bits(3)?);
    if n_programs > 0 || n_layers > 0 {
        return None;
    }
    let n_config = if is_version_1 {
        Some(latm_value(bits)?)
    } else {
        None
    };
    let start = bytes.len() * 8 - bits.n_left();
    let audio = AudioConfig::read(bits)?;
    let read = bytes.len() * 8 - bits.n_left() - start;
    let n_config = match n_config {
        Some(n) => {
            bits.skip(n.checked_sub(u32::try_from(read).ok()?)?)?;
            n as usize
        }
        None => read,
    };
    // Only units whose length stands before them.
    if bits.bits(3)? != 0 {
        return None;
    }
    bits.skip(8)?;
    // Other data and the checksum; both are absent in what cameras send, and harmless if cut.
    if bits.bit().unwrap_or(false) {
        while bits.bit()? {
            bits.skip(8)?;
        }
        bits.skip(8)?;
    }
    if bits.bit().unwrap_or(false) {
        bits.skip(8)?;
    }
    let mut config = BitReader::new(bytes);
    config.skip(u32::try_from(start).ok()?)?;
    let n_bytes = n_config.div_ceil(8).min(MAX_SOUND_CONFIG_BYTES);
    let config = (0..n_bytes).map(|n| {
        let n_bits = u32::try_from(n_config - 8 * n).unwrap_or(8).min(8);
        let byte = config.bits(n_bits).unwrap_or(0) << (8 - n_bits);
        byte as u8
    });
    Some(MuxConfig {
        audio,
        config: config.collect(),
        n_frames,
    })
}

/// LatmGetValue (ISO 14496-3 table 1.43).
fn latm_value(bits: &mut BitReader<'_>) -> Option<u32> {
    let n_bytes = bits.bits(2)? + 1;
    bits.bits(8 * n_bytes)
}
