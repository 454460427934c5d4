//! Calls over hand-fed streams: what is sent and reported, and how calls end.

use agent::stream::{Codec, StreamState};
use peer::{Ended, VideoCodec};
use proto::link::message::{Camera, StreamKind};
use proto::reason::Reason;
use serde_json::json;

use crate::link_support::{CloudEnd, Viewer, World, camera, mark, publish};

const SUB: StreamKind = StreamKind::Sub;
const MAIN: StreamKind = StreamKind::Main;

/// A viewer with two slots; slot 0 shows the first camera's sub-stream.
pub(crate) async fn watching(world: &World) -> (CloudEnd, Viewer) {
    let mut cloud = world.cloud.registered().await;
    let viewer = cloud
        .viewer(
            "s",
            json!({"peerview/slots": 2,
                "peerview/watch": [{"slot": 0, "camera": "1", "stream": "sub"}]}),
        )
        .await;
    (cloud, viewer)
}

#[tokio::test]
async fn the_cached_group_is_sent_without_a_request() {
    let world = World::new().await;
    for n in 0..10 {
        world.picture("1", SUB, n);
    }

    let (_cloud, mut viewer) = watching(&world).await;

    let first = viewer
        .until("a picture", |event| match event {
            peer::Event::Frame(frame) => Some(frame.clone()),
            peer::Event::ControlOpen => None,
            _ => None,
        })
        .await;
    assert!(first.is_key);
    for _ in 1..10 {
        assert_eq!(viewer.mark(0).await, mark("1", SUB));
    }
    world.picture("1", SUB, 10);
    assert_eq!(viewer.mark(0).await, mark("1", SUB));
    let slot = viewer.slot_is(0, "playing").await;
    assert_eq!(slot["params"]["codec"], "H264");
    assert_eq!(slot["params"]["width"], 640);
}

#[tokio::test]
async fn the_camera_list_is_sent_on_open_and_on_change() {
    let world = World::new().await;
    let (_cloud, mut viewer) = watching(&world).await;
    let is_list = |message: &serde_json::Value| message["method"] == "cameras";
    let first = viewer.control("cameras", is_list).await;
    assert_eq!(first["params"]["cameras"][0]["name"], "Camera 1");

    let gone = Camera {
        is_online: false,
        ..camera("1")
    };
    world.cameras.send_replace(vec![gone]);

    let second = viewer.control("cameras", is_list).await;
    assert_eq!(second["params"]["cameras"][0]["isOnline"], false);
}

#[tokio::test]
async fn the_sub_stream_plays_until_the_main_stream_arrives() {
    let world = World::new().await;
    let _sub = world.keep_publishing("1", SUB, 0);
    let (_cloud, mut viewer) = watching(&world).await;
    viewer.open().await;
    viewer.sees(0, mark("1", SUB)).await;

    let told = viewer
        .ask("watch", json!({"slot": 0, "camera": "1", "stream": "main"}))
        .await;
    assert_eq!(told["result"]["state"], "waiting");
    for _ in 0..20 {
        assert_eq!(viewer.mark(0).await, mark("1", SUB));
    }
    world.picture("1", MAIN, 0);

    viewer.sees(0, mark("1", MAIN)).await;
    world.picture("1", MAIN, 1);
    assert_eq!(
        viewer.mark(0).await,
        mark("1", MAIN),
        "the small one is off"
    );
    viewer.slot_is(0, "playing").await;
}

#[tokio::test]
async fn a_slot_switches_to_another_camera() {
    let world = World::new().await;
    let _one = world.keep_publishing("1", SUB, 0);
    let _two = world.keep_publishing("2", SUB, 0);
    let (_cloud, mut viewer) = watching(&world).await;
    viewer.open().await;
    viewer.sees(0, mark("1", SUB)).await;

    viewer
        .ask("watch", json!({"slot": 0, "camera": "2", "stream": "sub"}))
        .await;

    viewer.sees(0, mark("2", SUB)).await;
    for _ in 0..10 {
        assert_eq!(viewer.mark(0).await, mark("2", SUB));
    }
}

#[tokio::test]
async fn an_unwatched_slot_sends_nothing() {
    let world = World::new().await;
    let _one = world.keep_publishing("1", SUB, 0);
    let _two = world.keep_publishing("2", SUB, 0);
    let (_cloud, mut viewer) = watching(&world).await;
    viewer.open().await;
    viewer.sees(0, mark("1", SUB)).await;

    let done = viewer.ask("unwatch", json!({"slot": 0})).await;
    assert_eq!(done["result"], json!({}));
    viewer
        .ask("watch", json!({"slot": 1, "camera": "2", "stream": "sub"}))
        .await;
    viewer.sees(1, mark("2", SUB)).await;
    let mut last_of_old = 0;
    for n in 0..40 {
        let slot = viewer
            .until("a picture", |event| match event {
                peer::Event::Frame(frame) => Some(frame.slot),
                _ => None,
            })
            .await;
        if slot == 0 {
            last_of_old = n;
        }
    }

    assert!(last_of_old < 20, "still sent after {last_of_old} pictures");
}

#[tokio::test]
async fn an_offline_camera_is_reported_and_recovers() {
    let world = World::new().await;
    world.picture("1", SUB, 0);
    let (_cloud, mut viewer) = watching(&world).await;
    viewer.slot_is(0, "playing").await;

    world.set_state("1", SUB, StreamState::Offline(Reason::NoAnswer));
    viewer.slot_is(0, "offline").await;
    world.set_state("1", SUB, StreamState::Waiting);
    viewer.slot_is(0, "waiting").await;
    let _pictures = world.keep_publishing("1", SUB, 25);

    viewer.slot_is(0, "playing").await;
    viewer.mark(0).await;
}

#[tokio::test]
async fn a_refused_password_has_its_own_state() {
    let world = World::new().await;
    world.set_state("1", SUB, StreamState::Refused(Reason::LoginMissing));

    let (_cloud, mut viewer) = watching(&world).await;

    viewer.slot_is(0, "refused").await;
}

#[tokio::test]
async fn a_codec_that_was_not_negotiated_is_unplayable() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;
    let invite = cloud
        .connect(
            "s",
            json!({"peerview/watch": [{"slot": 0, "camera": "1", "stream": "sub"}]}),
        )
        .await;
    let mut viewer = cloud.answer_with(&invite, &[]).await;
    viewer.open().await;

    for stream in [SUB, MAIN] {
        let hub = &world.hubs[&("1".to_owned(), stream)];
        publish(hub, 1, 0, Codec::H265);
    }

    let slot = viewer.slot_is(0, "unplayable").await;
    assert_eq!(slot["params"]["codec"], "H265");
}

#[tokio::test]
async fn a_viewer_that_lost_frames_gets_the_group_again() {
    let world = World::new().await;
    for n in 0..5 {
        world.picture("1", SUB, n);
    }
    let (_cloud, mut viewer) = watching(&world).await;
    for _ in 0..5 {
        viewer.mark(0).await;
    }

    viewer.endpoint.request_key_frame(0).await.expect("open");

    let again = viewer
        .until("a key frame", |event| match event {
            peer::Event::Frame(frame) => Some((frame.is_key, frame.codec)),
            _ => None,
        })
        .await;
    assert_eq!(again, (true, VideoCodec::H264));
}

#[tokio::test]
async fn invalid_control_requests_are_refused() {
    let world = World::new().await;
    let (_cloud, mut viewer) = watching(&world).await;
    viewer.open().await;

    for (method, params, code) in [
        (
            "watch",
            json!({"slot": 0, "camera": "9", "stream": "sub"}),
            404,
        ),
        (
            "watch",
            json!({"slot": 2, "camera": "1", "stream": "sub"}),
            404,
        ),
        (
            "watch",
            json!({"slot": 0, "camera": "1", "stream": "x"}),
            -32602,
        ),
        ("watch", json!({}), -32602),
        ("unwatch", json!({"slot": 9}), 404),
        ("listen", json!({"camera": "9"}), 404),
        ("format", json!({"disk": "c"}), -32601),
    ] {
        let answer = viewer.ask(method, params).await;
        assert_eq!(answer["error"]["code"], code, "{method}");
    }
    viewer.say("{".to_owned()).await;
    let answer = viewer
        .control("an error", |message| message["error"]["code"] == 400)
        .await;
    assert!(answer.get("id").is_none());
    for _ in 0..40 {
        let _ = viewer.endpoint.send_control("{".to_owned()).await;
    }
    viewer.ended().await;
}

#[tokio::test]
async fn an_invalid_answer_ends_the_call() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;
    let invite = cloud.connect("s", json!({})).await;

    cloud
        .send(&json!({"jsonrpc": "2.0", "id": invite["id"], "result": {"answer": "nonsense"}}))
        .await;

    let error = cloud
        .when("an error", |message| message["error"]["session"] == "s")
        .await;
    assert_eq!(error["error"]["code"], 400);
    let close = cloud.method("close").await;
    assert_eq!(close["params"]["session"], "s");
    cloud.connect("t", json!({})).await;
}

#[tokio::test]
async fn an_invalid_candidate_does_not_end_the_call() {
    let world = World::new().await;
    let (mut cloud, mut viewer) = watching(&world).await;

    for line in ["nonsense", "candidate:1 1 udp 1 192.0.2.1 99999 typ host"] {
        cloud
            .notify(
                "trickle",
                json!({"session": "s", "candidate": {"candidate": line}}),
            )
            .await;
        let error = cloud
            .when("an error", |message| message["error"]["session"] == "s")
            .await;
        assert_eq!(error["error"]["code"], 1003);
    }

    let _pictures = world.keep_publishing("1", SUB, 0);
    viewer.mark(0).await;
}

#[tokio::test]
async fn a_call_continues_while_the_cloud_is_unreachable() {
    let world = World::new().await;
    let (cloud, mut viewer) = watching(&world).await;
    let _pictures = world.keep_publishing("1", SUB, 0);
    viewer.mark(0).await;

    drop(cloud);
    let _new_link = world.cloud.registered().await;

    for _ in 0..10 {
        viewer.mark(0).await;
    }
}

#[tokio::test]
async fn a_connected_viewer_may_close_its_cloud_socket() {
    let world = World::new().await;
    let (mut cloud, mut viewer) = watching(&world).await;
    let _pictures = world.keep_publishing("1", SUB, 0);
    viewer.mark(0).await;

    cloud
        .send(&json!({"jsonrpc": "2.0",
            "error": {"code": 1002, "message": "socket closed", "session": "s"}}))
        .await;
    cloud.ask("extend", json!({"session": "s"})).await;

    for _ in 0..10 {
        viewer.mark(0).await;
    }
}

#[tokio::test]
async fn a_viewer_that_does_not_answer_ends_the_call() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;
    let invite = cloud.connect("s", json!({})).await;

    cloud
        .send(&json!({"jsonrpc": "2.0", "id": invite["id"],
            "error": {"code": 408, "message": "no reaction"}}))
        .await;

    let close = cloud.method("close").await;
    assert_eq!(close["params"]["reason"], "the viewer did not answer");
}

#[tokio::test]
async fn the_cloud_can_close_a_call() {
    let world = World::new().await;
    let (mut cloud, mut viewer) = watching(&world).await;
    viewer.open().await;

    let closed = cloud.ask("close", json!({"session": "s"})).await;

    assert_eq!(closed["result"], json!({}));
    assert_eq!(viewer.ended().await, Ended::ClosedByPeer);
}

#[tokio::test]
async fn the_cloud_is_told_when_a_viewer_leaves() {
    let world = World::new().await;
    let (mut cloud, mut viewer) = watching(&world).await;
    viewer.open().await;
    viewer
        .control("cameras", |message| message["method"] == "cameras")
        .await;

    drop(viewer);

    let close = cloud.method("close").await;
    assert_eq!(close["params"]["reason"], "the viewer left");
}

#[tokio::test]
async fn a_call_ends_when_its_time_is_up_unless_extended() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;
    let mut short = cloud.viewer("short", json!({"expiryTimeSeconds": 3})).await;
    let mut long = cloud.viewer("long", json!({"expiryTimeSeconds": 3})).await;
    short.open().await;
    long.open().await;
    let extended = cloud
        .ask(
            "extend",
            json!({"session": "long", "expiryTimeSeconds": 600}),
        )
        .await;
    assert_eq!(extended["result"]["expiryTimeSeconds"], 600);

    let close = cloud.method("close").await;

    assert_eq!(close["params"]["session"], "short");
    assert_eq!(close["params"]["reason"], "its time is up");
    short.ended().await;
    let answer = long.ask("unwatch", json!({"slot": 0})).await;
    assert_eq!(answer["result"], json!({}));
}
