//! `/logout`.

use cloud::db::sql;

use crate::support::{PATIENCE, TestCloud};

#[tokio::test]
async fn the_session_token_is_invalid_after_log_out() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut thief = ana.clone();

    let page = ana.post("/logout", &[]).await;

    assert_eq!((page.status, page.location()), (303, Some("/login")));
    assert!(page.set_cookie("session").unwrap().contains("Max-Age=0"));
    assert!(!thief.is_signed_in().await);
    assert_eq!(cloud.count("sessions").await, 0);
}

#[tokio::test]
async fn log_out_is_announced_to_open_sockets_at_once() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut ended = cloud.state.ended_sessions.subscribe();
    let id: String = sql::query_scalar("SELECT id FROM sessions")
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap();

    ana.post("/logout", &[]).await;

    let heard = tokio::time::timeout(PATIENCE, ended.recv())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(heard, id);
}

#[tokio::test]
async fn logging_out_twice_is_not_an_error() {
    let cloud = TestCloud::start().await;

    assert_eq!(cloud.browser().post("/logout", &[]).await.status, 303);
}

#[tokio::test]
async fn a_get_request_never_logs_anybody_out() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    assert_eq!(ana.get("/logout").await.status, 405);
    assert!(ana.is_signed_in().await);
}
