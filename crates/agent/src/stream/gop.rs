//! The last group of pictures of a stream and a short tail before it, limited in bytes and frames.
//! Every frame has a number. Each reader keeps the number that it wants next, so that a slow reader
//! costs nothing and notices missed frames.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{FrameKind, StreamFrame};

/// Limits of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GopLimits {
    /// Total bytes of all frames.
    pub bytes: usize,
    /// Frames that it may hold, sound included.
    pub frames: usize,
    /// Cached frames before the newest key frame, while somebody reads.
    pub tail_frames: usize,
}

/// What a reader finds at its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// The frame with that number.
    Frame(Arc<StreamFrame>),
    /// That frame has not arrived yet.
    Nothing,
    /// That frame has already been dropped.
    Missed,
}

/// Stores frames, oldest first.
#[derive(Debug)]
pub struct GopCache {
    limits: GopLimits,
    frames: VecDeque<Arc<StreamFrame>>,
    /// Number of the oldest cached frame.
    first_number: u64,
    /// Number of the newest key frame, while it and all frames after it are cached.
    key_number: Option<u64>,
    /// The newest key frame, once its group has outgrown the cache: a newcomer sees an old picture at once
    /// instead of none until the next key frame, which may be 40 seconds away.
    outgrown_key: Option<Arc<StreamFrame>>,
    n_bytes: usize,
    /// Whether anybody reads along, who may be a little behind.
    has_readers: bool,
}

impl GopCache {
    /// An empty cache.
    pub fn new(limits: GopLimits) -> GopCache {
        GopCache {
            limits,
            frames: VecDeque::new(),
            first_number: 0,
            key_number: None,
            outgrown_key: None,
            n_bytes: 0,
            has_readers: false,
        }
    }

    /// Says whether anybody reads along. Without readers, frames before the newest key frame are of no use.
    pub fn set_has_readers(&mut self, has_readers: bool) {
        self.has_readers = has_readers;
    }

    /// Appends a frame, and drops frames that exceed the limits. Of a group of pictures that exceeds
    /// them only its key frame is kept, because the rest is useless to new viewers once a part is
    /// missing.
    pub fn push(&mut self, frame: Arc<StreamFrame>) {
        if frame.kind == FrameKind::VideoKey {
            self.key_number = Some(self.next_number());
            self.drop_outgrown_key();
        }
        self.n_bytes += frame.data.len();
        self.frames.push_back(frame);
        self.fit();
    }

    /// Changes the limits, and drops frames that exceed them.
    pub fn set_limits(&mut self, limits: GopLimits) {
        self.limits = limits;
        self.fit();
        if self.n_bytes > limits.bytes {
            self.drop_outgrown_key();
        }
    }

    /// Drops all frames; numbering continues. Readers that had not read them have missed them.
    pub fn clear(&mut self) {
        self.first_number = self.next_number();
        self.frames.clear();
        self.key_number = None;
        self.outgrown_key = None;
        self.n_bytes = 0;
    }

    /// The number of the next frame that will be pushed.
    pub fn next_number(&self) -> u64 {
        self.first_number + self.frames.len() as u64
    }

    /// Where a reader that missed frames continues: at the newest key frame if that is recent,
    /// otherwise after all frames, to wait for the next key frame.
    pub fn resume_number(&self) -> u64 {
        let recent = self
            .next_number()
            .saturating_sub(self.limits.tail_frames as u64);
        match self.key_number {
            Some(key_number) if key_number >= recent => key_number,
            _ => self.next_number(),
        }
    }

    /// The video frames from the newest key frame on; of a group that has outgrown the cache, the key
    /// frame alone. Empty if there is none.
    pub fn group(&self) -> Vec<Arc<StreamFrame>> {
        let Some(key_number) = self.key_number else {
            return self.outgrown_key.iter().cloned().collect();
        };
        self.frames
            .range(self.index(key_number)..)
            .filter(|frame| frame.kind != FrameKind::Audio)
            .cloned()
            .collect()
    }

    /// Whether the next frame can be decoded after [`GopCache::group`].
    pub fn is_group_complete(&self) -> bool {
        self.key_number.is_some()
    }

    /// Looks up one frame.
    pub fn read(&self, number: u64) -> Read {
        if number < self.first_number {
            return Read::Missed;
        }
        match self.frames.get(self.index(number)) {
            Some(frame) => Read::Frame(Arc::clone(frame)),
            None => Read::Nothing,
        }
    }

    /// Total bytes of all cached frames.
    pub fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Frames kept.
    pub fn n_frames(&self) -> usize {
        self.frames.len()
    }

    fn index(&self, number: u64) -> usize {
        usize::try_from(number.saturating_sub(self.first_number)).unwrap_or(usize::MAX)
    }

    /// Drops the oldest frames until the limits hold.
    fn fit(&mut self) {
        let is_over = |cache: &GopCache| {
            cache.n_bytes > cache.limits.bytes || cache.frames.len() > cache.limits.frames
        };
        while is_over(self) && !self.frames.is_empty() {
            self.pop_oldest();
        }
        self.trim_tail();
    }

    fn drop_outgrown_key(&mut self) {
        if let Some(key) = self.outgrown_key.take() {
            self.n_bytes -= key.data.len();
        }
    }

    fn trim_tail(&mut self) {
        let keep_from = self.key_number.unwrap_or_else(|| self.next_number());
        let tail = match self.has_readers {
            true => self.limits.tail_frames as u64,
            false => 0,
        };
        while self.first_number + tail < keep_from {
            self.pop_oldest();
        }
    }

    fn pop_oldest(&mut self) {
        let Some(frame) = self.frames.pop_front() else {
            return;
        };
        self.n_bytes -= frame.data.len();
        if self.key_number == Some(self.first_number) {
            self.key_number = None;
            // Half of the cache stays for those who read along.
            if frame.data.len() <= self.limits.bytes / 2 {
                self.n_bytes += frame.data.len();
                self.outgrown_key = Some(frame);
            }
        }
        self.first_number += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::stream::Codec;

    const LIMITS: GopLimits = GopLimits {
        bytes: 1000,
        frames: 20,
        tail_frames: 3,
    };

    fn frame(kind: FrameKind, n_bytes: usize, rtp_time: u64) -> Arc<StreamFrame> {
        Arc::new(StreamFrame {
            kind,
            codec: Codec::H264,
            data: Bytes::from(vec![0; n_bytes]),
            rtp_time,
            arrived: Instant::now(),
            size: None,
        })
    }

    fn filled(kinds: &[FrameKind]) -> GopCache {
        let mut cache = GopCache::new(LIMITS);
        cache.set_has_readers(true);
        for (time, kind) in kinds.iter().enumerate() {
            cache.push(frame(*kind, 10, time as u64));
        }
        cache
    }

    fn times(frames: &[Arc<StreamFrame>]) -> Vec<u64> {
        frames.iter().map(|frame| frame.rtp_time).collect()
    }

    use FrameKind::{Audio, VideoDelta as Delta, VideoKey as Key};

    #[test]
    fn a_group_starts_with_its_key_frame() {
        let cache = filled(&[Delta, Key, Delta, Delta, Key, Delta]);

        assert_eq!(times(&cache.group()), [4, 5]);
    }

    #[test]
    fn audio_is_not_part_of_a_group() {
        let cache = filled(&[Key, Audio, Delta, Audio]);

        assert_eq!(times(&cache.group()), [0, 2]);
    }

    #[test]
    fn without_a_key_frame_there_is_no_group() {
        assert!(filled(&[Delta, Audio, Delta]).group().is_empty());
    }

    #[test]
    fn a_reader_gets_every_frame_in_order() {
        let cache = filled(&[Key, Audio, Delta]);

        let read: Vec<Read> = (0..4).map(|number| cache.read(number)).collect();

        assert!(matches!(&read[0], Read::Frame(frame) if frame.rtp_time == 0));
        assert!(matches!(&read[1], Read::Frame(frame) if frame.kind == Audio));
        assert!(matches!(&read[2], Read::Frame(frame) if frame.rtp_time == 2));
        assert_eq!(read[3], Read::Nothing);
    }

    #[test]
    fn a_slightly_late_reader_still_gets_the_old_group() {
        let cache = filled(&[Key, Delta, Delta, Delta, Key]);

        assert_eq!(cache.read(0), Read::Missed);
        assert!(matches!(cache.read(1), Read::Frame(frame) if frame.rtp_time == 1));
    }

    #[test]
    fn without_readers_nothing_before_the_key_frame_is_kept() {
        let mut cache = filled(&[Key, Delta, Delta, Delta]);
        cache.set_has_readers(false);

        cache.push(frame(Key, 10, 4));

        assert_eq!((cache.n_frames(), cache.n_bytes()), (1, 10));
        assert_eq!(times(&cache.group()), [4]);
    }

    #[test]
    fn a_reader_that_missed_frames_resumes_at_a_recent_key() {
        let mut cache = filled(&[Key, Delta, Key, Delta]);
        assert_eq!(cache.resume_number(), 2);

        cache.push(frame(Delta, 10, 4));
        cache.push(frame(Delta, 10, 5));

        assert_eq!(cache.resume_number(), 6, "the key frame is too old by now");
    }

    #[test]
    fn an_outgrown_group_keeps_its_key_frame() {
        let mut cache = filled(&[Key]);
        assert!(cache.is_group_complete());

        for time in 1..=100 {
            cache.push(frame(Delta, 50, time));
        }

        assert_eq!(times(&cache.group()), [0]);
        assert!(!cache.is_group_complete());
        assert!(cache.n_frames() <= LIMITS.tail_frames);
        assert!(cache.n_bytes() <= LIMITS.bytes);
        cache.push(frame(Key, 10, 101));
        assert_eq!(times(&cache.group()), [101]);
        assert!(cache.is_group_complete());
    }

    #[test]
    fn a_key_frame_of_half_the_cache_is_not_kept() {
        let mut cache = GopCache::new(LIMITS);
        cache.push(frame(Key, LIMITS.bytes / 2 + 1, 0));

        for time in 1..=100 {
            cache.push(frame(Delta, 50, time));
        }

        assert!(cache.group().is_empty());
    }

    #[test]
    fn a_frame_larger_than_the_cache_leaves_it_empty() {
        let mut cache = filled(&[Key, Delta]);

        cache.push(frame(Key, LIMITS.bytes + 1, 2));

        assert_eq!((cache.n_frames(), cache.n_bytes()), (0, 0));
        assert_eq!(cache.read(2), Read::Missed);
        assert_eq!(cache.read(3), Read::Nothing);
    }

    #[test]
    fn smaller_limits_take_effect_at_once() {
        let mut cache = filled(&[Key, Delta, Delta, Delta]);

        cache.set_limits(GopLimits {
            bytes: 15,
            ..LIMITS
        });

        assert!(
            cache.group().is_empty(),
            "the key frame takes more than half"
        );
        assert!(cache.n_bytes() <= 15);
    }

    #[test]
    fn frame_numbers_continue_after_a_clear() {
        let mut cache = filled(&[Key, Delta]);

        cache.clear();
        cache.push(frame(Key, 10, 7));

        assert_eq!(cache.read(1), Read::Missed);
        assert!(matches!(cache.read(2), Read::Frame(frame) if frame.rtp_time == 7));
    }

    proptest! {
        #[test]
        fn the_cache_stays_bounded_and_ordered_for_any_frames(
            pushes in prop::collection::vec((0_u8..4, 0_usize..1200), 0..400)
        ) {
            let mut cache = GopCache::new(LIMITS);
            for (number, (kind, n_bytes)) in pushes.into_iter().enumerate() {
                let kind = match kind { 0 => Key, 1 => Audio, _ => Delta };
                cache.push(frame(kind, n_bytes, number as u64));

                prop_assert!(cache.n_bytes() <= LIMITS.bytes);
                prop_assert!(cache.n_frames() <= LIMITS.frames);
                prop_assert_eq!(cache.next_number(), number as u64 + 1);
                let kept = cache.frames.iter().chain(&cache.outgrown_key);
                let kept: usize = kept.map(|frame| frame.data.len()).sum();
                prop_assert_eq!(kept, cache.n_bytes());
                let group = cache.group();
                if let Some((first, rest)) = group.split_first() {
                    prop_assert_eq!(first.kind, Key);
                    prop_assert!(rest.iter().all(|frame| frame.kind == Delta));
                    prop_assert!(group.is_sorted_by_key(|frame| frame.rtp_time));
                }
                for wanted in 0..cache.next_number() {
                    match cache.read(wanted) {
                        Read::Frame(frame) => prop_assert_eq!(frame.rtp_time, wanted),
                        Read::Missed => prop_assert!(wanted < cache.first_number),
                        Read::Nothing => prop_assert!(false, "an old frame cannot be to come"),
                    }
                }
            }
        }
    }
}
