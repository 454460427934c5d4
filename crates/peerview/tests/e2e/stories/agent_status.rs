//! What an agent says about itself and its network: on a terminal, on the Device page, to `doctor`.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use super::admin::text;
use crate::support::World;
use crate::support::folder::Folder;
use crate::support::process::PATIENCE;

async fn peerview(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    // A container may have this set for the agent itself; it must not matter here.
    command
        .env("PEERVIEW_RTSP", "rtsp://192.0.2.1/")
        .args(arguments);
    command.output().await.expect("the binary is there")
}

async fn status(data: &Path, more: &[&str]) -> Output {
    let data = data.to_str().expect("our own name");
    peerview(&[&["agent", "status", "--data", data], more].concat()).await
}

/// Waits until the status as JSON is so.
async fn status_until(data: &Path, is_so: impl Fn(&Value) -> bool) -> Value {
    let waiting = async {
        loop {
            let said = status(data, &["--json"]).await;
            if let Ok(json) = serde_json::from_slice(&said.stdout)
                && is_so(&json)
            {
                return json;
            }
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.expect("the agent never said so")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_reports_everywhere_what_its_network_allows() {
    let mut world = World::new().await;
    let data = world.data().join("agent");
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    let page = format!("/devices/{}", world.recorder.serial);
    ana.goes_to(&page).await;
    ana.browser.sees("Network of the recorder").await;
    ana.browser.sees("Directly to nearly all viewers").await;
    ana.browser
        .sees("Not needed, viewers are on the agent’s machine")
        .await;
    let is_up = |json: &Value| json["recorders"][0]["link"]["state"] == "up";
    let json = status_until(&data, is_up).await;
    assert_eq!(json["is_running"], true);
    assert_eq!(json["recorders"][0]["n_cameras"], 4);
    assert!(json["advice"].is_null(), "{json}");
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.goes_to(&page).await;
    ana.browser.sees("Directly to nearly all viewers").await;
    let text_of_page = ana.browser.text().await;
    assert!(!text_of_page.contains("Allow UDP"), "{text_of_page}");

    let running = status(&data, &[]).await;
    assert_eq!(running.status.code(), Some(0), "{}", text(&running));
    for words in [
        "is running. It started at ",
        &world.recorder.serial,
        "up, for ",
        "Pictures      directly to nearly all viewers",
    ] {
        assert!(
            text(&running).contains(words),
            "{words}: {}",
            text(&running)
        );
    }
    assert!(
        !text(&running).contains(&world.recorder.code),
        "{}",
        text(&running)
    );

    world.demo.signal("INT");
    world.demo.ends_within(Duration::from_secs(5)).await;
    let ended = status(&data, &[]).await;
    assert_eq!(ended.status.code(), Some(3), "{}", text(&ended));
    assert!(
        text(&ended).contains("is not running. Its last status, "),
        "{}",
        text(&ended)
    );
    assert!(text(&ended).contains(&world.recorder.serial));
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_status_explains_what_it_cannot_show() {
    let folder = Folder::new("agent-status");
    let empty = status(folder.path(), &[]).await;
    let nowhere = status(&folder.path().join("nothing"), &[]).await;
    std::fs::write(folder.path().join("status.json"), "{\"format\": 1, \"sec").expect("ours");
    let damaged = status(folder.path(), &["--json"]).await;
    let wrong = status(folder.path(), &["--jsn"]).await;
    let mixed = peerview(&["agent", "--loopback", "status"]).await;
    let help = peerview(&["agent", "status", "--help"]).await;

    for (output, code, words) in [
        (&empty, 3, "no agent has run with the data folder"),
        (&nowhere, 3, "no agent has run with the data folder"),
        (&damaged, 1, "damaged or not a status file"),
        (&wrong, 2, "'--jsn'"),
        (&mixed, 2, "status"),
        (&help, 0, "3 the agent is not running"),
    ] {
        assert_eq!(output.status.code(), Some(code), "{}", text(output));
        assert!(text(output).contains(words), "{words}: {}", text(output));
    }
    assert!(
        damaged.stdout.is_empty(),
        "no half JSON: {}",
        text(&damaged)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_reports_what_the_local_agent_knows() {
    let folder = Folder::new("agent-doctor");
    let stored = r#"{"format": 1, "written_at": 1795500000, "version": "0.1.0", "started_at": 1795500000,
        "cloud": "https://cloud.example.org/", "recorders": [],
        "reach": {"mapping": "silent", "nat": "endpoint-dependent", "udp": false, "ipv6": false}}"#;
    std::fs::write(folder.path().join("status.json"), stored).expect("ours");
    let config = folder.path().join("peerview.toml");
    let cloud = "[cloud]\nrelay.enabled = false\n";
    let settings = format!("{cloud}[agent]\ndata_dir = {:?}\n", folder.path());
    std::fs::write(&config, settings).expect("ours");

    let config = config.to_str().expect("our own name");
    let unreachable = ["--dns", "127.0.0.1:9", "--time-server", "127.0.0.1:9"];
    let beside = ["doctor", "--json", "--config", config];
    let said = peerview(&[&beside[..], &unreachable].concat()).await;

    let findings: Vec<Value> = serde_json::from_slice(&said.stdout).expect("nothing but JSON");
    let network = findings
        .iter()
        .find(|finding| finding["topic"] == "network of the agent");
    let network = network.unwrap_or_else(|| panic!("{findings:#?}"));
    assert_eq!(network["grade"], "warn");
    let fix = network["fix"].as_str().expect("words");
    assert!(
        fix.contains("Until then every picture goes through the relay"),
        "{fix}"
    );
    let agent = findings
        .iter()
        .find(|finding| finding["topic"] == "agent")
        .expect("it");
    let found = agent["found"].as_str().expect("words");
    assert!(found.contains("is not running"), "{found}");
}
