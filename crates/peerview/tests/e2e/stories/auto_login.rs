//! Auto-login: what survives when the browser is closed and opened again.

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn auto_login_survives_a_browser_restart() {
    let world = World::new().await;
    let mut ana = world.person("Ana").await;
    ana.has_account().await;
    ana.logs_out().await;
    ana.logs_in(true).await;
    ana.browser.waits_until_written("browser").await;

    ana.browser.restarts().await;

    assert!(ana.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_auto_login_the_session_ends_with_the_browser() {
    let world = World::new().await;
    let mut ana = world.person("Ana").await;
    ana.has_account().await;
    ana.logs_out().await;
    ana.logs_in(false).await;
    assert!(ana.is_signed_in().await);

    ana.browser.restarts().await;

    assert!(!ana.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_after_log_out_shows_nothing() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;

    ana.logs_out().await;

    assert!(!ana.is_signed_in().await);
    assert!(!ana.browser.text().await.contains("Home"));
}
