//! A viewer without a browser: controls a camera and talks, through the cloud and the agent to the recorder.

use serde_json::json;
use simdvr::{DvrStats, Faults};

use crate::support::World;
use crate::support::pageless_viewer::PagelessViewer;
use crate::support::process::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_without_pages_turns_a_camera_and_talks() {
    let mut world = World::new().await;
    let card = world.simulated_recorder("Shop").await;
    let ana = world.person("Ana").await;
    ana.owns(&card).await;
    let dvr = world.faults(0);
    let mut viewer = PagelessViewer::calls(&ana, &card.serial).await;

    let can = viewer.gets("capabilities", json!({"camera": "4"})).await;
    assert_eq!(can["panTilt"], true, "{can}");
    let saves = json!({"camera": "4", "do": "save", "preset": 3, "name": "Gate"});
    viewer.gets("ptz", saves).await;
    let turns = json!({"camera": "4", "do": "move", "pan": 100, "tilt": 50, "ms": 1000});
    viewer.gets("ptz", turns).await;
    until(|| !dvr.is_moving(4)).await;
    let at = dvr.ptz(4).expect("it can be steered");
    // A second at full speed is a quarter turn.
    assert_eq!((at.pan, at.tilt), (900, 450), "{at:?}");
    let returns = json!({"camera": "4", "do": "goto", "preset": 3});
    viewer.gets("ptz", returns).await;
    until(|| dvr.ptz(4).is_some_and(|at| (at.pan, at.tilt) == (0, 0))).await;
    let moves = json!({"camera": "1", "do": "move", "pan": 5});
    let refused = viewer.asks("ptz", moves).await;
    assert_eq!(refused["error"]["code"], 501, "{refused}");

    let voice = viewer.speaks();
    viewer.gets("talk", json!({"camera": "1"})).await;
    hears(dvr, |stats| stats.loud_talk_samples >= 800).await;
    viewer.gets("talk", json!({"camera": "2"})).await;
    hears(dvr, |stats| stats.is_talk_line_open).await;
    let before = dvr.stats().loud_talk_samples;
    hears(dvr, |stats| stats.loud_talk_samples >= before + 800).await;

    // The call ends without a word, and the recorder is told.
    drop((voice, viewer));
    hears(dvr, |stats| !stats.is_talk_line_open).await;
}

async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    let so = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(so.is_ok(), "the camera does not do what was asked");
}

async fn hears(dvr: &Faults, is_so: impl FnMut(&DvrStats) -> bool) {
    let heard = tokio::time::timeout(PATIENCE, dvr.wait_for(is_so)).await;
    assert!(heard.is_ok(), "what the recorder hears: {:?}", dvr.stats());
}
