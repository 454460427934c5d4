//! Sockets that fail in the middle of a call: what replaces them, who may, and which messages are repeated.

use proto::link::message::Challenge;
use proto::rpc::{Id, Message, RpcError, code};
use serde_json::{Value, json};

use crate::support::wire::{ANSWER, OFFER, Socket, Wire, establish, key, serial};

/// Registers a link that says it replaces the one with this nonce; its own nonce.
async fn register(link: &mut Socket, replaces: Option<&str>) -> Result<String, RpcError> {
    let Challenge { nonce, host } = link.challenge().await;
    let authorization = key(1).prove(&serial(1), &nonce, &host, 0);
    let params = json!({"authorization": authorization, "peerview/replaces": replaces});
    link.request("register", params).await.map(|_| nonce)
}

#[tokio::test]
async fn an_agent_replaces_its_own_link_without_a_ping() {
    let wire = Wire::start().await;
    let mut first = wire.link().await;
    let nonce = register(&mut first, None).await.unwrap();
    let first = tokio::spawn(async move { first.close_code().await });

    let mut second = wire.link().await;
    register(&mut second, Some(&nonce)).await.unwrap();

    assert_eq!(first.await.unwrap(), 1001);
    assert_eq!(wire.state.links.n_online(), 1);
    let answer = second.request("close", json!({"session": "x"})).await;
    assert!(answer.is_ok());
}

#[tokio::test]
async fn a_copied_key_does_not_replace_a_live_link() {
    let wire = Wire::start().await;
    let mut first = wire.link().await;
    register(&mut first, None).await.unwrap();
    let first = first.keep_alive();

    for guess in [None, Some(""), Some("guessed")] {
        let mut second = wire.link().await;
        let refusal = register(&mut second, guess).await.unwrap_err();
        assert_eq!(refusal.code, code::UNAVAILABLE, "{guess:?}");
    }
    drop(first);
}

#[tokio::test]
async fn a_recorder_stays_online_while_its_link_is_replaced() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut first = wire.link().await;
    let nonce = register(&mut first, None).await.unwrap();
    wire.own(&ana, 1, "Shop").await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut first, 1).await;

    let mut second = wire.link().await;
    register(&mut second, Some(&nonce)).await.unwrap();
    second
        .ask("invite", json!({"session": session, "offer": OFFER}))
        .await;

    loop {
        let Message::Request { method, .. } = viewer.next().await else {
            continue;
        };
        assert_eq!(method, "invite");
        break;
    }
    assert!(wire.state.links.is_online(serial(1).as_str()));
    drop(first);
}

#[tokio::test]
async fn a_restart_request_survives_the_recorders_link() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;
    let of_call = json!({"session": session});

    let noted = viewer.request("peerview/restart", of_call.clone()).await;
    assert_eq!(noted, Ok(json!({})));
    assert_eq!(agent.wait_for("peerview/restart").await.1, of_call);
    drop(agent);
    let mut back = wire.agent(1).await;
    back.wait_for("peerview/restart").await;
    back.ask("invite", json!({"session": session, "offer": OFFER}))
        .await;

    let (id, invite) = viewer.wait_for("invite").await;
    viewer.answer(id, json!({"answer": ANSWER})).await;
    let outcome = loop {
        if let Message::Response { outcome, .. } = back.next().await {
            break outcome;
        }
    };
    assert_eq!(outcome.unwrap()["answer"], ANSWER);
    let user = invite["peerview/iceServers"][1]["username"].as_str();
    let expected = format!("{}:{session}:viewer", wire.state.clock.unix_seconds() + 600);
    assert_eq!(user, Some(expected.as_str()), "a new credential");
}

/// Restarts a call, from the agent's offer to the viewer's answer; what the agent was told of servers.
async fn restart(viewer: &mut Socket, agent: &mut Socket, session: &str) -> Option<Value> {
    let offer = json!({"session": session, "offer": OFFER});
    let asked = agent.ask("invite", offer).await;
    let (id, _) = viewer.wait_for("invite").await;
    viewer.answer(id, json!({"answer": ANSWER})).await;
    let mut servers = None;
    loop {
        match agent.next().await {
            Message::Notification { method, params } if method == "peerview/iceServers" => {
                servers = Some(params);
            }
            Message::Response { id, outcome } if id == Some(Id::Number(asked)) => {
                assert_eq!(outcome.expect("an answer")["answer"], ANSWER);
                return servers;
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_agent_of_a_long_call_gets_a_new_credential() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;

    assert_eq!(restart(&mut viewer, &mut agent, &session).await, None);
    wire.clock.advance(9 * 60);
    let servers = restart(&mut viewer, &mut agent, &session).await;
    let servers = servers.expect("the first one expires within a minute");
    assert_eq!(servers["session"], session.as_str());
    let expected = format!("{}:{session}:agent", wire.state.clock.unix_seconds() + 600);
    assert_eq!(servers["iceServers"][1]["username"], expected.as_str());
    assert!(servers["iceServers"][1]["credential"].is_string());
    assert_eq!(restart(&mut viewer, &mut agent, &session).await, None);

    // What went to a link that died may be lost.
    drop(agent);
    let mut back = wire.agent(1).await;
    let again = restart(&mut viewer, &mut back, &session).await;
    assert!(again.is_some());
}

#[tokio::test]
async fn a_call_moves_to_a_newer_socket_and_not_back() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;
    let offer = json!({"session": session, "offer": OFFER});
    agent.ask("invite", offer.clone()).await;
    let (late, _) = viewer.wait_for("invite").await;

    let mut newer = wire.viewer(&ana).await;
    let resumed = newer
        .request("peerview/resume", json!({"session": session}))
        .await;
    assert_eq!(resumed, Ok(json!({})));
    agent.wait_for("peerview/restart").await;
    viewer
        .answer(late, json!({"answer": "v=0 of another offer"}))
        .await;
    agent.ask("invite", offer).await;
    let (id, _) = newer.wait_for("invite").await;
    newer.answer(id, json!({"answer": ANSWER})).await;

    let answered = loop {
        if let Message::Response {
            outcome: Ok(answer),
            ..
        } = agent.next().await
        {
            break answer;
        }
    };
    assert_eq!(answered["answer"], ANSWER);
}

#[tokio::test]
async fn asvs_8_2_2_nobody_else_resumes_or_restarts_a_call() {
    let wire = Wire::start().await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;
    let mut foreign = wire.viewer(&ben).await;
    let ask = async |socket: &mut Socket, session: &str| -> Vec<Result<Value, RpcError>> {
        let call = json!({"session": session});
        let resumed = socket.request("peerview/resume", call.clone()).await;
        vec![resumed, socket.request("peerview/restart", call).await]
    };

    let known = ask(&mut foreign, &session).await;
    let unknown = ask(&mut foreign, "no-such-call").await;

    assert_eq!(known, unknown);
    assert!(
        known
            .iter()
            .all(|it| it.as_ref().is_err_and(|it| it.code == 404))
    );
    viewer
        .request("peerview/resume", json!({"session": session}))
        .await
        .unwrap();
}
