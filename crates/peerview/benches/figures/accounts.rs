//! Pages and log-ins of one cloud at the real cost of a hash: how many a second, how long each
//! takes, and the memory when a thousand people log in at once. The clients share its cores.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud::config::Config;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use tokio::process::Command;
use tokio::sync::oneshot;

use crate::meter;
use crate::people;
use crate::support::folder::Folder;
use crate::support::person::PASSWORD;
use crate::support::process::Process;
use crate::table::{Figure, quantile};

/// People who log in at the same moment.
const CROWD: u16 = 1_000;
/// Clients that ask for pages one after the other.
const READERS: u16 = 32;
/// People who log in one after the other: more than cores, fewer than what may wait.
const COMERS: u16 = 8;
/// How long pages and log-ins are counted.
const PERIOD: Duration = Duration::from_secs(8);
/// The crowd's share of file descriptors, and some.
const FILES: &str = "--nofile=8192";

/// A running cloud whose accounts are in its database already.
struct World {
    cloud: Process,
    url: String,
    _data: Folder,
}

/// All figures of this part.
pub(crate) async fn measure() -> Vec<Figure> {
    let world = Arc::new(World::start().await);
    let cookie = world.cookie().await;
    let mut figures = vec![
        world.pages("GET /login", "/login", None).await,
        world
            .pages("GET /devices, signed in", "/devices", Some(cookie.clone()))
            .await,
        world.log_ins().await,
    ];
    figures.extend(world.crowd(&cookie).await);
    figures
}

impl World {
    async fn start() -> World {
        let data = Folder::new("accounts");
        let path = data.path().display();
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata_dir = \"{path}/cloud\"\nrelay.enabled = false\n"
        );
        let settings = Config::from_toml(&text).expect("settings that are right");
        let people = people::add(&settings, u32::from(CROWD) + 1, PASSWORD).await;
        people.close().await;
        let config = data.path().join("peerview.toml");
        std::fs::write(&config, format!("[cloud]\n{text}")).expect("writable");
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        command
            .args(["cloud", "--log", "error", "--config"])
            .arg(config)
            .arg("--data")
            .arg(data.path().join("cloud"));
        let cloud = Process::start("peerview cloud", command);
        for process in [cloud.id(), std::process::id()] {
            let mut prlimit = std::process::Command::new("prlimit");
            let raised = prlimit
                .args([FILES, "--pid", &process.to_string()])
                .status();
            assert!(raised.is_ok_and(|status| status.success()), "prlimit fails");
        }
        let url = cloud.says("Listening:").await;
        World {
            cloud,
            url,
            _data: data,
        }
    }

    /// What a signed-in browser sends.
    async fn cookie(&self) -> String {
        let answer = self.log_in(&client(1), 0).await;
        let cookies = answer.headers().get_all(SET_COOKIE).iter().map(|line| {
            let line = line.to_str().expect("cookies are ASCII");
            line.split(';').next().expect("a name").to_owned()
        });
        cookies.collect::<Vec<_>>().join("; ")
    }

    async fn log_in(&self, client: &reqwest::Client, person: u16) -> reqwest::Response {
        let body = format!(
            "login=person{person}&password={}",
            PASSWORD.replace(' ', "+")
        );
        let request = client
            .post(format!("{}/login", self.url))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        request.send().await.expect("the cloud answers")
    }

    async fn pages(self: &Arc<World>, what: &str, path: &str, cookie: Option<String>) -> Figure {
        let url = format!("{}{path}", self.url);
        let readers = (1..=READERS).map(|n| {
            let (client, url, cookie) = (client(n), url.clone(), cookie.clone());
            tokio::spawn(repeat(async move || {
                let mut request = client.get(&url);
                if let Some(cookie) = &cookie {
                    request = request.header(COOKIE, cookie);
                }
                let answer = request.send().await.expect("the cloud answers");
                assert_eq!(answer.status(), 200, "{url}");
                answer.bytes().await.expect("a whole page");
            }))
        });
        let what = format!("{what}, {READERS} clients");
        figure(what, all(readers).await.concat(), PERIOD)
    }

    async fn log_ins(self: &Arc<World>) -> Figure {
        let comers = (1..=COMERS).map(|n| {
            let (world, client) = (Arc::clone(self), client(n));
            tokio::spawn(repeat(async move || {
                let answer = world.log_in(&client, n).await;
                assert_eq!(answer.status(), 303, "the password is right");
            }))
        });
        let what = format!("POST /login, right password, {COMERS} clients");
        figure(what, all(comers).await.concat(), PERIOD)
    }

    /// The crowd, and what one person's pages take meanwhile.
    async fn crowd(self: &Arc<World>, cookie: &str) -> [Figure; 2] {
        // Making a client takes longer than the cloud does to refuse it.
        let clients: Vec<_> = (1..=CROWD).map(|n| (n, client(n))).collect();
        let before = meter::memory_kb(self.cloud.id());
        let (stop, stopped) = oneshot::channel();
        let pages = tokio::spawn(pages_until(
            stopped,
            format!("{}/devices", self.url),
            cookie.to_owned(),
        ));
        let started = Instant::now();
        let people = clients.into_iter().map(|(n, client)| {
            let world = Arc::clone(self);
            tokio::spawn(async move {
                let began = Instant::now();
                let answer = world.log_in(&client, n).await;
                (answer.status() == 303, milliseconds(began.elapsed()))
            })
        });
        let answers = all(people).await;
        let took = started.elapsed();
        stop.send(()).expect("pages are asked for");
        let beside = pages.await.expect("it does not panic");
        let n_in = answers.iter().filter(|(is_in, _)| *is_in).count();
        let times = answers.into_iter().map(|(_, time)| time).collect();
        let mut figure = self::figure(format!("{CROWD} log-ins at once"), times, took);
        figure.numbers.push(("let_in", number(n_in as u64)));
        figure.numbers.push(("kB_before", number(before)));
        let most = meter::most_memory_kb(self.cloud.id());
        figure.numbers.push(("kB_most", number(most)));
        let what = format!("GET /devices beside {CROWD} log-ins");
        [figure, self::figure(what, beside, took)]
    }
}

/// One page after the other until told to stop; how long each took, in milliseconds.
async fn pages_until(mut stop: oneshot::Receiver<()>, url: String, cookie: String) -> Vec<f64> {
    let client = client(CROWD + 1);
    let mut times = Vec::new();
    while stop.try_recv().is_err() {
        let began = Instant::now();
        let request = client.get(&url).header(COOKIE, &cookie);
        let answer = request.send().await.expect("the cloud answers");
        assert_eq!(answer.status(), 200, "{url}");
        answer.bytes().await.expect("a whole page");
        times.push(milliseconds(began.elapsed()));
    }
    times
}

/// A client with its own address, which follows nothing.
fn client(n: u16) -> reqwest::Client {
    let [high, low] = n.to_be_bytes();
    let address = IpAddr::V4(Ipv4Addr::new(127, 1, high, low));
    reqwest::Client::builder()
        .local_address(address)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client without TLS of its own")
}

/// Does it again and again for the period; how long each took, in milliseconds.
async fn repeat(mut act: impl AsyncFnMut()) -> Vec<f64> {
    let started = Instant::now();
    let mut times = Vec::new();
    while started.elapsed() < PERIOD {
        let began = Instant::now();
        act().await;
        times.push(milliseconds(began.elapsed()));
    }
    times
}

async fn all<T>(tasks: impl Iterator<Item = tokio::task::JoinHandle<T>>) -> Vec<T> {
    let tasks: Vec<_> = tasks.collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.expect("it does not panic"));
    }
    results
}

fn figure(what: String, mut times: Vec<f64>, period: Duration) -> Figure {
    times.sort_by(f64::total_cmp);
    Figure {
        what,
        numbers: vec![
            ("per_s", number(times.len() as u64) / period.as_secs_f64()),
            ("p50_ms", quantile(&times, 0.5)),
            ("p99_ms", quantile(&times, 0.99)),
        ],
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and kilobytes of one process"
)]
fn number(n: u64) -> f64 {
    n as f64
}
