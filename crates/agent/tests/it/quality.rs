//! Viewers who leave the choice of the stream to the path, over lines that a test makes narrow.

use std::time::{Duration, Instant};

use agent::stream::hub::Hub;
use agent::stream::{Codec, FrameKind, StreamFrame, StreamState};
use peer::Event;
use proto::call::limits::{MAX_SDP_BYTES, MAX_SDP_LINES};
use proto::call::sdp;
use proto::link::limits::MAX_SLOTS;
use proto::link::message::StreamKind;
use proto::reason::Reason;
use serde_json::{Value, json};
use tokio_util::task::AbortOnDropHandle;

use crate::link_support::{Viewer, World, mark};
use crate::narrow_line::viewer_over_line;

/// Pictures of 600 kbit/s and of 100 kbit/s: an estimate reaches so much soon, also on a busy machine.
const MAIN_BYTES: usize = 3_000;
const SUB_BYTES: usize = 500;

/// Sends 25 pictures a second of camera 1 until dropped.
fn films(world: &World, kind: StreamKind, n_bytes: usize) -> AbortOnDropHandle<()> {
    let (hub, last) = (world.hub("1", kind).clone(), mark("1", kind));
    let size = match kind {
        StreamKind::Main => (1_920, 1_080),
        _ => (640, 360),
    };
    let task = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(40));
        for n in 0.. {
            ticks.tick().await;
            picture(&hub, (n, size), n_bytes, last);
        }
    });
    AbortOnDropHandle::new(task)
}

fn picture(hub: &Hub, (n, size): (u64, (u32, u32)), n_bytes: usize, last: u8) {
    let is_key = n.is_multiple_of(25);
    let mut data = Vec::new();
    if is_key {
        data.extend([0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x8d, 0x40]);
        data.extend([0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80]);
    }
    data.extend([0, 0, 0, 1, if is_key { 0x65 } else { 0x41 }]);
    data.resize(n_bytes, 7);
    data.push(last);
    hub.publish(StreamFrame {
        kind: match is_key {
            true => FrameKind::VideoKey,
            false => FrameKind::VideoDelta,
        },
        codec: Codec::H264,
        data: data.into(),
        rtp_time: n * 3_600,
        arrived: Instant::now(),
        size: is_key.then_some(size),
    });
}

fn watching(stream: &str) -> Value {
    json!({"peerview/watch": [{"slot": 0, "camera": "1", "stream": stream}]})
}

/// Waits until this stream is told to play in a slot with a free choice; gives the whole message.
async fn plays(viewer: &mut Viewer, stream: &str) -> Value {
    let told = viewer.control(stream, |message| {
        let slot = &message["params"];
        message["method"] == "slot" && slot["sent"] == stream && slot["state"] == "playing"
    });
    told.await["params"].clone()
}

#[tokio::test]
async fn automatic_quality_follows_its_own_path_only() {
    let world = World::new().await;
    let _films = [
        films(&world, StreamKind::Main, MAIN_BYTES),
        films(&world, StreamKind::Sub, SUB_BYTES),
    ];
    let mut link = world.cloud.registered().await;
    let (mut ana, line) = viewer_over_line(&mut link, "a", watching("auto")).await;
    let mut ben = link.viewer("b", watching("main")).await;
    ben.slot_is(0, "playing").await;

    let first = plays(&mut ana, "sub").await;
    assert_eq!(
        (&first["stream"], &first["codec"]),
        (&json!("auto"), &json!("H264"))
    );
    ana.sees(0, mark("1", StreamKind::Sub)).await;
    let second = plays(&mut ana, "main").await;
    let rate = second["bitRate"].as_u64().expect("it was counted");
    assert!((300..=650).contains(&rate), "{second}");
    ana.sees(0, mark("1", StreamKind::Main)).await;
    line.narrow(300_000);
    plays(&mut ana, "sub").await;
    ana.sees(0, mark("1", StreamKind::Sub)).await;

    ben.sees(0, mark("1", StreamKind::Main)).await;
    let told = ben.told("slot");
    assert!(
        told.iter().all(|it| it["params"]["state"] == "playing"),
        "{told:?}"
    );
}

#[tokio::test]
async fn automatic_quality_needs_a_bandwidth_estimate() {
    let world = World::new().await;
    let mut link = world.cloud.registered().await;
    let mut plain = link.viewer("a", watching("sub")).await;
    plain.open().await;
    let estimate = json!({"peerview/estimate": true});
    let mut estimating = link.viewer("b", estimate).await;
    estimating.open().await;
    let wish = json!({"slot": 0, "camera": "1", "stream": "auto"});

    let refused = plain.ask("watch", wish.clone()).await;
    let taken = estimating.ask("watch", wish).await;

    assert_eq!(refused["error"]["code"], 501, "{refused}");
    assert_eq!(taken["result"]["stream"], "auto", "{taken}");
    assert_eq!(taken["result"]["sent"], "sub", "{taken}");
}

#[tokio::test]
async fn a_preference_gets_the_nearest_stream_with_a_reason() {
    let world = World::new().await;
    let _films = [
        films(&world, StreamKind::Main, MAIN_BYTES),
        films(&world, StreamKind::Sub, SUB_BYTES),
    ];
    let mut link = world.cloud.registered().await;
    let mut ana = link.viewer("a", watching("balanced")).await;

    let balanced = plays(&mut ana, "sub").await;
    ana.sees(0, mark("1", StreamKind::Sub)).await;
    let clear = json!({"slot": 0, "camera": "1", "stream": "clear"});
    let clear = ana.ask("watch", clear).await["result"].clone();
    ana.sees(0, mark("1", StreamKind::Main)).await;

    assert_eq!(balanced["stream"], "balanced", "{balanced}");
    assert_eq!(balanced["note"], "nothing-between", "{balanced}");
    assert_eq!(clear["sent"], "main", "{clear}");
    assert_eq!(clear["note"], Value::Null, "{clear}");
}

#[tokio::test]
async fn a_recorder_without_sessions_shows_what_is_open() {
    let world = World::new().await;
    let _film = films(&world, StreamKind::Sub, SUB_BYTES);
    world.set_state("1", StreamKind::Main, StreamState::Offline(Reason::Full));
    let mut link = world.cloud.registered().await;

    let mut ana = link.viewer("a", watching("clear")).await;

    let told = plays(&mut ana, "sub").await;
    assert_eq!(told["note"], "no-session", "{told}");
    ana.sees(0, mark("1", StreamKind::Sub)).await;
}

#[tokio::test]
async fn an_enlarged_camera_is_full_at_once_on_known_paths() {
    let world = World::new().await;
    let _films = [
        films(&world, StreamKind::Main, MAIN_BYTES),
        films(&world, StreamKind::Sub, SUB_BYTES),
    ];
    let mut link = world.cloud.registered().await;
    let mut small = watching("sub");
    small["peerview/estimate"] = json!(true);
    let mut ana = link.viewer("a", small).await;
    ana.slot_is(0, "playing").await;

    // The path is tried while the picture is small. Ana enlarges it each time something is known about the path.
    loop {
        let large = json!({"slot": 0, "camera": "1", "stream": "auto"});
        let told = ana.ask("watch", large).await["result"].clone();
        if told["sent"] == "main" {
            break;
        }
        let small = json!({"slot": 0, "camera": "1", "stream": "sub"});
        ana.ask("watch", small).await;
        let is_report = |event: &Event| matches!(event, Event::Stats(_)).then_some(());
        ana.until("something about the path", is_report).await;
    }

    ana.sees(0, mark("1", StreamKind::Main)).await;
}

#[tokio::test]
async fn the_largest_call_fits_what_the_cloud_takes() {
    let world = World::new().await;
    let mut link = world.cloud.registered().await;

    let largest = json!({"peerview/slots": MAX_SLOTS, "peerview/estimate": true});
    let invite = link.connect("a", largest).await;

    let offer = invite["params"]["offer"].as_str().expect("an offer");
    let (n_bytes, n_lines) = (offer.len(), offer.lines().count());
    assert!(
        sdp::check(offer).is_ok(),
        "{n_bytes} bytes, {n_lines} lines"
    );
    // Room for the answers of browsers that say more.
    assert!(n_bytes * 5 / 4 <= MAX_SDP_BYTES, "{n_bytes} bytes");
    assert!(n_lines * 5 / 4 <= MAX_SDP_LINES, "{n_lines} lines");
}
