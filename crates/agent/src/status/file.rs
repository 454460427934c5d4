//! The status file: private, replaced as a whole, and read with suspicion, because anything may lie
//! under its name.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::{AgentReport, question};
use crate::data_lock;
use crate::identity::disk;
use crate::limits::{MAX_CAMERAS, MAX_RECORDERS, MAX_STATUS_BYTES};
use crate::unix_time::unix_seconds;

const STATUS_FILE: &str = "status.json";
/// Rises when a field changes its meaning. Fields may be added any time: readers ignore others.
const FORMAT: u32 = 1;

/// The file's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StoredStatus {
    format: u32,
    /// In seconds since 1970.
    written_at: u64,
    #[serde(flatten)]
    report: AgentReport,
}

/// What an agent said last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoundStatus {
    /// Whether it runs now.
    pub is_running: bool,
    /// When it said so, in seconds since 1970.
    pub written_at: u64,
    /// What it said.
    #[serde(flatten)]
    pub report: AgentReport,
}

/// Replaces the file. Blocks for one write.
pub(super) fn store(data_dir: &Path, report: AgentReport) -> Result<()> {
    let stored = StoredStatus {
        format: FORMAT,
        written_at: unix_seconds(),
        report,
    };
    let json = serde_json::to_vec_pretty(&stored)?;
    let path = data_dir.join(STATUS_FILE);
    disk::write_privately(&path, &json).with_context(|| format!("writing {}", path.display()))
}

/// The newest status: asks the agent if it runs, and else takes what it said last. Blocks for as long as
/// the agent may take; one that does not answer in time has its last word.
pub fn ask(data_dir: &Path) -> Result<Option<FoundStatus>> {
    let found = look(data_dir)?;
    if !found.as_ref().is_some_and(|found| found.is_running) {
        return Ok(found);
    }
    question::ask(data_dir);
    look(data_dir)
}

/// Reads what the agent with this data folder said last; `None` if none ever ran with it.
pub fn look(data_dir: &Path) -> Result<Option<FoundStatus>> {
    // First, or an agent that ends between the two looks would seem to run without a file.
    let is_running = data_lock::is_held(data_dir)?;
    let path = data_dir.join(STATUS_FILE);
    let Some(json) = read(&path)? else {
        ensure!(
            !is_running,
            "the agent with the data folder {} has written no status: it is an older version, or \
             cannot write there",
            data_dir.display()
        );
        return Ok(None);
    };
    let stored = parse(&json).with_context(|| format!("reading {}", path.display()))?;
    Ok(Some(FoundStatus {
        is_running,
        written_at: stored.written_at,
        report: stored.report,
    }))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    let reading = || format!("reading {}", path.display());
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(reading),
    };
    // Opening a named pipe would wait for its other end.
    ensure!(metadata.is_file(), "{} is not a file", path.display());
    let mut json = Vec::new();
    let mut start = File::open(path)
        .with_context(reading)?
        .take(MAX_STATUS_BYTES + 1);
    start.read_to_end(&mut json).with_context(reading)?;
    Ok(Some(json))
}

fn parse(json: &[u8]) -> Result<StoredStatus> {
    /// Read first: a later format may have other fields.
    #[derive(Deserialize)]
    struct FormatOnly {
        format: u32,
    }
    let is_too_long = u64::try_from(json.len()).is_ok_and(|n| n > MAX_STATUS_BYTES);
    ensure!(!is_too_long, "it is too long for a status file");
    let FormatOnly { format } = serde_json::from_slice(json).map_err(|error| damaged(&error))?;
    if format > FORMAT {
        bail!("a newer version of the agent wrote it; use that version");
    }
    let stored: StoredStatus = serde_json::from_slice(json).map_err(|error| damaged(&error))?;
    ensure!(
        stored.report.recorders.len() <= MAX_RECORDERS,
        "it has more recorders than an agent can have"
    );
    let mut recorders = stored.report.recorders.iter();
    ensure!(
        recorders.all(|recorder| recorder.cameras.len() <= MAX_CAMERAS),
        "a recorder in it has more cameras than an agent serves"
    );
    Ok(stored)
}

/// Without the library's message, which repeats contents of the file.
fn damaged(error: &serde_json::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "it is damaged or not a status file (line {}, column {}); a running agent replaces it at \
         the next change",
        error.line(),
        error.column()
    )
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proto::health::RecorderHealth;
    use proto::reach::{MappingState, SiteReach};

    use super::*;
    use crate::status::{LinkReport, RecorderReport, RecorderState};

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let name = format!("agent-status-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            fs::create_dir_all(&folder).expect("a folder for temporary files");
            Folder(folder)
        }

        fn file(&self) -> PathBuf {
            self.0.join(STATUS_FILE)
        }

        fn refusal(&self) -> String {
            format!("{:#}", look(&self.0).expect_err("no status"))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    fn report() -> AgentReport {
        AgentReport {
            version: "1".to_owned(),
            started_at: 100,
            cloud: "https://cloud.example.org/".to_owned(),
            reach: SiteReach::unknown(MappingState::Silent),
            recorders: vec![RecorderReport {
                name: "Home".to_owned(),
                serial: "PV-0123-4567-89AB".to_owned(),
                link: LinkReport::new(100),
                state: RecorderState::Opening,
                error: None,
                n_cameras: 4,
                n_cameras_online: 3,
                cameras: Vec::new(),
                health: RecorderHealth::default(),
                warnings: Vec::new(),
            }],
        }
    }

    #[test]
    fn a_stored_status_is_found_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new("found");
        assert_eq!(look(&folder.0).expect("an empty folder"), None);

        store(&folder.0, report()).expect("a folder");

        let found = look(&folder.0).expect("a status").expect("one");
        assert_eq!((found.is_running, &found.report), (false, &report()));
        let mode = fs::metadata(folder.file()).expect("a file").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }

    #[test]
    fn a_running_agent_differs_from_a_stopped_one() {
        let folder = Folder::new("running");
        let lock = data_lock::take(&folder.0).expect("nobody has it");
        assert!(folder.refusal().contains("has written no status"));

        store(&folder.0, report()).expect("a folder");
        let during = look(&folder.0).expect("a status").expect("one");
        drop(lock);
        let afterwards = look(&folder.0).expect("a status").expect("one");

        assert!(during.is_running);
        assert!(!afterwards.is_running);
    }

    #[test]
    fn damaged_and_foreign_files_are_refused_without_repeating_them() {
        let folder = Folder::new("damaged");
        store(&folder.0, report()).expect("a folder");
        let good = fs::read_to_string(folder.file()).expect("a file");
        for (content, words) in [
            (String::new(), "damaged or not a status file"),
            (good[..good.len() / 2].to_owned(), "damaged"),
            ("{\"secret\": 1}".to_owned(), "damaged or not"),
            (good.replace("silent", "\u{1b}[2J-secret"), "damaged or not"),
            (
                good.replace("\"n_cameras\": 4", "\"n_cameras\": -4"),
                "damaged",
            ),
            (
                good.replace("\"format\": 1", "\"format\": 2"),
                "newer version",
            ),
            ("[".repeat(100_000), "damaged"),
            (format!("{good}{}", " ".repeat(33 << 20)), "too long"),
        ] {
            fs::write(folder.file(), content).expect("a file");

            let refusal = folder.refusal();

            assert!(refusal.contains(words), "{refusal}");
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    #[test]
    fn what_is_not_a_file_is_not_opened() {
        let folder = Folder::new("pipe");
        let made = std::process::Command::new("mkfifo")
            .arg(folder.file())
            .status();
        assert!(made.expect("coreutils").success());
        assert!(folder.refusal().contains("is not a file"));

        fs::remove_file(folder.file()).expect("our own");
        fs::create_dir(folder.file()).expect("our own");

        assert!(folder.refusal().contains("is not a file"));
    }

    #[test]
    fn fields_of_later_versions_are_ignored() {
        let folder = Folder::new("later");
        store(&folder.0, report()).expect("a folder");
        let good = fs::read_to_string(folder.file()).expect("a file");
        let later = good.replace("\"n_cameras\": 4", "\"n_cameras\": 4, \"colours\": [{}]");
        assert_ne!(later, good);
        fs::write(folder.file(), later).expect("a file");

        let found = look(&folder.0).expect("a status").expect("one");

        assert_eq!(found.report, report());
    }
}
