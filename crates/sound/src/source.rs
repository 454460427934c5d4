//! The sound format that a camera declares, and the decoder for it.

use crate::aac::AacSound;
use crate::g711::{from_alaw, from_ulaw};
use crate::g722::G722Decoder;
use crate::g726::G726Decoder;
use crate::limits::{MAX_CHANNELS, MAX_UNIT_SECONDS, RATE, RATES};

/// How a camera's sound is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundCodec {
    /// Raw AAC access units, without ADTS.
    Aac,
    /// G.711 µ-law at another rate than 8 kHz, or with several channels.
    Ulaw,
    /// The same in A-law.
    Alaw,
    /// G.726 with this many bits per sample, the first sample in the lowest bits.
    G726(u8),
    /// G.722 at 64 kbit/s.
    G722,
    /// 16-bit samples in network byte order.
    L16,
}

/// A camera's sound as its description says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundSource {
    /// Its codec.
    pub codec: SoundCodec,
    /// Samples per second.
    pub sample_rate: u32,
    /// Channels.
    pub n_channels: u8,
    /// Ticks of RTP time per second.
    pub clock_rate: u32,
    /// AAC's AudioSpecificConfig (ISO 14496-3 §1.6.2.1), else empty.
    pub config: Vec<u8>,
}

/// Sound that nothing here decodes, or that no camera has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnplayableSound;

impl std::fmt::Display for UnplayableSound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the sound cannot be decoded")
    }
}

impl std::error::Error for UnplayableSound {}

/// Turns packets into samples of one channel.
#[derive(Debug)]
pub(crate) struct SourceDecoder {
    kind: DecoderKind,
    n_channels: usize,
    /// Samples per second.
    pub(crate) rate: u32,
}

#[derive(Debug)]
enum DecoderKind {
    Aac(Box<AacSound>),
    G726(Box<G726Decoder>),
    G722(Box<G722Decoder>),
    Ulaw,
    Alaw,
    L16,
}

impl SourceDecoder {
    pub(crate) fn new(source: &SoundSource) -> Result<SourceDecoder, UnplayableSound> {
        let (rate, n_channels) = (source.sample_rate, source.n_channels);
        let (kind, rate) = match source.codec {
            SoundCodec::Aac => {
                let decoder = AacSound::new(&source.config, rate, n_channels);
                let decoder = decoder.ok_or(UnplayableSound)?;
                let rate = decoder.rate;
                (DecoderKind::Aac(Box::new(decoder)), rate)
            }
            SoundCodec::G726(n_bits) => {
                let decoder = G726Decoder::new(n_bits).ok_or(UnplayableSound)?;
                (DecoderKind::G726(Box::new(decoder)), RATE)
            }
            SoundCodec::G722 => (DecoderKind::G722(Box::new(G722Decoder::new())), 16_000),
            SoundCodec::Ulaw => (DecoderKind::Ulaw, rate),
            SoundCodec::Alaw => (DecoderKind::Alaw, rate),
            SoundCodec::L16 => (DecoderKind::L16, rate),
        };
        if !RATES.contains(&rate) || !(1..=MAX_CHANNELS).contains(&n_channels) {
            return Err(UnplayableSound);
        }
        Ok(SourceDecoder {
            kind,
            n_channels: n_channels.into(),
            rate,
        })
    }

    /// Appends the samples of a packet; one with more sound than a camera sends at once gives none.
    pub(crate) fn decode(&mut self, unit: &[u8], samples: &mut Vec<f32>) {
        // No codec here has less than two bits per sample, nor AAC more than 1024 samples in a unit.
        let most = self.rate as usize * MAX_UNIT_SECONDS * self.n_channels * 2;
        if unit.len() > most {
            return;
        }
        let n_channels = self.n_channels;
        match &mut self.kind {
            DecoderKind::Aac(decoder) => decoder.decode(unit, samples),
            DecoderKind::G726(decoder) if unit.len() <= most / 4 => decoder.decode(unit, samples),
            DecoderKind::G722(decoder) if unit.len() <= most / 4 => decoder.decode(unit, samples),
            DecoderKind::G726(_) | DecoderKind::G722(_) => {}
            DecoderKind::Ulaw => mix(
                unit.chunks_exact(1),
                n_channels,
                |b| from_ulaw(b[0]),
                samples,
            ),
            DecoderKind::Alaw => mix(
                unit.chunks_exact(1),
                n_channels,
                |b| from_alaw(b[0]),
                samples,
            ),
            DecoderKind::L16 => {
                let sample = |bytes: &[u8]| i16::from_be_bytes([bytes[0], bytes[1]]);
                mix(unit.chunks_exact(2), n_channels, sample, samples);
            }
        }
    }
}

/// Mixes interleaved channels to one; a cut frame at the end is left out.
fn mix(
    pieces: std::slice::ChunksExact<'_, u8>,
    n_channels: usize,
    sample: impl Fn(&[u8]) -> i16,
    samples: &mut Vec<f32>,
) {
    let (mut sum, mut n_summed) = (0_i32, 0);
    for piece in pieces {
        sum += i32::from(sample(piece));
        n_summed += 1;
        if n_summed == n_channels {
            samples.push(sum as f32 / (n_channels as f32 * 32_768.0));
            (sum, n_summed) = (0, 0);
        }
    }
}

/// 16-bit samples as ffmpeg writes them.
#[cfg(test)]
pub(crate) fn samples_of(s16: &[u8]) -> Vec<f32> {
    let samples = s16
        .chunks_exact(2)
        .map(|two| i16::from_le_bytes([two[0], two[1]]));
    samples.map(|sample| f32::from(sample) / 32_768.0).collect()
}
