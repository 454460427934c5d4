//! `/demo/mailbox`.

use crate::support::TestCloud;

#[tokio::test]
async fn the_demo_mailbox_shows_the_newest_mail_and_its_code() {
    let cloud = TestCloud::start().await;
    for address in ["ana@example.org", "ben@example.org"] {
        cloud.browser().asks_for_a_code(&cloud.state, address).await;
        cloud.nth_mail_to(address, 1).await;
    }

    let page = cloud.browser().get("/demo/mailbox").await.body;

    let place = |text: &str| {
        page.find(text)
            .unwrap_or_else(|| panic!("{text} in {page}"))
    };
    assert!(place("ben@example.org") < place("ana@example.org"));
    assert!(page.contains(&cloud.code_for("ana@example.org").await));
}

#[tokio::test]
async fn only_the_demo_has_a_mailbox_page() {
    let cloud = TestCloud::start_with(|_| {}).await;

    assert_eq!(cloud.browser().get("/demo/mailbox").await.status, 404);
    assert!(!cloud.browser().get("/login").await.body.contains("mailbox"));
}
