//! Faults on demand, and the end of the recorder.

use std::time::{Duration, Instant};

use simdvr::{CameraFault, ClipCodec, FaultMode, HttpFaults};
use tokio::net::TcpStream;

use crate::support::{PASSWORD, Raw, recorder, soon};

const INFO: &str = "/ISAPI/System/deviceInfo";

#[tokio::test]
async fn removing_a_camera_ends_only_its_own_sessions() {
    let recorder = recorder().await;
    let entrance = recorder.play(101, "tcp").await.unwrap();
    let mut counter = recorder.play(202, "tcp").await.unwrap();

    recorder.faults.set_camera_online(1, false);

    drop(entrance.end().await);
    for _ in 0..20 {
        counter.video().await;
    }
    let mut raw = Raw::connect(&recorder, 101).await;
    assert_eq!(raw.ask("DESCRIBE", "", "").await.status, 404);
    let inputs = recorder.get("/ISAPI/System/Video/inputs/channels").await;
    assert_eq!(inputs.body.matches("NO VIDEO").count(), 2);

    recorder.faults.set_camera_online(1, true);
    assert!(recorder.play(101, "tcp").await.is_ok());
}

#[tokio::test]
async fn a_change_of_codec_ends_the_running_session() {
    let recorder = recorder().await;
    let player = recorder.play(401, "tcp").await.unwrap();

    recorder.faults.set_camera_codec(4, ClipCodec::H265);

    drop(player.end().await);
    let session = recorder.described(401, PASSWORD).await.unwrap();
    assert_eq!(session.streams()[0].encoding_name(), "h265");
    let list = recorder.get("/ISAPI/Streaming/channels/402").await.body;
    assert!(list.contains("<videoCodecType>H.265</videoCodecType>"));
}

#[tokio::test]
async fn a_camera_fault_ends_its_sessions_and_can_be_repaired() {
    let recorder = recorder().await;
    let player = recorder.play(101, "tcp").await.unwrap();

    recorder
        .faults
        .set_camera_fault(1, Some(CameraFault::Refused(453)));
    drop(player.end().await);
    assert!(recorder.play(101, "tcp").await.is_err());
    recorder
        .faults
        .set_camera_fault(1, Some(CameraFault::Mpeg4));
    let session = recorder.described(101, PASSWORD).await.unwrap();
    assert_eq!(session.streams()[0].encoding_name(), "mp4v-es");
    let list = recorder.get("/ISAPI/Streaming/channels/101").await.body;
    assert!(list.contains("<videoCodecType>MPEG4</videoCodecType>"));

    recorder.faults.set_camera_fault(1, None);
    recorder.play(101, "tcp").await.unwrap().video().await;
}

#[tokio::test]
async fn isapi_redirects_and_refuses_documents_on_request() {
    let recorder = recorder().await;

    recorder.faults.set_http_faults(HttpFaults {
        forbidden: vec![INFO],
        ..HttpFaults::default()
    });
    assert_eq!(recorder.get(INFO).await.status, 403);
    assert_eq!(recorder.get("/ISAPI/System/capabilities").await.status, 200);
    recorder.faults.set_http_faults(HttpFaults {
        redirect: Some("https://192.0.2.1/".to_owned()),
        ..HttpFaults::default()
    });
    assert_eq!(recorder.get(INFO).await.status, 302);

    recorder.faults.set_http_faults(HttpFaults::default());
    assert_eq!(recorder.get(INFO).await.status, 200);
}

#[tokio::test]
async fn dropped_sessions_end_mid_stream_and_can_reconnect() {
    let recorder = recorder().await;
    let (first, second) = (
        recorder.play(101, "tcp").await.unwrap(),
        recorder.play(302, "udp").await.unwrap(),
    );

    recorder.faults.drop_sessions();

    drop((first.end().await, second.end().await));
    let stats = soon(recorder.faults.wait_for(|s| s.rtsp_connections == 0)).await;
    assert_eq!(stats.sessions_open(), 0);
    let mut again = recorder.play(101, "tcp").await.unwrap();
    again.video().await;
}

#[tokio::test]
async fn a_recorder_that_sends_garbage_causes_errors_everywhere() {
    let recorder = recorder().await;
    let player = recorder.play(101, "tcp").await.unwrap();

    recorder.faults.set_mode(FaultMode::Garbage);

    assert!(player.end().await.is_err());
    assert!(recorder.described(101, PASSWORD).await.is_err());
    assert!(recorder.http("GET", INFO, PASSWORD).await.is_err());

    recorder.faults.set_mode(FaultMode::Normal);
    assert_eq!(recorder.get(INFO).await.status, 200);
    assert!(recorder.play(101, "tcp").await.is_ok());
}

#[tokio::test]
async fn a_hanging_recorder_accepts_connections_and_never_answers() {
    let recorder = recorder().await;
    let mut playing = Raw::connect(&recorder, 101).await;
    playing.ask("OPTIONS", "", "").await;
    recorder.faults.set_mode(FaultMode::Hang);

    let mut raw = Raw::connect(&recorder, 101).await;
    raw.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n").await;
    playing.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n").await;
    let silence = Duration::from_millis(500);
    let http = recorder.http("GET", INFO, PASSWORD);
    let (rtsp, old, http) = tokio::join!(
        tokio::time::timeout(silence, raw.answer()),
        tokio::time::timeout(silence, playing.answer()),
        tokio::time::timeout(silence, http),
    );
    assert!(rtsp.is_err() && old.is_err() && http.is_err());

    recorder.faults.set_mode(FaultMode::Normal);
    assert!(raw.answer().await.is_none(), "hung connections are closed");
    assert_eq!(recorder.get(INFO).await.status, 200);
    assert!(recorder.play(101, "tcp").await.is_ok());
}

#[tokio::test]
async fn a_rebooting_recorder_returns_on_the_same_ports() {
    let recorder = recorder().await;
    let player = recorder.play(101, "tcp").await.unwrap();

    recorder.faults.set_mode(FaultMode::Refuse);

    drop(player.end().await);
    for addr in [recorder.http, recorder.rtsp] {
        // The listener closes a moment after the running session.
        soon(async { while TcpStream::connect(addr).await.is_ok() {} }).await;
    }
    assert!(recorder.http("GET", INFO, PASSWORD).await.is_err());
    assert!(recorder.described(101, PASSWORD).await.is_err());

    recorder.faults.set_mode(FaultMode::Normal);
    for addr in [recorder.http, recorder.rtsp] {
        soon(async { while TcpStream::connect(addr).await.is_err() {} }).await;
    }
    assert_eq!(recorder.get(INFO).await.status, 200);
    let mut again = recorder.play(101, "tcp").await.unwrap();
    again.video().await;
}

#[tokio::test]
async fn shutdown_waits_for_no_stuck_client() {
    for mode in [
        FaultMode::Normal,
        FaultMode::Hang,
        FaultMode::Garbage,
        FaultMode::Refuse,
    ] {
        let mut recorder = recorder().await;
        let player = recorder.play(101, "tcp").await.unwrap();
        let idle = TcpStream::connect(recorder.http).await.unwrap();
        // A client that plays and never reads.
        let mut stuck = Raw::connect(&recorder, 101).await;
        let transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";
        let session = stuck.ask("SETUP", "/trackID=1", transport).await.session();
        stuck
            .ask("PLAY", "", &format!("Session: {session}\r\n"))
            .await;
        recorder.faults.set_mode(mode);

        let asked = Instant::now();
        recorder.shutdown.cancel();

        soon(&mut recorder.task).await.unwrap().unwrap();
        // A write to a client that does not read takes five seconds.
        assert!(asked.elapsed() < Duration::from_secs(4), "{mode:?}");
        drop(player.end().await);
        assert!(TcpStream::connect(recorder.rtsp).await.is_err());
        drop(idle);
    }
}

#[tokio::test]
async fn a_dropped_recorder_disconnects_its_clients() {
    let recorder = recorder().await;
    let player = recorder.play(101, "tcp").await.unwrap();

    recorder.task.abort();

    drop(player.end().await);
    let stats = soon(recorder.faults.wait_for(|s| s.rtsp_connections == 0)).await;
    assert_eq!(stats.sessions_open(), 0);
}
