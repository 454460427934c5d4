//! Parses the authentication challenge of a recorder's HTTP server, and creates the header that answers it.

use data_encoding::BASE64;
use digest_auth::{Algorithm, AlgorithmType, AuthContext, HttpMethod, WwwAuthenticateHeader};
use reqwest::Method;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

use crate::stream::source::Login;

/// A longer challenge is ignored.
const MAX_CHALLENGE_BYTES: usize = 2048;

/// A challenge that can be answered.
#[derive(Debug)]
pub(super) enum HttpChallenge {
    Digest(Box<WwwAuthenticateHeader>),
    /// The password in clear text, where the owner allows it.
    Basic,
}

impl HttpChallenge {
    /// The Digest challenge with the strongest hash; without one, Basic if that is allowed.
    pub(super) fn best_of(headers: &HeaderMap, is_basic_allowed: bool) -> Option<HttpChallenge> {
        let offered = || headers.get_all(WWW_AUTHENTICATE).iter();
        let has_basic = || offered().any(|value| is_basic(value.as_bytes()));
        match strongest_digest(headers) {
            Some(digest) => Some(HttpChallenge::Digest(Box::new(digest))),
            None => (is_basic_allowed && has_basic()).then_some(HttpChallenge::Basic),
        }
    }

    /// Whether the password was right, only too late.
    pub(super) fn is_stale(&self) -> bool {
        matches!(self, HttpChallenge::Digest(digest) if digest.stale)
    }

    /// The header of a request, with the next count of the nonce. `path` is with the query, which the digest covers
    /// too.
    pub(super) fn answer(&mut self, login: &Login, method: &Method, path: &str) -> Option<String> {
        let (user, password) = (login.user.as_str(), login.password.reveal());
        match self {
            HttpChallenge::Digest(digest) => {
                let method = HttpMethod::from(method.as_str());
                let context =
                    AuthContext::new_with_method(user, password, path, None::<&[u8]>, method);
                Some(digest.respond(&context).ok()?.to_header_string())
            }
            HttpChallenge::Basic => {
                let pair = BASE64.encode(format!("{user}:{password}").as_bytes());
                Some(format!("Basic {pair}"))
            }
        }
    }
}

/// The Digest challenge with the strongest hash, if there is one.
pub(in crate::recorder) fn strongest_digest(headers: &HeaderMap) -> Option<WwwAuthenticateHeader> {
    let offered = headers.get_all(WWW_AUTHENTICATE).iter();
    offered
        .filter_map(|value| parse_digest(value.to_str().ok()?))
        .max_by_key(|challenge| strength(challenge.algorithm))
}

/// Parses one challenge. The library's parser treats bytes as characters, so only ASCII is passed
/// to it.
fn parse_digest(value: &str) -> Option<WwwAuthenticateHeader> {
    let (scheme, parameters) = value.trim().split_once(' ')?;
    let is_digest = scheme.eq_ignore_ascii_case("Digest");
    if !is_digest || !value.is_ascii() || value.len() > MAX_CHALLENGE_BYTES {
        return None;
    }
    digest_auth::parse(parameters).ok()
}

fn is_basic(value: &[u8]) -> bool {
    let scheme = value.split(|byte| *byte == b' ').next();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"Basic"))
}

fn strength(algorithm: Algorithm) -> u8 {
    match algorithm.algo {
        AlgorithmType::MD5 => 0,
        AlgorithmType::SHA2_256 => 1,
        AlgorithmType::SHA2_512_256 => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Password;

    fn offers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().expect("a header value"));
        }
        headers
    }

    #[test]
    fn the_strongest_offered_digest_algorithm_is_used() {
        let headers = offers(&[
            "Basic realm=\"x\"",
            "Digest realm=\"x\", nonce=\"1\", algorithm=MD5, qop=\"auth\"",
            "digest realm=\"x\", nonce=\"2\", algorithm=\"SHA-256\", qop=\"auth,auth-int\", stale=TRUE",
        ]);

        for is_basic_allowed in [false, true] {
            let challenge = HttpChallenge::best_of(&headers, is_basic_allowed);

            let Some(HttpChallenge::Digest(digest)) = challenge else {
                panic!("{challenge:?}");
            };
            assert_eq!((digest.nonce.as_str(), digest.stale), ("2", true));
        }
    }

    #[test]
    fn a_password_in_clear_text_needs_the_owners_permission() {
        let headers = offers(&["basic realm=\"x\""]);
        let login = Login {
            user: "ana".to_owned(),
            password: Password::new("x:y"),
        };

        assert!(HttpChallenge::best_of(&headers, false).is_none());
        let mut allowed = HttpChallenge::best_of(&headers, true).expect("Basic");
        // RFC 7617 §2.
        let answer = allowed.answer(&login, &Method::GET, "/x");
        assert_eq!(answer.as_deref(), Some("Basic YW5hOng6eQ=="));
    }

    #[test]
    fn malformed_challenges_are_ignored() {
        for value in [
            "",
            "Digest",
            "Digest ",
            "Digest =,=,\"",
            "Digest realm=\"x\"",
            "Digest realm=\"x\", nonce=\"1\", algorithm=ROT13",
            "Digest realm=\"\u{fc}\u{fc}\", nonce=\"1\"",
            "Basic realm=\"x\", nonce=\"1\"",
            &format!("Digest realm=\"x\", nonce=\"{}\"", "n".repeat(5000)),
        ] {
            assert_eq!(parse_digest(value), None, "{value}");
        }
    }
}
