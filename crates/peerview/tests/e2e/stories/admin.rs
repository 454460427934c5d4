//! The operator of a cloud, on its own machine: `peerview admin` through the real binary.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use crate::support::World;
use crate::support::folder::Folder;

/// Runs `peerview admin` on a cloud's folder.
pub(super) async fn admin(data: &Path, arguments: &[impl AsRef<OsStr>]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command.arg("admin").arg("--data").arg(data).args(arguments);
    command.output().await.expect("the binary is there")
}

pub(super) fn text(output: &Output) -> String {
    let (out, error) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(error)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_moves_a_cloud_to_another_machine() {
    let mut world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    let elsewhere = Folder::new("elsewhere");
    let file = elsewhere.path().join("cloud.backup");
    let target = elsewhere.path().join("cloud");

    let backup = admin(
        &world.cloud_folder(),
        &[OsStr::new("backup"), file.as_os_str()],
    )
    .await;
    assert!(backup.status.success(), "{}", text(&backup));
    let restore = admin(&target, &[OsStr::new("restore"), file.as_os_str()]).await;
    assert!(restore.status.success(), "{}", text(&restore));
    let whole = admin(&target, &["audit", "verify"]).await;
    assert!(whole.status.success(), "{}", text(&whole));
    let again = admin(&target, &[OsStr::new("restore"), file.as_os_str()]).await;
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again).contains("is not empty"), "{}", text(&again));

    world.moves_to(elsewhere).await;
    let ana = world.person("Ana").await;
    ana.logs_in(false).await;
    assert!(ana.is_signed_in().await);
    ana.browser.sees("Home").await;
    world.person("Eva").await.has_account().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn admin_finds_the_cloud_in_the_folder_of_a_demo() {
    let world = World::new().await;
    world.person("Ana").await.has_account().await;

    let people = admin(world.data(), &["people", "list"]).await;

    assert!(people.status.success(), "{}", text(&people));
    assert!(text(&people).contains("ana"), "{}", text(&people));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_locks_an_account_while_the_cloud_runs() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;
    let folder = world.cloud_folder();

    let list = admin(&folder, &["people", "list", "--json"]).await;
    let people: serde_json::Value = serde_json::from_slice(&list.stdout).expect("JSON");
    assert_eq!(people[0]["user_name"], "ana", "{}", text(&list));
    let lock = admin(&folder, &["people", "lock", "ana@example.org"]).await;
    assert!(lock.status.success(), "{}", text(&lock));
    assert!(!ana.is_signed_in().await);
    let unlock = admin(&folder, &["people", "unlock", "ana"]).await;
    assert!(unlock.status.success(), "{}", text(&unlock));
    ana.logs_in(false).await;
    assert!(ana.is_signed_in().await);

    let log = admin(&folder, &["audit", "show", "--what", "account."]).await;
    assert!(text(&log).contains("account.lock"), "{}", text(&log));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_commands_are_explained_with_distinct_exit_codes() {
    let world = World::new().await;
    let folder = world.cloud_folder();
    let nowhere = Folder::new("no-cloud");

    for (data, arguments, code, words) in [
        (
            folder.as_path(),
            vec!["people", "lock", "nobody"],
            3,
            "`nobody`",
        ),
        (
            &folder,
            vec!["recorders", "release", "PV-x"],
            3,
            "no serial number",
        ),
        (&folder, vec!["people", "delete", "ana"], 1, "--yes"),
        (&folder, vec!["people", "--loud", "list"], 2, "--loud"),
        (&folder, vec!["limits", "reset"], 2, "required"),
        (
            nowhere.path(),
            vec!["people", "list"],
            1,
            "not the data folder of a cloud",
        ),
        (nowhere.path(), vec!["audit", "show"], 3, "no audit log"),
    ] {
        let output = admin(data, &arguments).await;
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            text(&output)
        );
        assert!(
            text(&output).contains(words),
            "{arguments:?}: {}",
            text(&output)
        );
    }
    assert!(
        std::fs::read_dir(nowhere.path())
            .expect("it is there")
            .next()
            .is_none()
    );
}
