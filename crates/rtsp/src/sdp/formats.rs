//! The payload types of one track: its `m=`, `rtpmap` and `fmtp` lines, in whatever order they come.

use super::MediaKind;
use crate::format::Format;
use crate::limits::{MAX_FORMATS, MAX_PARAMETERS};

/// Encoding, clock rate and channels of payload types that need no `rtpmap` (RFC 3551 §6).
const STATIC: [(u8, &str, u32, Option<u8>); 15] = [
    (0, "pcmu", 8000, Some(1)),
    (3, "gsm", 8000, Some(1)),
    (4, "g723", 8000, Some(1)),
    (5, "dvi4", 8000, Some(1)),
    (7, "lpc", 8000, Some(1)),
    (8, "pcma", 8000, Some(1)),
    (9, "g722", 8000, Some(1)),
    (10, "l16", 44_100, Some(2)),
    (11, "l16", 44_100, Some(1)),
    (14, "mpa", 90_000, None),
    (26, "jpeg", 90_000, None),
    (31, "h261", 90_000, None),
    (32, "mpv", 90_000, None),
    (33, "mp2t", 90_000, None),
    (34, "h263", 90_000, None),
];

/// Payload types while the lines of a track are read.
pub(super) struct FormatLines {
    kind: MediaKind,
    lines: Vec<FormatLine>,
}

#[derive(Default)]
struct FormatLine {
    payload_type: u8,
    /// Encoding, clock rate, channels.
    rtpmap: Option<(String, Option<u32>, Option<u8>)>,
    parameters: Vec<(String, String)>,
}

impl FormatLines {
    pub(super) fn new(kind: MediaKind, payload_types: impl Iterator<Item = u8>) -> FormatLines {
        let mut formats = FormatLines {
            kind,
            lines: Vec::new(),
        };
        for payload_type in payload_types {
            formats.line(payload_type);
        }
        formats
    }

    /// The line of a payload type. One that the `m=` line lacks comes last.
    fn line(&mut self, payload_type: u8) -> Option<&mut FormatLine> {
        let known = self
            .lines
            .iter()
            .position(|line| line.payload_type == payload_type);
        let at = known.unwrap_or(self.lines.len());
        if at == self.lines.len() {
            // RTP has seven bits for it.
            if at >= MAX_FORMATS || payload_type > 127 {
                return None;
            }
            self.lines.push(FormatLine {
                payload_type,
                ..FormatLine::default()
            });
        }
        self.lines.get_mut(at)
    }

    /// `96 H264/90000`, `97 mpeg4-generic/16000/1`.
    pub(super) fn rtpmap(&mut self, value: &str) {
        let Some((payload_type, encoding)) = payload_type(value) else {
            return;
        };
        let mut parts = encoding.split('/').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let clock_rate = parts
            .next()
            .and_then(|rate| rate.parse().ok())
            .filter(|rate| *rate > 0);
        let n_channels = parts.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
        if name.is_empty() {
            return;
        }
        if let Some(line) = self.line(payload_type) {
            line.rtpmap = Some((name, clock_rate, n_channels));
        }
    }

    /// `96 packetization-mode=1; sprop-parameter-sets=Z0I…,aM4…`. Some cameras write several.
    pub(super) fn fmtp(&mut self, value: &str) {
        let Some((payload_type, parameters)) = payload_type(value) else {
            return;
        };
        let Some(line) = self.line(payload_type) else {
            return;
        };
        for part in parameters
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            if line.parameters.len() >= MAX_PARAMETERS {
                return;
            }
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            line.parameters
                .push((name.trim().to_ascii_lowercase(), value.to_owned()));
        }
    }

    pub(super) fn finish(self) -> Vec<Format> {
        let kind = self.kind;
        let formats = self.lines.into_iter().filter_map(|line| line.finish(kind));
        formats.collect()
    }
}

impl FormatLine {
    /// `None` if nothing says what it is.
    fn finish(self, kind: MediaKind) -> Option<Format> {
        let known = STATIC
            .iter()
            .find(|(payload_type, ..)| *payload_type == self.payload_type);
        let default_rate = match kind {
            MediaKind::Audio => 8000,
            MediaKind::Video | MediaKind::Other => 90_000,
        };
        let (encoding, clock_rate, n_channels) = match (self.rtpmap, known) {
            (Some((encoding, clock_rate, n_channels)), _) => {
                (encoding, clock_rate.unwrap_or(default_rate), n_channels)
            }
            (None, Some((_, encoding, clock_rate, n_channels))) => {
                ((*encoding).to_owned(), *clock_rate, *n_channels)
            }
            (None, None) => (guessed(&self.parameters)?.to_owned(), default_rate, None),
        };
        Some(Format {
            payload_type: self.payload_type,
            encoding: match encoding.as_str() {
                "hevc" => "h265".to_owned(),
                _ => encoding,
            },
            clock_rate,
            n_channels,
            parameters: self.parameters,
        })
    }
}

/// The encoding of parameters that only one encoding has.
fn guessed(parameters: &[(String, String)]) -> Option<&'static str> {
    let has = |name: &str| parameters.iter().any(|(key, _)| key == name);
    match () {
        () if has("sprop-parameter-sets") => Some("h264"),
        () if has("sprop-vps") || has("sprop-sps") => Some("h265"),
        () => None,
    }
}

/// The payload type in front, and the rest.
fn payload_type(value: &str) -> Option<(u8, &str)> {
    let end = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (digits, rest) = value.split_at(end);
    Some((
        digits.parse().ok()?,
        rest.trim_start_matches([' ', '\t', ':']),
    ))
}
