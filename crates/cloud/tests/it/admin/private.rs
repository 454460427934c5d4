//! Files that a cloud writes are readable only by its owner.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use cloud::admin::Admin;
use cloud::clock::Clock;

use crate::support::TestCloud;

/// Everything below a folder and itself, with whether others have rights on it.
fn below(folder: &Path) -> Vec<(PathBuf, bool)> {
    let mode = |path: &Path| path.symlink_metadata().unwrap().permissions().mode();
    let mut found = vec![(folder.to_owned(), mode(folder) & 0o077 != 0)];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        } else {
            found.push((path.clone(), mode(&path) & 0o177 != 0));
        }
    }
    found
}

fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let found = below(folder).into_iter();
    found
        .filter_map(|(path, is_open)| is_open.then_some(path))
        .collect()
}

#[tokio::test]
async fn files_in_the_data_folder_are_private() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.state.audit.flush().await;
    cloud::accounts::registration::setup::keep_link(&cloud.state, "https://example.org/setup#x")
        .unwrap();
    let backup = cloud.folder().join("backup.tar");
    let config = cloud.state.config.clone();
    let admin = Admin::open_with_clock(config, Clock::Test(cloud.clock.clone()))
        .await
        .unwrap();
    admin.backup(&backup).await.unwrap();
    admin.close().await;

    let n_files = below(cloud.folder()).len();

    assert!(n_files >= 6, "{n_files}");
    assert_eq!(open_to_others(cloud.folder()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn startup_makes_an_older_versions_open_folder_private() {
    let mut cloud = TestCloud::start().await;
    cloud.person("ana").await;
    cloud.stop().await;
    for (path, _) in below(cloud.folder()) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    let cloud = cloud.restart(|config| config.demo = true).await;

    cloud.state.audit.flush().await;
    assert_eq!(open_to_others(cloud.folder()), Vec::<PathBuf>::new());
}
