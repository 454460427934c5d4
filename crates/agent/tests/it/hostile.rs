//! RTSP servers that answer nonsense, hang, or close, at every step of a session.

use std::time::Duration;

use agent::stream::StreamState;
use futures_util::future::join_all;
use proto::link::message::StreamKind;
use proto::reason::{CodecName, Reason};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::support::{Side, soon, state_when};

const SDP: &str = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\na=control:*\r\n\
    m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n";

/// What a server does at one step.
#[derive(Clone)]
enum Step {
    /// Reads a request and answers it; `{cseq}` is filled in.
    Answer(String),
    /// Sends bytes, asked or not.
    Send(Vec<u8>),
    /// Says nothing and stays.
    Hang,
}

fn describe() -> Step {
    described_as(SDP)
}

fn described_as(sdp: &str) -> Step {
    Step::Answer(format!(
        "RTSP/1.0 200 OK\r\nCSeq: {{cseq}}\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    ))
}

fn set_up() -> Step {
    Step::Answer(
        "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nSession: 1;timeout=60\r\n\
         Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
            .to_owned(),
    )
}

fn play() -> Step {
    Step::Answer("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nSession: 1\r\n\r\n".to_owned())
}

fn answer(status: &str) -> Step {
    Step::Answer(format!("RTSP/1.0 {status}\r\nCSeq: {{cseq}}\r\n\r\n"))
}

/// A server that goes through `steps` on every connection, then closes it. Each connection is
/// told.
struct Server {
    address: std::net::SocketAddr,
    connections: mpsc::UnboundedReceiver<()>,
}

impl Server {
    async fn start(steps: Vec<Step>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (tell, connections) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let _test_may_be_over = tell.send(());
                tokio::spawn(serve(socket, steps.clone()));
            }
        });
        Server {
            address,
            connections,
        }
    }

    fn watched(&self) -> Side {
        Side::from_text(&format!("url = \"rtsp://{}/live\"", self.address))
    }
}

async fn serve(mut socket: TcpStream, steps: Vec<Step>) -> std::io::Result<()> {
    for step in steps {
        match step {
            Step::Answer(text) => {
                let request = read_request(&mut socket).await?;
                let cseq = request
                    .lines()
                    .find_map(|line| line.strip_prefix("CSeq: "))
                    .unwrap_or("0");
                socket
                    .write_all(text.replace("{cseq}", cseq).as_bytes())
                    .await?;
            }
            Step::Send(bytes) => socket.write_all(&bytes).await?,
            Step::Hang => std::future::pending().await,
        }
    }
    Ok(())
}

async fn read_request(socket: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(socket.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// An interleaved RTP packet with that payload.
fn rtp(sequence: u16, payload: &[u8]) -> Step {
    let mut packet = vec![0x80, 0x80 | 96];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 0, 1, 0, 0, 0, 2]);
    packet.extend(payload);
    let length = u16::try_from(packet.len()).expect("a small packet");
    let mut framed = vec![b'$', 0];
    framed.extend(length.to_be_bytes());
    framed.extend(packet);
    Step::Send(framed)
}

/// The stream has to give one of these reasons, or any if there are none, and to connect again.
async fn check(steps: Vec<Step>, expected: &[Reason]) {
    let mut server = Server::start(steps).await;
    let side = server.watched();
    side.cameras_when("the camera", |it| it.len() == 1).await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Main)
        .expect("camera 1");

    let state = state_when(&mut subscription, "the failure", |state| {
        matches!(state, StreamState::Offline(_))
    })
    .await;
    for _ in 0..2 {
        soon("another try", server.connections.recv())
            .await
            .expect("the server runs");
    }

    assert!(
        matches!(&state, StreamState::Offline(reason) if expected.is_empty() || expected.contains(reason)),
        "{state:?} instead of {expected:?}"
    );
    let cameras = side.cameras_when("the camera", |it| !it[0].is_online).await;
    assert_eq!(cameras[0].name, "Camera 1");
}

#[tokio::test]
async fn the_agent_survives_a_server_that_closes_at_any_step() {
    let cases = [
        vec![],
        vec![describe()],
        vec![describe(), set_up()],
        vec![describe(), set_up(), play()],
    ];
    join_all(cases.map(|steps| check(steps, &[Reason::Closed, Reason::InvalidAnswer]))).await;
}

#[tokio::test]
async fn the_agent_survives_a_server_that_hangs_at_any_step() {
    let cases = [
        vec![Step::Hang],
        vec![describe(), Step::Hang],
        vec![describe(), set_up(), Step::Hang],
    ];
    join_all(cases.map(|steps| check(steps, &[Reason::NoAnswer]))).await;
}

#[tokio::test]
async fn a_stream_without_pictures_times_out() {
    check(
        vec![describe(), set_up(), play(), Step::Hang],
        &[Reason::NoPicture],
    )
    .await;
}

#[tokio::test]
async fn the_agent_survives_garbage_at_any_step() {
    let mut random = 7_u32;
    let noise: Vec<u8> = (0..5000)
        .map(|_| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            random.to_be_bytes()[0]
        })
        .collect();
    let mut unframed = b"$\x07\xff\xff".to_vec();
    unframed.extend(&noise);
    let cases = [
        vec![Step::Send(noise.clone())],
        vec![Step::Send(
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec(),
        )],
        vec![answer("200 OK")],
        vec![described_as("no description at all")],
        vec![described_as(&SDP.replace("H264", "\u{fc}\u{fc}\u{fc}"))],
        vec![Step::Answer(
            "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nContent-Length: 99999999999999999999\r\n\r\n"
                .to_owned(),
        )],
        vec![describe(), answer("200 OK")],
        vec![describe(), set_up(), play(), Step::Send(noise.clone())],
        vec![describe(), set_up(), play(), Step::Send(unframed)],
        vec![describe(), set_up(), play(), rtp(1, &noise[..1000])],
        vec![
            describe(),
            set_up(),
            play(),
            rtp(1, &[]),
            rtp(2, &[0x7c]),
            rtp(3, &[0x18, 0xff]),
        ],
    ];
    join_all(cases.map(|steps| check(steps, &[]))).await;
}

#[tokio::test]
async fn rtsp_refusals_have_their_own_reasons() {
    for (status, expected) in [
        ("404 Not Found", Reason::NoStream),
        (
            "301 Moved Permanently\r\nLocation: rtsp://192.0.2.9/live",
            Reason::Moved,
        ),
        ("403 Forbidden", Reason::Forbidden),
        ("453 Not Enough Bandwidth", Reason::Full),
        ("500 Internal Server Error", Reason::Status(500)),
    ] {
        check(vec![answer(status)], &[expected]).await;
    }
}

#[tokio::test]
async fn pictures_without_parameter_sets_are_reported() {
    let key_frame = [0x65, 0x88, 0x84, 0x21];

    check(
        vec![describe(), set_up(), play(), rtp(1, &key_frame), Step::Hang],
        &[Reason::NoParameterSets],
    )
    .await;
}

#[tokio::test]
async fn an_unsupported_codec_is_reported_by_name() {
    let sdp = SDP.replace(
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000",
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000",
    );

    let mpeg4 = Reason::Codec(CodecName::new("MP4V-ES"));
    check(vec![described_as(&sdp)], &[mpeg4]).await;
}

#[tokio::test]
async fn a_presentation_without_video_is_reported() {
    let sdp = SDP.replace(
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000",
        "m=audio 0 RTP/AVP 0",
    );

    check(vec![described_as(&sdp)], &[Reason::NoVideo]).await;
}

#[tokio::test]
async fn a_server_that_demands_an_unknown_login_is_not_retried() {
    let challenge = Step::Answer(
        "RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\n\
         WWW-Authenticate: Digest realm=\"x\", nonce=\"1\"\r\n\r\n"
            .to_owned(),
    );
    let mut server = Server::start(vec![challenge]).await;
    let side = server.watched();
    side.cameras_when("the camera", |it| it.len() == 1).await;
    let mut subscription = side
        .streams
        .subscribe("1", StreamKind::Main)
        .expect("camera 1");

    state_when(&mut subscription, "the refusal", |it| {
        *it == StreamState::Refused(Reason::LoginMissing)
    })
    .await;

    soon("the one try", server.connections.recv())
        .await
        .expect("the server runs");
    // Longer than the first wait of any retry.
    let again = tokio::time::timeout(Duration::from_secs(2), server.connections.recv()).await;
    assert!(again.is_err(), "a second try after a refusal");
}

#[tokio::test]
async fn a_new_viewer_shortens_a_long_retry_wait() {
    let mut server = Server::start(vec![answer("500 Internal Server Error")]).await;
    let side = server.watched();
    side.cameras_when("the camera", |it| it.len() == 1).await;
    // After the fourth try the wait is 4 s at least; a viewer shortens it to one.
    for _ in 0..4 {
        soon("a try", server.connections.recv())
            .await
            .expect("the server runs");
    }

    let cut_short = tokio::time::timeout(Duration::from_secs(3), async {
        let mut viewers = Vec::new();
        // A viewer who comes while the fourth try is still under way changes nothing yet.
        loop {
            viewers.push(side.streams.subscribe("1", StreamKind::Main));
            let beat = Duration::from_millis(100);
            if let Ok(tried) = tokio::time::timeout(beat, server.connections.recv()).await {
                return tried;
            }
        }
    });

    assert_eq!(
        cut_short.await,
        Ok(Some(())),
        "the fifth try came no sooner"
    );
}
