//! GStreamer's RTSP server instead of our own simulated recorder, as an independent implementation.

use crate::support::World;
use crate::support::gstreamer::GStreamer;

#[tokio::test(flavor = "multi_thread")]
async fn an_rtsp_source_plays_over_a_direct_path() {
    let mut world = World::new().await;
    let camera = GStreamer::start().await;
    let card = world.rtsp_recorder("Ball", &camera.url()).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;

    ana.goes_to("/live").await;

    ana.browser.sees_moving_pictures(1).await;
    ana.browser.sees_the_ball(0).await;
    ana.browser.sees("Direct").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_rtsp_source_plays_over_the_relay_only() {
    let mut world = World::new().await;
    let camera = GStreamer::start().await;
    let card = world.rtsp_recorder("Ball", &camera.url()).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;

    ana.goes_to("/live?path=relay").await;

    ana.browser.sees_moving_pictures(1).await;
    ana.browser.sees_the_ball(0).await;
    ana.browser.sees("Relayed").await;
    assert!(!ana.browser.text().await.contains("Direct"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_returns_with_the_recorder() {
    let mut world = World::new().await;
    let mut camera = GStreamer::start().await;
    let card = world.rtsp_recorder("Ball", &camera.url()).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(1).await;

    camera.dies().await;
    ana.browser.waits_until_pictures_stand_still().await;
    camera.comes_back().await;

    ana.browser.sees_moving_pictures(1).await;
    ana.browser.sees_the_ball(0).await;
}
