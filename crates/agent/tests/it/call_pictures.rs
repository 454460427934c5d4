//! Pictures that go over a data channel: from a simulated recorder to a viewer that says what it decodes.

use agent::addresses::AddressPoll;
use agent::config::RecorderConfig;
use agent::port_mapping::PortMappings;
use peer::{DataMessage, Event};
use proto::video::{
    AssembledPicture, Assembler, Assembly, H264_DECODER, H265_DECODER, JPEG_DECODER, PictureCodec,
    STILL_VIEWER,
};
use serde_json::json;
use simdvr::{CameraFault, ClipCodec};

use crate::link_support::{Cloud, Viewer, start_link, start_link_to};
use crate::support::{Dvr, Folder, Side};

#[tokio::test]
async fn an_mjpeg_cameras_pictures_arrive_whole() {
    let (first, rest) = pictures(ClipCodec::Jpeg, &[JPEG_DECODER], 10).await;

    assert_eq!(first.header.codec, PictureCodec::Jpeg);
    for picture in [&first].into_iter().chain(&rest) {
        let (start, end) = ([0xff, 0xd8], [0xff, 0xd9]);
        assert!(picture.data.starts_with(&start) && picture.data.ends_with(&end));
    }
    // Five pictures a second.
    let times: Vec<u64> = rest.iter().map(|picture| picture.header.time).collect();
    assert!(times.is_sorted_by(|a, b| b - a == 18_000), "{times:?}");
}

#[tokio::test]
async fn an_h265_cameras_access_units_begin_with_a_key_frame() {
    let (first, rest) = pictures(ClipCodec::H265, &[JPEG_DECODER, H265_DECODER], 40).await;

    assert_eq!(first.header.codec, PictureCodec::H265);
    assert!(first.header.is_key);
    // VPS, SPS and PPS come before the first slice (H.265 table 7-1), which is one of an IDR picture.
    let kinds: Vec<u8> = nal_headers(&first.data)
        .map(|byte| byte >> 1 & 0x3f)
        .collect();
    assert_eq!(kinds[..3], [32, 33, 34], "{kinds:?}");
    assert!(
        kinds[3..].iter().all(|kind| (19..=20).contains(kind)),
        "{kinds:?}"
    );
    // A key frame every 30 pictures, and nothing is missing between them.
    let keys = rest.iter().filter(|picture| picture.header.is_key).count();
    assert!((1..=2).contains(&keys), "{keys}");
    let mut number = first.header.number;
    for picture in &rest {
        number += 1;
        assert_eq!(picture.header.number, number);
        assert_eq!(picture.header.source, first.header.source);
    }
}

/// As Firefox without the plugin OpenH264: it decodes H.264, but a call brings it none.
#[tokio::test]
async fn a_viewer_that_refuses_video_gets_h264_as_data() {
    let (first, rest) = pictures(ClipCodec::H264, &[H264_DECODER, H265_DECODER], 40).await;

    assert_eq!(first.header.codec, PictureCodec::H264);
    assert!(first.header.is_key);
    let kinds: Vec<u8> = nal_headers(&first.data).map(|byte| byte & 0x1f).collect();
    // SPS and PPS before the slices of an IDR picture (H.264 table 7-1).
    assert_eq!(kinds[..2], [7, 8], "{kinds:?}");
    assert!(kinds[2..].iter().all(|kind| *kind == 5), "{kinds:?}");
    let numbers: Vec<u32> = rest.iter().map(|it| it.header.number).collect();
    assert_eq!(numbers, Vec::from_iter(1..=40), "nothing is missing");
}

#[tokio::test]
async fn a_still_comes_while_a_stream_starts() {
    let dvr = Dvr::with_four_cameras().await;
    dvr.faults
        .set_camera_fault(1, Some(CameraFault::NoKeyFrames));
    let side = Side::start(&RecorderConfig::Hikvision(dvr.settings()), 0);
    side.cameras_when("cameras", |list| list.len() == 5).await;
    let (cloud, folder) = (Cloud::new().await, Folder::new());
    let recorder = (side.streams.clone(), side.recorder.clone());
    let network = (AddressPoll::new().1, PortMappings::off());
    let (_code, _stop) = start_link_to(&cloud, &folder, recorder, network);
    let mut link = cloud.registered().await;
    let watch = json!([{"slot": 0, "camera": "1", "stream": "sub"}]);
    let invite = link.connect("s", json!({"peerview/watch": watch})).await;
    let mut viewer = link.answer_with(&invite, &[STILL_VIEWER]).await;

    let still = picture(&mut viewer, &mut Assembler::default()).await;

    assert_eq!(still.header.codec, PictureCodec::Still);
    assert!(still.header.is_key && still.data.starts_with(&[0xff, 0xd8]));
    let stats = dvr.faults.stats();
    assert_eq!((stats.snapshots, stats.sessions_open()), (1, 1));
    // The video follows when there is one.
    dvr.faults.set_camera_fault(1, None);
    viewer.slot_is(0, "playing").await;
    // Whoever asks for no stills, and whoever finds a stream that plays, gets none.
    for (session, decoders, camera) in [("t", &[][..], "2"), ("u", &[STILL_VIEWER][..], "1")] {
        let watch = json!([{"slot": 0, "camera": camera, "stream": "sub"}]);
        let invite = link
            .connect(session, json!({"peerview/watch": watch}))
            .await;
        let mut other = link.answer_with(&invite, decoders).await;
        other.slot_is(0, "playing").await;
    }
    assert_eq!(dvr.faults.stats().snapshots, 1);
}

/// The first pictures of a camera that sends this codec, to a viewer with these decoders.
async fn pictures(
    codec: ClipCodec,
    decoders: &[&str],
    n_more: usize,
) -> (AssembledPicture, Vec<AssembledPicture>) {
    let dvr = Dvr::with_four_cameras().await;
    dvr.faults.set_camera_codec(1, codec);
    let side = dvr.watched();
    side.cameras_when("cameras", |list| list.len() == 5).await;
    let (cloud, folder) = (Cloud::new().await, Folder::new());
    let (_code, _stop) = start_link(&cloud, &folder, side.streams.clone(), PortMappings::off());
    let mut link = cloud.registered().await;
    let watch = json!([{"slot": 0, "camera": "1", "stream": "sub"}]);
    let invite = link.connect("s", json!({"peerview/watch": watch})).await;
    let mut viewer = link.answer_with(&invite, decoders).await;

    let mut assembler = Assembler::default();
    let first = picture(&mut viewer, &mut assembler).await;
    let slot = viewer.slot_is(0, "playing").await;
    let name = match codec {
        ClipCodec::Jpeg => "JPEG",
        ClipCodec::H264 => "H264",
        _ => "H265",
    };
    assert_eq!(slot["params"]["codec"], name);
    assert_eq!(slot["params"]["width"], 640);
    let mut more = Vec::new();
    while more.len() < n_more {
        more.push(picture(&mut viewer, &mut assembler).await);
    }
    (first, more)
}

async fn picture(viewer: &mut Viewer, assembler: &mut Assembler) -> AssembledPicture {
    viewer
        .until("a picture", |event| match event {
            Event::Data { label, message } => {
                assert_eq!(**label, *"video/0");
                let DataMessage::Binary(bytes) = message else {
                    panic!("a text among pictures");
                };
                match assembler.take(bytes).expect("a piece of a picture") {
                    Assembly::Picture(picture) => Some(picture),
                    Assembly::Incomplete => None,
                    Assembly::Useless => panic!("a piece that leads to nothing"),
                }
            }
            _ => None,
        })
        .await
}

/// First bytes of the NAL units in an access unit, Annex B with start codes of four bytes.
fn nal_headers(unit: &[u8]) -> impl Iterator<Item = u8> {
    let starts = unit.windows(5).filter(|five| five[..4] == [0, 0, 0, 1]);
    starts.map(|five| five[4])
}
