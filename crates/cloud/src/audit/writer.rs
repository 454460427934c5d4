//! The thread that writes the audit log: takes all waiting events, sums up repetitions, and writes them
//! together. The disk sets the pace, and nobody waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{oneshot, watch};

use super::limits::BATCH;
use super::line::Line;
use super::log_file::{LogFile, NotWritten};
use super::repetition::Repetition;
use super::{Action, Actor, Event, Health, ToWriter};
use crate::clock::Clock;
use crate::config::{AuditConfig, Config};

/// How often sums are written when nothing else happens.
const IDLE: Duration = Duration::from_secs(5);

struct Writer {
    file: LogFile,
    config: AuditConfig,
    clock: Clock,
    repetition: Repetition,
    /// Files that were removed before their time, and are not in the log as a number yet.
    n_cut: u64,
    lost: Arc<AtomicU64>,
    health: watch::Sender<Health>,
}

/// Starts the thread; it ends when nobody can send any more.
pub(super) fn start(
    config: &Config,
    waiting: Receiver<ToWriter>,
    lost: Arc<AtomicU64>,
    health: watch::Sender<Health>,
    clock: Clock,
) -> anyhow::Result<()> {
    let mut writer = Writer {
        file: LogFile::open(&config.data_dir, &config.audit, config.disk_reserve_bytes)?,
        config: config.audit.clone(),
        repetition: Repetition::new(clock.now()),
        clock,
        n_cut: 0,
        lost,
        health,
    };
    let thread = std::thread::Builder::new().name("audit".to_owned());
    thread
        .spawn(move || writer.run(&waiting))
        .context("starting the thread of the audit log")?;
    Ok(())
}

impl Writer {
    fn run(&mut self, waiting: &Receiver<ToWriter>) {
        let mut is_over = false;
        while !is_over {
            let (mut notes, mut flushes) = (Vec::new(), Vec::new());
            let mut next = match waiting.recv_timeout(IDLE) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => {
                    is_over = true;
                    None
                }
            };
            while let Some(message) = next {
                match message {
                    ToWriter::Note(note) => notes.push(*note),
                    ToWriter::Flush(done) => flushes.push(done),
                }
                // Bounded, so that a flush is answered while a flood goes on.
                next = (notes.len() < BATCH)
                    .then(|| waiting.try_recv().ok())
                    .flatten();
            }
            self.write(notes, is_over);
            for done in flushes {
                // Whoever asked may have stopped waiting.
                oneshot::Sender::send(done, ()).ok();
            }
        }
    }

    fn write(&mut self, notes: Vec<(i64, Event, Actor)>, is_over: bool) {
        let now = self.clock.now();
        let mut lines = Vec::with_capacity(notes.len());
        let n_lost = self.lost.swap(0, Ordering::Relaxed);
        if n_lost > 0 {
            lines.push(Line::of_the_log(now, Action::LinesLost, Some(n_lost)));
        }
        if self.n_cut > 0 {
            lines.push(Line::of_the_log(now, Action::LogCut, Some(self.n_cut)));
        }
        lines.extend(self.repetition.due(now, is_over));
        for (at, event, asker) in notes {
            let line = Line::new(at, event, asker, &self.config);
            if self.repetition.is_written(&line, now) {
                lines.push(line);
            }
        }
        if lines.is_empty() {
            return;
        }
        // Before the disk, and whether or not it takes them: who collects the output has the lines.
        for line in &lines {
            ship(line);
        }
        let health = self.append(now, &lines);
        self.health.send_if_modified(|known| {
            let is_new = *known != health;
            *known = health;
            is_new
        });
    }

    fn append(&mut self, now: i64, lines: &[Line]) -> Health {
        match self.file.append(now, lines) {
            Ok(written) => {
                self.n_cut = written.n_cut;
                // Once seen it stays so, until a person has looked and started the cloud again.
                let was_tampered = *self.health.borrow() == Health::Tampered;
                if written.is_tampered {
                    tracing::error!("lines of the audit log were removed or changed from outside");
                }
                if written.is_tampered || was_tampered {
                    Health::Tampered
                } else {
                    Health::Good
                }
            }
            Err(error) => {
                let n_kept = match &error {
                    NotWritten::DiskFull { .. } => self.keep_sign_ins(now, lines),
                    NotWritten::Io(_) => 0,
                };
                // This includes lines lost earlier. Files that were deleted early are reported with the
                // next batch.
                let told = lines
                    .iter()
                    .filter(|line| line.what != Action::LogCut.name());
                let n_lost: u64 = told.map(|line| line.n.unwrap_or(1)).sum();
                let n_lost = n_lost.saturating_sub(n_kept);
                self.lost.fetch_add(n_lost, Ordering::Relaxed);
                self.complain(&error);
                Health::Losing
            }
        }
    }

    /// Writes log-ins into the reserve of the disk that is kept for them; returns how many lines that were.
    fn keep_sign_ins(&mut self, now: i64, lines: &[Line]) -> u64 {
        let of_sign_in = lines
            .iter()
            .filter(|line| line.what == Action::LogIn.name());
        let kept: Vec<Line> = of_sign_in.cloned().collect();
        if kept.is_empty() || self.file.append_to_the_last(now, &kept).is_err() {
            return 0;
        }
        kept.len() as u64
    }

    fn complain(&self, error: &NotWritten) {
        // Reported once, and not again with every batch while it lasts.
        if *self.health.borrow() != Health::Losing {
            tracing::error!(%error, "cannot write the audit log; lost lines are counted");
        }
    }
}

/// Copies a line into the program's log, which may be collected where an intruder on
/// this machine cannot reach it.
fn ship(line: &Line) {
    let Line {
        seq: _,
        time: _,
        what,
        outcome,
        account,
        operator,
        client,
        place,
        subject,
        n,
        prev: _,
    } = line;
    tracing::info!(target: "audit", what, ?outcome, account, operator, client, place, subject, n);
}
