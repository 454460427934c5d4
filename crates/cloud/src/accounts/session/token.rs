//! Random tokens of 256 bits: what the database keeps of one, and whether a text can be one.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// The database's form of a random token.
pub fn hash(token: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(token.as_bytes()))
}

/// Whether a text can be one of our random tokens.
pub fn is_token(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
