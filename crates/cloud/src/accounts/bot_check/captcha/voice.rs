//! Speaks letters: recordings in each language of the pages, played faster or slower, with pauses of uneven
//! length, over noise and over fragments of other letters played backwards.

use super::Dice;
use crate::language::Language;

/// Samples in a second of the recordings, which `scripts/make-voices.sh` makes.
const RATE: u32 = 8_000;
/// Bytes before each recording: its letter and its length.
const HEAD: usize = 3;
/// How loud the letters are, of full scale.
const LOUDEST: f32 = 0.7;
/// How loud the noise and the scraps are.
const NOISE: f32 = 0.025;
const SCRAPS: f32 = 0.16;

/// The recordings of a language.
fn recordings(language: Language) -> &'static [u8] {
    match language {
        Language::German => include_bytes!("../../../../voices/de.ulaw"),
        Language::Spanish => include_bytes!("../../../../voices/es.ulaw"),
        Language::French => include_bytes!("../../../../voices/fr.ulaw"),
        Language::Portuguese => include_bytes!("../../../../voices/pt.ulaw"),
        Language::Chinese => include_bytes!("../../../../voices/zh.ulaw"),
        Language::English => include_bytes!("../../../../voices/en.ulaw"),
    }
}

/// The letters as a WAV file, in a language.
pub(super) fn wav(letters: &str, language: Language, seed: [u8; 32]) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let all = recordings(language);
    let mut sound = vec![0.0; seconds(0.4)];
    for letter in letters.bytes() {
        let spoken = spoken(all, letter);
        sound.extend(at_speed(&spoken, dice.between(0.9, 1.08)));
        sound.resize(sound.len() + seconds(dice.between(0.55, 0.9)), 0.0);
    }
    add_scraps(&mut sound, all, &mut dice);
    for sample in &mut sound {
        *sample += dice.between(-NOISE, NOISE);
    }
    file(&sound)
}

fn seconds(n: f32) -> usize {
    (n * RATE as f32) as usize
}

/// One letter, as loud as every other.
fn spoken(all: &[u8], letter: u8) -> Vec<f32> {
    let samples = recording(all, letter).map(decode).unwrap_or_default();
    let loudest = samples
        .iter()
        .fold(f32::EPSILON, |most, s| most.max(s.abs()));
    samples.iter().map(|s| s * LOUDEST / loudest).collect()
}

fn recording(all: &[u8], letter: u8) -> Option<&[u8]> {
    let mut rest = all;
    while let [character, high, low, tail @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let samples = tail.get(..length)?;
        if *character == letter {
            return Some(samples);
        }
        rest = &rest[HEAD + length..];
    }
    None
}

/// ITU-T G.711 µ-law to full scale of one.
fn decode(samples: &[u8]) -> Vec<f32> {
    let expand = |byte: &u8| {
        let bits = !byte;
        let magnitude = ((i32::from(bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7);
        let sample = (magnitude - 0x84) as f32 / 32_768.0;
        if bits & 0x80 == 0 { sample } else { -sample }
    };
    samples.iter().map(expand).collect()
}

/// Resamples: faster (above one) or slower, and higher or lower by the same factor.
fn at_speed(samples: &[f32], speed: f32) -> Vec<f32> {
    let length = (samples.len() as f32 / speed) as usize;
    let at = |i: usize| {
        let place = i as f32 * speed;
        let (left, part) = (place as usize, place.fract());
        let next = samples.get(left + 1).or(samples.get(left));
        let left = samples.get(left).copied().unwrap_or(0.0);
        left + (next.copied().unwrap_or(0.0) - left) * part
    };
    (0..length).map(at).collect()
}

/// Adds quiet pieces of other letters, played backwards, from start to end.
fn add_scraps(sound: &mut [f32], all: &[u8], dice: &mut Dice) {
    let mut at = 0;
    while at < sound.len() {
        let which = dice.between(0.0, super::ALPHABET.len() as f32 - 0.01) as usize;
        let scrap = spoken(all, super::ALPHABET[which]);
        let loud = SCRAPS * dice.between(0.5, 1.0);
        for (sample, scrap) in sound[at..].iter_mut().zip(scrap.iter().rev()) {
            *sample += scrap * loud;
        }
        at += scrap.len().max(seconds(0.1));
    }
}

fn file(sound: &[f32]) -> Vec<u8> {
    // The 44 bytes of a RIFF header, then the samples.
    let bytes = u32::try_from(sound.len() * 2).expect("a few seconds of sound are short");
    let mut file = Vec::with_capacity(44 + sound.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    for field in [1_u16, 1] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    // Two bytes for a sample of 16 bits.
    for field in [2_u16, 16] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    for sample in sound {
        let sample = (sample.clamp(-1.0, 1.0) * 32_767.0) as i16;
        file.extend_from_slice(&sample.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::bot_check::captcha::ALPHABET;

    #[test]
    fn every_language_has_an_audible_recording_of_every_letter() {
        for language in Language::ALL {
            let all = recordings(language);
            for letter in ALPHABET {
                let spoken = decode(recording(all, *letter).unwrap());
                let length = spoken.len() as f32 / RATE as f32;
                let loudest = spoken.iter().fold(0.0_f32, |most, s| most.max(s.abs()));

                let name = char::from(*letter);
                assert!(
                    (0.1..1.5).contains(&length),
                    "{language:?} {name}: {length} s"
                );
                assert!(loudest > 0.03, "{language:?} {name}: {loudest}");
            }
        }
    }

    #[test]
    fn the_recordings_of_all_languages_are_small() {
        let bytes: usize = Language::ALL.into_iter().map(|l| recordings(l).len()).sum();

        assert!(bytes <= 700_000, "{bytes} bytes");
    }

    #[test]
    fn four_letters_take_a_few_seconds_and_vary_by_seed() {
        let (one, other) = (
            wav("VU79", Language::German, [1; 32]),
            wav("VU79", Language::German, [2; 32]),
        );

        let seconds = (one.len() - 44) / 2 / RATE as usize;
        assert!((3..=12).contains(&seconds), "{seconds} s");
        assert_eq!(&one[8..12], b"WAVE");
        assert_ne!(one, other);
    }
}
