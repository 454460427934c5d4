//! One RTSP session: the tracks that a client has set up on a stream, and when the next packets are
//! due. It joins the stream at its current position; a client waits for the next key frame, as with
//! a real recorder.

use std::borrow::Cow;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::transport::TrackTransport;
use crate::clips::{Clip, ClipFrame, nal_type};
use crate::config::ClipCodec;
use crate::faults::CameraFault;
use crate::law::ulaw_of;
use crate::limits::MAX_LAG;
use crate::look::PictureLook;
use crate::rtp::{self, PCMU_TYPE, RtpSource};
use crate::shared::{SessionSlot, Shared, SimulatedStream};
use crate::timeline::{self, frame_due, next_frame, video_time};

const VIDEO_RATE: u32 = 90_000;
/// Type of the parameter set of H.264 pictures (ITU-T H.264 table 7-1).
const PICTURE_PARAMETERS: u8 = 8;
/// Type of a slice of a key picture.
const KEY_PICTURE: u8 = 5;

/// Type and format of the RTCP packet that says that a picture is lost (RFC 4585 §6.3.1).
const PAYLOAD_FEEDBACK: u8 = 206;
const PICTURE_LOSS: u8 = 1;

/// A session of one client on one stream.
pub(crate) struct RtspSession {
    pub(crate) id: String,
    pub(crate) stream: SimulatedStream,
    pub(crate) is_playing: bool,
    pub(crate) last_seen: Duration,
    shared: Arc<Shared>,
    video: Option<Track>,
    audio: Option<Track>,
    /// Where the client talks.
    talk: Option<Track>,
    /// How much of what is said through the camera this client has heard.
    heard: u64,
    next_frame: u64,
    /// The scene in the picture; another one begins with a key frame.
    shown: &'static Clip,
    /// What its image settings make of it; other ones begin with a key frame, too.
    look: PictureLook,
    next_audio: u64,
    next_report: Duration,
    /// Frees the slot when the session is dropped.
    _slot: SessionSlot,
}

struct Track {
    transport: TrackTransport,
    source: RtpSource,
}

impl RtspSession {
    /// Opens a session without tracks, or returns nothing if the recorder has reached its limit.
    pub(crate) fn open(shared: &Arc<Shared>, stream: SimulatedStream) -> Option<Self> {
        let slot = SessionSlot::take(shared, stream.number)?;
        Some(Self {
            shown: shared.shown(&stream),
            look: look_of(shared, &stream),
            id: format!("{:010}", crate::random::number() % 10_000_000_000),
            stream,
            is_playing: false,
            last_seen: shared.now(),
            shared: shared.clone(),
            video: None,
            audio: None,
            talk: None,
            heard: 0,
            next_frame: 0,
            next_audio: 0,
            next_report: Duration::ZERO,
            _slot: slot,
        })
    }

    /// Whether the stream has this track.
    pub(crate) fn has_track(stream: &SimulatedStream, track: u8) -> bool {
        match track {
            1 => true,
            2 => stream.sound.is_some(),
            3 => stream.has_talk,
            _ => false,
        }
    }

    /// Two channels that no other track of this session uses.
    pub(crate) fn free_channels(&self) -> (u8, u8) {
        (0..=u8::MAX - 1)
            .step_by(2)
            .map(|first| (first, first + 1))
            .find(|pair| !self.uses_channel(*pair))
            .expect("two tracks leave channels free")
    }

    /// Whether a track other than the one being set up uses one of these channels.
    pub(crate) fn uses_channel(&self, (first, second): (u8, u8)) -> bool {
        self.tracks().any(|track| match track.transport {
            TrackTransport::Interleaved { rtp, rtcp } => {
                [rtp, rtcp].contains(&first) || [rtp, rtcp].contains(&second)
            }
            TrackTransport::Udp { .. } => false,
        })
    }

    /// Removes a track before it is set up again.
    pub(crate) fn clear_track(&mut self, track: u8) {
        *self.place(track) = None;
    }

    /// Sets up a track and returns its source number.
    pub(crate) fn add_track(&mut self, track: u8, transport: TrackTransport) -> u32 {
        let sound_type = self.stream.sound.map(|sound| sound.payload_type);
        let payload_type = match track {
            1 => rtp::video_type(self.stream.clip.codec),
            2 => sound_type.unwrap_or(PCMU_TYPE),
            _ => self.stream.talk_type,
        };
        let source = RtpSource::new(payload_type, crate::random::number());
        let ssrc = source.ssrc;
        *self.place(track) = Some(Track { transport, source });
        ssrc
    }

    fn place(&mut self, track: u8) -> &mut Option<Track> {
        match track {
            1 => &mut self.video,
            2 => &mut self.audio,
            _ => &mut self.talk,
        }
    }

    /// Takes what the client sends on a channel.
    pub(crate) fn hear(&self, channel: u8, packet: &[u8]) {
        let video = self.video.as_ref().map(|video| &video.transport);
        let is_rtcp =
            matches!(video, Some(TrackTransport::Interleaved { rtcp, .. }) if *rtcp == channel);
        if is_rtcp && wants_key_frame(packet) {
            self.shared.note_picture_loss(&self.stream);
        }
        let Some(talk) = &self.talk else {
            return;
        };
        let is_it =
            matches!(talk.transport, TrackTransport::Interleaved { rtp, .. } if rtp == channel);
        // G.711 behind the fixed header of RTP (RFC 3550 §5.1).
        if let (true, Some((header, said))) = (is_it, packet.split_first_chunk::<12>())
            && header[0] == 0x80
            && header[1] & 0x7f == self.stream.talk_type
        {
            if self.stream.talk_type == PCMU_TYPE {
                self.shared.say(&self.stream, said);
            } else {
                let said: Vec<u8> = said.iter().map(|byte| ulaw_of(*byte)).collect();
                self.shared.say(&self.stream, &said);
            }
        }
    }

    pub(crate) fn has_tracks(&self) -> bool {
        self.tracks().next().is_some()
    }

    fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.video.iter().chain(&self.audio).chain(&self.talk)
    }

    /// Starts sending at the stream's live position. Returns the value of `RTP-Info` below `base`.
    pub(crate) fn play(&mut self, base: &str) -> String {
        let now = self.shared.now();
        if !self.is_playing {
            self.is_playing = true;
            self.next_frame = next_frame(self.stream.clip, now);
            self.next_audio = self.stream.sound.map_or(0, |sound| sound.next_packet(now));
            self.next_report = now;
            self.heard = self.shared.echo(&self.stream, |echo| echo.now());
        }
        let video = self.video.as_ref().map(|track| {
            let time = video_time(self.stream.clip, self.next_frame);
            (1, &track.source, time)
        });
        let audio = std::iter::zip(&self.audio, self.stream.sound)
            .map(|(track, sound)| (2, &track.source, sound.time(self.next_audio)));
        let parts = video.into_iter().chain(audio).map(|(id, source, time)| {
            let sequence = source.sequence;
            let time = source.rtp_time(time);
            format!("url={base}/trackID={id};seq={sequence};rtptime={time}")
        });
        parts.collect::<Vec<_>>().join(",")
    }

    /// When to call `send_due` next, on the recorder's clock.
    pub(crate) fn next_due(&self) -> Duration {
        let expires = self.last_seen + self.shared.config.session_timeout;
        if !self.is_playing {
            return expires;
        }
        let mut due = expires;
        if self.video.is_some() {
            due = due.min(frame_due(self.stream.clip, self.next_frame));
        }
        if let (Some(_), Some(sound)) = (&self.audio, self.stream.sound) {
            due = due.min(sound.due(self.next_audio));
        }
        if self.shared.config.sender_reports.is_some() {
            due = due.min(self.next_report);
        }
        due
    }

    /// Whether the client has been silent for too long.
    pub(crate) fn is_expired(&self) -> bool {
        self.shared.now() >= self.last_seen + self.shared.config.session_timeout
    }

    /// Sends what is due: packets for the RTSP connection into `out`, the rest over UDP.
    pub(crate) fn send_due(&mut self, out: &mut Vec<u8>) {
        if !self.is_playing {
            return;
        }
        let now = self.shared.now();
        self.send_reports(now, out);
        self.send_video(now, out);
        self.send_audio(now, out);
    }

    fn send_video(&mut self, now: Duration, out: &mut Vec<u8>) {
        let Some(track) = &mut self.video else {
            return;
        };
        let (clip, fault) = (self.stream.clip, self.stream.fault);
        let timeline = self.shared.timeline(&self.stream);
        let (shown, look) = (
            self.shared.shown(&self.stream),
            look_of(&self.shared, &self.stream),
        );
        if now > frame_due(clip, self.next_frame) + MAX_LAG {
            // After a gap a decoder can only go on at a key frame.
            self.next_frame = timeline.next_key_frame(clip, next_frame(clip, now));
        }
        while frame_due(clip, self.next_frame) <= now {
            let time = video_time(clip, self.next_frame);
            let index = timeline.clip_index(clip, self.next_frame);
            self.next_frame += 1;
            let is_key = clip.frames[index].is_key;
            if is_key {
                (self.shown, self.look) = (shown, look);
            }
            if fault == Some(CameraFault::Mpeg4)
                || (is_key && fault == Some(CameraFault::NoKeyFrames))
            {
                continue;
            }
            let frame = &self.shown.frames[index];
            let mut units = frame.nals.iter().peekable();
            while let Some(nal) = units.next() {
                let nal = developed(clip.codec, frame, nal, self.look);
                let payloads = rtp::payloads(clip.codec, &nal);
                let last = payloads.len() - 1;
                for (at, payload) in payloads.iter().enumerate() {
                    // The marker bit ends a picture (RFC 6184 §5.1, RFC 7798 §4.1).
                    let ends_frame = at == last && units.peek().is_none();
                    let packet = track.source.packet(ends_frame, time, payload);
                    track.transport.send(out, &packet);
                }
            }
        }
        if !std::ptr::eq(self.shown, shown) || self.look != look {
            self.shared.hurry_key_frame(&self.stream);
        }
    }

    fn send_audio(&mut self, now: Duration, out: &mut Vec<u8>) {
        let (Some(track), Some(sound)) = (&mut self.audio, self.stream.sound) else {
            return;
        };
        if now > sound.due(self.next_audio) + MAX_LAG {
            self.next_audio = sound.next_packet(now);
        }
        while sound.due(self.next_audio) <= now {
            let time = sound.time(self.next_audio);
            let mut payload = sound.payload(self.next_audio);
            let said = self.shared.echo(&self.stream, |echo| {
                echo.hear(&mut self.heard, payload.len())
            });
            if let (Some(said), PCMU_TYPE) = (&said, sound.payload_type) {
                payload = said;
            }
            // AAC marks the end of every access unit (RFC 3640 §3.1).
            let packet = track.source.packet(sound.format.is_some(), time, payload);
            track.transport.send(out, &packet);
            self.next_audio += 1;
        }
    }

    fn send_reports(&mut self, now: Duration, out: &mut Vec<u8>) {
        let Some(distance) = self.shared.config.sender_reports else {
            return;
        };
        if now < self.next_report {
            return;
        }
        self.next_report = now + distance;
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos();
        let rates = [
            (&self.video, VIDEO_RATE),
            (&self.audio, self.stream.sound.map_or(1, |sound| sound.rate)),
        ];
        for (track, rate) in rates {
            if let Some(track) = track {
                let time = timeline::clock_time(rate, now);
                let report = track.source.sender_report(time, wall);
                track.transport.send_report(out, &report);
            }
        }
    }

    /// Ready when the client has sent something to one of the session's UDP ports.
    pub(crate) fn poll_heard(&self, cx: &mut Context<'_>) -> Poll<()> {
        for track in self.tracks() {
            if track.transport.poll_heard(cx).is_ready() {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}

/// What the image settings of its camera make of a stream.
fn look_of(shared: &Shared, stream: &SimulatedStream) -> PictureLook {
    let look = shared.image(stream.camera_index(), |image| PictureLook::of(image));
    look.unwrap_or_default()
}

/// A NAL unit of a frame as the image settings make it.
fn developed(
    codec: ClipCodec,
    frame: &ClipFrame,
    nal: &'static [u8],
    look: PictureLook,
) -> Cow<'static, [u8]> {
    if codec != ClipCodec::H264 {
        return Cow::Borrowed(nal);
    }
    let is_set = |nal: &&&[u8]| nal_type(codec, nal) == PICTURE_PARAMETERS;
    match nal_type(codec, nal) {
        PICTURE_PARAMETERS => Cow::Owned(look.of_parameter_set(nal)),
        KEY_PICTURE => {
            let set = frame.nals.iter().find(is_set).copied();
            Cow::Owned(look.of_key_picture(nal, set.unwrap_or_default()))
        }
        _ => Cow::Borrowed(nal),
    }
}

/// Whether compound RTCP says that a picture is lost.
fn wants_key_frame(mut compound: &[u8]) -> bool {
    while let [first, kind, high, low, ..] = *compound {
        if kind == PAYLOAD_FEEDBACK && first & 0x1f == PICTURE_LOSS {
            return true;
        }
        let length = 4 * (usize::from(u16::from_be_bytes([high, low])) + 1);
        compound = compound.get(length..).unwrap_or_default();
    }
    false
}
