//! The attacked cloud: a separate process whose accounts and recorders are in its database before it starts,
//! behind a trusted proxy, so that one machine can use many client addresses.

use std::time::{Duration, Instant};

use cloud::config::Config;
use cloud::db::{self, Db, sql};
use proto::key::RecorderKey;
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderName, SET_COOKIE};
use tokio::process::Command;

use crate::people;
use crate::support::folder::Folder;
use crate::support::process::Process;
use crate::wire::{self, Socket};

/// Everybody's.
const PASSWORD: &str = "gate lamp river moon";
/// Accounts that there are.
pub(crate) const PEOPLE: u32 = 12;
/// Says where a request comes from.
pub(crate) const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A running cloud.
pub(crate) struct World {
    pub(crate) cloud: Process,
    /// `http://…`, without a slash at the end.
    pub(crate) url: String,
    data: Folder,
}

/// Somebody who is signed in, at their own address.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) address: String,
    pub(crate) cookie: String,
    url: String,
    client: reqwest::Client,
}

impl World {
    /// A cloud behind a proxy. `settings` follow the usual ones; before it starts, person `n` owns the
    /// recorder `n` for every `n` in `owned`, and the first person those beyond the number of people.
    pub(crate) async fn start(settings: &str, owned: std::ops::Range<u32>) -> World {
        let data = Folder::new("attack");
        let folder = data.path().join("cloud").display().to_string();
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata_dir = \"{folder}\"\n\
             limits.password_memory_kib = 19456\nlimits.password_passes = 2\n{settings}\n"
        );
        fill(
            &Config::from_toml(&text).expect("settings that are right"),
            owned,
        )
        .await;
        let config = data.path().join("peerview.toml");
        std::fs::write(&config, format!("[cloud]\n{text}")).expect("writable");
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        command
            .args(["cloud", "--log", "error", "--config"])
            .arg(config);
        let cloud = Process::start("peerview cloud", command);
        let url = cloud.says("Listening:").await;
        World { cloud, url, data }
    }

    /// Person `n`, signed in from an address of their own network.
    pub(crate) async fn person(&self, n: u32) -> Person {
        let mut person = Person {
            address: format!("198.18.{n}.1"),
            cookie: String::new(),
            url: self.url.clone(),
            client: client(),
        };
        let password = PASSWORD.replace(' ', "+");
        let body = format!("login=person{n}&password={password}");
        let answer = person.send("/login", body).await;
        assert_eq!(answer.status(), 303, "the password is right");
        let cookies = answer.headers().get_all(SET_COOKIE).iter().map(|line| {
            let line = line.to_str().expect("cookies are ASCII");
            line.split(';').next().expect("a name").to_owned()
        });
        person.cookie = cookies.collect::<Vec<_>>().join("; ");
        person
    }

    /// A recorder's socket that registers from an address; `None` where the cloud does not take it.
    pub(crate) async fn agent(&self, number: u32, address: &str) -> Option<Socket> {
        let (key, serial) = wire::recorder(number);
        let mut socket = Socket::open(&self.url, "/link", &[(FORWARDED, address)])
            .await
            .ok()?;
        socket.register(&key, &serial).await.ok()?;
        Some(socket)
    }

    /// Bytes of the database with its log of writes.
    pub(crate) fn database_bytes(&self) -> u64 {
        ["peerview.db", "peerview.db-wal"]
            .iter()
            .map(|file| self.size(file))
            .sum()
    }

    /// Bytes of the audit log.
    pub(crate) fn audit_bytes(&self) -> u64 {
        self.size("audit.log")
    }

    /// Rows of a table whose column has this value.
    pub(crate) async fn rows(&self, text: &'static str) -> i64 {
        let config = Config {
            data_dir: self.data.path().join("cloud"),
            ..Config::default()
        };
        let db = Db::open(&config).await.expect("its database can be read");
        let n = sql::query_scalar(text).fetch_one(db.reader()).await;
        db.close().await;
        n.expect("a count")
    }

    fn size(&self, file: &str) -> u64 {
        let path = self.data.path().join("cloud").join(file);
        std::fs::metadata(path).map_or(0, |file| file.len())
    }
}

impl Person {
    /// Sends a form; the status of the answer.
    pub(crate) async fn post(&self, path: &str, body: String) -> u16 {
        self.send(path, body).await.status().as_u16()
    }

    /// Reads a page: how long it took, and whether it came.
    pub(crate) async fn page(&self, path: &str) -> (Duration, bool) {
        let began = Instant::now();
        let request = self.client.get(format!("{}{path}", self.url));
        let request = request
            .header(FORWARDED, &self.address)
            .header(COOKIE, &self.cookie);
        let is_there = request
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 200);
        (began.elapsed(), is_there)
    }

    /// Opens a viewer's socket.
    pub(crate) async fn viewer(&self) -> Result<Socket, String> {
        let headers = [
            (FORWARDED, self.address.as_str()),
            (COOKIE, self.cookie.as_str()),
        ];
        Socket::open(&self.url, "/call", &headers).await
    }

    async fn send(&self, path: &str, body: String) -> reqwest::Response {
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(FORWARDED, &self.address)
            .header(COOKIE, &self.cookie)
            .body(body);
        request.send().await.expect("the cloud answers")
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client without TLS of its own")
}

/// Writes the accounts and who owns what.
async fn fill(config: &Config, owned: std::ops::Range<u32>) {
    let db = people::add(config, PEOPLE, PASSWORD).await;
    for n in owned {
        let (key, serial) = wire::recorder(n);
        own(&db, n, &key, serial.as_str()).await;
    }
    db.close().await;
}

async fn own(db: &Db, n: u32, key: &RecorderKey, serial: &str) {
    let key = key.public().to_text();
    db::recorders::register(db, serial, &key, 0)
        .await
        .expect("a new recorder");
    let owner = format!("person-{}", if n < PEOPLE { n } else { 0 });
    let claimed = db::recorders::claim(db, serial, &owner, "Shop", 0).await;
    assert!(claimed.expect("room on the disk"));
}

/// Milliseconds, for the table.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A count, for the table.
#[expect(clippy::cast_precision_loss, reason = "counts of one attack")]
pub(crate) fn number(n: u64) -> f64 {
    n as f64
}
