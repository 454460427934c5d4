//! Readiness of this process: its database answers, its workers run, its disk has space, and it is not
//! draining. The answer names the failing part and gives no details.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::disk;
use crate::state::State;

/// A part that a cloud cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It answers reads.
    Database,
    /// The worker that sends mails lives.
    Outbox,
    /// The relay lives, where there is one.
    Relay,
    /// There is room to write.
    Disk,
    /// The process is not about to stop.
    Draining,
}

impl Part {
    /// As the answer names it.
    pub fn name(self) -> &'static str {
        match self {
            Part::Database => "database",
            Part::Outbox => "outbox",
            Part::Relay => "relay",
            Part::Disk => "disk",
            Part::Draining => "draining",
        }
    }
}

/// What runs in this process; clones share it.
#[derive(Debug, Clone, Default)]
pub struct RunningParts(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    outbox: AtomicBool,
    relay: AtomicBool,
    draining: AtomicBool,
}

/// Says that a part runs, until it is dropped: at its end, or when it panics.
pub struct Alive {
    running: RunningParts,
    part: Part,
}

impl RunningParts {
    /// A part begins to run.
    pub fn begin(&self, part: Part) -> Alive {
        self.set(part, true);
        Alive {
            running: self.clone(),
            part,
        }
    }

    /// The process is about to stop.
    pub fn drain(&self) {
        self.set(Part::Draining, true);
    }

    fn set(&self, part: Part, is_so: bool) {
        if let Some(flag) = self.flag(part) {
            flag.store(is_so, Ordering::Relaxed);
        }
    }

    fn is(&self, part: Part) -> bool {
        self.flag(part)
            .is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    fn flag(&self, part: Part) -> Option<&AtomicBool> {
        match part {
            Part::Outbox => Some(&self.0.outbox),
            Part::Relay => Some(&self.0.relay),
            Part::Draining => Some(&self.0.draining),
            Part::Database | Part::Disk => None,
        }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.running.set(self.part, false);
    }
}

/// The parts that are not well; empty when this process is ready.
pub async fn unwell(state: &State, running: &RunningParts) -> Vec<Part> {
    let mut parts = Vec::new();
    if let Err(error) = state.db.check().await {
        tracing::warn!(%error, "the database does not answer");
        parts.push(Part::Database);
    }
    if !running.is(Part::Outbox) {
        parts.push(Part::Outbox);
    }
    if state.config.relay.enabled && !running.is(Part::Relay) {
        parts.push(Part::Relay);
    }
    // A disk that does not answer counts as full: other processes can take the requests.
    if free_bytes(state).is_none_or(|free| free < state.config.disk_reserve_bytes) {
        parts.push(Part::Disk);
    }
    if running.is(Part::Draining) {
        parts.push(Part::Draining);
    }
    parts
}

/// How much may be written to the disk of the data folder.
pub fn free_bytes(state: &State) -> Option<u64> {
    disk::free_bytes(&state.config.data_dir)
}
