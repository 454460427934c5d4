//! Where one stream's frames meet its subscribers. The puller publishes each frame once; every
//! subscriber reads at its own pace from the same cache, so viewers cost the puller nothing.

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::watch;

use super::gop::{GopCache, GopLimits, Read};
use super::{Event, FrameKind, StreamFrame, StreamState};

/// One stream's meeting point; cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    shared: Arc<HubState>,
}

#[derive(Debug)]
struct HubState {
    /// Held for a push or a look-up, never across an await.
    cache: Mutex<GopCache>,
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
}

impl Hub {
    /// A stream with nothing in it yet.
    pub fn new(limits: GopLimits) -> Hub {
        Hub {
            shared: Arc::new(HubState {
                cache: Mutex::new(GopCache::new(limits)),
                next_number: watch::Sender::new(0),
                state: watch::Sender::new(StreamState::Waiting),
                n_subscribers: watch::Sender::new(0),
            }),
        }
    }

    /// Hands a frame to all subscribers, present and (while it is cached) future ones.
    pub fn publish(&self, frame: StreamFrame) {
        let mut cache = self.shared.cache();
        cache.push(Arc::new(frame));
        let next_number = cache.next_number();
        drop(cache);
        self.shared.next_number.send_replace(next_number);
    }

    /// Forgets the cached pictures, which no longer show what is. The next video frame that is
    /// published has to be a key frame.
    pub fn clear(&self) {
        self.shared.cache().clear();
    }

    /// Changes how much may be cached.
    pub fn set_limits(&self, limits: GopLimits) {
        self.shared.cache().set_limits(limits);
    }

    /// Tells all subscribers how the stream is doing.
    pub fn set_state(&self, state: StreamState) {
        self.shared.state.send_if_modified(|old| {
            let is_new = *old != state;
            if is_new {
                *old = state;
            }
            is_new
        });
    }

    /// The present state, and every change of it.
    pub fn state(&self) -> watch::Receiver<StreamState> {
        self.shared.state.subscribe()
    }

    /// How many subscribers there are, and every change of it.
    pub fn n_subscribers(&self) -> watch::Receiver<usize> {
        self.shared.n_subscribers.subscribe()
    }

    /// Bytes of pictures cached.
    pub fn n_cached_bytes(&self) -> usize {
        self.shared.cache().n_bytes()
    }

    /// Starts watching.
    pub fn subscribe(&self) -> Subscription {
        self.shared.n_subscribers.send_modify(|n| *n += 1);
        let news = self.shared.next_number.subscribe();
        let cache = self.shared.cache();
        let cached = cache.group();
        let next_number = cache.next_number();
        drop(cache);
        let mut state = self.shared.state.subscribe();
        state.mark_changed();
        Subscription {
            shared: Arc::clone(&self.shared),
            news,
            state,
            is_key_needed: cached.is_empty(),
            cached: (!cached.is_empty()).then_some(cached),
            next_number,
        }
    }
}

/// One viewer's place in a stream. Dropping it ends the viewing.
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
    /// Waits for what comes next. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.take_ready() {
                return event;
            }
            tokio::select! {
                changed = self.state.changed() => {
                    changed.expect("the subscription itself keeps the sender");
                    self.state.mark_changed();
                }
                changed = self.news.changed() => {
                    changed.expect("the subscription itself keeps the sender");
                }
            }
        }
    }

    /// The present state of the stream.
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
        // Seen before the look-up, so that a frame published meanwhile wakes the wait.
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
