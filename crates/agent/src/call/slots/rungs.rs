//! Chooses the stream of its camera that a slot shows, and another one if the viewer cannot show it or the
//! recorder reports something new about it.

use peer::VideoCodec;
use proto::control::streams::StreamList;
use proto::control::{Slot, SlotState};
use proto::ladder::{self, PictureRung, ViewerPlays};
use proto::link::message::{PictureWish, StreamKind, WantedStream, Watch};
use proto::picture_wish::{self, ChoiceNote, WishedStream};

use super::{Feed, Shown, Slots, sent, watch_of};
use crate::stream::StreamState;

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
            (WantedStream::Auto, None) => self.first_of_all(watch),
            (WantedStream::Like(wish), _) => self.wished(wish, watch).stream,
            (WantedStream::Named(kind), _) => kind,
        }
    }

    /// What a free choice begins with: the small picture, unless the full one comes over a data channel, of which no
    /// estimate would ever say that the path carries it.
    fn first_of_all(&self, watch: &Watch) -> StreamKind {
        let streams = self.streams.list(&watch.camera);
        let main = streams.iter().find(|it| it.stream == StreamKind::Main);
        let rung = main.and_then(|it| self.plays(watch.slot).rung(&it.format));
        match rung {
            Some(PictureRung::H264Data | PictureRung::H265Data | PictureRung::Jpeg) => {
                StreamKind::Main
            }
            _ => watch.stream.first(),
        }
    }

    fn wished(&self, wish: PictureWish, watch: &Watch) -> WishedStream {
        let streams = self.streams.list(&watch.camera);
        let first = WishedStream {
            stream: watch.stream.first(),
            note: None,
        };
        picture_wish::choose(wish, &streams, self.plays(watch.slot)).unwrap_or(first)
    }

    /// Why a slot carries this stream, if its viewer may expect another.
    pub(super) fn note_on(
        &self,
        watch: &Watch,
        stream: StreamKind,
        unfit: &[StreamKind],
    ) -> Option<ChoiceNote> {
        let wished = match watch.stream {
            WantedStream::Auto => return None,
            WantedStream::Named(stream) => WishedStream { stream, note: None },
            WantedStream::Like(wish) => self.wished(wish, watch),
        };
        if wished.stream == stream {
            return wished.note;
        }
        let streams = self.streams.list(&watch.camera);
        let listed = streams.iter().find(|it| it.stream == wished.stream)?;
        let cannot =
            unfit.contains(&wished.stream) || self.plays(watch.slot).rung(&listed.format).is_none();
        cannot.then_some(ChoiceNote::CannotShow)
    }

    /// Shows another picture of a camera in a slot whose stream the recorder has no session for: one that is open
    /// already costs none.
    pub(super) fn without_session(&mut self, slot: u8) -> Option<Slot> {
        let shown = self.slots.get(&slot)?;
        let stream = sent(&shown.told);
        let watch = watch_of(&shown.told);
        let figures = self.streams.figures(&watch.camera);
        let is_open = |kind: StreamKind| {
            let mut open = figures.iter();
            open.any(|(it, state, _)| *it == kind && matches!(state, StreamState::Playing { .. }))
        };
        let mut streams = self.streams.list(&watch.camera);
        streams.retain(|it| {
            it.stream != stream && is_open(it.stream) && !shown.unfit.contains(&it.stream)
        });
        let other = ladder::choose(StreamKind::Sub, &streams, self.plays(slot))?;
        let unfit = shown.unfit.clone();
        self.show(&watch, other.stream, unfit)?;
        let told = &mut self.slots.get_mut(&slot)?.told;
        told.note = Some(ChoiceNote::NoSession);
        Some(told.clone())
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
