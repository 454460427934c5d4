//! Talking at a Hikvision recorder that has a loudspeaker itself, on its one line.

use agent::config::RecorderConfig;
use agent::recorder::RecorderStatus;
use serde_json::{Value, json};
use simdvr::{HttpFaults, TalkLineConfig};

use crate::link_support::Viewer;
use crate::requests::Site;
use crate::sound::{Voice, hears};
use crate::support::{Dvr, PASSWORD, Side, USER, soon};

const OPEN: &str = "/ISAPI/System/TwoWayAudio/channels/1/open";

async fn with_line(line: Option<TalkLineConfig>) -> Dvr {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.talk_line = line;
    Dvr::start(config).await
}

async fn talks(viewer: &mut Viewer, camera: Option<&str>) -> Value {
    viewer.ask("talk", json!({"camera": camera})).await
}

fn is_done(answer: &Value) {
    assert_eq!(answer["result"], json!({}), "{answer}");
}

/// Waits until nobody is on the recorder's line, as the recorder sees it.
async fn is_free(dvr: &Dvr) {
    let free = dvr.faults.wait_for(|stats| !stats.is_talk_line_open);
    soon("the line to be closed", free).await;
}

/// What the viewer is told about the end of its talk.
async fn ended(viewer: &mut Viewer) -> Value {
    let ended = viewer.control("the end of the talk", |message| {
        message["method"] == "talkEnded"
    });
    ended.await
}

async fn is_heard(viewer: &mut Viewer) {
    viewer.ask("listen", json!({"camera": "2"})).await;
    let voice = Voice::speaks(viewer, 500);
    hears(viewer, 500).await;
    drop(voice);
}

#[tokio::test]
async fn a_viewer_talks_at_a_recorder_and_hears_the_echo() {
    for has_sessions in [true, false] {
        let dvr = with_line(Some(TalkLineConfig {
            has_sessions,
            ..TalkLineConfig::default()
        }))
        .await;
        let mut site = Site::of(dvr.watched(), 4).await;
        let mut ana = site.viewer("a", json!({})).await;

        is_done(&talks(&mut ana, Some("2")).await);

        is_heard(&mut ana).await;
        assert!(dvr.faults.stats().is_talk_line_open);
        is_done(&talks(&mut ana, None).await);
        is_free(&dvr).await;
    }
}

#[tokio::test]
async fn a_viewer_talks_at_a_recorder_over_tls() {
    let dvr = Dvr::start(simdvr::Config::four_cameras(USER, PASSWORD).with_tls()).await;
    let mut settings = dvr.settings();
    let https = dvr.https.expect("it has TLS");
    settings.address = format!("https://{https}");
    let side = Side::start(&RecorderConfig::Hikvision(settings), 64 << 20);
    let mut site = Site::of(side, 4).await;
    let mut ana = site.viewer("a", json!({})).await;

    is_done(&talks(&mut ana, Some("2")).await);

    is_heard(&mut ana).await;
    assert_eq!(dvr.faults.stats().signed_in_clear, 0);
}

#[tokio::test]
async fn one_viewer_talks_at_a_recorder_whatever_the_camera() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;
    let mut ben = site.viewer("b", json!({})).await;

    is_done(&talks(&mut ana, Some("2")).await);
    let refused = talks(&mut ben, Some("3")).await;
    // Her next talk waits for the end of the one before.
    is_done(&talks(&mut ana, Some("3")).await);
    is_done(&talks(&mut ana, Some("3")).await);
    // A camera with its own loudspeaker is free.
    is_done(&talks(&mut ben, Some("1")).await);

    assert_eq!(refused["error"]["code"], 409, "{refused}");
    let by = &refused["error"]["data"]["peerview/talkedBy"];
    assert_eq!(by, &json!({"name": "ana"}), "{refused}");
    // Both talk: each is told of the other, where it matters.
    let seen = ana.ask("inUse", json!({"camera": "1"})).await;
    assert_eq!(
        seen["result"],
        json!({"talkedBy": {"name": "ana"}}),
        "{seen}"
    );
    let seen = ben.ask("inUse", json!({"camera": "4"})).await;
    assert_eq!(
        seen["result"],
        json!({"talkedAtRecorderBy": {"name": "ana"}})
    );
}

#[tokio::test]
async fn a_line_that_an_earlier_agent_left_open_is_freed() {
    let dvr = Dvr::with_four_cameras().await;
    dvr.faults.leave_talk_line_open();
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;

    is_done(&talks(&mut ana, Some("2")).await);

    is_heard(&mut ana).await;
}

#[tokio::test]
async fn nobody_else_on_the_line_is_disconnected() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;
    is_done(&talks(&mut ana, Some("2")).await);
    is_done(&talks(&mut ana, None).await);
    is_free(&dvr).await;

    dvr.faults.leave_talk_line_open();
    for _ in 0..2 {
        let refused = talks(&mut ana, Some("2")).await;
        assert_eq!(refused["error"]["code"], 409, "{refused}");
        assert_eq!(refused["error"]["data"], json!(null), "{refused}");
    }

    assert!(dvr.faults.stats().is_talk_line_open);
}

#[tokio::test]
async fn the_line_is_closed_with_the_call_and_the_agent() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;
    let mut ben = site.viewer("b", json!({})).await;

    is_done(&talks(&mut ana, Some("2")).await);
    drop(ana);
    is_free(&dvr).await;

    is_done(&talks(&mut ben, Some("2")).await);
    site.side.stop.cancel();
    is_free(&dvr).await;
}

#[tokio::test]
async fn a_talk_that_the_recorder_ends_is_reported() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;
    is_done(&talks(&mut ana, Some("2")).await);
    is_heard(&mut ana).await;

    let voice = Voice::speaks(&ana, 500);
    dvr.faults.end_talk();

    let told = ended(&mut ana).await;
    assert_eq!(told["params"], json!({"camera": "2", "cause": "closed"}));
    drop(voice);
    // The line is free for the next one.
    is_done(&talks(&mut ana, Some("2")).await);
    is_heard(&mut ana).await;
}

#[tokio::test]
async fn a_talk_through_a_lost_camera_is_reported() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;
    is_done(&talks(&mut ana, Some("1")).await);
    let voice = Voice::speaks(&ana, 500);

    dvr.faults.drop_sessions();

    let told = ended(&mut ana).await;
    assert_eq!(told["params"], json!({"camera": "1", "cause": "closed"}));
    drop(voice);
    // The recorder's own line was not taken instead.
    assert!(!dvr.faults.stats().is_talk_line_open);
}

#[tokio::test]
async fn a_talk_that_the_viewer_ends_is_not_reported() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;

    for camera in ["2", "1"] {
        is_done(&talks(&mut ana, Some(camera)).await);
        is_done(&talks(&mut ana, None).await);
    }
    is_free(&dvr).await;

    let ping = json!({"jsonrpc": "2.0", "id": "last", "method": "ping", "params": {}});
    ana.say(ping.to_string()).await;
    let next = ana.control("an answer", |message| {
        message["id"] == "last" || message["method"] == "talkEnded"
    });
    assert_eq!(next.await["id"], "last", "the viewer knows it");
}

#[tokio::test]
async fn a_silent_talk_ends_by_itself() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;

    is_done(&talks(&mut ana, Some("2")).await);

    is_free(&dvr).await;
    let told = ended(&mut ana).await;
    assert_eq!(told["params"], json!({"camera": "2", "cause": "silent"}));
}

#[tokio::test]
async fn a_401_to_a_talk_leaves_the_login_alone() {
    let dvr = Dvr::with_four_cameras().await;
    let mut site = Site::of(dvr.watched(), 4).await;
    let mut ana = site.viewer("a", json!({})).await;
    dvr.faults.set_http_faults(HttpFaults {
        unauthorized: vec![OPEN],
        ..HttpFaults::default()
    });

    let refused = talks(&mut ana, Some("2")).await;
    assert_eq!(refused["error"]["code"], 409, "{refused}");

    dvr.faults.set_http_faults(HttpFaults::default());
    is_done(&talks(&mut ana, Some("2")).await);
    assert_eq!(*site.side.status.borrow(), RecorderStatus::Online);
    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn a_line_in_an_unsupported_codec_is_ignored() {
    for codec in ["AAC", "G.722.1"] {
        let dvr = with_line(Some(TalkLineConfig {
            codec,
            ..TalkLineConfig::default()
        }))
        .await;
        let mut site = Site::of(dvr.watched(), 4).await;
        let mut ana = site.viewer("a", json!({})).await;

        let can = ana.ask("capabilities", json!({"camera": "2"})).await;
        let refused = talks(&mut ana, Some("2")).await;

        assert_eq!(can["result"]["talk"], json!(null), "{can}");
        assert_eq!(refused["error"]["code"], 501, "{refused}");
    }
}
