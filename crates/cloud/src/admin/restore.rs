//! `admin restore`: creates a data folder from an archive of `admin backup`. The folder must be empty and the
//! archive complete; everything is checked before the folder gets its name. Sessions and one-time secrets in
//! the archive are invalidated.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use anyhow::{Context, bail, ensure};

use super::backup::{
    ArchivedFile, FORMAT, MANIFEST, MANIFEST_SUM, Manifest, RowsLocation, Staging, beside,
    stays_below,
};
use crate::audit::chain;
use crate::checksum::checksum;
use crate::clock::Clock;
use crate::db;
use crate::private;

/// Longest manifest that is read, in bytes.
const MAX_MANIFEST_BYTES: u64 = 16 << 20;

/// The result of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The manifest of the archive.
    pub manifest: Manifest,
    /// State of the audit log in it.
    pub audit: chain::Report,
}

/// Restores `archive` into the folder `data`.
pub async fn restore(archive: &Path, data: &Path) -> anyhow::Result<Restored> {
    if data.exists() {
        let mut entries = std::fs::read_dir(data)
            .with_context(|| format!("reading the folder {}", data.display()))?;
        ensure!(
            entries.next().is_none(),
            "{} is not empty: restore into a new or empty folder",
            data.display()
        );
    }
    let staging = Staging::make(beside(data, "partial"))?;
    let files = staging.0.join("files");
    DirBuilder::new().mode(0o700).create(&files)?;
    let manifest = unpack(archive, &files)
        .with_context(|| format!("reading the archive {}", archive.display()))?;
    if manifest.rows == RowsLocation::InTheArchive {
        let path = files.join(db::FILE);
        ensure!(path.exists(), "the archive contains no database");
        db::mend_copy(&path, Clock::System.now())
            .await
            .context("checking the database of the archive")?;
    }
    // Before the folder gets its name: a log that cannot be read stops the restore. A broken chain
    // does not, it is reported.
    let audit = chain::read(&files, |_| {}).context("reading the audit log of the archive")?;
    if data.exists() {
        // Takes only an empty folder: nothing is lost if somebody has put files in meanwhile.
        std::fs::remove_dir(data)?;
    }
    std::fs::rename(&files, data)
        .with_context(|| format!("moving the folder to {}", data.display()))?;
    Ok(Restored { manifest, audit })
}

fn unpack(archive: &Path, files: &Path) -> anyhow::Result<Manifest> {
    let mut tar = tar::Archive::new(File::open(archive)?);
    let mut entries = tar.entries()?;
    let text = read_small(&mut entries, MANIFEST)?;
    let stated = read_small(&mut entries, MANIFEST_SUM)?;
    let manifest = read_manifest(&text, &stated)?;
    for expected in &manifest.files {
        let damaged = || {
            format!(
                "it is damaged: `{}` is missing or unreadable",
                expected.path
            )
        };
        let entry = entries
            .next()
            .with_context(damaged)?
            .with_context(damaged)?;
        unpack_one(entry, expected, files)?;
    }
    ensure!(
        entries.next().is_none(),
        "it contains more than its manifest lists"
    );
    Ok(manifest)
}

fn read_small(entries: &mut tar::Entries<'_, File>, name: &str) -> anyhow::Result<Vec<u8>> {
    use std::io::Read;
    let entry = entries.next().context("it ends too early")??;
    ensure!(
        entry.path()?.as_os_str() == name,
        "it is not a backup of a cloud: {name} is missing or in the wrong place"
    );
    let mut bytes = Vec::new();
    // The archive may come from anywhere: how much memory it takes must not depend on its word.
    entry.take(MAX_MANIFEST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_manifest(text: &[u8], stated: &[u8]) -> anyhow::Result<Manifest> {
    // Finds damage, not forgery: who changes the manifest can change its sum as well.
    let (sum, _) = checksum(text)?;
    ensure!(
        sum.as_bytes() == stated,
        "it is damaged: the checksum of its manifest is wrong"
    );
    let manifest: Manifest =
        serde_json::from_slice(text).context("it is damaged: its manifest cannot be read")?;
    ensure!(
        manifest.format == FORMAT,
        "it has format {}, but this program reads format {FORMAT}: use the program that created it ({})",
        manifest.format,
        manifest.program
    );
    Ok(manifest)
}

fn unpack_one(
    mut entry: tar::Entry<'_, File>,
    expected: &ArchivedFile,
    files: &Path,
) -> anyhow::Result<()> {
    let relative = Path::new(&expected.path);
    // Otherwise `../` in an archive writes wherever this user may (zip slip).
    ensure!(
        stays_below(relative),
        "`{}` is outside the folder",
        expected.path
    );
    let is_expected = entry.path()? == relative
        && entry.header().entry_type().is_file()
        && entry.size() == expected.bytes;
    if !is_expected {
        bail!(
            "it is damaged: another entry is in the place of `{}`",
            expected.path
        );
    }
    let target = files.join(relative);
    if let Some(parent) = target.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(parent)?;
    }
    let mut file = private::create(&target)?;
    std::io::copy(&mut entry, &mut file)?;
    file.sync_all()?;
    let (sha256, bytes) = checksum(File::open(&target)?)?;
    ensure!(
        (bytes, sha256.as_str()) == (expected.bytes, expected.sha256.as_str()),
        "it is damaged: the checksum of `{}` differs from the manifest",
        expected.path
    );
    Ok(())
}
