//! Backup and restore: an archive taken while people use the cloud becomes the same cloud in an
//! empty folder, and nothing but a whole archive into an empty folder is taken.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use cloud::admin::Admin;
use cloud::admin::restore::restore;
use cloud::audit::chain;
use cloud::clock::Clock;
use cloud::random::Random;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::support::{PASSWORD, TestCloud, catalog};

/// A path that nothing is at; what comes there goes with the value.
struct Nowhere(PathBuf);

impl Nowhere {
    fn new() -> Nowhere {
        Nowhere(std::env::temp_dir().join(format!("cloud-backup-{}", Random.id())))
    }
}

impl Drop for Nowhere {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
        std::fs::remove_file(&self.0).ok();
    }
}

async fn back_up(cloud: &TestCloud) -> Nowhere {
    let file = Nowhere::new();
    let clock = Clock::Test(cloud.clock.clone());
    let desk = Admin::open_with_clock(cloud.state.config.clone(), clock)
        .await
        .unwrap();
    desk.run("eva (1000)", "backup", desk.backup(&file.0))
        .await
        .unwrap();
    desk.close().await;
    file
}

#[tokio::test]
async fn a_backup_of_a_running_cloud_restores_completely() {
    let cloud = TestCloud::start().await;
    if cloud.state.db.sqlite_writer().is_none() {
        // The rows are left to pg_dump, which has tests of its own.
        return;
    }
    let ana = cloud.person("ana").await;
    let token = ana.cookie("session").unwrap().to_owned();
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    std::fs::create_dir(cloud.state.config.data_dir.join("more")).unwrap();
    std::fs::write(cloud.state.config.data_dir.join("more/key.pem"), "a key").unwrap();
    cloud.state.audit.flush().await;
    let file = back_up(&cloud).await;
    cloud.person("after").await;

    let target = Nowhere::new();
    let restored = restore(&file.0, &target.0).await.unwrap();
    let again = TestCloud::start_in(target.0.clone(), None, cloud.clock.clone(), |config| {
        config.demo = true;
    })
    .await;

    assert_eq!(restored.audit.problems, []);
    assert_eq!(
        again.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
    assert_eq!(
        again.count("accounts").await,
        1,
        "as of the moment of the backup"
    );
    let mut thief = again.browser();
    thief.takes_cookie("session", &token);
    assert!(
        !thief.is_signed_in().await,
        "what was ended since must not live again"
    );
    again.person("eva").await;
    assert_eq!(
        std::fs::read_to_string(target.0.join("more/key.pem")).unwrap(),
        "a key"
    );
    again.state.audit.flush().await;
    let mut names = Vec::new();
    let report = chain::read(&target.0, |line| names.push(line.what.clone())).unwrap();
    assert_eq!(report.problems, [], "the chain goes on");
    assert!(
        names
            .iter()
            .filter(|name| *name == "register.finish")
            .count()
            == 2,
        "{names:?}"
    );
}

#[tokio::test]
async fn archive_and_restored_folder_are_private_to_their_owner() {
    let cloud = TestCloud::start().await;
    let file = back_up(&cloud).await;
    let target = Nowhere::new();
    restore(&file.0, &target.0).await.unwrap();

    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;

    assert_eq!(mode(&file.0), 0o600);
    assert_eq!(mode(&target.0), 0o700);
    assert_eq!(mode(&target.0.join("server.key")), 0o600);
}

#[tokio::test]
async fn backup_and_restore_overwrite_nothing() {
    let cloud = TestCloud::start().await;
    let file = back_up(&cloud).await;
    let folder = Nowhere::new();
    std::fs::create_dir(&folder.0).unwrap();
    std::fs::write(folder.0.join("mine"), "mine").unwrap();

    let error = restore(&file.0, &folder.0).await.unwrap_err();
    assert!(error.to_string().contains("not empty"), "{error}");
    let clock = Clock::Test(cloud.clock.clone());
    let desk = Admin::open_with_clock(cloud.state.config.clone(), clock)
        .await
        .unwrap();
    let error = desk.backup(&file.0).await.unwrap_err();
    assert!(error.to_string().contains("already exists"), "{error}");

    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1);
}

#[tokio::test]
async fn a_damaged_archive_is_refused_without_leaving_files() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let file = back_up(&cloud).await;
    let whole = std::fs::read(&file.0).unwrap();
    let target = Nowhere::new();
    // One bit here and there, and every kind of cut. What is zero may be mere padding.
    let content: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let mut damaged: Vec<Vec<u8>> = (0..60)
        .map(|n| {
            let mut bytes = whole.clone();
            bytes[content[n * content.len() / 60]] ^= 1;
            bytes
        })
        .collect();
    damaged.extend([0, 100, 512, 5_000, whole.len() / 2].map(|len| whole[..len].to_vec()));
    damaged.push(b"not an archive at all".repeat(100));

    for bytes in damaged {
        std::fs::write(&file.0, &bytes).unwrap();
        let outcome = restore(&file.0, &target.0).await;
        assert!(outcome.is_err(), "{} bytes", bytes.len());
        assert!(!target.0.exists());
    }
    std::fs::write(&file.0, &whole).unwrap();
    restore(&file.0, &target.0).await.unwrap();
}

#[tokio::test]
async fn an_archive_cannot_write_outside_its_folder() {
    for (name, is_link, words) in [
        ("../../evil", false, "is outside the folder"),
        ("/evil", false, "is outside the folder"),
        ("server.key", true, "another entry is in the place"),
    ] {
        let file = Nowhere::new();
        std::fs::write(&file.0, archive_with(name, is_link)).unwrap();
        let target = Nowhere::new();

        let error = restore(&file.0, &target.0).await.unwrap_err();

        assert!(format!("{error:#}").contains(words), "{name}: {error:#}");
        assert!(!target.0.exists());
    }
}

/// An archive whose checksums are right and whose only file has this name, or is a link.
fn archive_with(name: &str, is_link: bool) -> Vec<u8> {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let manifest = serde_json::json!({"format": 1, "program": "0.1.0", "made_at": "2026-11-24T04:03:20Z",
        "rows": "in_postgres", "files": [{"path": name, "bytes": 0, "sha256": empty}]});
    let manifest = manifest.to_string();
    let sum = HEXLOWER.encode(&Sha256::digest(manifest.as_bytes()));
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |name: &str, text: &str, kind: tar::EntryType| {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_entry_type(kind);
        header.set_mode(0o600);
        if kind.is_symlink() {
            header.set_link_name("/etc/passwd").unwrap();
        }
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    };
    add("manifest.json", &manifest, tar::EntryType::Regular);
    add("manifest.sha256", &sum, tar::EntryType::Regular);
    let kind = if is_link {
        tar::EntryType::Symlink
    } else {
        tar::EntryType::Regular
    };
    add("server.key", "", kind);
    tar.into_inner().unwrap()
}

#[tokio::test]
async fn every_table_is_listed_as_kept_or_emptied_by_restore() {
    let cloud = TestCloud::start().await;
    let mut decided: Vec<&str> =
        [cloud::db::EMPTIED_BY_RESTORE, cloud::db::KEPT_BY_RESTORE].concat();
    decided.sort_unstable();

    let mut tables = catalog::tables(&cloud.state.db).await;
    tables.sort_unstable();
    assert_eq!(
        tables, decided,
        "say in db/upkeep/copy.rs what a restore does with each table"
    );
}
