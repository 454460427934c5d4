//! The file that lines go into: appended under a lock, so that a command may write beside a running
//! cloud; cut back when a write fails half way; put aside under the number of its first line when
//! it is long enough.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use proto::seconds::DAY;

use super::inventory::Action;
use super::limits::{AGE_PARTS, TAIL_BYTES};
use super::line::{GENESIS, Line};
use crate::config::AuditConfig;
use crate::private;

/// Name of the file that is written to.
pub const FILE: &str = "audit.log";
/// Name of the file whose lock is held while lines are appended.
// Not the log itself: that one is renamed when it is put aside, and its lock would go with it.
pub const LOCK_FILE: &str = "audit.lock";
/// Largest number of a line that another one follows. No log gets so far; what says so was made up.
const LAST_FOLLOWED: u64 = u64::MAX / 4;

/// Head of the chain: number and hash of its last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) seq: u64,
    pub(super) hash: String,
}

impl Head {
    fn genesis() -> Head {
        Head {
            seq: 0,
            hash: GENESIS.to_owned(),
        }
    }
}

/// Why lines were not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotWritten {
    /// The rest of the disk is reserved for the database.
    #[error("less than {reserve} bytes are free on the disk")]
    DiskFull {
        /// The setting `disk_reserve_bytes`.
        reserve: u64,
    },
    /// The file did not take them.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// What happened while a batch was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct BatchOutcome {
    /// Lines that were there once are gone or changed.
    pub(super) is_tampered: bool,
    /// Files that were deleted although their lines should be kept longer.
    pub(super) n_cut: u64,
}

/// The log of one folder.
pub(super) struct LogFile {
    folder: PathBuf,
    lock: File,
    max_bytes: u64,
    keep_seconds: i64,
    keep_files: usize,
    disk_reserve: u64,
    /// The last line that this process wrote or saw, and the length of the file.
    last: Option<(Head, u64)>,
}

impl LogFile {
    /// Opens the log of a folder, or makes it.
    pub(super) fn open(
        folder: &Path,
        config: &AuditConfig,
        disk_reserve: u64,
    ) -> anyhow::Result<LogFile> {
        let path = folder.join(LOCK_FILE);
        let lock = private::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path);
        let lock = lock.with_context(|| format!("opening {}", path.display()))?;
        let path = folder.join(FILE);
        let log = private::options().create(true).append(true).open(&path);
        log.with_context(|| format!("opening {}", path.display()))?;
        Ok(LogFile {
            folder: folder.to_owned(),
            lock,
            max_bytes: config.max_bytes,
            keep_seconds: i64::from(config.keep_days) * DAY,
            keep_files: config.keep_files,
            disk_reserve,
            last: None,
        })
    }

    /// Appends lines, gives them their numbers, and returns once they are on the disk. Either all
    /// of them are written or none.
    pub(super) fn append(&mut self, at: i64, lines: &[Line]) -> Result<BatchOutcome, NotWritten> {
        let space = rustix::fs::statvfs(&self.folder).map_err(std::io::Error::from)?;
        if space.f_bavail.saturating_mul(space.f_frsize) < self.disk_reserve {
            return Err(NotWritten::DiskFull {
                reserve: self.disk_reserve,
            });
        }
        self.append_to_the_last(at, lines)
    }

    /// [`LogFile::append`] as long as the disk takes it.
    pub(super) fn append_to_the_last(
        &mut self,
        at: i64,
        lines: &[Line],
    ) -> Result<BatchOutcome, NotWritten> {
        self.lock.lock()?;
        let appended = self.append_locked(at, lines);
        self.lock.unlock()?;
        appended
    }

    fn append_locked(&mut self, at: i64, lines: &[Line]) -> Result<BatchOutcome, NotWritten> {
        let path = self.folder.join(FILE);
        // Opened anew each time: another process may have put the file aside meanwhile.
        let mut file = private::options()
            .create(true)
            .read(true)
            .append(true)
            .open(&path)?;
        let (mut head, len, torn) = self.find_head(&mut file)?;
        // The chain is behind what we wrote ourselves: somebody took lines away or rewrote them.
        let is_tampered = self.last.as_ref().is_some_and(|(known, _)| {
            head.seq < known.seq || (head.seq == known.seq && head.hash != known.hash)
        });
        let mut text = String::new();
        let own = [
            (torn > 0, Action::LineMended, torn),
            (is_tampered, Action::TamperingSeen, 0),
        ];
        let own = own
            .into_iter()
            .filter(|(is_so, ..)| *is_so)
            .map(|(_, what, n)| Line::of_the_log(at, what, (n > 0).then_some(n)));
        for line in own.chain(lines.iter().cloned()) {
            let line = Line {
                seq: head.seq + 1,
                prev: head.hash,
                ..line
            };
            let (sealed, hash) = line.seal();
            text.push_str(&sealed);
            text.push('\n');
            head = Head {
                seq: line.seq,
                hash,
            };
        }
        // Synced before this is reported: a flushed line survives a power cut.
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Half a line would break the chain for whoever writes next.
            file.set_len(len)?;
            return Err(error.into());
        }
        let len = len + text.len() as u64;
        self.last = Some((head, len));
        let mut written = BatchOutcome {
            is_tampered,
            n_cut: 0,
        };
        if len >= self.max_bytes || self.is_old(at)? {
            written.n_cut = self.rotate(at)?;
        }
        Ok(written)
    }

    /// The last whole line's number and hash, the length up to its end, and how many bytes of a
    /// torn line were cut off behind it.
    fn find_head(&self, file: &mut File) -> Result<(Head, u64, u64), NotWritten> {
        let len = file.metadata()?.len();
        if let Some((head, known)) = &self.last
            && *known == len
            && len > 0
            // The same length is not enough: somebody may have put other bytes in place.
            && last_head(file, len)?.1.as_ref() == Some(head)
        {
            return Ok((head.clone(), len, 0));
        }
        let (whole, head) = last_head(file, len)?;
        if whole < len {
            // A power cut tore the last line. The whole ones stay, and `audit.mend` tells of the cut.
            file.set_len(whole)?;
        }
        if let Some(head) = head {
            return Ok((head, whole, len - whole));
        }
        if whole > 0 {
            // Its last line is damaged: the file is kept for an investigation, and a new one begins.
            std::fs::rename(self.folder.join(FILE), self.free_name("damaged"))?;
            *file = private::options()
                .create(true)
                .read(true)
                .append(true)
                .open(self.folder.join(FILE))?;
        }
        // An empty file continues the last one that was put aside.
        let head = match rotated(&self.folder)?.pop() {
            Some((_, path)) => {
                let mut before = File::open(path)?;
                let len = before.metadata()?.len();
                last_head(&mut before, len)?.1
            }
            None => None,
        };
        // What this process knows counts when the files know less.
        let known = self.last.as_ref().map(|(head, _)| head.clone());
        Ok((head.or(known).unwrap_or_else(Head::genesis), 0, len - whole))
    }

    /// Whether the file began so long ago that with it lines would be kept too long.
    fn is_old(&self, now: i64) -> std::io::Result<bool> {
        let first = first_line(&self.folder.join(FILE))?;
        let began = first.and_then(|line| line.at());
        Ok(began.is_some_and(|at| at + self.keep_seconds / AGE_PARTS <= now))
    }

    /// Puts the file aside and deletes old ones; returns how many of these should have been kept longer.
    fn rotate(&mut self, now: i64) -> std::io::Result<u64> {
        let first = first_line(&self.folder.join(FILE))?;
        let first = first.map_or(0, |line| line.seq);
        std::fs::rename(
            self.folder.join(FILE),
            self.folder.join(format!("audit-{first:012}.log")),
        )?;
        private::options()
            .create(true)
            .append(true)
            .open(self.folder.join(FILE))?;
        let n_cut = self.remove_old(now)?;
        // The head stays: the new file continues the chain.
        if let Some((_, len)) = &mut self.last {
            *len = 0;
        }
        // The rename survives a crash only once the folder is synced.
        File::open(&self.folder)?.sync_all()?;
        Ok(n_cut)
    }

    fn remove_old(&self, now: i64) -> std::io::Result<u64> {
        let old = rotated(&self.folder)?;
        let n_over = old.len().saturating_sub(self.keep_files);
        let mut n_cut = 0;
        for (index, (_, path)) in old.iter().enumerate() {
            let mut file = File::open(path)?;
            let len = file.metadata()?.len();
            let (_, newest) = last_line(&mut file, len)?;
            // Of a file that ends in a damaged line nobody knows how old it is.
            let newest = newest.and_then(|(line, _)| line.at());
            let is_over = newest.is_some_and(|at| at + self.keep_seconds <= now);
            if is_over || index < n_over {
                std::fs::remove_file(path)?;
                n_cut += u64::from(!is_over);
            }
        }
        if n_cut > 0 {
            tracing::error!(n_cut, "files of the audit log were deleted early");
        }
        Ok(n_cut)
    }

    fn free_name(&self, end: &str) -> PathBuf {
        let names = (1_u32..).map(|n| self.folder.join(format!("audit-{n}.{end}")));
        let mut free = names.filter(|path| !path.exists());
        free.next().expect("a folder does not hold all numbers")
    }
}

/// Keeps everybody from appending, in this process or another, until the file is dropped.
pub fn hold(folder: &Path) -> std::io::Result<File> {
    let options = private::options()
        .create(true)
        .write(true)
        .truncate(false)
        .to_owned();
    let file = options.open(folder.join(LOCK_FILE))?;
    file.lock()?;
    Ok(file)
}

/// Files that were put aside, by the number of their first line, oldest first.
pub(super) fn rotated(folder: &Path) -> std::io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let seq = name
            .and_then(|name| name.strip_prefix("audit-")?.strip_suffix(".log"))
            .and_then(|number| number.parse().ok());
        if let Some(seq) = seq {
            found.push((seq, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Where the last whole line ends, and that line with its hash if it can be read.
fn last_line(file: &mut File, len: u64) -> std::io::Result<(u64, Option<(Line, String)>)> {
    let from = len.saturating_sub(TAIL_BYTES);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut tail)?;
    let Some(end) = tail.iter().rposition(|byte| *byte == b'\n') else {
        // A torn line is never as long as the tail, so something else follows the lines.
        let end_of_all = if from > 0 { len } else { 0 };
        return Ok((end_of_all, None));
    };
    let start = tail[..end].iter().rposition(|byte| *byte == b'\n');
    let line = std::str::from_utf8(&tail[start.map_or(0, |at| at + 1)..end]);
    let line = line.ok().and_then(|text| Line::open(text).ok());
    let line = line.filter(|(line, _)| line.seq <= LAST_FOLLOWED);
    Ok((from + end as u64 + 1, line))
}

/// [`last_line`], and of the line its number and hash.
fn last_head(file: &mut File, len: u64) -> std::io::Result<(u64, Option<Head>)> {
    let (end, line) = last_line(file, len)?;
    let head = line.map(|(line, hash)| Head {
        seq: line.seq,
        hash,
    });
    Ok((end, head))
}

fn first_line(path: &Path) -> std::io::Result<Option<Line>> {
    let mut text = Vec::new();
    File::open(path)?.take(TAIL_BYTES).read_to_end(&mut text)?;
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line)
        .ok()
        .and_then(|text| Line::open(text).ok());
    Ok(line.map(|(line, _)| line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Event, chain};
    use crate::db::test::tempdir;

    /// A log of this folder with one more line.
    fn goes_on(folder: &Path) {
        let config = AuditConfig::default();
        let mut log = LogFile::open(folder, &config, 0).unwrap();
        let event = Event::done(Action::LogIn);
        let line = Line::new(0, event, crate::audit::Actor::default(), &config);
        log.append(0, &[line]).unwrap();
    }

    fn n_lines(folder: &Path) -> u64 {
        chain::read(folder, |_| {}).unwrap().n_lines
    }

    #[test]
    fn lines_before_a_long_damaged_tail_are_kept() {
        let folder = tempdir::Dir::new();
        goes_on(folder.path());
        let mut bytes = std::fs::read(folder.path().join(FILE)).unwrap();
        bytes.resize(bytes.len() + 2 * usize::try_from(TAIL_BYTES).unwrap(), 0);
        std::fs::write(folder.path().join(FILE), &bytes).unwrap();

        goes_on(folder.path());

        let aside = std::fs::read(folder.path().join("audit-1.damaged")).unwrap();
        assert!(aside == bytes, "what was there is there");
        assert_eq!(n_lines(folder.path()), 1);
    }

    /// Appends a line at a day, to a log whose files hold little.
    fn on_day(folder: &Path, day: i64, config: &AuditConfig) -> BatchOutcome {
        let mut log = LogFile::open(folder, config, 0).unwrap();
        let event = Event::done(Action::LogIn);
        let line = Line::new(day * DAY, event, crate::audit::Actor::default(), config);
        log.append(day * DAY, &[line]).unwrap()
    }

    fn first_day(folder: &Path) -> i64 {
        let mut first = None;
        chain::read(folder, |line| first = first.or(line.at())).unwrap();
        first.unwrap() / DAY
    }

    #[test]
    fn lines_are_kept_for_ninety_days_and_little_longer() {
        let folder = tempdir::Dir::new();
        let config = AuditConfig::default();

        for day in 1..=400 {
            let written = on_day(folder.path(), day, &config);
            let kept_since = first_day(folder.path());
            assert_eq!(written.n_cut, 0);
            assert!(kept_since <= (day - 90).max(1), "day {day}: {kept_since}");
            assert!(kept_since >= day - 111, "day {day}: {kept_since}");
        }
        assert_eq!(chain::read(folder.path(), |_| {}).unwrap().problems, []);
    }

    #[test]
    fn log_files_over_the_limit_are_deleted_early_and_counted() {
        let folder = tempdir::Dir::new();
        let config = AuditConfig {
            max_bytes: 1,
            keep_files: 3,
            ..AuditConfig::default()
        };

        let n_cut: Vec<u64> = (1..=6)
            .map(|day| on_day(folder.path(), day, &config).n_cut)
            .collect();

        assert_eq!(n_cut, [0, 0, 0, 1, 1, 1]);
        assert_eq!(first_day(folder.path()), 4);
    }

    #[test]
    fn numbering_does_not_continue_from_a_forged_sequence_number() {
        for seq in [LAST_FOLLOWED + 1, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
            let folder = tempdir::Dir::new();
            let line = Line {
                seq,
                ..Line::of_the_log(0, Action::LinesLost, None)
            };
            let (text, _) = line.seal();
            std::fs::write(folder.path().join(FILE), text + "\n").unwrap();

            goes_on(folder.path());
            goes_on(folder.path());

            assert_eq!(n_lines(folder.path()), 2, "{seq}");
        }
    }
}
