//! A whole cloud on 127.0.0.1 with its own folder and a clock that stands still, and the
//! people who use it.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

pub(crate) mod authenticator;
pub(crate) mod browser;
#[path = "../../src/db/test/catalog.rs"]
pub(crate) mod catalog;
pub(crate) mod factor;
pub(crate) mod matrix;
#[path = "../../src/db/test/postgres.rs"]
pub(crate) mod postgres;
pub(crate) mod smtp;
#[path = "../../src/db/test/statements.rs"]
pub(crate) mod statements;
pub(crate) mod wire;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cloud::accounts::mailed_secret::MailRequest;
use cloud::clock::{Clock, TestClock};
use cloud::config::Config;
use cloud::db::mail::mailbox::Arrived;
use cloud::db::{self, Db, sql};
use cloud::live::Live;
use cloud::random::Random;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use browser::Browser;

/// How long a test waits for something that should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// What the clock shows at first: 24 November 2026, 04:03 UTC.
pub(crate) const START: i64 = 1_795_493_000;
/// A password that every rule lets through.
pub(crate) const PASSWORD: &str = "gate lamp river moon";

/// A form that asks for a mail with all that stands for a person.
pub(crate) const ASKING: MailRequest<'_> = MailRequest {
    short_code: true,
    form_id: "",
    cookie: None,
};

/// A running cloud; it stops and its folder goes when the value is dropped.
pub(crate) struct TestCloud {
    pub(crate) addr: SocketAddr,
    pub(crate) state: Live,
    pub(crate) clock: TestClock,
    pub(crate) shutdown: CancellationToken,
    running: Option<JoinHandle<anyhow::Result<()>>>,
    folder: PathBuf,
    database: Option<postgres::Database>,
}

impl TestCloud {
    /// A cloud whose mails arrive in its own mailbox.
    pub(crate) async fn start() -> TestCloud {
        TestCloud::start_with(|config| config.demo = true).await
    }

    /// [`TestCloud::start`] with the cheapest hash of a password that an operator can set: where time is
    /// compared, or requests meet while passwords are.
    pub(crate) async fn start_with_real_hashes() -> TestCloud {
        TestCloud::start_with(|config| {
            config.demo = true;
            config.limits.cheap_hashes = false;
        })
        .await
    }

    /// A cloud with other settings than the cheapest ones.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> TestCloud {
        let folder = std::env::temp_dir().join(format!("cloud-it-{}", Random.id()));
        let database = database().await;
        TestCloud::start_in(folder, database, TestClock::at(START), change).await
    }

    /// A cloud whose clock starts at the real time, for tests with certificates that others issue.
    pub(crate) async fn start_today(change: impl FnOnce(&mut Config)) -> TestCloud {
        let folder = std::env::temp_dir().join(format!("cloud-it-{}", Random.id()));
        let database = database().await;
        TestCloud::start_in(folder, database, TestClock::at(Clock::System.now()), change).await
    }

    /// Where this cloud keeps everything.
    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// A cloud in this folder, which goes with it.
    pub(crate) async fn start_in(
        folder: PathBuf,
        database: Option<postgres::Database>,
        clock: TestClock,
        change: impl FnOnce(&mut Config),
    ) -> TestCloud {
        let mut config = Config {
            data_dir: folder.clone(),
            ..Config::default()
        };
        if let Some(database) = &database {
            config.database.url.clone_from(&database.url);
        }
        // Tests run beside each other on a slow machine; what waits too long answers 503.
        config.database.patience = PATIENCE;
        config.listen.set_port(0);
        config.relay.enabled = false;
        config.sign_in_reserve_bytes = 64 << 10;
        config.limits.password_memory_kib = 19 * 1024;
        config.limits.password_passes = 2;
        // What a password costs is the business of `start_with_real_hashes`.
        config.limits.cheap_hashes = true;
        config.limits.work_bits = 0;
        // A crowd of tests comes from one address, and hundreds of copies of a form from one account.
        config.connections.places.per_client = 4_096;
        config.connections.places.per_account = 4_096;
        change(&mut config);
        let cloud = cloud::bind_with_clock(config, Clock::Test(clock.clone()))
            .await
            .unwrap();
        // As if somebody had set it up; what happens before that has tests of its own.
        cloud.live().is_set_up.store(true, Ordering::Relaxed);
        let (addr, state, shutdown) = (
            cloud.http_addr(),
            cloud.live().clone(),
            CancellationToken::new(),
        );
        let running = Some(tokio::spawn(cloud.run(shutdown.clone())));
        first_purge(&state).await;
        TestCloud {
            addr,
            state,
            clock,
            shutdown,
            running,
            folder,
            database,
        }
    }

    /// Stops this cloud and starts another on the same folder and database.
    pub(crate) async fn restart(mut self, change: impl FnOnce(&mut Config)) -> TestCloud {
        self.stop().await;
        let (folder, clock) = (std::mem::take(&mut self.folder), self.clock.clone());
        TestCloud::start_in(folder, self.database.take(), clock, change).await
    }

    /// Stops and waits until everything has ended.
    pub(crate) async fn stop(&mut self) {
        self.shutdown.cancel();
        if let Some(running) = self.running.take() {
            running.await.unwrap().unwrap();
        }
    }

    /// Returns once the cloud has done what it does every minute.
    pub(crate) async fn a_minute_passes(&self) {
        a_minute_passes(&self.state, &self.clock).await;
    }

    /// A browser that has never been here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.addr, &self.state)
    }

    /// The `n`th mail to an address, counted from 1, once it has arrived in the mailbox.
    pub(crate) async fn nth_mail_to(&self, address: &str, n: usize) -> Arrived {
        let mut attempts = self.state.mail_attempts.subscribe();
        let arrives = async {
            loop {
                attempts.mark_unchanged();
                let mails = self.mails_to(address).await;
                if let Some(mail) = mails.into_iter().nth(n - 1) {
                    return mail;
                }
                attempts.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, arrives)
            .await
            .expect("the mail arrives")
    }

    /// Waits until a password is being compared.
    pub(crate) async fn hashes_are_waiting(&self) {
        let waiting = async {
            while self.state.passwords.n_waiting() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("somebody logs in");
    }

    /// Waits until the worker has tried so often to hand a mail over.
    pub(crate) async fn mails_were_tried(&self, n: u64) {
        let mut attempts = self.state.mail_attempts.subscribe();
        let reached = attempts.wait_for(|made| *made >= n);
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        drop(reached.expect("an attempt is made").unwrap());
    }

    /// All mails to an address that have arrived, oldest first.
    pub(crate) async fn mails_to(&self, address: &str) -> Vec<Arrived> {
        let mut mails = db::mail::mailbox::list(&self.state.db).await.unwrap();
        mails.retain(|mail| mail.recipient == address);
        mails.reverse();
        mails
    }

    /// The newest mail to an address that holds these words, once it has arrived.
    pub(crate) async fn mail_that_says(&self, address: &str, words: &str) -> Arrived {
        self.further_mail_that_says(address, words, 0).await
    }

    /// The same, once more than `n_before` mails hold them.
    async fn further_mail_that_says(&self, address: &str, words: &str, n_before: usize) -> Arrived {
        let mut attempts = self.state.mail_attempts.subscribe();
        let arrives = async {
            loop {
                attempts.mark_unchanged();
                let mut mails = self.mails_to(address).await;
                mails.retain(|mail| mail.body.contains(words));
                if mails.len() > n_before {
                    return mails.remove(mails.len() - 1);
                }
                attempts.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, arrives)
            .await
            .unwrap_or_else(|_| panic!("no mail to {address} says {words}"))
    }

    /// The code that the first mail to an address holds.
    pub(crate) async fn code_for(&self, address: &str) -> String {
        code_in(&self.nth_mail_to(address, 1).await.subject)
    }

    /// A connection to this cloud's PostgreSQL that the cloud knows nothing of.
    pub(crate) async fn database_itself(&self) -> sqlx::PgConnection {
        let url = &self.database.as_ref().unwrap().url;
        <sqlx::PgConnection as sqlx::Connection>::connect(url)
            .await
            .unwrap()
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let text = format!("SELECT COUNT(*) FROM {table} /* a test */");
        sql::query_scalar(Box::leak(text.into_boxed_str()))
            .fetch_one(self.state.db.reader())
            .await
            .unwrap()
    }

    /// Sets a new password with the button of a mail to an address; gives the browser that did.
    pub(crate) async fn resets_password(&self, address: &str, password: &str) -> Browser {
        const BUTTON: &str = "/forgot/button#";
        let mut before = self.mails_to(address).await;
        before.retain(|mail| mail.body.contains(BUTTON));
        self.browser().sends_forgot(&self.state, address).await;
        let mail = self.further_mail_that_says(address, BUTTON, before.len());
        let token = button_in(&mail.await.body);
        let mut browser = self.browser();
        let pressed = browser.post("/forgot/button", &[("token", &token)]).await;
        assert_eq!(
            pressed.location(),
            Some("/forgot/password"),
            "{}",
            pressed.body
        );
        let done = browser
            .post("/forgot/password", &[("password", password)])
            .await;
        assert_eq!(
            done.location(),
            Some("/login?notice=password"),
            "{}",
            done.body
        );
        assert!(pressed.set_cookie("session").is_none() && done.set_cookie("session").is_none());
        browser
    }

    /// Somebody who has registered, in the browser that did it: signed in.
    pub(crate) async fn person(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let address = format!("{name}@example.org");
        browser.asks_for_a_code(&self.state, &address).await;
        let code = self.code_for(&address).await;
        let done = browser.finishes(&code, name, PASSWORD).await;
        assert_eq!(done.location(), Some("/devices"), "{}", done.body);
        browser
    }
}

impl Drop for TestCloud {
    fn drop(&mut self) {
        self.shutdown.cancel();
        expect_verdicts(&self.state);
        if !self.folder.as_os_str().is_empty() {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }
}

/// Returns once a cloud has removed what was over at its start, so that no test's rows are among it.
pub(crate) async fn first_purge(live: &Live) {
    let mut purges = live.purges.subscribe();
    let first = tokio::time::timeout(PATIENCE, purges.wait_for(|n| *n > 0));
    // A cloud whose database is broken is what some tests are about.
    drop(first.await);
}

/// Returns once a cloud has done what it does every minute.
pub(crate) async fn a_minute_passes(live: &Live, clock: &TestClock) {
    let mut purges = live.purges.subscribe();
    let before = *purges.borrow_and_update();
    clock.advance(60);
    let next = purges.wait_for(|n| *n > before);
    tokio::time::timeout(PATIENCE, next).await.unwrap().unwrap();
}

/// Each try that was spent was refunded or kept.
pub(crate) fn expect_verdicts(state: &cloud::state::State) {
    let undecided = state.throttle.take_undecided();
    if !std::thread::panicking() {
        assert_eq!(undecided, [""; 0], "tries were dropped without a verdict");
    }
}

/// Shows figures beside the tests' names: what the test runner does not keep to itself.
pub(crate) fn shows(figures: &str) {
    writeln!(std::io::stderr(), "{figures}").ok();
}

/// A database with all tables, where the tests run on PostgreSQL.
pub(crate) async fn database() -> Option<postgres::Database> {
    let migrate = async |url| {
        let mut config = Config::default();
        config.database.url = url;
        Db::open(&config).await.unwrap().close().await;
    };
    postgres::database(migrate).await
}

/// Waits until somebody listens on a port of this machine.
pub(crate) async fn wait_until_listening(port: u16) {
    let trying = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, trying)
        .await
        .expect("a server listens");
}

/// What stands behind `#` in the link of a mail.
pub(crate) fn button_in(body: &str) -> String {
    let token = body
        .split('#')
        .nth(1)
        .unwrap_or_else(|| panic!("no button in {body}"));
    token
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect()
}

/// The code at the start of a subject line.
pub(crate) fn code_in(subject: &str) -> String {
    let code: String = subject.chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 4, "{subject}");
    code
}

/// Another code than this one.
pub(crate) fn not(code: &str) -> String {
    format!("{:04}", (code.parse::<u32>().unwrap() + 1) % 10_000)
}
