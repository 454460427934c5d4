//! Changes a stream of a Hikvision camera so that every browser shows it: H.264 without smart codec. The
//! recorder's own document is read, edited and put back whole, and read again until it shows the change.

use proto::control::streams::{MakeViewable, ViewableChange};
use proto::isapi::stream_settings::{ViewableEdit, codec_options, viewable};
use proto::isapi::{IsapiError, StreamingChannel, path};
use proto::ladder::{ListedCodec, StreamFormat};
use proto::link::message::StreamKind;
use proto::video::CameraCodec;
use tokio::time::sleep;

use super::cameras::{format, stream_id};
use super::http::GetError;
use super::isapi::Isapi;
use crate::limits::{MAX_READ_BACKS, READ_BACK_AGAIN};
use crate::recorder::handle::RequestError;

/// Settings of a stream as they were read.
struct StreamSettings {
    path: String,
    body: Vec<u8>,
    format: StreamFormat,
}

impl Isapi {
    /// What would change, or what has changed if the person agrees.
    pub(super) async fn make_viewable(
        &self,
        channel: u32,
        wish: &MakeViewable,
    ) -> Result<ViewableChange, RequestError> {
        if let StreamKind::Transcoded | StreamKind::Other(_) = wish.stream {
            // The recorder makes it itself.
            return Err(RequestError::Unsupported);
        }
        let id = stream_id(channel, wish.stream);
        let before = self.stream_settings(id).await?;
        let to = viewable_format(&before.format);
        let mut change = ViewableChange {
            stream: wish.stream,
            is_done: before.format == to,
            from: before.format.clone(),
            to,
            needs_restart: false,
        };
        if change.is_done {
            return Ok(change);
        }
        self.check_codecs(&before.path).await?;
        if !wish.is_agreed {
            return Ok(change);
        }
        tracing::info!(channel, stream = ?wish.stream, "a viewer changes a stream to H.264");
        change.needs_restart = self.put_viewable(&before).await?;
        if !change.needs_restart {
            self.read_back(id).await?;
            change.is_done = true;
        }
        // Whatever the stream sends, its session began before.
        *self.revisions().entry(id).or_default() += 1;
        self.changed.notify_one();
        Ok(change)
    }

    /// Reads the settings of a stream. Network cameras have theirs elsewhere on some recorders.
    async fn stream_settings(&self, id: u32) -> Result<StreamSettings, RequestError> {
        let mut refused = RequestError::Unsupported;
        for path in [path::stream(id), path::proxy_stream(id)] {
            let read = match self.http.get(&path).await {
                Ok(body) => settings(path, body, id).map_err(GetError::from),
                Err(error) => Err(error),
            };
            match read {
                Ok(settings) => return Ok(settings),
                Err(error @ (GetError::Refused(_) | GetError::Unreachable(_))) => {
                    return Err(error.into());
                }
                Err(error) => refused = refused.or_worse(error.into()),
            }
        }
        Err(refused)
    }

    /// Refuses what the camera says it cannot do. Not every one says anything.
    async fn check_codecs(&self, path: &str) -> Result<(), RequestError> {
        let options = match self.http.get(&path::capabilities_of(path)).await {
            Ok(body) => codec_options(&body),
            Err(error @ (GetError::Refused(_) | GetError::Unreachable(_))) => {
                return Err(error.into());
            }
            Err(_) => Vec::new(),
        };
        let h264 = ListedCodec::Known(CameraCodec::H264);
        let is_offered = options.iter().any(|it| ListedCodec::named(it) == h264);
        if is_offered || options.is_empty() {
            Ok(())
        } else {
            Err(RequestError::Unsupported)
        }
    }

    /// Puts the edited document back. Returns whether the device has to be restarted.
    async fn put_viewable(&self, before: &StreamSettings) -> Result<bool, RequestError> {
        let edited = |edit| viewable(&before.body, edit).map_err(GetError::from);
        let least = edited(ViewableEdit::Least)?;
        match self.http.put_settings(&before.path, least.clone()).await {
            Err(error) if is_about_content(&error) => {
                let other = edited(ViewableEdit::WithoutProfile)?;
                if other == least {
                    return Err(RequestError::Refused);
                }
                Ok(self.http.put_settings(&before.path, other).await?)
            }
            done => Ok(done?),
        }
    }

    /// Waits until the camera shows the change.
    async fn read_back(&self, id: u32) -> Result<(), RequestError> {
        for n_read in 0..MAX_READ_BACKS {
            if n_read > 0 {
                sleep(READ_BACK_AGAIN).await;
            }
            match self.stream_settings(id).await {
                Ok(now) if now.format == viewable_format(&now.format) => return Ok(()),
                Err(RequestError::Refused) => return Err(RequestError::Refused),
                // A camera that restarts its encoder may answer nothing for a moment.
                Ok(_) | Err(_) => {}
            }
        }
        Err(RequestError::NotKept)
    }
}

fn settings(path: String, body: Vec<u8>, id: u32) -> Result<StreamSettings, IsapiError> {
    let streams = StreamingChannel::parse_list(&body)?;
    let own = streams
        .iter()
        .find(|stream| stream.id == id && stream.video.is_some());
    let format = format(own.ok_or(IsapiError::Field("StreamingChannel"))?);
    Ok(StreamSettings { path, body, format })
}

/// The same stream as every browser shows it.
fn viewable_format(format: &StreamFormat) -> StreamFormat {
    StreamFormat {
        codec: Some(ListedCodec::Known(CameraCodec::H264)),
        is_smart: false,
        ..format.clone()
    }
}

/// Whether a refusal may be about something in the document.
fn is_about_content(error: &GetError) -> bool {
    match error {
        // 6 is invalid content.
        GetError::Answer(IsapiError::Status(said)) => {
            said.code == 6 || matches!(said.sub_status.as_str(), "badXmlContent" | "badParameters")
        }
        GetError::Status(400) => true,
        _ => false,
    }
}
