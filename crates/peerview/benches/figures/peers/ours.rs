//! The same rows for Peerview: its own agent process, beside the demo's cloud.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::choice::Part;
use super::{CAMERAS, COLD_RUNS, CROWD, Row, VIEWERS, VIEWERS_PER_CAMERA, WARM_RUNS, scripts};
use super::{
    age_of_pictures, camera_rows, clock_url, crowd_row, first_pictures, milliseconds, pause,
};
use super::{rings_url, viewer_rows};
use crate::agents::settings;
use crate::first_picture;
use crate::native_viewer::NativeViewer;
use crate::support::World;
use crate::support::gstreamer::GStreamer;
use crate::support::world::{Card, cards};
use crate::viewers::{Cost, cookies};

/// The agent keeps a stream that is not warm for 10 s after its last viewer.
const LETS_GO: Duration = Duration::from_secs(12);

pub(super) async fn measure(part: Part, camera: &GStreamer) -> Vec<Row> {
    match part {
        Part::FirstPictures => pictures(camera).await,
        Part::Age => vec![age(camera).await],
        Part::Viewers => {
            let mut rows = watched(camera).await;
            rows.push(crowded(camera).await);
            rows
        }
        Part::Cameras => {
            let mut costs = Vec::new();
            for count in CAMERAS {
                costs.push(warm(camera, count).await);
            }
            camera_rows(&costs)
        }
    }
}

async fn pictures(camera: &GStreamer) -> Vec<Row> {
    let mut world = World::new().await;
    let card = world.rtsp_recorder("Rings", &rings_url(camera)).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    // The first call of all fills caches on both sides; it is not counted.
    first_picture::milliseconds(&ana, "/live").await;
    let mut pages = Vec::new();
    for run in 0..WARM_RUNS {
        pause(run).await;
        pages.push(first_picture::milliseconds(&ana, "/live").await);
    }
    ana.goes_to("/devices").await;
    let mut calls = Vec::new();
    for run in 0..WARM_RUNS {
        pause(run).await;
        let serial = json!(card.serial);
        calls.push(milliseconds(&ana.browser, scripts::OUR_CALL, &serial).await);
    }
    drop((ana, world));
    first_pictures(calls, pages, cold(camera).await)
}

async fn cold(camera: &GStreamer) -> Vec<f64> {
    let mut world = World::new().await;
    let (_settings, config) = settings("[agent]\nwarm_memory_bytes = 0\n");
    let flags = ["--rtsp".to_owned(), rings_url(camera)];
    let flags: Vec<String> = flags.into_iter().chain(config).collect();
    let card = world
        .starts_agent("Rings", &flags, CancellationToken::new())
        .await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    let mut cold = Vec::new();
    for run in 0..COLD_RUNS {
        ana.goes_to("/devices").await;
        pause(run).await;
        tokio::time::sleep(LETS_GO).await;
        cold.push(first_picture::milliseconds(&ana, "/live").await);
    }
    cold
}

async fn age(camera: &GStreamer) -> Row {
    let mut world = World::new().await;
    let card = world.rtsp_recorder("Clock", &clock_url(camera)).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    ana.goes_to("/live").await;
    age_of_pictures(&ana.browser).await
}

async fn watched(camera: &GStreamer) -> Vec<Row> {
    let mut world = World::new().await;
    let card = world.rtsp_recorder("Rings", &rings_url(camera)).await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    let cookie = cookies(&ana.browser).await;
    let (mut viewers, mut costs) = (Vec::new(), Vec::new());
    for count in VIEWERS {
        watch(&world, &cookie, &[&card], &mut viewers, count).await;
        costs.push(Cost::of(world.agent(0).id()).await);
    }
    viewer_rows(&costs)
}

/// As many as one agent serves with several recorders.
async fn crowded(camera: &GStreamer) -> Row {
    let mut world = World::new().await;
    let recorders = (0..CROWD / VIEWERS_PER_CAMERA).map(|n| {
        let url = rings_url(camera);
        format!("[[agent.recorders]]\nkind = \"rtsp\"\nid = \"rings{n}\"\nurl = \"{url}\"\n")
    });
    let (_settings, config) = settings(&recorders.collect::<String>());
    let stop = CancellationToken::new();
    world.starts_agent("Rings", &config, stop).await;
    let cards = cards(world.agent(0), CROWD / VIEWERS_PER_CAMERA).await;
    let ana = world.person("Ana").await;
    let named: Vec<(&Card, &str)> = cards.iter().map(|card| (card, "")).collect();
    ana.owns_all(&named).await;
    let cookie = cookies(&ana.browser).await;
    let mut viewers = Vec::new();
    let cards: Vec<&Card> = cards.iter().collect();
    watch(&world, &cookie, &cards, &mut viewers, CROWD).await;
    crowd_row(Cost::of(world.agent(0).id()).await)
}

/// Has so many viewers, each recorder as many as it takes.
async fn watch(
    world: &World,
    cookie: &str,
    cards: &[&Card],
    viewers: &mut Vec<NativeViewer>,
    count: usize,
) {
    while viewers.len() < count {
        let serial = &cards[viewers.len() / VIEWERS_PER_CAMERA].serial;
        viewers.push(NativeViewer::watch(&world.url, cookie, serial).await);
    }
}

async fn warm(camera: &GStreamer, count: usize) -> Cost {
    let mut world = World::new().await;
    let url = rings_url(camera);
    // Each is kept warm, whatever the default leaves room for.
    let (_settings, config) = settings("[agent]\nwarm_memory_bytes = 1000000000\n");
    let cameras = (0..count).flat_map(|_| ["--rtsp".to_owned(), url.clone()]);
    let flags: Vec<String> = cameras.chain(config).collect();
    world
        .starts_agent("Rings", &flags, CancellationToken::new())
        .await;
    Cost::of(world.agent(0).id()).await
}
