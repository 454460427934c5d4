//! A body without an end: the alert stream of a recorder.

use std::sync::Arc;

use bytes::Bytes;
use proto::isapi::MAX_BODY_BYTES;
use proto::reason::Reason;
use reqwest::{Method, Response, StatusCode};
use tokio::time::timeout;

use super::challenge::HttpChallenge;
use super::{GetError, Http, HttpRequest, failure, refused_answer};
use crate::limits::{ALERT_STREAM_LASTS, HTTP_REQUEST};

/// The body of an answer, piece by piece.
pub(in crate::recorder::hikvision) struct EndlessBody(Response);

impl EndlessBody {
    /// The next piece; `None` at the end.
    pub(in crate::recorder::hikvision) async fn chunk(
        &mut self,
    ) -> Result<Option<Bytes>, GetError> {
        self.0.chunk().await.map_err(|error| failure(&error))
    }
}

impl Http {
    /// Opens a body without an end. A refusal here says nothing about the login: some devices refuse only
    /// this, and the polls of the cameras notice a changed password all the same.
    pub(in crate::recorder::hikvision) async fn open_endless(
        &self,
        path: &str,
    ) -> Result<EndlessBody, GetError> {
        let gate = Arc::clone(&self.access.gate);
        let permit = gate.enter().await?;
        let request = HttpRequest {
            method: Method::GET,
            path,
            body: String::new(),
            max_bytes: MAX_BODY_BYTES,
            is_401_an_answer: true,
        };
        let mut response = self.begin(&request, self.authorization(&request)).await?;
        // As for other requests: a second signature only if the first nonce was stale.
        for _ in 0..2 {
            if response.status() != StatusCode::UNAUTHORIZED {
                break;
            }
            let Some(challenge) = self.challenge_in(&response) else {
                return Err(GetError::Status(401));
            };
            *self.challenge() = Some(challenge);
            // The login follows on the same connection, which is free once the body is read.
            read(response).await?;
            response = self.begin(&request, self.authorization(&request)).await?;
            let is_stale = self
                .challenge_in(&response)
                .is_some_and(|challenge| challenge.is_stale());
            if !is_stale {
                break;
            }
        }
        match response.status() {
            StatusCode::UNAUTHORIZED => Err(GetError::Status(401)),
            status if status.is_success() => {
                permit.accepted();
                Ok(EndlessBody(response))
            }
            status => Err(refused_answer(status, &read(response).await?)),
        }
    }

    async fn begin(
        &self,
        request: &HttpRequest<'_>,
        authorization: Option<String>,
    ) -> Result<Response, GetError> {
        let request = self
            .built(&self.base(), request, authorization)
            .timeout(ALERT_STREAM_LASTS);
        match timeout(HTTP_REQUEST, request.send()).await {
            Ok(answered) => answered.map_err(|error| failure(&error)),
            Err(_) => Err(GetError::Unreachable(Reason::NoAnswer)),
        }
    }

    fn challenge_in(&self, response: &Response) -> Option<HttpChallenge> {
        HttpChallenge::best_of(response.headers(), self.access.is_basic_allowed)
    }
}

/// The body of a refusal, as far as it comes and is of use.
async fn read(mut response: Response) -> Result<Vec<u8>, GetError> {
    let mut body = Vec::new();
    let reading = async {
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(())
    };
    match timeout(HTTP_REQUEST, reading).await {
        Ok(read) => read.map(|()| body),
        Err(_) => Err(GetError::Unreachable(Reason::NoAnswer)),
    }
}
