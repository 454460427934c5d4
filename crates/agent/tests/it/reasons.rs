//! Problems are reported everywhere: from a simulated recorder's faults to the list of cameras, the state of
//! a stream, the viewer's slot and the cloud.

use agent::config::{Password, RecorderConfig};
use agent::recorder::RecorderStatus;
use agent::stream::StreamState;
use proto::link::message::StreamKind;
use proto::reason::{CodecName, Reason};
use serde_json::json;
use simdvr::{CameraFault, HttpFaults};

use crate::link_support::{Cloud, start_link};
use crate::support::{Dvr, Folder, PASSWORD, Side, USER, is_video, next_frame, soon, state_when};
use agent::port_mapping::PortMappings;

/// Waits until the list says so about camera 1.
async fn reason_is(side: &Side, expected: &Reason) {
    side.cameras_when("the reason", |list| {
        list.iter()
            .any(|camera| camera.id == "1" && camera.reason.as_ref() == Some(expected))
    })
    .await;
}

#[tokio::test]
async fn each_fault_of_a_camera_has_its_reason() {
    let dvr = Dvr::with_four_cameras().await;
    let side = dvr.watched();
    side.cameras_when("pictures", |list| {
        list.iter()
            .any(|camera| camera.id == "1" && camera.is_online)
    })
    .await;
    let set = |fault| dvr.faults.set_camera_fault(1, fault);
    // Nobody is told of a session that nobody wants.
    let _viewer = side.streams.subscribe("1", StreamKind::Sub);

    set(Some(CameraFault::Refused(453)));
    reason_is(&side, &Reason::Full).await;
    set(Some(CameraFault::Refused(403)));
    reason_is(&side, &Reason::Forbidden).await;
    set(Some(CameraFault::Mpeg4));
    reason_is(&side, &Reason::Codec(CodecName::new("MP4V-ES"))).await;
    set(None);
    dvr.faults.set_camera_online(1, false);
    reason_is(&side, &Reason::Unplugged).await;
    dvr.faults.set_camera_online(1, true);

    side.cameras_when("pictures again", |list| {
        list.iter()
            .all(|camera| camera.id == "5" || camera.reason.is_none())
    })
    .await;
    assert_eq!(*side.streams.reason().borrow(), None);
}

#[tokio::test]
async fn pictures_without_a_key_frame_are_a_state() {
    let dvr = Dvr::with_four_cameras().await;
    let side = dvr.watched();
    side.cameras_when("cameras", |list| list.len() == 5).await;
    for camera in [1_usize, 3] {
        let mut subscription = side
            .streams
            .subscribe(&camera.to_string(), StreamKind::Sub)
            .expect("a camera");
        let is_playing = |state: &StreamState| matches!(state, StreamState::Playing { .. });
        state_when(&mut subscription, "pictures", is_playing).await;

        dvr.faults
            .set_camera_fault(camera, Some(CameraFault::NoKeyFrames));
        state_when(&mut subscription, "the wait", |state| {
            *state == StreamState::NoKeyFrame
        })
        .await;
        dvr.faults.set_camera_fault(camera, None);

        state_when(&mut subscription, "the next key frame", is_playing).await;
    }
}

#[tokio::test]
async fn a_camera_that_requires_a_login_is_tried_once() {
    let dvr = Dvr::with_four_cameras().await;
    let side = Side::from_text(&format!(
        "url = \"rtsp://{}/Streaming/Channels/102\"",
        dvr.rtsp
    ));

    reason_is(&side, &Reason::LoginMissing).await;

    let mut reason = side.streams.reason();
    let of_recorder = soon("the recorder's reason", reason.wait_for(Option::is_some)).await;
    assert_eq!(
        *of_recorder.expect("the keeper runs"),
        Some(Reason::LoginMissing)
    );
    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

/// What a user without any right on parameters cannot read.
const LISTS: [&str; 6] = [
    "/ISAPI/System/deviceInfo",
    "/ISAPI/System/capabilities",
    "/ISAPI/System/Video/inputs/channels",
    "/ISAPI/ContentMgmt/InputProxy/channels",
    "/ISAPI/ContentMgmt/InputProxy/channels/status",
    "/ISAPI/Streaming/channels",
];

#[tokio::test]
async fn cameras_are_found_without_the_right_to_device_info() {
    let dvr = Dvr::with_four_cameras().await;
    for (forbidden, lacks_racm) in [(LISTS[..2].to_vec(), false), (Vec::new(), true)] {
        dvr.faults.set_http_faults(HttpFaults {
            forbidden,
            lacks_racm,
            ..HttpFaults::default()
        });
        let side = dvr.watched();

        let cameras = side
            .cameras_when("four pictures", |list| {
                list.iter().filter(|camera| camera.is_online).count() == 4
            })
            .await;

        assert_eq!(cameras[3].name, "Car park");
    }
}

#[tokio::test]
async fn camera_names_in_gb2312_are_read_as_declared() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.cameras[0].name = "前门".to_owned();
    let dvr = Dvr::start(config).await;
    dvr.faults.set_http_faults(HttpFaults {
        is_gb2312: true,
        ..HttpFaults::default()
    });

    let side = dvr.watched();
    let cameras = side.cameras_when("cameras", |list| list.len() == 5).await;

    assert_eq!(cameras[0].name, "前门");
}

#[tokio::test]
async fn a_camera_reported_without_video_plays_when_watched() {
    let dvr = Dvr::with_four_cameras().await;
    dvr.faults
        .set_camera_fault(1, Some(CameraFault::ReportedOffline));
    let side = dvr.watched();
    reason_is(&side, &Reason::Unplugged).await;
    assert_eq!(dvr.faults.stats().sessions_opened.get(&102), None);

    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Sub)
        .expect("camera 1");
    next_frame(&mut subscription, is_video).await;

    side.cameras_when("the picture", |list| {
        list.iter()
            .any(|camera| camera.id == "1" && camera.is_online)
    })
    .await;
}

#[tokio::test]
async fn a_recorder_without_a_right_or_http_is_explained() {
    let dvr = Dvr::with_four_cameras().await;
    dvr.faults.set_http_faults(HttpFaults {
        redirect: Some("https://192.0.2.1/".to_owned()),
        ..HttpFaults::default()
    });
    let mut side = dvr.watched();

    side.status_when("the redirect", |status| {
        *status == RecorderStatus::Unreachable(Reason::HttpsWanted)
    })
    .await;
    dvr.faults.set_http_faults(HttpFaults {
        forbidden: LISTS.to_vec(),
        ..HttpFaults::default()
    });
    side.status_when("the missing right", |status| {
        *status == RecorderStatus::Unreachable(Reason::Forbidden)
    })
    .await;
    dvr.faults.set_http_faults(HttpFaults::default());

    side.status_when("the recorder", |status| *status == RecorderStatus::Online)
        .await;
}

#[tokio::test]
async fn a_refused_recorder_is_explained_to_cloud_and_viewer() {
    let dvr = Dvr::with_four_cameras().await;
    let mut settings = dvr.settings();
    settings.password = Password::new("wrong");
    let side = Side::start(&RecorderConfig::Hikvision(settings), 0);
    let mut reason = side.streams.reason();
    soon("the refusal", reason.wait_for(Option::is_some))
        .await
        .expect("the keeper runs");
    let (cloud, folder) = (Cloud::new().await, Folder::new());
    let (_code, _stop) = start_link(&cloud, &folder, side.streams.clone(), PortMappings::off());
    let mut link = cloud.registered().await;

    let list = link.method("peerview/cameras").await;
    // A viewer may know cameras of earlier times.
    let watch = json!([{"slot": 0, "camera": "1", "stream": "sub"}]);
    let mut viewer = link.viewer("s", json!({"peerview/watch": watch})).await;
    let slot = viewer.slot_is(0, "refused").await;

    let refused = json!({"kind": "refused", "triesLeft": 4});
    assert_eq!(list["params"], json!({"cameras": [], "reason": refused}));
    assert_eq!(slot["params"]["reason"], refused);
}

#[tokio::test]
async fn the_reason_of_a_stream_reaches_its_viewer() {
    let dvr = Dvr::with_four_cameras().await;
    let side = dvr.watched();
    side.cameras_when("cameras", |list| list.len() == 5).await;
    let (cloud, folder) = (Cloud::new().await, Folder::new());
    let (_code, _stop) = start_link(&cloud, &folder, side.streams.clone(), PortMappings::off());
    let mut link = cloud.registered().await;
    let watch = json!([{"slot": 0, "camera": "1", "stream": "sub"}]);
    let mut viewer = link.viewer("s", json!({"peerview/watch": watch})).await;
    viewer.slot_is(0, "playing").await;

    dvr.faults
        .set_camera_fault(1, Some(CameraFault::Refused(453)));
    viewer
        .control("full", |message| {
            message["params"]["reason"] == json!({"kind": "full"})
        })
        .await;
    dvr.faults.set_camera_fault(1, None);

    let slot = viewer.slot_is(0, "playing").await;
    assert!(slot["params"]["reason"].is_null());
}
