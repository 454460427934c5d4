//! The lock on an agent's data folder: one agent uses its keys, and others can see whether one runs.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::identity::disk;
use crate::limits::MAX_LOCK_TRIES;

const LOCK_FILE: &str = "lock";

/// Creates the data folder, and locks it for this process.
pub(crate) fn take(data_dir: &Path) -> Result<File> {
    for folder in [data_dir, &data_dir.join("recorders")] {
        disk::make_private_folder(folder)
            .with_context(|| format!("making the data folder {}", folder.display()))?;
    }
    let path = data_dir.join(LOCK_FILE);
    let mut options = File::options();
    // The file stays after the end of a process; only the lock on it counts.
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(&path);
    let file = opened.with_context(|| format!("opening {}", path.display()))?;
    disk::make_file_private(&path).with_context(|| format!("making {} private", path.display()))?;
    let is_ours = lock(&file).with_context(|| format!("locking {}", path.display()))?;
    if !is_ours {
        bail!(
            "another agent is using the data folder {}",
            data_dir.display()
        );
    }
    Ok(file)
}

/// False if another process has it. Who only looks whether an agent runs holds a shared lock for an
/// instant, which must not look like an agent.
fn lock(file: &File) -> io::Result<bool> {
    for _ in 0..MAX_LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        match file.try_lock_shared() {
            Ok(()) => file.unlock()?,
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        std::thread::yield_now();
    }
    Ok(false)
}

/// Whether an agent uses this data folder now.
pub(crate) fn is_held(data_dir: &Path) -> Result<bool> {
    let path = data_dir.join(LOCK_FILE);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("opening {}", path.display())),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("checking the lock {}", path.display()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("agent-lock-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_lock_is_seen_as_long_as_it_is_held() {
        let folder = folder("seen");
        assert!(!is_held(&folder).expect("no folder is no error"));

        let lock = take(&folder).expect("nobody has it");
        let while_held = is_held(&folder);
        drop(lock);
        let afterwards = is_held(&folder);
        std::fs::remove_dir_all(&folder).ok();

        assert!(while_held.expect("a lock"));
        assert!(!afterwards.expect("a lock"));
    }

    #[test]
    fn checking_the_lock_never_blocks_an_agent() {
        let folder = folder("looked-at");
        drop(take(&folder).expect("nobody has it"));
        let is_over = std::sync::atomic::AtomicBool::new(false);

        let refused = std::thread::scope(|threads| {
            threads.spawn(|| {
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    is_held(&folder).expect("a lock");
                }
            });
            let refused = (0..2_000).filter(|_| take(&folder).is_err()).count();
            is_over.store(true, std::sync::atomic::Ordering::Relaxed);
            refused
        });
        std::fs::remove_dir_all(&folder).ok();

        assert_eq!(refused, 0);
    }
}
