//! Recorders are added on a terminal, and a running agent invites to its page.

use std::process::{Output, Stdio};

use simdvr::{Faults, SimDvr};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::admin::text;
use crate::support::folder::Folder;
use crate::support::process::Process;

const PASSWORD: &str = "a long password";

async fn recorder() -> (String, Faults, DropGuard) {
    let config = simdvr::Config::four_cameras("admin", PASSWORD);
    let recorder = SimDvr::bind(config).await.expect("loopback ports are free");
    let (address, faults) = (recorder.http_addr().to_string(), recorder.faults());
    let stop = CancellationToken::new();
    tokio::spawn(recorder.run(stop.clone()));
    (address, faults, stop.drop_guard())
}

fn agent(data: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command.arg("agent").args(arguments);
    command.arg("--data").arg(data.path());
    command.args(["--cloud", "http://127.0.0.1:9"]);
    command
}

/// `peerview agent setup`, and what a person answers.
async fn sets_up(data: &Folder, address: &str, answers: &[&str]) -> Output {
    let mut command = agent(data, &["setup", address]);
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().expect("the binary");
    let mut stdin = child.stdin.take().expect("piped");
    let typed = answers.join("\n") + "\n";
    // One that refuses at once reads nothing.
    stdin.write_all(typed.as_bytes()).await.ok();
    drop(stdin);
    child.wait_with_output().await.expect("it ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_is_added_on_a_terminal_and_served_afterwards() {
    let (data, (address, faults, _stop)) = (Folder::new("agent-setup"), recorder().await);

    let answers = ["y", "admin", "s3cret-typo", "admin", PASSWORD, "Shop"];
    let said = sets_up(&data, &address, &answers).await;

    let words = text(&said);
    assert_eq!(said.status.code(), Some(0), "{words}");
    for part in [
        "was sent once and is not sent again",
        "Entrance",
        "█",
        "Claim link:",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(
        !words.contains("s3cret") && !words.contains(PASSWORD),
        "{words}"
    );
    assert_eq!(faults.stats().failed_logins, 1);
    let running = Process::start("peerview agent", agent(&data, &[]));
    assert_eq!(running.says("Recorder:").await, "Shop");
    let serial = running.says("Serial number:").await;
    assert!(words.contains(&serial), "{words}");
    assert!(
        !running.output().contains("Set-up code"),
        "{}",
        running.output()
    );
    let locked = sets_up(&data, &address, &[]).await;
    assert_eq!(locked.status.code(), Some(1));
    assert!(
        text(&locked).contains("peerview agent --setup"),
        "{}",
        text(&locked)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_without_a_recorder_prints_its_set_up_page() {
    let data = Folder::new("agent-page");
    let listen = ["--setup-listen", "127.0.0.1:0"];
    let running = Process::start("peerview agent", agent(&data, &listen));

    // Fails when another test was first, which is as good.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let page = running.says("Set-up page:").await;
    let code = running.says("Set-up code:").await;
    let refused = reqwest::Client::new().post(format!("{page}code"));
    let refused = refused.header("origin", page.trim_end_matches('/'));
    let refused = refused
        .header("content-type", "application/x-www-form-urlencoded")
        .body("code=AAAAAAAA");
    let refused = refused.send().await.expect("an answer");

    assert_eq!(code.len(), 9, "{code}");
    assert_eq!(refused.status(), 422);
    running.says_with("a wrong code for the set-up page").await;
}
