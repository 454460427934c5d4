//! Messages of both sides: requests, answers, and packets between them (RFC 2326 §4 to §7, §10.12). The
//! writer is exact; [`decoder::Decoder`] takes what cameras send.

pub mod decoder;
mod head;

use bytes::{BufMut, Bytes, BytesMut};

use crate::limits::MAX_HEADERS;

/// The headers of a message, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a header; letter case does not matter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a header that may occur more than once.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let found = self
            .0
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Adds a header; beyond [`MAX_HEADERS`] it is ignored.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        if self.0.len() < MAX_HEADERS {
            self.0.push((name.to_owned(), value.into()));
        }
    }

    /// Appends to the value of the last header, as a folded line does (RFC 2326 §4.2).
    fn fold(&mut self, more: &str) {
        if let Some((_, value)) = self.0.last_mut() {
            value.push(' ');
            value.push_str(more);
        }
    }

    fn write(&self, out: &mut BytesMut) {
        for (name, value) in &self.0 {
            put_text(out, name);
            out.put_slice(b": ");
            put_text(out, value);
            out.put_slice(b"\r\n");
        }
    }
}

impl<const N: usize> From<[(&str, String); N]> for Headers {
    fn from(headers: [(&str, String); N]) -> Headers {
        let mut all = Headers::default();
        for (name, value) in headers {
            all.push(name, value);
        }
        all
    }
}

/// A request, of either side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RtspRequest {
    /// `DESCRIBE`, `SETUP` …
    pub method: String,
    /// Address, or `*`.
    pub url: String,
    /// All headers except `Content-Length`, which the writer adds.
    pub headers: Headers,
    /// Body; usually empty.
    pub body: Bytes,
}

/// An answer, of either side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RtspAnswer {
    /// Status code.
    pub status: u16,
    /// Text behind the status code; may be empty.
    pub reason: String,
    /// Whether it is an answer of a web server; never written.
    pub is_http: bool,
    /// All headers except `Content-Length`, which the writer adds.
    pub headers: Headers,
    /// Body; usually empty.
    pub body: Bytes,
}

/// What comes out of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RtspMessage {
    /// A request of the other side.
    Request(RtspRequest),
    /// An answer to one of ours.
    Answer(RtspAnswer),
    /// A packet on a channel (RFC 2326 §10.12).
    Data {
        /// Channel number.
        channel: u8,
        /// RTP or RTCP packet, as a part of the bytes that were read.
        packet: Bytes,
    },
}

impl RtspRequest {
    /// Appends the request as it is sent.
    pub fn write(&self, out: &mut BytesMut) {
        put_text(out, &self.method);
        out.put_u8(b' ');
        put_text(out, &self.url);
        out.put_slice(b" RTSP/1.0\r\n");
        write_rest(&self.headers, &self.body, out);
    }
}

impl RtspAnswer {
    /// Appends the answer as it is sent.
    pub fn write(&self, out: &mut BytesMut) {
        put_text(out, &format!("RTSP/1.0 {:03} {}", self.status, self.reason));
        out.put_slice(b"\r\n");
        write_rest(&self.headers, &self.body, out);
    }
}

/// Appends a packet on a channel. Returns false and appends nothing if it exceeds 65,535 bytes.
pub fn write_data(channel: u8, packet: &[u8], out: &mut BytesMut) -> bool {
    let Ok(n_bytes) = u16::try_from(packet.len()) else {
        return false;
    };
    out.put_slice(&[b'$', channel]);
    out.put_u16(n_bytes);
    out.put_slice(packet);
    true
}

fn write_rest(headers: &Headers, body: &[u8], out: &mut BytesMut) {
    headers.write(out);
    if !body.is_empty() {
        put_text(out, &format!("Content-Length: {}", body.len()));
        out.put_slice(b"\r\n");
    }
    out.put_slice(b"\r\n");
    out.put_slice(body);
}

/// Without control characters, which could begin another header.
fn put_text(out: &mut BytesMut, text: &str) {
    for byte in text.bytes().filter(|byte| !byte.is_ascii_control()) {
        out.put_u8(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut BytesMut)) -> String {
        let mut out = BytesMut::new();
        write(&mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn a_request_is_written_exactly() {
        let request = RtspRequest {
            method: "SETUP".to_owned(),
            url: "rtsp://192.0.2.1:554/live/trackID=1".to_owned(),
            headers: [("CSeq", "3".to_owned()), ("Session", "7".to_owned())].into(),
            body: Bytes::new(),
        };

        assert_eq!(
            written(|out| request.write(out)),
            "SETUP rtsp://192.0.2.1:554/live/trackID=1 RTSP/1.0\r\nCSeq: 3\r\nSession: 7\r\n\r\n"
        );
    }

    #[test]
    fn an_answer_with_a_body_says_its_length() {
        let answer = RtspAnswer {
            status: 200,
            reason: "OK".to_owned(),
            headers: [("CSeq", "3".to_owned())].into(),
            body: Bytes::from_static(b"v=0\r\n"),
            ..RtspAnswer::default()
        };

        assert_eq!(
            written(|out| answer.write(out)),
            "RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 5\r\n\r\nv=0\r\n"
        );
    }

    #[test]
    fn a_value_cannot_begin_a_header_of_its_own() {
        let request = RtspRequest {
            method: "PLAY".to_owned(),
            url: "rtsp://h/\r\nX: 1".to_owned(),
            headers: [("Session", "1\r\nRequire: x\n".to_owned())].into(),
            body: Bytes::new(),
        };

        assert_eq!(
            written(|out| request.write(out)),
            "PLAY rtsp://h/X: 1 RTSP/1.0\r\nSession: 1Require: x\r\n\r\n"
        );
    }

    #[test]
    fn packets_too_long_for_a_channel_are_not_written() {
        let mut out = BytesMut::new();

        assert!(write_data(3, &[7; 5], &mut out));
        assert!(!write_data(3, &[7; 65_536], &mut out));

        assert_eq!(&out[..], &[b'$', 3, 0, 5, 7, 7, 7, 7, 7]);
    }

    #[test]
    fn headers_beyond_the_limit_are_ignored() {
        let mut headers = Headers::default();
        for n in 0..1000 {
            headers.push("A", n.to_string());
        }

        assert_eq!(headers.all("a").count(), MAX_HEADERS);
        assert_eq!(headers.get("a"), Some("0"));
    }
}
