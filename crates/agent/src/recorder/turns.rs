//! Whose turn it is to talk on a line: one viewer's, until its talk has ended. That viewer's next talk waits
//! for the end of the one before; everybody else is told who talks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use proto::talking::TalkedBy;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

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
    /// A place on a line for the viewer of a call. Refused while somebody else has one.
    pub(super) fn take(
        &self,
        line: &str,
        (call, name): (&str, &str),
    ) -> Result<TalkTurn, TalkedBy> {
        let mut holders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever talks or waits has the other end.
        holders.retain(|_, holder| Arc::strong_count(&holder.turn) > 1);
        let holder = holders
            .entry(line.to_owned())
            .or_insert_with(|| TalkHolder {
                call: call.to_owned(),
                name: name.to_owned(),
                turn: Arc::default(),
            });
        if holder.call != call {
            let name = holder.name.clone();
            return Err(TalkedBy { name });
        }
        Ok(TalkTurn(Arc::clone(&holder.turn)))
    }

    /// Who talks through a camera, and on a line of the recorder, in another call than this.
    pub(super) fn others(&self, camera: &str, call: &str) -> (Option<TalkedBy>, Option<TalkedBy>) {
        let holders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_other =
            |holder: &&TalkHolder| holder.call != call && Arc::strong_count(&holder.turn) > 1;
        let talked_by = |holder: &TalkHolder| TalkedBy {
            name: holder.name.clone(),
        };
        let own = holders.get(&camera_line(camera)).filter(is_other);
        let lines = holders.iter().filter(|(line, _)| is_recorder_line(line));
        let at_recorder = lines.map(|(_, holder)| holder).find(is_other);
        (own.map(talked_by), at_recorder.map(talked_by))
    }
}

/// The line to one camera's loudspeaker.
pub(super) fn camera_line(camera: &str) -> String {
    format!("camera {camera}")
}

/// A line of the recorder's own.
pub(super) fn recorder_line(id: u32) -> String {
    format!("line {id}")
}

fn is_recorder_line(line: &str) -> bool {
    line.starts_with("line ")
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

    const ANA: (&str, &str) = ("call-1", "ana");
    const BEN: (&str, &str) = ("call-2", "ben");

    #[tokio::test]
    async fn others_are_told_who_talks_until_the_end() {
        let turns = TalkTurns::default();
        let talk = turns.take("1", ANA).expect("free").begin().await;

        let refused = turns.take("1", BEN).map(|_| ());
        let name = "ana".to_owned();
        assert_eq!(refused, Err(TalkedBy { name }));
        assert!(turns.take("2", BEN).is_ok());

        drop(talk);
        assert!(turns.take("1", BEN).is_ok());
    }

    #[tokio::test]
    async fn who_talks_is_known_before_an_attempt() {
        let turns = TalkTurns::default();
        let by_ana = || {
            Some(TalkedBy {
                name: "ana".to_owned(),
            })
        };
        let talk = turns.take(&camera_line("1"), ANA).expect("free").begin();
        let line = turns.take(&recorder_line(1), ANA).expect("free").begin();
        let (talk, line) = (talk.await, line.await);

        assert_eq!(turns.others("1", "call-2"), (by_ana(), by_ana()));
        assert_eq!(turns.others("2", "call-2"), (None, by_ana()));
        assert_eq!(turns.others("1", "call-1"), (None, None), "she herself");

        drop((talk, line));
        assert_eq!(turns.others("1", "call-2"), (None, None));
    }

    #[tokio::test]
    async fn the_same_viewer_waits_for_its_talk_before() {
        let turns = TalkTurns::default();
        let first = turns.take("1", ANA).expect("free").begin().await;

        let mut second = Box::pin(turns.take("1", ANA).expect("her own").begin());
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        let _talk = second.await;

        assert!(turns.take("1", BEN).is_err());
    }
}
