//! Sound codecs whose packets are complete frames: G.711, G.722, G.726, L16, Opus.

use bytes::Bytes;

use crate::format::Format;
use crate::frame::{Codec, FrameKind};

use super::order::OrderedPacket;
use super::outlet::{Outlet, UntimedFrame};

/// What a decoder needs to know of a track of sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundSettings {
    /// Its codec.
    pub codec: Codec,
    /// Samples per second of what a decoder makes of it, if they are known.
    pub sample_rate: u32,
    /// Channels, if they are known.
    pub n_channels: Option<u8>,
    /// AAC's AudioSpecificConfig (ISO 14496-3 §1.6.2.1), else empty.
    pub config: Bytes,
}

/// Where the first sample of a byte of G.726 lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum G726Packing {
    /// RFC 3551 §4.5.4.
    LowestFirst,
    /// ITU-T I.366.2, "AAL2".
    HighestFirst,
}

/// Depacketizes sound that has one frame in each packet.
#[derive(Debug)]
pub(super) struct SoundTrack {
    settings: SoundSettings,
    is_highest_first: bool,
}

impl SoundTrack {
    pub(super) fn new(format: &Format, codec: Codec, packing: Option<G726Packing>) -> Self {
        let sample_rate = match codec {
            Codec::G722 => 16_000,
            Codec::Opus => 48_000,
            _ => format.clock_rate,
        };
        let n_channels = match codec {
            // Its rtpmap always says 2, whatever is sent (RFC 7587 §7).
            Codec::Opus => 2,
            Codec::L16 if format.payload_type == 10 => 2,
            _ => 1,
        };
        SoundTrack {
            settings: SoundSettings {
                codec,
                sample_rate,
                n_channels: Some(format.n_channels.unwrap_or(n_channels)),
                config: Bytes::new(),
            },
            is_highest_first: packing == Some(G726Packing::HighestFirst),
        }
    }

    pub(super) fn settings(&self) -> &SoundSettings {
        &self.settings
    }

    pub(super) fn handle(&mut self, ordered: OrderedPacket, outlet: &mut Outlet) {
        let packet = ordered.packet;
        outlet.is_after_loss |= ordered.is_after_gap;
        let data = match self.settings.codec {
            Codec::G726(n_bits) if self.is_highest_first => {
                Bytes::from(lowest_first(&packet.payload, u32::from(n_bits)))
            }
            // Copied: a slice would keep all that was read with it for as long as the frame is kept.
            _ => Bytes::copy_from_slice(&packet.payload),
        };
        let frame = UntimedFrame {
            kind: FrameKind::Sound,
            codec: self.settings.codec,
            data,
            raw_time: packet.time,
            offset: 0,
            arrived: packet.arrived,
            size: None,
            replay: packet.replay,
        };
        outlet.push(frame, packet.arrived);
    }
}

/// Turns the order of G.726's samples around; eight of them fill whole bytes.
fn lowest_first(packed: &[u8], n_bits: u32) -> Vec<u8> {
    let mut turned = Vec::with_capacity(packed.len());
    for group in packed.chunks(n_bits as usize) {
        let n_total = 8 * u32::try_from(group.len()).unwrap_or(0);
        let value = group
            .iter()
            .fold(0_u64, |v, byte| v << 8 | u64::from(*byte));
        let mut lowest = 0_u64;
        for sample in 0..n_total / n_bits {
            let of_sample = value >> (n_total - (sample + 1) * n_bits) & ((1 << n_bits) - 1);
            lowest |= of_sample << (sample * n_bits);
        }
        turned.extend_from_slice(&lowest.to_le_bytes()[..group.len()]);
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_g726_samples_is_turned() {
        // Two-bit samples 0 1 2 3; four-bit samples 1 2; three-bit samples 1 to 7, then 0.
        assert_eq!(lowest_first(&[0b0001_1011], 2), [0b1110_0100]);
        assert_eq!(lowest_first(&[0x12], 4), [0x21]);
        let three = [0b0010_1001, 0b1100_1011, 0b1011_1000];
        assert_eq!(
            lowest_first(&three, 3),
            [0b1101_0001, 0b0101_1000, 0b0001_1111]
        );
    }

    #[test]
    fn a_cut_group_of_g726_keeps_its_whole_samples() {
        // Samples 1 and 2; two bits are left over.
        assert_eq!(lowest_first(&[0b0010_1001], 3), [0b0001_0001]);
        assert_eq!(lowest_first(&[], 5), [0; 0]);
    }
}
