//! RTSP sessions as such: limits, states, transports, signs of life.

use std::time::Duration;

use tokio::net::UdpSocket;

use crate::support::{PASSWORD, Raw, Recorder, recorder, recorder_with, soon};

const TCP: &str = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";

async fn playing(recorder: &Recorder, stream: u32) -> (Raw, String) {
    let mut raw = Raw::connect(recorder, stream).await;
    let session = raw.ask("SETUP", "/trackID=1", TCP).await.session();
    let header = format!("Session: {session}\r\n");
    assert_eq!(raw.ask("PLAY", "", &header).await.status, 200);
    (raw, header)
}

#[tokio::test]
async fn options_are_answered_without_a_login() {
    let recorder = recorder().await;
    let mut raw = Raw::connect(&recorder, 101).await;

    let answer = raw.ask("OPTIONS", "", "").await;

    assert_eq!(answer.status, 200);
    let methods = answer.header("Public").unwrap();
    for method in [
        "DESCRIBE",
        "SETUP",
        "PLAY",
        "PAUSE",
        "GET_PARAMETER",
        "TEARDOWN",
    ] {
        assert!(methods.contains(method), "{methods}");
    }
}

#[tokio::test]
async fn a_session_over_the_limit_is_refused_with_453() {
    let recorder = recorder_with(|config| config.max_sessions = 2).await;
    let (mut first, header) = playing(&recorder, 101).await;
    let (_second, _) = playing(&recorder, 102).await;

    let mut third = Raw::connect(&recorder, 201).await;
    assert_eq!(third.ask("SETUP", "/trackID=1", TCP).await.status, 453);

    assert_eq!(first.ask("TEARDOWN", "", &header).await.status, 200);
    assert_eq!(third.ask("SETUP", "/trackID=1", TCP).await.status, 200);
    let stats = recorder.faults.stats();
    assert_eq!(stats.sessions, [(102, 1), (201, 1)].into());
    assert_eq!(stats.sessions_refused, 1);
    assert_eq!(stats.sessions_opened[&101], 1);
}

#[tokio::test]
async fn a_closed_connection_frees_its_session() {
    let recorder = recorder().await;
    let (raw, _) = playing(&recorder, 101).await;

    drop(raw);

    let stats = soon(recorder.faults.wait_for(|s| s.rtsp_connections == 0)).await;
    assert_eq!(stats.sessions_open(), 0);
    assert_eq!(stats.sessions_peak[&101], 1);
}

#[tokio::test]
async fn addresses_do_not_depend_on_case_or_query() {
    let recorder = recorder().await;
    let mut raw = Raw::connect(&recorder, 101).await;
    raw.url = format!(
        "rtsp://{}/streaming/CHANNELS/101?transportmode=unicast",
        recorder.rtsp
    );

    let answer = raw.ask("DESCRIBE", "", "Accept: application/sdp\r\n").await;

    assert_eq!(answer.status, 200);
    let base = format!("rtsp://{}/streaming/CHANNELS/101/", recorder.rtsp);
    assert_eq!(answer.header("Content-Base"), Some(base.as_str()));
    assert!(answer.text.contains(&format!("a=control:{base}trackID=1")));
}

#[tokio::test]
async fn streams_and_tracks_that_do_not_exist_are_not_found() {
    let recorder = recorder().await;
    for stream in [0, 1, 100, 103, 104, 501, 99_999] {
        let mut raw = Raw::connect(&recorder, stream).await;
        assert_eq!(raw.ask("DESCRIBE", "", "").await.status, 404, "{stream}");
        let set_up = raw.ask("SETUP", "/trackID=1", TCP).await;
        assert_eq!(set_up.status, 404, "{stream}");
    }

    let mut silent = Raw::connect(&recorder, 301).await;
    assert_eq!(silent.ask("SETUP", "/trackID=2", TCP).await.status, 404);
    assert_eq!(silent.ask("SETUP", "/trackID=9", TCP).await.status, 404);
    assert_eq!(recorder.faults.stats().sessions_open(), 0);
}

#[tokio::test]
async fn requests_in_the_wrong_state_are_refused() {
    let recorder = recorder().await;
    let mut raw = Raw::connect(&recorder, 101).await;
    for method in ["PLAY", "PAUSE", "TEARDOWN"] {
        assert_eq!(raw.ask(method, "", "").await.status, 454);
        let answer = raw.ask(method, "", "Session: 1\r\n").await;
        assert_eq!(answer.status, 454);
    }
    assert_eq!(raw.ask("SETUP", "/trackID=1", "").await.status, 400);
    let srtp = "Transport: RTP/SAVP;unicast;client_port=5000-5001\r\n";
    assert_eq!(raw.ask("SETUP", "/trackID=1", srtp).await.status, 461);

    let session = raw.ask("SETUP", "/trackID=1", TCP).await.session();
    let header = format!("Session: {session}\r\n");
    let same_channels = format!("{header}{TCP}");
    let answer = raw.ask("SETUP", "/trackID=2", &same_channels).await;
    assert_eq!(answer.status, 461);
    raw.ask("PLAY", "", &header).await;
    let answer = raw.ask("SETUP", "/trackID=1", &same_channels).await;
    assert_eq!(answer.status, 455);
    assert_eq!(raw.ask("RECORD", "", &header).await.status, 501);
    assert_eq!(raw.ask("FLY", "", &header).await.status, 501);
    let answer = raw.ask("GET_PARAMETER", "", "Session: 1\r\n").await;
    assert_eq!(answer.status, 454);
}

#[tokio::test]
async fn play_names_the_first_packet_of_each_track() {
    let recorder = recorder().await;
    let mut raw = Raw::connect(&recorder, 101).await;
    let session = raw.ask("SETUP", "/trackID=1", TCP).await.session();
    let header = format!("Session: {session}\r\n");
    let audio = format!("{header}Transport: RTP/AVP/TCP;unicast\r\n");
    let answer = raw.ask("SETUP", "/trackID=2", &audio).await;
    let transport = answer.header("Transport").unwrap();
    assert!(transport.contains("interleaved=2-3"), "{transport}");

    let answer = raw.ask("PLAY", "", &header).await;

    let info = answer.header("RTP-Info").unwrap().to_owned();
    let mut waiting = vec![0_u8, 2];
    while !waiting.is_empty() {
        let (channel, packet) = raw.packet().await.unwrap();
        if !waiting.contains(&channel) {
            continue;
        }
        waiting.retain(|other| *other != channel);
        let track = channel / 2 + 1;
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        let time = u32::from_be_bytes(packet[4..8].try_into().unwrap());
        let expected = format!("{}/trackID={track};seq={sequence};rtptime={time}", raw.url);
        assert!(
            info.contains(&format!("url={expected}")),
            "{info}: {expected}"
        );
    }
}

#[tokio::test]
async fn a_paused_session_is_silent_and_resumes_live() {
    let recorder = recorder().await;
    let (mut raw, header) = playing(&recorder, 102).await;
    raw.packet().await.unwrap();

    assert_eq!(raw.ask("PAUSE", "", &header).await.status, 200);
    // Two answers in a row with nothing between them: what was under way came before the first.
    for _ in 0..2 {
        let request = format!("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n{header}\r\n");
        raw.send(request.as_bytes()).await;
        assert_eq!(raw.answer().await.unwrap().status, 200);
    }

    assert_eq!(raw.ask("PLAY", "", &header).await.status, 200);
    raw.packet().await.unwrap();
}

#[tokio::test]
async fn an_inactive_client_loses_its_session() {
    let timeout = Duration::from_secs(1);
    let recorder = recorder_with(|config| config.session_timeout = timeout).await;
    let (mut raw, _) = playing(&recorder, 102).await;

    raw.ends().await;

    let stats = soon(recorder.faults.wait_for(|s| s.rtsp_connections == 0)).await;
    assert_eq!(stats.sessions_open(), 0);
}

#[tokio::test]
async fn keep_alive_requests_extend_a_session() {
    let timeout = Duration::from_secs(2);
    let recorder = recorder_with(|config| config.session_timeout = timeout).await;
    let (mut raw, header) = playing(&recorder, 102).await;

    let started = tokio::time::Instant::now();
    while started.elapsed() < timeout + Duration::from_secs(1) {
        raw.packet().await.unwrap();
        assert_eq!(raw.ask("GET_PARAMETER", "", &header).await.status, 200);
    }
}

#[tokio::test]
async fn udp_packets_come_from_the_announced_ports() {
    let recorder = recorder().await;
    let rtp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let rtcp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let port = |socket: &UdpSocket| socket.local_addr().unwrap().port();
    let mut raw = Raw::connect(&recorder, 102).await;
    let transport = format!(
        "Transport: RTP/AVP;unicast;destination=192.0.2.1;client_port={}-{}\r\n",
        port(&rtp),
        port(&rtcp)
    );

    let answer = raw.ask("SETUP", "/trackID=1", &transport).await;
    let header = format!("Session: {}\r\n", answer.session());
    raw.ask("PLAY", "", &header).await;

    let told = answer.header("Transport").unwrap();
    let (mut media, mut report) = ([0; 2000], [0; 2000]);
    let (length, from) = soon(rtp.recv_from(&mut media)).await.unwrap();
    assert!(length > 12 && media[0] == 0x80 && media[1] & 0x7f == 96);
    let (_, report_from) = soon(rtcp.recv_from(&mut report)).await.unwrap();
    assert_eq!(report[1], 200);
    let ports = format!("server_port={}-{}", from.port(), report_from.port());
    assert!(told.contains(&ports), "{told}: {ports}");
    assert_eq!(from.port() % 2, 0);
    assert_eq!(report[4..8], media[8..12], "one source");
}

#[tokio::test]
async fn sender_reports_can_be_disabled() {
    let recorder = recorder_with(|config| config.sender_reports = None).await;
    let (mut raw, _) = playing(&recorder, 102).await;

    for _ in 0..40 {
        let (channel, _) = raw.packet().await.unwrap();
        assert_eq!(channel, 0);
    }
}

#[tokio::test]
async fn a_session_survives_a_password_change() {
    let recorder = recorder().await;
    let mut player = recorder.play(102, "tcp").await.unwrap();

    recorder.faults.set_password("Another-1");

    for _ in 0..20 {
        player.video().await;
    }
    assert!(recorder.described(102, PASSWORD).await.is_err());
    assert!(recorder.described(102, "Another-1").await.is_ok());
}
