//! The token of a session: where it comes from, what it allows, and when it is invalid.

use std::collections::BTreeSet;

use crate::support::{PASSWORD, TestCloud};

#[tokio::test]
async fn asvs_7_2_1_a_changed_session_token_is_refused() {
    let cloud = TestCloud::start().await;
    let ana = cloud.person("ana").await;
    let token = ana.cookie("session").unwrap().to_owned();
    let changed = (0..token.len()).map(|index| {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    });
    let cut = [
        token[..42].to_owned(),
        format!("{token}A"),
        token.to_lowercase(),
        String::new(),
        cloud::accounts::session::token::hash(&token),
    ];
    for other in changed.chain(cut) {
        let mut thief = cloud.browser();
        thief.takes_cookie("session", &other);
        assert!(!thief.is_signed_in().await, "{other}");
    }
    assert!(ana.clone().is_signed_in().await);
}

#[tokio::test]
async fn asvs_7_2_2_every_log_in_makes_a_new_token() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut seen = BTreeSet::from([ana.cookie("session").unwrap().to_owned()]);
    for _ in 0..5 {
        ana.logs_in("ana", PASSWORD, false).await;
        assert!(seen.insert(ana.cookie("session").unwrap().to_owned()));
    }
}

#[tokio::test]
async fn asvs_7_2_3_tokens_have_256_bits_and_never_repeat() {
    let tokens: BTreeSet<String> = (0..100_000)
        .map(|_| cloud::random::Random.token())
        .collect();

    assert_eq!(tokens.len(), 100_000);
    assert!(tokens.iter().all(|token| token.len() == 43), "43 × 6 bits");
}

#[tokio::test]
async fn asvs_7_4_1_no_page_works_after_log_out() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut replayed = ana.clone();

    let out = ana.post("/logout", &[]).await;

    assert_eq!(
        out.header("clear-site-data"),
        Some("\"cache\", \"storage\"")
    );
    for row in crate::support::matrix::rows() {
        if row.is_for_everybody() || row.is_post() {
            continue;
        }
        let path = crate::support::matrix::fill(&row.path, "PV-0", "x");
        let page = row.send(&mut replayed, &path).await;
        let is_out = page.status == 401 || page.location() == Some("/login");
        assert!(is_out, "{row:?}: {}", page.status);
    }
}

#[tokio::test]
async fn asvs_14_3_1_log_out_clears_the_browsers_site_data() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    let out = ana.post("/logout", &[]).await;

    assert_eq!(
        out.header("clear-site-data"),
        Some("\"cache\", \"storage\"")
    );
    assert_eq!(ana.cookie("session"), None);
    let menu = cloud.person("ben").await.get("/menu").await.body;
    assert!(
        menu.contains("action=\"/logout\" data-clears-browser"),
        "the script clears too"
    );
}
