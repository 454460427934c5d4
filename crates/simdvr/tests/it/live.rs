//! Live pictures and sound, pulled with the client that the agent uses.

use std::time::Duration;

use retina::codec::{ParametersRef, VideoFrame};
use simdvr::{ClipCodec, DigestAlgorithm};

use crate::support::{PASSWORD, Player, Raw, recorder, recorder_with};

const MAIN_STEP: i64 = 90_000 / 25;
const SUB_STEP: i64 = 90_000 / 15;

/// The types of the NAL units of an Annex B frame.
fn nal_types(frame: &VideoFrame) -> Vec<u8> {
    let data = frame.data();
    let starts = (0..data.len().saturating_sub(4)).filter(|at| data[*at..at + 4] == [0, 0, 0, 1]);
    starts.map(|at| data[at + 4] & 0x1f).collect()
}

async fn assert_key_and_delta_frames(player: &mut Player, step: i64) {
    let mut last = player.video().await;
    let (mut keys, mut deltas) = (0, 0);
    while keys < 1 || deltas < 20 {
        let frame = player.video().await;
        let types = nal_types(&frame);
        if frame.is_random_access_point() {
            keys += 1;
            assert!(
                types.contains(&5) && types.contains(&7) && types.contains(&8),
                "{types:?}"
            );
        } else {
            deltas += 1;
            assert_eq!(types, [1]);
        }
        assert_eq!(frame.loss(), 0);
        let advance = frame.timestamp().timestamp() - last.timestamp().timestamp();
        assert_eq!(advance, step);
        last = frame;
    }
}

#[tokio::test]
async fn main_and_sub_streams_are_sent_over_tcp() {
    let recorder = recorder().await;

    let mut main = recorder.play(101, "tcp").await.unwrap();
    let mut sub = recorder.play(102, "tcp").await.unwrap();

    tokio::join!(
        assert_key_and_delta_frames(&mut main, MAIN_STEP),
        assert_key_and_delta_frames(&mut sub, SUB_STEP),
    );
    let sessions = recorder.faults.stats().sessions;
    assert_eq!(sessions, [(101, 1), (102, 1)].into());
}

#[tokio::test]
async fn main_and_sub_streams_are_sent_over_udp() {
    let recorder = recorder().await;

    let mut main = recorder.play(301, "udp").await.unwrap();
    let mut sub = recorder.play(302, "udp").await.unwrap();

    tokio::join!(
        assert_key_and_delta_frames(&mut main, MAIN_STEP),
        assert_key_and_delta_frames(&mut sub, SUB_STEP),
    );
}

#[tokio::test]
async fn a_description_includes_the_picture_size() {
    let recorder = recorder().await;

    for (stream, size) in [(401, (1280, 720)), (402, (640, 360))] {
        let session = recorder.described(stream, PASSWORD).await.unwrap();
        let track = &session.streams()[0];

        assert_eq!(track.encoding_name(), "h264");
        let Some(ParametersRef::Video(video)) = track.parameters() else {
            panic!("no parameters in the description of {stream}");
        };
        assert_eq!(video.pixel_dimensions(), size);
    }
}

#[tokio::test]
async fn only_cameras_with_a_microphone_have_an_audio_track() {
    let recorder = recorder().await;

    for (stream, tracks) in [(101, 2), (102, 2), (201, 2), (301, 1), (402, 1)] {
        let session = recorder.described(stream, PASSWORD).await.unwrap();
        assert_eq!(session.streams().len(), tracks, "stream {stream}");
    }
}

#[tokio::test]
async fn audio_is_sent_in_packets_of_twenty_milliseconds() {
    let recorder = recorder().await;

    for transport in ["tcp", "udp"] {
        let mut player = recorder.play(101, transport).await.unwrap();
        let mut last = player.audio().await;
        let mut heard = false;
        for _ in 0..60 {
            let frame = player.audio().await;
            assert_eq!(frame.data().len(), 160);
            let advance = frame.timestamp().timestamp() - last.timestamp().timestamp();
            assert_eq!(advance, 160);
            // 0xff and 0x7f are silence in µ-law.
            heard |= frame.data().iter().any(|byte| byte & 0x7f < 0x60);
            last = frame;
        }
        assert!(heard, "the chime is silent");
    }
}

#[tokio::test]
async fn a_session_may_start_between_two_key_frames() {
    let recorder = recorder_with(|config| config.running_for = Duration::from_millis(500)).await;
    let mut player = recorder.play(102, "tcp").await.unwrap();

    let first = player.video().await;

    assert!(!first.is_random_access_point());
}

#[tokio::test]
async fn time_advances_evenly_across_the_clips_end() {
    let almost_over = Duration::from_millis(7_400);
    let recorder = recorder_with(|config| config.running_for = almost_over).await;
    let mut player = recorder.play(401, "tcp").await.unwrap();

    let mut last = player.video().await;
    let first_time = last.timestamp().timestamp();
    let mut key_times = Vec::new();
    for _ in 0..80 {
        let frame = player.video().await;
        let advance = frame.timestamp().timestamp() - last.timestamp().timestamp();
        assert_eq!(advance, MAIN_STEP);
        if frame.is_random_access_point() {
            key_times.push(frame.timestamp().timestamp());
        }
        last = frame;
    }

    assert!(key_times[0] - first_time <= 90_000 * 6 / 10);
    assert_eq!(key_times[1] - key_times[0], 2 * 90_000);
}

#[tokio::test]
async fn time_advances_evenly_when_the_rtp_clock_wraps() {
    let wrap = Duration::from_secs((1 << 32) / 90_000);
    let recorder = recorder_with(|config| config.running_for = wrap).await;
    let mut raw = Raw::connect(&recorder, 402).await;
    let transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";
    let session = raw.ask("SETUP", "/trackID=1", transport).await.session();
    raw.ask("PLAY", "", &format!("Session: {session}\r\n"))
        .await;

    let mut last: Option<u32> = None;
    let mut frames = 0;
    while frames < 30 {
        let (channel, packet) = raw.packet().await.unwrap();
        if channel != 0 {
            continue;
        }
        let time = u32::from_be_bytes(packet[4..8].try_into().unwrap());
        let step = last.map_or(0, |last| time.wrapping_sub(last));
        assert!(step == 0 || i64::from(step) == SUB_STEP, "step {step}");
        frames += u32::from(step != 0);
        last = Some(time);
    }
}

#[tokio::test]
async fn a_requested_key_frame_is_sent_early() {
    let recorder = recorder_with(|config| config.running_for = Duration::from_millis(100)).await;
    let mut player = recorder.play(401, "tcp").await.unwrap();
    player.video().await;

    let path = "/ISAPI/Streaming/channels/401/requestKeyFrame";
    let reply = recorder.http("PUT", path, PASSWORD).await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.body);

    let mut times = Vec::new();
    while times.len() < 2 {
        let frame = player.video().await;
        if frame.is_random_access_point() {
            times.push(frame.timestamp().elapsed());
        }
    }
    // Unasked, the first key frame would come 1.9 s into the session.
    assert!(times[0] < 90_000 * 18 / 10, "{times:?}");
    assert_eq!(times[1] - times[0], 2 * 90_000);
    assert_eq!(recorder.faults.stats().key_frame_requests, 1);
}

#[tokio::test]
async fn an_h265_stream_is_described_and_played_as_such() {
    let recorder = recorder_with(|config| config.cameras[3].codec = ClipCodec::H265).await;

    let session = recorder.described(401, PASSWORD).await.unwrap();
    assert_eq!(session.streams()[0].encoding_name(), "h265");
    let mut player = recorder.play(401, "tcp").await.unwrap();
    while !player.video().await.is_random_access_point() {}

    let session = recorder.described(402, PASSWORD).await.unwrap();
    assert_eq!(session.streams()[0].encoding_name(), "h264");
}

#[tokio::test]
async fn a_recorder_with_sha256_digest_can_be_played() {
    let recorder = recorder_with(|config| config.digest = DigestAlgorithm::Sha256).await;

    let mut player = recorder.play(102, "tcp").await.unwrap();

    player.video().await;
    assert_eq!(recorder.get("/ISAPI/System/time").await.status, 200);
    assert_eq!(recorder.faults.stats().failed_logins, 0);
}
