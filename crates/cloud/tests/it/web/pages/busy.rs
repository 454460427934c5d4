//! A machine with no core free for password hashes: it says so, and no try is counted.

use cloud::db::sql;
use cloud::throttle::limits::PROOF_SECONDS;

use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn a_full_password_queue_counts_as_no_failure() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let mut ana = cloud.person("ana").await;
    let n_counters = cloud.count("counters").await;
    let mut held = Vec::new();
    while let Ok(place) = cloud.state.passwords.place().await {
        held.push(place);
    }

    for _ in 0..10 {
        let busy = cloud.browser().logs_in("ana", PASSWORD, false).await;
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("2")));
    }
    cloud.clock.advance(PROOF_SECONDS);
    assert_eq!(ana.proves(PASSWORD, "").await.status, 503);
    assert_eq!(cloud.count("counters").await, n_counters);
    drop(held);

    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
    assert_eq!(ana.proves(PASSWORD, "").await.status, 303);
}

#[tokio::test]
async fn a_wait_for_a_core_that_fails_is_refunded() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let mut ana = cloud.person("ana").await;
    let (_, _, codes) = cloud.person_with_app("ben").await;
    cloud.clock.advance(PROOF_SECONDS);
    let mut ben = cloud.at_second_step("ben").await;
    for _ in 0..4 {
        ana.proves("gate lamp river mood", "").await;
    }
    let counted = counts(&cloud).await;
    let mut held = Vec::new();
    while let Ok(core) = cloud.state.passwords.place().await.unwrap().core().await {
        held.push(core);
    }

    // A fifth failure would make ana wait.
    let mut stranger = cloud.browser();
    let (log_in, proof, code) = tokio::join!(
        stranger.logs_in("ana", PASSWORD, false),
        ana.proves(PASSWORD, ""),
        ben.types_code(&codes[0])
    );

    assert_eq!(
        (log_in.status, log_in.header("retry-after")),
        (503, Some("2"))
    );
    assert_eq!((proof.status, code.status), (503, 503));
    assert_eq!(counts(&cloud).await, counted);
    drop(held);
    assert_eq!(ana.proves(PASSWORD, "").await.status, 303);
    assert_eq!(ben.types_code(&codes[0]).await.location(), Some("/devices"));
}

#[tokio::test]
async fn a_log_in_flood_of_one_client_blocks_nobody_else() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.limits.cheap_hashes = false;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    cloud.person("ana").await;
    let flood = (0..150).map(|_| async {
        let mut eve = cloud.browser().sending("x-forwarded-for", "198.51.100.1");
        let fields = [("login", "eve"), ("password", PASSWORD)];
        eve.post("/login", &fields).await.status
    });
    let honest = async {
        // In the middle of it.
        cloud.hashes_are_waiting().await;
        let mut ana = cloud.browser().sending("x-forwarded-for", "203.0.113.1");
        ana.logs_in("ana", PASSWORD, false).await.status
    };

    let (_, status) = tokio::join!(futures_util::future::join_all(flood), honest);

    assert_eq!(status, 303);
}

/// What all counters show together, the last end of a wait, and how often a second step was answered.
async fn counts(cloud: &TestCloud) -> (i64, i64, i64) {
    sql::query_as(
        "SELECT CAST(SUM(n) AS BIGINT), MAX(blocked_until),
             (SELECT CAST(SUM(n_tries) AS BIGINT) FROM pending_sign_ins) FROM counters",
    )
    .fetch_one(cloud.state.db.reader())
    .await
    .unwrap()
}
