//! The events of the recorder in one call. The recorder is asked for events only while somebody who may hear
//! of them is there.

use proto::control::events::RecorderEvent;

use crate::recorder::event_tap::EventFeed;

/// The events of one call; none before its control channel is open.
#[derive(Default)]
pub(super) struct ViewerEvents(pub(super) Option<EventFeed>);

impl ViewerEvents {
    /// The next start or stop.
    pub(super) async fn next(&mut self) -> RecorderEvent {
        match &mut self.0 {
            Some(feed) => feed.next().await,
            None => std::future::pending().await,
        }
    }
}
