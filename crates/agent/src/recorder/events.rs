//! Events of a recorder: one subscription for any number of viewers, and none without viewers, because
//! recorders allow few. The recorder's notifications are turned into starts and stops here.

use proto::backoff::Backoff;
use proto::control::events::{EventKey, EventKind, EventPhase, RecorderEvent};
use proto::event_fold::{EventFold, EventSign, FoldInput};
use proto::machine::Machine;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use super::RecorderStatus;
use super::desk::DriverReports;
use super::due_stops::until;
use super::event_tap::EventOutlet;
use crate::limits::{
    EVENTS_LINGER, EVENTS_REFUSED, EVENTS_RETRY_MOST, MAX_UNFOLDED_EVENTS, RETRY_FIRST,
};
use crate::unix_time::unix_milliseconds;

/// What a driver hears.
pub(super) type HeardEvent = (EventKey, EventSign);

/// A recorder that tells of events.
pub(super) trait EventSource {
    /// Hears of events until that ends.
    fn listen(&self, heard: mpsc::Sender<HeardEvent>) -> impl Future<Output = EventsEnd> + Send;

    /// Nobody needs them any more.
    fn leave(&self) -> impl Future<Output = ()> + Send;
}

/// Why nothing more is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventsEnd {
    /// The connection is gone; it is tried again soon, at first if there had been events.
    Lost {
        /// Whether anything had been heard.
        was_up: bool,
    },
    /// The user may not hear them, or too many others do; it is tried again much later.
    Refused,
    /// The recorder has none, or refuses this login only here: nothing is tried until it was gone.
    Unsupported,
}

/// Subscribes to a recorder while somebody needs its events.
pub(super) async fn serve(
    source: &impl EventSource,
    outlet: &mut EventOutlet,
    reports: &DriverReports,
) {
    let mut backoff = Backoff::new(RETRY_FIRST, EVENTS_RETRY_MOST);
    let mut status = reports.status.subscribe();
    loop {
        outlet.until_wanted().await;
        until_online(&mut status, true).await;
        match outlet.carry(source, reports).await {
            None => source.leave().await,
            Some(EventsEnd::Lost { was_up }) => {
                if was_up {
                    backoff.succeeded();
                }
                sleep(backoff.next_wait(rand::random())).await;
            }
            Some(EventsEnd::Refused) => {
                tracing::warn!(
                    "the recorder refuses event notifications: does the user have the right to receive them?"
                );
                sleep(EVENTS_REFUSED).await;
            }
            Some(EventsEnd::Unsupported) => {
                tracing::info!("the recorder does not support events");
                until_online(&mut status, false).await;
            }
        }
    }
}

async fn until_online(status: &mut watch::Receiver<RecorderStatus>, is_online: bool) {
    let is_so = |status: &RecorderStatus| (*status == RecorderStatus::Online) == is_online;
    if status.wait_for(is_so).await.is_err() {
        std::future::pending().await
    }
}

impl EventOutlet {
    async fn until_wanted(&mut self) {
        if self.n_feeds.wait_for(|n_feeds| *n_feeds > 0).await.is_err() {
            std::future::pending().await
        }
    }

    /// Forwards the events of the source until it ends, or until nobody needs them any more.
    async fn carry(&self, source: &impl EventSource, reports: &DriverReports) -> Option<EventsEnd> {
        let start = Instant::now();
        let mut fold = EventFold::default();
        let (sender, mut heard) = mpsc::channel(MAX_UNFOLDED_EVENTS);
        let mut listening = std::pin::pin!(source.listen(sender));
        let mut unwanted = std::pin::pin!(until_unwanted(self.n_feeds.clone()));
        let end = loop {
            let due = fold.poll_timeout().map(|due| start + due);
            tokio::select! {
                biased;
                Some((key, sign)) = heard.recv() => {
                    fold.handle(FoldInput::Seen(key, sign), start.elapsed());
                }
                () = until(due) => fold.handle_timeout(start.elapsed()),
                end = &mut listening => break Some(end),
                () = &mut unwanted => break None,
            }
            self.tell(&mut fold, reports);
        };
        fold.handle(FoldInput::Lost, start.elapsed());
        self.tell(&mut fold, reports);
        if fold.n_dropped() > 0 {
            let n_dropped = fold.n_dropped();
            tracing::warn!(n_dropped, "the recorder sent too many events");
        }
        end
    }

    fn tell(&self, fold: &mut EventFold, reports: &DriverReports) {
        while let Some((key, state)) = fold.poll_output() {
            if matches!(key.kind, EventKind::DiskFull | EventKind::DiskError) {
                reports.disk_event.notify_one();
            }
            let at = unix_milliseconds();
            let event = RecorderEvent { key, state, at };
            self.going_on.send_modify(|going_on| match event.state {
                EventPhase::Start => going_on.push(event.clone()),
                EventPhase::Stop => going_on.retain(|other| other.key != event.key),
            });
            // Without a viewer there is nobody to tell.
            let _ = self.changes.send(event);
        }
    }
}

/// Waits until nobody has wanted events for a while.
async fn until_unwanted(mut n_feeds: watch::Receiver<usize>) {
    loop {
        if n_feeds.wait_for(|n_feeds| *n_feeds == 0).await.is_err() {
            return std::future::pending().await;
        }
        tokio::select! {
            () = sleep(EVENTS_LINGER) => return,
            _ = n_feeds.wait_for(|n_feeds| *n_feeds > 0) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::recorder::event_tap::EventTap;
    use crate::recorder::talk::TalkWays;

    /// Hears of one motion at once, then nothing; or ends like this.
    struct ScriptedEvents {
        end: Option<EventsEnd>,
        n_listened: AtomicU32,
        n_left: AtomicU32,
    }

    impl ScriptedEvents {
        fn that_ends(end: Option<EventsEnd>) -> ScriptedEvents {
            ScriptedEvents {
                end,
                n_listened: AtomicU32::new(0),
                n_left: AtomicU32::new(0),
            }
        }
    }

    impl EventSource for ScriptedEvents {
        async fn listen(&self, heard: mpsc::Sender<HeardEvent>) -> EventsEnd {
            self.n_listened.fetch_add(1, Ordering::Relaxed);
            if let Some(end) = self.end {
                return end;
            }
            let key = EventKey::new(Some("1".to_owned()), EventKind::Motion, "");
            heard.send((key, EventSign::Begins)).await.expect("heard");
            std::future::pending().await
        }

        async fn leave(&self) {
            self.n_left.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn online() -> DriverReports {
        DriverReports::new(Vec::new(), RecorderStatus::Online, TalkWays::default())
    }

    #[tokio::test(start_paused = true)]
    async fn viewers_share_one_subscription_which_ends_after_them() {
        let (tap, mut outlet) = EventTap::new();
        let (source, reports) = (ScriptedEvents::that_ends(None), online());
        let viewers = async {
            let mut ana = tap.listen();
            assert_eq!(ana.next().await.state, EventPhase::Start);
            let ben = tap.listen();
            assert_eq!(ben.going_on().len(), 1);
            drop(ana);
            sleep(10 * EVENTS_LINGER).await;
            assert_eq!(source.n_left.load(Ordering::Relaxed), 0);
            drop(ben);
            // The next page comes soon.
            sleep(EVENTS_LINGER / 2).await;
            drop(tap.listen());
            sleep(EVENTS_LINGER + Duration::from_secs(1)).await;
        };

        tokio::select! {
            () = serve(&source, &mut outlet, &reports) => {}
            () = viewers => {}
        }

        assert_eq!(source.n_listened.load(Ordering::Relaxed), 1);
        assert_eq!(source.n_left.load(Ordering::Relaxed), 1);
        assert!(outlet.going_on.borrow().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_recorder_that_refuses_events_is_left_alone() {
        for (end, most) in [
            (EventsEnd::Lost { was_up: false }, 25),
            (EventsEnd::Refused, 7),
            (EventsEnd::Unsupported, 1),
        ] {
            let (tap, mut outlet) = EventTap::new();
            let (source, reports) = (ScriptedEvents::that_ends(Some(end)), online());
            let _feed = tap.listen();

            tokio::select! {
                () = serve(&source, &mut outlet, &reports) => {}
                () = sleep(Duration::from_secs(3_601)) => {}
            }

            let n_listened = source.n_listened.load(Ordering::Relaxed);
            assert!(
                (1..=most).contains(&n_listened),
                "{end:?}: {n_listened} in an hour"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_requested_from_a_lost_recorder() {
        let (tap, mut outlet) = EventTap::new();
        let (source, reports) = (ScriptedEvents::that_ends(None), online());
        reports.status(RecorderStatus::Opening);
        let mut feed = tap.listen();

        tokio::select! {
            () = serve(&source, &mut outlet, &reports) => {}
            () = async {
                sleep(Duration::from_secs(60)).await;
                assert_eq!(source.n_listened.load(Ordering::Relaxed), 0);
                reports.status(RecorderStatus::Online);
                feed.next().await;
            } => {}
        }
    }
}
