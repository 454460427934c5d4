//! Random tokens of 256 bits: the hash that the database keeps, and the form of a token.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// SHA-256 of a token, as the database keeps it.
pub fn hash(token: &str) -> String {
    // No salt and no slow hash: 256 random bits cannot be guessed from it.
    BASE64URL_NOPAD.encode(&Sha256::digest(token.as_bytes()))
}

/// Whether a text has the form of one of our tokens.
pub fn is_token(text: &str) -> bool {
    // 256 bits in base64url without padding.
    text.len() == 43
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
