//! The image settings of a Hikvision camera: read, changed in the recorder's own document, written back
//! whole, and read again.

use proto::control::image::{ImageChange, ImageSettings};
use proto::isapi::{IsapiImage, path};

use super::fetches::answered;
use super::http::GetError;
use super::isapi::Isapi;
use crate::recorder::handle::RequestError;

impl Isapi {
    /// The document with the image settings of a channel.
    pub(super) async fn image(&self, channel: u32) -> Result<IsapiImage, RequestError> {
        let body = self.http.get(&path::image(channel)).await?;
        // Without them, levels are in percent, as on most devices.
        let capabilities = self.http.get(&path::image_capabilities(channel)).await;
        let capabilities = match answered(capabilities) {
            Err(RequestError::Offline) => return Err(RequestError::Offline),
            answer => answer.ok().flatten(),
        };
        let image = IsapiImage::parse(&body, capabilities.as_deref());
        Ok(image.map_err(GetError::from)?)
    }

    /// Changes image settings; returns them as the recorder has them then.
    pub(super) async fn set_image(
        &self,
        channel: u32,
        change: &ImageChange,
    ) -> Result<ImageSettings, RequestError> {
        let image = self.image(channel).await?;
        if !change.is_possible(&image.settings) {
            return Err(RequestError::Unsupported);
        }
        let edited = image.edited(change).map_err(GetError::from)?;
        let put = self.http.put(&path::image(channel), edited).await;
        match put.map_err(RequestError::from) {
            // Some firmware only takes the parts.
            Err(RequestError::Unsupported | RequestError::BadAnswer) => {
                for (part, body) in image.parts(change).map_err(GetError::from)? {
                    self.http
                        .put(&path::image_part(channel, part), body)
                        .await?;
                }
            }
            done => done?,
        }
        Ok(self.image(channel).await?.settings)
    }
}
