//! Who may talk on a line: one viewer until its talk has ended. The same viewer's next talk waits for the end
//! of the previous one; everybody else is told who is talking.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use proto::talking::TalkedBy;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::recorder::handle::{RequestError, TalkOrder};

/// Who talks on which line. Lines in nobody's hands are forgotten.
#[derive(Debug, Default)]
pub(super) struct TalkTurns(Mutex<BTreeMap<String, TalkHolder>>);

#[derive(Debug)]
struct TalkHolder {
    /// The call, because one person may have two of them.
    call: String,
    name: String,
    turn: Arc<AsyncMutex<()>>,
}

/// A place on a line, held until dropped.
#[derive(Debug)]
pub(super) struct TalkTurn(Arc<AsyncMutex<()>>);

impl TalkTurns {
    /// A place on a line for a viewer. Refused while somebody else has one.
    pub(super) fn take(&self, line: &str, order: &TalkOrder) -> Result<TalkTurn, RequestError> {
        let mut holders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever talks or waits has the other end.
        holders.retain(|_, holder| Arc::strong_count(&holder.turn) > 1);
        let holder = holders
            .entry(line.to_owned())
            .or_insert_with(|| TalkHolder {
                call: order.call.clone(),
                name: order.name.clone(),
                turn: Arc::default(),
            });
        if holder.call != order.call {
            let name = holder.name.clone();
            return Err(RequestError::Talked(TalkedBy { name }));
        }
        Ok(TalkTurn(Arc::clone(&holder.turn)))
    }
}

impl TalkTurn {
    /// Waits for the end of the viewer's talk before.
    pub(super) async fn begin(self) -> OwnedMutexGuard<()> {
        self.0.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn order(call: &str, name: &str) -> TalkOrder {
        TalkOrder {
            camera: "1".to_owned(),
            call: call.to_owned(),
            name: name.to_owned(),
        }
    }

    #[tokio::test]
    async fn others_are_told_who_talks_until_the_end() {
        let turns = TalkTurns::default();
        let (ana, ben) = (order("call-1", "ana"), order("call-2", "ben"));
        let talk = turns.take("1", &ana).expect("free").begin().await;

        let refused = turns.take("1", &ben).map(|_| ());
        let name = "ana".to_owned();
        assert_eq!(refused, Err(RequestError::Talked(TalkedBy { name })));
        assert!(turns.take("2", &ben).is_ok());

        drop(talk);
        assert!(turns.take("1", &ben).is_ok());
    }

    #[tokio::test]
    async fn the_same_viewer_waits_for_its_talk_before() {
        let turns = TalkTurns::default();
        let ana = order("call-1", "ana");
        let first = turns.take("1", &ana).expect("free").begin().await;

        let mut second = Box::pin(turns.take("1", &ana).expect("her own").begin());
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        let _talk = second.await;

        assert!(turns.take("1", &order("call-2", "ben")).is_err());
    }
}
