//! Browsers that bring the wrong thing: cut and swapped cookies, two tabs, the way back.

use crate::support::{PASSWORD, TestCloud, button_in};

#[tokio::test]
async fn damaged_cookies_belong_to_nobody() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;
    let secret = ana.cookie("flow").unwrap().to_owned();
    let swapped = secret.chars().rev().collect::<String>();
    let cases = [
        &secret[..secret.len() - 1],
        &swapped,
        "",
        "%00",
        "a,b\"c",
        &"x".repeat(4_000),
    ];

    for bad in cases {
        let mut eve = cloud.browser();
        for cookie in ["flow", "reset", "session", "second-step", "browser"] {
            eve.takes_cookie(cookie, bad);
        }
        let page = eve.finishes(&code, "eve", PASSWORD).await;
        let forgot = eve
            .post("/forgot/password", &[("password", PASSWORD)])
            .await;
        assert_eq!(page.location(), Some("/register"), "{bad}");
        assert_eq!(forgot.location(), Some("/forgot"), "{bad}");
        assert!(!eve.is_signed_in().await, "{bad}");
    }
    let mut mixed = cloud.browser();
    for cookie in ["reset", "session", "second-step", "browser"] {
        mixed.takes_cookie(cookie, &secret);
    }
    let forgot = mixed.get("/forgot/password").await;

    assert_eq!(forgot.location(), Some("/forgot"), "a flow is no reset");
    assert!(!mixed.is_signed_in().await, "and no session");
    assert_eq!(cloud.count("accounts").await, 0);
    assert_eq!(
        ana.finishes(&code, "ana", PASSWORD).await.location(),
        Some("/devices"),
        "nothing of it cost the owner a try"
    );
}

#[tokio::test]
async fn the_earlier_tabs_mail_works_after_a_later_tab() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    ana.asks_for_a_code(&cloud.state, "anna@example.org").await;
    let earlier = cloud.nth_mail_to("ana@example.org", 1).await;
    let code = cloud.code_for("ana@example.org").await;

    let first_tab = ana.finishes(&code, "ana", PASSWORD).await;
    assert!(first_tab.status == 422 || code == cloud.code_for("anna@example.org").await);
    assert!(
        first_tab.body.contains("anna@example.org"),
        "says whose code it asks for"
    );

    let token = button_in(&earlier.body);
    let pressed = ana.post("/register/button", &[("token", &token)]).await;
    let fields = [("user_name", "ana"), ("password", PASSWORD)];
    let done = ana.post("/register/finish", &fields).await;

    assert_eq!(pressed.location(), Some("/register/finish"));
    assert_eq!(done.location(), Some("/devices"), "{}", done.body);
}

#[tokio::test]
async fn going_back_a_step_allows_continuing() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;

    assert_eq!(ana.get("/register").await.status, 200);
    let form = ana.get("/register/finish").await;
    assert!(form.body.contains("ana@example.org"));
    assert_eq!(
        ana.get("/register/code").await.location(),
        Some("/register/finish")
    );
    let done = ana.finishes(&code, "ana", PASSWORD).await;
    assert_eq!(done.location(), Some("/devices"));
    let again = ana.finishes(&code, "ana", PASSWORD).await;
    assert_eq!(again.location(), Some("/register"), "the flow is over");
    assert!(ana.is_signed_in().await, "and she stays signed in");
    assert_eq!(cloud.count("accounts").await, 1);
}
