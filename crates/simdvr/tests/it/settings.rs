//! Image settings, outputs and events of the recorder, as clients of ISAPI meet them.

use futures_util::StreamExt as _;

use crate::support::{PASSWORD, Recorder, digest, recorder, recorder_with, soon};

const IMAGE: &str = "/ISAPI/Image/channels/2";
const ALERTS: &str = "/ISAPI/Event/notification/alertStream";

#[tokio::test]
async fn image_settings_are_taken_whole_or_in_parts() {
    let recorder = recorder().await;
    let shown = recorder.get(IMAGE).await.body;
    let edited = shown.replace("<brightnessLevel>128<", "<brightnessLevel>200<");

    let (status, _) = recorder.put(IMAGE, &edited).await;
    assert_eq!(status, 200);
    let part = "<Color><contrastLevel>7</contrastLevel></Color>";
    let (status, body) = recorder.put(IMAGE, part).await;
    assert_eq!(status, 400);
    assert!(body.contains("badXmlContent"), "{body}");
    let (status, _) = recorder.put(&format!("{IMAGE}/color"), part).await;
    assert_eq!(status, 200);
    let wrong = "<Color><contrastLevel>101</contrastLevel></Color>";
    let (status, _) = recorder.put(&format!("{IMAGE}/color"), wrong).await;
    assert_eq!(status, 400);

    let image = recorder.faults.image(2).unwrap();
    assert_eq!(
        (image.brightness, image.contrast, image.saturation),
        (200, 7, 50)
    );
    assert_eq!(recorder.faults.stats().image_orders, 2);
}

#[tokio::test]
async fn an_output_is_switched_and_reports_its_state() {
    let recorder = recorder().await;
    let trigger = "/ISAPI/System/IO/outputs/2/trigger";

    let (status, _) = recorder
        .put(
            trigger,
            "<IOPortData><outputState>high</outputState></IOPortData>",
        )
        .await;

    assert_eq!(status, 200);
    assert_eq!(recorder.faults.outputs(), [false, true]);
    let state = recorder.get("/ISAPI/System/IO/outputs/2/status").await;
    assert!(
        state.body.contains("<ioState>active</ioState>"),
        "{}",
        state.body
    );
    let (status, _) = recorder.put(trigger, "<IOPortData/>").await;
    assert_eq!(status, 400);
    assert_eq!(
        recorder
            .get("/ISAPI/System/IO/outputs/3/status")
            .await
            .status,
        400
    );
}

/// The alert stream up to this text.
async fn alerts_until(recorder: &Recorder, text: &str) -> String {
    let url = format!("http://{}{ALERTS}", recorder.http);
    let client = reqwest::Client::new();
    let first = soon(client.get(&url).send()).await.unwrap();
    let challenge = first.headers()["WWW-Authenticate"].to_str().unwrap();
    let login = digest(challenge, "GET", ALERTS, PASSWORD);
    let answer = soon(client.get(&url).header("Authorization", login).send())
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let mut pieces = answer.bytes_stream();
    let mut read = String::new();
    soon(async {
        while !read.contains(text) {
            let piece = pieces.next().await.expect("it has no end").unwrap();
            read += &String::from_utf8_lossy(&piece);
        }
    })
    .await;
    read
}

#[tokio::test]
async fn an_alert_stream_has_a_heartbeat_and_repeats_events() {
    let recorder = recorder().await;
    let alive = alerts_until(&recorder, "videoloss").await;
    assert!(
        alive.contains("<eventState>inactive</eventState>"),
        "{alive}"
    );

    recorder.faults.raise(Some(4), "VMD", true);
    let read = alerts_until(&recorder, "<eventType>VMD</eventType>").await;

    // The second network camera.
    assert!(read.contains("<channelID>34</channelID>"), "{read}");
    assert!(read.starts_with("--boundary\r\n"));
}

#[tokio::test]
async fn further_listeners_are_refused() {
    let recorder = recorder_with(|config| config.alerts.max_listeners = 0).await;

    let refused = recorder.get(ALERTS).await;

    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("deployExceedMax"), "{}", refused.body);
}
