//! Cameras by RTSP address. They support only watching and talking.

mod cameras;

use proto::control::requests::CameraCapabilities;

pub(super) use cameras::{cameras, first_address};

use super::Driver;
use super::desk::{DriverDesk, DriverReports};
use super::handle::{RecorderFetch, RequestError};

/// The driver of a recorder that the settings describe by RTSP addresses.
#[derive(Debug)]
pub(super) struct RtspAddresses;

impl Driver for RtspAddresses {
    async fn run(&mut self, desk: &mut DriverDesk) {
        let DriverDesk { reports, requests } = desk;
        loop {
            tokio::select! {
                Some(_) = requests.key_frames.recv() => {}
                Some(asked) = requests.orders.next() => {
                    asked.answer(Err(RequestError::Unsupported));
                }
                Some(fetch) = requests.fetches.next() => match fetch {
                    RecorderFetch::Capabilities(asked) => {
                        let can = capabilities(reports, &asked.question).await;
                        asked.answer(can);
                    }
                    other => other.refuse(RequestError::Unsupported),
                },
                Some(asked) = requests.outputs.next() => asked.refuse(RequestError::Unsupported),
                else => return std::future::pending().await,
            }
        }
    }
}

/// The abilities of such a camera, from the description of its stream.
async fn capabilities(
    reports: &DriverReports,
    camera: &str,
) -> Result<CameraCapabilities, RequestError> {
    Ok(CameraCapabilities {
        talk: reports.talk_place(camera).await?,
        ..CameraCapabilities::default()
    })
}
