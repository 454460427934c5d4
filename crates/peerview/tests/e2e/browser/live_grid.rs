//! The grid of Live view: many cameras, layouts and pages, and that a reload or another day shows the same again.

use serde_json::json;

use crate::support::World;
use crate::support::person::Person;
use crate::support::world::RECORDER_PASSWORD;

/// Ana with one recorder of so many cameras.
async fn ana_with(world: &mut World, n_cameras: usize) -> Person {
    let card = world.recorder_with("Shop", many_cameras(n_cameras)).await;
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&card).await;
    ana.browser.sees(&format!("{n_cameras} cameras")).await;
    ana
}

fn many_cameras(count: usize) -> simdvr::Config {
    let mut config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
    config.max_sessions = 64;
    config.empty_inputs = 0;
    for number in config.cameras.len() + 1..=count {
        let mut camera = config.cameras[2].clone();
        camera.name = format!("Aisle {number}");
        camera.clip = number;
        config.cameras.push(camera);
    }
    config
}

async fn says(ana: &Person, script: &str) -> serde_json::Value {
    ana.browser.runs(&format!("return {script}"), vec![]).await
}

async fn is_on_page(ana: &Person, page: &str) {
    ana.browser.sees(page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_pictures_are_shown_at_once() {
    let mut world = World::new().await;
    let ana = ana_with(&mut world, 18).await;
    ana.goes_to("/live").await;
    assert_eq!(says(&ana, "deep('live-tile').length").await, json!(4));

    ana.browser.presses("16 pictures").await;

    ana.browser.sees_moving_pictures(16).await;
    ana.browser.presses("Forward one page").await;
    ana.browser.sees_moving_pictures(2).await;
    // What left the screen is gone, with its video.
    assert_eq!(
        says(&ana, "deep('live-tile, video').length").await,
        json!(4)
    );
    assert_eq!(ana.browser.path().await, "/live?layout=16&page=2");
}

#[tokio::test(flavor = "multi_thread")]
async fn layout_and_page_survive_a_reload() {
    let mut world = World::new().await;
    let ana = ana_with(&mut world, 10).await;
    ana.goes_to("/live").await;
    ana.browser.presses("9 pictures").await;
    ana.browser.presses("Forward one page").await;
    is_on_page(&ana, "2 / 2").await;

    ana.browser.client().refresh().await.expect("a page");

    is_on_page(&ana, "2 / 2").await;
    ana.browser.sees_moving_pictures(1).await;
    assert_eq!(
        says(&ana, "deep('.tile__name')[0].innerText").await,
        json!("Home · Aisle 10")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enlarged_camera_survives_a_reload() {
    let world = World::new().await;
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&world.recorder).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
    ana.browser.enlarges(1).await;
    ana.browser
        .waits_until("one picture is shown", async || {
            ana.browser.videos().await.len() == 1
        })
        .await;

    ana.browser.client().refresh().await.expect("a page");

    ana.browser.sees_moving_pictures(1).await;
    assert_eq!(
        says(&ana, "deep('.tile__name').map((it) => it.innerText)").await,
        json!(["Home · Counter"])
    );
    ana.browser.client().back().await.expect("a page");
    ana.browser.sees_moving_pictures(4).await;
    assert_eq!(ana.browser.path().await, "/live");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_leads_back_to_the_last_view() {
    let mut world = World::new().await;
    let ana = ana_with(&mut world, 10).await;
    ana.goes_to("/live").await;
    ana.browser.presses("9 pictures").await;
    ana.browser.presses("Forward one page").await;
    is_on_page(&ana, "2 / 2").await;

    ana.goes_to("/devices").await;
    ana.goes_to("/live").await;

    is_on_page(&ana, "2 / 2").await;
    assert_eq!(ana.browser.path().await, "/live?layout=9&page=2");

    ana.goes_to("/configuration").await;
    let off = "const select = deep('#resume')[0]; select.value = 'off'; select.dispatchEvent(new Event('change'))";
    ana.browser.runs(off, vec![]).await;
    ana.goes_to("/live").await;
    is_on_page(&ana, "1 / 3").await;
    assert_eq!(ana.browser.path().await, "/live");
}
