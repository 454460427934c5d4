//! The data folder, the space on its disk, the files with keys, and the database.

use std::path::Path;

use super::{Finding, limits};
use crate::config::Config;
use crate::db;

const FOLDER: &str = "data folder";
const SPACE: &str = "disk space";
const KEYS: &str = "key files";
const DATABASE: &str = "database";

/// Looks at all four.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let folder = &config.data_dir;
    if !folder.is_dir() {
        let found = format!("there is no {} yet", folder.display());
        let fix = "start the cloud once: it makes the folder, readable by its owner only";
        return vec![Finding::warn(FOLDER, found, fix)];
    }
    vec![
        rights(folder),
        space(folder),
        keys(config),
        database(config).await,
    ]
}

fn rights(folder: &Path) -> Finding {
    let shown = folder.display();
    if is_open_to_others(folder) {
        return Finding::bad(
            FOLDER,
            format!("others on this machine may enter {shown}"),
            format!("chmod 700 {shown}"),
        );
    }
    let probe = folder.join(".doctor");
    let written = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Finding::ok(FOLDER, format!("{shown} is private and can be written")),
        Err(error) => Finding::bad(
            FOLDER,
            format!("{shown} cannot be written: {error}"),
            "run this as the user that the cloud runs as; the folder must belong to it",
        ),
    }
}

fn space(folder: &Path) -> Finding {
    match rustix::fs::statvfs(folder) {
        Ok(disk) => judge_space(folder, disk.f_bavail.saturating_mul(disk.f_frsize)),
        Err(error) => Finding::warn(
            SPACE,
            format!("{}: {error}", folder.display()),
            "look with `df`",
        ),
    }
}

fn judge_space(folder: &Path, free: u64) -> Finding {
    let found = format!("{} MiB free for {}", free >> 20, folder.display());
    let fix = "make room, or move the data folder to a larger disk; backups are the usual cause";
    if free < limits::FREE_BYTES_BAD {
        Finding::bad(SPACE, found, fix)
    } else if free < limits::FREE_BYTES_WARN {
        Finding::warn(SPACE, found, fix)
    } else {
        Finding::ok(SPACE, found)
    }
}

fn keys(config: &Config) -> Finding {
    let files = [
        config.data_dir.join("server.key"),
        config.tls.key_file.clone(),
        config.mail.dkim_key_file.clone(),
    ];
    let open: Vec<String> = files
        .iter()
        .filter(|file| is_open_to_others(file))
        .map(|file| file.display().to_string())
        .collect();
    if open.is_empty() {
        return Finding::ok(KEYS, "readable by nobody else");
    }
    Finding::bad(
        KEYS,
        format!("others on this machine may read {}", open.join(" and ")),
        format!(
            "chmod 600 {}; if others use this machine, make new keys",
            open.join(" ")
        ),
    )
}

/// Whether strangers have any right on it, or its group that of writing. Groups may read keys:
/// that is how web servers share certificates.
#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o027 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

async fn database(config: &Config) -> Finding {
    let looking = tokio::time::timeout(limits::PATIENCE, db::inspection::look(config));
    match looking.await {
        Ok(Ok(words)) => Finding::ok(DATABASE, words),
        Ok(Err(error)) => Finding::bad(
            DATABASE,
            format!("{error:#}"),
            "start the database, correct [cloud.database], or restore a backup",
        ),
        Err(_) => Finding::bad(
            DATABASE,
            "it does not answer",
            "start the database, or see what keeps it busy",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    #[test]
    fn a_disk_that_fills_is_told_before_it_is_full() {
        let folder = Path::new("/data");

        for (free, grade) in [
            (5 << 30, Grade::Ok),
            (500 << 20, Grade::Warn),
            (50 << 20, Grade::Bad),
            (0, Grade::Bad),
        ] {
            assert_eq!(judge_space(folder, free).grade, grade, "{free}");
        }
    }
}
