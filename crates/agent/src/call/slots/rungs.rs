//! Which stream of its camera a slot gets, and what becomes of it when the viewer cannot show it, or when
//! the recorder says something else about it.

use peer::VideoCodec;
use proto::control::streams::StreamList;
use proto::control::{Slot, SlotState};
use proto::ladder::{self, ViewerPlays};
use proto::link::message::{StreamKind, WantedStream, Watch};

use super::{Feed, Shown, Slots, sent, watch_of};

impl Slots {
    /// The stream that a slot gets, without those whose pictures the viewer could not show. If none is left,
    /// the one that was asked for, whose codec may change one day.
    pub(super) fn pick(&self, watch: &Watch, unfit: &[StreamKind]) -> Option<StreamKind> {
        let mut streams = self.streams.list(&watch.camera);
        let wanted = self.wanted(watch);
        let asked = streams.iter().find(|it| it.stream == wanted);
        let asked = asked.or(streams.first())?.stream;
        streams.retain(|it| !unfit.contains(&it.stream));
        let choice = ladder::choose(wanted, &streams, self.plays(watch.slot));
        Some(choice.map_or(asked, |choice| choice.stream))
    }

    /// The stream to look for: with a free choice the one that is sent already.
    fn wanted(&self, watch: &Watch) -> StreamKind {
        let is_same = |shown: &&Shown| shown.told.camera == watch.camera;
        let shown = self.slots.get(&watch.slot).filter(is_same);
        let kept = shown.filter(|shown| shown.told.stream == WantedStream::Auto);
        match (watch.stream, kept) {
            (WantedStream::Auto, Some(shown)) => sent(&shown.told),
            (wanted, _) => wanted.first(),
        }
    }

    /// What the viewer can show in a slot.
    pub(super) fn plays(&self, slot: u8) -> ViewerPlays {
        let codecs = self.codecs(slot);
        ViewerPlays {
            h264: codecs.contains(&VideoCodec::H264),
            h265: codecs.contains(&VideoCodec::H265),
            decoders: self.decoders,
        }
    }

    /// Video codecs that the viewer can play as RTP in a slot.
    pub(super) fn codecs(&self, slot: u8) -> &[VideoCodec] {
        let codecs = self.negotiated.video.get(usize::from(slot));
        codecs.map_or(&[], Vec::as_slice)
    }

    /// The streams of a camera, as they would get to the viewer, who may change them or not.
    pub(in crate::call) fn list(&self, camera: &str, may_change: bool) -> Option<StreamList> {
        let streams = self.streams.list(camera);
        (!streams.is_empty()).then(|| StreamList::new(streams, self.plays(0), may_change))
    }

    /// Shows another stream in a slot whose pictures the viewer cannot show, if there is one.
    pub(super) fn next_rung(&mut self, slot: u8) -> Option<Slot> {
        let shown = self.slots.get(&slot)?;
        let stream = sent(&shown.told);
        if shown.unfit.contains(&stream) {
            return None;
        }
        let (watch, mut unfit) = (watch_of(&shown.told), shown.unfit.clone());
        unfit.push(stream);
        let other = self.pick(&watch, &unfit).filter(|it| *it != stream)?;
        self.show(&watch, other, unfit)
    }

    /// Looks again at slots that do not show what was asked for, if the recorder says something else about
    /// their cameras than before. Returns what to report to the viewer.
    pub(in crate::call) fn reconsider(&mut self) -> Vec<Slot> {
        let is_changed = |shown: &&Shown| {
            let told = &shown.told;
            matches!(shown.pump, Feed::Pumping(..))
                && (told.sent.is_some() || told.state == SlotState::Unplayable)
                && self.streams.listed(&told.camera) != shown.listed
        };
        let changed: Vec<Watch> = self
            .slots
            .values()
            .filter(is_changed)
            .map(|shown| watch_of(&shown.told))
            .collect();
        changed
            .iter()
            .filter_map(|watch| self.watch(watch))
            .collect()
    }
}
