//! SOAP to one device. The first request goes without a login, and the answer decides: HTTP Digest
//! where the device offers it, otherwise a token in the request, so that a wrong password is tried once
//! and not in two ways.

mod failure;

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, Result};
use digest_auth::{AuthContext, HttpMethod, WwwAuthenticateHeader};
use onvif::device::DeviceInformation;
use onvif::token::UsernameToken;
use onvif::{OnvifError, OnvifRequest, clock};
use proto::reason::Reason;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method, StatusCode, redirect};
use url::Url;

use crate::certificates::CertificatePin;
use crate::limits::{HTTP_CONNECT, HTTP_REQUEST};
use crate::recorder::hikvision::http::{failed, strongest_digest, why_elsewhere};
use crate::stream::login::LoginGate;
use crate::stream::source::Login;
use crate::unix_time::unix_seconds;
pub(super) use failure::{SoapFailure, optional};

/// Seconds by which a device's clock must have moved to be the reason for a refusal.
const CLOCK_MOVED: u64 = 5;

/// The kind of login that the device requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoginWay {
    /// Not known yet: without one.
    Open,
    Digest,
    Token,
}

/// A client for one device.
#[derive(Debug)]
pub(super) struct SoapClient {
    client: Client,
    login: Login,
    gate: Arc<LoginGate>,
    device: Url,
    /// Held for one look, never across an await.
    way: Mutex<LoginWay>,
    /// Held for one signature, never across an await.
    challenge: Mutex<Option<WwwAuthenticateHeader>>,
    /// Seconds that the device's clock is ahead of ours.
    ahead: AtomicI64,
    /// Whether it says what time it is.
    has_clock: AtomicBool,
    /// Whether the device has accepted the login since it was opened.
    is_trusted: AtomicBool,
    /// Whether a picture was refused although requests are not; then none is asked for again.
    no_pictures: AtomicBool,
}

struct SoapAnswer {
    status: StatusCode,
    challenge: Option<WwwAuthenticateHeader>,
    redirect: Option<Reason>,
    body: Vec<u8>,
}

impl SoapAnswer {
    fn wants_login(&self) -> bool {
        let is_fault = || match onvif::ptz::parse_done(&self.body) {
            Err(OnvifError::Fault(fault)) => fault.is_about_login(),
            _ => false,
        };
        self.status == StatusCode::UNAUTHORIZED || is_fault()
    }

    /// The document in it, or why there is none.
    fn document(self) -> Result<Vec<u8>, SoapFailure> {
        if let Some(reason) = self.redirect {
            return Err(SoapFailure::Unreachable(reason));
        }
        if self.status.is_success() {
            return Ok(self.body);
        }
        // Faults come with 400 or 500.
        match onvif::ptz::parse_done(&self.body) {
            Err(error @ OnvifError::Fault(_)) => Err(error.into()),
            _ => Err(SoapFailure::Status(self.status.as_u16())),
        }
    }
}

impl SoapClient {
    pub(super) fn new(
        device: Url,
        login: Login,
        certificate: &CertificatePin,
        gate: Arc<LoginGate>,
    ) -> Result<SoapClient> {
        let client = Client::builder()
            .user_agent(concat!("Peerview/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(HTTP_CONNECT)
            .timeout(HTTP_REQUEST)
            // A device is on this network; a proxy or another address would receive its login.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .tls_backend_preconfigured((*certificate.tls()).clone())
            .pool_max_idle_per_host(3)
            .build()
            .context("setting up HTTP")?;
        Ok(SoapClient {
            client,
            login,
            gate,
            device,
            way: Mutex::new(LoginWay::Open),
            challenge: Mutex::new(None),
            ahead: AtomicI64::new(0),
            has_clock: AtomicBool::new(false),
            is_trusted: AtomicBool::new(false),
            no_pictures: AtomicBool::new(false),
        })
    }

    /// Starts again with a device that may be another one: its kind of login, and its clock.
    pub(super) async fn meet(&self) -> Result<(), SoapFailure> {
        *self.way() = LoginWay::Open;
        *self.challenge() = None;
        self.is_trusted.store(false, Ordering::Relaxed);
        self.no_pictures.store(false, Ordering::Relaxed);
        self.read_clock().await.map(drop)
    }

    /// Reads the device's clock, without a login: seconds that it is ahead of ours. `None` if it does not say.
    pub(super) async fn clock_ahead(&self) -> Option<i64> {
        self.read_clock().await.ok()?;
        let has_clock = self.has_clock.load(Ordering::Relaxed);
        has_clock.then(|| self.ahead.load(Ordering::Relaxed))
    }

    /// Reads the device's clock, without a login. Returns whether it has moved. A device that does not
    /// tell is taken to be on time.
    async fn read_clock(&self) -> Result<bool, SoapFailure> {
        let answer = self
            .send_soap(&clock::get_time(), &self.device, LoginWay::Open)
            .await?;
        if let Some(reason) = answer.redirect {
            return Err(SoapFailure::Unreachable(reason));
        }
        let time = clock::parse_time(&answer.body);
        self.has_clock.store(time.is_ok(), Ordering::Relaxed);
        let Ok(time) = time else {
            return Ok(false);
        };
        let ahead = time - our_time();
        let before = self.ahead.swap(ahead, Ordering::Relaxed);
        if ahead.abs_diff(before) > CLOCK_MOVED {
            tracing::debug!(seconds = ahead, "the device's clock differs from ours");
        }
        Ok(ahead.abs_diff(before) > CLOCK_MOVED)
    }

    /// Asks the device itself.
    pub(super) async fn ask_device(&self, request: &OnvifRequest) -> Result<Vec<u8>, SoapFailure> {
        self.ask(request, &self.device).await
    }

    /// Asks a service.
    pub(super) async fn ask(
        &self,
        request: &OnvifRequest,
        address: &Url,
    ) -> Result<Vec<u8>, SoapFailure> {
        let gate = Arc::clone(&self.gate);
        let permit = gate.enter().await?;
        let first = *self.way();
        let mut answer = self.send_soap(request, address, first).await?;
        let mut used = first;
        if first == LoginWay::Open && answer.wants_login() {
            used = self.choose_way(&mut answer);
            answer = self.send_soap(request, address, used).await?;
        }
        // The nonce may have been the one of long ago, which not every device says; only with a fresh one
        // is the login itself refused.
        let mut may_be_old = first == LoginWay::Digest;
        for _ in 0..2 {
            let fresh = match (&answer.challenge, used) {
                (Some(fresh), LoginWay::Digest) if answer.wants_login() => fresh.clone(),
                _ => break,
            };
            if !fresh.stale && !may_be_old {
                break;
            }
            may_be_old = false;
            *self.challenge() = Some(fresh);
            answer = self.send_soap(request, address, used).await?;
        }
        if used == LoginWay::Token && answer.wants_login() && self.read_clock().await? {
            answer = self.send_soap(request, address, used).await?;
        }
        if !answer.wants_login() {
            if used != LoginWay::Open {
                self.is_trusted.store(true, Ordering::Relaxed);
                permit.accepted();
            }
            return answer.document();
        }
        // With this code devices also refuse what the user may not do.
        if self.is_trusted.load(Ordering::Relaxed) && self.is_still_trusted(request, used).await? {
            return Err(SoapFailure::Status(403));
        }
        let reason = Reason::Refused { n_tries_left: None };
        permit.refused(&reason);
        Err(SoapFailure::Refused(reason))
    }

    /// Whether a request that every user may make is answered with this login.
    async fn is_still_trusted(
        &self,
        refused: &OnvifRequest,
        way: LoginWay,
    ) -> Result<bool, SoapFailure> {
        let request = DeviceInformation::get();
        if way == LoginWay::Open || refused.operation() == request.operation() {
            return Ok(false);
        }
        let answer = self.send_soap(&request, &self.device, way).await?;
        Ok(!answer.wants_login())
    }

    /// Digest where it is offered: then the device's clock does not matter, and the same login opens
    /// pictures.
    fn choose_way(&self, answer: &mut SoapAnswer) -> LoginWay {
        let way = match answer.challenge.take() {
            Some(challenge) => {
                *self.challenge() = Some(challenge);
                LoginWay::Digest
            }
            None => LoginWay::Token,
        };
        *self.way() = way;
        way
    }

    async fn send_soap(
        &self,
        request: &OnvifRequest,
        address: &Url,
        way: LoginWay,
    ) -> Result<SoapAnswer, SoapFailure> {
        let header = match way {
            LoginWay::Token => self.token().header(),
            LoginWay::Open | LoginWay::Digest => String::new(),
        };
        let mut sent = self
            .client
            .post(address.clone())
            .header(CONTENT_TYPE, request.content_type())
            .body(request.envelope(&header));
        if way == LoginWay::Digest
            && let Some(signed) = self.authorization(&Method::POST, address)
        {
            sent = sent.header(AUTHORIZATION, signed);
        }
        receive(sent, address, onvif::limits::MAX_ANSWER_BYTES).await
    }

    /// Fetches a picture.
    pub(super) async fn picture(
        &self,
        address: &Url,
        max_bytes: usize,
    ) -> Result<Vec<u8>, SoapFailure> {
        if self.no_pictures.load(Ordering::Relaxed) {
            return Err(SoapFailure::Status(403));
        }
        let gate = Arc::clone(&self.gate);
        let _permit = gate.enter().await?;
        let mut answer = self.get(address, max_bytes).await?;
        // As above; of requests that were let in, the nonce is the same.
        let mut may_be_old = true;
        for _ in 0..2 {
            let fresh = match answer.challenge.take() {
                Some(fresh) if answer.status == StatusCode::UNAUTHORIZED => fresh,
                _ => break,
            };
            if !fresh.stale && !may_be_old {
                break;
            }
            may_be_old = false;
            *self.challenge() = Some(fresh);
            answer = self.get(address, max_bytes).await?;
        }
        if answer.status == StatusCode::UNAUTHORIZED {
            // Some devices have other users for their pages. Every further try counts as a wrong one.
            self.no_pictures.store(true, Ordering::Relaxed);
            return Err(SoapFailure::Status(403));
        }
        answer.document()
    }

    async fn get(&self, address: &Url, max_bytes: usize) -> Result<SoapAnswer, SoapFailure> {
        let mut request = self.client.get(address.clone());
        if let Some(signed) = self.authorization(&Method::GET, address) {
            request = request.header(AUTHORIZATION, signed);
        }
        receive(request, address, max_bytes).await
    }

    fn token(&self) -> UsernameToken<'_> {
        UsernameToken {
            user: &self.login.user,
            password: self.login.password.reveal(),
            nonce: rand::random(),
            created: our_time().saturating_add(self.ahead.load(Ordering::Relaxed)),
        }
    }

    /// Signs a request with the next count of the current nonce, if there is one.
    fn authorization(&self, method: &Method, address: &Url) -> Option<String> {
        let path = match address.query() {
            Some(query) => format!("{}?{query}", address.path()),
            None => address.path().to_owned(),
        };
        let context = AuthContext::new_with_method(
            &self.login.user,
            self.login.password.reveal(),
            &path,
            None::<&[u8]>,
            HttpMethod::from(method.as_str()),
        );
        let signed = self.challenge().as_mut()?.respond(&context).ok()?;
        Some(signed.to_header_string())
    }

    fn way(&self) -> MutexGuard<'_, LoginWay> {
        self.way
            .lock()
            .expect("no code panics while it holds the way")
    }

    fn challenge(&self) -> MutexGuard<'_, Option<WwwAuthenticateHeader>> {
        self.challenge
            .lock()
            .expect("no code panics while it holds the challenge")
    }
}

async fn receive(
    request: reqwest::RequestBuilder,
    address: &Url,
    max_bytes: usize,
) -> Result<SoapAnswer, SoapFailure> {
    let lost = |error: reqwest::Error| SoapFailure::Unreachable(failed(&error));
    let mut response = request.send().await.map_err(lost)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        // Counted while reading, since a header may not tell the truth.
        if body.len() + chunk.len() > max_bytes {
            return Err(OnvifError::TooLong.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(SoapAnswer {
        status: response.status(),
        challenge: strongest_digest(response.headers()),
        redirect: why_elsewhere(address, response.status(), response.headers()),
        body,
    })
}

/// Signed, since the clocks of devices are compared with it.
fn our_time() -> i64 {
    i64::try_from(unix_seconds()).unwrap_or(i64::MAX)
}
