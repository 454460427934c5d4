//! A phone without a network.

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_a_network_shows_the_offline_page() {
    let mut world = World::new().await;
    let ana = world.person("Ana").await;
    ana.goes_to("/login").await;
    let is_kept = "navigator.serviceWorker.getRegistration() \
        .then((worker) => { window.isKept = worker?.active?.state === 'activated'; }); \
        return window.isKept === true;";
    ana.browser
        .waits_until("the page for a lost network is kept", async || {
            ana.browser.runs(is_kept, vec![]).await == true
        })
        .await;

    world.demo.kill().await;

    for path in ["/login", "/devices"] {
        ana.goes_to(path).await;
        ana.browser
            .sees("You have no connection to the cloud.")
            .await;
        assert!(ana.browser.shows("Try again").await);
    }
    assert_eq!(ana.browser.path().await, "/devices");
}
