//! `admin backup`: one file with the complete state of this cloud: a consistent snapshot of the database, the
//! server's key, the audit log and all other files in the data folder. It works while the cloud runs. Rows in
//! PostgreSQL are left to `pg_dump`, and the manifest says so.

use std::fs::{DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::Admin;
use crate::accounts::registration::setup;
use crate::audit;
use crate::checksum::checksum;
use crate::db;
use crate::disk::RESERVE_FILE;
use crate::private;

/// First entry of the archive.
pub const MANIFEST: &str = "manifest.json";
/// Second entry: the checksum of the first.
pub const MANIFEST_SUM: &str = "manifest.sha256";
/// Version of the archive's form that this program writes, and the only one that it reads.
pub const FORMAT: u32 = 1;

/// The contents of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the archive's form.
    pub format: u32,
    /// Version of the program that made it.
    pub program: String,
    /// When it was made, UTC.
    pub made_at: String,
    /// Whether the rows are in the archive or in PostgreSQL.
    pub rows: RowsLocation,
    /// Every file, in the order of the archive.
    pub files: Vec<ArchivedFile>,
}

/// Where a cloud's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsLocation {
    /// In the archive, as a SQLite file.
    InTheArchive,
    /// In PostgreSQL, to be saved with `pg_dump`.
    InPostgres,
}

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedFile {
    /// Path below the data folder.
    pub path: String,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file in hex.
    pub sha256: String,
}

/// A folder of our own that is deleted on drop.
pub(super) struct Staging(pub(super) PathBuf);

impl Staging {
    /// Makes the folder; it must not be there.
    pub(super) fn make(path: PathBuf) -> anyhow::Result<Staging> {
        let made = DirBuilder::new().mode(0o700).create(&path);
        made.with_context(|| format!("making the folder {}", path.display()))?;
        Ok(Staging(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed is named by the next attempt.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

impl Admin {
    /// Writes an archive to `file`, which must not be there; readable by its owner only.
    pub async fn backup(&self, file: &Path) -> anyhow::Result<Manifest> {
        ensure!(!file.exists(), "{} already exists", file.display());
        let staging = Staging::make(beside(file, "partial"))?;
        let files = staging.0.join("files");
        DirBuilder::new().mode(0o700).create(&files)?;
        let state = self.state();
        let rows = match state.db.sqlite_writer() {
            Some(_) => {
                db::copy_to(&state.db, &files.join(db::FILE)).await?;
                RowsLocation::InTheArchive
            }
            None => RowsLocation::InPostgres,
        };
        copy_folder(&state.config.data_dir, &files)?;
        let made_at = jiff::Timestamp::from_second(state.clock.now()).unwrap_or_default();
        let manifest = Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: made_at.to_string(),
            rows,
            files: entries(&files)?,
        };
        let archive = staging.0.join("archive");
        pack(&archive, &files, &manifest)?;
        std::fs::rename(&archive, file)
            .with_context(|| format!("moving the archive to {}", file.display()))?;
        Ok(manifest)
    }
}

/// The same path with `.end` behind its name.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

/// Copies everything but the database's own files.
fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    // Nothing is appended or put aside meanwhile.
    let held = audit::hold(from)?;
    for relative in files_below(from)? {
        let name = relative.to_string_lossy();
        // With its -wal and -shm: the copy made above is whole without them.
        if name.starts_with(db::FILE) || name == audit::LOCK_FILE || name.ends_with(".partial") {
            continue;
        }
        // The reserve is room without data, and a set-up link must not live on in an archive.
        if name == RESERVE_FILE || name == setup::LINK_FILE {
            continue;
        }
        let target = to.join(&relative);
        if let Some(parent) = target.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(parent)?;
        }
        let mut source = File::open(from.join(&relative))
            .with_context(|| format!("reading {}", from.join(&relative).display()))?;
        std::io::copy(&mut source, &mut private::create(&target)?)?;
    }
    drop(held);
    Ok(())
}

fn entries(files: &Path) -> anyhow::Result<Vec<ArchivedFile>> {
    let mut entries = Vec::new();
    for relative in files_below(files)? {
        let (sha256, bytes) = checksum(File::open(files.join(&relative))?)?;
        let path = relative
            .to_str()
            .context("a file in the data folder has no UTF-8 name")?;
        entries.push(ArchivedFile {
            path: path.to_owned(),
            bytes,
            sha256,
        });
    }
    Ok(entries)
}

fn pack(archive: &Path, files: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let mut tar = tar::Builder::new(private::create(archive)?);
    let text = serde_json::to_vec_pretty(manifest).expect("a manifest is text and numbers");
    let header = |bytes: u64| {
        // The GNU form takes paths longer than 100 bytes.
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes);
        header.set_mode(0o600);
        header
    };
    // These two come first, so that a restore knows what to expect before it writes a file.
    tar.append_data(&mut header(text.len() as u64), MANIFEST, text.as_slice())?;
    let (sum, _) = checksum(text.as_slice())?;
    tar.append_data(&mut header(sum.len() as u64), MANIFEST_SUM, sum.as_bytes())?;
    for entry in &manifest.files {
        let file = File::open(files.join(&entry.path))?;
        tar.append_data(&mut header(entry.bytes), &entry.path, file)?;
    }
    let mut file = tar.into_inner()?;
    file.flush()?;
    // On the disk before it gets its name: after a crash no half archive looks whole.
    file.sync_all().context("writing the archive to the disk")
}

/// Paths of all regular files below a folder, sorted.
fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(relative) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&relative))? {
            let entry = entry?;
            let path = relative.join(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(path);
            // Links and sockets are left out: what they lead to is not this cloud's.
            } else if kind.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a path stays below the folder it is joined to.
pub(super) fn stays_below(path: &Path) -> bool {
    // Only plain names, no root and no `..`: an archive may come from anybody.
    let mut parts = path.components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}
