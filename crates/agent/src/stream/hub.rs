//! Connects one stream's frames to its subscribers. The puller publishes each frame once. Every
//! subscriber reads at its own pace from the same cache, so viewers cost the puller nothing.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use proto::ladder::{ListedCodec, StreamFormat};
use tokio::sync::watch;

use super::figures::{PassingPicture, StreamFigures};
use super::gop::{GopCache, GopLimits, Read};
use super::{Event, FrameKind, StreamFrame, StreamState};

/// The distribution point of one stream; cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    shared: Arc<HubState>,
}

#[derive(Debug)]
struct HubState {
    /// Held for a push or a look-up, never across an await.
    cache: Mutex<GopCache>,
    figures: Mutex<StreamFigures>,
    /// What the recorder says about the stream.
    listed: Mutex<StreamFormat>,
    next_number: watch::Sender<u64>,
    state: watch::Sender<StreamState>,
    n_subscribers: watch::Sender<usize>,
}

impl HubState {
    fn cache(&self) -> MutexGuard<'_, GopCache> {
        self.cache
            .lock()
            .expect("no code panics while it holds the cache")
    }

    fn figures(&self) -> MutexGuard<'_, StreamFigures> {
        self.figures
            .lock()
            .expect("no code panics while it holds the figures")
    }

    fn listed(&self) -> MutexGuard<'_, StreamFormat> {
        self.listed
            .lock()
            .expect("no code panics while it holds the format")
    }
}

impl Hub {
    /// Creates a hub without frames.
    pub fn new(limits: GopLimits) -> Hub {
        Hub {
            shared: Arc::new(HubState {
                cache: Mutex::new(GopCache::new(limits)),
                figures: Mutex::default(),
                listed: Mutex::default(),
                next_number: watch::Sender::new(0),
                state: watch::Sender::new(StreamState::Waiting),
                n_subscribers: watch::Sender::new(0),
            }),
        }
    }

    /// Publishes a frame to all current subscribers, and to future ones while it is cached.
    pub fn publish(&self, frame: StreamFrame) {
        self.count(&frame);
        let mut cache = self.shared.cache();
        cache.set_has_readers(*self.shared.n_subscribers.borrow() > 0);
        cache.push(Arc::new(frame));
        let next_number = cache.next_number();
        drop(cache);
        self.shared.next_number.send_replace(next_number);
    }

    fn count(&self, frame: &StreamFrame) {
        // Sound is counted as the camera sends it, heard or not.
        if frame.kind == FrameKind::Audio {
            return;
        }
        self.shared.figures().picture_passes(PassingPicture {
            codec: frame.codec.name(),
            n_bytes: frame.data.len(),
            is_key: frame.kind == FrameKind::VideoKey,
            size: frame.size,
            time: frame.rtp_time,
            arrived: frame.arrived,
        });
    }

    /// A connection to the camera is about to be opened: the statistics start again.
    pub fn opens(&self) {
        self.shared.figures().opens(Instant::now());
    }

    /// Sound of this codec has come in.
    pub fn sound_passes(&self, codec: &'static str) {
        self.shared.figures().sound_passes(codec);
    }

    /// What comes in.
    pub fn figures(&self) -> StreamFigures {
        self.shared.figures().clone()
    }

    /// Stores what the recorder says about the stream.
    pub fn list_as(&self, format: StreamFormat) {
        *self.shared.listed() = format;
    }

    /// What the recorder says about the stream.
    pub fn listed(&self) -> StreamFormat {
        self.shared.listed().clone()
    }

    /// The known format of the stream: as received, else as the recorder reports it.
    pub fn format(&self) -> StreamFormat {
        let listed = self.listed();
        let StreamState::Playing { codec, .. } = *self.shared.state.borrow() else {
            return listed;
        };
        let figures = self.figures();
        let (width, height) = figures.size.unzip();
        let format = StreamFormat {
            codec: Some(ListedCodec::named(codec.name())),
            width: width.or(listed.width),
            height: height.or(listed.height),
            ..listed.clone()
        };
        match figures.sound {
            Some(sound) => format.with_sound(sound),
            None => format,
        }
    }

    /// Whether both are the same stream.
    pub fn is(&self, other: &Hub) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Drops the cached pictures, which are outdated. The next published video frame must be a key
    /// frame.
    pub fn clear(&self) {
        self.shared.cache().clear();
    }

    /// Changes the size of the cache.
    pub fn set_limits(&self, limits: GopLimits) {
        self.shared.cache().set_limits(limits);
    }

    /// Notifies all subscribers of the stream's state.
    pub fn set_state(&self, state: StreamState) {
        if let StreamState::Offline(reason) | StreamState::Refused(reason) = &state {
            self.shared.figures().fails(reason, Instant::now());
        }
        self.shared.state.send_if_modified(|old| {
            let is_new = *old != state;
            if is_new {
                *old = state;
            }
            is_new
        });
    }

    /// The current state, and every change to it.
    pub fn state(&self) -> watch::Receiver<StreamState> {
        self.shared.state.subscribe()
    }

    /// The number of subscribers, and every change to it.
    pub fn n_subscribers(&self) -> watch::Receiver<usize> {
        self.shared.n_subscribers.subscribe()
    }

    /// Bytes of cached pictures.
    pub fn n_cached_bytes(&self) -> usize {
        self.shared.cache().n_bytes()
    }

    /// Starts watching.
    pub fn subscribe(&self) -> Subscription {
        self.shared.n_subscribers.send_modify(|n| *n += 1);
        let news = self.shared.next_number.subscribe();
        // Under one lock, so that no frame comes between the cached ones and the next.
        let cache = self.shared.cache();
        let cached = cache.group();
        let is_key_needed = !cache.is_group_complete();
        let next_number = cache.next_number();
        drop(cache);
        let mut state = self.shared.state.subscribe();
        state.mark_changed();
        Subscription {
            shared: Arc::clone(&self.shared),
            news,
            state,
            is_key_needed,
            cached: (!cached.is_empty()).then_some(cached),
            next_number,
        }
    }
}

/// One viewer's position in a stream. Dropping it ends the subscription.
#[derive(Debug)]
pub struct Subscription {
    shared: Arc<HubState>,
    news: watch::Receiver<u64>,
    state: watch::Receiver<StreamState>,
    cached: Option<Vec<Arc<StreamFrame>>>,
    /// Number of the frame to read next.
    next_number: u64,
    is_key_needed: bool,
}

impl Subscription {
    /// Waits for the next event. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.take_ready() {
                return event;
            }
            tokio::select! {
                changed = self.state.changed() => {
                    changed.expect("the subscription itself keeps the sender");
                    // `changed` has marked it as seen, but it has yet to be told.
                    self.state.mark_changed();
                }
                changed = self.news.changed() => {
                    changed.expect("the subscription itself keeps the sender");
                }
            }
        }
    }

    /// The current state of the stream.
    pub fn state(&self) -> StreamState {
        self.shared.state.borrow().clone()
    }

    fn take_ready(&mut self) -> Option<Event> {
        if let Some(cached) = self.cached.take() {
            return Some(Event::Cached(cached));
        }
        let is_new_state = self
            .state
            .has_changed()
            .expect("the subscription itself keeps the sender");
        if is_new_state {
            return Some(Event::State(self.state.borrow_and_update().clone()));
        }
        // Marked before the look-up, so that a frame published in between wakes the wait.
        self.news.mark_unchanged();
        let cache = self.shared.cache();
        loop {
            match cache.read(self.next_number) {
                Read::Nothing => return None,
                Read::Missed => {
                    self.next_number = cache.resume_number();
                    self.is_key_needed = true;
                    return Some(Event::Lagged);
                }
                Read::Frame(frame) => {
                    self.next_number += 1;
                    match frame.kind {
                        FrameKind::VideoKey => self.is_key_needed = false,
                        FrameKind::VideoDelta if self.is_key_needed => continue,
                        FrameKind::VideoDelta | FrameKind::Audio => {}
                    }
                    return Some(Event::Frame(frame));
                }
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.n_subscribers.send_modify(|n| *n -= 1);
    }
}
