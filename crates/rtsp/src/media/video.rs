//! H.264 and H.265: NAL units in payloads become slices of pictures and parameter sets.

use std::time::Duration;

use super::limits::{MAX_PARAMETER_SET_BYTES, N_PICTURES_BEFORE_RECOVERY};
use super::nal::{
    N_HEAD_BYTES, NalHeader, NalPiece, NalRole, NalSyntax, SliceStart, is_start_code, sei_types,
    split_annex_b,
};
use super::order::OrderedPacket;
use super::outlet::Outlet;
use super::parameter_sets::{ParameterSets, SetKind};
use super::picture::{PacketFacts, PictureAssembly, SliceFacts};
use crate::limits::MAX_FRAME_BYTES;

/// SEI: from here on, decoding becomes right (H.264 D.1.8, H.265 D.2.8).
const RECOVERY_POINT: u32 = 6;
/// SEI: data of whoever registered it or did not; makers put their own into it.
const USER_DATA: [u32; 2] = [4, 5];

/// Depacketizes one stream of H.264 or H.265.
#[derive(Debug)]
pub(super) struct VideoTrack<S> {
    syntax: S,
    sets: ParameterSets,
    pictures: PictureAssembly,
    /// A fragmented NAL unit that is no slice.
    fragments: Option<Vec<u8>>,
    /// SEI announced that decoding may begin at the next picture.
    is_recovery_point: bool,
    /// Pictures since the last key frame.
    n_since_key: u32,
}

impl<S: NalSyntax> VideoTrack<S> {
    /// `sets` are parameter sets of the description, raw or with start codes.
    pub(super) fn new(syntax: S, sets: &[Vec<u8>]) -> Self {
        let mut track = VideoTrack {
            syntax,
            sets: ParameterSets::default(),
            pictures: PictureAssembly::new(S::CODEC),
            fragments: None,
            is_recovery_point: false,
            n_since_key: N_PICTURES_BEFORE_RECOVERY,
        };
        for nal in sets.iter().flat_map(|bytes| split_annex_b(bytes)) {
            if let NalRole::Set(kind) = track.syntax.role(nal, &track.sets) {
                track.insert(kind, nal);
            }
        }
        track
    }

    pub(super) fn handle(&mut self, ordered: &OrderedPacket, outlet: &mut Outlet) {
        let packet = &ordered.packet;
        if ordered.is_after_gap {
            self.fragments = None;
            self.pictures.note_gap(outlet);
        }
        let facts = PacketFacts {
            raw_time: packet.time,
            arrived: packet.arrived,
            replay: packet.replay,
        };
        let syntax = self.syntax;
        let is_readable = syntax.pieces(&packet.payload, &mut |piece| {
            self.piece(piece, &facts, outlet);
        });
        if !is_readable {
            outlet.stats.skipped.n_unreadable += 1;
        }
        if packet.is_marked {
            // Some cameras never set the bit that ends a fragmented unit.
            if self.fragments.is_some() {
                self.end_fragments(&facts, outlet);
            }
            self.pictures.mark(outlet, packet.arrived);
        }
    }

    pub(super) fn restart(&mut self, outlet: &mut Outlet, now: Duration) {
        self.fragments = None;
        self.pictures.restart(outlet, now);
    }

    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        self.pictures.poll_timeout()
    }

    pub(super) fn handle_timeout(&mut self, now: Duration, outlet: &mut Outlet) {
        self.pictures.handle_timeout(now, outlet);
    }

    fn piece(&mut self, piece: NalPiece<'_>, facts: &PacketFacts, outlet: &mut Outlet) {
        match piece {
            NalPiece::Whole(nal) => {
                self.end_open(facts, outlet);
                if is_start_code(nal) {
                    for nal in split_annex_b(nal) {
                        self.nal(nal, facts, outlet);
                    }
                } else {
                    self.nal(nal, facts, outlet);
                }
            }
            NalPiece::Start {
                header,
                body,
                is_end,
            } => {
                self.end_open(facts, outlet);
                self.begin_fragments(header, body, facts, outlet);
                if is_end {
                    self.end_open(facts, outlet);
                }
            }
            NalPiece::More { body, is_end } => {
                if self.pictures.has_open_slice() {
                    self.pictures.append(body);
                } else if let Some(fragments) = &mut self.fragments {
                    if fragments.len() + body.len() <= MAX_FRAME_BYTES {
                        fragments.extend_from_slice(body);
                    }
                } else {
                    self.pictures.note_missing_beginning(facts.raw_time, outlet);
                }
                if is_end {
                    self.end_open(facts, outlet);
                }
            }
        }
    }

    fn begin_fragments(
        &mut self,
        header: NalHeader,
        body: &[u8],
        facts: &PacketFacts,
        outlet: &mut Outlet,
    ) {
        let mut head = [0; N_HEAD_BYTES];
        let n_body = body.len().min(N_HEAD_BYTES - header.n);
        head[..header.n].copy_from_slice(header.as_slice());
        head[header.n..header.n + n_body].copy_from_slice(&body[..n_body]);
        if let NalRole::Slice(slice) = self.syntax.role(&head[..header.n + n_body], &self.sets) {
            self.begin_slice(slice, facts, outlet);
            self.pictures.append(header.as_slice());
            self.pictures.append(body);
        } else {
            let mut fragments = header.as_slice().to_vec();
            fragments.extend_from_slice(body);
            self.fragments = Some(fragments);
        }
    }

    /// The NAL unit whose fragments were being received is over.
    fn end_open(&mut self, facts: &PacketFacts, outlet: &mut Outlet) {
        if self.pictures.has_open_slice() {
            self.pictures.end_slice(facts.arrived);
        }
        self.end_fragments(facts, outlet);
    }

    fn end_fragments(&mut self, facts: &PacketFacts, outlet: &mut Outlet) {
        if let Some(nal) = self.fragments.take() {
            self.nal(&nal, facts, outlet);
        }
    }

    /// A whole NAL unit; one that is no slice may hide others behind start codes.
    fn nal(&mut self, nal: &[u8], facts: &PacketFacts, outlet: &mut Outlet) {
        if let NalRole::Slice(slice) = self.role(nal) {
            self.slice(slice, nal, facts, outlet);
            return;
        }
        for nal in split_annex_b(nal) {
            match self.role(nal) {
                NalRole::Slice(slice) => self.slice(slice, nal, facts, outlet),
                NalRole::Set(kind) => {
                    self.pictures.end_earlier_picture(facts, outlet);
                    if !self.insert(kind, nal) {
                        outlet.stats.skipped.n_unreadable += 1;
                    }
                }
                NalRole::Sei => self.sei(nal),
                NalRole::Boundary => self.pictures.end_picture(outlet, facts.arrived),
                NalRole::Unneeded => {}
            }
        }
    }

    fn role(&self, nal: &[u8]) -> NalRole {
        self.syntax
            .role(&nal[..nal.len().min(N_HEAD_BYTES)], &self.sets)
    }

    fn slice(&mut self, slice: SliceStart, nal: &[u8], facts: &PacketFacts, outlet: &mut Outlet) {
        self.begin_slice(slice, facts, outlet);
        self.pictures.append(nal);
        self.pictures.end_slice(facts.arrived);
    }

    fn begin_slice(&mut self, slice: SliceStart, packet: &PacketFacts, outlet: &mut Outlet) {
        let is_recovery_point = self.is_recovery_point;
        // Streams with intra refresh have no IDR after the first one: they are joined at what there is.
        let is_late = self.n_since_key >= N_PICTURES_BEFORE_RECOVERY;
        let is_key = slice.is_random_access
            || slice.is_intra && (is_recovery_point || is_late)
            || is_recovery_point && is_late;
        let sps = self.sets.sps_of(slice.pps_id);
        let facts = SliceFacts {
            is_first: slice.is_first,
            is_key,
            prefix: self.sets.prefix(),
            size: sps.and_then(|sps| sps.size),
            has_fields: sps.is_some_and(|sps| sps.has_fields),
        };
        self.pictures.begin_slice(&facts, packet, outlet);
        if slice.is_first {
            self.is_recovery_point = false;
            self.n_since_key = self.n_since_key.saturating_add(1);
        }
        if is_key && slice.is_first {
            self.n_since_key = 0;
        }
    }

    fn sei(&mut self, nal: &[u8]) {
        let mut is_needed = false;
        for kind in sei_types(nal, S::N_HEADER_BYTES) {
            self.is_recovery_point |= kind == RECOVERY_POINT;
            is_needed |= !USER_DATA.contains(&kind);
        }
        if is_needed {
            self.pictures.push_sei(nal);
        }
    }

    fn insert(&mut self, kind: SetKind, nal: &[u8]) -> bool {
        if nal.len() > MAX_PARAMETER_SET_BYTES {
            return false;
        }
        if self.sets.contains(kind, nal) {
            return true;
        }
        let set = self.syntax.parameter_set(kind, nal);
        set.is_some_and(|set| self.sets.insert(kind, set, nal))
    }
}
