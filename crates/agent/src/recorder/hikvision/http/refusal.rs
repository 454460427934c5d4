//! The meaning of an error answer of a Hikvision recorder.

use proto::isapi::{IsapiError, ResponseStatus, UserCheck};
use proto::reason::Reason;
use reqwest::StatusCode;

use super::GetError;

/// Why a request failed whose login was accepted. HTTP status 403 also stands for something that the
/// device cannot do; whatever else it says with it, a right is missing.
pub(super) fn refused_answer(status: StatusCode, body: &[u8]) -> GetError {
    match ResponseStatus::parse(body) {
        Ok(said) if status != StatusCode::FORBIDDEN || is_unsupported(&said) => {
            IsapiError::Status(said).into()
        }
        _ => GetError::Status(status.as_u16()),
    }
}

/// Whether the device cannot do it at all, whoever asks.
pub(in crate::recorder::hikvision) fn is_unsupported(said: &ResponseStatus) -> bool {
    matches!(
        said.sub_status.as_str(),
        "notSupport" | "methodNotAllowed" | "badURLFormat" | "badXmlContent" | "badParameters"
    )
}

/// Why a login was refused, by what the recorder says about it.
pub(super) fn refusal_reason(check: Option<UserCheck>, now: u64) -> Reason {
    match check {
        Some(UserCheck {
            is_locked: true,
            unlock_seconds,
            ..
        }) => Reason::Locked {
            until: unlock_seconds.map(|seconds| now + u64::from(seconds)),
        },
        check => Reason::Refused {
            n_tries_left: check.and_then(|check| check.n_tries_left),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_login_is_reported_with_its_unlock_time() {
        let check = UserCheck {
            is_accepted: false,
            is_locked: true,
            unlock_seconds: Some(1795),
            n_tries_left: Some(0),
        };

        assert_eq!(
            refusal_reason(Some(check), 1_000_000),
            Reason::Locked {
                until: Some(1_001_795)
            }
        );
        let nothing_known = Reason::Refused { n_tries_left: None };
        assert_eq!(refusal_reason(None, 0), nothing_known);
    }

    #[test]
    fn a_403_means_a_missing_right_unless_something_is_unsupported() {
        let refused = |status: StatusCode, sub_status: &str| {
            let body = format!(
                "<ResponseStatus><statusCode>4</statusCode><statusString>x</statusString>\
                 <subStatusCode>{sub_status}</subStatusCode></ResponseStatus>"
            );
            refused_answer(status, body.as_bytes())
        };
        let forbidden = StatusCode::FORBIDDEN;

        for error in [
            refused(forbidden, "lowPrivilege"),
            refused(forbidden, "deviceOffline"),
            refused_answer(forbidden, b"<html>"),
        ] {
            assert_eq!(error.reason(), Reason::Forbidden, "{error}");
        }
        for error in [
            refused(forbidden, "notSupport"),
            refused(StatusCode::BAD_REQUEST, "lowPrivilege"),
        ] {
            assert!(matches!(error, GetError::Answer(IsapiError::Status(_))));
        }
    }
}
