//! Free disk space, and who may use it. A reserve file keeps space for signing in: when the disk is full, the
//! file is deleted, and its space is used for sessions and their counters until there is more again. All
//! other writes are refused meanwhile, before they begin.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rustix::fs::{FallocateFlags, fallocate, statvfs};

use crate::private;

/// Name of the file that keeps room.
pub const RESERVE_FILE: &str = "sign-in.reserve";
/// Bytes that it takes, and leaves for signing in when it is removed.
pub const RESERVE_BYTES: u64 = 16 << 20;
/// With less free than this part of the reserve the disk counts as full: a write takes the pages of
/// the log beside the database, and those of the database when the log is written back.
pub(crate) const MARGIN_PARTS: u64 = 4;

tokio::task_local! {
    static SIGNS_IN: ();
}

/// Works on something that may use the reserve: signing in, staying signed in, signing out.
pub async fn for_sign_in<T>(work: impl Future<Output = T>) -> T {
    SIGNS_IN.scope((), work).await
}

/// Whether what is worked on may use the reserve.
pub(crate) fn is_for_sign_in() -> bool {
    SIGNS_IN.try_with(|()| ()).is_ok()
}

/// The error of all other writes.
pub(crate) fn kept_for_sign_in() -> io::Error {
    let words = "what is left is kept for signing in";
    io::Error::new(ErrorKind::StorageFull, words)
}

/// How much may be written to the disk that a folder is on.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let space = statvfs(folder).ok()?;
    Some(space.f_bavail.saturating_mul(space.f_frsize))
}

/// The reserve of one data folder; commands beside a running cloud share it.
#[derive(Debug)]
pub(crate) struct Reserve {
    folder: PathBuf,
    bytes: u64,
    /// One at a time makes or removes the file.
    changing: Mutex<()>,
}

impl Reserve {
    /// That of a folder; made when there is room for it.
    pub(crate) fn open(folder: &Path, bytes: u64) -> Reserve {
        let reserve = Reserve {
            folder: folder.to_owned(),
            bytes,
            changing: Mutex::new(()),
        };
        // Whether there is room says the next write.
        reserve.check().ok();
        reserve
    }

    /// Whether a write may begin.
    ///
    /// # Errors
    /// The disk is full, and what is left is for signing in.
    pub(crate) fn check(&self) -> io::Result<()> {
        // A disk that cannot be asked is no reason to stop; SQLite says what is wrong with it.
        let Some(free) = free_bytes(&self.folder) else {
            return Ok(());
        };
        let margin = self.bytes / MARGIN_PARTS;
        let is_kept = self.is_kept();
        // Without the file there has to be room for it, too; otherwise it would come and go.
        if free >= margin + if is_kept { 0 } else { self.bytes } {
            if !is_kept {
                self.change(Reserve::make);
            }
            return Ok(());
        }
        if !is_for_sign_in() {
            return Err(kept_for_sign_in());
        }
        if is_kept && free < margin {
            tracing::error!(
                free,
                "the disk is full: using the space reserved for signing in"
            );
            self.change(Reserve::release);
        }
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.folder.join(RESERVE_FILE)
    }

    fn is_kept(&self) -> bool {
        let found = self.path().metadata();
        found.is_ok_and(|found| found.len() >= self.bytes)
    }

    fn change(&self, change: impl FnOnce(&Reserve) -> io::Result<()>) {
        // Another thread is at it, and nobody waits for a disk that is nearly full.
        let Ok(_alone) = self.changing.try_lock() else {
            return;
        };
        if let Err(error) = change(self) {
            tracing::warn!(%error, "could not update the disk space reserved for signing in");
        }
    }

    fn release(&self) -> io::Result<()> {
        std::fs::remove_file(self.path())
    }

    /// Takes the room at once; a file with holes would keep none.
    fn make(&self) -> io::Result<()> {
        let mut options = private::options();
        let file = options
            .write(true)
            .create(true)
            .truncate(true)
            .open(self.path())?;
        let made = match fallocate(&file, FallocateFlags::empty(), 0, self.bytes) {
            Ok(()) => file.sync_all(),
            // NFS and some FUSE file systems know no fallocate.
            Err(rustix::io::Errno::OPNOTSUPP) => fill(&file, self.bytes),
            Err(error) => Err(error.into()),
        };
        if made.is_err() {
            // Half a reserve would count as none and take its room all the same.
            std::fs::remove_file(self.path())?;
        }
        made
    }
}

fn fill(mut file: &std::fs::File, bytes: u64) -> io::Result<()> {
    // Not zeros, which some file systems store as a hole.
    io::copy(&mut io::Read::take(io::repeat(0xa5), bytes), &mut file)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::test::tempdir::Dir;

    #[test]
    fn the_reserve_file_takes_its_space_and_is_private() {
        use std::os::unix::fs::MetadataExt;
        let dir = Dir::new();

        let reserve = Reserve::open(dir.path(), 256 << 10);

        let found = reserve.path().metadata().unwrap();
        assert_eq!((found.len(), found.mode() & 0o777), (256 << 10, 0o600));
        assert!(found.blocks() * 512 >= 256 << 10, "no holes");
        assert!(reserve.check().is_ok());
    }

    #[tokio::test]
    async fn only_sign_ins_write_when_disk_space_is_low() {
        let dir = Dir::new();
        let reserve = Reserve {
            folder: dir.path().to_owned(),
            // More than any disk has.
            bytes: 1 << 60,
            changing: Mutex::new(()),
        };

        let refused = reserve.check().unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::StorageFull);
        assert!(for_sign_in(async { reserve.check() }).await.is_ok());
    }
}
