//! Reads what a Hikvision recorder lists: inputs, network cameras, streams, and the other documents that not
//! every recorder has or every user may read.

use proto::isapi::{IsapiError, ProxyChannel, ProxyStatus, StreamingChannel, VideoInput, path};
use proto::link::message::StreamKind;

use super::cameras::{Lists, stream_id, without_plain_picture};
use super::http::GetError;
use super::isapi::{Isapi, Opened};
use crate::limits::MAX_TRANSCODED_REFUSALS;

impl Isapi {
    /// Reads the lists again, with or without those of the streams.
    pub(super) async fn list(
        &self,
        opened: &Opened,
        lists: &mut Lists,
        with_streams: bool,
    ) -> Result<(), GetError> {
        if opened.has_inputs {
            let inputs = self.optional(path::VIDEO_INPUTS, VideoInput::parse_list);
            lists.inputs = inputs.await?.unwrap_or_default();
        }
        if opened.has_proxies {
            let proxies = self.optional(path::PROXY_CHANNELS, ProxyChannel::parse_list);
            lists.proxies = proxies.await?.unwrap_or_default();
        }
        if !lists.proxies.is_empty() {
            lists.proxy_status = self
                .optional(path::PROXY_STATUS, ProxyStatus::parse)
                .await?;
        }
        if with_streams {
            let streams = self.optional(path::STREAMING_CHANNELS, StreamingChannel::parse_list);
            lists.streams = streams.await?.unwrap_or_default();
        }
        Ok(())
    }

    /// Asks for the streams that the recorder re-encodes, where they would help.
    pub(super) async fn find_transcoded(&self, lists: &mut Lists) -> Result<(), GetError> {
        let mut found = Vec::new();
        let mut n_refused = 0;
        for channel in without_plain_picture(lists) {
            // A recorder makes them for all of its cameras or for none; some cameras may be off.
            if n_refused >= MAX_TRANSCODED_REFUSALS {
                break;
            }
            let id = stream_id(channel, StreamKind::Transcoded);
            let path = path::stream(id);
            let made = self.optional(&path, StreamingChannel::parse_list).await?;
            let made = made.unwrap_or_default();
            match made.into_iter().find(|stream| stream.id == id) {
                Some(stream) => found.push(stream),
                None => n_refused += 1,
            }
        }
        // Those of before stay until here: their viewers must not lose them meanwhile.
        lists.transcoded = found;
        Ok(())
    }

    /// Fetches a document that not every recorder or user has. A recorder that does not answer at
    /// all is still an error.
    pub(super) async fn optional<T>(
        &self,
        path: &str,
        parse: fn(&[u8]) -> Result<T, IsapiError>,
    ) -> Result<Option<T>, GetError> {
        let parsed = match self.http.get(path).await {
            Ok(body) => parse(&body).map_err(GetError::from),
            Err(error) => Err(error),
        };
        match parsed {
            Ok(value) => Ok(Some(value)),
            Err(error @ (GetError::Refused(_) | GetError::Unreachable(_))) => Err(error),
            Err(GetError::Status(403)) => {
                self.name_missing_right(path);
                Ok(None)
            }
            Err(error @ (GetError::Status(_) | GetError::Answer(_))) => {
                tracing::debug!(
                    recorder.host = self.host(),
                    path,
                    "could not read a document of the recorder: {error}"
                );
                Ok(None)
            }
        }
    }

    /// Says once for each document which right the user lacks.
    fn name_missing_right(&self, path: &str) {
        let Some(right) =
            super::right_for(path).filter(|_| self.forbidden().insert(path.to_owned()))
        else {
            return;
        };
        tracing::warn!(
            recorder.host = self.host(),
            path,
            "the user may not read this; if cameras or names are missing, give the user the right \
             \"{right}\" on the recorder"
        );
    }
}
