//! A viewer process as the lab controls it: takes commands, and reports what it saw and when.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;

use super::sighting::{self, Sighting};

/// How long a viewer may take to start: Chromium on a busy machine.
const START: Duration = Duration::from_secs(60);

/// Everything that a viewer saw, with the time in milliseconds since 1970.
type Sightings = Vec<(f64, Sighting)>;

/// A running viewer.
pub(crate) struct Viewer {
    _child: Child,
    orders: ChildStdin,
    seen: watch::Receiver<Sightings>,
    /// Sightings of earlier calls.
    n_old: usize,
}

impl Viewer {
    /// Starts its process and waits until it takes orders; what it complains about goes to `log`.
    pub(crate) async fn start(mut command: Command, log: &Path) -> Result<Viewer, String> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(log)
            .map_err(|error| error.to_string())?;
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let orders = child.stdin.take().expect("piped");
        let output = child.stdout.take().expect("piped");
        let (sender, seen) = watch::channel(Sightings::new());
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(seen) = sighting::read(&line) {
                    sender.send_modify(|all| all.push(seen));
                }
            }
        });
        let mut viewer = Viewer {
            _child: child,
            orders,
            seen,
            n_old: 0,
        };
        viewer.waits(START, |seen| *seen == Sighting::Ready).await?;
        Ok(viewer)
    }

    /// Opens a call; `path` is for pages.
    pub(crate) async fn calls(&mut self, path: &str) -> Result<(), String> {
        self.n_old = self.seen.borrow().len();
        self.order(&format!("call {path}")).await
    }

    /// Ends the call.
    pub(crate) async fn leaves(&mut self) -> Result<(), String> {
        self.order("leave").await
    }

    /// From the tap to the first picture; `None` if there is none in time.
    pub(crate) async fn first_picture(&mut self, limit: Duration) -> Option<Duration> {
        let found = self.waits(limit, |seen| *seen == Sighting::Picture).await;
        let first = found.ok()?;
        let tap = self.find(|seen| *seen == Sighting::Tap)?;
        Some(Duration::from_secs_f64((first - tap).max(0.0) / 1000.0))
    }

    /// When the pictures of this call came, in milliseconds since 1970.
    pub(crate) fn pictures(&self) -> Vec<f64> {
        let all = self.seen.borrow();
        let new = all.iter().skip(self.n_old);
        new.filter(|(_, seen)| *seen == Sighting::Picture)
            .map(|(at, _)| *at)
            .collect()
    }

    /// Why the call ended, if it has.
    pub(crate) fn over(&self) -> Option<String> {
        self.words(|seen| match seen {
            Sighting::Over(why) => Some(why.clone()),
            _ => None,
        })
    }

    /// What the tile said last.
    pub(crate) fn says(&self) -> Option<String> {
        self.words(|seen| match seen {
            Sighting::Says(words) => Some(words.clone()),
            _ => None,
        })
    }

    fn words(&self, of: impl Fn(&Sighting) -> Option<String>) -> Option<String> {
        let all = self.seen.borrow();
        all.iter()
            .skip(self.n_old)
            .rev()
            .find_map(|(_, seen)| of(seen))
    }

    fn find(&self, is_it: impl Fn(&Sighting) -> bool) -> Option<f64> {
        let all = self.seen.borrow();
        let mut new = all.iter().skip(self.n_old);
        new.find(|(_, seen)| is_it(seen)).map(|(at, _)| *at)
    }

    async fn order(&mut self, text: &str) -> Result<(), String> {
        let sent = self.orders.write_all(format!("{text}\n").as_bytes()).await;
        sent.map_err(|error| format!("the viewer's process is gone: {error}"))
    }

    async fn waits(
        &mut self,
        limit: Duration,
        is_it: impl Fn(&Sighting) -> bool,
    ) -> Result<f64, String> {
        let n_old = self.n_old;
        let is_end = |seen: &Sighting| matches!(seen, Sighting::Over(_));
        let find = |all: &Sightings| {
            let mut new = all.iter().skip(n_old);
            new.find(|(_, seen)| is_it(seen) || is_end(seen)).cloned()
        };
        let waiting = self.seen.wait_for(|all| find(all).is_some());
        let all = tokio::time::timeout(limit, waiting)
            .await
            .map_err(|_| "nothing came in time".to_owned())?
            .map_err(|_| "the viewer's process ended".to_owned())?;
        match find(&all) {
            Some((_, Sighting::Over(why))) => Err(why),
            Some((at, _)) => Ok(at),
            None => Err("nothing came".to_owned()),
        }
    }
}
