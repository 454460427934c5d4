//! Renewal: with Auto-login a browser keeps no bearer secret for longer than minutes. Its key, which no script
//! can read, signs a nonce of the server, and the session gets a new token.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;

use crate::accounts::session::{self, Rotating, Token};
use crate::accounts::{Refusal, session::token};
use crate::db;
use crate::state::State;
use crate::throttle::limits;
use crate::visitor::{Browser, Client};

/// Prefix of every signed text, so that the signature means nothing anywhere else.
const DOMAIN: &str = "peerview/renew/v1";
const RANDOM_BYTES: usize = 16;
const TIME_BYTES: usize = 8;
const MAC_BYTES: usize = 16;

/// Whether this browser's key may renew a session.
pub async fn is_possible(state: &State, browser_token: &str) -> db::Result<bool> {
    let browser_hash = token::hash(browser_token);
    let found =
        db::accounts::sessions::find_renewable(&state.db, &browser_hash, state.clock.now()).await?;
    Ok(found.is_some())
}

/// A nonce for this browser's key to sign within [`limits::NONCE_SECONDS`]; nothing is stored for it.
pub fn nonce(state: &State, browser_token: &str) -> String {
    let random = state.rng.bytes::<RANDOM_BYTES>();
    let time = state.clock.now().to_be_bytes();
    let mac = mac(state, browser_token, &random, &time);
    BASE64URL_NOPAD.encode(&[&random[..], &time, &mac].concat())
}

/// The text that the key signs for a nonce.
pub fn message(nonce: &str) -> String {
    format!("{DOMAIN}\n{nonce}")
}

/// Gives the session of this browser a new token for its key's signature over an unused nonce.
pub async fn renew(
    state: &State,
    client: &Client,
    browser: &Browser,
    nonce: &str,
    signature: &str,
) -> Result<Option<Token>, Refusal> {
    let counts = [(limits::FAILED_RENEWALS_PER_CLIENT, &*client.0)];
    let tries = state.throttle.spend(&counts).await?;
    // `Some` when the signature was right; the token in it is `None` when the session has ended meanwhile.
    let renewed = async {
        let now = state.clock.now();
        let Some(nonce_until) = good_until(state, &browser.token, nonce) else {
            return Ok(None);
        };
        let browser_hash = token::hash(&browser.token);
        let found = db::accounts::sessions::find_renewable(&state.db, &browser_hash, now).await?;
        let Some(found) = found.filter(|found| is_signed(&found.browser_key, nonce, signature))
        else {
            return Ok(None);
        };
        let mut tx = state.db.begin().await?;
        // In the transaction of the new token: of several copies of one answer only the first counts.
        if !db::accounts::sessions::use_nonce(&mut tx, nonce, nonce_until).await? {
            return Ok(None);
        }
        let session = Rotating {
            id: &found.id,
            persistent: true,
            has_key: true,
        };
        // With a grace, because requests that are on their way still carry the old token.
        let token = session::rotate(state, &mut tx, &session, limits::RENEWAL_GRACE).await?;
        db::accounts::sessions::set_place(&mut tx, &found.id, &browser.place).await?;
        tx.commit().await?;
        Ok(Some(token))
    };
    let renewed: Result<_, Refusal> = renewed.await;
    tries.refund_if(matches!(renewed, Ok(Some(_)))).await?;
    renewed.map(Option::flatten)
}

/// Until when a nonce of ours is valid for this browser; `None` when it is expired, foreign or malformed.
fn good_until(state: &State, browser_token: &str, nonce: &str) -> Option<i64> {
    let bytes = BASE64URL_NOPAD.decode(nonce.as_bytes()).ok()?;
    if bytes.len() != RANDOM_BYTES + TIME_BYTES + MAC_BYTES {
        return None;
    }
    let (random, rest) = bytes.split_at(RANDOM_BYTES);
    let (time, given) = rest.split_at(TIME_BYTES);
    if !bool::from(mac(state, browser_token, random, time).ct_eq(given)) {
        return None;
    }
    let made_at = i64::from_be_bytes(time.try_into().ok()?);
    let until = made_at + limits::NONCE_SECONDS;
    (until > state.clock.now()).then_some(until)
}

fn mac(state: &State, browser_token: &str, random: &[u8], time: &[u8]) -> [u8; MAC_BYTES] {
    let fields = [browser_token.as_bytes(), random, time];
    let whole = state.secrets.derive("renewal nonce", &fields);
    let mut mac = [0; MAC_BYTES];
    mac.copy_from_slice(&whole[..MAC_BYTES]);
    mac
}

fn is_signed(key: &str, nonce: &str, signature: &str) -> bool {
    let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes());
    let (Ok(key), Ok(signature)) = (decode(key), decode(signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
        .verify(message(nonce).as_bytes(), &signature)
        .is_ok()
}
