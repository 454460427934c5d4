//! `/forgot`: a new password by mail.

use cloud::accounts::limits::RESET_SECONDS;
use cloud::db::sql;

use crate::support::browser::between;
use crate::support::{PASSWORD, TestCloud};

const NEW: &str = "window bread stone north";

async fn link_for(cloud: &TestCloud, address: &str) -> String {
    cloud.browser().sends_forgot(&cloud.state, address).await;
    // The first mail was the code of the registration.
    let mail = cloud.nth_mail_to(address, 2).await;
    format!("/forgot/{}", between(&mail.body, "/forgot/", "\n"))
}

#[tokio::test]
async fn a_mailed_link_sets_a_new_password() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let link = link_for(&cloud, "ana@example.org").await;

    let mut browser = cloud.browser();
    let form = browser.get(&link).await;
    let done = browser.post(&link, &[("password", NEW)]).await;

    assert!(form.body.contains("ana") && form.status == 200);
    assert_eq!(
        (done.status, done.location()),
        (303, Some("/login?notice=password"))
    );
    assert!(!ana.is_signed_in().await, "signed out everywhere");
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        422
    );
    assert_eq!(cloud.browser().logs_in("ana", NEW, false).await.status, 303);
    assert_eq!(
        cloud.nth_mail_to("ana@example.org", 3).await.subject,
        "Your Peerview password was changed"
    );
}

#[tokio::test]
async fn a_link_works_once_and_for_half_an_hour() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let link = link_for(&cloud, "ana@example.org").await;

    cloud.clock.advance(RESET_SECONDS - 1);
    assert_eq!(
        cloud.browser().get(&link).await.status,
        200,
        "mail scanners may look"
    );
    assert_eq!(
        cloud
            .browser()
            .post(&link, &[("password", NEW)])
            .await
            .status,
        303
    );
    assert_eq!(
        cloud
            .browser()
            .post(&link, &[("password", PASSWORD)])
            .await
            .status,
        404
    );
    assert_eq!(cloud.browser().get(&link).await.status, 404);
}

#[tokio::test]
async fn a_link_that_is_too_old_says_so() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let link = link_for(&cloud, "ana@example.org").await;

    cloud.clock.advance(RESET_SECONDS);
    let page = cloud.browser().post(&link, &[("password", NEW)]).await;

    assert_eq!(page.status, 404);
    assert!(page.body.contains("older than 30 minutes"));
    assert_eq!(
        cloud.browser().logs_in("ana", PASSWORD, false).await.status,
        303
    );
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_page() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    let known = cloud
        .browser()
        .sends_forgot(&cloud.state, "ana@example.org")
        .await;
    let unknown = cloud
        .browser()
        .sends_forgot(&cloud.state, "eva@example.org")
        .await;
    let mail = cloud.nth_mail_to("eva@example.org", 1).await;

    assert_eq!((known.status, unknown.status), (200, 200));
    assert_eq!(known.body.replace("ana@", "eva@"), unknown.body);
    assert_eq!(
        mail.subject,
        "There is no Peerview account for this address"
    );
}

#[tokio::test]
async fn a_new_password_keeps_to_the_rules() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let link = link_for(&cloud, "ana@example.org").await;

    let page = cloud
        .browser()
        .post(&link, &[("password", "password1234")])
        .await;

    assert_eq!(page.status, 422);
    assert!(page.body.contains("password-error"));
    assert_eq!(
        cloud
            .browser()
            .post(&link, &[("password", NEW)])
            .await
            .status,
        303,
        "the link is still good"
    );
}

#[tokio::test]
async fn a_reset_ends_the_wait_after_failures() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    for _ in 0..6 {
        cloud
            .browser()
            .logs_in("ana", "gate lamp river mood", false)
            .await;
    }
    let link = link_for(&cloud, "ana@example.org").await;

    cloud.browser().post(&link, &[("password", NEW)]).await;

    assert_eq!(cloud.browser().logs_in("ana", NEW, false).await.status, 303);
}

#[tokio::test]
async fn the_database_holds_neither_code_nor_link() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let link = link_for(&cloud, "ana@example.org").await;
    let token = link.strip_prefix("/forgot/").unwrap();

    let letters: Vec<String> = sql::query_scalar("SELECT letter FROM outbox")
        .fetch_all(cloud.state.db.reader())
        .await
        .unwrap();
    let stored: String = sql::query_scalar("SELECT token_hash FROM resets")
        .fetch_one(cloud.state.db.reader())
        .await
        .unwrap();

    assert!(letters.iter().all(|letter| !letter.contains(token)));
    assert_ne!(stored, token);
}
