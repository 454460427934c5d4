//! HTTP with Digest to one recorder: after one challenge, every request is signed in advance with
//! the same nonce. After the first refused password nothing more is sent.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use digest_auth::{Algorithm, AlgorithmType, AuthContext, HttpMethod, WwwAuthenticateHeader};
use proto::isapi::{IsapiError, MAX_BODY_BYTES, ResponseStatus, UserCheck, path};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, WWW_AUTHENTICATE};
use reqwest::{Client, Method, StatusCode, redirect};
use url::Url;

use crate::limits::{HTTP_CONNECT, HTTP_REQUEST};
use crate::stream::login::{LoginGate, LoginRefused};
use crate::stream::source::Login;

/// A longer challenge is ignored.
const MAX_CHALLENGE_BYTES: usize = 2048;

/// Why a request returned no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum GetError {
    /// The login was refused; no further request may be sent.
    #[error("{0}")]
    Refused(String),
    /// The recorder was unreachable, closed the connection or did not answer in time.
    #[error("{0}")]
    Unreachable(&'static str),
    /// It answered with another status: its firmware is too old for the document, or this user may
    /// not read it.
    #[error("the recorder answered with HTTP status {0}")]
    Status(u16),
    /// Its answer is not the requested document.
    #[error(transparent)]
    Answer(#[from] IsapiError),
}

impl From<LoginRefused> for GetError {
    fn from(refused: LoginRefused) -> GetError {
        GetError::Refused(refused.0)
    }
}

/// An HTTP client for one recorder.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    base: Url,
    login: Login,
    gate: Arc<LoginGate>,
    challenge: Option<WwwAuthenticateHeader>,
}

struct HttpAnswer {
    status: StatusCode,
    challenge: Option<WwwAuthenticateHeader>,
    body: Vec<u8>,
}

impl Http {
    pub(super) fn new(base: Url, login: Login, gate: Arc<LoginGate>) -> Result<Http> {
        let client = Client::builder()
            .user_agent(concat!("Peerview/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(HTTP_CONNECT)
            .timeout(HTTP_REQUEST)
            // A recorder is on this network; a proxy or another address would receive its login.
            .no_proxy()
            .redirect(redirect::Policy::none())
            // The signed request follows on the connection of its challenge, as curl does it.
            .pool_max_idle_per_host(1)
            .build()
            .context("setting up HTTP")?;
        Ok(Http {
            client,
            base,
            login,
            gate,
            challenge: None,
        })
    }

    pub(super) async fn get(&mut self, path: &str) -> Result<Vec<u8>, GetError> {
        self.request(Method::GET, path).await
    }

    /// Requests the action at this path, with an empty body.
    pub(super) async fn put(&mut self, path: &str) -> Result<(), GetError> {
        self.request(Method::PUT, path).await.map(drop)
    }

    async fn request(&mut self, method: Method, path: &str) -> Result<Vec<u8>, GetError> {
        let gate = Arc::clone(&self.gate);
        let attempt = gate.enter().await?;
        let signed_ahead = self.authorization(&method, path);
        let mut answer = self.send(&method, path, signed_ahead).await?;
        // At most two requests are signed with a fresh nonce; the second only if the recorder
        // reports that the first nonce was stale.
        for _ in 0..2 {
            if answer.status != StatusCode::UNAUTHORIZED {
                break;
            }
            let Some(challenge) = answer.challenge.take() else {
                return Err(GetError::Unreachable(
                    "the recorder offers no Digest login; switch it on in its settings",
                ));
            };
            self.challenge = Some(challenge);
            let signed = self.authorization(&method, path);
            answer = self.send(&method, path, signed).await?;
            let is_stale = answer.challenge.as_ref().is_some_and(|it| it.stale);
            if answer.status == StatusCode::UNAUTHORIZED && !is_stale {
                break;
            }
        }
        if answer.status == StatusCode::UNAUTHORIZED {
            self.challenge = None;
            let reason = self.refusal(&answer.body).await;
            attempt.refused(&reason);
            return Err(GetError::Refused(reason));
        }
        attempt.accepted();
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        match ResponseStatus::parse(&answer.body) {
            Ok(status) => Err(IsapiError::Status(status).into()),
            Err(_) => Err(GetError::Status(answer.status.as_u16())),
        }
    }

    /// Signs a request for `path` with the next count of the current nonce, if there is one.
    fn authorization(&mut self, method: &Method, path: &str) -> Option<String> {
        let context = AuthContext::new_with_method(
            &self.login.user,
            self.login.password.reveal(),
            path,
            None::<&[u8]>,
            HttpMethod::from(method.as_str()),
        );
        let signed = self.challenge.as_mut()?.respond(&context).ok()?;
        Some(signed.to_header_string())
    }

    async fn send(
        &self,
        method: &Method,
        path: &str,
        authorization: Option<String>,
    ) -> Result<HttpAnswer, GetError> {
        let mut url = self.base.clone();
        url.set_path(path);
        let mut request = self.client.request(method.clone(), url);
        if method == Method::PUT {
            // RFC 9110 §8.6: a PUT states its length even if it is 0; reqwest leaves it out.
            request = request.header(CONTENT_LENGTH, 0);
        }
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            // Counted while reading, since a header may not tell the truth.
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(IsapiError::TooLong.into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer {
            status: response.status(),
            challenge: strongest_challenge(response.headers()),
            body,
        })
    }

    /// Returns why the login was refused. The request contains no login, so it does not count as an
    /// attempt.
    async fn refusal(&self, body: &[u8]) -> String {
        let check = match UserCheck::parse(body) {
            Ok(check) => Some(check),
            Err(_) => match self.send(&Method::GET, path::USER_CHECK, None).await {
                Ok(answer) => UserCheck::parse(&answer.body).ok(),
                Err(_) => None,
            },
        };
        refusal_text(check)
    }
}

fn refusal_text(check: Option<UserCheck>) -> String {
    let refused = "the recorder refused the user name or password";
    match check {
        Some(UserCheck {
            is_locked: true,
            unlock_seconds: Some(seconds),
            ..
        }) => {
            let wait = Duration::from_secs(u64::from(seconds))
                .as_secs()
                .div_ceil(60);
            format!("{refused} and has locked them; it opens again in {wait} min")
        }
        Some(UserCheck {
            is_locked: true, ..
        }) => format!("{refused} and has locked them"),
        Some(UserCheck {
            n_tries_left: Some(left),
            ..
        }) => format!("{refused}; it would lock after {left} more tries"),
        _ => refused.to_owned(),
    }
}

/// The Digest challenge with the strongest hash, if there is one.
fn strongest_challenge(headers: &HeaderMap) -> Option<WwwAuthenticateHeader> {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| parse_challenge(value.to_str().ok()?))
        .max_by_key(|challenge| strength(challenge.algorithm))
}

/// Parses one challenge. The library's parser treats bytes as characters, so only ASCII is passed
/// to it.
fn parse_challenge(value: &str) -> Option<WwwAuthenticateHeader> {
    let (scheme, parameters) = value.trim().split_once(' ')?;
    let is_digest = scheme.eq_ignore_ascii_case("Digest");
    if !is_digest || !value.is_ascii() || value.len() > MAX_CHALLENGE_BYTES {
        return None;
    }
    digest_auth::parse(parameters).ok()
}

fn strength(algorithm: Algorithm) -> u8 {
    match algorithm.algo {
        AlgorithmType::MD5 => 0,
        AlgorithmType::SHA2_256 => 1,
        AlgorithmType::SHA2_512_256 => 2,
    }
}

fn failure(error: &reqwest::Error) -> GetError {
    tracing::debug!("ISAPI: {error}");
    GetError::Unreachable(if error.is_timeout() {
        "the recorder does not answer"
    } else if error.is_connect() {
        "the recorder cannot be reached"
    } else {
        "the recorder closed the connection or does not speak HTTP"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_offered_digest_algorithm_is_used() {
        let mut headers = HeaderMap::new();
        for value in [
            "Basic realm=\"x\"",
            "Digest realm=\"x\", nonce=\"1\", algorithm=MD5, qop=\"auth\"",
            "digest realm=\"x\", nonce=\"2\", algorithm=\"SHA-256\", qop=\"auth,auth-int\", stale=TRUE",
        ] {
            headers.append(WWW_AUTHENTICATE, value.parse().expect("a header value"));
        }

        let challenge = strongest_challenge(&headers).expect("a challenge");

        assert_eq!((challenge.nonce.as_str(), challenge.stale), ("2", true));
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
            assert_eq!(parse_challenge(value), None, "{value}");
        }
    }

    #[test]
    fn a_locked_login_is_reported_with_its_unlock_time() {
        let check = UserCheck {
            is_accepted: false,
            is_locked: true,
            unlock_seconds: Some(1795),
            n_tries_left: Some(0),
        };

        assert!(refusal_text(Some(check)).ends_with("it opens again in 30 min"));
        assert!(refusal_text(None).ends_with("user name or password"));
    }
}
