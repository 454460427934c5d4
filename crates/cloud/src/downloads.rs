//! What the cloud hands out for the computers beside recorders: the files of `make package` that an operator put into
//! one folder, and in any case the running program, for computers of its own kind. They are looked for once, at the
//! start: a request names one of them and no path.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use crate::checksum::checksum;
use crate::limits;
use crate::turns::Turns;

/// Where operators put them, and a package could.
pub const FOLDER: &str = "/usr/share/peerview/downloads";
/// The running program, also after its file was replaced.
const RUNNING: &str = "/proc/self/exe";

/// Whose processor it is for, in Debian's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// PCs and most NAS.
    Amd64,
    /// Raspberry Pis and some NAS.
    Arm64,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadKind {
    /// For Debian and its relatives, with a service.
    Package,
    /// The program alone, for any Linux.
    Program,
}

/// Every file that may be offered, in the order of a list for people.
const KNOWN: [(&str, Architecture, DownloadKind); 4] = [
    (
        "peerview_amd64.deb",
        Architecture::Amd64,
        DownloadKind::Package,
    ),
    ("peerview-amd64", Architecture::Amd64, DownloadKind::Program),
    (
        "peerview_arm64.deb",
        Architecture::Arm64,
        DownloadKind::Package,
    ),
    ("peerview-arm64", Architecture::Arm64, DownloadKind::Program),
];

/// The files on offer.
pub struct Downloads {
    files: Vec<Arc<Download>>,
    /// Bounds how many of them one client fetches at once.
    pub turns: Arc<Turns>,
}

/// One file on offer.
pub struct Download {
    /// As `make package` calls it.
    pub name: &'static str,
    /// Where it runs.
    pub architecture: Architecture,
    /// What it is.
    pub kind: DownloadKind,
    path: PathBuf,
    known: Mutex<Option<Contents>>,
}

/// What a file contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Its length.
    pub n_bytes: u64,
    /// SHA-256 of all of it, in hexadecimal digits.
    pub sha256: String,
    changed: Option<SystemTime>,
}

/// Read once for all clouds of a process: it is large, and stays what it is.
static OWN: LazyLock<Option<Arc<Download>>> = LazyLock::new(|| {
    let own = match std::env::consts::ARCH {
        "x86_64" => Architecture::Amd64,
        "aarch64" => Architecture::Arm64,
        _ => return None,
    };
    let is_own = |known: &&(_, Architecture, DownloadKind)| {
        known.1 == own && known.2 == DownloadKind::Program
    };
    let (name, architecture, kind) = *KNOWN.iter().find(is_own)?;
    Download::at(name, architecture, kind, PathBuf::from(RUNNING)).map(Arc::new)
});

impl Downloads {
    /// Looks for them in this folder.
    pub fn find(folder: &Path) -> Downloads {
        if folder != Path::new(FOLDER) && !folder.is_dir() {
            tracing::warn!(folder = %folder.display(), "there is no such folder of downloads; set `downloads_dir` in [cloud]");
        }
        let files = KNOWN.iter().filter_map(|&(name, architecture, kind)| {
            let file = Download::at(name, architecture, kind, folder.join(name));
            let own = || OWN.clone().filter(|own| own.name == name);
            file.map(Arc::new).or_else(own)
        });
        Downloads {
            files: files.collect(),
            turns: Turns::new(limits::DOWNLOADS_OF_ONE),
        }
    }

    /// The one of this name.
    pub fn named(&self, name: &str) -> Option<&Download> {
        self.all().find(|file| file.name == name)
    }

    /// All of them, in the order of a list for people.
    pub fn all(&self) -> impl Iterator<Item = &Download> {
        self.files.iter().map(|file| &**file)
    }
}

impl Download {
    fn at(
        name: &'static str,
        architecture: Architecture,
        kind: DownloadKind,
        path: PathBuf,
    ) -> Option<Download> {
        // A pipe or a device would never end.
        let is_file = std::fs::metadata(&path).is_ok_and(|found| found.is_file());
        is_file.then(|| Download {
            name,
            architecture,
            kind,
            path,
            known: Mutex::new(None),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it needs libraries of the system that it was built on, or newer ones.
    pub fn needs_libraries(&self) -> bool {
        self.path == Path::new(RUNNING) && cfg!(not(target_env = "musl"))
    }

    /// What it contains at this moment; it is read again only after it was changed.
    pub async fn contents(&self) -> io::Result<Contents> {
        let found = tokio::fs::metadata(&self.path).await?;
        let known = self.known().clone();
        if let Some(known) = known.filter(|known| known.are_of(&found)) {
            return Ok(known);
        }
        let path = self.path.clone();
        let reading = tokio::task::spawn_blocking(move || Contents::read(File::open(path)?));
        let contents = reading.await.map_err(io::Error::other)??;
        *self.known() = Some(contents.clone());
        Ok(contents)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<Contents>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn read(file: File) -> io::Result<Contents> {
        let found = file.metadata()?;
        let (sha256, n_bytes) = checksum(&file)?;
        Ok(Contents {
            n_bytes,
            sha256,
            changed: found.modified().ok(),
        })
    }

    fn are_of(&self, found: &Metadata) -> bool {
        self.n_bytes == found.len() && self.changed == found.modified().ok()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::db::test::tempdir::Dir;

    #[test]
    fn only_known_files_of_the_folder_are_offered() {
        let dir = Dir::new();
        for name in [
            "peerview_arm64.deb",
            "peerview-arm64",
            "SHA256SUMS",
            "server.key",
        ] {
            fs::write(dir.path().join(name), name).unwrap();
        }
        fs::create_dir(dir.path().join("peerview_amd64.deb")).unwrap();

        let offered = Downloads::find(dir.path());

        let of_folder: Vec<&str> = offered
            .all()
            .filter(|file| file.path() != Path::new(RUNNING))
            .map(|file| file.name)
            .collect();
        assert_eq!(of_folder, ["peerview_arm64.deb", "peerview-arm64"]);
        for name in ["server.key", "SHA256SUMS", "../peerview-arm64", ""] {
            assert!(offered.named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn the_running_program_is_offered_without_any_folder() {
        let offered = Downloads::find(Path::new("/nonexistent"));

        let own: Vec<&Path> = offered.all().map(Download::path).collect();
        let has_name = OWN.is_some();
        assert_eq!(own, vec![Path::new(RUNNING); usize::from(has_name)]);
    }

    #[tokio::test]
    async fn a_replaced_download_is_read_again() {
        let dir = Dir::new();
        let path = dir.path().join("peerview-arm64");
        fs::write(&path, "one").unwrap();
        let offered = Downloads::find(dir.path());
        let file = offered.named("peerview-arm64").unwrap();

        let first = file.contents().await.unwrap();
        fs::write(&path, "another").unwrap();
        let second = file.contents().await.unwrap();
        fs::remove_file(&path).unwrap();

        let one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
        assert_eq!((first.n_bytes, first.sha256.as_str()), (3, one));
        assert_eq!(second.n_bytes, 7);
        assert_ne!(second.sha256, first.sha256);
        assert!(file.contents().await.is_err());
    }
}
