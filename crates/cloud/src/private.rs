//! File permissions: everything in a data folder is readable only by its owner (folders 0700, files 0600).
//! New files are created that way; this file also corrects what older versions, copies and restores left
//! open.

use std::fs::{File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;

/// Options of a file that only its owner may read.
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(FILE);
    options
}

/// A new file that only its owner may read.
///
/// # Errors
/// It cannot be made, or something is there already: it never replaces a file, nor writes through a link that
/// somebody else put there.
pub fn create(path: &Path) -> std::io::Result<File> {
    options().write(true).create_new(true).open(path)
}

/// Writes a new file that only its owner may read. It is on the disk when this returns.
///
/// # Errors
/// It cannot be written, or something is there already.
pub fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Takes everybody else's rights away from a data folder and from what the cloud has made in it.
/// What belongs to another user stays as it is, with a warning. `ours` are the beginnings of the names of
/// what the cloud makes; a folder may hold other things too.
pub(crate) fn tighten(data_dir: &Path, ours: &[&str]) {
    set(data_dir, FOLDER);
    for path in children(data_dir) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if ours.iter().any(|ours| name.starts_with(ours)) {
            tighten_one(&path);
        }
    }
}

fn tighten_one(path: &Path) {
    // A link leads elsewhere, and what is there is not ours.
    let Ok(found) = path.symlink_metadata() else {
        return;
    };
    if found.is_dir() {
        set(path, FOLDER);
        children(path).iter().for_each(|path| tighten_one(path));
    } else if found.is_file() {
        set(path, FILE);
    }
}

fn children(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.flatten().map(|entry| entry.path()).collect()
}

fn set(path: &Path, most: u32) {
    let Ok(found) = path.metadata() else { return };
    let mode = found.permissions().mode() & 0o7777;
    // Rights are only taken away, so an operator's stricter ones stay.
    if mode & !most == 0 {
        return;
    }
    match std::fs::set_permissions(path, Permissions::from_mode(mode & most)) {
        Ok(()) => {
            tracing::warn!(path = %path.display(), "removed access rights of others")
        }
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "could not remove access rights of others");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::test::tempdir::Dir;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn only_the_clouds_own_files_are_made_private() {
        let dir = Dir::new();
        let open = |name: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "x").unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
            path
        };
        let ours = [
            "peerview.db",
            "peerview.db-wal",
            "audit-1.log",
            "server.key",
            "acme/account.json",
        ];
        let ours = ours.map(open);
        let foreign = open("notes.txt");
        let elsewhere = Dir::new();
        let target = elsewhere.path().join("target");
        std::fs::write(&target, "x").unwrap();
        std::fs::set_permissions(&target, Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&target, dir.path().join("audit.link")).unwrap();

        tighten(dir.path(), &["acme", "audit", "peerview.db", "server.key"]);

        assert_eq!(mode(dir.path()), 0o700);
        assert_eq!(mode(&dir.path().join("acme")), 0o700);
        for path in ours {
            assert_eq!(mode(&path), 0o600, "{path:?}");
        }
        assert_eq!((mode(&foreign), mode(&target)), (0o644, 0o644));
    }
}
