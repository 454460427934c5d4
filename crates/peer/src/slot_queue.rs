//! The waiting frames of one slot. The queue is limited: on overflow, frames are dropped up to the
//! next key frame, so a decoder never gets a picture that depends on a missing one.

use std::collections::VecDeque;

use crate::frame::Frame;
use crate::limits;

/// Frames waiting to be sent.
#[derive(Debug, Default)]
pub struct SlotQueue {
    frames: VecDeque<Frame>,
    n_bytes: usize,
    source: Option<u64>,
    is_key_needed: bool,
    n_dropped: u64,
}

impl SlotQueue {
    /// Takes one more frame.
    pub fn push(&mut self, frame: Frame) {
        if self.source > Some(frame.source) {
            // Two senders overlapped for a moment: the newer one owns the slot.
            self.n_dropped += 1;
            return;
        }
        if self.source != Some(frame.source) {
            // Waiting frames of the old source would only delay the first picture of the new one.
            if frame.is_key {
                self.clear();
            }
            self.source = Some(frame.source);
            self.is_key_needed = true;
        }
        let fits = self.frames.len() < limits::SLOT_QUEUE_FRAMES
            && self.n_bytes + frame.data.len() <= limits::SLOT_QUEUE_BYTES;
        if !fits {
            self.clear();
            self.is_key_needed = true;
        }
        if self.is_key_needed && !frame.is_key {
            self.n_dropped += 1;
            return;
        }
        self.is_key_needed = false;
        self.n_bytes += frame.data.len();
        self.frames.push_back(frame);
    }

    /// The next frame to send.
    pub fn pop(&mut self) -> Option<Frame> {
        let frame = self.frames.pop_front()?;
        self.n_bytes -= frame.data.len();
        Some(frame)
    }

    /// Drops all frames; the next one has to be a key frame.
    pub fn clear(&mut self) {
        self.n_dropped += self.frames.len() as u64;
        self.frames.clear();
        self.n_bytes = 0;
        self.is_key_needed = true;
    }

    /// Bytes that wait.
    pub fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Frames dropped since the start.
    pub fn n_dropped(&self) -> u64 {
        self.n_dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::VideoCodec;
    use bytes::Bytes;
    use std::time::Instant;

    fn frame(source: u64, time: u64, is_key: bool, size: usize) -> Frame {
        Frame {
            data: Bytes::from(vec![0; size]),
            codec: VideoCodec::H264,
            is_key,
            is_cached: false,
            time,
            arrived: Instant::now(),
            source,
        }
    }

    fn drained(queue: &mut SlotQueue) -> Vec<u64> {
        std::iter::from_fn(|| queue.pop()).map(|f| f.time).collect()
    }

    #[test]
    fn frames_leave_in_the_order_they_came() {
        let mut queue = SlotQueue::default();
        for time in 0..4 {
            queue.push(frame(1, time, time == 0, 10));
        }

        assert_eq!(queue.n_bytes(), 40);
        assert_eq!(drained(&mut queue), [0, 1, 2, 3]);
        assert_eq!(queue.n_bytes(), 0);
    }

    #[test]
    fn a_slot_starts_with_a_key_frame() {
        let mut queue = SlotQueue::default();
        queue.push(frame(1, 0, false, 10));
        queue.push(frame(1, 1, true, 10));
        queue.push(frame(1, 2, false, 10));

        assert_eq!(drained(&mut queue), [1, 2]);
    }

    #[test]
    fn an_overflow_drops_up_to_the_next_key_frame() {
        let mut queue = SlotQueue::default();
        let third = limits::SLOT_QUEUE_BYTES / 3;
        for time in 0..5 {
            queue.push(frame(1, time, time == 0, third));
        }
        assert!(queue.is_empty());

        queue.push(frame(1, 5, true, third));
        queue.push(frame(1, 6, false, third));

        assert_eq!(drained(&mut queue), [5, 6]);
        assert_eq!(queue.n_dropped(), 5);
    }

    #[test]
    fn too_many_small_frames_overflow_too() {
        let mut queue = SlotQueue::default();
        for time in 0..=limits::SLOT_QUEUE_FRAMES as u64 {
            queue.push(frame(1, time, time == 0, 1));
        }

        assert!(queue.is_empty());
    }

    #[test]
    fn a_new_source_replaces_the_old_one() {
        let mut queue = SlotQueue::default();
        queue.push(frame(1, 0, true, 10));
        queue.push(frame(1, 1, false, 10));

        queue.push(frame(2, 100, true, 10));

        assert_eq!(drained(&mut queue), [100]);
    }

    #[test]
    fn an_old_source_does_not_return() {
        let mut queue = SlotQueue::default();
        queue.push(frame(2, 0, true, 10));

        queue.push(frame(1, 50, true, 10));
        queue.push(frame(2, 1, false, 10));

        assert_eq!(drained(&mut queue), [0, 1]);
    }

    #[test]
    fn a_new_source_without_key_frame_waits_for_one() {
        let mut queue = SlotQueue::default();
        queue.push(frame(1, 0, true, 10));

        queue.push(frame(2, 100, false, 10));
        assert_eq!(drained(&mut queue), [0]);
        queue.push(frame(2, 101, true, 10));

        assert_eq!(drained(&mut queue), [101]);
    }
}
