//! Failures in the middle of a call, and how the call recovers.

use std::collections::BTreeSet;
use std::net::IpAddr;

use peer::Event;
use proto::link::message::StreamKind;
use serde_json::{Value, json};

use crate::call::watching;
use crate::link_support::{CloudEnd, NONCE, Viewer, World};

const SUB: StreamKind = StreamKind::Sub;

/// The machine gets another address.
fn moves(world: &World) {
    let address = IpAddr::from([192, 0, 2, 7]);
    world.addresses.tell(BTreeSet::from([address]));
}

/// Answers an offer that restarts ICE, and waits for the new path.
async fn restart(cloud: &mut CloudEnd, viewer: &mut Viewer, invite: &Value) {
    let offer = invite["params"]["offer"].as_str().expect("an offer");
    let answer = viewer.endpoint.accept_offer(offer).await;
    let answer = answer.expect("the restart is answered");
    cloud
        .send(&json!({"jsonrpc": "2.0", "id": invite["id"], "result": {"answer": answer}}))
        .await;
    viewer
        .until("a path", |event| {
            matches!(event, Event::Reconnected).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_viewer_that_asks_gets_one_restart() {
    let world = World::new().await;
    let (mut cloud, mut viewer) = watching(&world).await;
    let _pictures = world.keep_publishing("1", SUB, 0);
    viewer.mark(0).await;

    for _ in 0..5 {
        let noted = cloud.ask("peerview/restart", json!({"session": "s"})).await;
        assert!(noted.get("result").is_some(), "{noted}");
    }
    let invite = cloud.method("invite").await;
    restart(&mut cloud, &mut viewer, &invite).await;
    viewer.mark(0).await;
    cloud.ask("extend", json!({"session": "s"})).await;

    assert!(!cloud.has_waiting("invite"), "one offer served all of them");
}

#[tokio::test]
async fn a_link_in_doubt_is_replaced_before_its_end() {
    let world = World::new().await;
    // Nobody reads this end any more, so it answers no ping.
    let silent = world.cloud.registered().await;

    moves(&world);
    let mut second = world.cloud.accept().await;

    let id = second.challenged_after(NONCE).await;
    second
        .send(&json!({"jsonrpc": "2.0", "id": id, "result": {"id": "PV"}}))
        .await;
    second.method("peerview/cameras").await;
    drop(silent);
}

#[tokio::test]
async fn a_link_that_answers_is_kept() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;
    cloud.method("peerview/cameras").await;

    moves(&world);
    cloud.pinged().await;
    // Its pong went out with the next message at the latest.
    let answer = cloud.ask("peerview/cameras", json!({})).await;

    assert!(answer.get("result").is_some(), "{answer}");
}

#[tokio::test]
async fn an_offer_lost_with_its_link_is_made_again() {
    let world = World::new().await;
    let (mut cloud, mut viewer) = watching(&world).await;
    let _pictures = world.keep_publishing("1", SUB, 0);
    viewer.mark(0).await;
    cloud.ask("peerview/restart", json!({"session": "s"})).await;
    let lost = cloud.method("invite").await;

    drop(cloud);
    let mut cloud = world.cloud.registered().await;
    let again = cloud.method("invite").await;

    assert_eq!(again["params"], lost["params"], "not another generation");
    restart(&mut cloud, &mut viewer, &again).await;
    viewer.mark(0).await;
}

#[tokio::test]
async fn a_restart_request_for_an_unknown_call_is_refused() {
    let world = World::new().await;
    let mut cloud = world.cloud.registered().await;

    let answer = cloud.ask("peerview/restart", json!({"session": "x"})).await;

    assert_eq!(answer["error"]["code"], 404);
}

#[tokio::test]
async fn a_ping_on_the_control_channel_is_answered() {
    let world = World::new().await;
    let (_cloud, mut viewer) = watching(&world).await;
    viewer.open().await;

    let answer = viewer.ask("ping", json!({})).await;

    assert_eq!(answer["result"], json!({}));
}
