//! Real PostgreSQL for tests: clusters that live as long as whoever started them, one shared by the
//! whole test program when `PEERVIEW_TEST_DATABASE=postgres`, and in it a database per test.
//! The tests in `tests` use this file too.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::oneshot;

const TEMPLATE: &str = "peerview_template";
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A PostgreSQL of its own; it stops, and its folder goes, when the value does or this process ends.
pub(crate) struct Cluster {
    script: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Cluster {
    pub(crate) fn start(settings: &[&str]) -> Cluster {
        let (cluster, said) = Cluster::run(settings);
        assert_eq!(said, "ready", "what PostgreSQL says");
        cluster
    }

    /// One with a disk of so many MB, where this machine lets one be mounted.
    pub(crate) fn with_disk(megabytes: u32) -> Option<Cluster> {
        let (cluster, said) = Cluster::run(&[&format!("disk={megabytes}")]);
        match said.as_str() {
            "ready" => Some(cluster),
            "no disk" => None,
            other => panic!("PostgreSQL says {other}"),
        }
    }

    fn run(settings: &[&str]) -> (Cluster, String) {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("peerview-pg-{}-{n}", std::process::id()));
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut script = Command::new(root.join("scripts/test-postgres.sh"))
            .arg(&folder)
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut cluster = Cluster {
            commands: script.stdin.take(),
            answers: BufReader::new(script.stdout.take().unwrap()),
            script,
            folder,
        };
        let said = cluster.says();
        (cluster, said)
    }

    /// `kill`, `start`, `pause`, `resume`, `fill` or `free`: returns when it is done.
    pub(crate) fn tell(&mut self, command: &str) {
        writeln!(self.commands.as_mut().unwrap(), "{command}").unwrap();
        assert_eq!(self.says(), "ready", "what PostgreSQL says");
    }

    fn says(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// The certificate that it shows with `ssl=on`.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("data/server.crt")
    }

    /// The address of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://peerview@{folder}/{database}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.commands.take());
        self.script.wait().ok();
    }
}

/// A database of one test; it goes with the value.
pub(crate) struct Database {
    pub(crate) url: String,
    name: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        let work = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        shared().work.send((work, None)).ok();
    }
}

/// A database in the shared cluster, when the tests are to run on PostgreSQL. `migrate` is called once, to
/// bring the template up to date that all others are copies of.
pub(crate) async fn database(migrate: impl AsyncFnOnce(String)) -> Option<Database> {
    static IS_MIGRATED: tokio::sync::Mutex<bool> = tokio::sync::Mutex::const_new(false);
    super::statements::record();
    if !is_wanted() {
        return None;
    }
    let mut is_migrated = IS_MIGRATED.lock().await;
    if !*is_migrated {
        administer(format!("CREATE DATABASE {TEMPLATE}")).await;
        migrate(shared().url(TEMPLATE)).await;
        *is_migrated = true;
    }
    drop(is_migrated);
    Some(copy_of(TEMPLATE).await)
}

fn is_wanted() -> bool {
    std::env::var("PEERVIEW_TEST_DATABASE").is_ok_and(|name| name == "postgres")
}

async fn copy_of(template: &str) -> Database {
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    // Copying its files takes half as long as writing every page of them to the log.
    administer(format!(
        "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
    ))
    .await;
    let url = shared().url(&name);
    Database { url, name }
}

struct Shared {
    cluster_url: String,
    work: mpsc::Sender<(String, Option<oneshot::Sender<()>>)>,
}

impl Shared {
    fn url(&self, database: &str) -> String {
        self.cluster_url
            .replace("/postgres", &format!("/{database}"))
    }
}

async fn administer(statement: String) {
    let (done, is_done) = oneshot::channel();
    shared().work.send((statement, Some(done))).unwrap();
    is_done.await.unwrap();
}

/// Started by the first test that needs it; a separate thread creates and drops the databases.
fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let cluster = Cluster::start(&[]);
        let cluster_url = cluster.url("postgres");
        let (work, to_do) = mpsc::channel::<(String, Option<oneshot::Sender<()>>)>();
        let url = cluster_url.clone();
        std::thread::spawn(move || {
            let _cluster = cluster;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&url).await.unwrap();
                while let Ok((statement, done)) = to_do.recv() {
                    let outcome = sqlx::query(AssertSqlSafe(statement.clone()))
                        .execute(&mut admin)
                        .await;
                    if let Some(done) = done {
                        outcome.unwrap_or_else(|error| panic!("{statement}: {error}"));
                        done.send(()).ok();
                    }
                }
            });
        });
        Shared { cluster_url, work }
    })
}
