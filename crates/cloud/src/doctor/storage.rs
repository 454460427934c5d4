//! The data folder, the space on its disk, the files with keys and certificates, and the database.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::finding::Finding;
use super::limits;
use super::part::SettingsPart;
use super::settings::Settings;
use crate::certificates::files::CertificateFiles;
use crate::config::{Config, TlsConfig, TlsMode};
use crate::db;
use crate::random::Random;

const FOLDER: &str = "data folder";
const SPACE: &str = "disk space";
const KEYS: &str = "key files";
const CERTIFICATE: &str = "certificate files";
const DATABASE: &str = "database";

/// Checks all of them, as far as the settings name their location.
pub(super) async fn look(config: &Config, settings: &Settings) -> Vec<Finding> {
    let has_folder = settings.is_known(SettingsPart::Folder);
    let has_database = settings.is_known(SettingsPart::Database);
    let is_elsewhere = !config.database.url.is_empty();
    let mut findings = Vec::new();
    let mut is_there = false;
    if has_folder {
        let folder = missing(&config.data_dir);
        is_there = folder.is_none();
        findings.push(folder.unwrap_or_else(|| rights(&config.data_dir)));
    }
    if is_there {
        findings.push(space(config));
        findings.push(keys(config, settings.file.as_deref()));
    }
    if settings.is_known(SettingsPart::Address) && config.tls.mode() == TlsMode::Files {
        findings.push(certificate(&config.tls));
    }
    if has_database && (is_there || is_elsewhere) {
        findings.push(database(config).await);
    }
    findings
}

/// Why the folder does not exist.
fn missing(folder: &Path) -> Option<Finding> {
    let shown = folder.display();
    match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() => None,
        Ok(_) => Some(Finding::bad(
            FOLDER,
            format!("{shown} is not a folder"),
            "set `data_dir` to a folder, or move the file away",
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Some(Finding::warn(
            FOLDER,
            format!("{shown} does not exist yet"),
            "start the cloud once: it creates the folder, readable only by its owner",
        )),
        Err(error) => Some(Finding::bad(
            FOLDER,
            format!("{shown} cannot be read: {error}"),
            "run this as the user that the cloud runs as; the folder must belong to it",
        )),
    }
}

fn rights(folder: &Path) -> Finding {
    let shown = folder.display();
    let (mut found, mut fixes) = (Vec::new(), Vec::new());
    if is_open_to_others(folder) {
        found.push(format!("other users of this machine may open {shown}"));
        fixes.push(format!("chmod 700 {shown}"));
    }
    if let Err(error) = write_probe(folder) {
        found.push(format!("{shown} is not writable: {error}"));
        fixes.push(remedy(error.kind()).to_owned());
    }
    if found.is_empty() {
        return Finding::ok(FOLDER, format!("{shown} is private and writable"));
    }
    Finding::bad(FOLDER, found.join("; "), fixes.join("; "))
}

/// Writes one database page to the disk and removes it.
fn write_probe(folder: &Path) -> std::io::Result<()> {
    // A random name, created anew: no link that somebody has placed there is followed.
    let path = folder.join(format!(".doctor-{}", Random.id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)?;
    let written = file
        .write_all(&[0; limits::PROBE_BYTES])
        .and_then(|()| file.sync_all());
    // Removed after a failed write, too, so that no probe stays behind.
    let removed = std::fs::remove_file(&path);
    written.and(removed)
}

fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "free some space, or move the data folder to a larger disk"
        }
        ErrorKind::ReadOnlyFilesystem => {
            "mount its disk for writing; a disk with errors may have become read-only: see `dmesg`"
        }
        _ => "run this as the user that the cloud runs as; the folder must belong to it",
    }
}

fn space(config: &Config) -> Finding {
    let folder = &config.data_dir;
    match rustix::fs::statvfs(folder) {
        // Disks that do not count files report none as available, too.
        Ok(disk) if disk.f_files > 0 && disk.f_favail == 0 => Finding::bad(
            SPACE,
            format!(
                "the disk of {} has no room for another file",
                folder.display()
            ),
            "remove unneeded small files, or move the data folder to another disk",
        ),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            judge_space(folder, free, config.disk_reserve_bytes)
        }
        Err(error) => Finding::warn(
            SPACE,
            format!("{}: {error}", folder.display()),
            "check it with `df`",
        ),
    }
}

fn judge_space(folder: &Path, free: u64, reserve: u64) -> Finding {
    let found = format!("{} MiB free for {}", free >> 20, folder.display());
    let fix =
        "free some space, or move the data folder to a larger disk; backups are the usual cause";
    if free < reserve {
        let found = format!("{found}: less than `disk_reserve_bytes`, so nothing is audited");
        return Finding::bad(SPACE, found, fix);
    }
    if free < limits::FREE_BYTES_BAD {
        Finding::bad(SPACE, found, fix)
    } else if free < limits::FREE_BYTES_WARN {
        Finding::warn(SPACE, found, fix)
    } else {
        Finding::ok(SPACE, found)
    }
}

fn keys(config: &Config, settings: Option<&Path>) -> Finding {
    let mut files = vec![
        config.data_dir.join("server.key"),
        config.tls.key_file.clone(),
        config.mail.dkim_key_file.clone(),
        config.database.password_file.clone(),
    ];
    if has_secret(config) {
        files.extend(settings.map(PathBuf::from));
    }
    let open: Vec<String> = files
        .iter()
        .filter(|file| is_open_to_others(file))
        .map(|file| file.display().to_string())
        .collect();
    if open.is_empty() {
        return Finding::ok(KEYS, "readable only by their owner");
    }
    Finding::bad(
        KEYS,
        format!(
            "other users of this machine may read {}",
            open.join(" and ")
        ),
        format!(
            "chmod 600 {}; if others use this machine, create new keys",
            open.join(" ")
        ),
    )
}

/// Read in the same way as at start.
fn certificate(tls: &TlsConfig) -> Finding {
    match CertificateFiles::open((&tls.certificate_file, &tls.key_file), Arc::default()) {
        Ok(_) => Finding::ok(CERTIFICATE, "certificate and key match"),
        Err(error) => Finding::bad(
            CERTIFICATE,
            format!("{error:#}"),
            "correct `certificate_file` and `key_file` in [cloud.tls], or use another certificate",
        ),
    }
}

/// Whether the settings file itself contains a password.
fn has_secret(config: &Config) -> bool {
    let url = url::Url::parse(&config.database.url);
    !config.mail.password.is_empty() || url.is_ok_and(|url| url.password().is_some())
}

/// Whether strangers have any access, or the group may write. A group may read keys, because web
/// servers share certificates that way.
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
    let looking = tokio::time::timeout(limits::PATIENCE, db::upkeep::inspection::look(config));
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
            "start the database, or check what keeps it busy",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    #[test]
    fn a_filling_disk_is_reported_before_it_is_full() {
        let folder = Path::new("/data");

        for (free, grade) in [
            (5 << 30, Grade::Ok),
            (500 << 20, Grade::Warn),
            (50 << 20, Grade::Bad),
            (0, Grade::Bad),
        ] {
            assert_eq!(judge_space(folder, free, 0).grade, grade, "{free}");
        }
        let reserved = judge_space(folder, 5 << 30, 6 << 30);
        assert_eq!(reserved.grade, Grade::Bad);
        assert!(
            reserved.found.contains("disk_reserve_bytes"),
            "{reserved:?}"
        );
    }

    #[test]
    fn an_unwritable_folder_is_reported_with_a_remedy() {
        for (kind, fix) in [
            (ErrorKind::StorageFull, "free some space"),
            (ErrorKind::QuotaExceeded, "free some space"),
            (ErrorKind::ReadOnlyFilesystem, "mount"),
            (ErrorKind::PermissionDenied, "user"),
        ] {
            assert!(remedy(kind).contains(fix), "{kind:?}");
        }
    }
}
