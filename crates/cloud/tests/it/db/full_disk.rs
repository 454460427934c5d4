//! The disk of a cloud on SQLite, or of its PostgreSQL, is full (security.md §7.2, row 7): who has an account
//! signs in and watches, nothing else is written, nothing is lost, and it ends when there is room again.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use cloud::clock::TestClock;
use cloud::config::Config;
use cloud::db::{self, Db, recorders, sql};
use cloud::disk::{self, RESERVE_FILE};
use cloud::random::Random;
use sqlx::{Connection, PgConnection};

use crate::support::browser::Browser;
use crate::support::postgres::Cluster;
use crate::support::wire::Wire;
use crate::support::{PASSWORD, PATIENCE, START, TestCloud, shows};

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

async fn cloud_on(folder: &Path, database_url: &str) -> TestCloud {
    TestCloud::start_in(folder.join("data"), None, TestClock::at(START), |config| {
        config.demo = true;
        config.sign_in_reserve_bytes = 4 << 20;
        config.disk_reserve_bytes = 2 << 20;
        database_url.clone_into(&mut config.database.url);
    })
    .await
}

/// Eighteen people find the disk full first, then those who want something else.
async fn sign_ins_are_written_and_nothing_else(cloud: &TestCloud, ana: &mut Browser) {
    // With hers fewer sessions than an account may have: none is ended for another.
    for n in 0..18 {
        let mut browser = cloud.browser();
        let page = browser.logs_in("ana", PASSWORD, false).await;
        assert_eq!(page.location(), Some("/devices"), "{n}: {}", page.body);
        assert!(browser.is_signed_in().await);
    }
    assert!(ana.is_signed_in().await);
    let wrong = cloud
        .browser()
        .logs_in("ana", "not this one at all", false)
        .await;
    assert_ne!(wrong.location(), Some("/devices"));
    let chosen = ana.chooses_language("de", "/devices").await;
    assert_eq!(chosen.status, 503, "{}", chosen.body);
    refuses_a_recorder(cloud).await;
    let out = ana.post("/logout", &[]).await;
    assert_eq!(out.status, 303, "{}", out.body);
    assert!(!ana.is_signed_in().await);
}

async fn refuses_a_recorder(cloud: &TestCloud) {
    let refused = recorders::register(&cloud.state.db, "PV-1", "key", START).await;
    assert!(
        matches!(refused, Err(cloud::db::Error::Full(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn only_sign_ins_are_written_on_a_full_disk() {
    let Some(disk) = Disk::mount(48) else {
        return shows("a full disk under SQLite: not tried, nobody may mount a small one here");
    };
    let cloud = cloud_on(&disk.0, "").await;
    let mut ana = cloud.person("ana").await;
    let reserve = cloud.folder().join(RESERVE_FILE);
    assert!(reserve.exists());

    disk.fill();

    sign_ins_are_written_and_nothing_else(&cloud, &mut ana).await;
    assert!(!reserve.exists(), "it was used");

    disk.free();

    recorders::register(&cloud.state.db, "PV-1", "key", START)
        .await
        .unwrap();
    assert!(reserve.exists(), "it is kept again");
    cloud.person("ben").await;
    shows("disk full: 21 log-ins and a log-out from the reserve, everything else 503");
}

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        Folder(std::env::temp_dir().join(format!("cloud-disk-{}", Random.id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// What the reserve takes of PostgreSQL's disk.
async fn reserve_bytes(cloud: &TestCloud) -> i64 {
    let text = "SELECT COALESCE(pg_total_relation_size(to_regclass('sign_in_reserve')), 0)::BIGINT";
    sql::query_scalar(text)
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_full_postgresql_lets_people_sign_in_and_nothing_else() {
    let Some(mut cluster) = Cluster::with_disk(128) else {
        return shows("a full disk under PostgreSQL: not tried, nobody may mount a small one here");
    };
    let (folder, url) = (Folder::new(), cluster.url("postgres"));
    let cloud = cloud_on(&folder.0, &url).await;
    let mut ana = cloud.person("ana").await;
    let other_folder = Folder::new();
    std::fs::create_dir_all(other_folder.0.join("data")).unwrap();
    let key = cloud.folder().join("server.key");
    std::fs::copy(key, other_folder.0.join("data/server.key")).unwrap();
    let other = cloud_on(&other_folder.0, &url).await;
    assert!(reserve_bytes(&cloud).await >= 12 << 20);

    cluster.tell("fill");
    // Log-ins may fit into the free space of their tables; these do not.
    for n in 0..1_000 {
        let db = &cloud.state.db;
        disk::for_sign_in(inserts("works", &n.to_string(), db.writer()))
            .await
            .unwrap();
    }

    assert_eq!(reserve_bytes(&cloud).await, 0, "it was used");
    sign_ins_are_written_and_nothing_else(&cloud, &mut ana).await;
    other.a_minute_passes().await;
    refuses_a_recorder(&other).await;
    let page = other.browser().logs_in("ana", PASSWORD, false).await;
    assert_eq!(page.location(), Some("/devices"), "{}", page.body);

    cluster.tell("free");

    for cloud in [&cloud, &other] {
        cloud.a_minute_passes().await;
        recorders::register(&cloud.state.db, "PV-1", "key", START)
            .await
            .unwrap();
    }
    assert!(reserve_bytes(&cloud).await >= 12 << 20, "it is kept again");
    cloud.person("ben").await;
    shows("PostgreSQL full: 19 log-ins and a log-out from the reserve, everything else 503");
}

#[tokio::test]
async fn a_postgresql_without_room_for_its_log_comes_back() {
    let Some(mut cluster) = Cluster::with_disk(128) else {
        return shows("no room for a log: not tried, nobody may mount a small one here");
    };
    let (folder, url) = (Folder::new(), cluster.url("postgres"));
    let cloud = cloud_on(&folder.0, &url).await;
    cloud.person("ana").await;
    cluster.tell("fill");

    let mut talker = PgConnection::connect(&url).await.unwrap();
    let message = "SELECT pg_logical_emit_message(FALSE, 'test', repeat('x', 100000))";
    while sqlx::query(message).execute(&mut talker).await.is_ok() {}

    let logs_in = async || cloud.browser().logs_in("ana", PASSWORD, false).await;
    let back = async { while logs_in().await.location() != Some("/devices") {} };
    tokio::time::timeout(PATIENCE, back).await.unwrap();
    for _ in 0..10 {
        assert_eq!(logs_in().await.location(), Some("/devices"));
    }
    cluster.tell("free");
    cloud.a_minute_passes().await;
    assert!(reserve_bytes(&cloud).await >= 12 << 20, "it is kept again");
}

/// For tests without a small disk: a table gets the error of a full one while this holds.
async fn is_full_while(condition: &str, url: &str) {
    let script = format!(
        "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF {condition} THEN RAISE 'no space left on device' USING ERRCODE = '53100'; END IF;
             RETURN NEW; END $$;
         CREATE TRIGGER is_full BEFORE INSERT ON works FOR EACH ROW EXECUTE FUNCTION is_full()"
    );
    let mut admin = PgConnection::connect(url).await.unwrap();
    let script = sqlx::raw_sql(sqlx::AssertSqlSafe(script));
    script.execute(&mut admin).await.unwrap();
}

async fn inserts<'a>(table: &'static str, id: &str, on: impl Into<sql::On<'a>>) -> db::Result<()> {
    let text = match table {
        "works" => "INSERT INTO works (id, expires_at) VALUES ($1, 9000000000)",
        _ => "INSERT INTO used_ceremonies (id, expires_at) VALUES ($1, 9000000000)",
    };
    sql::query(text).bind(id).execute(on).await?;
    Ok(())
}

async fn n_rows(db: &Db) -> i64 {
    let text = "SELECT (SELECT COUNT(*) FROM works) + (SELECT COUNT(*) FROM used_ceremonies)";
    sql::query_scalar(text)
        .fetch_one(db.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_sign_in_goes_on_where_postgresql_was_full() {
    let cluster = Cluster::start(&[]);
    let (folder, url) = (Folder::new(), cluster.url("postgres"));
    let cloud = cloud_on(&folder.0, &url).await;
    let db = &cloud.state.db;
    is_full_while("to_regclass('sign_in_reserve') IS NOT NULL", &url).await;

    let mut tx = db.begin().await.unwrap();
    inserts("used_ceremonies", "others", &mut tx).await.unwrap();
    let others = inserts("works", "others", &mut tx).await;
    drop(tx);
    let before = reserve_bytes(&cloud).await;
    let begun = db.begin().await;
    let in_transaction = disk::for_sign_in(async {
        let mut tx = db.begin().await?;
        inserts("used_ceremonies", "1", &mut tx).await?;
        inserts("works", "2", &mut tx).await?;
        inserts("used_ceremonies", "3", &mut tx).await?;
        tx.commit().await
    });
    in_transaction.await.unwrap();

    assert!(matches!(others, Err(db::Error::Full(_))), "{others:?}");
    assert!(matches!(begun, Err(db::Error::Full(_))), "{begun:?}");
    assert!(before >= 12 << 20, "others have not used it");
    assert_eq!((reserve_bytes(&cloud).await, n_rows(db).await), (0, 3));
    cloud.a_minute_passes().await;
    assert!(reserve_bytes(&cloud).await >= 12 << 20, "it is kept again");
    let alone = inserts("works", "4", db.writer());
    disk::for_sign_in(alone).await.unwrap();
    assert_eq!((reserve_bytes(&cloud).await, n_rows(db).await), (0, 4));
}

#[tokio::test]
async fn where_no_room_can_be_kept_postgresql_alone_decides() {
    // Nor can it be tried whether there is room.
    let cluster = Cluster::start(&["temp_file_limit=1MB"]);
    let (folder, url) = (Folder::new(), cluster.url("postgres"));
    let cloud = cloud_on(&folder.0, &url).await;
    let db = &cloud.state.db;
    is_full_while("TRUE", &url).await;

    assert_eq!(reserve_bytes(&cloud).await, 0);
    let full = inserts("works", "1", db.writer()).await;
    assert!(matches!(full, Err(db::Error::Full(_))), "{full:?}");
    refuses_a_recorder(&cloud).await;
    cloud.a_minute_passes().await;
    inserts("used_ceremonies", "2", db.writer()).await.unwrap();
}

#[tokio::test]
async fn clouds_that_share_a_database_share_its_disk_reserve() {
    let cluster = Cluster::start(&[]);
    let (folder, url) = (Folder::new(), cluster.url("postgres"));
    let cloud = cloud_on(&folder.0, &url).await;
    let mut config = Config::default();
    config.database.url = url;
    let one = Db::open(&config).await.unwrap();
    let other = Db::open(&config).await.unwrap();

    let started = Instant::now();
    one.keep_room().await;
    let took = started.elapsed();
    futures_util::future::join_all((0..16).map(async |n| {
        let db = if n % 2 == 0 { &one } else { &other };
        db.keep_room().await;
    }))
    .await;

    let kept = reserve_bytes(&cloud).await;
    assert!((48 << 20..49 << 20).contains(&kept), "{kept}");
    shows(&format!("{kept} bytes kept in {took:?}, behind the start"));
}

#[tokio::test]
async fn known_recorders_stay_online_on_a_full_disk() {
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
