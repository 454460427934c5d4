//! Concurrent requests about one account, on a database with many writers.

#![expect(clippy::unwrap_used, reason = "a failing step fails its test")]

use std::sync::atomic::{AtomicBool, Ordering};

use cloud::accounts::arrangement::ArrangementError;
use cloud::accounts::factors::{self, passkeys, recovery_code, step_up};
use cloud::accounts::session::new_session::SignIn;
use cloud::accounts::{deletion, live_arrangement, session};
use cloud::db::{Db, accounts, accounts::sessions, live_arrangements, sql};
use cloud::throttle::limits::{FAILED_LOGINS, MAX_SESSIONS};
use cloud::visitor::SignedIn;
use futures_util::future::join_all;

use crate::support::authenticator::Authenticator;
use crate::support::factor::unknown_browser;
use crate::support::{PASSWORD, TestCloud};

/// Ana as rules see her in a browser that is signed in.
fn somebody(account_id: String) -> SignedIn {
    SignedIn {
        account_id,
        user_name: "ana".to_owned(),
        email: "ana@example.org".to_owned(),
        session_id: String::new(),
        persistent: false,
        renews_in: None,
        proven_at: 0,
        lacks_factor: false,
    }
}

async fn starts_session(cloud: &TestCloud, account_id: &str) {
    let mut tx = cloud.state.db.begin().await.unwrap();
    let browser = unknown_browser();
    let sign_in = SignIn {
        account_id,
        auto_login: false,
        key: None,
        browser: &browser,
        n_failed: 0,
    };
    let started = session::start(&cloud.state, &mut tx, &sign_in).await;
    tx.commit().await.unwrap();
    started.unwrap().committed(&cloud.state);
}

/// Returns once a log-in has read the account and waits for its password to be compared, or all are over.
async fn comparing(cloud: &TestCloud, are_over: &AtomicBool) {
    let text = "SELECT COUNT(*) FROM counters WHERE kind = $1";
    while !are_over.load(Ordering::Relaxed) {
        let counted = sql::query_scalar::<i64>(text).bind(FAILED_LOGINS.kind);
        if counted.fetch_one(&cloud.state.db).await.unwrap() > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_concurrent_log_in_does_not_survive_a_new_password() {
    let cloud = TestCloud::start_with_real_hashes().await;
    cloud.person("ana").await;
    let id = cloud.account_id("ana").await;
    let are_over = AtomicBool::new(false);
    let log_ins = async {
        let log_ins = (0..4).map(|_| {
            let mut browser = cloud.browser();
            async move { browser.logs_in("ana", PASSWORD, false).await.status }
        });
        let statuses = join_all(log_ins).await;
        are_over.store(true, Ordering::Relaxed);
        statuses
    };
    let reset = async {
        comparing(&cloud, &are_over).await;
        let mut tx = cloud.state.db.begin().await.unwrap();
        accounts::set_password(&mut tx, &id, "another")
            .await
            .unwrap();
        sessions::delete_all(&mut tx, &id).await.unwrap();
        tx.commit().await.unwrap();
    };

    let (statuses, ()) = tokio::join!(log_ins, reset);

    assert_eq!(cloud.count("sessions").await, 0, "{statuses:?}");
}

#[tokio::test]
async fn parallel_log_ins_keep_the_session_limit_of_an_account() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let id = cloud.account_id("ana").await;
    for _ in 0..MAX_SESSIONS {
        starts_session(&cloud, &id).await;
    }

    join_all((0..8).map(|_| starts_session(&cloud, &id))).await;

    assert_eq!(cloud.count("sessions").await, MAX_SESSIONS);
}

#[tokio::test]
async fn removing_all_passkeys_in_parallel_locks_nobody_out() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut phone = Authenticator::at(&cloud.state);
    for n in 0..8 {
        ana.adds_passkey(&mut phone, &format!("Key {n}")).await;
    }
    ana.post("/account/second-factor/on", &[]).await;
    let ids: Vec<String> = sql::query_scalar("SELECT id FROM passkeys")
        .fetch_all(cloud.state.db.reader())
        .await
        .unwrap();

    let who = somebody(cloud.account_id("ana").await);
    let removals = ids
        .iter()
        .map(|id| passkeys::remove(&cloud.state, &who, id));
    for removed in join_all(removals).await {
        assert!(removed.unwrap());
    }

    let login = cloud.browser().logs_in("ana", PASSWORD, false).await;
    assert_eq!(login.location(), Some("/devices"), "no second step");
}

#[tokio::test]
async fn parallel_recovery_code_renewals_leave_one_working_set() {
    let cloud = TestCloud::start_with_real_hashes().await;
    cloud.person_with_app("ana").await;
    let id = cloud.account_id("ana").await;

    let sets = (0..2).map(|_| factors::renew_codes(&cloud.state, &id));
    let sets = join_all(sets).await;

    // Two sets are many hashes: one may be refused for that already.
    let n_shown = sets
        .into_iter()
        .filter_map(|set| set.ok().flatten())
        .count();
    assert_eq!(n_shown, 1);
    let stored = usize::try_from(cloud.count("recovery_codes").await).unwrap();
    assert_eq!(stored, recovery_code::CODES);
    let held = cloud::db::accounts::second_factors::find(&cloud.state.db, &id);
    assert!(held.await.unwrap().unwrap().turned_on_at.is_some());
}

#[tokio::test]
async fn a_recovery_code_used_in_parallel_counts_once() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let (_, _, codes) = cloud.person_with_app("ana").await;
    let (state, id) = (&cloud.state, cloud.account_id("ana").await);
    let compared = factors::compare(state, &id, &codes[0]).await;
    let matched = compared.unwrap().unwrap();

    // More than there are connections: nobody may need a second one.
    let uses = (0..100).map(|_| async {
        let mut tx = state.db.begin().await.unwrap();
        let is_first = matched.use_up(state, &mut tx, &id).await.unwrap();
        tx.commit().await.unwrap();
        is_first
    });
    let n_first = join_all(uses)
        .await
        .into_iter()
        .filter(|first| *first)
        .count();

    assert_eq!(n_first, 1);
}

#[tokio::test]
async fn a_step_up_of_an_ended_session_spends_no_code() {
    let cloud = TestCloud::start().await;
    let (_, app, _) = cloud.person_with_app("ana").await;
    // Its session ends between the request and its proof.
    let ended = somebody(cloud.account_id("ana").await);
    let code = app.code(&cloud, 0);

    let proven = step_up::prove(&cloud.state, &ended, PASSWORD, &code).await;

    assert!(proven.unwrap().is_none());
    let mut ana = cloud.at_second_step("ana").await;
    assert_eq!(ana.types_code(&code).await.status, 303, "it is still good");
}

/// An arrangement of Live view with one favourite.
fn with_favourite(key: &str) -> String {
    format!(r#"{{"order":[],"favourites":["{key}"],"views":[]}}"#)
}

/// Returns once a statement waits for a row that somebody else holds, or `is_over`. SQLite has one writer at a time:
/// there everybody waits for whoever writes.
async fn waits_for_row(cloud: &TestCloud, is_over: &AtomicBool) {
    let text = "SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while matches!(cloud.state.db, Db::Postgres(_)) && !is_over.load(Ordering::Relaxed) {
        let waiting = sql::query_scalar::<i64>(text);
        if waiting.fetch_one(cloud.state.db.reader()).await.unwrap() > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn asvs_15_4_2_a_saved_arrangement_outlives_a_concurrent_change() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let who = somebody(cloud.account_id("ana").await);
    let (id, is_over) = (who.account_id.as_str(), AtomicBool::new(false));
    let text = with_favourite("PV-1/1");
    live_arrangement::keep(&cloud.state, &who, &text)
        .await
        .unwrap();

    // Somebody reads what is kept, and writes it back changed, as moving a recorder does.
    let mut tx = cloud.state.db.begin().await.unwrap();
    assert!(accounts::hold(&mut tx, id).await.unwrap());
    let kept = live_arrangements::find_in(&mut tx, id).await.unwrap();
    let newer = with_favourite("PV-2/2");
    let save = async {
        let saved = live_arrangement::keep(&cloud.state, &who, &newer).await;
        is_over.store(true, Ordering::Relaxed);
        saved.unwrap()
    };
    let change = async {
        waits_for_row(&cloud, &is_over).await;
        let kept = kept.unwrap().arrangement;
        let written = live_arrangements::set_in(&mut tx, id, &kept).await;
        tx.commit().await.unwrap();
        written.unwrap()
    };
    let (saved, changed) = tokio::join!(save, change);

    assert_eq!((changed, saved), (2, 3));
    let kept = live_arrangements::find(&cloud.state.db, id).await.unwrap();
    assert_eq!(kept.unwrap().arrangement, newer);
}

#[tokio::test]
async fn an_arrangement_saved_beside_the_deletion_leaves_nothing() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let who = somebody(cloud.account_id("ana").await);
    assert!(deletion::delete_own(&cloud.state, &who).await.unwrap());

    let saved = live_arrangement::keep(&cloud.state, &who, &with_favourite("PV-1/1")).await;

    assert!(matches!(saved, Err(ArrangementError::Unknown)), "{saved:?}");
    assert_eq!(cloud.count("live_arrangements").await, 0);
}
