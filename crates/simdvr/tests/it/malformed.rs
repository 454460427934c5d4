//! Input that makes no sense: an error for who sent it, and nothing for anybody else.

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::support::{PASSWORD, Raw, Recorder, recorder, soon};

/// The recorder still serves a well-behaved client.
async fn assert_alive(recorder: &Recorder) {
    let mut player = recorder.play(102, "tcp").await.unwrap();
    player.video().await;
    assert_eq!(recorder.get("/ISAPI/System/time").await.status, 200);
    assert!(!recorder.task.is_finished());
}

#[tokio::test]
async fn data_other_than_rtsp_gets_400_and_a_disconnect() {
    let recorder = recorder().await;
    let nonsense: [&[u8]; 8] = [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"OPTIONS\r\n\r\n",
        b"OPTIONS rtsp://h/ RTSP/9.0\r\nCSeq: 1\r\n\r\n",
        b"OPTIONS not-an-address RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: -1\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nBad\xff\xfeHeader: 1\r\n\r\n",
        b"\xff\xff\xff\xff\r\n\r\n",
    ];

    for bytes in nonsense {
        let mut raw = Raw::connect(&recorder, 101).await;
        raw.send(bytes).await;

        let answer = raw.answer().await.expect("an answer");
        assert_eq!(answer.status, 400, "{}", bytes.escape_ascii());
        assert!(raw.answer().await.is_none(), "the connection is closed");
    }
    assert_alive(&recorder).await;
}

#[tokio::test]
async fn a_request_without_a_cseq_gets_400() {
    let recorder = recorder().await;
    let mut raw = Raw::connect(&recorder, 101).await;

    for head in ["", "CSeq: x\r\n", "CSeq: -1\r\n", "CSeq: 99999999999\r\n"] {
        raw.send(format!("OPTIONS * RTSP/1.0\r\n{head}\r\n").as_bytes())
            .await;
        assert_eq!(raw.answer().await.unwrap().status, 400, "{head}");
    }

    assert_eq!(raw.ask("OPTIONS", "", "").await.status, 200);
}

#[tokio::test]
async fn invalid_headers_get_an_error() {
    let recorder = recorder().await;
    let mut raw = Raw::connect(&recorder, 101).await;
    assert_eq!(raw.ask("DESCRIBE", "", "").await.status, 200);

    let transports = [
        "",
        ";;;",
        "RTP/AVP/TCP;interleaved=300-301",
        "RTP/AVP;client_port=x",
    ];
    for transport in transports {
        let header = format!("Transport: {transport}\r\n");
        let answer = raw.ask("SETUP", "/trackID=1", &header).await;
        assert_eq!(answer.status, 461, "{transport}");
    }
    let quote = "Transport: RTP/AVP;dest_addr=\"\\\"\r\n";
    assert_eq!(raw.ask("SETUP", "/trackID=1", quote).await.status, 461);

    for login in [
        "Digest ü=\"ü",
        "Digest",
        "Bearer YTpi",
        "Digest username=\"a",
    ] {
        let mut raw = Raw::connect(&recorder, 101).await;
        let url = recorder.url(101);
        let request =
            format!("DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\nAuthorization: {login}\r\n\r\n");
        raw.send(request.as_bytes()).await;
        assert_eq!(raw.answer().await.unwrap().status, 400, "{login}");
    }
    assert_eq!(recorder.faults.stats().failed_logins, 0);
}

#[tokio::test]
async fn an_endless_request_is_cut_off() {
    let recorder = recorder().await;
    let endless_head = b"X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(1000);
    let huge_body = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 99999999999\r\n\r\n";
    let endless = [
        [b"OPTIONS * RTSP/1.0\r\n", &endless_head[..]].concat(),
        [&huge_body[..], &[b'x'; 20_000]].concat(),
        [b'a'; 20_000].to_vec(),
    ];

    for bytes in endless {
        let mut raw = Raw::connect(&recorder, 101).await;
        raw.send(&bytes).await;

        raw.ends().await;
    }
    assert_alive(&recorder).await;
}

#[tokio::test]
async fn a_request_sent_byte_by_byte_is_answered() {
    let recorder = recorder().await;
    let mut raw = Raw::connect(&recorder, 101).await;

    for byte in b"\r\nOPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n" {
        raw.send(&[*byte]).await;
    }

    let answer = raw.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("CSeq")), (200, Some("7")));
}

#[tokio::test]
async fn connections_over_the_limit_are_refused_and_may_return() {
    let recorder = recorder().await;
    let mut held = Vec::new();
    for _ in 0..128 {
        held.push(Raw::connect(&recorder, 101).await);
    }
    soon(recorder.faults.wait_for(|s| s.rtsp_connections == 128)).await;

    Raw::connect(&recorder, 101).await.ends().await;

    drop(held);
    soon(recorder.faults.wait_for(|s| s.rtsp_connections == 0)).await;
    assert_alive(&recorder).await;
}

#[tokio::test]
async fn idle_http_connections_are_limited() {
    let recorder = recorder().await;
    let mut held = Vec::new();
    for _ in 0..128 {
        held.push(TcpStream::connect(recorder.http).await.unwrap());
    }

    let mut surplus = TcpStream::connect(recorder.http).await.unwrap();
    let ended = soon(surplus.read(&mut [0; 1])).await;
    assert!(!matches!(ended, Ok(1..)), "{ended:?}");

    drop(held);
    soon(async {
        while recorder
            .http("GET", "/ISAPI/System/time", PASSWORD)
            .await
            .is_err()
        {}
    })
    .await;
}

#[tokio::test]
async fn a_large_http_body_is_handled() {
    let recorder = recorder().await;
    let url = format!("http://{}/ISAPI/System/time", recorder.http);

    let request = reqwest::Client::new().put(url).body(vec![b'x'; 10_000_000]);
    // Whether the refusal or the closed connection comes first is up to the network.
    if let Ok(response) = soon(request.send()).await {
        assert_eq!(response.status().as_u16(), 401);
    }

    assert_alive(&recorder).await;
}
