//! The lock-out over HTTP and RTSP together.

use std::time::Duration;

use crate::support::{PASSWORD, Raw, Recorder, USER, digest, recorder};

const PATH: &str = "/ISAPI/Security/userCheck";

async fn wrong_login(recorder: &Recorder) -> String {
    let reply = recorder.http("GET", PATH, "guess").await.unwrap();
    assert_eq!(reply.status, 401);
    reply.body
}

#[tokio::test]
async fn wrong_logins_over_both_protocols_lock_the_account() {
    let recorder = recorder().await;

    for tries_left in [4, 3, 2] {
        let body = wrong_login(&recorder).await;
        assert!(body.contains("<lockStatus>unlock</lockStatus>"), "{body}");
        let tries = format!("<retryLoginTime>{tries_left}</retryLoginTime>");
        assert!(body.contains(&tries), "{body}");
    }
    for _ in 0..2 {
        assert!(recorder.described(101, "guess").await.is_err());
    }

    let reply = recorder.http("GET", PATH, PASSWORD).await.unwrap();
    assert_eq!(reply.status, 401);
    assert!(reply.body.contains("<lockStatus>lock</lockStatus>"));
    assert!(reply.body.contains("<retryLoginTime>0</retryLoginTime>"));
    let seconds = reply.body.split("unlockTime>").nth(1).unwrap();
    let seconds: u64 = seconds.trim_end_matches("</").parse().unwrap();
    assert!((1700..1800).contains(&seconds), "{seconds}");
    assert!(recorder.described(101, PASSWORD).await.is_err());
}

#[tokio::test]
async fn the_account_unlocks_after_half_an_hour() {
    let recorder = recorder().await;
    for _ in 0..5 {
        wrong_login(&recorder).await;
    }
    assert_eq!(recorder.get(PATH).await.status, 401);

    recorder.faults.skip_time(Duration::from_secs(30 * 60));

    let reply = recorder.get(PATH).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("<statusValue>200</statusValue>"));
    assert!(recorder.described(101, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_right_login_clears_earlier_wrong_ones() {
    let recorder = recorder().await;
    for _ in 0..3 {
        for _ in 0..4 {
            wrong_login(&recorder).await;
        }
        assert_eq!(recorder.get(PATH).await.status, 200);
    }
    assert_eq!(recorder.faults.stats().failed_logins, 12);
}

#[tokio::test]
async fn challenges_and_expired_nonces_are_not_counted() {
    let recorder = recorder().await;
    let first = recorder.http_with("GET", PATH, None).await.unwrap();
    let login = digest(&first.challenge.unwrap(), "GET", PATH, PASSWORD);
    recorder.faults.skip_time(Duration::from_secs(600));

    for _ in 0..10 {
        assert_eq!(
            recorder.http_with("GET", PATH, None).await.unwrap().status,
            401
        );
        let reply = recorder.http_with("GET", PATH, Some(&login)).await.unwrap();
        assert_eq!(reply.status, 401);
        assert!(reply.challenge.unwrap().contains("stale=\"TRUE\""));
        let mut raw = Raw::connect(&recorder, 101).await;
        assert_eq!(raw.ask("DESCRIBE", "", "").await.status, 200);
    }

    assert_eq!(recorder.faults.stats().failed_logins, 0);
    assert_eq!(recorder.get(PATH).await.status, 200);
}

#[tokio::test]
async fn another_user_name_does_not_lock_the_account() {
    let recorder = recorder().await;
    let first = recorder.http_with("GET", PATH, None).await.unwrap();
    let login = digest(&first.challenge.unwrap(), "GET", PATH, PASSWORD);
    let stranger = login.replace(USER, "stranger");

    for _ in 0..6 {
        let reply = recorder
            .http_with("GET", PATH, Some(&stranger))
            .await
            .unwrap();
        assert_eq!(reply.status, 401);
    }

    assert_eq!(recorder.get(PATH).await.status, 200);
}

#[tokio::test]
async fn a_nonce_may_be_used_for_many_requests() {
    let recorder = recorder().await;
    let first = recorder.http_with("GET", PATH, None).await.unwrap();
    let challenge = first.challenge.unwrap();

    for path in [PATH, "/ISAPI/System/deviceInfo", "/ISAPI/System/time"] {
        let login = digest(&challenge, "GET", path, PASSWORD);
        let reply = recorder.http_with("GET", path, Some(&login)).await.unwrap();
        assert_eq!(reply.status, 200, "{path}");
    }
}
