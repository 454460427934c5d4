//! Memory of the cloud per idle link: a cloud of its own process, 1,000 recorders with keys of
//! their own that register and then say nothing. Plain WebSocket: TLS is the proxy's.

use futures_util::{SinkExt, StreamExt};
use proto::identity::Serial;
use proto::key::RecorderKey;
use proto::link::SUBPROTOCOL;
use proto::link::message::{Challenge, Register, method};
use proto::link::work::Search;
use proto::rpc::{self, Message};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::meter;
use crate::support::folder::Folder;
use crate::support::process::Process;
use crate::table::Figure;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const LINKS: u32 = 1_000;
/// Links before the first measurement, so that pools and caches are filled.
const WARM_UP: u32 = 100;

/// Registers the links and weighs the process before and after.
pub(crate) async fn measure() -> Vec<Figure> {
    let data = Folder::new("links");
    let config = data.path().join("peerview.toml");
    std::fs::write(
        &config,
        "[cloud]\nlisten = \"127.0.0.1:0\"\nrelay.listen = \"127.0.0.1:0\"\nlimits.work_bits = 0\n",
    )
    .expect("writable");
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command
        .args(["cloud", "--log", "warn", "--config"])
        .arg(config)
        .arg("--data")
        .arg(data.path());
    let cloud = Process::start("peerview cloud", command);
    let url = cloud.says("Listening:").await.replace("http://", "ws://");

    let mut sockets = Vec::new();
    for number in 0..WARM_UP {
        sockets.push(register(&url, number).await);
    }
    let before = meter::memory_kb(cloud.id());
    let started = std::time::Instant::now();
    for number in WARM_UP..WARM_UP + LINKS {
        sockets.push(register(&url, number).await);
    }
    let seconds = started.elapsed().as_secs_f64();
    let after = meter::memory_kb(cloud.id());

    #[expect(clippy::cast_precision_loss, reason = "kilobytes of one process")]
    let per_link = after.saturating_sub(before) as f64 / f64::from(LINKS);
    #[expect(clippy::cast_precision_loss, reason = "kilobytes of one process")]
    let before = before as f64;
    vec![Figure {
        what: format!("cloud, {LINKS} idle links, plain WebSocket"),
        numbers: vec![
            ("kB_per_link", per_link),
            ("kB_before", before),
            ("registrations_per_s", f64::from(LINKS) / seconds),
        ],
    }]
}

/// Connects as an agent does and waits until the cloud has taken the key.
async fn register(url: &str, number: u32) -> Socket {
    let mut request = format!("{url}/link")
        .into_client_request()
        .expect("a WebSocket address");
    request.headers_mut().insert(
        SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    let (mut socket, _) = tokio_tungstenite::connect_async(request)
        .await
        .expect("the cloud takes links");
    let Message::Notification {
        method: name,
        params,
    } = next(&mut socket).await
    else {
        panic!("no challenge")
    };
    assert_eq!(name, method::CHALLENGE);
    let challenge: Challenge = rpc::typed(params).expect("a challenge");

    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    let mut random = [0; 13];
    for (index, byte) in random.iter_mut().enumerate() {
        *byte = u8::try_from((number >> (5 * (index % 4))) & 31).expect("five bits");
    }
    let key = RecorderKey::from_bytes(seed);
    let serial = Serial::from_random(random);
    let mut register = Register {
        authorization: Some(key.prove(&serial, &challenge.nonce, &challenge.host, now())),
        name: Some(format!("Recorder {number}")),
        ..Register::default()
    };
    loop {
        let request = Message::request(1, method::REGISTER, &register);
        socket
            .send(Frame::text(request.to_text()))
            .await
            .expect("the cloud reads");
        let outcome = loop {
            if let Message::Response { outcome, .. } = next(&mut socket).await {
                break outcome;
            }
        };
        let Err(error) = outcome else { return socket };
        let work = error.work();
        let work = work.unwrap_or_else(|| panic!("registering link {number}: {error}"));
        let mut search = Search::new(&challenge.nonce, serial.as_str(), work);
        register.work = std::iter::repeat_with(|| search.step(100_000))
            .find_map(|found| found)
            .expect("it searches until it finds");
    }
}

async fn next(socket: &mut Socket) -> Message {
    loop {
        let frame = socket
            .next()
            .await
            .expect("the cloud is there")
            .expect("a WebSocket frame");
        if let Frame::Text(text) = frame {
            return Message::parse(text.as_str()).expect("JSON-RPC");
        }
    }
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("it is after 1970").as_secs()
}
