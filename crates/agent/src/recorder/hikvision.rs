//! Hikvision recorders and cameras over ISAPI, and the many that other companies sell under their
//! names.

mod cameras;
mod events;
mod fetches;
mod health;
pub(super) mod http;
mod image;
mod isapi;
mod key_frames;
mod lists;
mod outputs;
mod steering;
pub(super) mod talk;
mod viewable;

use proto::isapi::{IsapiError, path};

pub(super) use isapi::Isapi;

use super::RecorderStatus;
use super::desk::DriverReports;
use super::handle::RequestError;
use http::{GetError, is_unsupported};

/// The channel of a camera that the recorder has listed, while it can be reached.
fn channel(reports: &DriverReports, camera: &str) -> Result<u32, RequestError> {
    if *reports.status.borrow() != RecorderStatus::Online {
        return Err(RequestError::Offline);
    }
    let sources = reports.sources.borrow();
    let is_known = sources.iter().any(|source| source.id == camera);
    let channel = camera.parse().ok().filter(|_| is_known);
    channel.ok_or(RequestError::NoCamera)
}

impl From<GetError> for RequestError {
    fn from(error: GetError) -> RequestError {
        match error {
            GetError::Refused(_) => RequestError::Refused,
            GetError::Unreachable(_) => RequestError::Offline,
            // Without a ResponseStatus: 403 is what most firmware says about a right that is missing.
            GetError::Status(403) => RequestError::Refused,
            GetError::Status(404 | 405 | 501) => RequestError::Unsupported,
            GetError::Status(_) => RequestError::BadAnswer,
            GetError::Answer(IsapiError::Status(said)) if is_unsupported(&said) => {
                RequestError::Unsupported
            }
            GetError::Answer(IsapiError::Status(_)) => RequestError::Refused,
            GetError::Answer(_) => RequestError::BadAnswer,
        }
    }
}

/// The right in the recorder's user settings that a document needs. Ports are for administrators, and
/// the usual ones are tried without; a key frame is asked for, not read.
fn right_for(path: &str) -> Option<&'static str> {
    match path {
        path::DEVICE_INFO
        | path::CAPABILITIES
        | path::VIDEO_INPUTS
        | path::PROXY_CHANNELS
        | path::STREAMING_CHANNELS => Some("Remote: Parameters Settings"),
        path::PROXY_STATUS => Some("Remote: Log Search / Interrogate Working Status"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proto::isapi::ResponseStatus;

    use super::*;

    #[test]
    fn a_missing_right_is_not_taken_for_a_missing_motor() {
        let said = |sub_status: &str| {
            RequestError::from(GetError::from(IsapiError::Status(ResponseStatus {
                code: 4,
                text: "Invalid Operation".to_owned(),
                sub_status: sub_status.to_owned(),
            })))
        };

        assert_eq!(said("notSupport"), RequestError::Unsupported);
        assert_eq!(said("lowPrivilege"), RequestError::Refused);
        assert_eq!(said("deviceOffline"), RequestError::Refused);
        assert_eq!(
            RequestError::from(GetError::Status(403)),
            RequestError::Refused
        );
        assert_eq!(
            RequestError::from(GetError::Status(404)),
            RequestError::Unsupported
        );
        assert_eq!(
            RequestError::from(GetError::Status(500)),
            RequestError::BadAnswer
        );
    }
}
