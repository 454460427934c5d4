//! Authentication: HTTP Digest, or a token in the request that is valid for minutes on the device's own
//! clock.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use super::challenged;
use super::device::now;
use super::envelope::{SimFault, SoapCall};
use crate::config::OnvifLogin;
use crate::gate::{LoginAttempt, LoginRefusal, TokenAttempt};
use crate::shared::Shared;

/// Seconds that a token may be old or early.
const WINDOW: u64 = 300;

/// The refusal of a request without a correct login.
pub(super) fn refusal(
    shared: &Shared,
    service: &str,
    headers: &HeaderMap,
    call: &SoapCall,
) -> Option<Response> {
    let way = shared.config.onvif.login;
    let refused = || SimFault::sender("ter:NotAuthorized", "Sender not Authorized").into_response();
    if let Some(token) = token(call).filter(|_| way != OnvifLogin::Digest) {
        let created: Option<jiff::Timestamp> = token.created.parse().ok();
        let is_timely = created.is_some_and(|created| {
            let off = created.as_second().abs_diff(now(shared).as_second());
            off <= WINDOW
        });
        let judged = shared.admit_token(&token, is_timely);
        return judged.is_err().then(refused);
    }
    if way == OnvifLogin::Token {
        return Some(refused());
    }
    let authorization = headers.get(header::AUTHORIZATION);
    let attempt = LoginAttempt {
        method: "POST",
        authorization: authorization.and_then(|value| value.to_str().ok()),
        trusted_nonce: None,
    };
    let place = format!("/onvif/{service}");
    match shared.admit(&attempt) {
        Ok(admitted) if admitted.uri.as_ref().is_none_or(|uri| *uri == place) => None,
        Ok(_) => Some(challenged(shared, LoginRefusal::Malformed)),
        Err(refusal) => Some(challenged(shared, refusal)),
    }
}

fn token(call: &SoapCall) -> Option<TokenAttempt> {
    Some(TokenAttempt {
        user: call.text("Username")?,
        digest: call.text("Password")?,
        nonce: call.text("Nonce")?,
        created: call.text("Created")?,
    })
}
