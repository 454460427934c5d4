//! What a tile says when there is no picture, and that the picture returns.

use simdvr::{CameraFault, ClipCodec};

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_h265_camera_plays_where_the_browser_has_no_decoder() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    world.faults(0).set_camera_codec(1, ClipCodec::H265);
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;

    ana.goes_to("/live").await;

    ana.browser.sees_a_drawn_picture_move().await;
    ana.browser.sees_moving_pictures(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_mjpeg_camera_plays_beside_the_others() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    world.faults(0).set_camera_codec(1, ClipCodec::Jpeg);
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;

    ana.goes_to("/live").await;
    ana.browser.sees_a_drawn_picture_move().await;
    ana.browser.sees_moving_pictures(3).await;

    ana.browser.enlarges_the_drawn_picture().await;
    ana.browser.sees_a_drawn_picture_move().await;
    world.faults(0).set_camera_codec(1, ClipCodec::H264);
    ana.browser.sees_moving_pictures(1).await;
    ana.browser.sees_no_still_above(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unplugged_camera_is_reported_and_returns_by_itself() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    // Also in the smallest tiles.
    ana.browser.presses("9 pictures").await;
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
    ana.owns(&barn).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    world.faults(0).set_password("changed on site");
    world.faults(0).drop_sessions();

    let words =
        "The recorder refused the user name or password. Correct them in the agent’s settings";
    ana.browser.sees(words).await;
    let device = format!("/devices/{}", barn.serial);
    for path in ["/devices", &device] {
        ana.goes_to(path).await;
        ana.browser.sees("Connected, no picture").await;
        ana.browser.sees(words).await;
    }
    let stats = world.faults(0).stats();
    assert!(stats.failed_logins <= 2, "{} tries", stats.failed_logins);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_tile_explains_a_missing_picture() {
    let mut world = World::new().await;
    let barn = world.simulated_recorder("Barn").await;
    let ana = world.person("Ana").await;
    ana.owns(&barn).await;
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;

    let faults = world.faults(0);
    faults.set_camera_fault(1, Some(CameraFault::Mpeg4));
    faults.set_camera_fault(2, Some(CameraFault::Refused(453)));
    faults.set_camera_fault(3, Some(CameraFault::NoKeyFrames));
    faults.set_camera_online(4, false);
    let words = [
        "The camera sends MP4V-ES video, which cannot be shown. Set its stream to H.264.",
        "All streams of the recorder are in use. Close another viewer",
        "Waiting for the camera’s next key frame.",
        "The camera is offline. Check its cable and power.",
    ];
    for expected in words {
        ana.browser.sees(expected).await;
    }
    ana.goes_to(&format!("/devices/{}", barn.serial)).await;
    // A session that nobody wants is not missing.
    for expected in [words[0], words[2], words[3]] {
        ana.browser.sees(expected).await;
    }

    for camera in 1..=3 {
        faults.set_camera_fault(camera, None);
    }
    faults.set_camera_online(4, true);
    ana.goes_to("/live").await;
    ana.browser.sees_moving_pictures(4).await;
}
