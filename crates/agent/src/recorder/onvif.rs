//! ONVIF recorders and cameras of any make: profiles and streams of both media services, PTZ, snapshots,
//! image settings, relay outputs, events. Crate `onvif` builds the requests and parses the answers.

mod cameras;
mod events;
mod fetches;
mod image;
pub(super) mod loudspeakers;
mod outputs;
mod places;
mod soap;
mod steering;
mod viewable;
mod watch;

pub(super) use watch::OnvifRecorder;

use super::RecorderStatus;
use super::desk::DriverReports;
use super::handle::RequestError;
use cameras::OnvifCamera;
use onvif::OnvifError;
use soap::SoapFailure;

impl OnvifRecorder {
    /// A camera that the recorder has listed, while it can be reached.
    fn camera(&self, reports: &DriverReports, id: &str) -> Result<OnvifCamera, RequestError> {
        if *reports.status.borrow() != RecorderStatus::Online {
            return Err(RequestError::Offline);
        }
        let cameras = self.listed();
        let found = cameras.iter().find(|camera| camera.id == id);
        found.cloned().ok_or(RequestError::NoCamera)
    }
}

impl From<SoapFailure> for RequestError {
    fn from(error: SoapFailure) -> RequestError {
        match error {
            SoapFailure::Refused(_) | SoapFailure::Status(403) => RequestError::Refused,
            SoapFailure::Unreachable(_) => RequestError::Offline,
            SoapFailure::Status(404 | 405 | 501) => RequestError::Unsupported,
            SoapFailure::Answer(OnvifError::Fault(fault)) if fault.is_unsupported() => {
                RequestError::Unsupported
            }
            SoapFailure::Answer(OnvifError::Fault(_)) => RequestError::Refused,
            SoapFailure::Status(_) | SoapFailure::Answer(_) => RequestError::BadAnswer,
        }
    }
}
