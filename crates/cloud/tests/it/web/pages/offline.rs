//! What a phone keeps for the time without a network.

use crate::support::TestCloud;

#[tokio::test]
async fn the_service_worker_belongs_to_one_program_and_language() {
    let cloud = TestCloud::start().await;

    for language in ["en", "de"] {
        let mut browser = cloud.browser().sending("accept-language", language);
        let worker = browser.get("/service-worker.js").await;

        assert_eq!(worker.status, 200);
        assert_eq!(
            worker.header("content-type"),
            Some("text/javascript; charset=utf-8")
        );
        // A browser that finds other bytes takes the new worker, which fetches the new page.
        assert!(worker.body.starts_with("globalThis.VERSION = \"/assets/"));
        assert!(worker.body.contains(&format!("-{language}/\"")));
    }
}

#[tokio::test]
async fn the_offline_page_contains_nothing_private() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    let page = ana.get("/offline").await;

    assert_eq!(page.status, 200);
    assert!(page.body.contains("no connection to the cloud"));
    assert!(!page.body.contains("ana"), "{}", page.body);
}

#[tokio::test]
async fn password_managers_find_the_form_for_a_new_password() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    let form = ana.get("/.well-known/change-password").await;

    assert_eq!(
        (form.status, form.location()),
        (303, Some("/account/password"))
    );
}
