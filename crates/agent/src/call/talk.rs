//! Two-way audio in a call: passes the viewer's voice to the camera.

use peer::{AudioCodec, ReceivedAudio};
use proto::control::TalkEnded;

use crate::stream::Codec;
use crate::stream::talk_line::{TalkLine, TalkSound};

/// The viewer's line to a camera, if it talks.
#[derive(Debug, Default)]
pub(super) struct ViewerTalk {
    /// With the camera.
    line: Option<(String, TalkLine)>,
    /// Number of the last request to talk or to stop: a line for an earlier one comes too late.
    wish: u32,
}

impl ViewerTalk {
    /// Ends the talk, if there is one. Returns the number of the viewer's present request.
    pub(super) fn stop(&mut self) -> u32 {
        self.line = None;
        self.wish = self.wish.wrapping_add(1);
        self.wish
    }

    /// Takes the line that the viewer requested, unless it has requested something else meanwhile.
    pub(super) fn begin(&mut self, wish: u32, camera: String, line: TalkLine) {
        if wish == self.wish {
            self.line = Some((camera, line));
        }
    }

    /// Waits until a line ends that the viewer has not ended. Dropping the future loses nothing.
    pub(super) async fn ended(&mut self) -> TalkEnded {
        let Some((camera, line)) = &mut self.line else {
            return std::future::pending().await;
        };
        let cause = line.ended().await;
        let camera = std::mem::take(camera);
        self.line = None;
        TalkEnded { camera, cause }
    }

    /// Passes on what the viewer says. Without a line it reaches nobody.
    pub(super) fn say(&self, sound: ReceivedAudio) {
        if let Some((_, line)) = &self.line {
            line.say(TalkSound {
                codec: match sound.codec {
                    AudioCodec::Pcmu => Codec::Pcmu,
                    AudioCodec::Pcma => Codec::Pcma,
                },
                data: sound.data,
                time: sound.time,
            });
        }
    }
}
