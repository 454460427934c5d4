//! Scheduling of database access. A statement that needs a connection runs in its own task, so a caller that
//! is no longer polled holds no connection. Pages have priority over sockets, calls and workers: only a few
//! of these run at a time, so that pages find free connections.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::AbortOnDropHandle;

use crate::db::connection::limits;
use crate::db::error::{Error, Result};

tokio::task_local! {
    static BEHIND_PAGES: ();
}

/// Runs work that no page waits for; its statements leave connections free.
pub async fn behind_pages<T>(work: impl Future<Output = T>) -> T {
    BEHIND_PAGES.scope((), work).await
}

/// The turns of one database; clones share them.
#[derive(Debug, Clone)]
pub struct ConnectionTurns(Arc<Semaphore>);

/// Held while a connection is; pages need none.
#[derive(Debug)]
pub struct ConnectionTurn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl ConnectionTurns {
    /// Allows so many statements and transactions behind pages at the same time.
    pub(in crate::db) fn new(n: usize) -> ConnectionTurns {
        ConnectionTurns(Arc::new(Semaphore::new(n)))
    }

    /// Runs work that needs a connection in a separate task, which ends when the caller is dropped.
    pub(in crate::db) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        // Asked for here, because in the new task nothing tells whether the work is behind pages.
        let turn = self.take();
        let task = tokio::spawn(async move {
            let _turn = turn.await?;
            work.await
        });
        let done = AbortOnDropHandle::new(task).await;
        done.unwrap_or_else(|_| Err(Error::Gone(sqlx::Error::WorkerCrashed)))
    }

    /// The next turn, for a task behind pages; at once for everybody else.
    pub(in crate::db) fn take(
        &self,
    ) -> impl Future<Output = Result<ConnectionTurn>> + Send + 'static {
        let is_behind = BEHIND_PAGES.try_with(|()| ()).is_ok();
        let turns = self.0.clone();
        async move {
            if !is_behind {
                return Ok(ConnectionTurn { _permit: None });
            }
            let permit = within(limits::TURN, turns.acquire_owned()).await?;
            let permit = permit.map_err(|_| Error::Gone(sqlx::Error::PoolClosed))?;
            Ok(ConnectionTurn {
                _permit: Some(permit),
            })
        }
    }

    /// From here on every wait for a turn fails.
    pub(in crate::db) fn close(&self) {
        self.0.close();
    }
}

async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Result<T> {
    let done = tokio::time::timeout(time, work).await;
    done.map_err(|_| Error::Busy(sqlx::Error::PoolTimedOut))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use futures_util::poll;

    use super::*;
    use crate::db::test::fresh;
    use crate::db::{Db, recorders};

    /// More than either database has connections.
    const MANY: usize = 2 * limits::POSTGRES_CONNECTIONS as usize;
    /// Only a failing test gets near it.
    const PATIENCE: Duration = Duration::from_secs(20);
    /// Links that return at once after a restart.
    const CROWD: usize = 1_000;

    #[tokio::test]
    async fn an_abandoned_query_does_not_block_others() {
        let (_dir, db) = fresh().await;
        let mut half_run = Vec::new();
        for _ in 0..MANY {
            let mut query = Box::pin(recorders::find(&db, "any"));
            assert!(poll!(&mut query).is_pending());
            half_run.push(query);
        }

        let reading = recorders::find(&db, "any");
        let writing = recorders::seen(&db, "any", 1);

        let read = tokio::time::timeout(PATIENCE, reading).await;
        let written = tokio::time::timeout(PATIENCE, writing).await;
        assert!(matches!((read, written), (Ok(Ok(None)), Ok(Ok(())))));
        drop(half_run);
    }

    /// Does it a thousand times at once behind pages, and once for a page as soon as all have begun;
    /// tells how many of the thousand came before the page.
    async fn n_before_a_page(db: &Db, act: impl AsyncFn(&Db)) -> usize {
        let n_done = AtomicUsize::new(0);
        let one = async || {
            act(db).await;
            n_done.fetch_add(1, Ordering::Relaxed);
        };
        let crowd = behind_pages(join_all((0..CROWD).map(|_| one())));
        let page = async {
            act(db).await;
            n_done.load(Ordering::Relaxed)
        };
        // In this order: the others queue before the page comes.
        let (_, n_before) = tokio::join!(crowd, page);
        assert_eq!(n_done.into_inner(), CROWD);
        n_before
    }

    #[tokio::test]
    async fn a_page_does_not_queue_behind_a_thousand_links() {
        let (_dir, db) = fresh().await;
        // So that nobody waits for a connection to be opened.
        join_all((0..MANY).map(|_| recorders::find(&db, "any"))).await;

        let reads = n_before_a_page(&db, async |db| {
            recorders::find(db, "any").await.unwrap();
        });
        let n_reads = reads.await;
        let writes = n_before_a_page(&db, async |db| recorders::seen(db, "any", 1).await.unwrap());
        let n_writes = writes.await;

        let before = format!("{n_reads} reads and {n_writes} writes of {CROWD}");
        assert!(n_reads < CROWD / 2 && n_writes < CROWD / 2, "{before}");
    }
}
