//! The streams of each camera, as the status file describes them.

use std::time::Instant;

use proto::ladder::CameraStream;
use proto::link::message::{Camera, StreamKind};
use proto::shown::shown;
use serde::{Deserialize, Serialize};

use crate::limits::MAX_STATUS_WORDS;
use crate::stream::figures::StreamFigures;
use crate::stream::{StreamState, Streams};

/// One camera.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CameraReport {
    /// Its name on the recorder.
    pub name: String,
    /// Whether it counts as online.
    pub is_online: bool,
    /// What is wrong with its picture now, in a sentence for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The same as one word, for programs; see docs/ref/reasons.md.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its streams, of which only those that are watched or kept warm are open.
    #[serde(default)]
    pub streams: Vec<StreamReport>,
    /// All of its streams, open or not, as the recorder lists them.
    #[serde(default)]
    pub listed: Vec<ListedStream>,
}

/// A stream as the recorder lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedStream {
    /// Which one.
    pub stream: StreamKind,
    /// Codec of the pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Most pictures per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_rate: Option<f64>,
    /// Codec of the sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<String>,
    /// Whether it is H.264+ or H.265+.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_smart: bool,
}

impl From<CameraStream> for ListedStream {
    fn from(listed: CameraStream) -> ListedStream {
        let format = listed.format;
        ListedStream {
            stream: listed.stream,
            codec: format.codec.map(|codec| words(codec.name())),
            width: format.width,
            height: format.height,
            picture_rate: format.picture_rate,
            sound: format.sound.map(|sound| words(&sound)),
            is_smart: format.is_smart,
        }
    }
}

/// One stream of a camera.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamReport {
    /// Which one.
    pub stream: StreamKind,
    /// Whether pictures come in.
    pub is_playing: bool,
    /// Codec of the pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<String>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// To one decimal place, two if it is less than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures_per_second: Option<f64>,
    /// When the last key frame came, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_key_frame_at: Option<u64>,
    /// Codec of the sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sound: Option<String>,
    /// Whether it has B-frames, which browsers do not expect in a live picture.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_b_frames: bool,
    /// How long it took to open it, up to the first picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_picture_ms: Option<u64>,
    /// Why there were no pictures last, in a sentence for people; also after they have come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When that was, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error_at: Option<u64>,
}

/// A moment on the clock of the figures and the same one in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct BothClocks {
    pub(super) instant: Instant,
    pub(super) unix: u64,
}

impl BothClocks {
    fn unix_of(self, then: Instant) -> u64 {
        let ago = self.instant.saturating_duration_since(then).as_secs();
        self.unix.saturating_sub(ago)
    }
}

impl CameraReport {
    pub(super) fn of(camera: &Camera, streams: &Streams, now: BothClocks) -> CameraReport {
        let reason = camera.reason.as_ref();
        CameraReport {
            name: words(&camera.name),
            is_online: camera.is_online,
            error: reason.map(|reason| words(&reason.to_string())),
            reason: reason.map(|reason| reason.kind().to_owned()),
            streams: streams
                .figures(&camera.id)
                .into_iter()
                .filter_map(|(stream, state, figures)| {
                    StreamReport::of(stream, &state, &figures, now)
                })
                .collect(),
            listed: streams
                .list(&camera.id)
                .into_iter()
                .map(ListedStream::from)
                .collect(),
        }
    }
}

impl StreamReport {
    /// Nothing of a stream that nobody has opened yet.
    fn of(
        stream: StreamKind,
        state: &StreamState,
        figures: &StreamFigures,
        now: BothClocks,
    ) -> Option<StreamReport> {
        if *state == StreamState::Waiting && *figures == StreamFigures::default() {
            return None;
        }
        let is_playing = matches!(state, StreamState::Playing { .. });
        let (width, height) = figures.size.unzip();
        let rate = figures.pictures_per_second(now.instant);
        let name = |codec: Option<&str>| codec.map(str::to_owned);
        let error = figures.last_error.as_ref();
        Some(StreamReport {
            stream,
            is_playing,
            codec: name(figures.video),
            width,
            height,
            pictures_per_second: rate.filter(|_| is_playing).map(rounded),
            last_key_frame_at: figures.last_key_at.map(|at| now.unix_of(at)),
            sound: name(figures.sound),
            has_b_frames: figures.has_b_frames,
            first_picture_ms: figures
                .first_picture_after
                .and_then(|time| u64::try_from(time.as_millis()).ok()),
            last_error: error.map(|(reason, _)| words(&reason.to_string())),
            last_error_at: error.map(|(_, at)| now.unix_of(*at)),
        })
    }
}

/// Names are a recorder's own, and cannot move a cursor.
fn words(text: &str) -> String {
    shown(text, MAX_STATUS_WORDS)
}

fn rounded(rate: f64) -> f64 {
    let places = if rate < 1.0 { 100.0 } else { 10.0 };
    (rate * places).round() / places
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use bytes::Bytes;
    use proto::reason::Reason;

    use super::*;
    use crate::stream::gop::GopLimits;
    use crate::stream::hub::Hub;
    use crate::stream::{Codec, FrameKind, StreamFrame};

    const LIMITS: GopLimits = GopLimits {
        bytes: 1_000,
        frames: 10,
        tail_frames: 1,
    };

    fn camera(reason: Option<Reason>) -> Camera {
        Camera {
            id: "1".to_owned(),
            name: "Door".to_owned(),
            is_online: true,
            reason,
        }
    }

    fn streams(main: &Hub, sub: &Hub) -> Streams {
        let of = |kind, hub: &Hub| (("1".to_owned(), kind), hub.clone());
        let hubs = BTreeMap::from([of(StreamKind::Main, main), of(StreamKind::Sub, sub)]);
        Streams::from_hubs(vec![camera(None)], hubs)
    }

    fn play(hub: &Hub, start: Instant) {
        for (number, kind) in (0..).zip([FrameKind::VideoKey, FrameKind::VideoDelta]) {
            hub.publish(StreamFrame {
                kind,
                codec: Codec::H265,
                data: Bytes::from_static(b"x"),
                rtp_time: 0,
                arrived: start + Duration::from_millis(80) * number,
                size: (kind == FrameKind::VideoKey).then_some((704, 576)),
            });
        }
        hub.set_state(StreamState::Playing {
            codec: Codec::H265,
            width: 704,
            height: 576,
        });
    }

    #[test]
    fn the_status_shows_the_stream_of_a_camera() {
        let (main, sub) = (Hub::new(LIMITS), Hub::new(LIMITS));
        let start = Instant::now();
        play(&sub, start);
        let now = BothClocks {
            instant: start + Duration::from_secs(3),
            unix: 1_000,
        };

        let report = CameraReport::of(&camera(None), &streams(&main, &sub), now);

        let [sub] = &report.streams[..] else {
            panic!("only the open stream: {report:?}");
        };
        assert_eq!((sub.stream, sub.is_playing), (StreamKind::Sub, true));
        assert_eq!(sub.codec.as_deref(), Some("H.265"));
        assert_eq!((sub.width, sub.height), (Some(704), Some(576)));
        assert_eq!(sub.pictures_per_second, Some(12.5));
        assert_eq!(sub.last_key_frame_at, Some(997));
        assert_eq!((report.error, &sub.last_error), (None, &None));
    }

    #[test]
    fn an_error_stays_after_pictures_have_come_back() {
        let only = Hub::new(LIMITS);
        let start = Instant::now();
        only.set_state(StreamState::Offline(Reason::Full));
        play(&only, start);
        let now = BothClocks {
            instant: start,
            unix: 1_000,
        };

        let report = CameraReport::of(&camera(None), &streams(&only, &only), now);

        assert_eq!(report.streams.len(), 1, "{report:?}");
        let error = report.streams[0].last_error.as_deref();
        assert!(
            error.is_some_and(|error| error.contains("in use")),
            "{error:?}"
        );
        assert_eq!(report.streams[0].last_error_at, Some(1_000));
    }

    #[test]
    fn a_present_error_has_a_text_and_a_kind() {
        let (main, sub) = (Hub::new(LIMITS), Hub::new(LIMITS));
        let now = BothClocks {
            instant: Instant::now(),
            unix: 1_000,
        };
        let camera = camera(Some(Reason::NoKeyFrame));

        let report = CameraReport::of(&camera, &streams(&main, &sub), now);

        assert_eq!(report.reason.as_deref(), Some("no-key-frame"));
        assert_eq!(report.error, Some(Reason::NoKeyFrame.to_string()));
        assert_eq!(report.streams, []);
    }
}
