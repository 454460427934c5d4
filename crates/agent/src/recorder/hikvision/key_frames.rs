//! Asking a Hikvision recorder for key frames.

use proto::isapi::path;
use tokio::sync::mpsc;

use super::cameras::stream_id;
use super::isapi::Isapi;
use crate::recorder::handle::KeyFrameWish;

impl Isapi {
    /// Asks as long as viewers may wish.
    pub(super) async fn serve_key_frames(&self, wishes: &mut mpsc::Receiver<KeyFrameWish>) {
        while let Some(wish) = wishes.recv().await {
            self.request_key_frame(&wish).await;
        }
        std::future::pending().await
    }

    /// Not every recorder supports this; then the next regular key frame has to do.
    async fn request_key_frame(&self, wish: &KeyFrameWish) {
        let Ok(channel) = wish.camera.parse() else {
            return;
        };
        let stream = stream_id(channel, wish.stream);
        let path = path::request_key_frame(stream);
        if let Err(error) = self.http.put(&path, String::new()).await {
            tracing::debug!(
                stream.id = stream,
                "the recorder refused a key frame request: {error}"
            );
        }
    }
}
