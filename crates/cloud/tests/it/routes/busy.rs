//! A machine with no core free for passwords: it says so, and nobody pays for it with a count.

use cloud::accounts::limits::PROOF_SECONDS;
use cloud::db::sql;

use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn a_machine_too_busy_to_compare_raises_nobodys_count() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let n_counters = cloud.count("counters").await;
    let held: Vec<_> = std::iter::from_fn(|| cloud.state.passwords.place().ok()).collect();

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
async fn what_waits_for_a_core_in_vain_raises_nobodys_count_and_nobodys_wait() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let (_, _, codes) = cloud.person_with_app("ben").await;
    cloud.clock.advance(PROOF_SECONDS);
    let mut ben = cloud.at_second_step("ben").await;
    for _ in 0..4 {
        ana.proves("gate lamp river mood", "").await;
    }
    let counted = counts(&cloud).await;
    let mut held = Vec::new();
    while let Ok(core) = cloud.state.passwords.place().unwrap().core().await {
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
