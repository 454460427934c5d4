//! A request on the same machine for the agent's current status: a program creates a file beside the status,
//! and the agent deletes it after it has written. Figures change all the time, and writing them without a
//! request would wear out the memory card of a small computer.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Instant;

use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::limits::{LOOK_FOR_QUESTION, STATUS_ANSWER};

const QUESTION_FILE: &str = "status.asked";

/// The agent's side.
#[derive(Debug)]
pub(super) struct StatusQuestion {
    path: PathBuf,
    looks: Interval,
}

impl StatusQuestion {
    pub(super) fn new(data_dir: &Path) -> StatusQuestion {
        let mut looks = interval(LOOK_FOR_QUESTION);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        StatusQuestion {
            path: data_dir.join(QUESTION_FILE),
            looks,
        }
    }

    /// Waits until somebody asks. Dropping the future loses nothing.
    pub(super) async fn is_asked(&mut self) {
        loop {
            self.looks.tick().await;
            if self.path.exists() {
                return;
            }
        }
    }

    /// The status has been written.
    pub(super) fn is_answered(&self) {
        // It may be gone: whoever asked has stopped waiting.
        fs::remove_file(&self.path).ok();
    }
}

/// Asks a running agent, and waits until it has answered or seems not to. Blocks.
pub(super) fn ask(data_dir: &Path) {
    let path = data_dir.join(QUESTION_FILE);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Who may read the folder and not write there sees what was said last.
    if options.open(&path).is_err() {
        return;
    }
    let begun = Instant::now();
    while path.exists() {
        if begun.elapsed() >= STATUS_ANSWER {
            fs::remove_file(&path).ok();
            return;
        }
        std::thread::sleep(LOOK_FOR_QUESTION / 10);
    }
}
