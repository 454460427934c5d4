//! Ownership of recorders, and how many one account can have.

use crate::support::World;
use crate::support::gstreamer::GStreamer;
use crate::support::world::RECORDER_PASSWORD;

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_never_see_each_others_recorders() {
    let mut world = World::new().await;
    let camera = GStreamer::start().await;
    let shop = world.rtsp_recorder("Ball", &camera.url()).await;
    let ana = world.person("Ana").await;
    let ben = world.person("Ben").await;
    ana.has_account().await;
    ben.has_account().await;

    ana.adds(&world.recorder, "Home").await;
    ben.adds(&shop, "Shop").await;

    ana.goes_to("/live").await;
    ben.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ben.browser.sees_moving_pictures(1).await;
    ben.browser.sees_the_ball(0).await;
    for (person, foreign, serial) in [
        (&ana, "Shop", &shop.serial),
        (&ben, "Home", &world.recorder.serial),
    ] {
        for path in ["/live", "/devices"] {
            person.goes_to(path).await;
            let text = person.browser.text().await;
            assert!(
                !text.contains(foreign) && !text.contains(serial.as_str()),
                "{path} of {}:\n{text}",
                person.name
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_that_is_owned_cannot_be_added_again() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    let ben = world.person("Ben").await;
    ana.owns(&world.recorder).await;
    ben.has_account().await;

    ben.tries_to_add(&world.recorder, "Stolen").await;

    ben.browser
        .waits_until("the page says no", async || {
            ben.browser.text().await.contains("not")
        })
        .await;
    ben.goes_to("/devices").await;
    assert!(!ben.browser.text().await.contains("Stolen"));
    ana.goes_to("/devices").await;
    ana.browser.sees("Home").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_watches_three_recorders() {
    let mut world = World::new().await;
    let camera = GStreamer::start().await;
    let shop = world.rtsp_recorder("Ball", &camera.url()).await;
    let barn = world.simulated_recorder("Barn").await;
    let ana = world.person("Ana").await;

    ana.owns_all(&[(&world.recorder, "Home"), (&shop, "Shop"), (&barn, "Barn")])
        .await;

    for name in ["Home", "Shop", "Barn"] {
        ana.browser.sees(name).await;
    }
    for serial in [&world.recorder.serial, &shop.serial, &barn.serial] {
        ana.goes_to(&format!("/live?recorder={serial}")).await;
        ana.browser.sees_moving_pictures(1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_without_its_agent_is_shown_offline() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;
    ana.goes_to("/devices").await;
    ana.browser.sees("Online").await;

    world.agent(0).kill().await;

    ana.browser.sees("Offline").await;
    ana.browser.sees("Check power and internet").await;
    ana.goes_to("/devices").await;
    ana.browser.sees("Check power and internet").await;
    ana.goes_to("/live").await;
    ana.browser.sees("The device is offline").await;
    ana.browser.sees("Try again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_page_shows_the_recorders_certificate() {
    let mut world = World::new().await;
    let config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD).with_tls();
    let shop = world.recorder_with("Shop", config).await;
    let ana = world.person("Ana").await;
    ana.owns(&shop).await;

    ana.goes_to(&format!("/devices/{}", shop.serial)).await;

    ana.browser.sees("Certificate of the recorder").await;
    let shown = "return deep('.fingerprint').map((one) => one.innerText)";
    let shown = ana.browser.runs(shown, vec![]).await;
    let shown = shown[0].as_str().expect("a fingerprint").to_owned();
    assert_eq!(shown.split(':').count(), 32, "{shown}");
    assert_eq!(world.pinned_certificates(0), [shown]);
}
