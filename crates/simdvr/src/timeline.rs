//! The position of a looping clip at a time of the recorder's clock. Pure: time is an argument.
//! Frames are numbered from the recorder's start and the numbers never restart; only the clip does.

use std::time::Duration;

use crate::clips::Clip;
use crate::limits::KEY_FRAME_INTERVAL;

/// Frames between a key frame request and the key frame, so that no session is past it.
const KEY_FRAME_DELAY: u64 = 3;

/// How far requested key frames have moved a stream's position in its clip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClipTimeline {
    /// The first frame that is moved by `shift`; earlier ones are moved by `shift_before`.
    from: u64,
    shift: u64,
    shift_before: u64,
}

impl ClipTimeline {
    /// The position of a frame in the clip.
    pub(crate) fn clip_index(&self, clip: &Clip, frame: u64) -> usize {
        let shift = if frame >= self.from {
            self.shift
        } else {
            self.shift_before
        };
        let length = clip.frames.len() as u64;
        usize::try_from((frame + shift) % length).expect("a clip's length fits")
    }

    /// The first key frame at or after `frame`.
    pub(crate) fn next_key_frame(&self, clip: &Clip, frame: u64) -> u64 {
        (frame..frame + clip.frames.len() as u64)
            .find(|n| clip.frames[self.clip_index(clip, *n)].is_key)
            .unwrap_or(frame)
    }

    /// Jumps to the clip's next key frame in a few frames, unless one was requested just before.
    pub(crate) fn request_key_frame(&mut self, clip: &Clip, now: Duration) {
        let from = next_frame(clip, now) + KEY_FRAME_DELAY;
        let quiet = next_frame(clip, KEY_FRAME_INTERVAL);
        if self.from != 0 && from < self.from + quiet {
            return;
        }
        let skipped = self.next_key_frame(clip, from) - from;
        self.from = from;
        self.shift_before = self.shift;
        self.shift += skipped;
    }
}

/// The first frame that is not due before `now`.
pub(crate) fn next_frame(clip: &Clip, now: Duration) -> u64 {
    let frames = (now.as_nanos() * u128::from(clip.fps)).div_ceil(1_000_000_000);
    u64::try_from(frames).expect("centuries of frames fit")
}

/// When a frame is due.
pub(crate) fn frame_due(clip: &Clip, frame: u64) -> Duration {
    let fps = u64::from(clip.fps);
    let nanos = (frame % fps) * 1_000_000_000 / fps;
    Duration::from_secs(frame / fps) + Duration::from_nanos(nanos)
}

/// A frame's time on the 90 kHz clock of RTP video, which wraps.
pub(crate) fn video_time(clip: &Clip, frame: u64) -> u32 {
    wrap(frame.wrapping_mul(90_000) / u64::from(clip.fps))
}

/// A time on an RTP clock of `rate` ticks per second, which wraps.
pub(crate) fn clock_time(rate: u32, now: Duration) -> u32 {
    let ticks = now.as_nanos() * u128::from(rate) / 1_000_000_000;
    (ticks % (1 << 32)) as u32
}

pub(crate) fn wrap(ticks: u64) -> u32 {
    (ticks % (1 << 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clips;
    use crate::config::ClipCodec;

    fn sub() -> &'static Clip {
        clips::clip(0, true, ClipCodec::H264)
    }

    #[test]
    fn a_frame_is_due_exactly_when_it_becomes_next() {
        for frame in [0, 1, 14, 15, 119, 120, 121, 10_000_019] {
            let due = frame_due(sub(), frame);

            assert!(next_frame(sub(), due) <= frame);
            let later = due + Duration::from_nanos(2);
            assert_eq!(next_frame(sub(), later), frame + 1);
        }
    }

    #[test]
    fn rtp_time_increases_evenly_across_the_clips_end() {
        let length = sub().frames.len() as u64;

        for frame in 0..3 * length {
            let step = video_time(sub(), frame + 1).wrapping_sub(video_time(sub(), frame));
            assert_eq!(step, 90_000 / sub().fps);
        }
    }

    #[test]
    fn a_requested_key_frame_is_sent_within_a_few_frames() {
        let mut timeline = ClipTimeline::default();
        let now = Duration::from_millis(700);

        timeline.request_key_frame(sub(), now);

        let asked_at = next_frame(sub(), now);
        let key = timeline.next_key_frame(sub(), asked_at);
        assert_eq!(key, asked_at + KEY_FRAME_DELAY);
        let before = timeline.clip_index(sub(), key - 1);
        assert_eq!(before, usize::try_from(key - 1).unwrap());
        let index = timeline.clip_index(sub(), key);
        assert_eq!(timeline.clip_index(sub(), key + 1), index + 1);
    }

    #[test]
    fn a_second_request_within_a_second_changes_nothing() {
        let mut timeline = ClipTimeline::default();
        timeline.request_key_frame(sub(), Duration::from_millis(700));
        let first = timeline;

        timeline.request_key_frame(sub(), Duration::from_millis(1100));
        assert_eq!(timeline, first);

        timeline.request_key_frame(sub(), Duration::from_millis(1701));
        assert_ne!(timeline, first);
    }
}
