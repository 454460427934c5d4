//! Detects where a connection stops being HTTP: after the answer to a PUT to `audioData` whose header says
//! that it has no body, the client sends audio. Pure.

const REQUEST: &[u8] = b"PUT /ISAPI/System/TwoWayAudio/channels/";
const ORDER: &[u8] = b"/audioData";
const SUCCESS: &[u8] = b"HTTP/1.1 200 ";

/// Bytes that are kept of a request; its first line is shorter.
const MAX_LINE: usize = 256;

/// What was seen of one connection. Nothing more is asked before an answer, as with every client that waits for
/// answers.
#[derive(Debug, Default)]
pub(super) struct TalkTap {
    /// The beginning of the last request; it may come in pieces.
    request: Vec<u8>,
    is_answered: bool,
    is_open: bool,
}

impl TalkTap {
    /// The client has sent this.
    pub(super) fn asked(&mut self, bytes: &[u8]) {
        if std::mem::take(&mut self.is_answered) {
            self.request.clear();
        }
        let free = MAX_LINE.saturating_sub(self.request.len());
        self.request.extend(bytes.iter().take(free));
    }

    /// The recorder has sent this.
    pub(super) fn answered(&mut self, bytes: &[u8]) {
        let is_first = !std::mem::replace(&mut self.is_answered, true);
        self.is_open |= is_first && self.is_for_sound() && bytes.starts_with(SUCCESS);
    }

    fn is_for_sound(&self) -> bool {
        let line = self.request.split(|byte| *byte == b'\r').next();
        line.is_some_and(|line| {
            line.starts_with(REQUEST) && line.windows(ORDER.len()).any(|part| part == ORDER)
        })
    }

    /// Whether what the client sends is sound.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_begins_after_the_answer_to_its_head() {
        let head =
            b"PUT /ISAPI/System/TwoWayAudio/channels/1/audioData?sessionId=7 HTTP/1.1\r\n\r\n";
        let mut tap = TalkTap::default();

        tap.asked(b"PUT /ISAPI/System/TwoWayAudio/channels/1/open HTTP/1.1\r\n\r\n");
        tap.answered(b"HTTP/1.1 200 OK\r\n\r\n");
        assert!(!tap.is_open());
        tap.asked(head);
        tap.answered(b"HTTP/1.1 401 Unauthorized\r\n\r\n");
        assert!(!tap.is_open());
        // A server that also knows HTTP/2 reads its first bytes alone.
        tap.asked(&head[..24]);
        tap.asked(&head[24..]);
        tap.answered(b"HTTP/1.1 200 OK\r\n\r\n");
        assert!(tap.is_open());
    }
}
