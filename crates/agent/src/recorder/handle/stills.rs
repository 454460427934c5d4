//! Stills for viewers whose stream has no picture yet: one request per camera at a time, shared by all
//! viewers, and few per recorder, so that sixteen new tiles do not block other requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared};
use tokio::sync::Semaphore;

use crate::limits::MAX_STILLS;

/// A still that is fetched, for everybody who waits for it; `None` if there is none.
pub(super) type SharedStill = Shared<PendingStill>;
type PendingStill = BoxFuture<'static, Option<Bytes>>;

/// The stills of one recorder that are under way.
#[derive(Debug, Clone)]
pub(super) struct Stills {
    by_camera: Arc<Mutex<BTreeMap<String, WeakShared<PendingStill>>>>,
    turns: Arc<Semaphore>,
}

impl Default for Stills {
    fn default() -> Stills {
        Stills {
            by_camera: Arc::default(),
            turns: Arc::new(Semaphore::new(MAX_STILLS)),
        }
    }
}

impl Stills {
    /// The still of a camera that is under way, or the one that `fetch` brings. Nothing goes on once nobody waits.
    pub(super) fn share(
        &self,
        camera: &str,
        fetch: impl Future<Output = Option<Bytes>> + Send + 'static,
    ) -> SharedStill {
        let by_camera = self.by_camera.lock();
        let mut by_camera = by_camera.unwrap_or_else(PoisonError::into_inner);
        if let Some(under_way) = by_camera.get(camera).and_then(WeakShared::upgrade)
            && under_way.peek().is_none()
        {
            return under_way;
        }
        // What nobody waits for any more.
        by_camera.retain(|_, still| still.upgrade().is_some());
        let turns = Arc::clone(&self.turns);
        let in_turn = async move {
            let _turn = turns.acquire().await.ok()?;
            fetch.await
        };
        let still = in_turn.boxed().shared();
        if let Some(weak) = still.downgrade() {
            by_camera.insert(camera.to_owned(), weak);
        }
        still
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// A still that arrives when the test sends it.
    fn wanted(stills: &Stills, camera: &str) -> (SharedStill, oneshot::Sender<&'static [u8]>) {
        let (sender, receiver) = oneshot::channel();
        let fetch = async move { Some(Bytes::from_static(receiver.await.ok()?)) };
        (stills.share(camera, fetch), sender)
    }

    #[tokio::test]
    async fn viewers_of_one_camera_share_a_still() {
        let stills = Stills::default();
        let (first, sender) = wanted(&stills, "1");
        let (second, unused) = wanted(&stills, "1");
        assert!(unused.is_closed(), "it is not fetched twice");

        sender.send(b"one").expect("somebody waits");

        let (first, second) = tokio::join!(first, second);
        assert_eq!(first, Some(Bytes::from_static(b"one")));
        assert_eq!(second, first);
        let (later, sender) = wanted(&stills, "1");
        sender.send(b"two").expect("an old one is not shown again");
        assert_eq!(later.await, Some(Bytes::from_static(b"two")));
    }

    #[tokio::test]
    async fn only_two_stills_of_a_recorder_are_fetched_together() {
        let stills = Stills::default();
        let mut all = ["1", "2", "3"].map(|camera| Some(wanted(&stills, camera)));
        for still in &mut all {
            let waiting = still.as_mut().map(|(still, _)| still.now_or_never());
            assert_eq!(waiting, Some(None));
        }
        let (mut third, sender) = all[2].take().expect("the third");
        sender.send(b"three").expect("it waits for its turn");
        assert_eq!((&mut third).now_or_never(), None);

        // A viewer who goes makes room.
        all[0] = None;

        assert_eq!(third.await, Some(Bytes::from_static(b"three")));
    }
}
