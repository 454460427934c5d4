//! From an empty machine to a live picture: the steps of every new user.

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_registers_and_watches_the_demo_recorder() {
    let world = World::new().await;
    let ana = world.person("Ana").await;

    ana.registers().await;
    ana.adds(&world.recorder, "Home").await;
    ana.browser.sees("4 cameras").await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    for index in 0..4 {
        ana.browser.sees_a_real_picture(index).await;
    }
    ana.browser.sees("Direct").await;
    ana.browser.sees("Entrance").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_picture_covers_its_own_poster() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    ana.browser.keeps_a_poster(1).await;

    ana.browser.sees_a_real_picture(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enlarged_camera_shows_its_main_stream() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    let small = ana.browser.videos().await[0].width;

    ana.browser.enlarges(0).await;

    ana.browser
        .waits_until(
            "one picture is shown, larger than in the grid",
            async || {
                let videos = ana.browser.videos().await;
                videos.len() == 1 && videos[0].width > small
            },
        )
        .await;
    ana.browser.sees_moving_pictures(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choosing_four_pictures_leaves_the_enlarged_camera() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.owns(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.enlarges(0).await;
    ana.browser
        .waits_until("one picture is shown", async || {
            ana.browser.videos().await.len() == 1
        })
        .await;

    ana.browser.presses("4 pictures").await;

    ana.browser.sees_moving_pictures(4).await;
    assert_eq!(ana.browser.path().await, "/live");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_claim_link_fills_in_serial_and_code() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.has_account().await;

    ana.browser.goes_to(&world.recorder.claim_link).await;

    ana.browser
        .waits_until("serial number and code are filled in", async || {
            ana.browser.value("Serial number").await == world.recorder.serial
                && ana.browser.value("Verification code (6 letters)").await == world.recorder.code
        })
        .await;
    assert!(
        !ana.browser.path().await.contains(&world.recorder.code),
        "the code is in the address"
    );
}
