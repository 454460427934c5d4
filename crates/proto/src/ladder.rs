//! Chooses the stream of a camera for a viewer: the requested one, else the best of the others that the
//! viewer can show. Many sub-streams are H.265, and a picture in another size is better than none.

use serde::{Serialize, Serializer};

use crate::reason::CodecName;
use crate::shown::shown;
use crate::stream_kind::StreamKind;
use crate::video::{CameraCodec, Decoders, PictureRoute};

/// Characters that are kept of a recorder's name for the codec of a sound.
const MAX_SOUND_CHARS: usize = 24;

/// The codec of a stream's pictures, as the recorder says or its pictures show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedCodec {
    /// One that some viewers can show.
    Known(CameraCodec),
    /// One that nobody can show.
    Other(CodecName),
}

impl ListedCodec {
    /// Reads a recorder's spelling, such as `H.265`, `video/H265` or `MJPEG`.
    pub fn named(name: &str) -> ListedCodec {
        let plain: String = name
            .rsplit('/')
            .next()
            .unwrap_or(name)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_uppercase();
        match plain.as_str() {
            "H264" | "AVC" => ListedCodec::Known(CameraCodec::H264),
            "H265" | "HEVC" => ListedCodec::Known(CameraCodec::H265),
            "JPEG" | "MJPEG" => ListedCodec::Known(CameraCodec::Jpeg),
            _ => ListedCodec::Other(CodecName::new(name)),
        }
    }

    /// Its name on the wire: an RTP encoding name where it has one.
    pub fn name(&self) -> &str {
        match self {
            ListedCodec::Known(CameraCodec::H264) => "H264",
            ListedCodec::Known(CameraCodec::H265) => "H265",
            ListedCodec::Known(CameraCodec::Jpeg) => "JPEG",
            ListedCodec::Other(name) => name.as_str(),
        }
    }
}

impl Serialize for ListedCodec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What is known about a stream. Nothing of it is guessed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamFormat {
    /// How its pictures are encoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec: Option<ListedCodec>,
    /// Width in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Most pictures per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture_rate: Option<f64>,
    /// Most kilobits per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bit_rate: Option<u32>,
    /// The codec of its sound, as the recorder spells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<String>,
    /// H.264+ or H.265+, with ten or more seconds between key frames.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_smart: bool,
}

impl StreamFormat {
    /// Keeps a recorder's name for a codec of sound, cleaned and cut.
    #[must_use]
    pub fn with_sound(self, name: &str) -> StreamFormat {
        let name = shown(name, MAX_SOUND_CHARS);
        StreamFormat {
            sound: (!name.is_empty()).then_some(name),
            ..self
        }
    }
}

/// A stream of a camera.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CameraStream {
    /// Its name.
    pub stream: StreamKind,
    /// What is known about it.
    #[serde(flatten)]
    pub format: StreamFormat,
}

/// What a viewer can show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ViewerPlays {
    /// H.264 over WebRTC.
    pub h264: bool,
    /// H.265 over WebRTC.
    pub h265: bool,
    /// Pictures that come over a data channel.
    pub decoders: Decoders,
}

/// A rung of the ladder, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureRung {
    /// H.264 over WebRTC.
    H264,
    /// H.265 over WebRTC.
    H265,
    /// H.264 over a data channel.
    H264Data,
    /// H.265 over a data channel.
    H265Data,
    /// JPEG over a data channel.
    Jpeg,
    /// A codec that nobody has said yet: its first picture shows whether it can be shown.
    Untried,
}

/// A stream that the viewer can show, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LadderChoice {
    /// The stream.
    pub stream: StreamKind,
    /// The way of its pictures.
    pub rung: PictureRung,
}

impl ViewerPlays {
    /// How a stream gets to this viewer; `None` if it cannot show it.
    pub fn rung(self, format: &StreamFormat) -> Option<PictureRung> {
        let codec = match &format.codec {
            Some(ListedCodec::Known(codec)) => *codec,
            Some(ListedCodec::Other(_)) => return None,
            None => return Some(PictureRung::Untried),
        };
        let is_negotiated = match codec {
            CameraCodec::H264 => self.h264,
            CameraCodec::H265 => self.h265,
            CameraCodec::Jpeg => false,
        };
        let size = format.width.zip(format.height);
        let way = self.decoders.way(codec, size, is_negotiated)?;
        Some(match (codec, way) {
            (CameraCodec::H264, PictureRoute::Rtp) => PictureRung::H264,
            (CameraCodec::H264, PictureRoute::Data(_)) => PictureRung::H264Data,
            (CameraCodec::H265, PictureRoute::Rtp) => PictureRung::H265,
            (CameraCodec::H265, PictureRoute::Data(_)) => PictureRung::H265Data,
            (CameraCodec::Jpeg, _) => PictureRung::Jpeg,
        })
    }
}

/// The stream of a camera for a viewer who requests `wanted`: `None` if it can show none of them.
///
/// For the small picture that is the sub-stream in H.264, another small one in H.264 that camera or
/// recorder makes, H.265 over WebRTC, H.264 and H.265 over a data channel, JPEG, and the full picture last, which
/// costs the most. Whoever wants another stream gets it in whatever way it comes, and else as above.
pub fn choose(
    wanted: StreamKind,
    streams: &[CameraStream],
    plays: ViewerPlays,
) -> Option<LadderChoice> {
    let candidates = streams.iter().filter_map(|it| {
        let rung = plays.rung(&it.format)?;
        Some(LadderChoice {
            stream: it.stream,
            rung,
        })
    });
    candidates.min_by_key(|choice| {
        let is_wanted = choice.stream == wanted;
        let is_settled = match choice.rung {
            // Before its first picture nobody knows better.
            PictureRung::Untried | PictureRung::H264 => true,
            PictureRung::H265
            | PictureRung::H264Data
            | PictureRung::H265Data
            | PictureRung::Jpeg => wanted != StreamKind::Sub,
        };
        let is_full = choice.stream == StreamKind::Main;
        let kind = if is_wanted { None } else { Some(choice.stream) };
        (!(is_wanted && is_settled), is_full, choice.rung, kind)
    })
}

#[cfg(test)]
mod tests;
