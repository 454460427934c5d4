//! The receiving half of an endpoint: which m-line is which slot, and reassembly of pictures.

use bytes::Bytes;
use str0m::format::Codec;
use str0m::media::{MediaData, MediaKind, Mid};

use super::event::Event;
use crate::frame::{AudioCodec, Received, ReceivedAudio, VideoCodec};

/// All that an endpoint receives.
#[derive(Debug, Default)]
pub(super) struct IncomingMedia {
    video: Vec<VideoLine>,
}

#[derive(Debug)]
struct VideoLine {
    mid: Mid,
    /// str0m delivers the parameter sets of an H.265 key frame separately before the rest of it.
    parameter_sets: Option<(u64, Vec<u8>)>,
}

impl IncomingMedia {
    pub(super) fn add(&mut self, mid: Mid, kind: MediaKind) {
        if kind == MediaKind::Video {
            self.video.push(VideoLine {
                mid,
                parameter_sets: None,
            });
        }
    }

    pub(super) fn mid_of(&self, slot: u8) -> Option<Mid> {
        self.video.get(usize::from(slot)).map(|line| line.mid)
    }

    pub(super) fn take(&mut self, data: MediaData) -> Option<Event> {
        let codec = match data.params.spec().codec {
            Codec::H264 => VideoCodec::H264,
            Codec::H265 => VideoCodec::H265,
            Codec::PCMU => return Some(sound(AudioCodec::Pcmu, &data)),
            Codec::PCMA => return Some(sound(AudioCodec::Pcma, &data)),
            _ => return None,
        };
        let position = self.video.iter().position(|line| line.mid == data.mid)?;
        let line = &mut self.video[position];
        let time = data.time.numer();
        let mut unit = Vec::new();
        if let Some((its_time, sets)) = line.parameter_sets.take()
            && its_time == time
        {
            unit = sets;
        }
        unit.extend_from_slice(&data.data);
        if codec == VideoCodec::H265 && !has_h265_slice(&unit) {
            line.parameter_sets = Some((time, unit));
            return None;
        }
        let is_key = match codec {
            VideoCodec::H264 => data.is_keyframe(),
            VideoCodec::H265 => data.is_keyframe() || has_h265_parameter_sets(&unit),
        };
        Some(Event::Frame(Received {
            slot: u8::try_from(position).ok()?,
            codec,
            data: Bytes::from(unit),
            time,
            is_key,
            is_contiguous: data.contiguous,
        }))
    }
}

fn sound(codec: AudioCodec, data: &MediaData) -> Event {
    Event::Sound(ReceivedAudio {
        codec,
        data: Bytes::copy_from_slice(&data.data),
        time: data.time.numer(),
    })
}

fn h265_kinds(unit: &[u8]) -> impl Iterator<Item = u8> + '_ {
    unit.windows(4)
        .filter(|four| four[..3] == [0, 0, 1])
        .map(|four| (four[3] >> 1) & 0x3f)
}

fn has_h265_slice(unit: &[u8]) -> bool {
    // NAL unit types below 32 are slices (H.265 table 7-1).
    h265_kinds(unit).any(|kind| kind < 32)
}

fn has_h265_parameter_sets(unit: &[u8]) -> bool {
    // VPS, SPS and PPS; encoders put them before a key frame.
    h265_kinds(unit).any(|kind| (32..=34).contains(&kind))
}
