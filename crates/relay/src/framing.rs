//! Extracts STUN messages and ChannelData from a TCP stream (RFC 8656 §12.5), with a bounded
//! buffer.

use super::limits::MAX_FRAME_BYTES;

/// The stream contains something that is neither STUN nor ChannelData, or a frame that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadStream;

/// Says whether a stream that begins with this byte is one of STUN and TURN and not of HTTP. Both may
/// arrive at one port.
// Two zero bits and the high bits of an assigned method (RFC 8489 §5, §18.2). The first message of a
// client is always a request, and HTTP begins with a letter, or with an empty line (RFC 9112 §2.2).
pub fn begins_stun(first: u8) -> bool {
    first <= 1
}

/// Splits a byte stream into frames; never holds more than one incomplete frame.
#[derive(Debug, Default)]
pub struct Framer {
    pending: Vec<u8>,
}

impl Framer {
    /// Takes bytes from the stream and passes every complete frame, without padding, to `frame`.
    ///
    /// # Errors
    /// [`BadStream`]: the connection must be closed, there is no way back into step.
    pub fn push(
        &mut self,
        mut bytes: &[u8],
        mut frame: impl FnMut(&[u8]),
    ) -> Result<(), BadStream> {
        while !bytes.is_empty() {
            if self.pending.is_empty() {
                bytes = take_whole_frames(bytes, &mut frame)?;
            }
            let wanted = wanted_bytes(&self.pending, bytes.len())?;
            let taken = wanted.min(bytes.len());
            self.pending.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if take_whole_frames(&self.pending, &mut frame)?.is_empty() {
                self.pending.clear();
            }
        }
        Ok(())
    }
}

/// Returns the number of bytes that the frame at the start of `pending` still needs: first to know
/// its length, then to be complete.
fn wanted_bytes(pending: &[u8], available: usize) -> Result<usize, BadStream> {
    match frame_length(pending)? {
        None => Ok((4 - pending.len()).min(available)),
        Some((_, padded)) => Ok(padded - pending.len()),
    }
}

fn take_whole_frames<'a>(
    mut bytes: &'a [u8],
    frame: &mut impl FnMut(&[u8]),
) -> Result<&'a [u8], BadStream> {
    while let Some((length, padded)) = frame_length(bytes)? {
        if bytes.len() < padded {
            break;
        }
        frame(&bytes[..length]);
        bytes = &bytes[padded..];
    }
    Ok(bytes)
}

/// Returns a frame's length without and with padding, once its first four bytes have arrived.
fn frame_length(bytes: &[u8]) -> Result<Option<(usize, usize)>, BadStream> {
    let &[first, _, high, low, ..] = bytes else {
        return match bytes.first() {
            // Another protocol, such as TLS or HTTP, is known by its first byte.
            Some(first) if first >> 6 > 1 => Err(BadStream),
            _ => Ok(None),
        };
    };
    let body = usize::from(u16::from_be_bytes([high, low]));
    let length = match first >> 6 {
        // STUN pads every attribute to four bytes (RFC 8489 §14).
        0 if body.is_multiple_of(4) => 20 + body,
        1 => 4 + body,
        _ => return Err(BadStream),
    };
    if length > MAX_FRAME_BYTES {
        return Err(BadStream);
    }
    Ok(Some((length, length.next_multiple_of(4))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stream() -> (Vec<u8>, Vec<Vec<u8>>) {
        let stun: Vec<u8> = [&[0, 1, 0, 4][..], &[7; 20]].concat();
        let channel = vec![0x40, 0, 0, 5, 1, 2, 3, 4, 5];
        let empty = vec![0x40, 1, 0, 0];
        let frames = vec![stun, channel.clone(), empty, channel];
        let mut bytes = Vec::new();
        for frame in &frames {
            bytes.extend_from_slice(frame);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        (bytes, frames)
    }

    #[test]
    fn frames_are_reassembled_from_any_stream_chunks() {
        let (bytes, expected) = stream();
        for size in 1..=bytes.len() {
            let mut framer = Framer::default();
            let mut frames = Vec::new();

            for part in bytes.chunks(size) {
                framer.push(part, |f| frames.push(f.to_vec())).unwrap();
            }

            assert_eq!(frames, expected, "in parts of {size}");
            assert!(framer.pending.is_empty());
        }
    }

    #[test]
    fn data_other_than_stun_or_channel_data_ends_the_stream() {
        for start in [&b"GET / HTTP/1.1"[..], &[0x80], &[0xff; 4], &[0, 1, 0, 3]] {
            let is_http = start[0] == b'G';
            let result = Framer::default().push(start, |_| {});
            // "G" looks like a channel number, but "T " would be a frame of 21,536 bytes.
            assert_eq!(result, Err(BadStream), "{start:?} {is_http}");
        }
    }

    #[test]
    fn a_frame_beyond_the_limit_ends_the_stream() {
        let body = u16::try_from(MAX_FRAME_BYTES - 4).unwrap();
        let [high, low] = body.to_be_bytes();
        assert!(
            Framer::default()
                .push(&[0x40, 0, high, low], |_| {})
                .is_ok()
        );

        let [high, low] = (body + 1).to_be_bytes();
        assert_eq!(
            Framer::default().push(&[0x40, 0, high, low], |_| {}),
            Err(BadStream)
        );
    }

    proptest! {
        #[test]
        fn random_streams_never_panic_or_grow(parts in prop::collection::vec(
            prop::collection::vec(any::<u8>(), 0..600), 0..40)) {
            let mut framer = Framer::default();
            for part in parts {
                if framer.push(&part, |f| assert!(f.len() <= MAX_FRAME_BYTES)).is_err() {
                    break;
                }
                prop_assert!(framer.pending.len() <= MAX_FRAME_BYTES + 3);
            }
        }
    }
}
