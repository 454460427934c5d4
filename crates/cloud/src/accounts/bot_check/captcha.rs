//! The captcha: letters drawn and spoken by the server. Answer, picture and sound are derived from its id, so
//! nothing is stored until somebody answers, and fetching it again shows nothing new. It does not stop a
//! determined bot for long; the rate limits are the real protection.

mod drawing;
mod strokes;
mod voice;

use subtle::ConstantTimeEq;

use crate::db;
use crate::language::Language;
use crate::state::State;
use crate::throttle::limits;

/// Capital letters and digits that neither look nor sound alike.
pub const ALPHABET: &[u8] = b"ABCDEFHKMNPRTUVWXY34679";

/// Result of an answer to a captcha.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// Right; the captcha is used up now.
    Right,
    /// Wrong; the same captcha accepts another answer.
    Wrong,
    /// Not ours, expired, used up or out of tries: a new captcha is needed.
    Dead,
}

/// A new captcha's id, which is not a secret. It is valid for [`limits::CAPTCHA_SECONDS`].
pub fn new(state: &State) -> String {
    let expires_at = state.clock.now() + limits::CAPTCHA_SECONDS;
    let body = format!("{expires_at:x}.{}", state.rng.id());
    let mac = mac(state, &body);
    format!("{body}.{mac}")
}

/// Seconds since a captcha was made; `None` when it is not one of ours or has expired.
pub fn age(state: &State, id: &str) -> Option<i64> {
    let left = expiry(state, id)? - state.clock.now();
    (1..=limits::CAPTCHA_SECONDS)
        .contains(&left)
        .then_some(limits::CAPTCHA_SECONDS - left)
}

/// Checks an answer. The try is counted before the comparison, right or wrong.
pub async fn check(state: &State, id: &str, typed: &str) -> db::Result<Checked> {
    // One statement counts and checks, so answers sent in parallel get no more tries than the limit.
    if !count_try(state, id).await? {
        return Ok(Checked::Dead);
    }
    let typed = proto::typed::plain(typed).to_ascii_uppercase();
    if !bool::from(typed.as_bytes().ct_eq(answer(state, id).as_bytes())) {
        return Ok(Checked::Wrong);
    }
    consume(state, id).await
}

/// Uses a captcha up without an answer, for people who take the other way.
pub async fn pass_over(state: &State, id: &str) -> db::Result<Checked> {
    // This counts, too: otherwise one id would pass any number of forms.
    if !count_try(state, id).await? {
        return Ok(Checked::Dead);
    }
    consume(state, id).await
}

async fn count_try(state: &State, id: &str) -> db::Result<bool> {
    let now = state.clock.now();
    let Some(expires_at) = expiry(state, id).filter(|at| *at > now) else {
        return Ok(false);
    };
    db::bot_check::captchas::count_try(&state.db, id, limits::TRIES_PER_CAPTCHA, expires_at).await
}

async fn consume(state: &State, id: &str) -> db::Result<Checked> {
    let first = db::bot_check::captchas::consume(&state.db, id, state.clock.now()).await?;
    Ok(if first { Checked::Right } else { Checked::Dead })
}

/// The letters of a captcha. Only for drawing and speaking them, and for tests.
pub fn answer(state: &State, id: &str) -> String {
    let count = limits::CAPTCHA_CHARACTERS;
    state
        .secrets
        .derive_characters("captcha answer", &[id.as_bytes()], ALPHABET, count)
}

/// The picture as PNG, the same in every process; `None` when the id is not one of ours or has expired.
pub async fn picture(state: &State, id: &str) -> Option<Vec<u8>> {
    let letters = live_answer(state, id)?;
    // The seed comes from the id: a program that fetches the picture again gets no second drawing to compare.
    let seed = state.secrets.derive("captcha picture", &[id.as_bytes()]);
    let _place = state.captcha_drawings.acquire().await.ok()?;
    tokio::task::spawn_blocking(move || drawing::png(&letters, seed))
        .await
        .ok()
}

/// The letters spoken in a language, as WAV; `None` when the id is not one of ours or has expired.
pub async fn sound(state: &State, id: &str, language: Language) -> Option<Vec<u8>> {
    let letters = live_answer(state, id)?;
    let of = [id.as_bytes(), language.code().as_bytes()];
    let seed = state.secrets.derive("captcha sound", &of);
    let _place = state.captcha_drawings.acquire().await.ok()?;
    tokio::task::spawn_blocking(move || voice::wav(&letters, language, seed))
        .await
        .ok()
}

fn live_answer(state: &State, id: &str) -> Option<String> {
    age(state, id).map(|_| answer(state, id))
}

fn mac(state: &State, body: &str) -> String {
    let mut mac = state.secrets.derive_text("captcha id", &[body.as_bytes()]);
    // 132 bits are enough for something that lives for minutes.
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

/// Random numbers for a drawing or a voice, from one seed.
struct Dice(rand::rngs::StdRng);

impl Dice {
    fn new(seed: [u8; 32]) -> Dice {
        Dice(rand::SeedableRng::from_seed(seed))
    }

    fn between(&mut self, least: f32, most: f32) -> f32 {
        use rand::RngExt;
        self.0.random_range(least..=most)
    }
}
