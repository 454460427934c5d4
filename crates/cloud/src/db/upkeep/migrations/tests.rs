//! From every earlier version with rows in every table, to the newest: nothing is lost. Runs on the
//! database that the other tests run on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::*;
use crate::db::accounts::mailed_secrets::{self, Purpose};
use crate::db::test::{self, catalog};
use crate::db::{ConnectionTurns, Db, connection::postgres, connection::sqlite, sql};

/// What each step lets a database hold: at least one row for every table that the step makes.
const ROWS: [(i64, &[&str]); 16] = [
    (
        1,
        &[
            "INSERT INTO accounts (id, user_name, user_name_key, email, email_key, password_hash, created_at)
             VALUES ('a1', 'Ana', 'ana', 'Ana@example.org', 'ana@example.org', '$argon2id$x', 1795400000)",
            "INSERT INTO sessions (id, token_hash, account_id, persistent, user_agent, created_at, last_seen_at,
                                   idle_until, expires_at)
             VALUES ('s1', 'h1', 'a1', TRUE, 'Phone', 1, 2, 3, 9000000000)",
            "INSERT INTO registrations (id, flow_hash, email, email_key, is_known, code_nonce, code_expires_at,
                                        n_codes, n_tries, n_names, last_code_at, proven_at, created_at)
             VALUES ('r1', 'f1', 'b@example.org', 'b@example.org', FALSE, 'n', 5, 1, 2, 0, 3, NULL, 1)",
            "INSERT INTO resets (token_hash, account_id, created_at, expires_at, used_at) VALUES ('t1', 'a1', 1, 2, 3)",
            "INSERT INTO captchas (id, n_tries, used_at, expires_at) VALUES ('c1', 2, NULL, 9)",
            "INSERT INTO counters (kind, key, n, started_at, blocked_until)
             VALUES ('claim.serial', 'x', 19, 1, 9223372036854775807)",
            "INSERT INTO outbox (id, message_id, recipient, letter, created_at, run_at, expires_at)
             VALUES ('m1', '<m1@x>', 'b@example.org', '{}', 1, 2, 3)",
            "INSERT INTO mailbox (id, position, recipient, subject, body, arrived_at)
             VALUES ('m0', 1, 'b@example.org', 'Grüße', 'Zeile', 4)",
        ],
    ),
    (
        2,
        &["INSERT INTO recorders (serial, public_key, account_id, name, first_seen_at, last_seen_at, claimed_at)
           VALUES ('PV-1', 'k', 'a1', 'Home', 1, 2, 3)"],
    ),
    (3, &["UPDATE accounts SET language = 'de'"]),
    (
        4,
        &[
            "UPDATE accounts SET locked_at = 7, locked_by = 'person'",
            "INSERT INTO setups (token_hash, created_at, expires_at) VALUES ('u1', 1, 2)",
            "INSERT INTO orders (id, what, created_at) VALUES ('o1', '\"MailsDue\"', 1)",
        ],
    ),
    (
        7,
        &[
            "UPDATE sessions SET browser_hash = 'b1', browser_key = 'k', proven_at = 2",
            "INSERT INTO browsers (account_id, browser_hash, first_seen_at, last_seen_at) VALUES ('a1', 'b1', 1, 2)",
            "INSERT INTO renewals (nonce, expires_at) VALUES ('n1', 2)",
            "INSERT INTO email_changes (id, account_id, token_hash, old_email, old_email_key, new_email,
                                        new_email_key, created_at, expires_at)
             VALUES ('e1', 'a1', 't', 'a@x', 'a@x', 'b@x', 'b@x', 1, 2)",
            "INSERT INTO objections (token_hash, account_id, email_change_id, created_at, expires_at)
             VALUES ('j1', 'a1', 'e1', 1, 2)",
            "INSERT INTO muted_notices (account_id, kind) VALUES ('a1', 'sign_in')",
        ],
    ),
    (
        8,
        &[
            "INSERT INTO second_factors (account_id, code_salt, turned_on_at) VALUES ('a1', 'salt', 1)",
            "INSERT INTO app_keys (account_id, sealed_key, offered_at, last_step) VALUES ('a1', 'sealed', 1, 59000000)",
            "INSERT INTO recovery_codes (account_id, code_hash, used_at) VALUES ('a1', 'h', 4)",
            "INSERT INTO passkeys (id, account_id, credential_id, credential, name, added_at)
             VALUES ('p1', 'a1', 'c', 'sealed', 'Phone', 1)",
            "INSERT INTO used_ceremonies (id, expires_at) VALUES ('x1', 2)",
            "INSERT INTO pending_sign_ins (token_hash, account_id, auto_login, browser_key, expires_at)
             VALUES ('w1', 'a1', TRUE, 'k', 2)",
        ],
    ),
    (
        9,
        &["INSERT INTO mail_refusals (address_hash, address_shown, n, refused_at, suppressed_until, reason)
           VALUES ('h', 'a…@example.org', 2, 1, 2, '550 5.1.1 no')"],
    ),
    (
        10,
        &[
            "UPDATE registrations SET form_id = 'c2', short_code = FALSE, ended_at = 4",
            "INSERT INTO recoveries (id, flow_hash, form_id, login, account_id, code_nonce, short_code, n_tries,
                                     expires_at, created_at)
             VALUES ('v1', 'f2', 'c3', 'ana', 'a1', 'n', TRUE, 1, 3, 2)",
            "INSERT INTO buttons (token_hash, purpose, subject, flow_id, created_at, expires_at)
             VALUES ('t2', 'reset', 'a1', 'v1', 2, 3)",
            "INSERT INTO address_tries (key, n_wrong, n_offs, last_at, off_until) VALUES ('x', 9, 2, 1, 5)",
            "INSERT INTO works (id, expires_at) VALUES ('67.13.x', 9)",
        ],
    ),
    (11, &["UPDATE outbox SET asked_from = '{}'"]),
    (
        12,
        &["INSERT INTO recorders (serial, public_key, first_seen_at, last_seen_at) VALUES ('PV-2', 'k', 1, 2)"],
    ),
    (13, &["UPDATE outbox SET topic = 't'"]),
    (
        14,
        &["INSERT INTO counters (kind, key, n, started_at, blocked_until)
           VALUES ('wrong codes per address', 'x', 29, 1, 5)"],
    ),
    (
        16,
        &["INSERT INTO mailed_secrets (id, purpose, subject, account_id, created_at, expires_at, link_until)
           VALUES ('s1', 'not me', 'a1', 'a1', 1, 2, 3)"],
    ),
    (
        17,
        &["INSERT INTO arrangements (account_id, serial, position, cameras) VALUES ('a1', 'PV-1', 3, '[]')"],
    ),
    (18, &["INSERT INTO outages (serial, began_at, ended_at) VALUES ('PV-1', 3, 90)"]),
    (19, &["INSERT INTO live_arrangements (account_id, arrangement, version) VALUES ('a1', '{}', 2)"]),
];
/// Tables that a step took away: one with rows that were worth something for half an hour, and those whose
/// rows another table has now.
const GONE: [(i64, &str); 8] = [
    (10, "resets"),
    (14, "address_tries"),
    (16, "buttons"),
    (16, "email_changes"),
    (16, "objections"),
    (16, "recoveries"),
    (16, "registrations"),
    (16, "setups"),
];
/// The row of `counters` that the row of `address_tries` becomes: 9 tries after two times ten.
const MOVED: &str = "counters: 5|x|wrong codes per address|29|1";

fn is_gone(table: &str, version: i64) -> bool {
    GONE.iter()
        .any(|(since, gone)| *gone == table && *since <= version)
}

/// A database that nobody has migrated.
async fn empty() -> (impl Sized, Db) {
    let dir = test::tempdir::Dir::new();
    if let Some(database) = test::database().await {
        let pool = sqlx::PgPool::connect(&database.url).await.unwrap();
        let nothing = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
        sqlx::raw_sql(nothing).execute(&pool).await.unwrap();
        let options = (*pool.connect_options()).clone();
        let server = postgres::PostgresServer::new(pool, options, 4096);
        return ((dir, Some(database)), Db::Postgres(server));
    }
    let file = SqliteConnectOptions::new()
        .filename(dir.path().join("old.db"))
        .create_if_missing(true)
        .foreign_keys(true);
    let pool = SqlitePoolOptions::new().max_connections(1);
    let writer = pool.connect_with(file).await.unwrap();
    let readers = writer.clone();
    let pools = sqlite::Pools {
        writer,
        readers,
        turns: ConnectionTurns::new(1),
        reserve: std::sync::Arc::new(crate::disk::Reserve::open(dir.path(), 4096)),
    };
    ((dir, None), Db::Sqlite(pools))
}

fn newest(db: &Db) -> &'static Migrator {
    match db {
        Db::Sqlite(_) => &SQLITE,
        Db::Postgres(..) => &POSTGRES,
    }
}

fn first(db: &Db, last_version: i64) -> Vec<Migration> {
    let steps = newest(db).iter().cloned();
    steps.filter(|step| step.version <= last_version).collect()
}

/// A step that comes after all others.
fn step(sql: &'static str) -> Migration {
    let kind = MigrationType::Simple;
    Migration::new(9_999, "later".into(), kind, sql.into_sql_str(), false)
}

async fn apply(db: &Db, steps: Vec<Migration>) -> anyhow::Result<()> {
    let steps = Migrator::with_migrations(steps);
    match db {
        Db::Sqlite(pools) => apply_to_sqlite(&steps, &pools.writer).await,
        Db::Postgres(server) => apply_to_postgres(&steps, &mut *server.pool.acquire().await?).await,
    }
}

async fn fill(db: &Db, last_version: i64) {
    for (_, rows) in ROWS.iter().filter(|(version, _)| *version <= last_version) {
        let is_gone = |row: &str| {
            let table = row
                .trim_start_matches("INSERT INTO ")
                .trim_start_matches("UPDATE ");
            is_gone(table.split(' ').next().unwrap_or_default(), last_version)
        };
        for row in rows.iter().copied().filter(|row| !is_gone(row)) {
            sql::query(row)
                .execute(db.writer())
                .await
                .unwrap_or_else(|error| panic!("{row}: {error}"));
        }
    }
}

async fn columns(db: &Db) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for table in catalog::tables(db).await {
        let columns = catalog::columns(db, &table).await;
        found.insert(table, columns);
    }
    found
}

/// Every row, as text, of these columns.
async fn rows(db: &Db, columns: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (table, columns) in columns {
        for row in catalog::rows_as_text(db, table, columns).await {
            found.insert(format!("{table}: {row}"));
        }
    }
    found
}

#[tokio::test]
async fn every_earlier_version_migrates_with_all_its_rows() {
    let (_guard, newest_db) = empty().await;
    apply(&newest_db, first(&newest_db, i64::MAX))
        .await
        .unwrap();
    let expected = columns(&newest_db).await;
    let versions: Vec<i64> = newest(&newest_db).iter().map(|step| step.version).collect();

    for version in versions {
        let (_guard, db) = empty().await;
        apply(&db, first(&db, version)).await.unwrap();
        fill(&db, version).await;
        let then = columns(&db).await;
        let before = rows(&db, &then).await;
        for table in then.keys() {
            let has_row = before
                .iter()
                .any(|row| row.starts_with(&format!("{table}: ")));
            assert!(has_row, "ROWS of this file puts nothing into {table}");
        }

        let kept = then.into_iter();
        let kept = kept
            .filter(|(table, _)| !is_gone(table, i64::MAX))
            .collect();
        let before = rows(&db, &kept).await;
        apply(&db, first(&db, i64::MAX)).await.unwrap();

        let mut before = before;
        if version >= 10 {
            before.insert(MOVED.to_owned());
        }
        assert_eq!(rows(&db, &kept).await, before, "from version {version}");
        assert_eq!(columns(&db).await, expected, "from version {version}");
    }
}

#[tokio::test]
async fn migration_twelve_deletes_cameras_of_unclaimed_recorders() {
    let (_guard, db) = empty().await;
    apply(&db, first(&db, 11)).await.unwrap();
    fill(&db, 11).await;
    for text in [
        "UPDATE recorders SET cameras = '[1]'",
        "INSERT INTO recorders (serial, public_key, cameras, first_seen_at, last_seen_at)
         VALUES ('PV-9', 'k', '[2]', 1, 2)",
    ] {
        sql::query(text).execute(db.writer()).await.unwrap();
    }

    apply(&db, first(&db, i64::MAX)).await.unwrap();

    let cameras: Vec<String> = sql::query_scalar("SELECT cameras FROM recorders ORDER BY serial")
        .fetch_all(db.reader())
        .await
        .unwrap();
    assert_eq!(cameras, ["[1]", "[]"]);
}

/// What was mailed before step sixteen: `open` and `used`, of each purpose, and two codes.
const MAILED: [&str; 12] = [
    "INSERT INTO accounts (id, user_name, user_name_key, email, email_key, password_hash, created_at)
     VALUES ('a1', 'Ana', 'ana', 'new@x.org', 'new@x.org', 'h', 1)",
    "INSERT INTO registrations (id, flow_hash, form_id, email, email_key, is_known, short_code, code_nonce,
                                code_expires_at, n_codes, n_tries, n_names, last_code_at, created_at)
     VALUES ('r1', 'f1', 'c1', 'Ben@x.org', 'ben@x.org', FALSE, TRUE, 'n1', 100, 2, 1, 3, 60, 10)",
    "INSERT INTO registrations (id, flow_hash, form_id, email, email_key, is_known, short_code, code_nonce,
                                code_expires_at, n_codes, n_tries, n_names, last_code_at, created_at)
     VALUES ('r2', 'f2', 'c2', 'new@x.org', 'new@x.org', TRUE, TRUE, 'n2', 100, 1, 0, 0, 60, 10)",
    "INSERT INTO recoveries (id, flow_hash, form_id, login, account_id, code_nonce, short_code, n_tries,
                             expires_at, created_at)
     VALUES ('v1', 'f1', 'c3', 'Ana', 'a1', 'n3', TRUE, 1, 100, 10)",
    "INSERT INTO recoveries (id, flow_hash, form_id, login, account_id, code_nonce, short_code, n_tries,
                             expires_at, created_at)
     VALUES ('v2', 'f3', 'c4', 'Eva', NULL, 'n4', TRUE, 0, 100, 10)",
    "INSERT INTO buttons (token_hash, purpose, subject, flow_id, created_at, expires_at, used_at)
     VALUES ('b1', 'register', 'ben@x.org', 'r1', 10, 100, NULL), ('b2', 'register', 'ben@x.org', 'r1', 60, 900, NULL),
            ('b3', 'register', 'new@x.org', 'r2', 60, 100, NULL), ('b4', 'reset', 'a1', 'v1', 10, 100, NULL),
            ('b5', 'reset', 'eva', 'v2', 10, 100, NULL), ('b6', 'reset', 'a1', 'v1', 9, 100, 10)",
    "INSERT INTO email_changes (id, account_id, token_hash, old_email, old_email_key, new_email, new_email_key,
                                created_at, expires_at, confirmed_at)
     VALUES ('e1', 'a1', 'm1', 'Old@x.org', 'old@x.org', 'new@x.org', 'new@x.org', 5, 40, 20)",
    "INSERT INTO email_changes (id, account_id, token_hash, old_email, old_email_key, new_email, new_email_key,
                                created_at, expires_at)
     VALUES ('e2', 'a1', 'm2', 'new@x.org', 'new@x.org', 'Next@x.org', 'next@x.org', 30, 100)",
    "INSERT INTO objections (token_hash, account_id, email_change_id, created_at, expires_at)
     VALUES ('j1', 'a1', 'e1', 20, 900)",
    "INSERT INTO objections (token_hash, account_id, created_at, expires_at, used_at) VALUES ('j2', 'a1', 20, 900, 21)",
    "INSERT INTO setups (token_hash, created_at, expires_at, used_at) VALUES ('u1', 1, 900, 2)",
    "INSERT INTO setups (token_hash, created_at, expires_at) VALUES ('u2', 1, 900)",
];

#[tokio::test]
async fn links_mailed_before_migration_sixteen_work_once() {
    let (_guard, db) = empty().await;
    apply(&db, first(&db, 15)).await.unwrap();
    for text in MAILED {
        sql::query(text).execute(db.writer()).await.unwrap();
    }

    apply(&db, first(&db, i64::MAX)).await.unwrap();

    let now = 70;
    let consume = async |purpose, token| {
        let mut tx = db.begin().await.unwrap();
        let mailed = mailed_secrets::consume(&mut tx, purpose, token, now).await;
        tx.commit().await.unwrap();
        mailed
            .unwrap()
            .map(|mailed| (mailed.subject, mailed.address, mailed.address_key))
    };
    let expected = |subject: &str, address: &str, key: &str| {
        Some((subject.to_owned(), address.to_owned(), key.to_owned()))
    };
    for (purpose, token, mailed) in [
        (
            Purpose::Registration,
            "b1",
            expected("ben@x.org", "Ben@x.org", "ben@x.org"),
        ),
        (
            Purpose::Registration,
            "b2",
            expected("ben@x.org", "Ben@x.org", "ben@x.org"),
        ),
        (Purpose::Registration, "b3", None),
        (Purpose::Recovery, "b1", None),
        (Purpose::Recovery, "b4", expected("a1", "Ana", "ana")),
        (Purpose::Recovery, "b5", None),
        (Purpose::Recovery, "b6", None),
        (Purpose::EmailChange, "m1", None),
        (
            Purpose::EmailChange,
            "m2",
            expected("a1", "Next@x.org", "next@x.org"),
        ),
        (
            Purpose::NotMe,
            "j1",
            expected("a1", "Old@x.org", "old@x.org"),
        ),
        (Purpose::NotMe, "j2", None),
        (Purpose::Setup, "u1", None),
        (Purpose::Setup, "u2", expected("", "", "")),
    ] {
        assert_eq!(consume(purpose, token).await, mailed, "{token}");
        assert_eq!(consume(purpose, token).await, None, "{token} again");
    }
    let set_up = "DELETE FROM accounts";
    sql::query(set_up).execute(db.writer()).await.unwrap();
    assert!(
        !mailed_secrets::is_setup_open(&db).await.unwrap(),
        "it is set up already"
    );
}

#[tokio::test]
async fn codes_mailed_before_migration_sixteen_work_in_their_browsers() {
    let (_guard, db) = empty().await;
    apply(&db, first(&db, 15)).await.unwrap();
    for text in MAILED {
        sql::query(text).execute(db.writer()).await.unwrap();
    }

    apply(&db, first(&db, i64::MAX)).await.unwrap();

    for (purpose, flow, id, nonce, counts) in [
        (Purpose::Registration, "f1", "r1", "n1", (2, 1, 3)),
        (Purpose::Recovery, "f1", "v1", "n3", (1, 1, 0)),
    ] {
        let found = mailed_secrets::find(&db, purpose, flow).await.unwrap();
        let found = found.unwrap();
        assert_eq!((found.id.as_str(), found.nonce.as_str()), (id, nonce));
        assert_eq!((found.n_mails, found.n_tries, found.n_names), counts);
        assert!(found.short_code && !found.is_decoy && found.purpose == purpose);
        assert!(mailed_secrets::count_try(&db, id, 3, 70).await.unwrap());
        assert!(mailed_secrets::set_proven(&db, id, 70).await.unwrap());
        let mut tx = db.begin().await.unwrap();
        assert!(mailed_secrets::finish(&mut tx, id, 70).await.unwrap());
        assert!(!mailed_secrets::finish(&mut tx, id, 70).await.unwrap());
        tx.commit().await.unwrap();
    }
    for (purpose, flow) in [(Purpose::Registration, "f2"), (Purpose::Recovery, "f3")] {
        let found = mailed_secrets::find(&db, purpose, flow).await.unwrap();
        assert!(found.is_some_and(|found| found.is_decoy), "{flow}");
    }
}

#[tokio::test]
async fn a_restored_older_copy_has_no_open_link() {
    let (_guard, db) = empty().await;
    let Db::Sqlite(pools) = &db else {
        // PostgreSQL has its own tools for copies.
        return;
    };
    apply(&db, first(&db, 15)).await.unwrap();
    for text in MAILED {
        sql::query(text).execute(db.writer()).await.unwrap();
    }
    let file: String = sqlx::query_scalar("SELECT file FROM pragma_database_list")
        .fetch_one(&pools.writer)
        .await
        .unwrap();

    crate::db::mend_copy(Path::new(&file), 70).await.unwrap();
    apply(&db, first(&db, i64::MAX)).await.unwrap();

    let left: Vec<String> = sql::query_scalar("SELECT token_hash FROM mailed_secrets")
        .fetch_all(db.reader())
        .await
        .unwrap();
    assert_eq!(left, ["u1"], "the link that set the cloud up");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_explained() {
    let (_guard, db) = empty().await;
    let mut newer = first(&db, i64::MAX);
    newer.push(step("CREATE TABLE tomorrow (x BIGINT)"));
    apply(&db, newer).await.unwrap();

    let refused = apply(&db, first(&db, i64::MAX)).await.unwrap_err();

    let words = format!("{refused:#}");
    assert!(
        words.contains("newer Peerview") && words.contains("9999"),
        "{words}"
    );
    assert!(catalog::tables(&db).await.contains(&"tomorrow".to_owned()));
}

#[tokio::test]
async fn a_failed_migration_leaves_the_earlier_version_intact() {
    let (_guard, db) = empty().await;
    apply(&db, first(&db, 2)).await.unwrap();
    fill(&db, 2).await;
    let (then, before) = (columns(&db).await, rows(&db, &columns(&db).await).await);
    let mut steps = first(&db, i64::MAX);
    steps.push(step(
        "CREATE TABLE half (x BIGINT); DELETE FROM recorders; SELECT nothing FROM nowhere",
    ));

    apply(&db, steps).await.unwrap_err();

    assert_eq!(columns(&db).await, then, "not even the steps that worked");
    assert_eq!(rows(&db, &then).await, before);
    apply(&db, first(&db, 2)).await.unwrap();
    apply(&db, first(&db, i64::MAX)).await.unwrap();
}

#[tokio::test]
async fn clouds_started_together_take_turns_with_the_migrations() {
    let (_guard, db) = empty().await;

    let starts = (0..8).map(|_| apply(&db, first(&db, i64::MAX)));
    let outcomes = futures_util::future::join_all(starts).await;

    for outcome in outcomes {
        outcome.unwrap();
    }
}

fn built_in(migrator: &Migrator) -> BTreeSet<i64> {
    migrator.iter().map(|step| step.version).collect()
}

fn in_folder(name: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let files = std::fs::read_dir(folder.join(name)).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn every_migration_is_built_in_for_both_databases() {
    let (sqlite, postgres) = (in_folder("sqlite"), in_folder("postgres"));
    assert_eq!(sqlite, postgres, "a step is two files of one name");
    let both = in_folder("both");
    assert!(both.is_disjoint(&sqlite), "or it is one file for both");
    let versions: BTreeSet<i64> = sqlite
        .union(&both)
        .map(|name| name.split('_').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(versions.len(), sqlite.len() + both.len());

    // A new file alone does not make cargo build again: save db/upkeep/migrations.rs too.
    assert_eq!(built_in(&SQLITE), versions);
    assert_eq!(built_in(&POSTGRES), versions);
}

#[test]
fn no_two_steps_have_the_same_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let text = |of: &str, name: &str| std::fs::read_to_string(folder.join(of).join(name)).unwrap();
    for name in in_folder("sqlite") {
        assert_ne!(
            text("sqlite", &name),
            text("postgres", &name),
            "{name}: one file in `both`"
        );
    }
}
