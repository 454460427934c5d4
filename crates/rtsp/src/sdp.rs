//! Session descriptions as cameras write them (RFC 8866 defines the format). An invalid line is ignored; the
//! result may have no track at all, but a description is never refused.

mod control;
mod formats;

pub use control::ControlBase;

use crate::format::Format;
use crate::headers::PlayRange;
use crate::limits::{MAX_SDP_LINES, MAX_TRACKS};
use formats::FormatLines;

/// What a camera offers under one address.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// `a=control` of the whole stream.
    pub control: Option<String>,
    /// `a=range` of the whole stream: how long a recording is.
    pub range: Option<PlayRange>,
    /// Tracks, in their order.
    pub tracks: Vec<TrackDescription>,
}

/// One track: an `m=` line and what follows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackDescription {
    /// Kind of the media.
    pub kind: MediaKind,
    /// Which side sends.
    pub purpose: TrackPurpose,
    /// `a=control`: its address, absolute or relative.
    pub control: Option<String>,
    /// Payload types, in the order of preference.
    pub formats: Vec<Format>,
    /// Pictures per second.
    pub frame_rate: Option<f64>,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// `a=range` of this track.
    pub range: Option<PlayRange>,
}

/// Kind of a track's media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Metadata and everything else.
    Other,
}

/// Which side of a track sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackPurpose {
    /// The camera sends.
    Playback,
    /// The client sends: sound for the camera's loudspeaker (ONVIF Streaming §5.3.2). It is never set up for listening;
    /// some cameras close the connection on the attempt.
    Backchannel,
    /// Nobody sends (`a=inactive`).
    Inactive,
}

/// A direction as written in the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DirectionLine {
    SendOnly,
    Inactive,
    Playing,
}

/// A track while its lines are read.
struct OpenTrack {
    track: TrackDescription,
    direction: Option<DirectionLine>,
    formats: FormatLines,
}

impl Description {
    /// Reads a description. Bytes that are no UTF-8 only occur in names, which are not needed.
    pub fn parse(bytes: &[u8]) -> Description {
        let text = String::from_utf8_lossy(bytes);
        let mut description = Description::default();
        let mut direction = None;
        let mut open: Vec<OpenTrack> = Vec::new();
        let mut is_beyond_limit = false;
        // Some cameras end lines with CR alone.
        for line in text.split(['\r', '\n']).take(MAX_SDP_LINES) {
            let Some((name, value)) = line.trim().split_once('=') else {
                continue;
            };
            match name.trim() {
                "m" if open.len() < MAX_TRACKS => open.extend(OpenTrack::begin(value)),
                "m" => is_beyond_limit = true,
                "a" if is_beyond_limit => {}
                "a" if let Some(track) = open.last_mut() => track.attribute(value),
                "a" => match attribute(value) {
                    ("control", value) => description.control = some(value),
                    ("range", value) => description.range = PlayRange::parse(value),
                    (name, _) => direction = DirectionLine::parse(name).or(direction),
                },
                _ => {}
            }
        }
        // A camera that says of its pictures that it only sends them means itself by it (RFC 8866 §6.7 has
        // the sender of the description in mind); ONVIF means the client.
        let of = |track: &OpenTrack| track.direction.or(direction);
        let means_itself = open.iter().any(|track| {
            track.track.kind == MediaKind::Video && of(track) == Some(DirectionLine::SendOnly)
        });
        let tracks = open.into_iter().map(|track| {
            let purpose = match of(&track) {
                Some(DirectionLine::SendOnly) if !means_itself => TrackPurpose::Backchannel,
                Some(DirectionLine::Inactive) => TrackPurpose::Inactive,
                _ => TrackPurpose::Playback,
            };
            track.finish(purpose)
        });
        description.tracks = tracks.collect();
        description
    }
}

impl DirectionLine {
    fn parse(name: &str) -> Option<DirectionLine> {
        match name {
            "sendonly" => Some(DirectionLine::SendOnly),
            "inactive" => Some(DirectionLine::Inactive),
            "recvonly" | "sendrecv" => Some(DirectionLine::Playing),
            _ => None,
        }
    }
}

impl OpenTrack {
    /// Of `video 0 RTP/AVP 96 97`.
    fn begin(value: &str) -> Option<OpenTrack> {
        let mut words = value.split_ascii_whitespace();
        let kind = match words.next()?.to_ascii_lowercase().as_str() {
            "video" => MediaKind::Video,
            "audio" => MediaKind::Audio,
            _ => MediaKind::Other,
        };
        let payload_types = words.skip(2).filter_map(|word| word.parse().ok());
        Some(OpenTrack {
            track: TrackDescription {
                kind,
                purpose: TrackPurpose::Playback,
                control: None,
                formats: Vec::new(),
                frame_rate: None,
                size: None,
                range: None,
            },
            direction: None,
            formats: FormatLines::new(kind, payload_types),
        })
    }

    fn attribute(&mut self, line: &str) {
        let (name, value) = attribute(line);
        let track = &mut self.track;
        match name {
            "control" => track.control = some(value),
            "rtpmap" => self.formats.rtpmap(value),
            "fmtp" => self.formats.fmtp(value),
            "framerate" | "x-framerate" => {
                track.frame_rate = value
                    .parse()
                    .ok()
                    .filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
            }
            "x-dimensions" => track.size = size(value, ','),
            "framesize" => {
                // Behind the payload type.
                let size_of = |(_, text)| size(text, '-');
                track.size = value.split_once(' ').and_then(size_of);
            }
            "range" => track.range = PlayRange::parse(value),
            name => self.direction = DirectionLine::parse(name).or(self.direction),
        }
    }

    fn finish(self, purpose: TrackPurpose) -> TrackDescription {
        TrackDescription {
            purpose,
            formats: self.formats.finish(),
            ..self.track
        }
    }
}

/// Name and value of an `a=` line, without blanks around them.
fn attribute(line: &str) -> (&str, &str) {
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    (name.trim(), value.trim())
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn size(text: &str, between: char) -> Option<(u32, u32)> {
    let (width, height) = text.split_once(between)?;
    let side = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|side| (1..=65_535).contains(side))
    };
    Some((side(width)?, side(height)?))
}

#[cfg(test)]
mod tests;
