//! The disk of a cloud on SQLite is full (security.md §7.2, row 7): who has an account signs in and
//! watches, nothing else is written, nothing is lost, and it ends when there is room again.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloud::clock::TestClock;
use cloud::db::recorders;
use cloud::disk::RESERVE_FILE;
use cloud::random::Random;

use crate::support::wire::Wire;
use crate::support::{PASSWORD, START, TestCloud, shows};

/// A small disk, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    /// Of so many megabytes, where this machine lets one be mounted.
    fn mount(megabytes: u32) -> Option<Disk> {
        let folder = std::env::temp_dir().join(format!("cloud-disk-{}", Random.id()));
        std::fs::create_dir(&folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"]);
        let is_mounted = mount
            .arg(&folder)
            .output()
            .is_ok_and(|said| said.status.success());
        if is_mounted {
            return Some(Disk(folder));
        }
        std::fs::remove_dir(&folder).unwrap();
        None
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }

    /// Leaves no room at all.
    fn fill(&self) {
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(self.filler())
            .unwrap();
        for size in [1 << 20, 4_096, 1] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
        std::fs::remove_dir(&self.0).ok();
    }
}

async fn cloud_on(folder: &Path) -> TestCloud {
    TestCloud::start_in(folder.join("data"), None, TestClock::at(START), |config| {
        config.demo = true;
        config.sign_in_reserve_bytes = 4 << 20;
        config.disk_reserve_bytes = 2 << 20;
    })
    .await
}

#[tokio::test]
async fn on_a_full_disk_people_sign_in_and_nothing_else_is_written() {
    let Some(disk) = Disk::mount(48) else {
        return shows("a full disk under SQLite: not tried, nobody may mount a small one here");
    };
    let cloud = cloud_on(&disk.0).await;
    let mut ana = cloud.person("ana").await;
    let reserve = cloud.folder().join(RESERVE_FILE);
    assert!(reserve.exists());

    disk.fill();

    // With hers fewer sessions than an account may have: none is ended for another.
    for n in 0..18 {
        let mut browser = cloud.browser();
        let page = browser.logs_in("ana", PASSWORD, false).await;
        assert_eq!(page.location(), Some("/devices"), "{n}: {}", page.body);
        assert!(browser.is_signed_in().await);
    }
    assert!(!reserve.exists(), "it was used");
    assert!(ana.is_signed_in().await);
    let wrong = cloud
        .browser()
        .logs_in("ana", "not this one at all", false)
        .await;
    assert_ne!(wrong.location(), Some("/devices"));
    let chosen = ana.chooses_language("de", "/devices").await;
    assert_eq!(chosen.status, 503, "{}", chosen.body);
    let refused = recorders::register(&cloud.state.db, "PV-1", "key", START).await;
    assert!(
        matches!(refused, Err(cloud::db::Error::Full(_))),
        "{refused:?}"
    );
    let out = ana.post("/logout", &[]).await;
    assert_eq!(out.status, 303, "{}", out.body);
    assert!(!ana.is_signed_in().await);

    disk.free();

    recorders::register(&cloud.state.db, "PV-1", "key", START)
        .await
        .unwrap();
    assert!(reserve.exists(), "it is kept again");
    cloud.person("ben").await;
    shows("disk full: 21 log-ins and a log-out from the reserve, everything else 503");
}

#[tokio::test]
async fn a_full_disk_keeps_no_known_recorder_offline() {
    let Some(disk) = Disk::mount(48) else {
        return shows("recorders on a full disk: not tried, nobody may mount a small one here");
    };
    let wire = Wire::start_in(disk.0.join("data"), None).await;
    drop(wire.agent(1).await);
    wire.until(|state| state.links.n_online() == 0).await;
    wire.clock.advance(2 * 60 * 60);

    disk.fill();

    let _online = wire.agent(1).await;
}
