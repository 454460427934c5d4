//! The same rows for Peerview: an agent of its own process, beside the demo's cloud.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{CAMERAS, COLD_RUNS, Row, VIEWERS, WARM_RUNS};
use super::{age_of_pictures, cameras, clock_url, first_pictures, milliseconds, scripts, viewers};
use crate::first_picture;
use crate::native_viewer::NativeViewer;
use crate::support::World;
use crate::support::folder::Folder;
use crate::support::gstreamer::GStreamer;
use crate::viewers::{Cost, cookies};

/// The agent keeps a stream that is not warm for 10 s after its last viewer.
const LETS_GO: Duration = Duration::from_secs(12);

pub(super) async fn measure(camera: &GStreamer) -> Vec<Row> {
    let mut rows = pictures(camera).await;
    rows.push(age(camera).await);
    rows.extend(watched(camera).await);
    for count in CAMERAS {
        let mut world = World::new().await;
        let url = camera.url();
        let flags = (0..count).flat_map(|_| ["--rtsp".to_owned(), url.clone()]);
        let flags: Vec<String> = flags.collect();
        world
            .starts_agent("Balls", &flags, CancellationToken::new())
            .await;
        rows.push(cameras(count, Cost::of(world.agent(0).id()).await));
    }
    rows
}

async fn pictures(camera: &GStreamer) -> Vec<Row> {
    let mut world = World::new().await;
    let card = world.rtsp_recorder("Ball", &camera.url()).await;
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&card).await;
    // The first call of all fills caches on both sides; it is not counted.
    first_picture::milliseconds(&ana, "/live").await;
    let mut pages = Vec::new();
    for _ in 0..WARM_RUNS {
        pages.push(first_picture::milliseconds(&ana, "/live").await);
    }
    ana.goes_to("/devices").await;
    let mut calls = Vec::new();
    for _ in 0..WARM_RUNS {
        let serial = json!(card.serial);
        calls.push(milliseconds(&ana.browser, scripts::OUR_CALL, &serial).await);
    }
    drop((ana, world));

    let mut world = World::new().await;
    let settings = Folder::new("settings");
    let file = settings.path().join("agent.toml");
    std::fs::write(&file, "[agent]\nwarm_memory_bytes = 0\n").expect("the folder is writable");
    let flags = [
        "--rtsp",
        &camera.url(),
        "--config",
        &file.display().to_string(),
    ]
    .map(str::to_owned);
    let card = world
        .starts_agent("Ball", &flags, CancellationToken::new())
        .await;
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&card).await;
    let mut cold = Vec::new();
    for _ in 0..COLD_RUNS {
        ana.goes_to("/devices").await;
        tokio::time::sleep(LETS_GO).await;
        cold.push(first_picture::milliseconds(&ana, "/live").await);
    }
    first_pictures(calls, pages, cold)
}

async fn age(camera: &GStreamer) -> Row {
    let mut world = World::new().await;
    let card = world.rtsp_recorder("Clock", &clock_url(camera)).await;
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&card).await;
    ana.goes_to("/live").await;
    age_of_pictures(&ana.browser).await
}

async fn watched(camera: &GStreamer) -> Vec<Row> {
    let mut world = World::new().await;
    let card = world.rtsp_recorder("Ball", &camera.url()).await;
    let ana = world.person("Ana").await;
    ana.registers_and_adds(&card).await;
    let cookie = cookies(&ana.browser).await;
    let mut rows = Vec::new();
    let mut watching: Vec<NativeViewer> = Vec::new();
    for count in VIEWERS {
        while watching.len() < count {
            watching.push(NativeViewer::watch(&world.url, &cookie, &card.serial).await);
        }
        rows.push(viewers(count, Cost::of(world.agent(0).id()).await));
    }
    rows
}
