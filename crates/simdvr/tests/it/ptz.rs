//! Steering a camera of the recorder, and what one sees of it; snapshots.

use simdvr::PtzPosition;

use crate::support::{PASSWORD, Recorder, digest, recorder, recorder_with, soon};

const CHANNEL: &str = "/ISAPI/PTZCtrl/channels/4";

impl Recorder {
    /// A request with a body, with Digest.
    pub(crate) async fn put(&self, path: &str, body: &str) -> (u16, String) {
        self.send("PUT", path, body).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.http);
        let client = reqwest::Client::new();
        let request = |login: Option<String>| {
            let request = client.request(method.parse().unwrap(), &url);
            let request = request.body(body.to_owned());
            match login {
                Some(login) => request.header("Authorization", login),
                None => request,
            }
        };
        let first = soon(request(None).send()).await.unwrap();
        let challenge = first.headers()["WWW-Authenticate"].to_str().unwrap();
        let login = digest(challenge, method, path, PASSWORD);
        let answer = soon(request(Some(login)).send()).await.unwrap();
        (answer.status().as_u16(), soon(answer.text()).await.unwrap())
    }

    fn at(&self) -> PtzPosition {
        self.faults.ptz(4).expect("camera 4 can be steered")
    }
}

fn movement(pan: i32, span_ms: u32) -> String {
    format!(
        "<PTZData version=\"2.0\" xmlns=\"http://www.isapi.org/ver20/XMLSchema\"><pan>{pan}</pan>\
         <tilt>0</tilt><zoom>0</zoom><Momentary><duration>{span_ms}</duration></Momentary></PTZData>"
    )
}

#[tokio::test]
async fn a_momentary_movement_turns_the_camera_and_ends() {
    let recorder = recorder().await;

    let (status, body) = recorder
        .put(&format!("{CHANNEL}/momentary"), &movement(100, 300))
        .await;

    assert_eq!(status, 200, "{body}");
    assert!(body.contains("<statusCode>1</statusCode>"));
    soon(async {
        while recorder.faults.is_moving(4) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(recorder.at().pan, 270);
}

#[tokio::test]
async fn a_turned_camera_sends_another_picture() {
    let recorder = recorder().await;
    let mut player = recorder.play(402, "tcp").await.unwrap();
    let picture = |frame: retina::codec::VideoFrame| frame.data().to_vec();
    let mut key_frame = async || loop {
        let frame = player.video().await;
        if frame.is_random_access_point() {
            return picture(frame);
        }
    };
    let mut own = Vec::new();
    // All key frames of the clip, before the camera turns.
    for _ in 0..4 {
        own.push(key_frame().await);
    }

    let body = movement(100, 1_000);
    recorder.put(&format!("{CHANNEL}/momentary"), &body).await;

    soon(async { while own.contains(&key_frame().await) {} }).await;
    assert_eq!(recorder.faults.stats().ptz_orders, 1);
}

#[tokio::test]
async fn presets_are_saved_listed_visited_and_removed() {
    let recorder = recorder().await;
    let preset = format!("{CHANNEL}/presets/7");
    let body = "<PTZPreset><enabled>true</enabled><id>7</id><presetName>Gate &amp; door</presetName></PTZPreset>";

    assert_eq!(recorder.put(&preset, body).await.0, 200);
    recorder
        .put(&format!("{CHANNEL}/momentary"), &movement(-100, 1))
        .await;
    assert_eq!(recorder.put(&format!("{preset}/goto"), "").await.0, 200);

    assert_eq!(recorder.at(), PtzPosition::default());
    let list = recorder.get(&format!("{CHANNEL}/presets")).await.body;
    assert!(
        list.contains("<presetName>Gate &amp; door</presetName>"),
        "{list}"
    );
    assert_eq!(recorder.send("DELETE", &preset, "").await.0, 200);
    assert_eq!(recorder.send("DELETE", &preset, "").await.0, 400);
    assert_eq!(
        recorder
            .put(&format!("{CHANNEL}/presets/301"), body)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn invalid_movements_are_refused() {
    let recorder = recorder().await;

    for body in [
        "",
        "<PTZData>",
        "garbage",
        &movement(101, 1),
        "<PTZData><pan>1</pan></PTZData>",
    ] {
        let (status, answer) = recorder.put(&format!("{CHANNEL}/momentary"), body).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer.contains("badXmlContent"), "{answer}");
    }
    assert_eq!(recorder.at(), PtzPosition::default());
}

#[tokio::test]
async fn a_camera_without_a_motor_cannot_be_steered() {
    let recorder = recorder().await;

    for path in [
        "/ISAPI/PTZCtrl/channels/1/capabilities",
        "/ISAPI/PTZCtrl/channels/9/capabilities",
    ] {
        assert_eq!(recorder.get(path).await.status, 403);
    }
    assert!(recorder.faults.ptz(1).is_none());
}

#[tokio::test]
async fn old_firmware_has_no_momentary_movement() {
    let recorder = recorder_with(|config| config.has_momentary_ptz = false).await;

    let capabilities = recorder.get(&format!("{CHANNEL}/capabilities")).await.body;
    assert!(capabilities.contains("ContinuousPanTiltSpace"));
    assert!(!capabilities.contains("Momentary"));
    let refused = recorder
        .put(&format!("{CHANNEL}/momentary"), &movement(100, 1))
        .await;
    assert_eq!(refused.0, 403);
    recorder
        .put(&format!("{CHANNEL}/continuous"), &movement(100, 1))
        .await;
    assert!(recorder.faults.is_moving(4));
    recorder
        .put(&format!("{CHANNEL}/continuous"), &movement(0, 1))
        .await;
    assert!(!recorder.faults.is_moving(4));
}

#[tokio::test]
async fn snapshots_are_served_under_the_path_of_their_input() {
    let recorder = recorder().await;
    let picture = |prefix: &str, id| format!("/ISAPI/{prefix}/channels/{id}/picture");

    assert_eq!(recorder.get(&picture("Streaming", 101)).await.status, 200);
    assert_eq!(recorder.get(&picture("Streaming", 401)).await.status, 400);
    let proxy = picture("ContentMgmt/StreamingProxy", 401);
    assert_eq!(recorder.get(&proxy).await.status, 200);
    recorder.faults.set_camera_online(4, false);
    assert_eq!(recorder.get(&proxy).await.status, 403);
    assert_eq!(recorder.faults.stats().snapshots, 2);
}
