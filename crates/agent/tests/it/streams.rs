//! Streams are pulled once, start at once for late viewers, and come back after every failure.

use agent::config::RecorderConfig;
use agent::stream::{Codec, Event, FrameKind, StreamState};
use proto::link::message::StreamKind;
use proto::reason::Reason;
use simdvr::FaultMode;

use crate::support::{
    Dvr, PASSWORD, Side, USER, is_video, next_frame, rtsp_settings, soon, state_when,
};

fn is_playing(state: &StreamState) -> bool {
    matches!(state, StreamState::Playing { .. })
}

fn is_offline(state: &StreamState) -> bool {
    matches!(state, StreamState::Offline(_))
}

async fn watched() -> (Dvr, Side) {
    let dvr = Dvr::with_four_cameras().await;
    let side = dvr.watched();
    side.cameras_when("five cameras", |it| it.len() == 5).await;
    (dvr, side)
}

#[tokio::test]
async fn five_subscribers_share_one_recorder_session() {
    let (dvr, side) = watched().await;

    for kind in [StreamKind::Main, StreamKind::Sub] {
        let mut subscriptions: Vec<_> = (0..5)
            .map(|_| side.streams.subscribe("1", kind).expect("camera 1"))
            .collect();
        for subscription in &mut subscriptions {
            next_frame(subscription, is_video).await;
        }
    }

    let stats = dvr.faults.stats();
    assert_eq!(stats.sessions_opened[&101], 1);
    assert_eq!(stats.sessions_opened[&102], 1);
}

#[tokio::test]
async fn sub_streams_of_online_cameras_stay_warm() {
    let (dvr, _side) = watched().await;

    let stats = soon(
        "four warm streams",
        dvr.faults.wait_for(|stats| stats.sessions_open() == 4),
    )
    .await;

    let warm: Vec<u32> = stats.sessions.keys().copied().collect();
    assert_eq!(warm, [102, 202, 302, 402]);
}

#[tokio::test]
async fn the_memory_budget_limits_the_number_of_warm_streams() {
    let dvr = Dvr::with_four_cameras().await;
    let budget = 2 * agent::limits::WARM_STREAM_BYTES;
    let side = Side::start(&RecorderConfig::Hikvision(dvr.settings()), budget);
    side.cameras_when("five cameras", |it| it.len() == 5).await;
    soon(
        "two warm streams",
        dvr.faults.wait_for(|stats| stats.sessions_open() == 2),
    )
    .await;

    let mut cold = side
        .streams
        .subscribe("4", StreamKind::Sub)
        .expect("camera 4");
    next_frame(&mut cold, is_video).await;

    assert_eq!(dvr.faults.stats().sessions_peak.keys().count(), 3);
}

#[tokio::test]
async fn a_late_subscriber_gets_a_key_frame_at_once() {
    let (_dvr, side) = watched().await;
    let mut early = side
        .streams
        .subscribe("1", StreamKind::Sub)
        .expect("camera 1");
    next_frame(&mut early, |frame| frame.kind == FrameKind::VideoKey).await;

    let mut late = side
        .streams
        .subscribe("1", StreamKind::Sub)
        .expect("camera 1");
    let Event::Cached(group) = late.next().await else {
        panic!("the group of pictures comes first");
    };

    assert_eq!(group[0].kind, FrameKind::VideoKey);
    assert!(
        group[1..]
            .iter()
            .all(|frame| frame.kind == FrameKind::VideoDelta)
    );
    assert!(group.is_sorted_by_key(|frame| frame.rtp_time));
    let following = next_frame(&mut late, is_video).await;
    assert!(following.rtp_time > group[group.len() - 1].rtp_time);
}

#[tokio::test]
async fn watching_a_cold_stream_requests_a_key_frame() {
    let (dvr, side) = watched().await;
    let n_before = dvr.faults.stats().key_frame_requests;

    let mut subscription = side
        .streams
        .subscribe("4", StreamKind::Main)
        .expect("camera 4");
    let first = next_frame(&mut subscription, is_video).await;

    assert_eq!(first.kind, FrameKind::VideoKey);
    soon(
        "the request",
        dvr.faults
            .wait_for(|stats| stats.key_frame_requests > n_before),
    )
    .await;
    assert_eq!(n_before, 0, "streams that nobody watches ask for nothing");
}

#[tokio::test]
async fn key_frames_are_requested_from_any_camera_over_rtcp() {
    let dvr = Dvr::with_four_cameras().await;
    let settings = format!(
        "url = \"rtsp://{}/Streaming/Channels/102\"\nuser = \"{USER}\"\npassword = \"{PASSWORD}\"",
        dvr.rtsp
    );
    let side = Side::start(&rtsp_settings(&settings), 0);
    side.cameras_when("the camera", |it| it.len() == 1).await;
    assert_eq!(dvr.faults.stats().picture_losses, 0);

    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Main)
        .expect("the camera");
    let first = next_frame(&mut subscription, is_video).await;

    assert_eq!(first.kind, FrameKind::VideoKey);
    let asked = dvr.faults.wait_for(|stats| stats.picture_losses > 0);
    soon("the question", asked).await;
}

#[tokio::test]
async fn key_frames_carry_parameter_sets_and_size() {
    let (_dvr, side) = watched().await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Main)
        .expect("camera 1");

    let playing = state_when(&mut subscription, "the main stream", is_playing).await;
    let key = next_frame(&mut subscription, |frame| frame.kind == FrameKind::VideoKey).await;

    let (width, height) = key.size.expect("a key frame knows its size");
    assert!(width >= 640 && height >= 360, "{width}x{height}");
    let expected = StreamState::Playing {
        codec: Codec::H264,
        width,
        height,
    };
    assert_eq!(playing, expected);
    // Annex B: a start code, then a sequence parameter set (NAL type 7).
    assert_eq!(key.data[..4], [0, 0, 0, 1]);
    assert_eq!(key.data[4] & 0x1f, 7);
}

#[tokio::test]
async fn audio_is_passed_through_with_the_video() {
    let (_dvr, side) = watched().await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Main)
        .expect("camera 1");

    let first = next_frame(&mut subscription, |frame| !is_video(frame)).await;
    let second = next_frame(&mut subscription, |frame| !is_video(frame)).await;

    assert_eq!((first.codec, second.codec), (Codec::Pcmu, Codec::Pcmu));
    // One byte of G.711 lasts one tick of its clock.
    assert_eq!(second.rtp_time - first.rtp_time, first.data.len() as u64);
}

#[tokio::test]
async fn h265_is_passed_through_unchanged() {
    let dvr = Dvr::with_four_cameras().await;
    dvr.faults.set_camera_codec(1, simdvr::ClipCodec::H265);
    let side = dvr.watched();
    side.cameras_when("five cameras", |it| it.len() == 5).await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Sub)
        .expect("camera 1");

    let key = next_frame(&mut subscription, |frame| frame.kind == FrameKind::VideoKey).await;

    assert_eq!(key.codec, Codec::H265);
    assert!(key.size.is_some());
}

#[tokio::test]
async fn a_main_stream_ends_a_while_after_its_last_viewer() {
    let (dvr, side) = watched().await;
    let mut subscription = side
        .streams
        .subscribe("2", StreamKind::Main)
        .expect("camera 2");
    next_frame(&mut subscription, is_video).await;

    drop(subscription);
    let mut again = side
        .streams
        .subscribe("2", StreamKind::Main)
        .expect("camera 2");
    next_frame(&mut again, is_video).await;
    let n_sessions = dvr.faults.stats().sessions_opened[&201];
    drop(again);
    soon(
        "the stream to end",
        dvr.faults
            .wait_for(|stats| !stats.sessions.contains_key(&201) || stats.sessions[&201] == 0),
    )
    .await;

    assert_eq!(
        n_sessions, 1,
        "a viewer who comes back meets the running stream"
    );
}

#[tokio::test]
async fn streams_and_their_time_continue_after_a_reboot() {
    let (dvr, side) = watched().await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Sub)
        .expect("camera 1");
    let before = next_frame(&mut subscription, is_video).await;

    dvr.faults.set_mode(FaultMode::Refuse);
    state_when(&mut subscription, "the loss", is_offline).await;
    dvr.faults.set_mode(FaultMode::Normal);
    let after = next_frame(&mut subscription, is_video).await;

    assert_eq!(after.kind, FrameKind::VideoKey, "pictures start anew");
    assert!(after.rtp_time > before.rtp_time);
    assert!(is_playing(&subscription.state()));
}

#[tokio::test]
async fn a_dropped_connection_reconnects() {
    let (dvr, side) = watched().await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Sub)
        .expect("camera 1");
    next_frame(&mut subscription, is_video).await;

    dvr.faults.drop_sessions();
    state_when(&mut subscription, "the loss", is_offline).await;
    next_frame(&mut subscription, |frame| frame.kind == FrameKind::VideoKey).await;

    assert!(dvr.faults.stats().sessions_opened[&102] >= 2);
}

#[tokio::test]
async fn an_unplugged_camera_is_shown_offline_and_returns() {
    let (dvr, side) = watched().await;
    let mut subscription = side
        .streams
        .subscribe("3", StreamKind::Sub)
        .expect("camera 3");
    next_frame(&mut subscription, is_video).await;

    dvr.faults.set_camera_online(3, false);
    state_when(&mut subscription, "the camera to go", |state| {
        *state == StreamState::Offline(Reason::Unplugged)
    })
    .await;
    let n_sessions = dvr.faults.stats().sessions_opened[&302];
    dvr.faults.set_camera_online(3, true);
    next_frame(&mut subscription, |frame| frame.kind == FrameKind::VideoKey).await;

    assert_eq!(dvr.faults.stats().sessions_opened[&302], n_sessions + 1);
}

#[tokio::test]
async fn streams_survive_garbage_and_silence() {
    let (dvr, side) = watched().await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Sub)
        .expect("camera 1");
    next_frame(&mut subscription, is_video).await;

    for mode in [FaultMode::Garbage, FaultMode::Hang] {
        dvr.faults.set_mode(mode);
        state_when(&mut subscription, "the loss", is_offline).await;
        dvr.faults.set_mode(FaultMode::Normal);
        next_frame(&mut subscription, |frame| frame.kind == FrameKind::VideoKey).await;
    }

    assert_eq!(dvr.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn cameras_with_rtsp_addresses_play_over_tcp_and_udp() {
    let dvr = Dvr::with_four_cameras().await;
    for transport in ["tcp", "udp"] {
        let side = Side::from_text(&format!(
            "user = \"{USER}\"\npassword = \"{PASSWORD}\"\ntransport = \"{transport}\"\n\
             cameras = [{{ name = \"Door\", main = \"rtsp://{0}/Streaming/Channels/101\", \
             sub = \"rtsp://{0}/Streaming/Channels/102\" }}]",
            dvr.rtsp
        ));
        side.cameras_when("the camera", |it| it.len() == 1).await;

        let mut subscription = side
            .streams
            .subscribe("1", StreamKind::Sub)
            .expect("camera 1");
        next_frame(&mut subscription, is_video).await;
        let cameras = side
            .cameras_when("the camera", |it| it.len() == 1 && it[0].is_online)
            .await;

        assert_eq!(cameras[0].name, "Door");
    }
}

#[tokio::test]
async fn the_main_stream_replaces_a_missing_sub_stream() {
    let dvr = Dvr::with_four_cameras().await;
    let url = format!(
        "rtsp://{USER}:{PASSWORD}@{}/Streaming/Channels/101",
        dvr.rtsp
    );
    let side = Side::start(&rtsp_settings(&format!("url = \"{url}\"")), 64 << 20);
    side.cameras_when("the camera", |it| it.len() == 1).await;

    for kind in [StreamKind::Sub, StreamKind::Main] {
        let mut subscription = side.streams.subscribe("1", kind).expect("camera 1");
        next_frame(&mut subscription, is_video).await;
    }

    assert_eq!(dvr.faults.stats().sessions_opened[&101], 1);
}

#[tokio::test]
async fn shutdown_ends_all_sessions() {
    let (dvr, side) = watched().await;
    soon(
        "four warm streams",
        dvr.faults.wait_for(|stats| stats.sessions_open() == 4),
    )
    .await;

    side.stop.cancel();
    for task in side.tasks {
        soon("the end of a task", task).await.expect("no panic");
    }
    soon(
        "the sessions to end",
        dvr.faults.wait_for(|stats| stats.sessions_open() == 0),
    )
    .await;
}
