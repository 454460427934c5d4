//! Key frames on request, for a viewer who would wait for the next one.

use proto::link::message::StreamKind;

use crate::recorder::handle::RecorderHandle;

/// Requests key frames of one stream from its recorder.
#[derive(Debug, Clone)]
pub(in crate::stream) struct KeyFrames {
    pub(in crate::stream) recorder: RecorderHandle,
    pub(in crate::stream) camera: String,
    pub(in crate::stream) stream: StreamKind,
}

impl KeyFrames {
    pub(super) fn ask(&self) {
        self.recorder.request_key_frame(&self.camera, self.stream);
    }
}
