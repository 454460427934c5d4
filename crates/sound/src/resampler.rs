//! From any sampling rate to 8 kHz: one low-pass filter for each position that a new sample can have
//! between two old ones.

use std::f32::consts::PI;

use crate::limits::{MAX_PHASES, RATE, RATES};

/// Samples at 8 kHz over which the filter reaches; the more, the steeper it is.
const REACH: u32 = 48;
/// The highest tone that stays as it is, as a part of the lower of the two rates: 3.5 of 8 kHz, so that
/// nothing above 4 kHz, which would come back as a wrong tone, is heard.
const CUT_OFF: f32 = 0.4375;

/// A filter at work.
#[derive(Debug)]
pub(crate) struct Resampler {
    /// One filter for each phase, each in the order of the samples.
    filters: Vec<Vec<f32>>,
    /// Phases between one new sample and the next.
    step: usize,
    /// Old samples that are still needed.
    old: Vec<f32>,
    /// The last old sample before the next new one, and how far behind it that is, in phases.
    at: usize,
    phase: usize,
}

impl Resampler {
    /// `None` if the rate is one that no camera has.
    pub(crate) fn new(rate: u32) -> Option<Resampler> {
        let shared = shared_divisor(rate, RATE);
        let n_phases = usize::try_from(RATE / shared).ok()?;
        if !RATES.contains(&rate) || n_phases > MAX_PHASES {
            return None;
        }
        let n_taps = usize::try_from((REACH * rate).div_ceil(RATE).max(REACH)).ok()?;
        let lower = rate.min(RATE) as f32;
        let cut_off = CUT_OFF * lower / rate as f32;
        let filters = (0..n_phases)
            .map(|phase| filter(n_taps, phase as f32 / n_phases as f32, cut_off))
            .collect();
        Some(Resampler {
            filters,
            step: usize::try_from(rate / shared).ok()?,
            old: vec![0.0; n_taps - 1],
            at: n_taps - 1,
            phase: 0,
        })
    }

    /// Takes samples and appends those that follow from them.
    pub(crate) fn push(&mut self, samples: &[f32], new: &mut Vec<f32>) {
        self.old.extend_from_slice(samples);
        let n_before = self.filters[0].len() - 1;
        while self.at < self.old.len() {
            let reached = &self.old[self.at - n_before..=self.at];
            let weights = &self.filters[self.phase];
            new.push(std::iter::zip(reached, weights).map(|(a, b)| a * b).sum());
            self.phase += self.step;
            self.at += self.phase / self.filters.len();
            self.phase %= self.filters.len();
        }
        let n_done = (self.at - n_before).min(self.old.len());
        self.old.drain(..n_done);
        self.at -= n_done;
    }
}

/// A windowed sinc (Blackman), whose centre lies `fraction` of a sample behind a sample.
fn filter(n_taps: usize, fraction: f32, cut_off: f32) -> Vec<f32> {
    let length = n_taps as f32;
    let weight = |tap: usize| {
        let from_start = tap as f32 + fraction;
        let from_centre = from_start - length / 2.0;
        let angle = 2.0 * PI * cut_off * from_centre;
        let sinc = if angle.abs() < 1e-4 {
            1.0
        } else {
            angle.sin() / angle
        };
        let turn = 2.0 * PI * from_start / length;
        sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
    };
    // The newest sample comes last.
    let weights: Vec<f32> = (0..n_taps).rev().map(weight).collect();
    let sum: f32 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

fn shared_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { shared_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a tone at full loudness.
    fn tone(rate: u32, hertz: f32) -> Vec<f32> {
        let angle = |n: u32| 2.0 * PI * hertz * n as f32 / rate as f32;
        (0..rate).map(|n| angle(n).sin()).collect()
    }

    fn loudness(samples: &[f32]) -> f32 {
        let power: f32 = samples.iter().map(|sample| sample * sample).sum();
        (2.0 * power / samples.len() as f32).sqrt()
    }

    fn resampled(rate: u32, hertz: f32) -> Vec<f32> {
        let (mut resampler, mut new) = (Resampler::new(rate).expect("a rate"), Vec::new());
        for piece in tone(rate, hertz).chunks(333) {
            resampler.push(piece, &mut new);
        }
        new
    }

    const REAL: [u32; 12] = [
        7_350, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200,
        96_000,
    ];

    #[test]
    fn a_second_stays_a_second_and_keeps_its_tone() {
        for rate in REAL {
            let new = resampled(rate, 1_000.0);

            assert!(new.len().abs_diff(8_000) <= 1, "{rate}: {}", new.len());
            let heard = &new[200..];
            assert!((loudness(heard) - 1.0).abs() < 0.02, "{rate}");
            let turns = heard.windows(2).filter(|two| two[0] < 0.0 && two[1] >= 0.0);
            assert!(turns.count().abs_diff(975) <= 1, "{rate}");
        }
    }

    #[test]
    fn tones_that_8_khz_cannot_hold_are_silenced() {
        for rate in [11_025, 16_000, 44_100, 48_000] {
            for hertz in [4_200.0, 5_000.0] {
                let loud = loudness(&resampled(rate, hertz)[200..]);
                assert!(loud < 0.01, "{hertz} Hz of {rate}: {loud}");
            }
        }
    }

    #[test]
    fn invented_rates_are_refused() {
        for rate in [0, 1, 4_000, 44_101, 192_000, u32::MAX] {
            assert!(Resampler::new(rate).is_none(), "{rate}");
        }
    }
}
