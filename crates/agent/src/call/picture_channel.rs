//! Sends the pictures of a slot over its data channel. If the path is too slow, whole pictures are dropped:
//! any JPEG, and with H.264 and H.265 everything up to the next key frame. Nothing is queued beyond the channel's
//! buffer.

use peer::{DataError, DataMessage, DataSender, MediaSender};
use proto::video::{self, MAX_PICTURE_BYTES, PictureCodec, PictureHeader};

use crate::stream::{FrameKind, StreamFrame};

/// What to do where the channel has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Congestion {
    /// The pictures up to here are needed, so the next one waits.
    Wait,
    /// Live pictures are worth nothing late.
    LeaveOut,
}

/// The channel of one slot, as one pump uses it.
#[derive(Debug)]
pub(super) struct PictureChannel {
    media: MediaSender,
    slot: u8,
    source: u32,
    sender: Option<DataSender>,
    gate: PictureGate,
}

/// Decides which pictures are sent.
#[derive(Debug, Default)]
struct PictureGate {
    /// Number of the next picture.
    number: u32,
    /// Whether the last picture was sent, so that one that depends on it can be.
    is_continuous: bool,
}

impl PictureChannel {
    pub(super) fn new(media: MediaSender, slot: u8, source: u32) -> PictureChannel {
        PictureChannel {
            media,
            slot,
            source,
            sender: None,
            gate: PictureGate::default(),
        }
    }

    /// Sends a picture or leaves it out. An error means that the connection is over.
    pub(super) async fn send(
        &mut self,
        frame: &StreamFrame,
        codec: PictureCodec,
        congestion: Congestion,
    ) -> Result<(), DataError> {
        let sender = match &self.sender {
            Some(sender) => sender,
            None => {
                let label = video::label(self.slot);
                let opened = self.media.open_data(&label, video::PROTOCOL).await?;
                self.sender.insert(opened)
            }
        };
        let is_key = frame.kind == FrameKind::VideoKey;
        let n_bytes = frame.data.len();
        let has_room = congestion == Congestion::Wait || has_room(sender.room(), n_bytes);
        let number = self
            .gate
            .admit(is_key, has_room && n_bytes <= MAX_PICTURE_BYTES);
        let (Some(number), Ok(n_bytes)) = (number, u32::try_from(n_bytes)) else {
            return Ok(());
        };
        let header = PictureHeader {
            codec,
            is_key,
            source: self.source,
            number,
            time: frame.rtp_time,
            n_bytes,
        };
        for message in video::messages(header, &frame.data) {
            if sender
                .send(DataMessage::Binary(message.into()))
                .await
                .is_err()
            {
                // The viewer has closed the channel; the next key frame opens another.
                self.sender = None;
                self.gate.is_continuous = false;
                break;
            }
        }
        Ok(())
    }
}

impl PictureGate {
    /// The number of the next picture if it is sent.
    fn admit(&mut self, is_key: bool, has_room: bool) -> Option<u32> {
        self.is_continuous = has_room && (is_key || self.is_continuous);
        if !self.is_continuous {
            return None;
        }
        let number = self.number;
        self.number = number.wrapping_add(1);
        Some(number)
    }
}

/// Whether to begin a picture. A large one need not fit as a whole: what it lacks becomes free while its
/// first half is on the way.
fn has_room(room: usize, n_bytes: usize) -> bool {
    room >= n_bytes.min(peer::limits::DATA_ROOM_BYTES / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_picture_drops_only_dependent_pictures() {
        let mut gate = PictureGate::default();

        let sent: Vec<Option<u32>> = [
            (false, true),
            (true, true),
            (false, true),
            (false, false),
            (false, true),
            (true, false),
            (false, true),
            (true, true),
            (false, true),
        ]
        .into_iter()
        .map(|(is_key, has_room)| gate.admit(is_key, has_room))
        .collect();

        let expected = [
            None,
            Some(0),
            Some(1),
            None,
            None,
            None,
            None,
            Some(2),
            Some(3),
        ];
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_large_key_frame_begins_before_everything_is_acknowledged() {
        assert!(has_room(100_000, 500_000));
        assert!(!has_room(50_000, 500_000));
        assert!(has_room(50_000, 50_000));
        assert!(!has_room(49_999, 50_000));
    }
}
