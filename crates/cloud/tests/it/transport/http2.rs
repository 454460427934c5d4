//! HTTP/2 over the cloud's own TLS: many requests on one connection, and clients that abuse it.

use std::time::Duration;

use axum::body::Body;
use futures_util::future::join_all;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::authority::{Authority, connect_naming};
use crate::support::{PATIENCE, TestCloud};

const SHORT: Duration = Duration::from_millis(300);

/// One connection of a client that speaks HTTP/2.
struct Connection {
    sender: SendRequest<Body>,
    ended: JoinHandle<()>,
}

impl Connection {
    async fn open(authority: &Authority, cloud: &TestCloud) -> Connection {
        let root = authority.root_file();
        let stream = connect_naming(&root, cloud.addr, "localhost", &[b"h2"]).await;
        let stream = TokioIo::new(stream.unwrap());
        let (sender, connection) = handshake(TokioExecutor::new(), stream).await.unwrap();
        let ended = tokio::spawn(async move { drop(connection.await) });
        Connection { sender, ended }
    }

    async fn asks(
        &mut self,
        request: Request<Body>,
    ) -> hyper::Result<Response<hyper::body::Incoming>> {
        let asked = self.sender.send_request(request);
        timeout(PATIENCE, asked).await.expect("an answer comes")
    }

    async fn closes(self) {
        let ended = timeout(PATIENCE, self.ended).await;
        ended.expect("the cloud closes the connection").unwrap();
    }
}

fn request(path: &str) -> Request<Body> {
    let request = Request::get(format!("https://localhost{path}"));
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn one_http2_connection_answers_many_requests_at_once() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| authority.set(config)).await;
    let mut connection = Connection::open(&authority, &cloud).await;
    // With the first answer the client knows how many may run at the same time.
    let first = connection.asks(request("/login")).await;
    assert_eq!(first.unwrap().status(), 200);

    let answers = join_all((0..200).map(|_| {
        let mut sender = connection.sender.clone();
        async move { sender.send_request(request("/login")).await }
    }));

    for answer in timeout(PATIENCE, answers).await.expect("all are answered") {
        let answer = answer.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.version()),
            (200, Version::HTTP_2)
        );
    }
}

#[tokio::test]
async fn an_idle_http2_connection_is_closed() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        config.connections.headers = SHORT;
    })
    .await;
    let silent = Connection::open(&authority, &cloud).await;
    let mut used = Connection::open(&authority, &cloud).await;

    assert_eq!(used.asks(request("/healthz")).await.unwrap().status(), 200);

    used.closes().await;
    silent.closes().await;
}

#[tokio::test]
async fn an_unread_http2_answer_is_dropped() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        config.connections.headers = SHORT;
        config.connections.last_answers = SHORT;
    })
    .await;
    let mut greedy = Connection::open(&authority, &cloud).await;
    let version = cloud::web::assets::url("vendor/libde265-1.1.3/libde265.wasm");

    // Larger than the client's window, and its body is never read.
    let unread = greedy.asks(request(&version)).await.unwrap();

    assert_eq!(unread.status(), 200);
    greedy.closes().await;
}

#[tokio::test]
async fn asvs_4_2_3_http2_answers_name_no_connection_header() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| authority.set(config)).await;
    let mut client = Connection::open(&authority, &cloud).await;
    let mut crowded = request("/login");
    for n in 0..100 {
        let name = hyper::header::HeaderName::try_from(format!("x-{n}")).unwrap();
        crowded.headers_mut().insert(name, "1".parse().unwrap());
    }

    let refused = client.asks(crowded).await.unwrap();

    assert_eq!(refused.status(), 431);
    assert!(!refused.headers().contains_key("connection"));
    assert_eq!(client.asks(request("/login")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn two_hosts_in_one_http2_request_are_refused() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| authority.set(config)).await;
    let mut client = Connection::open(&authority, &cloud).await;

    for (host, status) in [("localhost", 200), ("evil.example", 400)] {
        let mut named = request("/login");
        named.headers_mut().insert("host", host.parse().unwrap());
        assert_eq!(client.asks(named).await.unwrap().status(), status, "{host}");
    }
}

#[tokio::test]
async fn requests_cancelled_in_thousands_disturb_nobody_else() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| authority.set(config)).await;
    let mut hostile = Connection::open(&authority, &cloud).await;

    for _ in 0..5_000 {
        // Dropped at once: HTTP/2 cancels it (CVE-2023-44487).
        drop(hostile.sender.send_request(request("/login")));
    }

    let mut other = Connection::open(&authority, &cloud).await;
    assert_eq!(other.asks(request("/login")).await.unwrap().status(), 200);
}
