//! The rows of the other servers.

use serde_json::{Value, json};

use super::choice::{Name, Part};
use super::server::{self, Peer, Pull};
use super::whep_viewer::WhepViewer;
use super::{CAMERAS, COLD_RUNS, CROWD, Row, VIEWERS, VIEWERS_PER_CAMERA, WARM_RUNS, scripts};
use super::{
    age_of_pictures, camera_rows, clock_url, crowd_row, first_pictures, milliseconds, pause,
};
use super::{rings_url, viewer_rows};
use crate::support::browser::Browser;
use crate::support::gstreamer::GStreamer;
use crate::viewers::Cost;

pub(super) async fn measure(part: Part, name: Name, camera: &GStreamer) -> Vec<Row> {
    match part {
        Part::FirstPictures => pictures(name, camera).await,
        Part::Age => vec![age(name, camera).await],
        Part::Viewers => watched(name, camera).await,
        Part::Cameras => {
            let mut costs = Vec::new();
            for count in CAMERAS {
                let peer = Peer::start(name, &vec![rings_url(camera); count], Pull::Always).await;
                costs.push(Cost::of(peer.id()).await);
            }
            camera_rows(&costs)
        }
    }
}

async fn pictures(name: Name, camera: &GStreamer) -> Vec<Row> {
    let peer = Peer::start(name, &[rings_url(camera)], Pull::Always).await;
    let browser = Browser::open().await;
    let address = json!(peer.whep(0));
    goes_to(&browser, &peer.page).await;
    milliseconds(&browser, scripts::WHEP_CALL, &address).await;
    let (mut calls, mut pages) = (Vec::new(), Vec::new());
    for run in 0..WARM_RUNS {
        pause(run).await;
        calls.push(milliseconds(&browser, scripts::WHEP_CALL, &address).await);
    }
    for run in 0..WARM_RUNS {
        goes_to(&browser, "about:blank").await;
        pause(run).await;
        goes_to(&browser, &peer.page).await;
        pages.push(milliseconds(&browser, scripts::FIRST_PICTURE, &Value::Null).await);
    }
    drop(peer);
    let peer = Peer::start(name, &[rings_url(camera)], Pull::WhileWatched).await;
    let mut cold = Vec::new();
    for run in 0..COLD_RUNS {
        goes_to(&browser, "about:blank").await;
        pause(run).await;
        tokio::time::sleep(server::LETS_GO).await;
        goes_to(&browser, &peer.page).await;
        cold.push(milliseconds(&browser, scripts::FIRST_PICTURE, &Value::Null).await);
    }
    first_pictures(calls, pages, cold)
}

async fn age(name: Name, camera: &GStreamer) -> Row {
    let peer = Peer::start(name, &[clock_url(camera)], Pull::Always).await;
    let browser = Browser::open().await;
    goes_to(&browser, &peer.page).await;
    age_of_pictures(&browser).await
}

async fn watched(name: Name, camera: &GStreamer) -> Vec<Row> {
    let peer = Peer::start(name, &[rings_url(camera)], Pull::Always).await;
    let (mut viewers, mut costs) = (Vec::new(), Vec::new());
    for count in VIEWERS {
        watch(&peer, &mut viewers, count).await;
        costs.push(Cost::of(peer.id()).await);
    }
    drop((viewers, peer));

    let n_cameras = CROWD / VIEWERS_PER_CAMERA;
    let peer = Peer::start(name, &vec![rings_url(camera); n_cameras], Pull::Always).await;
    let mut viewers = Vec::new();
    watch(&peer, &mut viewers, CROWD).await;
    let mut rows = viewer_rows(&costs);
    rows.push(crowd_row(Cost::of(peer.id()).await));
    rows
}

/// Has so many viewers, each camera as many as one of our recorders takes.
async fn watch(peer: &Peer, viewers: &mut Vec<WhepViewer>, count: usize) {
    while viewers.len() < count {
        let whep = peer.whep(viewers.len() / VIEWERS_PER_CAMERA);
        viewers.push(WhepViewer::watch(&whep, server::own_address()).await);
    }
}

async fn goes_to(browser: &Browser, page: &str) {
    let went = browser.client().goto(page).await;
    went.expect("the page is served");
}
