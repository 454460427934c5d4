//! The bit rate of each slot, the bit rates of the streams that it could show instead, and switching between
//! them.

use proto::control::{Slot, SlotState};
use proto::ladder::PictureRung;
use proto::link::message::{StreamKind, WantedStream};
use proto::quality::{QualityChange, RatedStream, SlotLoad};

use super::{Feed, Shown, Slots, sent, watch_of};
use crate::stream::Streams;

impl Slots {
    /// What the slots that send something take.
    pub(in crate::call) fn loads(&self) -> Vec<SlotLoad> {
        let sending = self.slots.values().filter(|shown| is_sending(shown));
        let loads = sending.filter_map(|shown| {
            let told = &shown.told;
            let mut others = self.streams.rated(&told.camera);
            let now = others.iter().position(|it| it.stream == sent(told))?;
            let now = others.swap_remove(now);
            // Of what comes over a data channel the estimate knows nothing.
            let is_free = told.stream == WantedStream::Auto && self.may_send(shown, now);
            others.retain(|it| is_free && self.may_send(shown, *it));
            let slot = told.slot;
            Some(SlotLoad { slot, now, others })
        });
        loads.collect()
    }

    /// Bits per second that one camera would take beyond what is sent of it, if a viewer who sees small pictures
    /// enlarged it.
    pub(in crate::call) fn more_if_enlarged(&self) -> u64 {
        let sending = self.slots.values().filter(|shown| is_sending(shown));
        let small = WantedStream::Named(StreamKind::Sub);
        let more = sending.filter(|shown| shown.told.stream == small);
        let more = more.filter_map(|shown| {
            let rated = self.streams.rated(&shown.told.camera);
            let now = rated.iter().find(|it| it.stream == sent(&shown.told))?.rate;
            let fit = rated.iter().filter(|it| self.may_send(shown, **it));
            let most = fit.map(|it| it.rate).max()?;
            Some(most.saturating_sub(now))
        });
        more.max().unwrap_or(0)
    }

    /// Whether the viewer shows a stream that comes as RTP. What comes over a data channel has a pace of its
    /// own, of which the estimate knows nothing.
    fn may_send(&self, shown: &Shown, other: RatedStream) -> bool {
        let streams = self.streams.list(&shown.told.camera);
        let listed = streams.iter().find(|it| it.stream == other.stream);
        let plays = self.plays(shown.told.slot);
        let rung = listed.and_then(|it| plays.rung(&it.format));
        !shown.unfit.contains(&other.stream)
            && matches!(
                rung,
                Some(PictureRung::H264 | PictureRung::H265 | PictureRung::Untried)
            )
    }

    /// Sends another stream in a slot whose viewer leaves the choice to the path.
    pub(in crate::call) fn send_other(&mut self, change: QualityChange) -> Option<Slot> {
        let shown = self.slots.get(&change.slot)?;
        let (watch, unfit) = (watch_of(&shown.told), shown.unfit.clone());
        self.show(&watch, change.stream, unfit)
    }

    /// Slots with a free choice whose pictures take clearly more or less than was told.
    pub(in crate::call) fn new_rates(&mut self) -> Vec<Slot> {
        let mut changed = Vec::new();
        for shown in self.slots.values_mut() {
            let told = &mut shown.told;
            let is_free = told.stream == WantedStream::Auto && told.state == SlotState::Playing;
            let Some(rate) = kilobits(&self.streams, told).filter(|_| is_free) else {
                continue;
            };
            let is_near = |old: u32| rate.abs_diff(old) <= old / 4;
            if !told.bit_rate.is_some_and(is_near) {
                told.bit_rate = Some(rate);
                changed.push(told.clone());
            }
        }
        changed
    }
}

fn is_sending(shown: &Shown) -> bool {
    matches!(shown.pump, Feed::Pumping(..)) && shown.told.state != SlotState::Unplayable
}

/// Kilobits per second of what a slot sends, once counted.
pub(super) fn kilobits(streams: &Streams, told: &Slot) -> Option<u32> {
    let stream: StreamKind = sent(told);
    let bits = streams.bits_per_second(&told.camera, stream)?;
    u32::try_from(bits / 1_000).ok()
}
