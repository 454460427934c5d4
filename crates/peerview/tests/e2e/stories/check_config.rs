//! `peerview check-config` reports what a settings file means before anything is started with it.

use std::time::Duration;

use tokio::process::Command;

use crate::support::folder::Folder;
use crate::support::process::Process;

/// Checks a file with this text; gives how it ended.
async fn checks(folder: &Folder, text: &str) -> (bool, Process) {
    let file = folder.path().join("peerview.toml");
    std::fs::write(&file, text).expect("the folder takes a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command.arg("check-config").arg(file);
    let mut process = Process::start("peerview check-config", command);
    let status = process.ends_within(Duration::from_secs(20)).await;
    (status.success(), process)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_config_names_the_database_without_its_password() {
    let folder = Folder::new("check");
    let right =
        "[cloud.database]\nurl = \"postgres://peerview:hunter2@db.example.org:5433/rows\"\n";

    let (is_fine, sqlite) = checks(&folder, "[cloud]\ndata_dir = \"here\"\n").await;
    sqlite.says("cloud: SQLite in here").await;
    assert!(is_fine);
    let (is_fine, postgres) = checks(&folder, right).await;
    let says = "cloud: PostgreSQL database \"rows\" on db.example.org:5433";
    postgres.says(says).await;
    assert!(is_fine);
    let (is_fine, weak) = checks(&folder, &right.replace("/rows", "/rows?sslmode=prefer")).await;
    weak.says("peerview: `database.url`: for a database on another machine")
        .await;
    assert!(!is_fine);

    for process in [postgres, weak] {
        assert!(
            !process.output().contains("hunter2"),
            "{}",
            process.output()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_config_takes_its_file_by_flag_too() {
    let folder = Folder::new("check-flag");
    let file = folder.path().join("peerview.toml");
    std::fs::write(&file, "[cloud]\n").expect("the folder takes a file");
    for (arguments, is_fine) in [
        (vec!["--config".into(), file.clone()], true),
        (
            vec![file.clone(), "--config".into(), "missing".into()],
            true,
        ),
        (vec![], false),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        command.arg("check-config").args(arguments);
        let mut process = Process::start("peerview check-config", command);

        let status = process.ends_within(Duration::from_secs(20)).await;

        assert_eq!(status.success(), is_fine, "{}", process.output());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_line_is_reported_by_number_only() {
    let folder = Folder::new("check-line");
    for (line, words) in [
        ("password = \"hunter2", "line 3: "),
        ("password = hunter2", "line 3: "),
        ("password = 48151623", "line 3: `password` must be a string"),
        ("pasword = \"hunter2\"", "line 3: unknown field `pasword`"),
    ] {
        let text = format!("[cloud]\n[cloud.mail]\n{line}\n");

        let (is_fine, process) = checks(&folder, &text).await;

        assert!(!is_fine, "{line}");
        process.says_with(words).await;
        let said = process.output();
        assert!(
            !said.contains("hunter2") && !said.contains("48151623"),
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_config_lists_every_wrong_setting() {
    let folder = Folder::new("check-all");
    let text = "[cloud]\nlisten = 8080\n[cloud.mail]\nport = \"many\"\n[agent]\ncloud = 7\n";

    let (is_fine, process) = checks(&folder, text).await;

    assert!(!is_fine);
    for words in ["line 2: `listen`", "line 4: `port`", "line 6: `cloud`"] {
        process.says(words).await;
    }
    process.says("peerview: 3 settings in").await;
}
