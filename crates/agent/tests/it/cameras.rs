//! The agent finds a recorder's cameras and keeps knowing which of them answer.

use agent::config::RecorderConfig;
use agent::recorder::RecorderStatus;
use proto::link::message::{Camera, StreamKind};
use simdvr::{DigestAlgorithm, FaultMode};

use crate::support::{Dvr, PASSWORD, Side, USER};

fn told(cameras: &[Camera]) -> Vec<(&str, &str, bool)> {
    cameras
        .iter()
        .map(|camera| (camera.id.as_str(), camera.name.as_str(), camera.is_online))
        .collect()
}

const ALL: [(&str, &str, bool); 4] = [
    ("1", "Entrance", true),
    ("2", "Counter", true),
    ("3", "Back door", true),
    ("4", "Car park", true),
];

#[tokio::test]
async fn all_cameras_are_found_with_names_and_state() {
    let dvr = Dvr::with_four_cameras().await;
    let mut side = dvr.watched();

    side.status_when("the recorder", |it| *it == RecorderStatus::Online)
        .await;
    let cameras = side.cameras_when("five cameras", |it| it.len() == 5).await;

    assert_eq!(told(&cameras)[..4], ALL);
    assert!(
        !cameras[4].is_online,
        "nothing is plugged into the fifth input"
    );
    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn a_recorder_with_sha256_digest_login_works() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.digest = DigestAlgorithm::Sha256;
    let dvr = Dvr::start(config).await;
    let side = dvr.watched();

    let cameras = side.cameras_when("five cameras", |it| it.len() == 5).await;
    dvr.faults
        .wait_for(|stats| stats.sessions_open() >= 4)
        .await;

    assert_eq!(told(&cameras)[..4], ALL);
    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn an_unplugged_camera_goes_offline_and_returns() {
    let dvr = Dvr::with_four_cameras().await;
    let side = dvr.watched();
    side.cameras_when("five cameras", |it| it.len() == 5).await;

    for camera in [1, 3] {
        dvr.faults.set_camera_online(camera, false);
        let cameras = side
            .cameras_when("the camera to go", |it| !it[camera - 1].is_online)
            .await;
        let n_online = cameras.iter().filter(|camera| camera.is_online).count();
        assert_eq!(n_online, 3, "only that one: {cameras:?}");

        dvr.faults.set_camera_online(camera, true);
        side.cameras_when("the camera to return", |it| it[camera - 1].is_online)
            .await;
    }
}

#[tokio::test]
async fn a_rebooted_recorder_is_found_again_with_its_cameras() {
    let dvr = Dvr::with_four_cameras().await;
    let mut side = dvr.watched();
    side.cameras_when("five cameras", |it| it.len() == 5).await;

    dvr.faults.set_mode(FaultMode::Refuse);
    side.status_when("the loss", |it| {
        matches!(it, RecorderStatus::Unreachable(_))
    })
    .await;
    let lost = side
        .cameras_when("all cameras to go", |it| it.iter().all(|it| !it.is_online))
        .await;
    dvr.faults.set_mode(FaultMode::Normal);
    side.status_when("the return", |it| *it == RecorderStatus::Online)
        .await;
    let cameras = side
        .cameras_when("four cameras", |it| {
            it.iter().filter(|camera| camera.is_online).count() == 4
        })
        .await;

    assert_eq!(
        lost.len(),
        5,
        "a lost recorder keeps its cameras in the list"
    );
    assert_eq!(told(&cameras)[..4], ALL);
}

#[tokio::test]
async fn polling_authenticates_in_advance_without_failed_logins() {
    let dvr = Dvr::with_four_cameras().await;
    let _side = dvr.watched();

    let stats = crate::support::soon(
        "three polls",
        dvr.faults.wait_for(|stats| stats.http_requests >= 13),
    )
    .await;

    assert_eq!(stats.failed_logins, 0);
}

#[tokio::test]
async fn an_unknown_camera_cannot_be_subscribed_to() {
    let dvr = Dvr::with_four_cameras().await;
    let side = Side::start(&RecorderConfig::Hikvision(dvr.settings()), 0);
    side.cameras_when("five cameras", |it| it.len() == 5).await;

    assert!(side.streams.subscribe("1", StreamKind::Main).is_some());
    for camera in ["0", "6", "", "01", "../1"] {
        assert!(side.streams.subscribe(camera, StreamKind::Main).is_none());
    }
}
