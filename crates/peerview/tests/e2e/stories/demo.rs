//! The demo as a program: it starts, says what is wrong, and ends when asked.

use std::time::Duration;

use crate::support::World;
use crate::support::folder::Folder;
use crate::support::process::Process;
use crate::support::world::demo_command;

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_the_demo_within_two_seconds() {
    let mut world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    world.demo.signal("INT");

    let status = world.demo.ends_within(Duration::from_secs(2)).await;
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_the_demo_like_ctrl_c() {
    let mut world = World::new().await;

    world.demo.signal("TERM");

    let status = world.demo.ends_within(Duration::from_secs(2)).await;
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_reported_with_a_remedy() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it is bound").port();
    let data = Folder::new("taken");

    let mut demo = Process::start("peerview demo", demo_command(&data, port));
    let status = demo.ends_within(Duration::from_secs(20)).await;

    assert_eq!(status.code(), Some(1));
    demo.says("peerview:").await;
    let output = demo.output();
    assert!(output.contains(&port.to_string()), "{output}");
    assert!(
        output.contains("--port") && output.contains("make demo PORT="),
        "{output}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_relay_port_differs_from_a_taken_app_port() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it is bound").port();
    let data = Folder::new("taken-relay");
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_peerview"));
    command
        .args(["demo", "--port", "0", "--relay-port", &port.to_string()])
        .arg("--data")
        .arg(data.path());

    let mut demo = Process::start("peerview demo", command);
    let status = demo.ends_within(Duration::from_secs(20)).await;

    assert_eq!(status.code(), Some(1));
    demo.says(&format!("peerview: port {port} is in use, and the relay"))
        .await;
    assert!(demo.output().contains("make demo RELAY_PORT="));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_in_the_network_sees_the_demo() {
    let world = World::for_the_network().await;
    assert!(world.url.starts_with("https://"), "{}", world.url);
    let ana = world.person_who_accepts_the_certificate("Ana").await;

    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;

    ana.browser.sees_moving_pictures(4).await;
    let is_http2 = "return performance.getEntriesByType('resource') \
        .some(({ nextHopProtocol }) => nextHopProtocol === 'h2')";
    assert_eq!(ana.browser.runs(is_http2, vec![]).await, true);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_refuses_to_serve_other_machines() {
    let data = Folder::new("open");
    let mut command = demo_command(&data, 0);
    command.args(["--bind", "0.0.0.0"]);

    let mut demo = Process::start("peerview demo", command);
    let status = demo.ends_within(Duration::from_secs(20)).await;

    assert_eq!(status.code(), Some(1));
    demo.says("peerview: --bind 0.0.0.0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_flag_gets_a_suggestion() {
    let data = Folder::new("wrong");
    let mut command = demo_command(&data, 0);
    command.arg("--prot");

    let mut demo = Process::start("peerview demo", command);
    let status = demo.ends_within(Duration::from_secs(20)).await;

    assert_eq!(status.code(), Some(2));
    demo.says("error: unexpected argument '--prot'").await;
    // Its last lines may come after its end.
    demo.says("tip: a similar argument exists: '--port'").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_keeps_accounts_and_recorders_across_a_restart() {
    let mut world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    let before = world.recorder.clone();

    world.restarts_demo().await;

    assert_eq!(world.recorder.serial, before.serial);
    let ana = world.person("Ana").await;
    ana.logs_in(false).await;
    ana.browser.sees("Home").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cloud_command_serves_no_mailbox_page() {
    let data = Folder::new("cloud");
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_peerview"));
    let config = data.path().join("peerview.toml");
    std::fs::write(
        &config,
        "[cloud]\nlisten = \"127.0.0.1:0\"\nrelay.listen = \"127.0.0.1:0\"\n",
    )
    .expect("a file can be written");
    command
        .args(["cloud", "--config"])
        .arg(config)
        .arg("--data")
        .arg(data.path());

    let cloud = Process::start("peerview cloud", command);
    let url = cloud.says("Listening:").await;

    let health = reqwest::get(format!("{url}/healthz"))
        .await
        .expect("it answers");
    assert!(health.status().is_success(), "{}", health.status());
    let mailbox = reqwest::get(format!("{url}/demo/mailbox"))
        .await
        .expect("it answers");
    assert_eq!(mailbox.status(), 404);
}
