//! From a camera's packets to packets of G.711 with their times.

use crate::g711::to_ulaw;
use crate::limits::{MAX_DRIFT, PACKET_SAMPLES, RATE};
use crate::resampler::Resampler;
use crate::source::{SoundSource, SourceDecoder, UnplayableSound};

/// 20 ms of G.711 µ-law at 8 kHz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelephonePacket {
    /// Time of its first sample, in samples; it has the zero of the source's RTP time.
    pub time: i64,
    /// One byte per sample.
    pub ulaw: Vec<u8>,
}

/// Turns the sound of one track into G.711.
#[derive(Debug)]
pub struct Transcoder {
    decoder: SourceDecoder,
    clock_rate: u32,
    /// `None` if the sound has 8 kHz already.
    resampler: Option<Resampler>,
    decoded: Vec<f32>,
    resampled: Vec<f32>,
    /// Samples that do not fill a packet yet, and the time of the first.
    waiting: Vec<u8>,
    time: Option<i64>,
}

impl Transcoder {
    /// Ready for the first packet.
    pub fn new(source: &SoundSource) -> Result<Transcoder, UnplayableSound> {
        let decoder = SourceDecoder::new(source)?;
        let resampler = match decoder.rate {
            RATE => None,
            rate => Some(Resampler::new(rate).ok_or(UnplayableSound)?),
        };
        if source.clock_rate == 0 {
            return Err(UnplayableSound);
        }
        Ok(Transcoder {
            decoder,
            clock_rate: source.clock_rate,
            resampler,
            decoded: Vec::new(),
            resampled: Vec::new(),
            waiting: Vec::new(),
            time: None,
        })
    }

    /// Takes what one packet carries and its RTP time, and returns the packets that are full.
    pub fn handle(&mut self, unit: &[u8], rtp_time: i64) -> Vec<TelephonePacket> {
        self.decoded.clear();
        self.resampled.clear();
        self.decoder.decode(unit, &mut self.decoded);
        let mut time = self.place(rtp_time);
        let samples = match &mut self.resampler {
            Some(resampler) => {
                resampler.push(&self.decoded, &mut self.resampled);
                &self.resampled
            }
            None => &self.decoded,
        };
        let bytes = samples
            .iter()
            .map(|sample| to_ulaw((sample * 32_768.0) as i16));
        self.waiting.extend(bytes);
        let mut packets = Vec::new();
        let full = self.waiting.chunks_exact(PACKET_SAMPLES);
        let n_full = full.len() * PACKET_SAMPLES;
        for ulaw in full {
            packets.push(TelephonePacket {
                time,
                ulaw: ulaw.to_vec(),
            });
            time = time.saturating_add(PACKET_SAMPLES as i64);
        }
        self.waiting.drain(..n_full);
        self.time = Some(time);
        packets
    }

    /// The time of the first waiting sample. Samples are counted, because cameras round the times of
    /// their packets; after a gap, the count starts again and what was waiting is left out.
    fn place(&mut self, rtp_time: i64) -> i64 {
        let ticks = i128::from(rtp_time) * i128::from(RATE) / i128::from(self.clock_rate);
        let told = i64::try_from(ticks).unwrap_or(0);
        let n_waiting = self.waiting.len() as i64;
        match self.time {
            Some(time) if time.saturating_add(n_waiting).abs_diff(told) <= MAX_DRIFT as u64 => time,
            _ => {
                self.waiting.clear();
                told
            }
        }
    }
}

#[cfg(test)]
mod tests;
