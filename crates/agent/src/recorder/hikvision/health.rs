//! How a Hikvision recorder is: its clock and its disks. What goes wrong here is no reason to give the recorder up.

use proto::health::{RecorderHealth, told_clock};
use proto::isapi::{IsapiError, RecorderTime, path, storage};

use super::http::GetError;
use super::isapi::Isapi;
use crate::recorder::desk::DriverReports;
use crate::unix_time::unix_seconds;

impl Isapi {
    /// Asks for both. A document that fails is not known; after a refused login nothing more is asked.
    pub(super) async fn report_health(&self, is_recorder: bool, reports: &DriverReports) {
        let time = self.asked(path::TIME, RecorderTime::parse).await;
        let now = i64::try_from(unix_seconds()).unwrap_or(i64::MAX);
        let disks = match time {
            Ok(_) => self.asked(path::STORAGE, storage::parse).await,
            Err(Silence) => Err(Silence),
        };
        let (Ok(time), Ok(disks)) = (time, disks) else {
            return;
        };
        let health = RecorderHealth {
            clock_ahead: time.and_then(|time| time.ahead_of(now)).map(told_clock),
            // A camera without a card is in order.
            disks: disks.filter(|disks| is_recorder || !disks.is_empty()),
        };
        reports.health(self.host(), health);
    }

    /// A document that not every recorder or user has.
    async fn asked<T>(
        &self,
        path: &str,
        parse: fn(&[u8]) -> Result<T, IsapiError>,
    ) -> Result<Option<T>, Silence> {
        let answer = self.http.get_if_allowed(path).await;
        match answer.and_then(|body| parse(&body).map_err(GetError::from)) {
            Ok(document) => Ok(Some(document)),
            Err(error) => {
                tracing::debug!(
                    recorder.host = self.host(),
                    path,
                    "could not read it: {error}"
                );
                match error {
                    // What was known before stays; the next poll finds out what is wrong.
                    GetError::Refused(_) | GetError::Unreachable(_) | GetError::Status(401) => {
                        Err(Silence)
                    }
                    GetError::Status(_) | GetError::Answer(_) => Ok(None),
                }
            }
        }
    }
}

/// The recorder does not answer, or not with this login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Silence;
