//! One RTSP session: the tracks that a client has set up on a stream, and when the next packets are
//! due. It joins the stream at its current position; a client waits for the next key frame, as with
//! a real recorder.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::transport::TrackTransport;
use crate::clips::CHIME;
use crate::limits::MAX_LAG;
use crate::rtp::{self, PCMU_TYPE, RtpSource, VIDEO_TYPE};
use crate::shared::{SessionSlot, Shared, SimulatedStream};
use crate::timeline::{self, frame_due, next_frame, video_time};

/// Samples of audio in one packet: 20 ms at 8 kHz.
const AUDIO_STEP: usize = 160;
const AUDIO_STEP_TIME: Duration = Duration::from_millis(20);
const AUDIO_RATE: u32 = 8000;
const VIDEO_RATE: u32 = 90_000;

/// A session of one client on one stream.
pub(crate) struct RtspSession {
    pub(crate) id: String,
    pub(crate) stream: SimulatedStream,
    pub(crate) is_playing: bool,
    pub(crate) last_seen: Duration,
    shared: Arc<Shared>,
    video: Option<Track>,
    audio: Option<Track>,
    next_frame: u64,
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
            id: format!("{:010}", crate::random::number() % 10_000_000_000),
            stream,
            is_playing: false,
            last_seen: shared.now(),
            shared: shared.clone(),
            video: None,
            audio: None,
            next_frame: 0,
            next_audio: 0,
            next_report: Duration::ZERO,
            _slot: slot,
        })
    }

    /// Whether the stream has this track.
    pub(crate) fn has_track(stream: &SimulatedStream, track: u8) -> bool {
        track == 1 || (track == 2 && stream.has_audio)
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
        if track == 1 {
            self.video = None;
        } else {
            self.audio = None;
        }
    }

    /// Sets up a track and returns its source number.
    pub(crate) fn add_track(&mut self, track: u8, transport: TrackTransport) -> u32 {
        let (place, payload_type) = if track == 1 {
            (&mut self.video, VIDEO_TYPE)
        } else {
            (&mut self.audio, PCMU_TYPE)
        };
        let source = RtpSource::new(payload_type, crate::random::number());
        let ssrc = source.ssrc;
        *place = Some(Track { transport, source });
        ssrc
    }

    pub(crate) fn has_tracks(&self) -> bool {
        self.tracks().next().is_some()
    }

    fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.video.iter().chain(&self.audio)
    }

    /// Starts sending at the stream's live position. Returns the value of `RTP-Info` below `base`.
    pub(crate) fn play(&mut self, base: &str) -> String {
        let now = self.shared.now();
        if !self.is_playing {
            self.is_playing = true;
            self.next_frame = next_frame(self.stream.clip, now);
            self.next_audio = next_audio(now);
            self.next_report = now;
        }
        let video = self.video.as_ref().map(|track| {
            let time = video_time(self.stream.clip, self.next_frame);
            (1, &track.source, time)
        });
        let audio = self
            .audio
            .as_ref()
            .map(|track| (2, &track.source, audio_time(self.next_audio)));
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
        if self.audio.is_some() {
            due = due.min(audio_due(self.next_audio));
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
        let clip = self.stream.clip;
        let timeline = self.shared.timeline(&self.stream);
        if now > frame_due(clip, self.next_frame) + MAX_LAG {
            // After a gap a decoder can only go on at a key frame.
            self.next_frame = timeline.next_key_frame(clip, next_frame(clip, now));
        }
        while frame_due(clip, self.next_frame) <= now {
            let time = video_time(clip, self.next_frame);
            let frame = &clip.frames[timeline.clip_index(clip, self.next_frame)];
            let mut units = frame.nals.iter().peekable();
            while let Some(nal) = units.next() {
                let payloads = rtp::payloads(clip.codec, nal);
                let last = payloads.len() - 1;
                for (at, payload) in payloads.iter().enumerate() {
                    // The marker bit ends a picture (RFC 6184 §5.1, RFC 7798 §4.1).
                    let ends_frame = at == last && units.peek().is_none();
                    let packet = track.source.packet(ends_frame, time, payload);
                    track.transport.send(out, &packet);
                }
            }
            self.next_frame += 1;
        }
    }

    fn send_audio(&mut self, now: Duration, out: &mut Vec<u8>) {
        let Some(track) = &mut self.audio else {
            return;
        };
        if now > audio_due(self.next_audio) + MAX_LAG {
            self.next_audio = next_audio(now);
        }
        while audio_due(self.next_audio) <= now {
            let step = usize::try_from(self.next_audio % (CHIME.len() / AUDIO_STEP) as u64)
                .expect("a place in the chime fits");
            let samples = &CHIME[step * AUDIO_STEP..(step + 1) * AUDIO_STEP];
            let time = audio_time(self.next_audio);
            let packet = track.source.packet(false, time, samples);
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
        let rates = [(&self.video, VIDEO_RATE), (&self.audio, AUDIO_RATE)];
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

fn next_audio(now: Duration) -> u64 {
    let step = AUDIO_STEP_TIME.as_nanos();
    u64::try_from(now.as_nanos().div_ceil(step)).expect("centuries of packets fit")
}

fn audio_due(packet: u64) -> Duration {
    Duration::from_millis(packet * 20)
}

fn audio_time(packet: u64) -> u32 {
    timeline::wrap(packet.wrapping_mul(AUDIO_STEP as u64))
}
