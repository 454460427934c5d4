//! Verifies the audit log of a folder from its first line to its last, and reports lines that were changed,
//! removed or moved. Lines missing at the very end can be detected only with a head that was noted elsewhere.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;

use super::limits::PROBLEMS;
use super::line::{BadLine, GENESIS, Line};
use super::log_file::{FILE, rotated};

/// What reading the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Lines that can be read.
    pub n_lines: u64,
    /// Number of the first one; above 1 when old files were deleted.
    pub first_seq: u64,
    /// Number of the last one.
    pub last_seq: u64,
    /// Hash of the last one.
    pub head: String,
    /// The problems, at most the first [`PROBLEMS`] of them.
    pub problems: Vec<ChainProblem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainProblem {
    /// Name of the file it is in, without the folder.
    pub file: String,
    /// Line in it, counted from 1.
    pub line: u64,
    /// What is wrong, as a sentence for the operator.
    pub what: String,
}

/// Reads the whole log; `each` is shown every line that can be read.
pub fn read(folder: &Path, mut each: impl FnMut(&Line)) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut files: Vec<_> = rotated(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .into_iter()
        .map(|(_, path)| path)
        .collect();
    files.push(folder.join(FILE));
    for name in damaged(folder)? {
        report.complain(
            &name,
            0,
            "the cloud put this file aside: its last line was damaged".to_owned(),
        );
    }
    for path in files {
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
        report.read_file(&name, BufReader::new(file), &mut each)?;
    }
    Ok(report)
}

fn damaged(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with("audit-") && name.ends_with(".damaged") {
            names.push(name);
        }
    }
    Ok(names)
}

impl Default for Report {
    /// The report of a log of which nothing was read yet.
    fn default() -> Report {
        Report {
            n_lines: 0,
            first_seq: 0,
            last_seq: 0,
            head: GENESIS.to_owned(),
            problems: Vec::new(),
        }
    }
}

impl Report {
    /// Whether the line with this number has this hash, for a head that was noted elsewhere.
    pub fn holds(folder: &Path, seq: u64, hash: &str) -> anyhow::Result<bool> {
        let mut found = false;
        let mut hash_of_next = None;
        let report = read(folder, |line| {
            // The hash of a line is in the next line; that of the last one is the head.
            if line.seq - 1 == seq {
                hash_of_next = Some(line.prev == hash);
            }
            found |= line.seq == seq;
        })?;
        let is_last = report.last_seq == seq && report.head == hash;
        Ok(found && (is_last || hash_of_next == Some(true)))
    }

    /// Continues with another file of the log.
    pub fn read_file(
        &mut self,
        name: &str,
        mut file: impl BufRead,
        each: &mut impl FnMut(&Line),
    ) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let n_read = file
                .read_until(b'\n', &mut bytes)
                .context("reading a line of the audit log")?;
            if n_read == 0 {
                break;
            }
            let is_whole = bytes.pop_if(|byte| *byte == b'\n').is_some();
            let text = std::str::from_utf8(&bytes).map_err(|_| BadLine::Unreadable);
            let opened = match (text, is_whole) {
                (_, false) => {
                    Err("the line is torn; the cloud cuts it off when it writes next".to_owned())
                }
                (text, true) => text.and_then(Line::open).map_err(|bad| bad.to_string()),
            };
            match opened {
                Ok((line, hash)) => {
                    if let Some(what) = self.fits(&line) {
                        self.complain(name, number, what);
                    }
                    // Goes on from this line even if it does not fit, so that one gap is reported once.
                    self.take(&line, hash);
                    each(&line);
                }
                Err(what) => self.complain(name, number, what),
            }
        }
        Ok(())
    }

    fn fits(&self, line: &Line) -> Option<String> {
        let expected = self.last_seq + 1;
        if self.n_lines == 0 {
            // Old files are removed in time, so a log may begin anywhere; only line 1 follows nothing.
            let is_beginning = line.seq != 1 || line.prev == GENESIS;
            return (!is_beginning).then(|| "the first line follows another".to_owned());
        }
        if line.seq > expected {
            return Some(format!(
                "{} lines before this one are gone or damaged",
                line.seq - expected
            ));
        }
        if line.seq < expected {
            return Some(format!(
                "line {} comes after line {}",
                line.seq, self.last_seq
            ));
        }
        (line.prev != self.head).then(|| "it does not follow the line before it".to_owned())
    }

    fn take(&mut self, line: &Line, hash: String) {
        if self.n_lines == 0 {
            self.first_seq = line.seq;
        }
        self.n_lines += 1;
        self.last_seq = line.seq;
        self.head = hash;
    }

    fn complain(&mut self, file: &str, line: u64, what: String) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(ChainProblem {
                file: file.to_owned(),
                line,
                what,
            });
        }
    }
}
