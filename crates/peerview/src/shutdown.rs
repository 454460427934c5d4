//! Shutdown of the program: the first Ctrl-C or SIGTERM asks every part to stop. The second one ends the
//! process at once, and so do parts that take too long.

use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::terminal::say;

/// How long parts may take to end, so that the program ends within 2 s of Ctrl-C.
const GRACE: Duration = Duration::from_millis(1700);
/// The exit code that a shell expects of a program that Ctrl-C interrupted before it was done.
pub(crate) const INTERRUPTED: u8 = 130;

/// Ctrl-C ended a command before its result.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted before it was done")
    }
}

impl std::error::Error for Interrupted {}

/// Returns a token that the first Ctrl-C or SIGTERM cancels. Needs a tokio runtime.
pub(crate) fn on_signal() -> anyhow::Result<CancellationToken> {
    let token = CancellationToken::new();
    let mut interrupts = signal(SignalKind::interrupt()).context("listening for Ctrl-C")?;
    let mut terminations = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let asked = token.clone();
    tokio::spawn(async move {
        either(&mut interrupts, &mut terminations).await;
        say("Ending. Press Ctrl-C again to end at once.");
        asked.cancel();
        either(&mut interrupts, &mut terminations).await;
        std::process::exit(i32::from(INTERRUPTED));
    });
    Ok(token)
}

async fn either(interrupts: &mut Signal, terminations: &mut Signal) {
    tokio::select! {
        _ = interrupts.recv() => {}
        _ = terminations.recv() => {}
    }
}

/// Parts that run concurrently: when one fails, or the token is cancelled, all of them end.
pub(crate) struct TaskGroup {
    token: CancellationToken,
    running: JoinSet<anyhow::Result<()>>,
    grace: Duration,
}

impl TaskGroup {
    /// No parts yet; each of them ends when `token` is cancelled.
    pub(crate) fn new(token: CancellationToken) -> TaskGroup {
        TaskGroup {
            token,
            running: JoinSet::new(),
            grace: GRACE,
        }
    }

    /// Gives the parts this much more time to end, during which they still serve.
    pub(crate) fn drain_for(mut self, time: Duration) -> TaskGroup {
        self.grace += time;
        self
    }

    /// The token that a new part gets.
    pub(crate) fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Starts a part. `name` appears in its error message.
    pub(crate) fn start<F>(&mut self, name: &'static str, part: F)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.running
            .spawn(async move { part.await.with_context(|| format!("running {name}")) });
    }

    /// Waits until all parts have ended. Returns the error of the part that failed first.
    pub(crate) async fn run(mut self) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        tokio::select! {
            () = self.token.cancelled() => {}
            ended = self.running.join_next() => outcome = flatten(ended),
        }
        // One part without the others is of no use, so they end with it.
        self.token.cancel();
        let rest = async {
            while let Some(ended) = self.running.join_next().await {
                outcome = std::mem::replace(&mut outcome, Ok(())).and(flatten(Some(ended)));
            }
        };
        if tokio::time::timeout(self.grace, rest).await.is_err() {
            tracing::warn!(
                n_parts = self.running.len(),
                "some parts did not stop in time and are aborted"
            );
            self.running.abort_all();
        }
        outcome
    }
}

fn flatten(
    ended: Option<Result<anyhow::Result<()>, tokio::task::JoinError>>,
) -> anyhow::Result<()> {
    match ended {
        Some(Ok(outcome)) => outcome,
        Some(Err(panic)) => {
            Err(anyhow::Error::new(panic).context("a part of the program panicked"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failing_part_stops_the_others() {
        let mut parts = TaskGroup::new(CancellationToken::new());
        let token = parts.token();
        parts.start("the patient part", async move {
            token.cancelled().await;
            Ok(())
        });
        parts.start("the broken part", async { Err(anyhow::anyhow!("no luck")) });

        let error = parts.run().await.unwrap_err();

        assert_eq!(format!("{error:#}"), "running the broken part: no luck");
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_that_does_not_stop_is_aborted() {
        let token = CancellationToken::new();
        let mut parts = TaskGroup::new(token.clone());
        parts.start("the deaf part", std::future::pending());
        token.cancel();
        let started = tokio::time::Instant::now();

        parts.run().await.unwrap();

        assert_eq!(started.elapsed().as_millis(), GRACE.as_millis());
    }
}
