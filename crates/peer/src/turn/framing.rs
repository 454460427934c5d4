//! Frames in a TURN stream: STUN messages and ChannelData, each padded to four bytes (RFC 8656 §12.5).

use crate::limits;

/// The stream carries something other than TURN; it cannot be read any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the relay sent something that is not TURN")]
pub struct NotTurn;

/// Cuts a stream into frames; holds one incomplete frame at most.
#[derive(Debug, Default)]
pub struct FrameReader {
    unread: Vec<u8>,
    /// Bytes of a frame that is too long, still to be thrown away.
    n_to_skip: usize,
}

impl FrameReader {
    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        let n_skipped = self.n_to_skip.min(bytes.len());
        self.n_to_skip -= n_skipped;
        self.unread.extend_from_slice(&bytes[n_skipped..]);
    }

    /// The next complete frame without its padding. A frame that is too long is left out: the peer of
    /// an allocation chooses the length, and must not be able to end the connection with it.
    ///
    /// # Errors
    /// [`NotTurn`] from the first byte on that begins no frame.
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>, NotTurn> {
        loop {
            let &[first, _, high, low, ..] = self.unread.as_slice() else {
                return Ok(None);
            };
            let body = usize::from(u16::from_be_bytes([high, low]));
            let length = match first {
                0x00..=0x3f => 20 + body,
                0x40..=0x7f => 4 + body,
                _ => return Err(NotTurn),
            };
            let padded = length.next_multiple_of(4);
            if length > limits::MAX_RELAY_FRAME_BYTES {
                let n_here = padded.min(self.unread.len());
                self.unread.drain(..n_here);
                self.n_to_skip = padded - n_here;
                continue;
            }
            if self.unread.len() < padded {
                return Ok(None);
            }
            let mut frame: Vec<u8> = self.unread.drain(..padded).collect();
            frame.truncate(length);
            return Ok(Some(frame));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// ChannelData with its padding.
    fn channel_data(length: u16) -> Vec<u8> {
        let mut frame = vec![0x40, 1];
        frame.extend(length.to_be_bytes());
        frame.resize(4 + usize::from(length), 7);
        frame.resize(frame.len().next_multiple_of(4), 0xee);
        frame
    }

    fn frames(reader: &mut FrameReader) -> Vec<usize> {
        std::iter::from_fn(|| reader.next_frame().expect("TURN"))
            .map(|frame| frame.len())
            .collect()
    }

    #[test]
    fn frames_are_found_however_the_stream_is_cut() {
        let mut stream = channel_data(5);
        stream.extend([0, 1, 0, 4]);
        stream.extend([9; 20]);
        stream.extend(channel_data(0));

        for size in 1..stream.len() {
            let mut reader = FrameReader::default();
            let mut got = Vec::new();
            for piece in stream.chunks(size) {
                reader.push(piece);
                got.extend(frames(&mut reader));
            }
            assert_eq!(got, [9, 24, 4], "{size} bytes at once");
        }
    }

    #[test]
    fn an_oversized_frame_is_skipped_and_not_kept() {
        let mut reader = FrameReader::default();
        let mut got = Vec::new();
        for piece in channel_data(u16::MAX).chunks(1_000) {
            reader.push(piece);
            got.extend(frames(&mut reader));
            assert!(reader.unread.len() <= 1_000, "{}", reader.unread.len());
        }
        reader.push(&channel_data(3));
        got.extend(frames(&mut reader));

        assert_eq!(got, [7]);
    }

    #[test]
    fn another_protocol_in_the_stream_is_noticed() {
        let mut reader = FrameReader::default();
        reader.push(&channel_data(1));
        // An alert of TLS begins with 21, and is a frame of STUN by its first byte; DTLS and RTP are not.
        reader.push(&[0x80, 96, 0, 1]);

        assert_eq!(reader.next_frame().map(|frame| frame.is_some()), Ok(true));
        assert_eq!(reader.next_frame(), Err(NotTurn));
        assert_eq!(reader.next_frame(), Err(NotTurn));
    }

    proptest! {
        #[test]
        fn no_stream_makes_the_reader_grow(stream in proptest::collection::vec(any::<u8>(), 0..4_000), size in 1_usize..700) {
            let mut reader = FrameReader::default();
            for piece in stream.chunks(size) {
                reader.push(piece);
                while let Ok(Some(frame)) = reader.next_frame() {
                    prop_assert!(frame.len() <= limits::MAX_RELAY_FRAME_BYTES);
                }
                prop_assert!(reader.next_frame().is_err() || reader.unread.len() < limits::MAX_RELAY_FRAME_BYTES + 4);
            }
        }
    }
}
