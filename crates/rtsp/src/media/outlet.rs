//! Where the frames of a track go, with their times and counts.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::frame::{Codec, Frame, FrameKind, ReplayStamp};

use super::limits::MAX_QUEUED_FRAMES;
use super::stats::MediaStats;
use super::timeline::RtpTimeline;

/// Frames that wait to be polled.
#[derive(Debug)]
pub(super) struct Outlet {
    pub(super) timeline: RtpTimeline,
    pub(super) stats: MediaStats,
    /// Whether a key frame lacked its parameter sets, and none has come since.
    pub(super) lacks_parameter_sets: bool,
    /// Whether something is missing before the next frame.
    pub(super) is_after_loss: bool,
    /// Whether the camera's clock began anew since this was last taken.
    pub(super) is_new_clock: bool,
    frames: VecDeque<Frame>,
}

/// A frame before it has its time.
#[derive(Debug)]
pub(super) struct UntimedFrame {
    pub(super) kind: FrameKind,
    pub(super) codec: Codec,
    pub(super) data: Bytes,
    pub(super) raw_time: u32,
    /// Ticks after `raw_time`, for one of several in a packet.
    pub(super) offset: i64,
    /// When its first packet arrived.
    pub(super) arrived: Duration,
    pub(super) size: Option<(u32, u32)>,
    pub(super) replay: Option<ReplayStamp>,
}

impl Outlet {
    pub(super) fn new(clock_rate: u32) -> Self {
        Outlet {
            timeline: RtpTimeline::new(clock_rate),
            stats: MediaStats::default(),
            lacks_parameter_sets: false,
            is_after_loss: false,
            is_new_clock: false,
            frames: VecDeque::new(),
        }
    }

    pub(super) fn push(&mut self, frame: UntimedFrame, now: Duration) {
        let rtp_time = if frame.offset == 0 {
            let time = self.timeline.next(frame.raw_time, frame.arrived);
            self.is_new_clock |= time.is_new_clock;
            self.stats.n_reordered += u64::from(time.is_reordered);
            time.ticks
        } else {
            let first = self.timeline.place(frame.raw_time);
            first.unwrap_or_default().saturating_add(frame.offset)
        };
        if frame.kind == FrameKind::Key {
            self.stats.n_key_frames += 1;
            self.stats.last_key_frame = Some(now);
            self.lacks_parameter_sets = false;
        }
        if self.frames.len() >= MAX_QUEUED_FRAMES {
            self.stats.skipped.n_unpolled += 1;
            self.is_after_loss = true;
            return;
        }
        self.stats.n_frames += 1;
        self.frames.push_back(Frame {
            kind: frame.kind,
            codec: frame.codec,
            data: frame.data,
            rtp_time,
            size: frame.size,
            is_after_loss: std::mem::take(&mut self.is_after_loss),
            replay: frame.replay,
        });
    }

    pub(super) fn pop(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// A frame lacks a piece and is left out.
    pub(super) fn leave_out(&mut self) {
        self.stats.skipped.n_incomplete += 1;
        self.is_after_loss = true;
    }
}
