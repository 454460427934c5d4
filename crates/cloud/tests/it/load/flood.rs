//! Floods and garbage from one client: it is stopped, and nobody else notices.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message as WsMessage;

use crate::support::wire::{Socket, Wire, establish};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asvs_17_3_1_one_clients_flood_does_not_affect_others() {
    let wire = Wire::start().await;
    let (ana, mallory) = (wire.person("ana").await, wire.person("mallory").await);
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;

    let mut flooding = std::pin::pin!(async {
        let mut n_closed = 0;
        loop {
            assert_eq!(flood(wire.viewer(&mallory).await).await, 1008);
            n_closed += 1;
            if n_closed >= 10 {
                break;
            }
        }
    });
    let mut waits = Vec::new();
    let watching = async {
        // Slower than what one viewer may send, and fast enough to see every hold-up.
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        loop {
            pace.tick().await;
            let before = Instant::now();
            let answered = viewer.request("extend", json!({"session": "x"})).await;
            assert!(answered.is_err());
            waits.push(before.elapsed());
        }
    };
    tokio::select! {
        () = &mut flooding => {}
        () = watching => {}
    }

    waits.sort();
    let p95 = waits[waits.len() * 95 / 100];
    assert!(
        p95 < Duration::from_millis(500),
        "{p95:?} of {}",
        waits.len()
    );
    assert!(
        viewer
            .request("close", json!({"session": session}))
            .await
            .is_ok()
    );
    agent.wait_for("close").await;
}

#[tokio::test]
async fn a_flooding_socket_is_closed_with_a_policy_code() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;

    assert_eq!(flood(wire.viewer(&ana).await).await, 1008);
}

/// Sends as fast as it can and returns the code of the last frame.
async fn flood(socket: Socket) -> u16 {
    let (mut sink, mut stream) = socket.socket.split();
    let text = r#"{"jsonrpc":"2.0","id":1,"method":"extend","params":{"session":"x"}}"#;
    let writing =
        tokio::spawn(async move { while sink.send(WsMessage::text(text)).await.is_ok() {} });
    let code = loop {
        match stream.next().await {
            Some(Ok(WsMessage::Close(Some(frame)))) => break u16::from(frame.code),
            Some(Ok(_)) => {}
            end => panic!("closed without a code: {end:?}"),
        }
    };
    writing.abort();
    code
}

#[tokio::test]
async fn asvs_17_3_2_malformed_signalling_affects_only_its_sender() {
    let wire = Wire::start().await;
    let (ana, mallory) = (wire.person("ana").await, wire.person("mallory").await);
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;
    let template = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"trickle","params":{{"session":"{session}","candidate":null}}}}"#
    );

    let mut random = 1_u32;
    for _ in 0..20 {
        let mut socket = wire.call_socket(&mallory).await;
        for _ in 0..100 {
            let mut text: Vec<char> = template.chars().collect();
            for _ in 0..3 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = random as usize % text.len();
                text[at] = char::from_u32(random >> 8 & 0x7f).unwrap();
            }
            let text: String = text.into_iter().collect();
            if socket.socket.send(WsMessage::text(text)).await.is_err() {
                break;
            }
        }
    }

    let candidate = json!({"candidate": "candidate:1 1 udp 1 203.0.113.1 5000 typ host"});
    viewer
        .notify(
            "trickle",
            json!({"session": session, "candidate": candidate}),
        )
        .await;
    assert_eq!(agent.wait_for("trickle").await.1["candidate"], candidate);
    assert_eq!(wire.state.calls.n_calls(), 1);
}
