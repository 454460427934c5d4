//! The streams of a camera, and which of them a viewer gets: from a simulated recorder to viewers that
//! show H.265 or not.

use peer::{Event, VideoCodec};
use proto::video::H265_DECODER;
use serde_json::{Value, json};
use simdvr::ClipCodec;

use crate::link_support::Viewer;
use crate::requests::Site;
use crate::support::{Dvr, PASSWORD, Side, USER};

/// Camera 1 sends only H.265, and the recorder makes other streams of it.
async fn site(third: Option<ClipCodec>, transcoded: Option<ClipCodec>) -> (Dvr, Site) {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    let camera = &mut config.cameras[0];
    camera.codec = ClipCodec::H265;
    camera.sub_codec = ClipCodec::H265;
    camera.third = third;
    camera.transcoded = transcoded;
    let dvr = Dvr::start(config).await;
    let site = Site::of(dvr.watched(), 4).await;
    // A recorder is asked for what it re-encodes only where no other stream helps.
    let n_more = usize::from(third.is_some() || transcoded.is_some());
    site.has_streams("1", 2 + n_more).await;
    (dvr, site)
}

fn watching(stream: &str) -> Value {
    json!({"peerview/watch": [{"slot": 0, "camera": "1", "stream": stream}]})
}

async fn sees_h264(viewer: &mut Viewer) {
    viewer
        .until("a picture", |event| match event {
            Event::Frame(frame) if frame.codec == VideoCodec::H264 => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn a_viewer_without_h265_gets_what_the_recorder_makes() {
    for (third, transcoded, expected) in [
        (None, Some(ClipCodec::H264), "transcoded"),
        (Some(ClipCodec::H264), Some(ClipCodec::H264), "third"),
    ] {
        let (_dvr, mut site) = site(third, transcoded).await;
        for stream in ["sub", "main"] {
            let mut viewer = site.plain_viewer(stream, watching(stream), &[]).await;

            let slot = viewer.slot_is(0, "playing").await;

            let told = &slot["params"];
            assert_eq!(
                (&told["stream"], &told["sent"]),
                (&json!(stream), &json!(expected))
            );
            assert_eq!(
                (&told["codec"], &told["width"]),
                (&json!("H264"), &json!(640))
            );
            sees_h264(&mut viewer).await;
        }
    }
}

#[tokio::test]
async fn a_viewer_who_decodes_h265_gets_it() {
    let (_dvr, mut site) = site(None, None).await;
    let mut viewer = site
        .plain_viewer("s", watching("sub"), &[H265_DECODER])
        .await;

    let slot = viewer.slot_is(0, "playing").await;

    assert_eq!(slot["params"]["codec"], "H265", "{slot}");
    assert_eq!(slot["params"]["sent"], Value::Null);
}

#[tokio::test]
async fn a_camera_lists_its_streams_as_the_viewer_gets_them() {
    let (_dvr, mut site) = site(None, Some(ClipCodec::H264)).await;
    let mut viewer = site.plain_viewer("s", json!({}), &[]).await;

    let list = viewer.ask("streams", json!({"camera": "1"})).await;

    let list = &list["result"];
    let names: Vec<_> = list["streams"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| (it["stream"].clone(), it["codec"].clone(), it["way"].clone()))
        .collect();
    let expected = [
        (json!("main"), json!("H265"), Value::Null),
        (json!("sub"), json!("H265"), Value::Null),
        (json!("transcoded"), json!("H264"), json!("h264")),
    ];
    assert_eq!(names, expected, "{list}");
    assert_eq!(list["sub"], json!({"stream": "transcoded", "rung": "h264"}));
    let sub = &list["streams"][1];
    assert_eq!((&sub["width"], &sub["height"]), (&json!(640), &json!(360)));
    assert_eq!(
        (&sub["pictureRate"], &sub["sound"]),
        (&json!(15.0), &json!("G.711ulaw"))
    );
    let absent = viewer.ask("streams", json!({"camera": "77"})).await;
    assert_eq!(absent["error"]["code"], 404, "{absent}");
}

#[tokio::test]
async fn a_stream_of_unknown_codec_is_tried_first() {
    // By address nobody says the codec before.
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.cameras[0].sub_codec = ClipCodec::H265;
    let dvr = Dvr::start(config).await;
    let at = |number| {
        format!(
            "rtsp://{USER}:{PASSWORD}@{}/Streaming/Channels/{number}",
            dvr.rtsp
        )
    };
    let cameras = format!(
        "cameras = [{{ name = \"Door\", main = \"{}\", sub = \"{}\" }}]",
        at(101),
        at(102)
    );
    let mut site = Site::of(Side::from_text(&cameras), 1).await;
    let mut viewer = site.plain_viewer("s", watching("sub"), &[]).await;

    let slot = viewer.slot_is(0, "playing").await;

    assert_eq!(slot["params"]["sent"], "main", "{slot}");
    assert_eq!(slot["params"]["width"], 1280);
    sees_h264(&mut viewer).await;
}

#[tokio::test]
async fn every_profile_of_an_onvif_device_is_a_stream() {
    let mut config = simdvr::Config::four_cameras(USER, PASSWORD);
    config.onvif.has_media2 = true;
    config.cameras[0].sub_codec = ClipCodec::H265;
    config.cameras[0].third = Some(ClipCodec::Jpeg);
    let dvr = Dvr::start(config).await;
    let mut site = Site::of(crate::onvif::side(&dvr), 4).await;
    let mut viewer = site.plain_viewer("s", json!({}), &[]).await;

    let list = viewer.ask("streams", json!({"camera": "1"})).await;

    let streams = list["result"]["streams"].as_array().expect("a list");
    let names: Vec<_> = streams
        .iter()
        .map(|it| (&it["stream"], &it["codec"]))
        .collect();
    let expected = [
        (&json!("main"), &json!("H264")),
        (&json!("sub"), &json!("H265")),
        (&json!("other-3"), &json!("JPEG")),
    ];
    assert_eq!(names, expected, "{list}");
}
