//! A disk that is full and a database that cannot be written: clear errors, nothing lost.

use crate::support::{PASSWORD, TestCloud};

/// Lets the database grow no further: what a full disk does to SQLite, and the error that PostgreSQL
/// gives then.
async fn fill_the_disk(cloud: &TestCloud) {
    let Some(writer) = cloud.state.db.sqlite_writer() else {
        return on_every_table(cloud, NO_SPACE).await;
    };
    let n_pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(writer)
        .await
        .unwrap();
    let pragma = format!("PRAGMA max_page_count = {n_pages}");
    sqlx::query(sqlx::AssertSqlSafe(pragma))
        .execute(writer)
        .await
        .unwrap();
    // The free space inside the pages there are is used up as well.
    let row = "INSERT INTO mailbox VALUES (hex(randomblob(8)), random(), '', '', hex(randomblob(200)), 0)";
    while sqlx::query(row).execute(writer).await.is_ok() {}
    let row = "INSERT INTO counters VALUES ('fill', hex(randomblob(8)), 1, 0, 0)";
    while sqlx::query(row).execute(writer).await.is_ok() {}
    let row = "INSERT INTO sessions (id, token_hash, account_id, persistent, user_agent, created_at,
                                     last_seen_at, idle_until, expires_at)
               SELECT hex(randomblob(8)), hex(randomblob(16)), id, 0, '', 0, 0, 0, 0 FROM accounts LIMIT 1";
    while sqlx::query(row).execute(writer).await.is_ok() {}
    let row = "INSERT INTO works VALUES (hex(randomblob(8)), 0)";
    while sqlx::query(row).execute(writer).await.is_ok() {}
    let row = "INSERT INTO captchas VALUES (hex(randomblob(8)), 0, NULL, 0)";
    while sqlx::query(row).execute(writer).await.is_ok() {}
}

async fn free_the_disk(cloud: &TestCloud) {
    let Some(writer) = cloud.state.db.sqlite_writer() else {
        on_every_table(cloud, SPACE).await;
        return cloud.a_minute_passes().await;
    };
    sqlx::query("PRAGMA max_page_count = 1000000")
        .execute(writer)
        .await
        .unwrap();
}

const NO_SPACE: &str = "
    CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'no space left on device' USING ERRCODE = '53100'; END $$;
    DO $$ DECLARE t record; BEGIN
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON %I
                            FOR EACH ROW EXECUTE FUNCTION no_space()', t.tablename);
        END LOOP; END $$";
const SPACE: &str = "DROP FUNCTION no_space() CASCADE";

async fn on_every_table(cloud: &TestCloud, script: &'static str) {
    let mut admin = cloud.database_itself().await;
    sqlx::raw_sql(script).execute(&mut admin).await.unwrap();
}

/// Makes the database one that can only be read: a damaged disk, a PostgreSQL that follows another.
async fn forbid_writing(cloud: &TestCloud) {
    if let Some(writer) = cloud.state.db.sqlite_writer() {
        sqlx::query("PRAGMA query_only = ON")
            .execute(writer)
            .await
            .unwrap();
        return;
    }
    let mut admin = cloud.database_itself().await;
    let script = "
        DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database());
        END $$;
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();";
    sqlx::raw_sql(script).execute(&mut admin).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_reported_and_loses_nothing() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let code = cloud.code_for("ben@example.org").await;
    fill_the_disk(&cloud).await;

    let finish = ben.finishes(&code, "ben", PASSWORD).await;
    let register = cloud
        .browser()
        .sends_register(&cloud.state, "eva@example.org")
        .await;
    let login = cloud.browser().logs_in("ana", PASSWORD, false).await;

    for (name, page) in [
        ("finish", &finish),
        ("register", &register),
        ("login", &login),
    ] {
        assert_eq!(page.status, 503, "{name}: {}", page.body);
        assert!(page.body.contains("disk is full") && page.header("retry-after") == Some("2"));
    }
    assert!(
        finish.body.contains("value=\"ben\""),
        "the form is there again, filled in"
    );
    assert!(ana.is_signed_in().await, "who is signed in stays so");
    assert_eq!(
        cloud.browser().get("/healthz").await.status,
        200,
        "reading works"
    );

    free_the_disk(&cloud).await;
    assert_eq!(
        ben.finishes(&code, "ben", PASSWORD).await.status,
        303,
        "the code was not lost"
    );
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
    assert_eq!(cloud.count("accounts").await, 2);
}

#[tokio::test]
async fn an_unwritable_database_never_reports_success() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    forbid_writing(&cloud).await;

    let login = cloud.browser().logs_in("ana", PASSWORD, false).await;
    let register = cloud
        .browser()
        .sends_register(&cloud.state, "eva@example.org")
        .await;

    assert_eq!((login.status, register.status), (503, 503));
    assert!(login.header("retry-after").is_some() && login.set_cookie("session").is_none());
}

#[tokio::test]
async fn an_unreachable_database_is_reported_on_every_page() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    cloud.state.db.close().await;

    assert_eq!(ana.get("/").await.status, 503);
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        503
    );
    assert_eq!(
        cloud.browser().get("/login").await.status,
        200,
        "what needs no database is there"
    );
}
