//! The answer to a Digest challenge (RFC 7616 §3.4; RFC 2069 where the camera offers no `qop`).

use data_encoding::HEXLOWER;
use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};

use super::challenge::{DigestChallenge, HashAlgorithm};

/// What is signed.
pub(super) struct SignedRequest<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) client_nonce: &'a str,
    /// Requests signed with the challenge's nonce, this one included.
    pub(super) n_signed: u32,
}

/// The value of `Authorization`.
pub(super) fn authorization(
    challenge: &DigestChallenge,
    user: &str,
    password: &str,
    request: &SignedRequest<'_>,
) -> String {
    let hash = |text: &str| hash(challenge.algorithm, text);
    let DigestChallenge { realm, nonce, .. } = challenge;
    let client_nonce = request.client_nonce;
    let count = format!("{:08x}", request.n_signed);

    let mut login = hash(&format!("{user}:{realm}:{password}"));
    if challenge.is_session {
        login = hash(&format!("{login}:{nonce}:{client_nonce}"));
    }
    let wanted = hash(&format!("{}:{}", request.method, request.url));
    let response = match challenge.has_qop_auth {
        true => hash(&format!(
            "{login}:{nonce}:{count}:{client_nonce}:auth:{wanted}"
        )),
        false => hash(&format!("{login}:{nonce}:{wanted}")),
    };

    let mut value = format!(
        "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{}\", response=\"{response}\"",
        escaped(user),
        escaped(realm),
        escaped(nonce),
        escaped(request.url),
    );
    if let Some(name) = &challenge.algorithm_name {
        value.push_str(&format!(", algorithm={name}"));
    }
    if let Some(opaque) = &challenge.opaque {
        value.push_str(&format!(", opaque=\"{}\"", escaped(opaque)));
    }
    if challenge.has_qop_auth {
        value.push_str(&format!(
            ", qop=auth, nc={count}, cnonce=\"{client_nonce}\""
        ));
    } else if challenge.is_session {
        value.push_str(&format!(", cnonce=\"{client_nonce}\""));
    }
    value
}

fn hash(algorithm: HashAlgorithm, text: &str) -> String {
    match algorithm {
        HashAlgorithm::Md5 => HEXLOWER.encode(&Md5::digest(text)),
        HashAlgorithm::Sha256 => HEXLOWER.encode(&Sha256::digest(text)),
        HashAlgorithm::Sha512Trunc256 => HEXLOWER.encode(&Sha512_256::digest(text)),
    }
}

/// As a quoted string holds it (RFC 7230 §3.2.6).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
