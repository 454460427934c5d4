//! From a page that needs a person, through Login or Register, back to that page; and what a session that ended says.

use cloud::web::form_address;

use crate::support::matrix::rows;
use crate::support::{PASSWORD, TestCloud, wire};

#[tokio::test]
async fn logging_in_leads_to_the_requested_page_once() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;
    let page = format!("/live/{}/1?layout=9", wire::serial(1));
    let mut phone = cloud.browser();

    let asked = phone.get(&page).await;
    let logged_in = phone.logs_in("ana", PASSWORD, false).await;
    let again = phone.logs_in("ana", PASSWORD, false).await;

    assert_eq!((asked.status, asked.location()), (303, Some("/login")));
    let cookie = asked.set_cookie("requested").unwrap();
    assert!(cookie.contains("Max-Age=3600; ") || cookie.ends_with("Max-Age=3600"));
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    assert_eq!(logged_in.location(), Some(page.as_str()));
    assert_eq!(again.location(), Some("/devices"));
}

#[tokio::test]
async fn registering_and_second_steps_lead_to_the_requested_page() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.browser();

    ana.get("/devices/new").await;
    let login = ana.get("/login").await;
    ana.asks_for_a_code(&cloud.state, "ana@example.org").await;
    let code = cloud.code_for("ana@example.org").await;
    let registered = ana.finishes(&code, "ana", PASSWORD).await;
    let (_, app, _) = cloud.person_with_app("ben").await;
    let mut ben = cloud.browser();
    ben.get("/live").await;
    ben.logs_in("ben", PASSWORD, false).await;
    let stepped = ben.types_code(&app.code(&cloud, 1)).await;

    assert!(
        login.body.contains("the recorder that you scanned"),
        "{}",
        login.body
    );
    assert_eq!(registered.location(), Some("/devices/new?linked=1"));
    assert_eq!(stepped.location(), Some("/live"));
}

#[tokio::test]
async fn the_end_of_a_session_is_announced_once() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    let mut tablet = cloud.browser();
    tablet.logs_in("ana", PASSWORD, false).await;
    tablet.post("/account/sessions/end", &[]).await;

    let form = ana
        .post("/account/notices", &[("name", "nothing of this is lost")])
        .await;
    let told = ana.get("/login").await;
    let later = ana.get("/login").await;
    let back = ana.logs_in("ana", PASSWORD, false).await;

    assert_eq!(form.location(), Some("/login"));
    assert!(told.body.contains("You were logged out"), "{}", told.body);
    assert!(!later.body.contains("You were logged out"));
    assert_eq!(back.location(), Some("/account/notices"));
}

#[tokio::test]
async fn logging_out_forgets_the_requested_page() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;
    ana.takes_cookie("requested", "/live");

    ana.post("/logout", &[]).await;
    let login = ana.get("/login").await;
    let logged_in = ana.logs_in("ana", PASSWORD, false).await;

    assert!(!login.body.contains("You were logged out"));
    assert_eq!(logged_in.location(), Some("/devices"));
}

#[tokio::test]
async fn a_forged_requested_page_leads_to_the_devices() {
    let cloud = TestCloud::start().await;
    cloud.person("ana").await;

    for forged in ["//evil.example", "https://evil.example/live", "/login", ""] {
        let mut browser = cloud.browser();
        browser.takes_cookie("requested", forged);

        let page = browser.logs_in("ana", PASSWORD, false).await;

        assert_eq!(page.location(), Some("/devices"), "{forged}");
    }
}

#[tokio::test]
async fn a_page_that_answers_a_form_names_its_address() {
    let cloud = TestCloud::start().await;
    let mut ana = cloud.person("ana").await;

    let shown = ana.get("/devices/new").await;
    let answered = ana.post("/devices", &[("serial", "x")]).await;

    assert!(!shown.body.contains("data-form"));
    assert!(answered.body.contains(r#"data-form="/devices/new""#));
}

#[test]
fn every_form_belongs_to_a_page() {
    let rows = rows();
    let pages: Vec<&str> = rows
        .iter()
        .filter(|row| !row.is_post())
        .map(|row| row.path.as_str())
        .collect();
    // Only scripts send to these.
    let is_form = |path: &str| {
        !path.ends_with("/options") && !["/renewal", "/live/arrangement"].contains(&path)
    };

    for row in rows
        .iter()
        .filter(|row| row.is_post() && is_form(&row.path))
    {
        let page = form_address::of(&row.path);
        assert!(pages.contains(&page.as_str()), "{page} of {}", row.path);
    }
}
