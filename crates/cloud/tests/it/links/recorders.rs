//! Links of agents: who may register, who stays, and what a bad socket gets.

use cloud::db::recorders;
use futures_util::{SinkExt, StreamExt};
use proto::rpc::code;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message as WsMessage;

use crate::support::wire::{Socket, Wire, key, serial};

#[tokio::test]
async fn a_recorder_that_proves_its_key_is_online() {
    let wire = Wire::start().await;
    let mut socket = wire.link().await;

    let registered = socket.register_agent(&key(1), &serial(1)).await.unwrap();

    assert_eq!(registered, json!({"id": serial(1).as_str()}));
    assert!(wire.state.links.is_online(serial(1).as_str()));
    let row = recorders::find(&wire.state.db, serial(1).as_str())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.public_key, key(1).public().to_text());
}

#[tokio::test]
async fn a_second_key_for_a_known_serial_is_refused() {
    let wire = Wire::start().await;
    let mut first = wire.agent(1).await;

    let mut second = wire.link().await;
    let refusal = second
        .register_agent(&key(2), &serial(1))
        .await
        .unwrap_err();

    assert_eq!(refusal.code, code::CONFLICT);
    assert!(second.raw().await.is_none(), "the impostor is disconnected");
    assert!(wire.state.links.is_online(serial(1).as_str()));
    assert!(
        first
            .request("close", json!({"session": "x"}))
            .await
            .is_ok(),
        "the first still works"
    );
}

#[tokio::test]
async fn the_key_stays_pinned_while_the_recorder_is_offline() {
    let wire = Wire::start().await;
    drop(wire.agent(1).await);
    wire.until(|state| !state.links.is_online(serial(1).as_str()))
        .await;

    let refusal = wire
        .link()
        .await
        .register_agent(&key(2), &serial(1))
        .await
        .unwrap_err();

    assert_eq!(refusal.code, code::CONFLICT);
    wire.agent(1).await;
}

#[tokio::test]
async fn a_recorded_proof_is_refused_on_another_socket() {
    let wire = Wire::start().await;
    let mut recorded = wire.link().await;
    let challenge = recorded.challenge().await;
    let proof = key(1).prove(&serial(1), &challenge.nonce, &challenge.host, 0);
    recorded.register_with(proof.clone()).await.unwrap();

    let mut impostor = wire.link().await;
    let other = impostor.challenge().await;
    assert_ne!(other.nonce, challenge.nonce);
    let refusal = impostor.register_with(proof).await.unwrap_err();

    assert_eq!(refusal.code, code::UNAUTHORIZED);
    assert!(wire.state.links.is_online(serial(1).as_str()));
}

#[tokio::test]
async fn a_second_link_is_refused_while_the_first_lives() {
    let wire = Wire::start().await;
    let first = wire.agent(1).await.keep_alive();

    let refusal = wire
        .link()
        .await
        .register_agent(&key(1), &serial(1))
        .await
        .unwrap_err();

    assert_eq!(refusal.code, code::UNAVAILABLE);
    assert!(wire.state.links.is_online(serial(1).as_str()));
    drop(first);
}

#[tokio::test]
async fn a_second_link_replaces_one_that_fails_a_ping() {
    let wire = Wire::start().await;
    // Nobody reads this socket, so no ping of it is answered.
    let silent = wire.agent(1).await;

    let mut second = wire.agent(1).await;

    assert_eq!(wire.state.links.n_online(), 1);
    assert!(
        second
            .request("close", json!({"session": "x"}))
            .await
            .is_ok()
    );
    drop(silent);
}

#[tokio::test]
async fn a_recorder_is_offline_as_soon_as_its_socket_closes() {
    let wire = Wire::start().await;
    let agent = wire.agent(1).await;
    wire.clock.advance(500);

    drop(agent);

    wire.until(|state| !state.links.is_online(serial(1).as_str()))
        .await;
    let seen = loop {
        let row = recorders::find(&wire.state.db, serial(1).as_str())
            .await
            .unwrap()
            .unwrap();
        if row.last_seen_at != row.first_seen_at {
            break row.last_seen_at - row.first_seen_at;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(seen, 500);
}

#[tokio::test]
async fn unregister_ends_the_link_cleanly() {
    let wire = Wire::start().await;
    let mut agent = wire.agent(1).await;

    assert_eq!(agent.request("unregister", json!({})).await, Ok(json!({})));

    assert_eq!(agent.close_code().await, 1000);
    wire.until(|state| state.links.n_online() == 0).await;
}

#[tokio::test]
async fn an_upgrade_requires_the_subprotocol() {
    let wire = Wire::start().await;

    assert_eq!(wire.open("/link", &[]).await.err(), Some(400));
    assert_eq!(
        wire.open("/link", &[("sec-websocket-protocol", "chat")])
            .await
            .err(),
        Some(400)
    );
}

#[tokio::test]
async fn pages_of_other_sites_cannot_open_a_link() {
    let wire = Wire::start().await;

    for origin in [
        "https://evil.example",
        "null",
        "http://127.0.0.1.evil.example",
    ] {
        let headers = [
            ("sec-websocket-protocol", "webrtc.onvif.org"),
            ("origin", origin),
        ];
        assert_eq!(
            wire.open("/link", &headers).await.err(),
            Some(403),
            "{origin}"
        );
    }
}

#[tokio::test]
async fn garbage_before_register_closes_the_link() {
    for garbage in [
        "hello",
        "{}",
        "[]",
        "\u{0}",
        r#"{"jsonrpc":"1.0","method":"register"}"#,
    ] {
        let wire = Wire::start().await;
        let mut socket = wire.link().await;

        socket.text(garbage).await;

        assert_eq!(socket.close_code().await, 1008, "{garbage:?}");
    }
}

#[tokio::test]
async fn repeated_garbage_after_register_closes_the_link() {
    let wire = Wire::start().await;
    let mut agent = wire.agent(1).await;

    agent.text("hello").await;
    assert_eq!(agent.wait_for_error().await.code, code::BAD_REQUEST);
    for _ in 0..20 {
        agent.text("hello").await;
    }
    assert_eq!(agent.close_code().await, 1008);
}

#[tokio::test]
async fn a_binary_frame_closes_the_link() {
    let wire = Wire::start().await;
    let mut socket = wire.link().await;

    socket
        .socket
        .send(WsMessage::binary(vec![1, 2, 3]))
        .await
        .unwrap();

    assert_eq!(socket.close_code().await, 1003);
}

#[tokio::test]
async fn a_ten_megabyte_message_closes_only_its_own_link() {
    let wire = Wire::start().await;
    let mut other = wire.agent(1).await;
    let Socket { socket, .. } = wire.agent(2).await;

    // A real client reads while it writes.
    let (mut sink, mut stream) = socket.split();
    let writing =
        tokio::spawn(async move { sink.send(WsMessage::text("x".repeat(10 << 20))).await });
    let code = loop {
        match stream.next().await {
            Some(Ok(WsMessage::Close(Some(frame)))) => break u16::from(frame.code),
            Some(Ok(_)) => {}
            end => panic!("closed without a code: {end:?}"),
        }
    };

    assert_eq!(code, 1009);
    drop(stream);
    writing.abort();
    assert!(
        other
            .request("close", json!({"session": "x"}))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_registry_keeps_the_latest_valid_camera_list() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;

    agent
        .cameras(json!([{"id": "1", "name": "Front door", "isOnline": true}]))
        .await;
    agent
        .notify(
            "peerview/cameras",
            json!({"cameras": [{"id": "a b", "name": "", "isOnline": true}]}),
        )
        .await;

    assert_eq!(agent.wait_for_error().await.code, code::BAD_REQUEST);
    let row = recorders::find(&wire.state.db, serial(1).as_str())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        row.cameras,
        r#"[{"id":"1","name":"Front door","isOnline":true}]"#
    );
}

#[tokio::test]
async fn every_link_is_closed_properly_when_the_cloud_stops() {
    let wire = Wire::start().await;
    let mut agent = wire.agent(1).await;

    wire.state.shutdown.cancel();

    assert_eq!(agent.close_code().await, 1001);
}
