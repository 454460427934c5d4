//! `/register/finish` and `/register/code`: Create account.

use cloud::throttle::limits::{CODE_SECONDS, NAMES_PER_FLOW};
use futures_util::future::join_all;

use crate::support::{PASSWORD, TestCloud, code_in, not};

#[tokio::test]
async fn a_code_works_until_its_half_hour_ends() {
    let cloud = TestCloud::start().await;
    let (mut ana, mut ben) = (cloud.browser(), cloud.browser());
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let (anas, bens) = (
        cloud.code_for("ana@example.org").await,
        cloud.code_for("ben@example.org").await,
    );

    cloud.clock.advance(CODE_SECONDS - 1);
    let in_time = ana.finishes(&anas, "ana", PASSWORD).await;
    cloud.clock.advance(1);
    let too_late = ben.finishes(&bens, "ben", PASSWORD).await;

    assert_eq!((in_time.status, too_late.status), (303, 422));
    assert!(too_late.body.contains("code-error") && too_late.body.contains("No longer valid"));
    assert_eq!(cloud.count("accounts").await, 1);
}

#[tokio::test]
async fn three_wrong_tries_invalidate_a_code() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;

    for _ in 0..3 {
        let wrong = ana.finishes(&not(&code), "ana", PASSWORD).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.body.contains("value=\"ana\"") && !wrong.body.contains(PASSWORD),
            "filled in, but no password"
        );
    }
    let right_but_late = ana.finishes(&code, "ana", PASSWORD).await;

    assert_eq!(right_but_late.status, 422);
    assert_eq!(cloud.count("accounts").await, 0);
}

#[tokio::test]
async fn a_third_try_may_still_be_right() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;

    ana.finishes(&not(&code), "ana", PASSWORD).await;
    ana.finishes(&not(&code), "ana", PASSWORD).await;

    assert_eq!(ana.finishes(&code, "ana", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_new_code_replaces_the_old_one() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let old = cloud.code_for("ana@example.org").await;

    let typed = [("code", ""), ("user_name", "ana"), ("password", "")];
    let early = ana.post("/register/code", &typed).await;
    cloud.clock.advance(60);
    let sent = ana.post("/register/code", &typed).await;
    let new = code_in(&cloud.nth_mail_to("ana@example.org", 2).await.subject);

    assert_eq!((early.status, sent.status), (422, 200));
    assert!(sent.body.contains("value=\"ana\"") && sent.body.contains("30:00"));
    if old != new {
        assert_eq!(ana.finishes(&old, "ana", PASSWORD).await.status, 422);
    }
    assert_eq!(ana.finishes(&new, "ana", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_registration_sends_at_most_three_codes() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;

    for _ in 0..2 {
        cloud.clock.advance(600);
        assert_eq!(ana.post("/register/code", &[]).await.status, 200);
    }
    cloud.clock.advance(600);
    let refused = ana.post("/register/code", &[]).await;

    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Start again"));
}

#[tokio::test]
async fn a_code_works_only_in_the_browser_that_requested_it() {
    let cloud = TestCloud::start().await;
    let (mut ana, mut mallory) = (cloud.browser(), cloud.browser());
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    mallory
        .asks_for_a_code(&cloud.state, "mallory@example.org")
        .await;
    let code = cloud.code_for("ana@example.org").await;

    let without_flow = cloud.browser().finishes(&code, "mallory", PASSWORD).await;
    if cloud.code_for("mallory@example.org").await != code {
        assert_eq!(
            mallory.finishes(&code, "mallory", PASSWORD).await.status,
            422
        );
    }

    assert_eq!(without_flow.location(), Some("/register"));
    assert_eq!(
        ana.finishes(&code, "ana", PASSWORD).await.status,
        303,
        "a stranger's tries cost her none"
    );
}

#[tokio::test]
async fn a_used_code_creates_no_second_account() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;
    let flow = ana.cookie("flow").unwrap().to_owned();
    assert_eq!(ana.finishes(&code, "ana", PASSWORD).await.status, 303);

    let mut again = cloud.browser();
    again.takes_cookie("flow", &flow);
    let answer = again.finishes(&code, "ana2", PASSWORD).await;

    assert_eq!(answer.location(), Some("/register"));
    assert_eq!(cloud.count("accounts").await, 1);
}

#[tokio::test]
async fn a_taken_name_is_reported_without_using_up_the_code() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let code = cloud.code_for("ben@example.org").await;

    for name in ["ana", "ANA", "Ana", "aNa"] {
        let taken = ben.finishes(&code, name, PASSWORD).await;
        assert_eq!(taken.status, 422);
        assert!(
            taken.body.contains("user-name-error") && !taken.body.contains("code-error"),
            "{}",
            taken.body
        );
    }

    assert_eq!(ben.finishes(&code, "ben", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_wrong_code_never_reveals_whether_a_name_is_taken() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let wrong = not(&cloud.code_for("ben@example.org").await);

    let taken = ben.finishes(&wrong, "ana", PASSWORD).await;
    let free = ben.finishes(&wrong, "new", PASSWORD).await;

    assert_eq!(
        taken.body.replace("\"ana\"", "\"\""),
        free.body.replace("\"new\"", "\"\"")
    );
}

#[tokio::test]
async fn a_registration_may_try_ten_names() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let mut ben = cloud.browser();
    ben.asks_for_a_code(&cloud.state, "ben@example.org").await;
    let code = cloud.code_for("ben@example.org").await;

    for _ in 0..NAMES_PER_FLOW {
        assert!(
            ben.finishes(&code, "ana", PASSWORD)
                .await
                .body
                .contains("Somebody has this user name")
        );
    }

    assert!(
        ben.finishes(&code, "ben", PASSWORD)
            .await
            .body
            .contains("too many user names")
    );
}

#[tokio::test]
async fn asvs_2_2_2_invalid_names_and_passwords_use_up_no_try() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;

    for (code, name, password, field) in [
        ("12a4", "ana", PASSWORD, "code-error"),
        ("", "ana", PASSWORD, "code-error"),
        (&*code, "a\0na", PASSWORD, "user-name-error"),
        (&*code, "an\u{202e}a", PASSWORD, "user-name-error"),
        (&*code, "ana😀", PASSWORD, "user-name-error"),
        (&*code, "an", PASSWORD, "user-name-error"),
        (&*code, "ana", "short", "password-error"),
        (&*code, "ana", "password123456", "password-error"),
        (&*code, "anamaria", "anamaria2026", "password-error"),
        (&*code, "ana", &"w".repeat(129), "password-error"),
    ] {
        let page = ana.finishes(code, name, password).await;
        assert_eq!(page.status, 422, "{name:?} {password:?}");
        assert!(
            page.body.contains(&format!("id=\"{field}\"")),
            "{name:?} {password:?}: {}",
            page.body
        );
    }

    assert_eq!(ana.finishes(&code, "ana", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn asvs_6_5_1_parallel_finish_forms_create_one_account() {
    let cloud = TestCloud::start_with_real_hashes().await;
    let mut ana = cloud.browser();
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;

    let presses = (0..200).map(|n| {
        let (mut browser, code) = (ana.clone(), code.clone());
        async move { browser.finishes(&code, &format!("ana{n}"), PASSWORD).await }
    });
    let pages = join_all(presses).await;

    let n_signed_in = pages
        .iter()
        .filter(|page| page.location() == Some("/devices"))
        .count();
    assert_eq!(n_signed_in, 1);
    assert_eq!(
        (cloud.count("accounts").await, cloud.count("sessions").await),
        (1, 1)
    );
    assert!(
        pages
            .iter()
            .all(|page| [303, 422, 429, 503].contains(&page.status))
    );
}

#[tokio::test]
async fn two_registrations_of_one_address_create_one_account() {
    let cloud = TestCloud::start().await;
    let (mut laptop, mut phone) = (cloud.browser(), cloud.browser());
    laptop
        .asks_for_a_code(&cloud.state, "ana@example.org")
        .await;
    let laptops = code_in(&cloud.nth_mail_to("ana@example.org", 1).await.subject);
    phone.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let phones = code_in(&cloud.nth_mail_to("ana@example.org", 2).await.subject);

    assert_eq!(phone.finishes(&phones, "ana", PASSWORD).await.status, 303);
    let second = laptop.finishes(&laptops, "anna", PASSWORD).await;

    assert_eq!(second.location(), Some("/register"), "its flow has ended");
    assert_eq!(cloud.count("accounts").await, 1);
}

#[tokio::test]
async fn every_step_without_a_registration_leads_to_the_first() {
    let cloud = TestCloud::start().await;
    let mut nobody = cloud.browser();

    assert_eq!(
        nobody.get("/register/finish").await.location(),
        Some("/register")
    );
    assert_eq!(
        nobody.post("/register/code", &[]).await.location(),
        Some("/register")
    );
    assert_eq!(
        nobody.finishes("1234", "ana", PASSWORD).await.location(),
        Some("/register")
    );
}
