//! From a simulated recorder to a viewer: real streams through the whole agent.

use peer::{Event, VideoCodec};
use serde_json::json;

use crate::link_support::{Cloud, start_link};
use crate::support::{Dvr, Folder};
use agent::port_mapping::PortMappings;

#[tokio::test]
async fn a_viewer_watches_four_cameras_of_a_recorder() {
    let dvr = Dvr::with_four_cameras().await;
    let side = dvr.watched();
    let cameras = side
        .cameras_when("four cameras", |list| {
            list.iter().filter(|camera| camera.is_online).count() >= 4
        })
        .await;
    let (cloud, folder) = (Cloud::new().await, Folder::new());
    let (_code, _stop) = start_link(&cloud, &folder, side.streams.clone(), PortMappings::off());
    let mut link = cloud.registered().await;
    let watch: Vec<_> = (0..4)
        .map(|n| json!({"slot": n, "camera": cameras[n].id, "stream": "sub"}))
        .collect();

    let mut viewer = link
        .viewer("s", json!({"peerview/slots": 4, "peerview/watch": watch}))
        .await;
    let mut n_frames = [0; 4];
    while n_frames.iter().any(|n| *n < 10) {
        let slot = viewer
            .until("a picture", |event| match event {
                Event::Frame(frame) if frame.codec == VideoCodec::H264 => Some(frame.slot),
                _ => None,
            })
            .await;
        n_frames[usize::from(slot)] += 1;
    }

    // The main stream is larger, and its parameter sets come with its first picture.
    let slot = viewer
        .ask(
            "watch",
            json!({"slot": 0, "camera": cameras[0].id, "stream": "main"}),
        )
        .await;
    assert_eq!(slot["result"]["state"], "waiting");
    let main = viewer
        .control("the main stream", |message| {
            message["method"] == "slot"
                && message["params"]["stream"] == "main"
                && message["params"]["state"] == "playing"
        })
        .await;
    assert!(main["params"]["width"].as_u64() > Some(0), "{main}");

    dvr.faults.set_camera_online(2, false);
    viewer.slot_is(1, "offline").await;
    dvr.faults.set_camera_online(2, true);
    viewer.slot_is(1, "playing").await;
}
