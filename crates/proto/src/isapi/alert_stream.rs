//! Parses the alert stream of a recorder: an endless multipart body. Neither the declared boundary nor the
//! lengths of its parts are correct on all firmware, so a part ends where its document does; other content,
//! such as a picture, is skipped.

use std::collections::VecDeque;

/// Longest document, in bytes; real ones have 500 to 5,000.
pub const MAX_ALERT_BYTES: usize = 64 * 1024;
/// Longest line of a part's head, or of a delimiter.
const MAX_LINE_BYTES: usize = 512;
/// Longest delimiter line: two hyphens and 70 characters (RFC 2046 §5.1.1), and some that firmware adds.
const MAX_DELIMITER_BYTES: usize = 80;
/// Documents that wait to be taken; further ones are dropped.
const MAX_WAITING: usize = 64;
/// The end of an event in XML, with any prefix before the name.
const END_TAG: &[u8] = b"EventNotificationAlert>";

/// Where in the stream the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AlertPlace {
    /// Before a delimiter: what comes up to it belongs to nobody.
    Between,
    /// In the head of a part.
    Head,
    /// Before the first byte of a part that is no blank.
    Start,
    /// In a document of XML.
    Xml,
    /// In a document of JSON.
    Json {
        depth: u32,
        is_text: bool,
        is_escaped: bool,
    },
    /// In something that is no document.
    Skipped,
}

/// Bytes in, documents out. Whatever comes, it holds no more than one document and those that wait.
#[derive(Debug)]
pub struct AlertStream {
    place: AlertPlace,
    /// The line or document that is being read.
    held: Vec<u8>,
    /// Whether the line that is being read is too long to be of use.
    is_long: bool,
    /// The delimiter that the stream really uses, with its hyphens.
    delimiter: Option<Vec<u8>>,
    documents: VecDeque<Vec<u8>>,
}

impl Default for AlertStream {
    fn default() -> AlertStream {
        AlertStream {
            place: AlertPlace::Between,
            held: Vec::new(),
            is_long: false,
            delimiter: None,
            documents: VecDeque::new(),
        }
    }
}

impl AlertStream {
    /// Takes bytes as they come.
    pub fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.take(*byte);
        }
    }

    /// The next whole document.
    pub fn poll(&mut self) -> Option<Vec<u8>> {
        self.documents.pop_front()
    }

    fn take(&mut self, byte: u8) {
        match self.place {
            AlertPlace::Between | AlertPlace::Head | AlertPlace::Skipped => self.take_of_line(byte),
            AlertPlace::Start => self.take_first(byte),
            AlertPlace::Xml => {
                let is_end = self.hold(byte) && byte == b'>' && self.held.ends_with(END_TAG);
                if is_end && self.is_closing() {
                    self.document();
                }
            }
            AlertPlace::Json {
                depth,
                is_text,
                is_escaped,
            } => {
                if self.hold(byte) {
                    self.take_of_json(byte, (depth, is_text, is_escaped));
                }
            }
        }
    }

    /// Whether the name at the end of what is held closes an element: `</` or `</prefix:` stands before it.
    fn is_closing(&self) -> bool {
        let before = &self.held[..self.held.len() - END_TAG.len()];
        let start = before.iter().rposition(|byte| *byte == b'<');
        let start = start.map_or(&[][..], |at| &before[at..]);
        start == b"</" || start.starts_with(b"</") && start.ends_with(b":")
    }

    fn take_of_json(&mut self, byte: u8, (depth, is_text, is_escaped): (u32, bool, bool)) {
        let (mut depth, mut is_text) = (depth, is_text);
        match byte {
            _ if is_escaped => {}
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => depth = depth.saturating_add(1),
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return self.document();
        }
        self.place = AlertPlace::Json {
            depth,
            is_text,
            is_escaped: is_text && byte == b'\\' && !is_escaped,
        };
    }

    /// The first byte of a part that is no blank says what it is; its head may lie.
    fn take_first(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf => {}
            b'<' => {
                self.held.clear();
                self.held.push(byte);
                self.place = AlertPlace::Xml;
            }
            b'{' => {
                self.held.clear();
                self.held.push(byte);
                self.place = AlertPlace::Json {
                    depth: 1,
                    is_text: false,
                    is_escaped: false,
                };
            }
            _ => {
                self.place = AlertPlace::Skipped;
                self.take_of_line(byte);
            }
        }
    }

    fn take_of_line(&mut self, byte: u8) {
        // Firmware without a head, or without parts at all.
        let is_first = self.held.is_empty() && !self.is_long;
        if self.place == AlertPlace::Between && is_first && matches!(byte, b'<' | b'{') {
            return self.take_first(byte);
        }
        if byte != b'\n' {
            if self.held.len() < MAX_LINE_BYTES {
                self.held.push(byte);
            } else {
                self.is_long = true;
            }
            return;
        }
        let line = std::mem::take(&mut self.held);
        let is_long = std::mem::take(&mut self.is_long);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        match self.place {
            AlertPlace::Head if line.is_empty() && !is_long => self.place = AlertPlace::Start,
            AlertPlace::Head => {}
            _ if !is_long && self.is_delimiter(line) => {
                self.delimiter = Some(line.to_vec());
                self.place = AlertPlace::Head;
            }
            _ => {}
        }
    }

    /// Between documents any line of that form counts: some firmware announces one boundary and uses
    /// another. Inside a picture only the known one does.
    fn is_delimiter(&self, line: &[u8]) -> bool {
        let is_form = line.starts_with(b"--")
            && (3..=MAX_DELIMITER_BYTES).contains(&line.len())
            && line.iter().all(|byte| (0x20..0x7f).contains(byte));
        is_form && (self.place != AlertPlace::Skipped || self.delimiter.as_deref() == Some(line))
    }

    /// Keeps a byte of a document; false if that has become too long, and is given up.
    fn hold(&mut self, byte: u8) -> bool {
        if self.held.len() >= MAX_ALERT_BYTES {
            self.held.clear();
            self.place = match self.delimiter {
                Some(_) => AlertPlace::Skipped,
                None => AlertPlace::Between,
            };
            return false;
        }
        self.held.push(byte);
        true
    }

    fn document(&mut self) {
        let document = std::mem::take(&mut self.held);
        if self.documents.len() < MAX_WAITING {
            self.documents.push_back(document);
        }
        self.place = AlertPlace::Between;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::alert::EventAlert;
    use super::*;

    /// The types of the events in a stream, whatever the sizes of its pieces.
    fn types(stream: &[u8]) -> Vec<String> {
        let read = |size: usize| -> Vec<String> {
            let mut reader = AlertStream::default();
            let mut found = Vec::new();
            for piece in stream.chunks(size) {
                reader.push(piece);
                while let Some(document) = reader.poll() {
                    found.push(EventAlert::parse(&document).expect("an event").event_type);
                }
            }
            found
        };
        let whole = read(stream.len().max(1));
        assert_eq!(whole, read(1));
        whole
    }

    fn event(event_type: &str) -> String {
        format!(
            "<EventNotificationAlert><eventType>{event_type}</eventType></EventNotificationAlert>"
        )
    }

    fn part(boundary: &str, length: usize, body: &str, line_end: &str) -> String {
        [
            &format!("--{boundary}"),
            "Content-Type: application/xml; charset=\"UTF-8\"",
            &format!("Content-Length: {length}"),
            "",
            body,
            "",
        ]
        .join(line_end)
    }

    #[test]
    fn a_captured_stream_gives_its_events() {
        let stream = include_bytes!("../../testdata/events/alert_stream.txt");

        assert_eq!(types(stream), ["videoloss", "VMD", "VMD", "fielddetection"]);
    }

    #[test]
    fn bare_line_feeds_separate_parts_as_well() {
        let (a, b) = (event("VMD"), event("io"));
        let stream = part("boundary", a.len(), &a, "\n") + &part("boundary", b.len(), &b, "\n");

        assert_eq!(types(stream.as_bytes()), ["VMD", "io"]);
    }

    #[test]
    fn wrong_part_lengths_lose_no_event() {
        let body = event("VMD");
        for length in [0, 3, body.len() - 1, body.len() + 99, usize::MAX] {
            let stream = part("b", length, &body, "\r\n") + &part("b", length, &body, "\r\n");
            assert_eq!(types(stream.as_bytes()), ["VMD", "VMD"], "{length}");
        }
    }

    #[test]
    fn an_event_is_there_before_the_next_part_begins() {
        let mut reader = AlertStream::default();

        reader.push(part("b", 9, &event("VMD"), "\r\n").trim_end().as_bytes());

        assert!(reader.poll().is_some());
    }

    #[test]
    fn pictures_between_events_are_skipped() {
        // With what looks like another delimiter in it.
        let mut picture = vec![0xff, 0xd8, 0xff, 0xe0];
        picture.extend(b"\r\n--other\r\n\r\n<EventNotificationAlert>".repeat(3));
        picture.extend([7; 200_000]);
        let mut stream = part("b", 5, &event("VMD"), "\r\n").into_bytes();
        stream.extend(b"--b\r\nContent-Type: image/pjpeg\r\nContent-Length: 12\r\n\r\n");
        stream.extend(&picture);
        stream.extend(b"\r\n");
        stream.extend(part("b", 5, &event("io"), "\r\n").into_bytes());

        assert_eq!(types(&stream), ["VMD", "io"]);
    }

    #[test]
    fn documents_in_json_end_with_their_brace() {
        let body = "{\"eventType\": \"a}\\\"{\", \"list\": [{\"x\": {}}]}";
        let stream = part("b", 1, body, "\r\n") + &part("b", 1, &event("io"), "\r\n");

        assert_eq!(types(stream.as_bytes()), ["a}\"{", "io"]);
    }

    #[test]
    fn events_without_any_parts_are_read() {
        let stream = format!("{}\r\n{}", event("VMD"), event("io"));

        assert_eq!(types(stream.as_bytes()), ["VMD", "io"]);
    }

    #[test]
    fn a_name_in_the_text_ends_no_event_early() {
        let body = "<x:EventNotificationAlert><eventType>VMD</eventType>\
            <a>EventNotificationAlert></a></x:EventNotificationAlert>";

        assert_eq!(types(body.as_bytes()), ["VMD"]);
    }

    #[test]
    fn a_document_without_an_end_holds_no_memory() {
        let mut reader = AlertStream::default();
        reader.push(b"--b\r\n\r\n<EventNotificationAlert>");

        for _ in 0..100 {
            reader.push(&[b'x'; 10_000]);
            assert!(reader.held.capacity() <= 2 * MAX_ALERT_BYTES);
        }
        reader.push(format!("\r\n{}", part("b", 5, &event("io"), "\r\n")).as_bytes());

        let document = reader.poll().expect("the next event");
        assert!(EventAlert::parse(&document).is_ok());
    }

    proptest! {
        #[test]
        fn no_pieces_cause_a_panic_or_grow_the_reader(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "--b", "\r\n", "\n", "--", "{", "}", "\"", "\\", "<EventNotificationAlert>",
                    "</EventNotificationAlert>", "EventNotificationAlert>", "</", ":", "\u{ff}", "x",
                    "Content-Length: 1", "[", "]",
                ]),
                0..80,
            )
        ) {
            let mut reader = AlertStream::default();
            reader.push(parts.concat().as_bytes());
            while let Some(document) = reader.poll() {
                prop_assert!(document.len() <= MAX_ALERT_BYTES);
            }
        }
    }
}
