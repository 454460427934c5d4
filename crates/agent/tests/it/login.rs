//! A wrong password is tried exactly once, whatever a recorder's cameras and viewers ask for.

use std::time::Duration;

use agent::config::{Password, RecorderConfig};
use agent::recorder::RecorderStatus;
use agent::stream::StreamState;
use proto::link::message::StreamKind;
use proto::reason::Reason;
use simdvr::FaultMode;

use crate::support::{Dvr, Side, is_video, next_frame, soon, state_when};

#[tokio::test]
async fn a_wrong_password_costs_one_failed_login() {
    let dvr = Dvr::with_four_cameras().await;
    let mut settings = dvr.settings();
    settings.password = Password::new("wrong");
    let mut side = Side::start(&RecorderConfig::Hikvision(settings), 64 << 20);

    let status = side
        .status_when("the refusal", |it| matches!(it, RecorderStatus::Refused(_)))
        .await;

    let four_left = Reason::Refused {
        n_tries_left: Some(4),
    };
    assert_eq!(status, RecorderStatus::Refused(four_left));
    stays_at_one_failed_login(&dvr).await;
}

#[tokio::test]
async fn a_locked_account_is_reported_with_its_unlock_time() {
    let dvr = Dvr::with_four_cameras().await;
    for _ in 0..5 {
        let mut settings = dvr.settings();
        settings.password = Password::new("wrong");
        let mut side = Side::start(&RecorderConfig::Hikvision(settings), 0);
        side.status_when("the refusal", |it| matches!(it, RecorderStatus::Refused(_)))
            .await;
    }

    let mut side = dvr.watched();
    let status = side
        .status_when("the refusal", |it| matches!(it, RecorderStatus::Refused(_)))
        .await;

    assert!(
        matches!(status, RecorderStatus::Refused(Reason::Locked { until: Some(at) }) if at > unix_seconds() + 1_000),
        "{status:?}"
    );
}

#[tokio::test]
async fn many_cameras_with_one_wrong_password_cost_one_failed_login() {
    let dvr = Dvr::with_four_cameras().await;
    let urls: Vec<String> = [101, 102, 201, 202, 301, 302, 401, 402]
        .iter()
        .map(|id| format!("\"rtsp://{}/Streaming/Channels/{id}\"", dvr.rtsp))
        .collect();
    let side = Side::from_text(&format!(
        "user = \"viewer\"\npassword = \"wrong\"\nurls = [{}]",
        urls.join(",")
    ));
    side.cameras_when("eight cameras", |it| it.len() == 8).await;

    for camera in 1..=8 {
        let mut subscription = side
            .streams
            .subscribe(&camera.to_string(), StreamKind::Main)
            .expect("the camera is listed");
        state_when(&mut subscription, "the refusal", |it| {
            matches!(it, StreamState::Refused(Reason::Refused { .. }))
        })
        .await;
    }
    let cameras = side
        .cameras_when("all offline", |it| it.iter().all(|it| !it.is_online))
        .await;
    let mut reason = side.streams.reason();
    let common = soon("the recorder's reason", reason.wait_for(Option::is_some)).await;
    assert!(matches!(
        *common.expect("the keeper runs"),
        Some(Reason::Refused { .. })
    ));

    assert_eq!(cameras.len(), 8);
    stays_at_one_failed_login(&dvr).await;
}

#[tokio::test]
async fn a_password_changed_on_the_recorder_stops_all_attempts() {
    let dvr = Dvr::with_four_cameras().await;
    let mut side = dvr.watched();
    side.cameras_when("five cameras", |it| it.len() == 5).await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Sub)
        .expect("camera 1");
    next_frame(&mut subscription, is_video).await;

    dvr.faults.set_password("another");
    dvr.faults.drop_sessions();
    side.status_when("the refusal", |it| matches!(it, RecorderStatus::Refused(_)))
        .await;
    state_when(&mut subscription, "the refusal", |it| {
        matches!(it, StreamState::Refused(Reason::Refused { .. }))
    })
    .await;

    let n_failed = dvr.faults.stats().failed_logins;
    assert!(
        n_failed < 5,
        "{n_failed} failed logins would lock the account"
    );
}

#[tokio::test]
async fn an_expired_nonce_does_not_count_as_a_refusal() {
    let dvr = Dvr::with_four_cameras().await;
    let mut side = dvr.watched();
    side.status_when("the recorder", |it| *it == RecorderStatus::Online)
        .await;

    dvr.faults.skip_time(Duration::from_secs(3600));
    let n_before = dvr.faults.stats().http_requests;
    soon(
        "the next poll",
        dvr.faults
            .wait_for(|stats| stats.http_requests >= n_before + 3),
    )
    .await;

    assert_eq!(*side.status.borrow(), RecorderStatus::Online);
    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn garbage_from_a_recorder_does_not_count_as_a_refusal() {
    let dvr = Dvr::with_four_cameras().await;
    dvr.faults.set_mode(FaultMode::Garbage);
    let mut side = dvr.watched();

    side.status_when("the loss", |it| {
        matches!(it, RecorderStatus::Unreachable(_))
    })
    .await;
    dvr.faults.set_mode(FaultMode::Normal);
    side.status_when("the recorder", |it| *it == RecorderStatus::Online)
        .await;

    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

fn unix_seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// A recorder counts tries; the poll after a refusal would be a second later, a stream's retry
/// at once, so a recorder that answers two more questions of ours has seen no further try.
async fn stays_at_one_failed_login(dvr: &Dvr) {
    let mut other = dvr.watched();
    other
        .status_when("another agent's login", |it| *it == RecorderStatus::Online)
        .await;
    let n_before = dvr.faults.stats().http_requests;
    soon(
        "two polls",
        dvr.faults
            .wait_for(|stats| stats.http_requests >= n_before + 6),
    )
    .await;

    assert_eq!(dvr.faults.stats().failed_logins, 1);
}
