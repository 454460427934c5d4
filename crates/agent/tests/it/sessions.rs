//! A recorder that supports few sessions: what the agent leaves to other programs, and what viewers still
//! get.

use std::num::NonZeroU16;

use agent::config::RecorderConfig;
use agent::stream::StreamState;
use proto::link::message::StreamKind;
use proto::reason::Reason;
use simdvr::DvrStats;

use crate::support::{Dvr, PASSWORD, Side, USER, soon, state_when};

async fn dvr_that_bears(n_sessions: usize) -> Dvr {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.max_sessions = n_sessions;
    Dvr::start(config).await
}

async fn counts(dvr: &Dvr, what: &str, is_so: impl FnMut(&DvrStats) -> bool) -> DvrStats {
    soon(what, dvr.faults.wait_for(is_so)).await
}

async fn plays(side: &Side, camera: &str, kind: StreamKind) -> agent::stream::Subscription {
    let mut subscription = side.streams.subscribe(camera, kind).expect("a camera");
    let is_playing = |state: &StreamState| matches!(state, StreamState::Playing { .. });
    state_when(&mut subscription, "pictures", is_playing).await;
    subscription
}

#[tokio::test]
async fn a_small_recorder_keeps_a_session_for_others() {
    let dvr = dvr_that_bears(3).await;

    let side = dvr.watched();

    let stats = counts(&dvr, "one that is left", |stats| {
        stats.sessions_refused > 0 && stats.sessions_open() == 2
    })
    .await;
    assert_eq!(stats.sessions_refused, 1, "it is learnt at once");
    side.cameras_when("nothing wrong with the others", |list| {
        list.iter()
            .all(|camera| camera.id == "5" || camera.is_online && camera.reason.is_none())
    })
    .await;
}

#[tokio::test]
async fn viewers_get_the_sessions_of_warm_streams() {
    let dvr = dvr_that_bears(3).await;
    let side = dvr.watched();
    counts(&dvr, "warm streams", |stats| {
        stats.sessions_refused > 0 && stats.sessions_open() == 2
    })
    .await;

    let first = plays(&side, "4", StreamKind::Main).await;
    let second = plays(&side, "3", StreamKind::Main).await;
    let third = plays(&side, "4", StreamKind::Sub).await;

    let mut fourth = side.streams.subscribe("1", StreamKind::Main).expect("one");
    let is_full = |state: &StreamState| *state == StreamState::Offline(Reason::Full);
    state_when(&mut fourth, "the reason", is_full).await;
    drop((first, second));
    let is_playing = |state: &StreamState| matches!(state, StreamState::Playing { .. });
    state_when(&mut fourth, "pictures", is_playing).await;
    drop((third, fourth));
    // Each session that gave way was ended as RTSP wants it, so that the recorder has it back at once.
    counts(&dvr, "one that is left again", |stats| {
        let opened: u64 = stats.sessions_opened.values().sum();
        stats.sessions_open() == 2 && stats.teardowns == opened - 2
    })
    .await;
}

#[tokio::test]
async fn a_configured_number_of_sessions_causes_no_refusal() {
    let dvr = dvr_that_bears(3).await;
    let mut settings = dvr.settings();
    settings.sessions = NonZeroU16::new(3);

    let side = Side::start(&RecorderConfig::Hikvision(settings), 64 << 20);

    counts(&dvr, "two warm streams", |stats| stats.sessions_open() == 2).await;
    drop(plays(&side, "4", StreamKind::Main).await);
    assert_eq!(dvr.faults.stats().sessions_refused, 0);
}

#[tokio::test]
async fn a_recorder_without_sessions_is_full() {
    let dvr = dvr_that_bears(0).await;

    let side = dvr.watched();

    let mut reason = side.streams.reason();
    let full = reason.wait_for(|reason| *reason == Some(Reason::Full));
    soon("the recorder's reason", full).await.expect("it runs");
}
