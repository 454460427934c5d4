//! HTTP with Digest to one recorder: after one challenge, every request is signed in advance with
//! the same nonce. After the first refused password nothing more is sent, and after the first answer over HTTPS
//! nothing more over HTTP.

mod challenge;
mod endless;
mod redirect;
mod refusal;
mod upload;

use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, Result};
use proto::isapi::{IsapiError, MAX_BODY_BYTES, ResponseStatus, UserCheck, path};
use proto::reason::Reason;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use url::Url;

use crate::certificates::{self, CertificatePin};
use crate::limits::{HTTP_CONNECT, HTTP_REQUEST};
use crate::stream::login::{LoginGate, LoginRefused};
use crate::stream::source::Login;
use crate::unix_time::unix_seconds;
use challenge::HttpChallenge;
pub(in crate::recorder) use challenge::strongest_digest;
pub(super) use endless::EndlessBody;
pub(in crate::recorder) use redirect::why_elsewhere;
use redirect::{HttpRedirect, over_https, redirect_of};
pub(super) use refusal::is_unsupported;
use refusal::{refusal_reason, refused_answer};

/// Why a request returned no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum GetError {
    /// The login was refused; no further request may be sent.
    #[error("{0}")]
    Refused(Reason),
    /// The recorder was unreachable, closed the connection or did not answer in time.
    #[error("{0}")]
    Unreachable(Reason),
    /// It answered with another status: its firmware is too old for the document, or this user may
    /// not read it.
    #[error("the recorder answered with HTTP status {0}")]
    Status(u16),
    /// Its answer is not the requested document.
    #[error(transparent)]
    Answer(#[from] IsapiError),
}

impl GetError {
    /// What to tell people.
    pub(super) fn reason(&self) -> Reason {
        match self {
            GetError::Refused(reason) | GetError::Unreachable(reason) => reason.clone(),
            GetError::Status(401 | 403) => Reason::Forbidden,
            GetError::Status(status) => Reason::Status(*status),
            GetError::Answer(_) => Reason::InvalidAnswer,
        }
    }
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
    /// As the settings have it.
    base: Url,
    access: HttpAccess,
    /// The port of HTTPS if the recorder has redirected there, now or earlier; 0 if not.
    https_port: AtomicU16,
    /// Whether that is kept for the next start.
    is_https_kept: AtomicBool,
    /// Held for one signature, never across an await.
    challenge: Mutex<Option<HttpChallenge>>,
}

/// How one gets into a recorder.
#[derive(Debug)]
pub(super) struct HttpAccess {
    pub(super) login: Login,
    pub(super) is_basic_allowed: bool,
    pub(super) certificate: CertificatePin,
    pub(super) gate: Arc<LoginGate>,
}

struct HttpRequest<'a> {
    method: Method,
    /// With the query, which the digest covers, too.
    path: &'a str,
    body: String,
    max_bytes: usize,
    /// Whether 401 says something about the path, and nothing about a login that was accepted before.
    is_401_an_answer: bool,
}

impl HttpRequest<'_> {
    fn get(path: &str, max_bytes: usize) -> HttpRequest<'_> {
        HttpRequest {
            method: Method::GET,
            path,
            body: String::new(),
            max_bytes,
            is_401_an_answer: false,
        }
    }
}

struct HttpAnswer {
    status: StatusCode,
    challenge: Option<HttpChallenge>,
    redirect: Option<HttpRedirect>,
    body: Vec<u8>,
}

impl Http {
    pub(super) fn new(base: Url, access: HttpAccess) -> Result<Http> {
        let client = Client::builder()
            .user_agent(concat!("Peerview/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(HTTP_CONNECT)
            .timeout(HTTP_REQUEST)
            // A recorder is on this network; a proxy or another address would receive its login.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_backend_preconfigured((*access.certificate.tls()).clone())
            // The signed request follows on the connection of its challenge, as curl does it. One
            // connection for polls, one for orders, one for snapshots.
            .pool_max_idle_per_host(3)
            .build()
            .context("setting up HTTP")?;
        let https_port = access.certificate.https_port().unwrap_or_default();
        Ok(Http {
            client,
            base,
            access,
            https_port: AtomicU16::new(https_port),
            is_https_kept: AtomicBool::new(https_port != 0),
            challenge: Mutex::new(None),
        })
    }

    /// Where requests go.
    fn base(&self) -> Url {
        match self.https_port.load(Ordering::Relaxed) {
            port if port != 0 && self.base.scheme() == "http" => over_https(&self.base, port),
            _ => self.base.clone(),
        }
    }

    /// An answer came. If it came over HTTPS, nothing will be asked over HTTP any more, not even after a restart.
    fn answered(&self) {
        let base = self.base();
        if base.scheme() == "https" && !self.is_https_kept.swap(true, Ordering::Relaxed) {
            let port = base.port_or_known_default().expect("HTTPS has a port");
            self.access.certificate.remember_https(port);
        }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Vec<u8>, GetError> {
        self.get_up_to(path, MAX_BODY_BYTES).await
    }

    /// The same with another limit for the answer.
    pub(super) async fn get_up_to(
        &self,
        path: &str,
        max_bytes: usize,
    ) -> Result<Vec<u8>, GetError> {
        self.request(&HttpRequest::get(path, max_bytes)).await
    }

    /// The same for what nobody needs: a refused login here says nothing about the others, and is not fatal.
    pub(super) async fn get_if_allowed(&self, path: &str) -> Result<Vec<u8>, GetError> {
        let request = HttpRequest {
            is_401_an_answer: true,
            ..HttpRequest::get(path, MAX_BODY_BYTES)
        };
        self.request(&request).await
    }

    /// Requests the action at this path; the body may be empty.
    pub(super) async fn put(&self, path: &str, body: String) -> Result<(), GetError> {
        self.act(Method::PUT, path, body).await.map(drop)
    }

    /// The same for settings. Returns whether they count only after a restart of the device.
    pub(super) async fn put_settings(&self, path: &str, body: String) -> Result<bool, GetError> {
        let said = self.act(Method::PUT, path, body).await?;
        Ok(said.is_some_and(|said| said.needs_restart()))
    }

    /// Removes what is at this path.
    pub(super) async fn delete(&self, path: &str) -> Result<(), GetError> {
        self.act(Method::DELETE, path, String::new())
            .await
            .map(drop)
    }

    async fn act(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<Option<ResponseStatus>, GetError> {
        let max_bytes = MAX_BODY_BYTES;
        let answer = self
            .request(&HttpRequest {
                method,
                path,
                body,
                max_bytes,
                is_401_an_answer: false,
            })
            .await?;
        if answer.is_empty() {
            return Ok(None);
        }
        // Some firmware refuses with HTTP status 200.
        match ResponseStatus::parse(&answer)? {
            status if status.is_success() => Ok(Some(status)),
            status => Err(IsapiError::Status(status).into()),
        }
    }

    async fn request(&self, request: &HttpRequest<'_>) -> Result<Vec<u8>, GetError> {
        let gate = Arc::clone(&self.access.gate);
        let attempt = gate.enter().await?;
        let signed_ahead = self.authorization(request);
        let mut answer = self.send(request, signed_ahead).await?;
        if let Some(HttpRedirect::Https(port)) = answer.redirect {
            tracing::info!(
                recorder.host = self.base.host_str(),
                port,
                "the recorder wants HTTPS"
            );
            self.https_port.store(port, Ordering::Relaxed);
            // What was asked for over HTTP is not answered over HTTPS.
            *self.challenge() = None;
            answer = self.send(request, None).await?;
        }
        self.answered();
        // At most two requests are signed with a fresh nonce; the second only if the recorder
        // reports that the first nonce was stale.
        for _ in 0..2 {
            if answer.status != StatusCode::UNAUTHORIZED {
                break;
            }
            let Some(challenge) = answer.challenge.take() else {
                return Err(GetError::Unreachable(Reason::NoDigest));
            };
            *self.challenge() = Some(challenge);
            let signed = self.authorization(request);
            answer = self.send(request, signed).await?;
            let is_stale = answer
                .challenge
                .as_ref()
                .is_some_and(HttpChallenge::is_stale);
            if answer.status == StatusCode::UNAUTHORIZED && !is_stale {
                break;
            }
        }
        if answer.status == StatusCode::UNAUTHORIZED {
            *self.challenge() = None;
            if request.is_401_an_answer {
                return Err(GetError::Status(answer.status.as_u16()));
            }
            let reason = self.refusal(&answer.body).await;
            attempt.refused(&reason);
            return Err(GetError::Refused(reason));
        }
        attempt.accepted();
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        if let Some(HttpRedirect::Elsewhere(reason)) = answer.redirect {
            return Err(GetError::Unreachable(reason));
        }
        Err(refused_answer(answer.status, &answer.body))
    }

    /// Signs a request with the next count of the current nonce, if there is one.
    fn authorization(&self, request: &HttpRequest<'_>) -> Option<String> {
        let mut challenge = self.challenge();
        challenge
            .as_mut()?
            .answer(&self.access.login, &request.method, request.path)
    }

    fn challenge(&self) -> MutexGuard<'_, Option<HttpChallenge>> {
        self.challenge
            .lock()
            .expect("no code panics while it holds the challenge")
    }

    async fn send(
        &self,
        asked: &HttpRequest<'_>,
        authorization: Option<String>,
    ) -> Result<HttpAnswer, GetError> {
        let base = self.base();
        let request = self.built(&base, asked, authorization);
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            // Counted while reading, since a header may not tell the truth.
            if body.len() + chunk.len() > asked.max_bytes {
                return Err(IsapiError::TooLong.into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer {
            status: response.status(),
            challenge: HttpChallenge::best_of(response.headers(), self.access.is_basic_allowed),
            redirect: redirect_of(&base, response.status(), response.headers()),
            body,
        })
    }

    fn built(
        &self,
        base: &Url,
        asked: &HttpRequest<'_>,
        authorization: Option<String>,
    ) -> RequestBuilder {
        let mut url = base.clone();
        let (path, query) = match asked.path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (asked.path, None),
        };
        url.set_path(path);
        url.set_query(query);
        let mut request = self.client.request(asked.method.clone(), url);
        if !asked.body.is_empty() {
            let xml = "application/xml; charset=\"UTF-8\"";
            request = request.header(CONTENT_TYPE, xml).body(asked.body.clone());
        } else if asked.method == Method::PUT {
            // RFC 9110 §8.6: a PUT states its length even if it is 0; reqwest leaves it out.
            request = request.header(CONTENT_LENGTH, 0);
        }
        match authorization {
            Some(authorization) => request.header(AUTHORIZATION, authorization),
            None => request,
        }
    }

    /// Returns why the login was refused. The request contains no login, so it does not count as an
    /// attempt.
    async fn refusal(&self, body: &[u8]) -> Reason {
        let check = match UserCheck::parse(body) {
            Ok(check) => Some(check),
            Err(_) => match self
                .send(&HttpRequest::get(path::USER_CHECK, MAX_BODY_BYTES), None)
                .await
            {
                Ok(answer) => UserCheck::parse(&answer.body).ok(),
                Err(_) => None,
            },
        };
        refusal_reason(check, unix_seconds())
    }
}

fn failure(error: &reqwest::Error) -> GetError {
    GetError::Unreachable(failed(error))
}

/// Why a request was not answered.
pub(in crate::recorder) fn failed(error: &reqwest::Error) -> Reason {
    tracing::debug!("HTTP: {error}");
    if error.is_timeout() {
        Reason::NoAnswer
    } else if let Some(reason) = certificates::reason(error) {
        reason
    } else if error.is_connect() {
        Reason::Unreachable
    } else {
        Reason::Closed
    }
}
