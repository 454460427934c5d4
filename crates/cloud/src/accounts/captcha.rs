//! The picture of letters: drawn and spoken in the server from an answer that is derived from its
//! id, so that nothing about it is stored until somebody answers. It slows nobody down for long;
//! the limits carry the weight.

use captcha::Captcha as Drawing;
use captcha::filters::{Dots, Noise, Wave};
use subtle::ConstantTimeEq;

use super::limits;
use crate::db;
use crate::state::State;

/// Capital letters and digits that the font draws clearly apart.
const ALPHABET: &[u8] = b"ABCDEFHKMNPRTUVWXY34679";
/// Size of a picture in pixels.
const SIZE: (u32, u32) = (264, 96);
const SAMPLE_RATE: u32 = 22_050;

/// What an answer was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// Right, and used up.
    Right,
    /// Wrong; the same picture takes another answer.
    Wrong,
    /// Not ours, expired, used up or out of tries: a new picture is needed.
    Dead,
}

/// A new captcha's id, which is not a secret. It is valid for [`limits::CAPTCHA_SECONDS`].
pub fn new(state: &State) -> String {
    let expires_at = state.clock.now() + limits::CAPTCHA_SECONDS;
    let body = format!("{expires_at:x}.{}", state.rng.id());
    let mac = mac(state, &body);
    format!("{body}.{mac}")
}

/// Checks an answer and counts it, right or wrong, before comparing.
pub async fn check(state: &State, id: &str, typed: &str) -> db::Result<Checked> {
    let now = state.clock.now();
    let Some(expires_at) = expiry(state, id) else {
        return Ok(Checked::Dead);
    };
    if expires_at <= now
        || !db::captchas::count_try(&state.db, id, limits::TRIES_PER_CAPTCHA, expires_at).await?
    {
        return Ok(Checked::Dead);
    }
    let typed: String = typed
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if !bool::from(typed.as_bytes().ct_eq(answer(state, id).as_bytes())) {
        return Ok(Checked::Wrong);
    }
    let first = db::captchas::consume(&state.db, id, now).await?;
    Ok(if first { Checked::Right } else { Checked::Dead })
}

/// The letters of a captcha. Only for drawing and speaking them, and for tests.
pub fn answer(state: &State, id: &str) -> String {
    let count = limits::CAPTCHA_CHARACTERS;
    state
        .secrets
        .derive_characters("captcha answer", &[id.as_bytes()], ALPHABET, count)
}

/// Its picture as PNG; `None` when the id is not one of ours or has expired.
pub async fn picture(state: &State, id: &str) -> Option<Vec<u8>> {
    let letters = live_answer(state, id)?;
    let _place = state.captcha_drawings.acquire().await.ok()?;
    tokio::task::spawn_blocking(move || draw(&letters))
        .await
        .ok()?
}

/// Its letters spoken, as WAV; `None` when the id is not one of ours or has expired.
pub async fn sound(state: &State, id: &str) -> Option<Vec<u8>> {
    let letters = live_answer(state, id)?;
    let _place = state.captcha_drawings.acquire().await.ok()?;
    tokio::task::spawn_blocking(move || speak(&letters))
        .await
        .ok()?
}

fn live_answer(state: &State, id: &str) -> Option<String> {
    let is_live = expiry(state, id)? > state.clock.now();
    is_live.then(|| answer(state, id))
}

fn mac(state: &State, body: &str) -> String {
    let mut mac = state.secrets.derive_text("captcha id", &[body.as_bytes()]);
    mac.truncate(22);
    mac
}

fn expiry(state: &State, id: &str) -> Option<i64> {
    let (body, tag) = id.rsplit_once('.')?;
    let is_ours = bool::from(mac(state, body).as_bytes().ct_eq(tag.as_bytes()));
    let (expires_at, _) = body.split_once('.')?;
    is_ours
        .then(|| i64::from_str_radix(expires_at, 16).ok())
        .flatten()
}

fn spelled(letters: &str) -> Drawing {
    let mut drawing = Drawing::new();
    for letter in letters.chars() {
        drawing.set_chars(&[letter]).add_char();
    }
    drawing
}

fn draw(letters: &str) -> Option<Vec<u8>> {
    spelled(letters)
        .apply_filter(Noise::new(0.08))
        .apply_filter(Wave::new(1.4, 6.0).horizontal())
        .apply_filter(Wave::new(1.4, 5.0).vertical())
        .view(SIZE.0, SIZE.1)
        .apply_filter(Dots::new(5).min_radius(2).max_radius(5))
        .as_png()
}

fn speak(letters: &str) -> Option<Vec<u8>> {
    let mut samples = Vec::new();
    for letter in spelled(letters).as_wav() {
        let wav = letter?;
        // Every recording is 16-bit mono at SAMPLE_RATE; the test holds the crate to it.
        let start = wav.windows(4).position(|window| window == b"data")? + 8;
        samples.extend_from_slice(wav.get(start..)?);
    }
    Some(wav(&samples))
}

fn wav(samples: &[u8]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).expect("a few seconds of sound fit four gigabytes");
    let mut file = Vec::with_capacity(44 + samples.len());
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    for field in [1_u16, 1] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    file.extend_from_slice(&SAMPLE_RATE.to_le_bytes());
    file.extend_from_slice(&(SAMPLE_RATE * 2).to_le_bytes());
    for field in [2_u16, 16] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(samples);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_can_be_drawn_and_spoken() {
        let all = String::from_utf8(ALPHABET.to_vec()).unwrap();

        for letter in all.chars() {
            let four = letter.to_string().repeat(4);
            assert!(
                draw(&four).is_some_and(|png| png.starts_with(b"\x89PNG")),
                "{letter}"
            );
        }
        for spoken in spelled(&all).as_wav() {
            let header = &spoken.unwrap()[..40];
            assert_eq!(header[20..24], [1, 0, 1, 0], "PCM, mono");
            assert_eq!(header[24..28], SAMPLE_RATE.to_le_bytes());
            assert_eq!(header[34..36], [16, 0], "bits a sample");
        }
    }

    #[test]
    fn four_letters_are_a_few_seconds_of_sound() {
        let sound = speak("VU79").unwrap();

        let seconds = (sound.len() - 44) / 2 / SAMPLE_RATE as usize;
        assert!((3..=12).contains(&seconds), "{seconds} s");
        assert_eq!(&sound[8..12], b"WAVE");
    }
}
