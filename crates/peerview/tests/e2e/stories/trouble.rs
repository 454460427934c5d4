//! What a tile says when there is no picture, and that it comes back.

use simdvr::ClipCodec;

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_unplayable_camera_is_explained_beside_playing_ones() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    world.faults(0).set_camera_codec(1, ClipCodec::H265);
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&barn).await;

    ana.goes_to("/live").await;

    ana.browser.sees_moving_pictures(3).await;
    ana.browser
        .sees("This browser cannot play this camera’s video")
        .await;
    ana.browser.sees("Try again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unplugged_camera_is_reported_and_returns_by_itself() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&barn).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    world.faults(0).set_camera_online(2, false);
    ana.browser.sees("The camera is offline").await;
    ana.browser.sees("Try again").await;
    world.faults(0).set_camera_online(2, true);

    ana.browser.sees_moving_pictures(4).await;
    ana.browser.sees_no_still_above(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recorder_password_is_explained_on_the_page() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&barn).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    world.faults(0).set_password("changed on site");
    world.faults(0).drop_sessions();

    ana.browser.sees("The recorder refused its password").await;
    let stats = world.faults(0).stats();
    assert!(stats.failed_logins <= 2, "{} tries", stats.failed_logins);
}
