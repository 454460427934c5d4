//! The status file of a whole agent, as `peerview agent status` reads it.

use agent::Agent;
use agent::config::{Config, RecorderConfig};
use agent::status::{CameraReport, FoundStatus, LinkState, RecorderState, ask, look};
use proto::reach::MappingState;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::link_support::Cloud;
use crate::support::{Dvr, Folder, soon};

fn config(folder: &Folder, cloud: &Cloud, recorders: Vec<RecorderConfig>) -> Config {
    Config {
        data_dir: folder.path().to_owned(),
        cloud: cloud.url.clone(),
        recorders,
        loopback_candidates: true,
        ..Config::default()
    }
}

/// Waits until the file says this.
async fn until(folder: &Folder, what: &str, is_so: impl Fn(&FoundStatus) -> bool) -> FoundStatus {
    soon(what, async {
        loop {
            // Before the first write there is none, although the agent runs.
            if let Ok(Some(found)) = look(folder.path())
                && is_so(&found)
            {
                return found;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_status_follows_the_link_and_the_recorder() {
    let (dvr, folder, cloud) = (
        Dvr::with_four_cameras().await,
        Folder::new(),
        Cloud::new().await,
    );
    let recorders = vec![RecorderConfig::Hikvision(dvr.settings())];
    let agent = Agent::open(config(&folder, &cloud, recorders)).expect("right settings");
    let card = agent.recorders().remove(0);
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(agent.run(shutdown.clone()));
    let begun = until(&folder, "a status", |_| true).await;
    assert!(begun.is_running);
    assert_eq!(begun.report.recorders[0].link.state, LinkState::Connecting);
    assert_eq!(begun.report.reach.mapping, MappingState::OnThisMachine);

    let mut end = cloud.registered().await;
    let reach = end.method("peerview/reach").await;
    assert_eq!(reach["params"]["mapping"], "on-this-machine");
    let is_up = |found: &FoundStatus| {
        let recorder = &found.report.recorders[0];
        recorder.link.state == LinkState::Up && recorder.n_cameras == 5
    };
    let up = until(&folder, "the link", is_up).await;
    let recorder = &up.report.recorders[0];
    assert_eq!(recorder.serial, card.serial);
    assert_eq!(recorder.state, RecorderState::Online);
    assert_eq!(recorder.link.last_error, None);
    assert!(recorder.n_cameras_online <= recorder.n_cameras);

    drop(end);
    let is_down = |found: &FoundStatus| found.report.recorders[0].link.last_error.is_some();
    let down = until(&folder, "the end of the link", is_down).await;
    assert!(down.report.recorders[0].link.last_error_at >= Some(up.report.started_at));
    shutdown.cancel();
    running.await.expect("no panic").expect("no error");

    let ended = look(folder.path()).expect("a status").expect("one");
    assert!(!ended.is_running);
    assert!(ended.written_at >= down.written_at);
    let json = std::fs::read_to_string(folder.path().join("status.json")).expect("a file");
    let password = dvr.settings().password.reveal().to_owned();
    for secret in [card.code, card.claim_link, password] {
        assert!(!json.contains(&secret), "{secret} in {json}");
    }
}

#[tokio::test]
async fn a_refused_recorder_says_why() {
    let (folder, cloud) = (Folder::new(), Cloud::new().await);
    let rtsp = crate::support::rtsp_settings("name = \"Shop\"\nurl = \"rtsp://127.0.0.1:1/a\"");
    let agent = Agent::open(config(&folder, &cloud, vec![rtsp])).expect("right settings");
    let shutdown = CancellationToken::new();
    let _stop = shutdown.clone().drop_guard();
    tokio::spawn(agent.run(shutdown));
    let mut end = cloud.accept().await;
    let id = end.challenged().await;
    let error = json!({"code": 409, "message": "\u{1b}[2Janother key"});
    end.send(&json!({"jsonrpc": "2.0", "id": id, "error": error}))
        .await;

    let is_refused =
        |found: &FoundStatus| found.report.recorders[0].link.state == LinkState::Refused;
    let refused = until(&folder, "the refusal", is_refused).await;

    let words = refused.report.recorders[0].link.last_error.clone();
    assert!(words.expect("a reason").contains("another key"));
}

#[tokio::test]
async fn the_status_shows_what_each_camera_sends() {
    let (dvr, folder, cloud) = (
        Dvr::with_four_cameras().await,
        Folder::new(),
        Cloud::new().await,
    );
    let recorders = vec![RecorderConfig::Hikvision(dvr.settings())];
    let agent = Agent::open(config(&folder, &cloud, recorders)).expect("right settings");
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(agent.run(shutdown.clone()));
    let counts = |camera: &CameraReport| {
        let streams = &camera.streams;
        streams.iter().any(|it| it.pictures_per_second.is_some())
    };
    let cameras = soon("pictures of all cameras", async {
        loop {
            let place = folder.path().to_owned();
            let asking = tokio::task::spawn_blocking(move || ask(&place));
            // Before the first write there is none, although the agent runs.
            let Ok(Some(found)) = asking.await.expect("no panic") else {
                continue;
            };
            let cameras = found.report.recorders[0].cameras.clone();
            if cameras.iter().filter(|camera| counts(camera)).count() == 4 {
                return cameras;
            }
        }
    })
    .await;

    let stream = &cameras[0].streams[0];
    assert_eq!(cameras[0].name, "Entrance");
    assert_eq!(stream.codec.as_deref(), Some("H.264"));
    assert_eq!((stream.width, stream.height), (Some(640), Some(360)));
    assert_eq!(stream.sound.as_deref(), Some("G.711 µ-law"));
    assert!(stream.last_key_frame_at.is_some() && stream.first_picture_ms.is_some());
    let empty = &cameras[4];
    assert_eq!(empty.reason.as_deref(), Some("unplugged"));
    assert!(!empty.is_online && empty.error.is_some());
    assert!(!folder.path().join("status.asked").exists());
    shutdown.cancel();
    running.await.expect("no panic").expect("no error");
}
