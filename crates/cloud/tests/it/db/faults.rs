//! PostgreSQL is killed, freezes or runs out of disk space, under load: people stay signed in and keep
//! watching, nobody gets a wrong answer, no acknowledged write is lost, and everything recovers within
//! seconds.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cloud::db::recorders::{self, SerialStatus};
use cloud::db::{self, Db, bot_check::captchas, counters, sql};
use cloud::throttle::limits::{Limit, Over};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::support::postgres::Cluster;
use crate::support::wire::{Socket, Wire, establish};
use crate::support::{self, browser::Browser};
use crate::support::{PATIENCE, shows};

/// Tasks that write without a pause.
const WRITERS: u64 = 8;
/// How soon everything is back.
const BACK: Duration = Duration::from_secs(5);
/// What the clock of a [`Wire`] shows; counters that are much older are removed.
const NOW: i64 = 1_800_000_000;
/// What they count.
const LOAD: Limit = Limit {
    kind: "load",
    most: 1_000_000,
    window: 60,
    over: Over::Refused,
};

/// What a writer was told.
#[derive(Default)]
struct Acknowledged {
    serials: Vec<String>,
    counts: Vec<i64>,
    n_refused: i64,
}

/// Writes until it is told to stop, and remembers every yes.
async fn write(
    db: Db,
    writer: u64,
    is_over: Arc<AtomicBool>,
    n_rounds: watch::Sender<u64>,
    n_refused: watch::Sender<i64>,
) -> Acknowledged {
    let mut told = Acknowledged::default();
    for n in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let serial = format!("PV-{writer}-{n}");
        match recorders::register(&db, &serial, "key", NOW).await {
            Ok(SerialStatus::New | SerialStatus::Known) => told.serials.push(serial.clone()),
            Ok(SerialStatus::OtherKey) => panic!("{serial} was never registered with another key"),
            Err(error) => refused(&error, &mut told),
        }
        match counters::spend(&db, LOAD, "everybody", NOW).await {
            Ok(counted) => told.counts.push(counted.n),
            Err(error) => refused(&error, &mut told),
        }
        // What is refused before it begins waits for nothing.
        tokio::task::yield_now().await;
        n_rounds.send_modify(|n| *n += 1);
        n_refused.send_modify(|n| *n = told.n_refused.max(*n));
    }
    told
}

fn refused(error: &db::Error, told: &mut Acknowledged) {
    assert!(!matches!(error, db::Error::Broken(_)), "{error}");
    told.n_refused += 1;
}

struct Load {
    writers: JoinSet<Acknowledged>,
    is_over: Arc<AtomicBool>,
    n_rounds: watch::Sender<u64>,
    /// The most that one of them was refused.
    n_refused: watch::Sender<i64>,
}

impl Load {
    fn start(db: &Db) -> Load {
        let (is_over, n_rounds) = (Arc::default(), watch::Sender::new(0));
        let n_refused = watch::Sender::new(0);
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            writers.spawn(write(
                db.clone(),
                writer,
                Arc::clone(&is_over),
                n_rounds.clone(),
                n_refused.clone(),
            ));
        }
        Load {
            writers,
            is_over,
            n_rounds,
            n_refused,
        }
    }

    /// Returns once a writer was refused `n` times.
    async fn is_refused(&self, n: i64) {
        let mut refusals = self.n_refused.subscribe();
        let reached = refusals.wait_for(|refused| *refused >= n);
        tokio::time::timeout(PATIENCE, reached)
            .await
            .unwrap()
            .unwrap();
    }

    /// Returns once the writers have got on by `n` rounds.
    async fn gets_on_by(&self, n: u64) {
        let mut rounds = self.n_rounds.subscribe();
        let from = *rounds.borrow();
        let gets_on = rounds.wait_for(|now| *now >= from + n);
        tokio::time::timeout(PATIENCE, gets_on)
            .await
            .unwrap()
            .unwrap();
    }

    /// Ends the load and checks that every yes was one.
    async fn holds(self, db: &Db) -> (usize, i64) {
        self.is_over.store(true, Ordering::Relaxed);
        let told = self.writers.join_all().await;
        let stored: BTreeSet<String> = sql::query_scalar("SELECT serial FROM recorders")
            .fetch_all(db.reader())
            .await
            .unwrap()
            .into_iter()
            .collect();
        let counts: Vec<i64> = told.iter().flat_map(|told| told.counts.clone()).collect();
        let n_refused: i64 = told.iter().map(|told| told.n_refused).sum();
        let n: i64 = sql::query_scalar("SELECT n FROM counters WHERE kind = 'load'")
            .fetch_one(db.reader())
            .await
            .unwrap();

        for serial in told.iter().flat_map(|told| &told.serials) {
            assert!(
                stored.contains(serial),
                "{serial} was acknowledged and is lost"
            );
        }
        let distinct: BTreeSet<i64> = counts.iter().copied().collect();
        assert_eq!(distinct.len(), counts.len(), "no number is given twice");
        let n_counts = i64::try_from(counts.len()).unwrap();
        assert!(
            n_counts <= n && n <= n_counts + n_refused,
            "{n_counts} {n} {n_refused}"
        );
        (stored.len(), n_refused)
    }
}

/// A call that was open before anything went wrong.
struct Watch {
    wire: Wire,
    agent: Socket,
    viewer: Socket,
    session: String,
}

/// A cloud on its own PostgreSQL, with Ana watching her recorder.
async fn watching() -> (Cluster, Watch) {
    let cluster = Cluster::start(&[]);
    let wire = Wire::start_on(Some(cluster.url("postgres"))).await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;
    let watch = Watch {
        wire,
        agent,
        viewer,
        session,
    };
    (cluster, watch)
}

/// While the database is away.
async fn nobody_gets_a_wrong_yes(watch: &mut Watch) {
    let wire = &watch.wire;
    let mut browser = Browser::new(wire.addr(), &wire.state);
    let login = browser.logs_in("ana", "gate lamp river moon", false).await;
    assert_eq!(login.status, 503, "{}", login.body);
    let retry_after: u64 = login.header("retry-after").unwrap().parse().unwrap();
    assert!(retry_after <= 2 && login.set_cookie("session").is_none());
    assert!(
        captchas::consume(&wire.state.db, "never drawn", 1)
            .await
            .is_err()
    );
    assert_eq!(
        browser.get("/login").await.status,
        200,
        "what needs no database is there"
    );

    assert_eq!(wire.state.calls.n_calls(), 1, "the call goes on");
    let candidate = json!({"candidate": "candidate:1 1 udp 1 203.0.113.1 5000 typ host"});
    let params = json!({"session": watch.session, "candidate": candidate});
    watch.viewer.notify("trickle", params).await;
    assert_eq!(
        watch.agent.wait_for("trickle").await.1["candidate"],
        candidate
    );
}

async fn is_back(db: &Db) -> Duration {
    let started = Instant::now();
    while recorders::seen(db, "PV-0-0", 2).await.is_err() {
        assert!(started.elapsed() < BACK, "still away");
    }
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_loses_nothing_and_recovers_by_itself() {
    let (mut cluster, mut watch) = watching().await;
    let db = watch.wire.state.db.clone();
    let load = Load::start(&db);
    load.gets_on_by(200).await;

    cluster.tell("kill");
    nobody_gets_a_wrong_yes(&mut watch).await;
    cluster.tell("start");

    let back = is_back(&db).await;
    load.gets_on_by(200).await;
    let (n_rows, n_refused) = load.holds(&db).await;
    shows(&format!(
        "killed: back after {back:?}; {n_rows} rows kept, {n_refused} writes refused"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_database_blocks_nobody_and_recovers() {
    let (mut cluster, mut watch) = watching().await;
    let db = watch.wire.state.db.clone();
    let load = Load::start(&db);
    load.gets_on_by(200).await;

    cluster.tell("pause");
    let started = Instant::now();
    nobody_gets_a_wrong_yes(&mut watch).await;
    let waited = started.elapsed();
    cluster.tell("resume");

    let back = is_back(&db).await;
    load.gets_on_by(200).await;
    let (n_rows, n_refused) = load.holds(&db).await;
    shows(&format!(
        "frozen: answers in {waited:?}, back after {back:?}; {n_rows} rows, {n_refused} refused"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_database_disk_refuses_writes_and_loses_nothing() {
    let Some(mut cluster) = Cluster::with_disk(96) else {
        return shows("a full disk: not tried, nobody may mount a small one here");
    };
    let wire = Wire::start_on(Some(cluster.url("postgres"))).await;
    let db = wire.state.db.clone();
    let load = Load::start(&db);
    load.gets_on_by(200).await;

    cluster.tell("fill");
    load.is_refused(20).await;
    let mut browser = Browser::new(wire.addr(), &wire.state);
    assert_eq!(browser.get("/login").await.status, 200);
    cluster.tell("free");
    support::a_minute_passes(&wire.state, &wire.clock).await;

    let back = is_back(&db).await;
    load.gets_on_by(200).await;
    let (n_rows, n_refused) = load.holds(&db).await;
    shows(&format!(
        "disk full: back after {back:?}; {n_rows} rows kept, {n_refused} writes refused"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_random_kills_lose_no_acknowledged_write() {
    let mut cluster = Cluster::start(&[]);
    let wire = Wire::start_on(Some(cluster.url("postgres"))).await;
    let load = Load::start(&wire.state.db);

    for round in 0..20 {
        load.gets_on_by(20 + 7 * round).await;
        cluster.tell("kill");
        cluster.tell("start");
    }

    load.gets_on_by(100).await;
    let (n_rows, n_refused) = load.holds(&wire.state.db).await;
    shows(&format!(
        "20 kills: {n_rows} rows kept, {n_refused} writes refused"
    ));
}

#[tokio::test]
async fn two_clouds_started_together_share_one_database() {
    let cluster = Cluster::start(&[]);
    let url = cluster.url("postgres");
    let (one, other) = tokio::join!(
        Wire::start_on(Some(url.clone())),
        Wire::start_on(Some(url.clone()))
    );

    let ana = one.person("ana").await;
    let counts = (0..100).map(|n| {
        let db = if n % 2 == 0 {
            &one.state.db
        } else {
            &other.state.db
        };
        counters::spend(db, LOAD, "ana", NOW)
    });
    let counted = futures_util::future::join_all(counts).await;

    let numbers: BTreeSet<i64> = counted
        .into_iter()
        .map(|counted| counted.unwrap().n)
        .collect();
    assert!(numbers.into_iter().eq(1..=100), "one number for each");
    let sessions =
        db::accounts::sessions::of_account(&other.state.db, &ana.who.account_id, 0).await;
    assert_eq!(sessions.unwrap().len(), 1, "what one wrote the other reads");
}
