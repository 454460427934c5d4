//! "Make this camera viewable": what a person is told in advance, what changes on the recorder, and the
//! picture that plays afterwards.

use peer::{Event, VideoCodec};
use serde_json::{Value, json};
use simdvr::{ClipCodec, HttpFaults, SettingsFate};

use crate::link_support::Viewer;
use crate::requests::Site;
use crate::support::{Dvr, PASSWORD, USER};

/// Camera 1 sends only H.265+.
async fn h265_site() -> (Dvr, Site) {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    let camera = &mut config.cameras[0];
    camera.codec = ClipCodec::H265;
    camera.sub_codec = ClipCodec::H265;
    camera.is_smart = true;
    let dvr = Dvr::start(config).await;
    let site = Site::of(dvr.watched(), 4).await;
    site.has_streams("1", 2).await;
    (dvr, site)
}

fn watching() -> Value {
    json!({"peerview/watch": [{"slot": 0, "camera": "1", "stream": "sub"}]})
}

async fn agree(viewer: &mut Viewer) -> Value {
    let agreed = json!({"camera": "1", "isAgreed": true});
    viewer.ask("makeViewable", agreed).await
}

async fn plays_h264(viewer: &mut Viewer) {
    let slot = viewer.slot_is(0, "playing").await;
    assert_eq!(slot["params"]["codec"], "H264", "{slot}");
    viewer
        .until("a picture", |event| match event {
            Event::Frame(frame) if frame.codec == VideoCodec::H264 => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn a_camera_becomes_viewable_once_a_person_agrees() {
    let (dvr, mut site) = h265_site().await;
    let mut viewer = site.plain_viewer("s", watching(), &[]).await;
    let mut other = site.plain_viewer("t", watching(), &[]).await;
    viewer.slot_is(0, "unplayable").await;
    other.slot_is(0, "unplayable").await;

    let plan = viewer.ask("makeViewable", json!({"camera": "1"})).await;

    let plan = &plan["result"];
    assert_eq!(
        (&plan["stream"], &plan["isDone"]),
        (&json!("sub"), &json!(false)),
        "{plan}"
    );
    assert_eq!(
        (&plan["from"]["codec"], &plan["from"]["isSmart"]),
        (&json!("H265"), &json!(true))
    );
    assert_eq!(
        (&plan["to"]["codec"], &plan["to"]["isSmart"]),
        (&json!("H264"), &Value::Null)
    );
    assert_eq!(dvr.faults.stats().settings_changed, 0);

    let done = agree(&mut viewer).await;

    assert_eq!(done["result"]["isDone"], true, "{done}");
    assert_eq!(done["result"]["needsRestart"], false);
    plays_h264(&mut viewer).await;
    plays_h264(&mut other).await;
    // Once more there is nothing to do.
    let again = agree(&mut viewer).await;
    assert_eq!(again["result"]["from"], again["result"]["to"], "{again}");
    assert_eq!(dvr.faults.stats().settings_changed, 1);
}

#[tokio::test]
async fn a_recorder_that_refuses_the_h265_profile_gets_none() {
    let (dvr, mut site) = h265_site().await;
    dvr.faults.set_http_faults(HttpFaults {
        settings: SettingsFate::WithoutProfile,
        ..HttpFaults::default()
    });
    let mut viewer = site.plain_viewer("s", watching(), &[]).await;

    let done = agree(&mut viewer).await;

    assert_eq!(done["result"]["isDone"], true, "{done}");
    plays_h264(&mut viewer).await;
}

#[tokio::test]
async fn a_change_that_is_not_kept_is_no_success() {
    let (dvr, mut site) = h265_site().await;
    let mut viewer = site.plain_viewer("s", json!({}), &[]).await;
    for (settings, is_done) in [
        (SettingsFate::AfterRestart, Some(false)),
        (SettingsFate::Forgotten, None),
    ] {
        dvr.faults.set_http_faults(HttpFaults {
            settings,
            ..HttpFaults::default()
        });

        let said = agree(&mut viewer).await;

        match is_done {
            Some(is_done) => {
                assert_eq!(said["result"]["isDone"], is_done, "{said}");
                assert_eq!(said["result"]["needsRestart"], true);
            }
            None => assert_eq!(said["error"]["code"], 502, "{said}"),
        }
    }
    assert_eq!(dvr.faults.stats().settings_changed, 0);
}

#[tokio::test]
async fn only_people_with_the_settings_right_make_cameras_viewable() {
    let (dvr, mut site) = h265_site().await;
    let grants = json!([{"camera": "1", "rights": ["view", "ptz", "alarms"]}]);
    let who = json!({"peerview/viewer": {"name": "ben", "role": "guest", "grants": grants}});
    let mut ben = site.plain_viewer("s", who, &[]).await;

    let refused = agree(&mut ben).await;

    assert_eq!(refused["error"]["code"], 403, "{refused}");
    let may_look = ben.ask("streams", json!({"camera": "1"})).await;
    assert_eq!(may_look["result"]["mayChange"], false, "{may_look}");
    let mut ana = site.plain_viewer("t", json!({}), &[]).await;
    let own = ana.ask("streams", json!({"camera": "1"})).await;
    assert_eq!(own["result"]["mayChange"], true, "{own}");
    assert_eq!(dvr.faults.stats().settings_changed, 0);
}

#[tokio::test]
async fn a_missing_right_on_the_recorder_is_reported() {
    let (dvr, mut site) = h265_site().await;
    let mut viewer = site.plain_viewer("s", json!({}), &[]).await;
    let stream = "/ISAPI/Streaming/channels/102";
    dvr.faults.set_http_faults(HttpFaults {
        forbidden: vec![stream],
        ..HttpFaults::default()
    });

    let refused = agree(&mut viewer).await;

    assert_eq!(refused["error"]["code"], 502, "{refused}");
    let unknown = json!({"camera": "77", "isAgreed": true});
    let unknown = viewer.ask("makeViewable", unknown).await;
    assert_eq!(unknown["error"]["code"], 404, "{unknown}");
    let made = json!({"camera": "1", "stream": "transcoded"});
    let made = viewer.ask("makeViewable", made).await;
    assert_eq!(made["error"]["code"], 501, "{made}");
}

#[tokio::test]
async fn an_onvif_camera_becomes_viewable_over_either_media_service() {
    for has_media2 in [true, false] {
        let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
        config.onvif.has_media2 = has_media2;
        config.cameras[0].codec = ClipCodec::H265;
        config.cameras[0].sub_codec = ClipCodec::H265;
        let dvr = Dvr::start(config).await;
        let mut site = Site::of(crate::onvif::side(&dvr), 4).await;
        let mut viewer = site.plain_viewer("s", watching(), &[]).await;
        viewer.slot_is(0, "unplayable").await;
        let asked = json!({"camera": "1", "stream": "main"});

        let plan = viewer.ask("makeViewable", asked).await;

        let plan = &plan["result"];
        assert_eq!(
            (&plan["from"]["codec"], &plan["isDone"]),
            (&json!("H265"), &json!(false)),
            "{plan}"
        );
        assert_eq!(plan["to"]["codec"], "H264");
        assert_eq!(dvr.faults.stats().settings_changed, 0);
        let agreed = json!({"camera": "1", "stream": "main", "isAgreed": true});
        let done = viewer.ask("makeViewable", agreed).await;
        assert_eq!(done["result"]["isDone"], true, "{done}");
        plays_h264(&mut viewer).await;
        assert_eq!(dvr.faults.stats().settings_changed, 1);
    }
}
