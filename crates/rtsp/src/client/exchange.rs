//! Requests and their answers on one connection: numbers, signatures, session, and which answer belongs to what.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::config::ClientConfig;
use crate::headers::SessionHeader;
use crate::limits::{MAX_PENDING, MAX_SIGNINGS};
use crate::login::{Authenticator, LoginFailure, Signature};
use crate::message::{Headers, RtspAnswer, RtspRequest};

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestKind {
    Describe,
    SetUp,
    Play,
    Pause,
    KeepAlive,
    Teardown,
}

/// A request before it is numbered and signed.
#[derive(Debug, Clone)]
pub(super) struct RequestPlan {
    pub(super) kind: RequestKind,
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Time for its answer; `None` for one that need not be answered.
    pub(super) limit: Option<Duration>,
}

/// A request that waits for its answer.
#[derive(Debug)]
pub(super) struct PendingRequest {
    pub(super) kind: RequestKind,
    plan: RequestPlan,
    cseq: u32,
    signature: Option<Signature>,
    n_signings: u8,
    answer_by: Option<Duration>,
    sent_at: Duration,
}

/// What became of a request.
#[derive(Debug)]
pub(super) enum Answered {
    /// The answer belongs to nothing that waits.
    Nothing,
    /// It is sent again, with a login.
    Again(Bytes),
    /// It may not be sent again.
    NoLogin(RequestKind, LoginFailure),
    /// It is answered with anything but 401.
    Answer(RequestPlan),
}

/// An answer that is older than this and has no number belongs to no keep-alive.
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Exchange {
    login: Authenticator,
    user_agent: String,
    session: Option<SessionHeader>,
    last_cseq: u32,
    pending: VecDeque<PendingRequest>,
    /// Numbers of requests that are no longer waited for.
    abandoned: VecDeque<u32>,
    seed: [u8; 32],
    n_random: u64,
}

impl Exchange {
    pub(super) fn new(config: &ClientConfig, seed: [u8; 32]) -> Exchange {
        Exchange {
            login: Authenticator::new(config.credentials.clone(), config.is_basic_allowed),
            user_agent: config.user_agent.clone(),
            session: None,
            last_cseq: 0,
            pending: VecDeque::new(),
            abandoned: VecDeque::new(),
            seed,
            n_random: 0,
        }
    }

    pub(super) fn session(&self) -> Option<&SessionHeader> {
        self.session.as_ref()
    }

    /// Bytes that nobody can foretell.
    pub(super) fn random(&mut self) -> [u8; 32] {
        self.n_random += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.n_random.to_be_bytes());
        hash.finalize().into()
    }

    /// Gives the bytes of a request, and waits for its answer.
    pub(super) fn send(&mut self, plan: RequestPlan, now: Duration) -> Bytes {
        self.write(plan, 0, now)
    }

    fn write(&mut self, plan: RequestPlan, n_signings: u8, now: Duration) -> Bytes {
        self.last_cseq = self.last_cseq.wrapping_add(1).max(1);
        let mut headers = Headers::default();
        headers.push("CSeq", self.last_cseq.to_string());
        let client_nonce = HEXLOWER.encode(&self.random()[..16]);
        let is_again = n_signings > 0;
        let signed = self
            .login
            .sign(plan.method, &plan.url, is_again, &client_nonce);
        let (authorization, signature) = signed.unzip();
        if let Some(value) = authorization {
            headers.push("Authorization", value);
        }
        headers.push("User-Agent", self.user_agent.clone());
        if let Some(session) = &self.session {
            headers.push("Session", session.id.clone());
        }
        for (name, value) in &plan.headers {
            headers.push(name, value.clone());
        }
        let request = RtspRequest {
            method: plan.method.to_owned(),
            url: plan.url.clone(),
            headers,
            body: Bytes::new(),
        };
        if self.pending.len() >= MAX_PENDING {
            self.pending.pop_front();
        }
        self.pending.push_back(PendingRequest {
            kind: plan.kind,
            cseq: self.last_cseq,
            n_signings: if is_again {
                n_signings
            } else {
                signature.is_some().into()
            },
            signature,
            answer_by: plan.limit.map(|limit| now + limit),
            sent_at: now,
            plan,
        });
        let mut bytes = BytesMut::new();
        request.write(&mut bytes);
        bytes.freeze()
    }

    /// Finds the request of an answer, and signs it again if the camera requires that.
    pub(super) fn answered(&mut self, answer: &RtspAnswer, now: Duration) -> Answered {
        // An answer that only says that another one follows.
        if answer.status < 200 {
            return Answered::Nothing;
        }
        let Some(request) = self.take(answer, now) else {
            return Answered::Nothing;
        };
        if answer.status != 401 {
            if request.signature.is_some() {
                self.login.accepted();
            }
            self.keep_session(answer);
            return Answered::Answer(request.plan);
        }
        let challenges = answer.headers.all("www-authenticate");
        match self
            .login
            .challenged(challenges, request.signature.as_ref())
        {
            Ok(()) if request.n_signings < MAX_SIGNINGS => {
                Answered::Again(self.write(request.plan, request.n_signings + 1, now))
            }
            Ok(()) => Answered::NoLogin(request.kind, self.login.refusal()),
            Err(failure) => Answered::NoLogin(request.kind, failure),
        }
    }

    /// The first session counts: some cameras change its id from one SETUP to the next.
    fn keep_session(&mut self, answer: &RtspAnswer) {
        let is_success = (200..300).contains(&answer.status);
        if self.session.is_none() && is_success {
            let value = answer.headers.get("session");
            self.session = value.and_then(SessionHeader::parse);
        }
    }

    /// By number; where the camera sends none or an impossible one, by order.
    fn take(&mut self, answer: &RtspAnswer, now: Duration) -> Option<PendingRequest> {
        let cseq = answer
            .headers
            .get("cseq")
            .and_then(|value| value.trim().parse::<u32>().ok());
        if let Some(at) = self
            .pending
            .iter()
            .position(|request| Some(request.cseq) == cseq)
        {
            return self.pending.remove(at);
        }
        if let Some(at) = self
            .abandoned
            .iter()
            .position(|number| Some(*number) == cseq)
        {
            self.abandoned.remove(at);
            return None;
        }
        let is_expected = |request: &PendingRequest| {
            request.kind != RequestKind::KeepAlive || now < request.sent_at + KEEP_ALIVE_ANSWER
        };
        let at = self.pending.iter().position(is_expected)?;
        self.pending.remove(at)
    }

    /// The request whose answer is due.
    pub(super) fn take_due(&mut self, now: Duration) -> Option<PendingRequest> {
        let is_due = |request: &PendingRequest| request.answer_by.is_some_and(|at| at <= now);
        let at = self.pending.iter().position(is_due)?;
        let request = self.pending.remove(at)?;
        self.abandon(request.cseq);
        Some(request)
    }

    /// Waits no longer for answers to keep-alives. Returns whether there was none to one.
    pub(super) fn abandon_keep_alives(&mut self) -> bool {
        let mut has_any = false;
        while let Some(at) = self
            .pending
            .iter()
            .position(|request| request.kind == RequestKind::KeepAlive)
            && let Some(request) = self.pending.remove(at)
        {
            self.abandon(request.cseq);
            has_any = true;
        }
        has_any
    }

    fn abandon(&mut self, cseq: u32) {
        if self.abandoned.len() >= MAX_PENDING {
            self.abandoned.pop_front();
        }
        self.abandoned.push_back(cseq);
    }

    /// Whether a request other than a keep-alive waits.
    pub(super) fn is_busy(&self) -> bool {
        self.pending
            .iter()
            .any(|request| request.kind != RequestKind::KeepAlive)
    }

    /// When the first answer is due.
    pub(super) fn answer_by(&self) -> Option<Duration> {
        self.pending
            .iter()
            .filter_map(|request| request.answer_by)
            .min()
    }
}
