//! The link against a cloud of a few lines.

use proto::key::RegisterProof;
use proto::link::message::{Camera, StreamKind};
use proto::link::work::bits_done;
use serde_json::json;

use crate::link_support::{HOST, NONCE, World, camera};

#[tokio::test]
async fn a_link_registers_and_sends_its_cameras() {
    let world = World::new().await;

    let mut cloud = world.cloud.registered().await;

    let cameras = cloud.method("peerview/cameras").await;
    assert_eq!(cameras["params"]["cameras"][1]["id"], "2");
    assert_eq!(cameras["params"]["cameras"][1]["isOnline"], true);
}

#[tokio::test]
async fn the_cloud_is_told_when_a_camera_goes_offline() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;
    cloud.method("peerview/cameras").await;

    let gone = Camera {
        is_online: false,
        ..camera("2")
    };
    world.cameras.send_replace(vec![camera("1"), gone]);

    let cameras = cloud.method("peerview/cameras").await;
    assert_eq!(cameras["params"]["cameras"][1]["isOnline"], false);
}

#[tokio::test]
async fn a_broken_link_reconnects() {
    let world = World::new().await;
    let first = world.cloud.registered().await;

    drop(first);

    let mut second = world.cloud.registered().await;
    second.method("peerview/cameras").await;
}

#[tokio::test]
async fn a_ten_megabyte_message_breaks_only_the_link() {
    let world = World::new().await;
    let mut first = world.cloud.registered().await;
    let mut viewer = first
        .viewer(
            "s",
            json!({"peerview/watch": [{"slot": 0, "camera": "1", "stream": "sub"}]}),
        )
        .await;
    let _pictures = world.keep_publishing("1", StreamKind::Sub, 0);
    viewer.mark(0).await;

    let text = format!("{{\"jsonrpc\":\"2.0\",\"x\":\"{}\"}}", "x".repeat(10 << 20));
    // The agent hangs up before all of it is sent.
    first.try_send_text(text).await;
    first.hung_up().await;

    let mut second = world.cloud.registered().await;
    viewer.mark(0).await;
    let closed = second.ask("close", json!({"session": "s"})).await;
    assert_eq!(
        closed["result"],
        json!({}),
        "the new link knows the old call"
    );
}

#[tokio::test]
async fn garbage_on_the_link_is_ignored() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;

    for text in ["", "{", "null", "[]", "{\"jsonrpc\":\"2.0\"}", "\u{0}"] {
        cloud.send_text(text.to_owned()).await;
    }
    cloud
        .send(&json!({"jsonrpc": "2.0", "id": 99_999, "result": {}}))
        .await;

    let answer = cloud.ask("reboot", json!({})).await;
    assert_eq!(answer["error"]["code"], -32601);
}

#[tokio::test]
async fn a_claim_is_checked_against_the_recorders_own_code() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;
    let claim = |code: &str| json!({"code": code, "account": "anna"});

    let wrong = cloud.ask("peerview/claim", claim("AAAAAA")).await;
    assert_eq!(wrong["error"]["code"], 403);
    let right = cloud.ask("peerview/claim", claim(&world.code)).await;
    // With it comes what the recorder is called on its site, as soon as that is known.
    assert!(right["result"].is_object(), "{right}");

    for _ in 0..5 {
        cloud.ask("peerview/claim", claim("AAAAAA")).await;
    }
    let shut = cloud.ask("peerview/claim", claim(&world.code)).await;
    assert_eq!(shut["error"]["code"], 429);
}

#[tokio::test]
async fn a_refused_key_is_not_retried_immediately() {
    let world = World::new().await;
    let mut cloud = world.cloud.accept().await;
    let id = cloud.challenged().await;
    cloud
        .send(&json!({"jsonrpc": "2.0", "id": id,
            "error": {"code": 409, "message": "another key"}}))
        .await;
    cloud.hung_up().await;

    // A broken link comes back within a second; a refused one waits at least a minute.
    let again = tokio::time::timeout(
        std::time::Duration::from_millis(2_500),
        world.cloud.accept(),
    );

    assert!(again.await.is_err());
}

#[tokio::test]
async fn proof_of_work_is_solved_when_the_cloud_requests_it() {
    let world = World::new().await;
    let mut end = world.cloud.accept().await;
    let id = end.challenged().await;

    let refusal = json!({"jsonrpc": "2.0", "id": id, "error": {"code": 429, "message": "work",
        "data": {"peerview/work": {"bits": 12}}}});
    end.send(&refusal).await;
    let register = end.method("register").await;

    let authorization = register["params"]["authorization"]
        .as_str()
        .expect("a proof");
    let proven = RegisterProof::check(authorization, NONCE, HOST).expect("the key is proved");
    let numbers: Vec<u64> =
        serde_json::from_value(register["params"]["peerview/work"].clone()).expect("numbers");
    assert!(bits_done(NONCE, proven.serial.as_str(), &numbers) >= 12);
    let id = &register["id"];
    end.send(&json!({"jsonrpc": "2.0", "id": id, "result": {"id": "PV"}}))
        .await;
    end.method("peerview/cameras").await;
}
