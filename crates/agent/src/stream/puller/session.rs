//! RTSP sessions with retina: login, description, setup, frames.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::StreamExt;
use retina::client::{
    Credentials, Demuxed, Described, InitialTimestampPolicy, PlayOptions, SessionIdPolicy,
    SessionOptions, SetupOptions, Stream, TcpTransportOptions, UdpTransportOptions,
};
use retina::codec::{AudioFrame, CodecItem, FrameFormat, ParametersRef, VideoFrame};
use tokio::sync::Notify;
use tokio::time::{timeout, timeout_at};

use super::SessionEnd;
use super::reason::reason;
use crate::config::RtpTransport;
use crate::limits::{MAX_FRAME_BYTES, NO_FRAME, RTSP_CONNECT};
use crate::stream::clock::RtpClock;
use crate::stream::hub::Hub;
use crate::stream::source::Source;
use crate::stream::{Codec, FrameKind, StreamFrame, StreamState};

const USER_AGENT: &str = concat!("Peerview/", env!("CARGO_PKG_VERSION"));
const NO_ANSWER: &str = "the recorder does not answer";

/// What is kept from one session of a stream to the next.
pub(super) struct StreamSession {
    hub: Hub,
    epoch: Instant,
    on_state: Arc<Notify>,
    video_clock: RtpClock,
    audio_clock: RtpClock,
    size: Option<(u32, u32)>,
    /// Whether the last session produced a picture.
    has_played: bool,
}

/// Which streams of a presentation are played.
struct StreamSelection {
    video: (usize, Codec),
    audio: Option<(usize, Codec)>,
}

impl StreamSession {
    pub(super) fn new(hub: Hub, epoch: Instant, on_state: Arc<Notify>) -> StreamSession {
        StreamSession {
            hub,
            epoch,
            on_state,
            video_clock: RtpClock::new(90_000),
            audio_clock: RtpClock::new(8_000),
            size: None,
            has_played: false,
        }
    }

    /// Whether the last session produced a picture.
    pub(super) fn has_played(&self) -> bool {
        self.has_played
    }

    pub(super) async fn play(&mut self, source: &Source) -> SessionEnd {
        self.video_clock.restart();
        self.audio_clock.restart();
        self.size = None;
        self.has_played = false;
        let described = match self.describe(source).await {
            Ok(described) => described,
            Err(outcome) => return outcome,
        };
        let chosen = match choose(described.streams()) {
            Ok(chosen) => chosen,
            Err(reason) => return SessionEnd::Failed(reason),
        };
        match timeout(RTSP_CONNECT, start(described, &chosen, source.transport)).await {
            Err(_) => SessionEnd::Failed(NO_ANSWER.to_owned()),
            Ok(Err(error)) => SessionEnd::Failed(reason(&error)),
            Ok(Ok(demuxed)) => {
                // Nobody waits for a stream that is only kept warm.
                let is_watched = *self.hub.n_subscribers().borrow() > 0;
                if let Some(key_frames) = source.key_frames.as_ref().filter(|_| is_watched) {
                    key_frames.ask();
                }
                SessionEnd::Failed(self.publish_all(demuxed, &chosen).await)
            }
        }
    }

    async fn describe(
        &self,
        source: &Source,
    ) -> Result<retina::client::Session<Described>, SessionEnd> {
        let attempt = source
            .gate
            .enter()
            .await
            .map_err(|_refused_before| SessionEnd::Refused)?;
        let credentials = source.login.as_ref().map(|login| Credentials {
            username: login.user.clone(),
            password: login.password.reveal().to_owned(),
        });
        let options = SessionOptions::default()
            .creds(credentials)
            .user_agent(USER_AGENT.to_owned())
            // Some cameras change the session id from one SETUP to the next.
            .session_id(SessionIdPolicy::UseFirst);
        let described = retina::client::Session::describe(source.url.clone(), options);
        match timeout(RTSP_CONNECT, described).await {
            Err(_) => Err(SessionEnd::Failed(NO_ANSWER.to_owned())),
            Ok(Ok(described)) => {
                attempt.accepted();
                Ok(described)
            }
            Ok(Err(error)) if error.status_code() == Some(401) => {
                attempt.refused("the recorder refused the user name or password over RTSP");
                tracing::error!(
                    stream.host = source.url.host_str(),
                    "the recorder refused the RTSP login; no further attempts until the settings change"
                );
                Err(SessionEnd::Refused)
            }
            Ok(Err(error)) => {
                if error.status_code().is_some() {
                    // Any answer other than 401 means that the login was accepted or not required.
                    attempt.accepted();
                }
                Err(SessionEnd::Failed(reason(&error)))
            }
        }
    }

    /// Publishes frames until there are no more; returns the reason.
    async fn publish_all(&mut self, mut demuxed: Demuxed, chosen: &StreamSelection) -> String {
        let mut deadline = tokio::time::Instant::now() + NO_FRAME;
        loop {
            match timeout_at(deadline, demuxed.next()).await {
                Err(_) => return "the camera sends no picture".to_owned(),
                Ok(None) => return "the recorder ended the stream".to_owned(),
                Ok(Some(Err(error))) => return reason(&error),
                Ok(Some(Ok(CodecItem::VideoFrame(frame)))) => {
                    if frame.is_random_access_point() {
                        self.size = size_of(&demuxed.streams()[chosen.video.0]);
                    }
                    // Only pictures count: a camera may go on sending sound or RTCP without any.
                    if self.publish_video(frame, chosen.video.1) {
                        deadline = tokio::time::Instant::now() + NO_FRAME;
                    }
                }
                Ok(Some(Ok(CodecItem::AudioFrame(frame)))) => {
                    if let Some((_, codec)) = chosen.audio {
                        self.publish_audio(&frame, codec);
                    }
                }
                Ok(Some(Ok(_message_or_rtcp))) => {}
            }
        }
    }

    /// Publishes one picture; false if it had to be dropped.
    fn publish_video(&mut self, frame: VideoFrame, codec: Codec) -> bool {
        let arrived = Instant::now();
        let is_key = frame.is_random_access_point();
        let rtp = frame.timestamp().timestamp();
        let data = frame.into_data();
        if data.len() > MAX_FRAME_BYTES {
            tracing::debug!(bytes = data.len(), "dropped an oversized picture");
            // The following pictures depend on the dropped one, so they wait for the next key
            // frame.
            self.has_played = false;
            return false;
        }
        if is_key {
            self.has_played = true;
            let (width, height) = self.size.unwrap_or_default();
            self.hub.set_state(StreamState::Playing {
                codec,
                width,
                height,
            });
            self.on_state.notify_one();
        } else if !self.has_played {
            return false;
        }
        self.hub.publish(StreamFrame {
            kind: if is_key {
                FrameKind::VideoKey
            } else {
                FrameKind::VideoDelta
            },
            codec,
            data: Bytes::from(data),
            rtp_time: self.video_clock.time_of(rtp, arrived - self.epoch),
            arrived,
            size: self.size.filter(|_| is_key),
        });
        true
    }

    fn publish_audio(&mut self, frame: &AudioFrame, codec: Codec) {
        let arrived = Instant::now();
        let rtp = frame.timestamp().timestamp();
        self.hub.publish(StreamFrame {
            kind: FrameKind::Audio,
            codec,
            data: Bytes::copy_from_slice(frame.data()),
            rtp_time: self.audio_clock.time_of(rtp, arrived - self.epoch),
            arrived,
            size: None,
        });
    }
}

/// Sets up the selected streams and starts them.
async fn start(
    mut described: retina::client::Session<Described>,
    chosen: &StreamSelection,
    transport: RtpTransport,
) -> Result<Demuxed, retina::Error> {
    let options = || {
        let transport = match transport {
            RtpTransport::Tcp => retina::client::Transport::Tcp(TcpTransportOptions::default()),
            RtpTransport::Udp => retina::client::Transport::Udp(UdpTransportOptions::default()),
        };
        SetupOptions::default()
            .transport(transport)
            .frame_format(FrameFormat::SIMPLE)
    };
    described.setup(chosen.video.0, options()).await?;
    if let Some((audio, _)) = chosen.audio
        && let Err(error) = described.setup(audio, options()).await
    {
        // Without its sound, the picture is still worth having.
        tracing::debug!("playing without audio: {error}");
    }
    // The agent's own clock provides the times, because many recorders send a wrong `rtptime`.
    let options = PlayOptions::default().initial_timestamp(InitialTimestampPolicy::Ignore);
    described.play(options).await?.demuxed()
}

/// Selects the first video and the first audio stream that can be forwarded unchanged.
fn choose(streams: &[Stream]) -> Result<StreamSelection, String> {
    let found = |media, codec_of: fn(&Stream) -> Option<Codec>| {
        streams
            .iter()
            .enumerate()
            .filter(move |(_, stream)| stream.media() == media)
            .find_map(move |(at, stream)| Some((at, codec_of(stream)?)))
    };
    if let Some(video) = found("video", video_codec) {
        return Ok(StreamSelection {
            video,
            audio: found("audio", audio_codec),
        });
    }
    match streams.iter().find(|stream| stream.media() == "video") {
        Some(other) => {
            let name: String = other
                .encoding_name()
                .chars()
                .filter(|c| c.is_ascii_graphic())
                .take(20)
                .collect();
            Err(format!("codec {} cannot be shown", name.to_uppercase()))
        }
        None => Err("the recorder sends no picture under this address".to_owned()),
    }
}

fn video_codec(stream: &Stream) -> Option<Codec> {
    match stream.encoding_name() {
        "h264" => Some(Codec::H264),
        "h265" => Some(Codec::H265),
        _ => None,
    }
}

fn audio_codec(stream: &Stream) -> Option<Codec> {
    let is_mono = stream.channels().is_none_or(|n| n.get() == 1);
    match stream.encoding_name() {
        "pcmu" if stream.clock_rate_hz() == 8_000 && is_mono => Some(Codec::Pcmu),
        "pcma" if stream.clock_rate_hz() == 8_000 && is_mono => Some(Codec::Pcma),
        _ => None,
    }
}

fn size_of(stream: &Stream) -> Option<(u32, u32)> {
    match stream.parameters() {
        Some(ParametersRef::Video(video)) => Some(video.pixel_dimensions()),
        _ => None,
    }
}
