//! Assembles slices to pictures: decides where one ends, and which lack a piece.

use std::time::Duration;

use bytes::Bytes;

use crate::frame::{Codec, FrameKind, ReplayStamp};
use crate::limits::MAX_FRAME_BYTES;

use super::limits::MAX_SEI_BYTES;
use super::markers::MarkerTrust;
use super::outlet::{Outlet, UntimedFrame};
use super::parameter_sets::START_CODE;

/// What the packet around a slice says.
#[derive(Debug, Clone, Copy)]
pub(super) struct PacketFacts {
    pub(super) raw_time: u32,
    pub(super) arrived: Duration,
    pub(super) replay: Option<ReplayStamp>,
}

/// What begins with a slice.
#[derive(Debug, Clone, Copy)]
pub(super) struct SliceFacts<'a> {
    /// Whether it is the first of its picture.
    pub(super) is_first: bool,
    pub(super) is_key: bool,
    /// What a key frame begins with; `None` if there are no parameter sets.
    pub(super) prefix: Option<&'a [u8]>,
    pub(super) size: Option<(u32, u32)>,
    /// Whether a second field may follow with the same time.
    pub(super) has_fields: bool,
}

#[derive(Debug)]
struct Picture {
    facts: PacketFacts,
    last_arrived: Duration,
    data: Vec<u8>,
    /// Where the slice begins that is being received.
    open_slice: Option<usize>,
    n_slices: u32,
    is_key: bool,
    lacks_sets: bool,
    size: Option<(u32, u32)>,
    /// Whether a slice is missing.
    is_damaged: bool,
    is_oversized: bool,
    /// Whether its last packet had the marker.
    is_marked: bool,
}

/// Pictures of one stream.
#[derive(Debug)]
pub(super) struct PictureAssembly {
    codec: Codec,
    picture: Option<Picture>,
    markers: MarkerTrust,
    /// SEI for the next picture, as Annex B.
    sei: Vec<u8>,
    /// Packets are missing since the last slice began.
    is_gap: bool,
    /// Time of the last picture that ended, and whether a wait or a marker ended it.
    ended: Option<(u32, PictureEnd)>,
    /// Lengths of the last key and delta pictures, to ask for about as much memory again.
    usual: [usize; 2],
}

/// What ended a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PictureEnd {
    /// A trusted marker.
    Marker,
    /// A wait, after a marker or without.
    Wait { is_marked: bool },
    /// The next picture.
    Next,
}

impl PictureAssembly {
    pub(super) fn new(codec: Codec) -> Self {
        PictureAssembly {
            codec,
            picture: None,
            markers: MarkerTrust::default(),
            sei: Vec::new(),
            is_gap: false,
            ended: None,
            usual: [0; 2],
        }
    }

    /// Packets are missing here.
    pub(super) fn note_gap(&mut self, outlet: &mut Outlet) {
        self.is_gap = true;
        outlet.is_after_loss = true;
        if let Some(picture) = &mut self.picture {
            // What has its marker and waits only for proof is most likely whole.
            picture.is_damaged |= !picture.is_marked;
            picture.drop_open_slice();
        }
    }

    /// Something begins that no picture contains.
    pub(super) fn end_picture(&mut self, outlet: &mut Outlet, now: Duration) {
        self.finish(PictureEnd::Next, outlet, now);
    }

    /// Parameter sets come. GStreamer's server sends them before each slice of a key frame (rtph264pay with
    /// `config-interval=-1`), so only those of another time end a picture that has no marker yet.
    pub(super) fn end_earlier_picture(&mut self, packet: &PacketFacts, outlet: &mut Outlet) {
        let picture = self.picture.as_ref();
        let is_same = picture
            .is_some_and(|picture| !picture.is_marked && picture.facts.raw_time == packet.raw_time);
        if !is_same {
            self.finish(PictureEnd::Next, outlet, packet.arrived);
        }
    }

    /// SEI for the picture that comes next.
    pub(super) fn push_sei(&mut self, nal: &[u8]) {
        if self.sei.len() + nal.len() + START_CODE.len() <= MAX_SEI_BYTES {
            self.sei.extend_from_slice(&START_CODE);
            self.sei.extend_from_slice(nal);
        }
    }

    /// A slice begins; its bytes follow by [`PictureAssembly::append`].
    pub(super) fn begin_slice(
        &mut self,
        slice: &SliceFacts<'_>,
        packet: &PacketFacts,
        outlet: &mut Outlet,
    ) {
        let is_gap = std::mem::take(&mut self.is_gap);
        if !self.continues(slice, packet, is_gap) {
            if let Some(picture) = &self.picture
                && picture.is_marked
            {
                self.markers.saw_good();
            }
            self.finish(PictureEnd::Next, outlet, packet.arrived);
            self.begin_picture(slice, packet, is_gap);
        }
        let Some(picture) = &mut self.picture else {
            return;
        };
        if picture.is_marked {
            picture.is_marked = false;
            self.markers.saw_bad();
        }
        picture.is_damaged |= is_gap && !slice.is_first;
        picture.n_slices += 1;
        picture.last_arrived = packet.arrived;
        picture.open_slice = Some(picture.data.len());
        picture.append(&START_CODE);
    }

    /// Whether a slice belongs to the picture that is being received.
    fn continues(&self, slice: &SliceFacts<'_>, packet: &PacketFacts, is_gap: bool) -> bool {
        let Some(picture) = &self.picture else {
            return false;
        };
        let has_same_time = picture.facts.raw_time == packet.raw_time;
        if slice.is_first {
            return slice.has_fields && has_same_time && !picture.is_marked && !is_gap;
        }
        // Without a gap, what is not the first slice has its picture before it, whatever its time.
        has_same_time || !is_gap && !picture.is_marked
    }

    fn begin_picture(&mut self, slice: &SliceFacts<'_>, packet: &PacketFacts, is_gap: bool) {
        let mut is_damaged = !slice.is_first && (is_gap || self.ended.is_none());
        // A further slice of a picture that was given out: the end was wrong, and this part is no use.
        if !slice.is_first
            && let Some((time, end)) = self.ended
            && time == packet.raw_time
        {
            is_damaged = true;
            match end {
                PictureEnd::Marker => self.markers.saw_bad(),
                PictureEnd::Wait { is_marked } => self.markers.saw_cut(is_marked),
                PictureEnd::Next => {}
            }
        } else if slice.is_first && !is_gap && self.has_ended_marked() {
            self.markers.saw_good();
        }
        let usual = self.usual[usize::from(slice.is_key)];
        let mut picture = Picture {
            facts: *packet,
            last_arrived: packet.arrived,
            data: Vec::with_capacity(usual + usual / 8),
            open_slice: None,
            n_slices: 0,
            is_key: slice.is_key,
            lacks_sets: slice.is_key && slice.prefix.is_none(),
            size: slice.size.filter(|_| slice.is_key),
            is_damaged,
            is_oversized: false,
            is_marked: false,
        };
        if slice.is_key {
            picture.append(slice.prefix.unwrap_or_default());
        }
        picture.append(&self.sei);
        self.sei.clear();
        self.picture = Some(picture);
    }

    fn has_ended_marked(&self) -> bool {
        let end = self.ended.map(|(_, end)| end);
        matches!(
            end,
            Some(PictureEnd::Marker | PictureEnd::Wait { is_marked: true })
        )
    }

    /// Bytes of the slice that began last.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        if let Some(picture) = &mut self.picture {
            picture.append(bytes);
        }
    }

    /// Whether fragments of a slice are being received.
    pub(super) fn has_open_slice(&self) -> bool {
        let picture = self.picture.as_ref();
        picture.is_some_and(|picture| picture.open_slice.is_some())
    }

    /// The slice is whole.
    pub(super) fn end_slice(&mut self, arrived: Duration) {
        if let Some(picture) = &mut self.picture {
            picture.open_slice = None;
            picture.last_arrived = arrived;
        }
    }

    /// A fragment came whose beginning is missing.
    pub(super) fn note_missing_beginning(&mut self, raw_time: u32, outlet: &mut Outlet) {
        self.is_gap = true;
        outlet.is_after_loss = true;
        let same = self.picture.as_mut();
        if let Some(picture) = same.filter(|picture| picture.facts.raw_time == raw_time) {
            picture.is_damaged = true;
        }
    }

    /// The packet that was just read has the marker.
    pub(super) fn mark(&mut self, outlet: &mut Outlet, now: Duration) {
        let Some(picture) = &mut self.picture else {
            return;
        };
        picture.open_slice = None;
        let was_marked = std::mem::replace(&mut picture.is_marked, true);
        if picture.n_slices > 1 && !was_marked {
            self.markers.saw_last_of_several();
        }
        if self.markers.is_trusted() {
            self.finish(PictureEnd::Marker, outlet, now);
        }
    }

    /// Another source begins: what was being received is finished if it is whole.
    pub(super) fn restart(&mut self, outlet: &mut Outlet, now: Duration) {
        if self.has_open_slice() {
            self.note_gap(outlet);
        }
        self.finish(PictureEnd::Next, outlet, now);
        self.is_gap = false;
        self.sei.clear();
    }

    /// When a picture is taken as whole although nothing followed.
    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        let picture = self.picture.as_ref()?;
        let is_whole = picture.open_slice.is_none() && picture.n_slices > 0;
        is_whole.then(|| picture.last_arrived + self.markers.wait(picture.is_marked))
    }

    pub(super) fn handle_timeout(&mut self, now: Duration, outlet: &mut Outlet) {
        if self.poll_timeout().is_some_and(|at| at <= now) {
            let is_marked = self.picture.as_ref().is_some_and(|p| p.is_marked);
            self.finish(PictureEnd::Wait { is_marked }, outlet, now);
        }
    }

    fn finish(&mut self, end: PictureEnd, outlet: &mut Outlet, now: Duration) {
        let Some(mut picture) = self.picture.take() else {
            return;
        };
        self.ended = Some((picture.facts.raw_time, end));
        if picture.is_oversized {
            outlet.stats.skipped.n_oversized += 1;
            outlet.is_after_loss = true;
            return;
        }
        if picture.is_damaged || picture.n_slices == 0 {
            return outlet.leave_out();
        }
        if picture.lacks_sets {
            outlet.stats.skipped.n_without_parameter_sets += 1;
            outlet.lacks_parameter_sets = true;
            return;
        }
        self.usual[usize::from(picture.is_key)] = picture.data.len();
        // Memory that is kept is counted by its length.
        picture.data.shrink_to_fit();
        let frame = UntimedFrame {
            kind: if picture.is_key {
                FrameKind::Key
            } else {
                FrameKind::Delta
            },
            codec: self.codec,
            data: Bytes::from(picture.data),
            raw_time: picture.facts.raw_time,
            offset: 0,
            arrived: picture.facts.arrived,
            size: picture.size,
            replay: picture.facts.replay,
        };
        outlet.push(frame, now);
    }
}

impl Picture {
    fn append(&mut self, bytes: &[u8]) {
        if self.data.len() + bytes.len() > MAX_FRAME_BYTES {
            self.is_oversized = true;
        } else if !self.is_oversized {
            self.data.extend_from_slice(bytes);
        }
    }

    /// A slice that lacks its end is left out.
    fn drop_open_slice(&mut self) {
        if let Some(start) = self.open_slice.take() {
            self.data.truncate(start);
            self.is_damaged = true;
        }
    }
}
