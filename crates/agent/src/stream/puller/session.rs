//! RTSP sessions: login, tracks, frames.

use std::sync::Arc;
use std::time::Instant;

use proto::reason::Reason;
use rtsp::client::{
    ClientConfig, PlayOptions, RtspEnd, RtspInput, RtspOutput, TrackChoice, TransportPolicy,
};
use rtsp::frame::{Frame, FrameKind as RtspFrameKind};
use rtsp::login::Credentials;
use sound::SoundSource;
use tokio::sync::Notify;

use super::connection::{CameraConnection, ConnectionEvent, PlayedConnection};
use super::key_frames::KeyFrames;
use super::reason::{SessionEnd, end_of};
use super::sound::{CameraSound, sound_name, source_of};
use super::tracks::ChosenTracks;
use crate::config::RtpTransport;
use crate::limits::{KEY_FRAME_AGAIN, LATE_KEY_FRAME, MAX_FRAME_BYTES, PLAY_ON_AFTER_LOSS};
use crate::stream::clock::RtpClock;
use crate::stream::hub::Hub;
use crate::stream::login::LoginPermit;
use crate::stream::sessions::Sessions;
use crate::stream::source::Source;
use crate::stream::{Codec, FrameKind, StreamFrame, StreamState};

const USER_AGENT: &str = concat!("Peerview/", env!("CARGO_PKG_VERSION"));

/// What is kept from one session of a stream to the next.
pub(super) struct StreamSession {
    hub: Hub,
    epoch: Instant,
    on_state: Arc<Notify>,
    key_frames: KeyFrames,
    video_clock: RtpClock,
    sound: CameraSound,
    /// Whether the last session produced a picture.
    has_played: bool,
    /// Since when pictures are held back, because one that they depend on is missing.
    lost_at: Option<Instant>,
    /// When a key frame was last asked for.
    asked_at: Option<Instant>,
    /// Since when pictures come without a key frame, and whether the list of cameras says so.
    no_key_frame: Option<(Instant, bool)>,
}

/// What became of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Published {
    Going,
    /// A picture is missing from here on: the next one that can be shown is a key frame.
    Lost,
}

impl StreamSession {
    pub(super) fn new(
        hub: Hub,
        epoch: Instant,
        on_state: Arc<Notify>,
        key_frames: KeyFrames,
    ) -> StreamSession {
        StreamSession {
            hub,
            epoch,
            on_state,
            key_frames,
            video_clock: RtpClock::new(90_000),
            sound: CameraSound::new(),
            has_played: false,
            lost_at: None,
            no_key_frame: None,
            asked_at: None,
        }
    }

    /// Whether the last session produced a picture.
    pub(super) fn has_played(&self) -> bool {
        self.has_played
    }

    /// Plays until the stream ends or fails; further connections that the camera demands are part of it.
    /// What is in `open` afterwards, also where this is dropped meanwhile, is to be torn down.
    pub(super) async fn play(
        &mut self,
        source: &Source,
        sessions: &Sessions,
        open: &mut Option<PlayedConnection>,
    ) -> SessionEnd {
        self.has_played = false;
        let mut config = client_config(source);
        loop {
            self.video_clock.restart();
            self.sound.restart();
            self.lost_at = None;
            self.no_key_frame = None;
            self.asked_at = None;
            match self.play_connection(config, source, sessions, open).await {
                Err(end) => return end,
                Ok(RtspEnd::Again(again)) => config = within_tls(*again),
                Ok(RtspEnd::Done) => return SessionEnd::Failed(Reason::Closed),
                Ok(RtspEnd::Failed(error)) => {
                    tracing::debug!("RTSP: {error}");
                    return end_of(&error);
                }
            }
        }
    }

    async fn play_connection(
        &mut self,
        config: ClientConfig,
        source: &Source,
        sessions: &Sessions,
        open: &mut Option<PlayedConnection>,
    ) -> Result<RtspEnd, SessionEnd> {
        let permit = source.gate.enter().await;
        let permit = permit.map_err(|refused_before| SessionEnd::Refused(refused_before.0))?;
        let is_udp = config.transport.is_udp();
        let connection = CameraConnection::open(config, &source.certificate).await;
        let connection = connection.map_err(|it| {
            let is_full = it.is_turned_away && sessions.is_any_open();
            SessionEnd::Failed(if is_full { Reason::Full } else { it.reason })
        })?;
        let PlayedConnection {
            connection,
            session,
        } = open.insert(PlayedConnection::new(connection));
        let mut permit = Some(permit);
        let mut video = None;
        loop {
            match connection.next().await {
                ConnectionEvent::Client(RtspOutput::Frame { frame, track }) => match frame.kind {
                    RtspFrameKind::Sound => {
                        let source = connection.receiver(track).and_then(source_of);
                        self.publish_sound(frame, source);
                    }
                    RtspFrameKind::Key | RtspFrameKind::Delta => {
                        if self.publish(frame) == Published::Lost {
                            self.ask_for_key_frame(connection, track);
                        }
                    }
                },
                ConnectionEvent::Client(RtspOutput::Described(description)) => {
                    if let Some(permit) = permit.take() {
                        permit.accepted();
                    }
                    let tracks = ChosenTracks::of(&description).map_err(SessionEnd::Failed)?;
                    set_up(connection, &tracks, is_udp).await;
                    connection.watch_pictures(tracks.video);
                    video = Some(tracks.video);
                }
                ConnectionEvent::Client(RtspOutput::Playing(_)) => {
                    session.get_or_insert_with(|| sessions.opened());
                    // Nobody waits for a stream that is only kept warm.
                    if let Some(video) = video
                        && *self.hub.n_subscribers().borrow() > 0
                    {
                        self.ask_for_key_frame(connection, video);
                    }
                }
                ConnectionEvent::Client(RtspOutput::Ended(end)) => {
                    report_login(&end, permit.take(), source);
                    *open = None;
                    return Ok(end);
                }
                ConnectionEvent::Client(_) => {}
                ConnectionEvent::NoPictures(reason) => return Err(SessionEnd::Failed(reason)),
            }
        }
    }

    /// Asks the recorder, if it has a request for it, and the camera over RTCP: each knows at most one of them.
    fn ask_for_key_frame(&mut self, connection: &mut CameraConnection, video: usize) {
        let now = Instant::now();
        let is_asked = |at: Instant| now - at < KEY_FRAME_AGAIN;
        if self.asked_at.is_some_and(is_asked) {
            return;
        }
        self.asked_at = Some(now);
        self.key_frames.ask();
        connection.feed(RtspInput::KeyFrame { track: video });
    }

    fn publish(&mut self, frame: Frame) -> Published {
        let arrived = Instant::now();
        let is_key = frame.kind == RtspFrameKind::Key;
        let is_oversized = frame.data.len() > MAX_FRAME_BYTES;
        if is_oversized {
            tracing::debug!(bytes = frame.data.len(), "dropped an oversized picture");
        }
        let mut published = Published::Going;
        if (is_oversized || frame.is_after_loss && !is_key) && self.lost_at.is_none() {
            self.lost_at = Some(arrived);
            published = Published::Lost;
        }
        let Some(codec) = codec(frame.codec) else {
            return published;
        };
        if is_oversized || !is_key && !self.is_decodable(arrived) {
            return published;
        }
        self.lost_at = None;
        if is_key {
            self.show(codec, frame.size.unwrap_or_default());
        }
        self.hub.publish(StreamFrame {
            kind: match is_key {
                true => FrameKind::VideoKey,
                false => FrameKind::VideoDelta,
            },
            codec,
            rtp_time: self
                .video_clock
                .time_of(frame.rtp_time, arrived - self.epoch),
            data: frame.data,
            arrived,
            size: frame.size,
        });
        published
    }

    /// Whether a picture that depends on earlier ones is shown.
    fn is_decodable(&mut self, arrived: Instant) -> bool {
        if !self.has_played {
            self.wait_for_key_frame(arrived);
            return false;
        }
        // On a camera with 40 seconds between key frames, flaws are better than a still picture.
        self.lost_at
            .is_none_or(|lost_at| arrived - lost_at >= PLAY_ON_AFTER_LOSS)
    }

    /// Viewers learn it at once. The list of cameras says it later, because it is usual at every start.
    fn wait_for_key_frame(&mut self, arrived: Instant) {
        self.hub.set_state(StreamState::NoKeyFrame);
        let (since, is_told) = self.no_key_frame.get_or_insert((arrived, false));
        if !*is_told && arrived - *since >= LATE_KEY_FRAME {
            *is_told = true;
            self.on_state.notify_one();
        }
    }

    fn show(&mut self, codec: Codec, (width, height): (u32, u32)) {
        self.has_played = true;
        self.hub.set_state(StreamState::Playing {
            codec,
            width,
            height,
        });
        self.on_state.notify_one();
    }

    fn publish_sound(&mut self, frame: Frame, source: Option<SoundSource>) {
        self.hub.sound_passes(sound_name(frame.codec));
        // Decoding costs something, and what nobody hears need not be kept.
        if *self.hub.n_subscribers().borrow() == 0 {
            return;
        }
        let arrived = Instant::now();
        let packets = self
            .sound
            .take(frame, source, arrived, arrived - self.epoch);
        for packet in packets {
            self.hub.publish(packet);
        }
    }
}

pub(super) fn client_config(source: &Source) -> ClientConfig {
    let credentials = source
        .login
        .as_ref()
        .map(|login| Credentials::new(login.user.clone(), login.password.reveal().to_owned()));
    let mut config = ClientConfig::new(source.address.clone(), credentials, USER_AGENT);
    // Within TLS, too: at first sight of a certificate somebody else may be at the other end, who would only have
    // to ask for it.
    config.is_basic_allowed = source.is_basic_allowed;
    config.transport = match source.transport {
        RtpTransport::Tcp => TransportPolicy::TcpThenUdp,
        RtpTransport::Udp => TransportPolicy::UdpThenTcp,
    };
    within_tls(config)
}

/// Within TLS, packets over UDP would show the pictures to everybody on the way.
pub(super) fn within_tls(mut config: ClientConfig) -> ClientConfig {
    if config.address.is_tls {
        config.transport = TransportPolicy::Tcp;
    }
    config
}

/// Sets the tracks up and plays them. A track without ports is requested over TCP.
async fn set_up(connection: &mut CameraConnection, tracks: &ChosenTracks, is_udp: bool) {
    let mut choices = Vec::new();
    let audio = tracks.audio.map(|track| (track, false));
    for (track, is_required) in std::iter::once((tracks.video, true)).chain(audio) {
        let ports = match is_udp {
            true => connection.open_ports(track).await.ok(),
            false => None,
        };
        choices.push(TrackChoice {
            track,
            is_required,
            ports,
        });
    }
    connection.feed(RtspInput::SetUp(choices));
    connection.feed(RtspInput::Play(PlayOptions::default()));
}

/// Tells the login's gate how an attempt went that ended before the camera described its stream.
pub(super) fn report_login(end: &RtspEnd, permit: Option<LoginPermit<'_>>, source: &Source) {
    let RtspEnd::Failed(error) = end else {
        return;
    };
    match (end_of(error), permit) {
        (SessionEnd::Refused(reason), permit) => {
            tracing::error!(stream.host = source.address.host, "RTSP: {reason}");
            match permit {
                Some(permit) => permit.refused(&reason),
                None => source.gate.refuse(&reason),
            }
        }
        // Any other answer means that the login was accepted or not required.
        (SessionEnd::Failed(reason), Some(permit)) if is_answer(&reason) => permit.accepted(),
        _ => {}
    }
}

/// Whether the recorder said this itself.
fn is_answer(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Forbidden | Reason::NoStream | Reason::Full | Reason::Status(_) | Reason::NoVideo
    )
}

fn codec(codec: rtsp::frame::Codec) -> Option<Codec> {
    match codec {
        rtsp::frame::Codec::H264 => Some(Codec::H264),
        rtsp::frame::Codec::H265 => Some(Codec::H265),
        rtsp::frame::Codec::Jpeg => Some(Codec::Jpeg),
        _ => None,
    }
}
