//! Sends events of the recorder to the viewer of one call. Events are requested from the recorder only while
//! a viewer with the right is connected.

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
