//! Takes the bytes of a connection apart into messages, without copying packets. Whatever comes between two
//! messages is skipped up to a limit.

use bytes::{Buf, Bytes, BytesMut};

use super::head::{self, StartLine};
use super::{RtspMessage, head::start_line};
use crate::limits::{MAX_BODY_BYTES, MAX_HEAD_BYTES, MAX_SKIPPED_BYTES};

/// Why no more messages can be read from a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// Too many bytes belong to no message.
    Garbage,
    /// The head or body of a message exceeds its limit.
    TooLong,
}

/// The side that sends what is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendingSide {
    /// A camera: after garbage, the next answer or packet is searched.
    Server,
    /// A client: anything but requests and packets is an error at once.
    Client,
}

/// Decodes one connection.
///
/// Feed [`BytesMut`] that were split off one growing buffer: bytes that follow each other in memory are
/// joined without copying, and packets are parts of them. A packet therefore keeps the whole piece of
/// memory alive that was read with it.
#[derive(Debug)]
pub struct Decoder {
    sender: SendingSide,
    buffer: BytesMut,
    /// Bytes of `buffer` that are known not to end the head.
    n_scanned: usize,
    /// A message that waits for its body, and its length.
    head: Option<(RtspMessage, usize)>,
    /// Channels on which packets are expected, one bit each.
    channels: [u64; 4],
    is_lost: bool,
    /// Bytes skipped since the last message.
    n_skipped: usize,
    failed: Option<DecodeError>,
}

impl Decoder {
    /// A decoder of what `sender` sends.
    pub fn new(sender: SendingSide) -> Decoder {
        Decoder {
            sender,
            buffer: BytesMut::new(),
            n_scanned: 0,
            head: None,
            channels: [0; 4],
            is_lost: false,
            n_skipped: 0,
            failed: None,
        }
    }

    /// Packets on this channel help to find the next message after garbage.
    pub fn expect_channel(&mut self, channel: u8) {
        self.channels[usize::from(channel / 64)] |= 1 << (channel % 64);
    }

    /// Whether bytes were skipped since the last message.
    pub fn has_skipped(&self) -> bool {
        self.n_skipped > 0
    }

    /// Appends bytes of the connection.
    pub fn feed(&mut self, bytes: BytesMut) {
        if self.failed.is_some() {
            return;
        }
        if self.buffer.is_empty() {
            self.buffer = bytes;
        } else {
            self.buffer.unsplit(bytes);
        }
    }

    /// The next message; `None` until more bytes come. After an error there is nothing more.
    pub fn next_message(&mut self) -> Result<Option<RtspMessage>, DecodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let next = self.advance();
        match &next {
            Ok(Some(_)) => self.n_skipped = 0,
            Ok(None) => {}
            Err(error) => {
                self.failed = Some(*error);
                self.buffer = BytesMut::new();
            }
        }
        next
    }

    fn advance(&mut self) -> Result<Option<RtspMessage>, DecodeError> {
        loop {
            if self.head.is_some() {
                return Ok(self.body());
            }
            if self.is_lost && !self.find_message()? {
                return Ok(None);
            }
            // Some cameras send empty lines between messages.
            let n_blank = self
                .buffer
                .iter()
                .take_while(|b| matches!(**b, b'\r' | b'\n'))
                .count();
            self.buffer.advance(n_blank);
            if self.buffer.first() == Some(&b'$') {
                return Ok(self.packet());
            }
            match start_line(&self.buffer) {
                StartLine::Unclear => return Ok(None),
                StartLine::Implausible => self.lose()?,
                StartLine::Plausible => match self.head_end()? {
                    None => return Ok(None),
                    Some((n_head, n_with_empty_line)) => {
                        self.take_head(n_head, n_with_empty_line)?
                    }
                },
            }
        }
    }

    fn packet(&mut self) -> Option<RtspMessage> {
        let [_, channel, high, low] = *self.buffer.first_chunk()?;
        let n_bytes = usize::from(u16::from_be_bytes([high, low]));
        if self.buffer.len() < 4 + n_bytes {
            return None;
        }
        self.buffer.advance(4);
        let packet = self.buffer.split_to(n_bytes).freeze();
        Some(RtspMessage::Data { channel, packet })
    }

    /// The length of the head without and with the empty line that ends it.
    fn head_end(&mut self) -> Result<Option<(usize, usize)>, DecodeError> {
        let bytes = &self.buffer[..];
        let mut from = self.n_scanned;
        self.n_scanned = loop {
            let Some(at) = bytes[from..].iter().position(|byte| *byte == b'\n') else {
                break bytes.len();
            };
            let line_end = from + at + 1;
            match &bytes[line_end..] {
                [b'\n', ..] => return Ok(Some((line_end - 1, line_end + 1))),
                [b'\r', b'\n', ..] => return Ok(Some((line_end - 1, line_end + 2))),
                // The next bytes decide.
                [] | [b'\r'] => break line_end - 1,
                _ => from = line_end,
            }
        };
        if bytes.len() > MAX_HEAD_BYTES {
            // A line without an end is no message that grew too long, but no message at all.
            return match bytes.contains(&b'\n') {
                true => Err(DecodeError::TooLong),
                false => self.lose().map(|()| None),
            };
        }
        Ok(None)
    }

    fn take_head(&mut self, n_head: usize, n_with_empty_line: usize) -> Result<(), DecodeError> {
        self.n_scanned = 0;
        let Some((message, n_body)) = head::read(&self.buffer[..n_head]) else {
            return self.lose();
        };
        if n_body > MAX_BODY_BYTES {
            return Err(DecodeError::TooLong);
        }
        self.buffer.advance(n_with_empty_line);
        self.head = Some((message, n_body));
        Ok(())
    }

    fn body(&mut self) -> Option<RtspMessage> {
        let n_body = self.head.as_ref().map(|(_, n_body)| *n_body)?;
        if self.buffer.len() < n_body {
            return None;
        }
        let (mut message, _) = self.head.take()?;
        let bytes = match n_body {
            0 => Bytes::new(),
            _ => self.buffer.split_to(n_body).freeze(),
        };
        match &mut message {
            RtspMessage::Request(request) => request.body = bytes,
            RtspMessage::Answer(answer) => answer.body = bytes,
            RtspMessage::Data { .. } => {}
        }
        Some(message)
    }

    /// The input does not begin with a message.
    fn lose(&mut self) -> Result<(), DecodeError> {
        if self.sender == SendingSide::Client {
            return Err(DecodeError::Garbage);
        }
        self.n_scanned = 0;
        self.is_lost = true;
        self.skip(1)
    }

    fn skip(&mut self, n_bytes: usize) -> Result<(), DecodeError> {
        let n_bytes = n_bytes.min(self.buffer.len());
        self.buffer.advance(n_bytes);
        self.n_skipped += n_bytes;
        match self.n_skipped > MAX_SKIPPED_BYTES {
            true => Err(DecodeError::Garbage),
            false => Ok(()),
        }
    }

    /// Skips to the next answer or packet; false if more bytes are needed to find one.
    fn find_message(&mut self) -> Result<bool, DecodeError> {
        const ANSWER: &[u8] = b"RTSP/1.";
        let mut at = 0;
        let is_found = loop {
            let rest = &self.buffer[at..];
            let Some(next) = rest.iter().position(|byte| matches!(byte, b'R' | b'$')) else {
                at = self.buffer.len();
                break false;
            };
            at += next;
            let rest = &self.buffer[at..];
            if rest[0] == b'$' {
                match self.is_packet(rest) {
                    Some(true) => break true,
                    Some(false) => at += 1,
                    None => break false,
                }
            } else if rest.starts_with(ANSWER) {
                break true;
            } else if ANSWER.starts_with(rest) {
                break false;
            } else {
                at += 1;
            }
        };
        self.skip(at)?;
        self.is_lost = !is_found;
        Ok(is_found)
    }

    /// Whether a packet begins here, as far as its first bytes can say; `None` if they have not come.
    fn is_packet(&self, bytes: &[u8]) -> Option<bool> {
        let channel = *bytes.get(1)?;
        if self.channels[usize::from(channel / 64)] & (1 << (channel % 64)) == 0 {
            return Some(false);
        }
        let [_, _, high, low, first] = *bytes.first_chunk()?;
        // RTP and RTCP are version 2 (RFC 3550 §5.1, §6.4), and the shortest packet has 4 bytes.
        Some(u16::from_be_bytes([high, low]) >= 4 && first >> 6 == 2)
    }
}

#[cfg(test)]
mod tests;
