//! Small files of the data folder: private to their owner, and either completely old or completely new after a
//! crash.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Creates a folder and its parents; only the owner may read it.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    tighten(folder, 0o700)
}

/// Removes permissions of others that an older version or a copy left on a file.
pub(crate) fn make_file_private(path: &Path) -> io::Result<()> {
    match tighten(path, 0o600) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        tightened => tightened,
    }
}

#[cfg(unix)]
fn tighten(path: &Path, most: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode() & 0o7777;
    if mode & !most == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & most))
}

#[cfg(not(unix))]
fn tighten(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// Replaces a file with a new one of mode 0600. Content and name are on disk when this returns.
pub(crate) fn write_privately(path: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&unfinished)?;
    file.write_all(content)?;
    // The content has to be on the disk before the name points to it.
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    match path.parent() {
        // The folder holds the name: without this, a power cut may bring the old file back.
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
