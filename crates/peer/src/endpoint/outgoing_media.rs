//! The sending half of an endpoint: a queue and a timeline per slot, the payload type for each
//! picture, and audio.

use std::sync::Arc;
use std::time::Instant;

use str0m::Rtc;
use str0m::format::Codec;
use str0m::media::{Frequency, MediaTime, Mid, Pt};

use super::command::{Media, Negotiated};
use crate::frame::{AudioCodec, Frame, Sound, VideoCodec, h264_profile};
use crate::limits;
use crate::slot_queue::SlotQueue;
use crate::timeline::{Stamp, Timeline};

/// All that an endpoint sends.
#[derive(Debug, Default)]
pub(super) struct OutgoingMedia {
    video: Vec<VideoSlot>,
    audio: Option<AudioLine>,
    next_slot: usize,
    has_sent: bool,
}

#[derive(Debug)]
struct VideoSlot {
    mid: Mid,
    queue: SlotQueue,
    timeline: Timeline,
    payload_types: Vec<VideoType>,
    current: Option<Pt>,
}

#[derive(Debug, Clone, Copy)]
struct VideoType {
    pt: Pt,
    codec: VideoCodec,
    profile: Option<u8>,
}

#[derive(Debug)]
struct AudioLine {
    mid: Mid,
    timeline: Timeline,
    payload_types: Vec<(Pt, AudioCodec)>,
}

impl OutgoingMedia {
    pub(super) fn add_video(&mut self, mid: Mid, now: Instant) {
        self.video.push(VideoSlot {
            mid,
            queue: SlotQueue::default(),
            timeline: Timeline::new(now, 90_000),
            payload_types: Vec::new(),
            current: None,
        });
    }

    pub(super) fn set_audio(&mut self, mid: Mid, now: Instant) {
        self.audio = Some(AudioLine {
            mid,
            timeline: Timeline::new(now, 8_000),
            payload_types: Vec::new(),
        });
    }

    /// Reads the other side's answer from `rtc`.
    pub(super) fn negotiated(&mut self, rtc: &mut Rtc) -> Negotiated {
        for slot in &mut self.video {
            slot.payload_types = video_types(rtc, slot.mid);
            if let Some(stream) = rtc.direct_api().stream_tx_by_mid(slot.mid, None) {
                stream.set_rtx_cache(limits::RTX_PACKETS, limits::RTX_AGE, None);
                // The egress decides when pictures leave. An estimate paces only what it tries the path with.
                stream.set_unpaced(true);
            }
        }
        if let Some(line) = &mut self.audio {
            line.payload_types = audio_types(rtc, line.mid);
        }
        Negotiated {
            video: self.video.iter().map(VideoSlot::codecs).collect(),
            audio: self
                .audio
                .iter()
                .flat_map(|line| line.payload_types.iter().map(|(_, codec)| *codec))
                .collect(),
        }
    }

    pub(super) fn slot_of(&self, mid: Mid) -> Option<u8> {
        let position = self.video.iter().position(|slot| slot.mid == mid)?;
        u8::try_from(position).ok()
    }

    /// Queues pictures; returns audio, which does not wait.
    pub(super) fn take(&mut self, media: Media) -> Option<Sound> {
        match media {
            Media::Video(slot, frame) => self.push(slot, [frame]),
            Media::Burst(slot, frames) => self.push(slot, frames),
            Media::Sound(sound) => return Some(sound),
        }
        None
    }

    fn push(&mut self, slot: u8, frames: impl IntoIterator<Item = Frame>) {
        if let Some(slot) = self.video.get_mut(usize::from(slot)) {
            for frame in frames {
                slot.queue.push(frame);
            }
        }
    }

    pub(super) fn clear(&mut self, slot: u8) {
        if let Some(slot) = self.video.get_mut(usize::from(slot)) {
            slot.queue.clear();
        }
    }

    pub(super) fn n_waiting_bytes(&self) -> usize {
        self.video.iter().map(|slot| slot.queue.n_bytes()).sum()
    }

    pub(super) fn n_dropped(&self) -> u64 {
        self.video.iter().map(|slot| slot.queue.n_dropped()).sum()
    }

    pub(super) fn has_frames(&self) -> bool {
        self.video.iter().any(|slot| !slot.queue.is_empty())
    }

    /// Passes the next picture to str0m, alternating between slots. `None`: nothing is waiting.
    /// `Some(true)`: it was the first of this connection.
    pub(super) fn write_next(&mut self, rtc: &mut Rtc, now: Instant) -> Option<bool> {
        let n_slots = self.video.len();
        let index = (0..n_slots)
            .map(|step| (self.next_slot + step) % n_slots)
            .find(|index| !self.video[*index].queue.is_empty())?;
        self.next_slot = (index + 1) % n_slots;
        let is_written = self.video[index].write_next(rtc, now);
        let is_first = is_written && !self.has_sent;
        self.has_sent |= is_written;
        Some(is_first)
    }

    /// The packets of a piece of audio, to be written one by one.
    pub(super) fn sound_packets(&mut self, sound: &Sound, now: Instant) -> Vec<SoundPacket> {
        let Some(line) = &mut self.audio else {
            return Vec::new();
        };
        let Some(&(pt, _)) = line
            .payload_types
            .iter()
            .find(|(_, codec)| *codec == sound.codec)
        else {
            return Vec::new();
        };
        let mut time = sound.time;
        let mut packets = Vec::new();
        for piece in sound.data.chunks(limits::MAX_SOUND_BYTES) {
            let stamp = Stamp {
                source: sound.source,
                time,
                arrived: sound.arrived,
                is_cached: false,
            };
            packets.push(SoundPacket {
                mid: line.mid,
                pt,
                time: line.timeline.next(stamp, now),
                data: Arc::from(piece),
            });
            time += piece.len() as u64;
        }
        packets
    }
}

/// One RTP packet of sound.
#[derive(Debug)]
pub(super) struct SoundPacket {
    mid: Mid,
    pt: Pt,
    time: u64,
    data: Arc<[u8]>,
}

impl SoundPacket {
    pub(super) fn write(self, rtc: &mut Rtc, now: Instant) {
        let Some(writer) = rtc.writer(self.mid) else {
            return;
        };
        let time = MediaTime::new(self.time, Frequency::EIGHT_KHZ);
        if let Err(error) = writer.write(self.pt, now, time, self.data) {
            tracing::debug!(%error, "could not send audio");
        }
    }
}

impl VideoSlot {
    fn codecs(&self) -> Vec<VideoCodec> {
        let mut codecs: Vec<_> = self.payload_types.iter().map(|kind| kind.codec).collect();
        codecs.sort();
        codecs.dedup();
        codecs
    }

    fn write_next(&mut self, rtc: &mut Rtc, now: Instant) -> bool {
        let Some(frame) = self.queue.pop() else {
            return false;
        };
        // Only a key frame may change it: a decoder must keep the pictures it builds on.
        if frame.is_key || self.current.is_none() {
            self.current = self.payload_type(&frame);
        }
        let stamp = Stamp {
            source: frame.source,
            time: frame.time,
            arrived: frame.arrived,
            is_cached: frame.is_cached,
        };
        let (Some(pt), Some(writer)) = (self.current, rtc.writer(self.mid)) else {
            return false;
        };
        let time = MediaTime::from_90khz(self.timeline.next(stamp, now));
        match writer.write(pt, now, time, Arc::<[u8]>::from(&frame.data[..])) {
            Ok(()) => true,
            Err(error) => {
                tracing::debug!(%error, "could not send a picture");
                false
            }
        }
    }

    /// The payload type with the profile of the picture, or else the first one of its codec:
    /// browsers play High profile under a Baseline payload type.
    fn payload_type(&self, frame: &Frame) -> Option<Pt> {
        let profile = match frame.codec {
            VideoCodec::H264 => h264_profile(&frame.data),
            VideoCodec::H265 => None,
        };
        let of_codec = || {
            self.payload_types
                .iter()
                .filter(|kind| kind.codec == frame.codec)
        };
        of_codec()
            .find(|kind| profile.is_some() && kind.profile == profile)
            .or_else(|| of_codec().next())
            .map(|kind| kind.pt)
    }
}

fn video_types(rtc: &mut Rtc, mid: Mid) -> Vec<VideoType> {
    let Some(writer) = rtc.writer(mid) else {
        return Vec::new();
    };
    writer
        .payload_params()
        .filter_map(|params| {
            let spec = params.spec();
            let codec = match spec.codec {
                Codec::H264 => VideoCodec::H264,
                Codec::H265 => VideoCodec::H265,
                _ => return None,
            };
            let profile = spec.format.profile_level_id.map(|id| (id >> 16) as u8);
            Some(VideoType {
                pt: params.pt(),
                codec,
                profile,
            })
        })
        .collect()
}

fn audio_types(rtc: &mut Rtc, mid: Mid) -> Vec<(Pt, AudioCodec)> {
    let Some(writer) = rtc.writer(mid) else {
        return Vec::new();
    };
    writer
        .payload_params()
        .filter_map(|params| match params.spec().codec {
            Codec::PCMU => Some((params.pt(), AudioCodec::Pcmu)),
            Codec::PCMA => Some((params.pt(), AudioCodec::Pcma)),
            _ => None,
        })
        .collect()
}
