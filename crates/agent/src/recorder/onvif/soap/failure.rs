//! Why a request over SOAP returned no document.

use onvif::OnvifError;
use proto::reason::Reason;

use crate::stream::login::LoginRefused;

/// Why a request returned no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::recorder::onvif) enum SoapFailure {
    /// The login was refused; no further request may be sent.
    #[error("{0}")]
    Refused(Reason),
    /// The device was unreachable, closed the connection or did not answer in time.
    #[error("{0}")]
    Unreachable(Reason),
    /// It answered with another status and no fault.
    #[error("the device answered with HTTP status {0}")]
    Status(u16),
    /// Its answer is a fault or not the requested document.
    #[error(transparent)]
    Answer(#[from] OnvifError),
}

impl SoapFailure {
    /// What to tell people.
    pub(in crate::recorder::onvif) fn reason(&self) -> Reason {
        match self {
            SoapFailure::Refused(reason) | SoapFailure::Unreachable(reason) => reason.clone(),
            SoapFailure::Status(401 | 403) => Reason::Forbidden,
            SoapFailure::Status(status) => Reason::Status(*status),
            SoapFailure::Answer(OnvifError::Fault(fault)) if fault.is_about_rights() => {
                Reason::Forbidden
            }
            SoapFailure::Answer(_) => Reason::InvalidAnswer,
        }
    }
}

impl From<LoginRefused> for SoapFailure {
    fn from(refused: LoginRefused) -> SoapFailure {
        SoapFailure::Refused(refused.0)
    }
}

/// An answer that not every device has. One that does not answer at all is still an error.
pub(in crate::recorder::onvif) fn optional<T>(
    answer: Result<Vec<u8>, SoapFailure>,
    parse: fn(&[u8]) -> Result<T, OnvifError>,
) -> Result<Option<T>, SoapFailure> {
    match answer.and_then(|body| parse(&body).map_err(SoapFailure::from)) {
        Ok(value) => Ok(Some(value)),
        Err(error @ (SoapFailure::Refused(_) | SoapFailure::Unreachable(_))) => Err(error),
        Err(error) => {
            tracing::debug!("could not read a document of the recorder: {error}");
            Ok(None)
        }
    }
}
