//! The newest lines of the audit log about one account, for its owner. Reads backwards from the end and stops
//! after a number of lines or bytes. Damaged lines are skipped; `chain` reports them.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use super::line::Line;
use super::log_file::{FILE, rotated};

/// How much is read and kept at most.
#[derive(Debug, Clone, Copy)]
pub struct TrailLimits {
    /// Maximum of lines about the account.
    pub lines: usize,
    /// Maximum of bytes read, whoever they are about.
    pub bytes: u64,
}

/// What the log says about one account.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The lines about it, oldest first.
    pub lines: VecDeque<Line>,
    /// Whether this is all that is kept.
    pub is_whole: bool,
}

/// Reads the newest lines about an account from the log in `folder`.
///
/// # Errors
/// A file of the log cannot be read.
pub(super) fn of_account(
    folder: &Path,
    account_id: &str,
    most: TrailLimits,
) -> std::io::Result<Trail> {
    // Opened before the others are listed: a file that is put aside meanwhile is met twice, never missed.
    let mut files = vec![File::open(folder.join(FILE))];
    let older = rotated(folder)?.into_iter().rev();
    files.extend(older.map(|(_, path)| File::open(path)));
    let mut reading = TrailReading {
        of_account: format!("\"account\":\"{account_id}\""),
        left: most,
        lines: VecDeque::new(),
    };
    let mut is_whole = true;
    for file in files {
        match file {
            Ok(file) => is_whole = reading.take(file)?,
            // The oldest ones are removed when there are too many.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        if !is_whole {
            break;
        }
    }
    Ok(Trail {
        lines: reading.lines,
        is_whole,
    })
}

struct TrailReading {
    /// Stands in every line that is looked for.
    of_account: String,
    left: TrailLimits,
    lines: VecDeque<Line>,
}

impl TrailReading {
    /// Puts the lines of a file before those of newer files; false when some had to be left out.
    fn take(&mut self, mut file: File) -> std::io::Result<bool> {
        let len = file.metadata()?.len();
        let from = len.saturating_sub(self.left.bytes);
        self.left.bytes -= len - from;
        file.seek(SeekFrom::Start(from))?;
        let newer = self.lines.front().map_or(u64::MAX, |line| line.seq);
        let mut found = VecDeque::new();
        let mut is_whole = from == 0;
        for bytes in BufReader::new(file.take(len - from)).split(b'\n') {
            let bytes = bytes?;
            let text = std::str::from_utf8(&bytes).unwrap_or_default();
            // Searched as text first: parsing and hashing every line of a long log is far slower.
            if !text.contains(&self.of_account) {
                continue;
            }
            let Ok((line, _)) = Line::open(text) else {
                continue;
            };
            // This is the file that was put aside meanwhile, met for the second time.
            if line.seq >= newer {
                break;
            }
            found.push_back(line);
            if found.len() > self.left.lines {
                found.pop_front();
                is_whole = false;
            }
        }
        self.left.lines -= found.len();
        found.append(&mut self.lines);
        self.lines = found;
        Ok(is_whole)
    }
}

#[cfg(test)]
mod tests {
    use super::super::log_file::LogFile;
    use super::super::{Action, Actor, Event};
    use super::*;
    use crate::config::AuditConfig;
    use crate::random::Random;

    const ALL: TrailLimits = TrailLimits {
        lines: 1_000,
        bytes: 1 << 20,
    };

    /// A log of 40 lines over several files, every second one about Ana; and its folder.
    fn log() -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("trail-{}", Random.id()));
        std::fs::create_dir(&folder).unwrap();
        let config = AuditConfig {
            max_bytes: 2_000,
            ..AuditConfig::default()
        };
        let mut file = LogFile::open(&folder, &config, 0).unwrap();
        for n in 0..40 {
            let whose = ["ana", "ben"][n % 2];
            let event = Event::done(Action::LogIn).account(whose).subject(whose);
            let line = Line::new(n as i64, event, Actor::default(), &config);
            file.append(n as i64, &[line]).unwrap();
        }
        assert!(rotated(&folder).unwrap().len() > 3);
        folder
    }

    fn seqs(trail: &Trail) -> Vec<u64> {
        trail.lines.iter().map(|line| line.seq).collect()
    }

    #[test]
    fn an_accounts_lines_come_from_all_files_in_order() {
        let folder = log();

        let trail = of_account(&folder, "ana", ALL).unwrap();
        let nobody = of_account(&folder, "an", ALL).unwrap();

        assert_eq!(seqs(&trail), (1..40).step_by(2).collect::<Vec<u64>>());
        assert!(trail.is_whole);
        assert!(
            trail
                .lines
                .iter()
                .all(|line| line.subject.as_deref() == Some("ana"))
        );
        assert!(nobody.lines.is_empty());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_trail_over_its_limits_keeps_the_newest_lines() {
        let folder = log();

        let few = of_account(&folder, "ana", TrailLimits { lines: 3, ..ALL }).unwrap();
        let short = of_account(&folder, "ana", TrailLimits { bytes: 900, ..ALL }).unwrap();
        let exact = of_account(&folder, "ana", TrailLimits { lines: 20, ..ALL }).unwrap();

        assert_eq!((seqs(&few), few.is_whole), (vec![35, 37, 39], false));
        assert_eq!(seqs(&short).last(), Some(&39));
        assert!(seqs(&short).len() < 5 && !short.is_whole);
        assert!(exact.is_whole && exact.lines.len() == 20);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn damaged_lines_and_a_missing_log_are_skipped() {
        let folder = log();
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(
            &path,
            text.replacen("\"subject\":\"ana\"", "\"subject\":\"eva\"", 1),
        )
        .unwrap();
        let first = text.lines().map(|line| Line::open(line).unwrap().0);
        let changed = first
            .filter(|line| line.account.as_deref() == Some("ana"))
            .map(|line| line.seq)
            .next();

        let trail = of_account(&folder, "ana", ALL).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::create_dir(&folder).unwrap();
        let none = of_account(&folder, "ana", ALL).unwrap();

        assert_eq!(trail.lines.len(), 20 - usize::from(changed.is_some()));
        assert!(!seqs(&trail).contains(&changed.unwrap_or_default()));
        assert_eq!((none.lines.len(), none.is_whole), (0, true));
        std::fs::remove_dir(folder).unwrap();
    }
}
