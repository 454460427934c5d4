//! Image settings of cameras and outputs of recorders, over ISAPI and ONVIF, asked by a viewer.

use serde_json::{Value, json};
use simdvr::OnvifSide;

use crate::link_support::Viewer;
use crate::onvif;
use crate::requests::{Site, snapshot};
use crate::support::{Dvr, PASSWORD, Side, USER, soon};

async fn recorder(change: impl FnOnce(&mut simdvr::Config)) -> (Dvr, Site) {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    change(&mut config);
    let dvr = Dvr::start(config).await;
    let site = Site::of(dvr.watched(), 4).await;
    (dvr, site)
}

async fn onvif_recorder() -> (Dvr, Site) {
    let dvr = onvif::device(OnvifSide::default()).await;
    let site = Site::of(onvif::side(&dvr), 4).await;
    (dvr, site)
}

fn settings(brightness: u32, day_night: &str, wdr: bool, flips: &[&str]) -> Value {
    let mut settings = json!({"brightness": brightness, "contrast": 50, "saturation": 50,
        "sharpness": 50, "dayNight": day_night, "dayNightModes": ["auto", "day", "night"],
        "wdr": wdr});
    if !flips.is_empty() {
        settings["flip"] = json!("none");
        settings["flipModes"] = json!(flips);
    }
    settings
}

/// Reads and changes the image settings of camera 2.
async fn changes_the_image(dvr: &Dvr, viewer: &mut Viewer, flips: &[&str]) {
    let settings = |brightness, mode, wdr| settings(brightness, mode, wdr, flips);
    let before = viewer.ask("image", json!({"camera": "2"})).await;
    assert_eq!(before["result"], settings(50, "auto", false), "{before}");

    let day = snapshot(viewer, "2").await;

    let change = json!({"camera": "2", "brightness": 80, "dayNight": "night", "wdr": true});
    let changed = viewer.ask("setImage", change).await;

    assert_eq!(changed["result"], settings(80, "night", true), "{changed}");
    let image = dvr.faults.image(2).expect("camera 2");
    assert_eq!(
        (image.brightness, image.day_night.as_str(), image.wdr),
        (204, "night", true)
    );
    assert_eq!((image.contrast, image.sharpness), (50, 50));
    let night = snapshot(viewer, "2").await;
    assert!(day != night, "a change is seen");
    let other = viewer.ask("image", json!({"camera": "1"})).await;
    assert_eq!(other["result"], settings(50, "auto", false), "{other}");
}

#[tokio::test]
async fn image_settings_of_a_recorder_are_changed() {
    for takes_whole_image in [true, false] {
        let (dvr, mut site) = recorder(|config| config.takes_whole_image = takes_whole_image).await;
        let mut viewer = site.viewer("s", json!({})).await;

        changes_the_image(&dvr, &mut viewer, &["none", "leftRight"]).await;

        // Whole, or color, ircutFilter and WDR.
        let n_orders = if takes_whole_image { 1 } else { 3 };
        assert_eq!(dvr.faults.stats().image_orders, n_orders);
    }
}

#[tokio::test]
async fn a_picture_is_mirrored_and_back() {
    for takes_whole_image in [true, false] {
        let (dvr, mut site) = recorder(|config| config.takes_whole_image = takes_whole_image).await;
        let mut viewer = site.viewer("s", json!({})).await;
        let before = snapshot(&mut viewer, "2").await;

        for (flip, is_mirrored) in [("leftRight", true), ("none", false), ("leftRight", true)] {
            let change = json!({"camera": "2", "flip": flip});
            let changed = viewer.ask("setImage", change).await;
            assert_eq!(changed["result"]["flip"], flip, "{changed}");
            let image = dvr.faults.image(2).expect("camera 2");
            assert_eq!((image.is_mirrored, image.contrast), (is_mirrored, 50));
            let shown = snapshot(&mut viewer, "2").await;
            assert_eq!(shown == before, !is_mirrored);
        }

        let refused = json!({"camera": "2", "flip": "upDown"});
        let refused = viewer.ask("setImage", refused).await;
        assert_eq!(refused["error"]["code"], 501, "{refused}");
    }
}

#[tokio::test]
async fn image_settings_of_an_onvif_camera_are_changed() {
    let (dvr, mut site) = onvif_recorder().await;
    let mut viewer = site.viewer("s", json!({})).await;

    changes_the_image(&dvr, &mut viewer, &[]).await;

    let can = viewer.ask("capabilities", json!({"camera": "2"})).await;
    let can = &can["result"];
    let told = (&can["image"], &can["outputs"], &can["events"]);
    assert_eq!(told, (&json!(true), &json!(2), &json!(true)), "{can}");
}

#[tokio::test]
async fn invalid_changes_never_reach_the_recorder() {
    let (dvr, mut site) = recorder(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;

    for (method, params, code) in [
        (
            "setImage",
            json!({"camera": "2", "brightness": 101}),
            -32602,
        ),
        (
            "setImage",
            json!({"camera": "2", "dayNight": "dusk"}),
            -32602,
        ),
        ("setImage", json!({"camera": "2"}), -32602),
        ("setImage", json!({"camera": "2", "dayNight": "other"}), 501),
        ("setImage", json!({"camera": "9", "wdr": true}), 404),
        ("image", json!({}), -32602),
        (
            "setOutput",
            json!({"output": "1", "do": "pulse", "ms": 10_001}),
            -32602,
        ),
        ("setOutput", json!({"output": "1"}), -32602),
        ("setOutput", json!({"output": "../1", "do": "on"}), 404),
        ("setOutput", json!({"output": "3", "do": "on"}), 501),
    ] {
        let refused = viewer.ask(method, params.clone()).await;
        assert_eq!(
            refused["error"]["code"], code,
            "{method} {params} {refused}"
        );
    }
    let stats = dvr.faults.stats();
    assert_eq!((stats.image_orders, stats.output_orders), (0, 0));
}

#[tokio::test]
async fn outputs_are_listed_and_switched() {
    let (dvr, mut site) = recorder(|_| {}).await;
    let mut viewer = site.viewer("s", json!({})).await;
    let list = |first: bool| {
        json!({"outputs": [{"id": "1", "name": "Output 1", "isOn": first},
            {"id": "2", "name": "Output 2", "isOn": false}]})
    };

    let told = viewer.ask("outputs", json!({})).await;
    assert_eq!(told["result"], list(false), "{told}");
    let done = viewer
        .ask("setOutput", json!({"output": "1", "do": "on"}))
        .await;
    assert_eq!(done["result"], json!({}), "{done}");
    assert_eq!(dvr.faults.outputs(), [true, false]);
    let told = viewer.ask("outputs", json!({})).await;
    assert_eq!(told["result"], list(true), "{told}");
    viewer
        .ask("setOutput", json!({"output": "1", "do": "off"}))
        .await;

    assert_eq!(dvr.faults.outputs(), [false, false]);
}

#[tokio::test]
async fn a_pulse_ends_by_itself() {
    let (hikvision, onvif) = (recorder(|_| {}).await, onvif_recorder().await);
    for ((dvr, mut site), output) in [(hikvision, "2"), (onvif, "Relay_2")] {
        let mut viewer = site.viewer("s", json!({})).await;

        let pulse = json!({"output": output, "do": "pulse", "ms": 300});
        let done = viewer.ask("setOutput", pulse).await;

        assert_eq!(done["result"], json!({}), "{done}");
        let stats = soon(
            "the end",
            dvr.faults.wait_for(|stats| stats.output_orders >= 2),
        )
        .await;
        assert_eq!(stats.output_orders, 2);
        assert_eq!(dvr.faults.outputs(), [false, false]);
    }
}

#[tokio::test]
async fn relays_of_an_onvif_device_are_switched() {
    let (dvr, mut site) = onvif_recorder().await;
    let mut viewer = site.viewer("s", json!({})).await;

    let told = viewer.ask("outputs", json!({})).await;
    let done = viewer
        .ask("setOutput", json!({"output": "Relay_1", "do": "on"}))
        .await;
    let unknown = viewer
        .ask("setOutput", json!({"output": "<x>", "do": "on"}))
        .await;

    let relay = json!({"id": "Relay_1", "name": "Relay_1", "isOn": null});
    assert_eq!(told["result"]["outputs"][0], relay, "{told}");
    assert_eq!(done["result"], json!({}), "{done}");
    assert_eq!(unknown["error"]["code"], 502, "{unknown}");
    assert_eq!(dvr.faults.outputs(), [true, false]);
}

#[tokio::test]
async fn settings_and_outputs_need_their_rights() {
    let (dvr, mut site) = recorder(|_| {}).await;
    let grants = json!([{"camera": "1", "rights": ["view", "settings", "alarms"]}]);
    let who = json!({"peerview/viewer": {"name": "ben", "role": "guest", "grants": grants}});
    let mut ben = site.viewer("s", who).await;

    let change = json!({"camera": "1", "contrast": 60});
    let done = ben.ask("setImage", change).await;
    assert_eq!(done["result"]["contrast"], 60, "{done}");
    for (method, params) in [
        ("image", json!({"camera": "2"})),
        ("setImage", json!({"camera": "2", "contrast": 60})),
        ("outputs", json!({})),
        ("outputs", json!({"camera": "1"})),
        (
            "setOutput",
            json!({"output": "1", "do": "on", "camera": "1"}),
        ),
    ] {
        let refused = ben.ask(method, params.clone()).await;
        assert_eq!(refused["error"]["code"], 403, "{method} {params} {refused}");
    }
    assert_eq!(dvr.faults.outputs(), [false, false]);
}

#[tokio::test]
async fn an_rtsp_address_has_neither_settings_nor_outputs() {
    let dvr = Dvr::with_four_cameras().await;
    let url = format!(
        "url = \"rtsp://{USER}:{PASSWORD}@{}/Streaming/Channels/101\"",
        dvr.rtsp
    );
    let mut site = Site::of(Side::from_text(&url), 1).await;
    let mut viewer = site.viewer("s", json!({})).await;

    for (method, params) in [
        ("image", json!({"camera": "1"})),
        ("setImage", json!({"camera": "1", "wdr": true})),
        ("outputs", json!({})),
        ("setOutput", json!({"output": "1", "do": "on"})),
    ] {
        let refused = viewer.ask(method, params).await;
        assert_eq!(refused["error"]["code"], 501, "{method} {refused}");
    }
}
