//! AAC, decoded by symphonia: the configuration that its decoder needs, and protection against invalid
//! streams.

use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia_codec_aac::AacDecoder;
use symphonia_core::codecs::audio::well_known::CODEC_ID_AAC;
use symphonia_core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia_core::packet::PacketRef;
use symphonia_core::units::{Duration, Timestamp};

/// Sampling rates by index (ISO 14496-3 table 1.18).
const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];
/// Audio object types (ISO 14496-3 table 1.17).
const LC: u16 = 2;
const SBR: u16 = 5;
const PS: u16 = 29;

/// A decoder of one stream.
pub(crate) struct AacSound {
    decoder: AacDecoder,
    pub(crate) rate: u32,
    interleaved: Vec<f32>,
}

impl std::fmt::Debug for AacSound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AacSound")
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

impl AacSound {
    /// A decoder for an AudioSpecificConfig, or without one for what the description says.
    pub(crate) fn new(config: &[u8], rate: u32, n_channels: u8) -> Option<AacSound> {
        let (index, channels) = core_of(config).or_else(|| {
            let index = RATES.iter().position(|known| *known == rate)?;
            Some((u16::try_from(index).ok()?, u16::from(n_channels)))
        })?;
        let rate = *RATES.get(usize::from(index))?;
        // The object type in 5 bits, the rate in 4, the channels in 4; frames of 1024 samples.
        let plain = LC << 11 | index << 7 | channels << 3;
        let mut parameters = AudioCodecParameters::new();
        parameters
            .for_codec(CODEC_ID_AAC)
            .with_extra_data(Box::new(plain.to_be_bytes()));
        let made = unbroken(|| AacDecoder::try_new(&parameters, &AudioDecoderOptions::default()));
        Some(AacSound {
            decoder: made?.ok()?,
            rate,
            interleaved: Vec::new(),
        })
    }

    /// Decodes one access unit to one channel; one that makes no sense gives nothing.
    pub(crate) fn decode(&mut self, unit: &[u8], samples: &mut Vec<f32>) {
        let packet = PacketRef::new(0, Timestamp::new(0), Duration::new(0), unit);
        let (decoder, interleaved) = (&mut self.decoder, &mut self.interleaved);
        interleaved.clear();
        let n_channels = unbroken(|| {
            let decoded = decoder.decode_ref(&packet).ok()?;
            decoded.copy_to_vec_interleaved(interleaved);
            Some(decoded.num_planes())
        });
        match n_channels {
            Some(Some(1)) => samples.extend_from_slice(interleaved),
            Some(Some(n)) if n > 1 => {
                let mixed = interleaved
                    .chunks_exact(n)
                    .map(|frame| frame.iter().sum::<f32>() / n as f32);
                samples.extend(mixed);
            }
            Some(_) => {}
            // What it left behind is not to be trusted.
            None => self.decoder.reset(),
        }
    }
}

/// A defect of the library costs one frame of sound, not the stream.
fn unbroken<T>(act: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(act)).ok()
}

/// Index of the rate, and channels, of the part that every AAC has. High-efficiency AAC adds the upper
/// half of the tones to it, which G.711 cannot hold anyway.
fn core_of(config: &[u8]) -> Option<(u16, u16)> {
    let [first, second, ..] = *config else {
        return None;
    };
    let head = u16::from_be_bytes([first, second]);
    let (kind, index, channels) = (head >> 11, head >> 7 & 15, head >> 3 & 15);
    matches!(kind, LC | SBR | PS).then_some((index, channels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_part_of_every_kind_of_aac_is_found() {
        // AAC-LC 16 kHz mono; HE-AAC 24 → 48 kHz stereo; the same with parametric stereo, mono.
        assert_eq!(core_of(&[0x14, 0x08]), Some((8, 1)));
        assert_eq!(core_of(&[0x2b, 0x11, 0x88]), Some((6, 2)));
        assert_eq!(core_of(&[0xeb, 0x09, 0x88]), Some((6, 1)));
        // Main profile, and nothing.
        assert_eq!(core_of(&[0x0c, 0x08]), None);
        assert_eq!(core_of(&[0x14]), None);
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        assert!(AacSound::new(&[], 16_000, 1).is_some());
        assert!(AacSound::new(&[0x14, 0x08], 1, 99).is_some_and(|it| it.rate == 16_000));
        for (config, rate, n_channels) in [
            (&[][..], 16_001, 1),
            (&[], 16_000, 6),
            (&[0x17, 0xff], 16_000, 1),
            (&[0xff; 8], 12_345, 1),
        ] {
            assert!(
                AacSound::new(config, rate, n_channels).is_none(),
                "{config:?}"
            );
        }
    }
}
