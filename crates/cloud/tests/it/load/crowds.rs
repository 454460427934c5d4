//! Many at once: sockets that open, links that return, people who log in. Everybody else's pages go on.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cloud::db::accounts::{self, NewAccount};
use cloud::db::recorders;
use futures_util::future::join_all;
use proto::identity::Serial;
use proto::key::RecorderKey;
use reqwest::header::COOKIE;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::sync::{Semaphore, oneshot};

use crate::support::wire::{Person, Wire};
use crate::support::{PASSWORD, PATIENCE, TestCloud, shows};

/// Viewers' sockets that one account opens at once.
const SOCKETS: usize = 200;
/// Recorders that reconnect at once, as after a restart.
const LINKS: u16 = 1_000;
/// People who log in at once.
const PEOPLE: u16 = 1_000;
/// A page that waits for the database longer than this waits for others. What it takes otherwise is
/// shown beside the tests' names; a machine that tests keep busy proves nothing nearer.
const FROZEN: Duration = Duration::from_secs(10);

/// Asks for the same page again and again until told to stop; gives how long each took.
async fn pages(url: String, cookie: String, mut stop: oneshot::Receiver<()>) -> Vec<Duration> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([])
        .build()
        .expect("a client");
    let mut times = Vec::new();
    while stop.try_recv().is_err() {
        let began = Instant::now();
        let page = client.get(&url).header(COOKIE, &cookie).send();
        assert_eq!(page.await.expect("a page").status(), 200, "{url}");
        times.push(began.elapsed());
    }
    times
}

/// What somebody else's pages take while this happens, shown and judged.
async fn beside(what: &str, url: String, cookie: String, happens: impl Future<Output = ()>) {
    let (stop, stopped) = oneshot::channel();
    let reading = tokio::spawn(pages(url, cookie, stopped));
    let began = Instant::now();
    happens.await;
    let took = began.elapsed();
    stop.send(()).expect("the reader still reads");
    let mut times = reading.await.expect("the reader ends");
    times.sort();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let slowest = times[times.len() - 1];
    shows(&format!(
        "{what} took {took:.0?}; {} pages of somebody else: p50 {p50:.1?}, p99 {p99:.1?}, at most {slowest:.1?}",
        times.len()
    ));
    assert!(slowest < FROZEN, "{what}: a page took {slowest:?}");
}

/// Whoever waits for the database here waits for as long as tests do.
async fn patient() -> Wire {
    Wire::start_with(|config| config.database.patience = PATIENCE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_parallel_sockets_do_not_stall_pages() {
    let wire = patient().await;
    let (ana, mallory) = (wire.person("ana").await, wire.person("mallory").await);
    let url = format!("http://{}/devices", wire.addr());

    let opening = async {
        let sockets = join_all((0..SOCKETS).map(|_| wire.viewer(&mallory))).await;
        // Each is at work: it answers what is asked after its first look at the database.
        let answers = sockets.into_iter().map(|mut socket| async move {
            let refused = socket.request("extend", json!({"session": "x"})).await;
            assert!(refused.is_err());
        });
        join_all(answers).await;
    };

    let cookie = wire.cookie(&ana).to_owned();
    beside("opening 200 sockets", url, cookie, opening).await;
}

fn recorder(n: u16) -> (RecorderKey, Serial) {
    let [high, low] = n.to_be_bytes();
    let (mut seed, mut random) = ([7; 32], [7; 13]);
    [seed[0], seed[1]] = [high, low];
    // A serial has five bits of each byte.
    [random[0], random[1], random[2]] = [low & 31, low >> 5, high];
    (RecorderKey::from_bytes(seed), Serial::from_random(random))
}

/// Each is known and has not been seen for a while, so that its return is written down.
async fn known_recorders(wire: &Wire, owner: &Person) {
    let (db, now) = (&wire.state.db, wire.state.clock.now());
    for n in 0..LINKS {
        let (key, serial) = recorder(n);
        let key = key.public().to_text();
        recorders::register(db, serial.as_str(), &key, now - 86_400)
            .await
            .expect("a recorder is registered");
        let claimed = recorders::claim(db, serial.as_str(), &owner.who.account_id, "Home", now);
        assert!(claimed.await.expect("a recorder is claimed"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_reconnecting_links_do_not_stall_pages() {
    let wire = patient().await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);
    known_recorders(&wire, &ben).await;
    // Whom every change of every one of them is told.
    let viewer = wire.viewer(&ben).await.keep_alive();
    // Who has not registered after 10 s is cut off, and one slow machine proves and checks all keys here.
    let newcomers = Semaphore::new(25);
    let url = format!("http://{}/devices", wire.addr());

    let returning = async {
        let link = async |n| {
            let _newcomer = newcomers.acquire().await;
            let mut link = wire.link().await;
            let (key, serial) = recorder(n);
            link.register_agent(&key, &serial).await.unwrap();
            // Like an agent it answers pings.
            (n, link.keep_alive())
        };
        let links = join_all((0..LINKS).map(link)).await;
        assert_eq!(wire.state.links.n_online(), links.len());
    };

    let cookie = wire.cookie(&ana).to_owned();
    beside("the return of 1,000 links", url, cookie, returning).await;
    drop(viewer);
}

async fn add_people(cloud: &TestCloud) {
    let hash = cloud.state.passwords.hash(PASSWORD.to_owned().into()).await;
    let hash = hash.expect("a hash");
    let mut tx = cloud.state.db.begin().await.expect("a transaction");
    let now = cloud.state.clock.now();
    for n in 0..PEOPLE {
        let (name, email) = (format!("person{n}"), format!("person{n}@example.org"));
        let new = NewAccount {
            id: &name,
            user_name: &name,
            user_name_key: &name,
            email: &email,
            email_key: &email,
            password_hash: &hash,
        };
        assert!(
            accounts::insert(&mut tx, &new, now)
                .await
                .expect("an account")
        );
    }
    tx.commit().await.expect("a commit");
}

/// Logs in from its own address, by hand: a client that reads authorities takes longer than the
/// cloud does. The status of the answer, and how long it took.
async fn logs_in(cloud: SocketAddr, n: u16) -> (u16, Duration) {
    let [high, low] = n.to_be_bytes();
    let name = format!("person{n}");
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("login", name.as_str()), ("password", PASSWORD)])
        .finish();
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: {cloud}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
        body.len()
    );
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(SocketAddr::from(([127, 1, high, low], 0)))
        .expect("an address of loopback");
    let began = Instant::now();
    let mut stream = socket.connect(cloud).await.expect("the cloud accepts");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the request is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    let status = answer
        .split(' ')
        .nth(1)
        .expect("a status")
        .parse()
        .expect("a number");
    (status, began.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_parallel_log_ins_do_not_stall_pages() {
    let cloud = TestCloud::start_with_real_hashes().await;
    add_people(&cloud).await;
    let mut ana = cloud.browser();
    let signed_in = ana.logs_in("person0", PASSWORD, false).await;
    assert_eq!(signed_in.status, 303, "{}", signed_in.body);
    let cookie = format!("session={}", ana.cookie("session").unwrap());
    let home = format!("http://{}", cloud.addr);

    let logging_in = async {
        let all = (1..PEOPLE).map(|n| tokio::spawn(logs_in(cloud.addr, n)));
        let answers = join_all(all).await.into_iter().map(Result::unwrap);
        let (signed_in, turned_away): (Vec<_>, Vec<_>) =
            answers.partition(|(status, _)| *status == 303);
        // Whoever is turned away is told to try again in a moment, never that the password is wrong.
        assert!(turned_away.iter().all(|(status, _)| *status == 503));
        assert!(!signed_in.is_empty());
        for (what, answers) in [("signed in", signed_in), ("turned away", turned_away)] {
            let mut times: Vec<_> = answers.into_iter().map(|(_, time)| time).collect();
            times.sort();
            let quantile = |hundredths| times.get(times.len() * hundredths / 100);
            let (p50, p99) = (quantile(50), quantile(99));
            shows(&format!(
                "{} {what}: p50 {p50:.0?}, p99 {p99:.0?}",
                times.len()
            ));
        }
    };

    let url = format!("{home}/devices");
    beside("1,000 log-ins", url, cookie, logging_in).await;
}
