//! The slots of a call: which camera each one shows, its state, and the pump that feeds it.

mod loads;
mod rungs;

use std::collections::BTreeMap;

use peer::{AudioCodec, MediaSender, Negotiated};
use proto::control::{Slot, SlotState};
use proto::ladder::CameraStream;
use proto::link::message::{StreamKind, Watch};
use proto::reason::Reason;
use proto::video::Decoders;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::limits;
use super::pump::{self, News, Pump, PumpOrder, SoundPump};
use super::pump_task::PumpTask;
use crate::recorder::handle::RecorderHandle;
use crate::stream::{Streams, Subscription};

/// All slots of a call.
pub(super) struct Slots {
    n_slots: u8,
    streams: Streams,
    media: MediaSender,
    news: mpsc::Sender<News>,
    recorder: RecorderHandle,
    negotiated: Negotiated,
    decoders: Decoders,
    is_connected: bool,
    generation: u32,
    slots: BTreeMap<u8, Shown>,
    sound: Option<PumpTask>,
}

struct Shown {
    told: Slot,
    generation: u32,
    pump: Feed,
    last_resend: Option<Instant>,
    /// Streams whose pictures the viewer could not show.
    unfit: Vec<StreamKind>,
    /// What the recorder said about the camera's streams then.
    listed: Vec<CameraStream>,
}

enum Feed {
    /// There is no path yet; the subscription only keeps the stream warm.
    Warm(#[expect(dead_code, reason = "held, not read")] Subscription),
    /// The camera does not exist now, but may exist later.
    Absent,
    Pumping(PumpTask, mpsc::Sender<PumpOrder>),
}

impl Slots {
    pub(super) fn new(
        n_slots: u8,
        streams: Streams,
        media: MediaSender,
        news: mpsc::Sender<News>,
        recorder: RecorderHandle,
    ) -> Slots {
        Slots {
            n_slots,
            streams,
            media,
            news,
            recorder,
            negotiated: Negotiated::default(),
            decoders: Decoders::default(),
            is_connected: false,
            generation: 0,
            slots: BTreeMap::new(),
            sound: None,
        }
    }

    /// Stores which codecs the viewer can play as RTP, and which it decodes by itself.
    pub(super) fn negotiated(&mut self, negotiated: Negotiated, decoders: Decoders) {
        self.negotiated = negotiated;
        self.decoders = decoders;
    }

    /// Stores what to show once the call is connected, and warms the stream. An unknown camera
    /// counts as offline until it appears, because the viewer's list may be older or newer than the
    /// agent's.
    pub(super) fn want(&mut self, watch: &Watch) {
        self.generation += 1;
        let mut told = waiting(watch);
        // What the viewer can show is known only later.
        let asked = self.streams.subscribe(&watch.camera, watch.stream.first());
        let small = || self.streams.subscribe(&watch.camera, StreamKind::Sub);
        let pump = match asked.or_else(small) {
            Some(subscription) => Feed::Warm(subscription),
            None => {
                self.absent(&mut told);
                Feed::Absent
            }
        };
        let shown = Shown {
            told,
            generation: self.generation,
            pump,
            last_resend: None,
            unfit: Vec::new(),
            listed: Vec::new(),
        };
        self.slots.insert(watch.slot, shown);
    }

    /// Starts to send everything that was requested.
    pub(super) fn connected(&mut self) {
        self.is_connected = true;
        let wanted: Vec<Watch> = self
            .slots
            .values()
            .map(|shown| watch_of(&shown.told))
            .collect();
        for watch in wanted {
            // A new subscription begins with the current pictures.
            if self.watch(&watch).is_none()
                && let Some(shown) = self.slots.get_mut(&watch.slot)
            {
                shown.pump = Feed::Absent;
            }
        }
        self.tell_absent();
    }

    /// A camera that the recorder does not list: because of the recorder's own trouble, if it has any.
    fn absent(&self, told: &mut Slot) {
        let trouble = self.streams.reason().borrow().clone();
        told.state = match trouble {
            Some(Reason::Refused { .. } | Reason::Locked { .. }) => SlotState::Refused,
            _ => SlotState::Offline,
        };
        told.reason = Some(trouble.unwrap_or(Reason::NoCamera));
    }

    /// Says again why cameras are missing, and returns what to report to the viewer.
    pub(super) fn tell_absent(&mut self) -> Vec<Slot> {
        let mut changed = Vec::new();
        let mut slots = std::mem::take(&mut self.slots);
        for shown in slots.values_mut() {
            if !matches!(shown.pump, Feed::Absent) {
                continue;
            }
            let old = shown.told.clone();
            self.absent(&mut shown.told);
            if shown.told != old {
                changed.push(shown.told.clone());
            }
        }
        self.slots = slots;
        changed
    }

    /// Looks again for cameras that were missing, and returns what to report to the viewer.
    pub(super) fn retry_absent(&mut self) -> Vec<Slot> {
        let absent: Vec<Watch> = self
            .slots
            .values()
            .filter(|shown| matches!(shown.pump, Feed::Absent))
            .map(|shown| watch_of(&shown.told))
            .collect();
        absent
            .iter()
            .filter_map(|watch| self.watch(watch))
            .collect()
    }

    /// Shows a camera in a slot: the stream that was asked for, or the best of the others that the viewer
    /// can show. Returns `None` if the slot or camera does not exist.
    pub(super) fn watch(&mut self, watch: &Watch) -> Option<Slot> {
        let stream = self.pick(watch, &[])?;
        self.show(watch, stream, Vec::new())
    }

    fn show(&mut self, watch: &Watch, stream: StreamKind, unfit: Vec<StreamKind>) -> Option<Slot> {
        if watch.slot >= self.n_slots {
            return None;
        }
        let subscription = self.streams.subscribe(&watch.camera, stream)?;
        if !self.is_connected {
            self.want(watch);
            return Some(waiting(watch));
        }
        self.generation += 1;
        let slot = Slot {
            sent: (watch.stream != stream.into()).then_some(stream),
            note: self.note_on(watch, stream, &unfit),
            ..waiting(watch)
        };
        let predecessor = match self.slots.remove(&watch.slot) {
            // The other stream of the same camera continues until the new one has a picture.
            Some(Shown {
                told,
                pump: Feed::Pumping(running, orders),
                ..
            }) if told.camera == watch.camera && !unfit.contains(&sent(&told)) => {
                Some((running, orders))
            }
            _ => None,
        };
        let (orders, inbox) = mpsc::channel(1);
        let running = pump::start(
            Pump {
                slot: watch.slot,
                generation: self.generation,
                codecs: self.codecs(watch.slot).to_vec(),
                decoders: self.decoders,
                streams: self.streams.clone(),
                camera: watch.camera.clone(),
                stream,
                media: self.media.clone(),
                news: self.news.clone(),
                recorder: self.recorder.clone(),
                predecessor,
            },
            subscription,
            inbox,
        );
        let shown = Shown {
            told: slot.clone(),
            generation: self.generation,
            pump: Feed::Pumping(running, orders),
            last_resend: None,
            unfit,
            listed: self.streams.listed(&watch.camera),
        };
        self.slots.insert(slot.slot, shown);
        Some(slot)
    }

    /// Stops a slot. Returns `false` if the slot does not exist.
    pub(super) fn unwatch(&mut self, slot: u8) -> bool {
        self.slots.remove(&slot);
        slot < self.n_slots
    }

    /// Selects the camera that the viewer hears, or none. Returns `false` if the camera does not
    /// exist.
    pub(super) fn listen(&mut self, camera: Option<&str>) -> bool {
        self.sound = None;
        let Some(camera) = camera else {
            return true;
        };
        // Prefers a stream that is shown, because it is already running.
        let kind = self
            .slots
            .values()
            .find(|shown| shown.told.camera == camera)
            .map_or(StreamKind::Sub, |shown| sent(&shown.told));
        let Some(subscription) = self.streams.subscribe(camera, kind) else {
            return false;
        };
        self.generation += 1;
        let running = pump::start_sound(
            SoundPump {
                source: u64::from(self.generation),
                codecs: self.audio_codecs(),
                media: self.media.clone(),
            },
            subscription,
        );
        self.sound = Some(running);
        true
    }

    fn audio_codecs(&self) -> Vec<AudioCodec> {
        self.negotiated.audio.clone()
    }

    /// Sends the last group of pictures again to a viewer that lost packets.
    pub(super) fn resend(&mut self, slot: u8) {
        let Some(shown) = self.slots.get_mut(&slot) else {
            return;
        };
        let now = Instant::now();
        let is_due = shown
            .last_resend
            .is_none_or(|last| now.saturating_duration_since(last) >= limits::RESEND);
        if let (true, Feed::Pumping(_, orders)) = (is_due, &shown.pump) {
            shown.last_resend = Some(now);
            // One waiting order is enough.
            let _ = orders.try_send(PumpOrder::Resend);
        }
    }

    /// Does the same for all slots, for example after an interruption.
    pub(super) fn resend_all(&mut self) {
        for slot in 0..self.n_slots {
            self.resend(slot);
        }
    }

    /// Takes a report from a pump, and returns what to tell the viewer if it is new.
    pub(super) fn note(&mut self, news: News) -> Option<Slot> {
        let shown = self.slots.get_mut(&news.slot)?;
        if shown.generation != news.generation {
            return None;
        }
        if news.state == SlotState::Unplayable
            && let Some(other) = self.next_rung(news.slot)
        {
            return Some(other);
        }
        if news.reason == Some(Reason::Full)
            && let Some(other) = self.without_session(news.slot)
        {
            return Some(other);
        }
        let shown = self.slots.get_mut(&news.slot)?;
        let old = shown.told.clone();
        shown.told.state = news.state;
        shown.told.reason = news.reason;
        if let Some(codec) = news.codec {
            shown.told.codec = Some(codec.encoding_name().to_owned());
        }
        shown.told.bit_rate = loads::kilobits(&self.streams, &shown.told).or(shown.told.bit_rate);
        if let Some((width, height)) = news.size {
            shown.told.width = Some(width);
            shown.told.height = Some(height);
        }
        (shown.told != old).then(|| shown.told.clone())
    }

    pub(super) fn all(&self) -> Vec<Slot> {
        self.slots
            .values()
            .map(|shown| shown.told.clone())
            .collect()
    }

    pub(super) fn stop(&mut self) {
        self.slots.clear();
        self.sound = None;
    }
}

fn waiting(watch: &Watch) -> Slot {
    Slot {
        slot: watch.slot,
        camera: watch.camera.clone(),
        stream: watch.stream,
        sent: None,
        state: SlotState::Waiting,
        reason: None,
        codec: None,
        width: None,
        height: None,
        note: None,
        bit_rate: None,
    }
}

/// The stream that a slot carries.
fn sent(slot: &Slot) -> StreamKind {
    slot.sent.unwrap_or(slot.stream.first())
}

fn watch_of(slot: &Slot) -> Watch {
    Watch {
        slot: slot.slot,
        camera: slot.camera.clone(),
        stream: slot.stream,
    }
}
