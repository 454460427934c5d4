//! A still picture while a stream starts: the recorder's snapshot of the camera, if the stream has no picture
//! within a moment. It is cancelled, even halfway, as soon as the stream has a picture or a reason for having
//! none.

use std::time::Instant;

use bytes::Bytes;
use proto::video::PictureCodec;

use super::limits::STILL_AFTER;
use super::picture_channel::{Congestion, PictureChannel};
use super::pump_task::PumpTask;
use crate::recorder::handle::RecorderHandle;
use crate::stream::{Codec, FrameKind, StreamFrame};

/// Starts to wait for a still of a camera, and sends it on the channel of its slot.
pub(super) fn start(
    mut channel: PictureChannel,
    recorder: &RecorderHandle,
    camera: &str,
) -> PumpTask {
    let (recorder, camera) = (recorder.clone(), camera.to_owned());
    let task = tokio::spawn(async move {
        tokio::time::sleep(STILL_AFTER).await;
        if let Some(picture) = recorder.still(&camera).await {
            let frame = frame(picture);
            let sent = channel.send(&frame, PictureCodec::Still, Congestion::Wait);
            // A connection that is over ends the pump, too.
            let _ = sent.await;
        }
    });
    PumpTask::of(&task)
}

fn frame(picture: Bytes) -> StreamFrame {
    StreamFrame {
        kind: FrameKind::VideoKey,
        codec: Codec::Jpeg,
        data: picture,
        rtp_time: 0,
        arrived: Instant::now(),
        size: None,
    }
}
