//! Calls from a viewer's socket to a recorder's link and back: permissions, forwarded messages, and ends.

use cloud::accounts::session::expiry;
use cloud::accounts::session::new_session::BrowserKey;
use cloud::accounts::session::{self, Rotating};
use cloud::calls::limits::LOOK_AGAIN_SECONDS;
use cloud::claims;
use cloud::db::sql;
use cloud::throttle::limits::{HOUR, RENEWED_SECONDS, SESSION_IDLE, SESSION_LIFE};
use data_encoding::BASE64URL_NOPAD;
use proto::rpc::{Id, Message, code};
use proto::turn_credential::Role;
use relay::OpenCalls;
use serde_json::{Value, json};

use crate::support::wire::{
    ANSWER, OFFER, Person, SUBPROTOCOL, Socket, Wire, establish, ring, serial,
};

fn candidate(last: u8) -> Value {
    json!({"candidate": format!("candidate:1 1 udp 1 203.0.113.{last} 5000 typ host"), "sdpMid": "0", "x": [1]})
}

#[tokio::test]
async fn a_call_is_set_up_and_candidates_pass_both_ways() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;

    let session = establish(&mut viewer, &mut agent, 1).await;
    agent
        .notify(
            "trickle",
            json!({"session": session, "candidate": candidate(1)}),
        )
        .await;
    viewer
        .notify(
            "trickle",
            json!({"session": session, "candidate": candidate(2)}),
        )
        .await;

    assert_eq!(
        viewer.wait_for("trickle").await.1["candidate"],
        candidate(1)
    );
    assert_eq!(agent.wait_for("trickle").await.1["candidate"], candidate(2));
    let book = &wire.state.call_book;
    assert!(
        book.has_announced(&session, Role::Agent, [198, 51, 100, 4].into()),
        "from the offer"
    );
    assert!(
        book.has_announced(&session, Role::Agent, [203, 0, 113, 1].into()),
        "trickled"
    );
    assert!(
        book.has_announced(&session, Role::Viewer, [203, 0, 113, 2].into()),
        "trickled"
    );
    assert!(
        book.has_announced(&session, Role::Viewer, [127, 0, 0, 1].into()),
        "its socket's"
    );
    assert!(!book.has_announced(&session, Role::Viewer, [198, 51, 100, 4].into()));
    for role in [Role::Agent, Role::Viewer] {
        let signs = book.party_ice(&session, role);
        assert_eq!(signs[0].ufrag(), role.as_str(), "from its description");
    }
    let key = book.quota_key(&session, 1_800_000_000);
    assert_eq!(key.as_deref(), Some(&*ana.who.account_id));
}

#[tokio::test]
async fn each_party_gets_its_own_relay_credential() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;

    let slots = json!({"peer": serial(1).as_str(), "peerview/slots": 4,
        "peerview/watch": [{"slot": 3, "camera": "2", "stream": "sub"}]});
    let asked = viewer.ask("connect", slots).await;
    let (id, for_agent) = agent.wait_for("connect").await;
    agent.answer(id, json!({})).await;
    let for_viewer = loop {
        if let Message::Response { id, outcome } = viewer.next().await
            && id == Some(Id::Number(asked))
        {
            break outcome.unwrap();
        }
    };

    let session = for_agent["session"].as_str().unwrap();
    assert_eq!(for_agent["peerview/watch"][0]["camera"], "2");
    let owner = json!({"name": "ana", "role": "owner"});
    assert_eq!(for_agent["peerview/viewer"], owner);
    for (told, role) in [(&for_agent, "agent"), (&for_viewer, "viewer")] {
        let user = told["iceServers"][1]["username"].as_str().unwrap();
        assert_eq!(user, format!("1800000600:{session}:{role}"));
        let urls = told["iceServers"][1]["urls"].as_array().unwrap();
        assert!(urls[0].as_str().unwrap().starts_with("turn:127.0.0.1:"));
        assert!((3_500..=3_600).contains(&told["expiryTimeSeconds"].as_u64().unwrap()));
    }
    let password = |told: &Value| {
        told["iceServers"][1]["credential"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_ne!(password(&for_agent), password(&for_viewer));
    assert!(wire.state.call_book.is_open(session, 1_800_000_000));
}

#[tokio::test]
async fn a_relayed_viewer_gets_private_addresses_late() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let connect = json!({"peer": serial(1).as_str(), "peerview/relayed": true});
    viewer.ask("connect", connect).await;
    let (id, connect) = agent.wait_for("connect").await;
    agent.answer(id, json!({})).await;
    let private = "candidate:2 1 udp 1 192.168.1.4 5000 typ host";
    let rest = OFFER.replace("198.51.100.4", "5.9.0.1");

    let offer = format!("{rest}a={private}\r\n");
    let invite = json!({"session": connect["session"], "offer": offer});
    agent.ask("invite", invite).await;
    let (id, invite) = viewer.wait_for("invite").await;
    viewer.answer(id, json!({"answer": ANSWER})).await;

    assert_eq!(invite["offer"], rest);
    let trickled = viewer.wait_for("trickle").await.1;
    assert_eq!(trickled["candidate"]["candidate"], private);
}

#[tokio::test]
async fn asvs_8_2_2_foreign_unknown_and_offline_recorders_get_one_answer() {
    let wire = Wire::start().await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);
    let mut foreign = wire.agent_of(&ana, 1).await;
    drop(wire.agent_of(&ben, 2).await);
    let _unclaimed = wire.agent(3).await;
    wire.until(|state| !state.links.is_online(serial(2).as_str()))
        .await;
    let mut answers = Vec::new();

    let own_but_offline = serial(2).to_string();
    for peer in [
        own_but_offline,
        serial(1).to_string(),
        serial(3).to_string(),
        serial(9).to_string(),
        "nonsense".to_owned(),
        "' OR 1=1 --".to_owned(),
    ] {
        let mut viewer = wire.viewer(&ben).await;
        viewer.ask("connect", json!({"peer": peer})).await;
        let answer = loop {
            let text = viewer.raw().await.unwrap();
            if !text.contains("peerview/presence") {
                break text;
            }
        };
        answers.push(answer);
    }

    assert!(answers[0].contains("480"), "{}", answers[0]);
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:#?}"
    );
    assert_eq!(wire.state.calls.n_calls(), 0);
    assert!(
        foreign
            .request("close", json!({"session": "x"}))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_foreign_session_id_cannot_be_used() {
    let wire = Wire::start().await;
    let (ana, ben) = (wire.person("ana").await, wire.person("ben").await);
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut others_agent = wire.agent_of(&ben, 2).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;

    let mut stranger = wire.viewer(&ben).await;
    assert_eq!(
        stranger.request("close", json!({"session": session})).await,
        Ok(json!({}))
    );
    let extend = stranger
        .request("extend", json!({"session": session}))
        .await;
    assert_eq!(extend.unwrap_err().code, code::NOT_FOUND);
    let invite = others_agent
        .request("invite", json!({"session": session, "offer": OFFER}))
        .await;
    assert_eq!(invite.unwrap_err().code, code::NOT_FOUND);
    others_agent
        .request("close", json!({"session": session}))
        .await
        .unwrap();

    assert_eq!(wire.state.calls.n_calls(), 1, "the call goes on");
    viewer
        .request("close", json!({"session": session}))
        .await
        .unwrap();
    assert_eq!(agent.wait_for("close").await.1["session"], session.as_str());
}

#[tokio::test]
async fn requests_with_equal_ids_from_two_viewers_stay_separate() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let (mut one, mut two) = (wire.viewer(&ana).await, wire.viewer(&ana).await);

    let first = ring(&mut one, &mut agent, 1).await;
    let second = ring(&mut two, &mut agent, 1).await;
    agent
        .ask("invite", json!({"session": first, "offer": OFFER}))
        .await;
    let asked = agent
        .ask("invite", json!({"session": second, "offer": OFFER}))
        .await;
    let (id, invite) = two.wait_for("invite").await;
    assert_eq!(invite["session"], second.as_str());
    two.answer(id, json!({"answer": format!("{ANSWER}a=second\r\n")}))
        .await;

    let Message::Response { id, outcome } = agent.next().await else {
        panic!("no answer")
    };
    assert_eq!(id, Some(Id::Number(asked)));
    assert!(
        outcome.unwrap()["answer"]
            .as_str()
            .unwrap()
            .contains("second")
    );
}

#[tokio::test]
async fn an_established_call_outlives_its_viewers_socket() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;

    drop(viewer);
    let mut again = wire.viewer(&ana).await;
    let asked = again.ask("extend", json!({"session": session})).await;
    let (id, extend) = agent.wait_for("extend").await;
    assert_eq!(
        extend,
        json!({"session": session, "expiryTimeSeconds": 3_600})
    );
    agent.answer(id, json!({"expiryTimeSeconds": 3_600})).await;

    loop {
        if let Message::Response { id, outcome } = again.next().await
            && id == Some(Id::Number(asked))
        {
            break assert_eq!(outcome, Ok(json!({"expiryTimeSeconds": 3_600})));
        }
    }
    agent
        .ask("invite", json!({"session": session, "offer": OFFER}))
        .await;
    again.wait_for("invite").await;
}

#[tokio::test]
async fn an_established_call_outlives_its_recorders_link() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;

    drop(agent);
    wire.until(|state| state.links.n_online() == 0).await;
    assert!(wire.state.call_book.is_open(&session, 1_800_000_000));
    let mut back = wire.agent(1).await;
    back.ask("invite", json!({"session": session, "offer": OFFER}))
        .await;

    let (id, _) = viewer.wait_for("invite").await;
    viewer.answer(id, json!({"answer": ANSWER})).await;
    assert!(matches!(
        back.next().await,
        Message::Response { outcome: Ok(_), .. }
    ));
}

#[tokio::test]
async fn a_call_never_answered_ends_with_its_viewers_socket() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = ring(&mut viewer, &mut agent, 1).await;

    drop(viewer);

    assert_eq!(agent.wait_for("close").await.1["session"], session.as_str());
    wire.until(|state| state.calls.n_calls() == 0).await;
    assert!(!wire.state.call_book.is_open(&session, 1_800_000_000));
}

#[tokio::test]
async fn the_viewer_is_told_of_a_recorder_lost_during_setup() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = ring(&mut viewer, &mut agent, 1).await;

    drop(agent);

    let error = viewer.wait_for_error().await;
    assert_eq!(
        (error.code, error.session),
        (code::PEER_CLOSED, Some(session))
    );
}

#[tokio::test]
async fn invalid_descriptions_and_candidates_are_refused() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;

    let session = ring(&mut viewer, &mut agent, 1).await;
    let huge = format!("{OFFER}{}", "a=x\r\n".repeat(8_000));
    let refusal = agent
        .request("invite", json!({"session": session, "offer": huge}))
        .await;
    assert_eq!(refusal.unwrap_err().code, code::BAD_REQUEST);
    assert_eq!(viewer.wait_for_error().await.code, code::BAD_REQUEST);

    let session = establish(&mut viewer, &mut agent, 1).await;
    viewer
        .notify(
            "trickle",
            json!({"session": session, "candidate": {"candidate": "nonsense"}}),
        )
        .await;
    let error = viewer.wait_for_error().await;
    assert_eq!(
        (error.code, error.session),
        (code::BAD_CANDIDATE, Some(session.clone()))
    );
    viewer
        .notify(
            "trickle",
            json!({"session": session, "candidate": candidate(7)}),
        )
        .await;
    assert_eq!(
        agent.wait_for("trickle").await.1["candidate"],
        candidate(7),
        "the bad one never came"
    );
}

#[tokio::test]
async fn a_recorders_refusal_reaches_the_viewer() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;

    let asked = viewer
        .ask("connect", json!({"peer": serial(1).as_str()}))
        .await;
    let (id, _) = agent.wait_for("connect").await;
    agent.refuse(id, code::RESOURCES).await;

    loop {
        if let Message::Response { id, outcome } = viewer.next().await
            && id == Some(Id::Number(asked))
        {
            break assert_eq!(outcome.unwrap_err().code, code::RESOURCES);
        }
    }
}

#[tokio::test]
async fn log_out_closes_the_socket_and_ends_its_calls() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    establish(&mut viewer, &mut agent, 1).await;
    let elsewhere = wire.sign_in("ana").await;
    let mut other = wire.viewer(&elsewhere).await;

    session::end(&wire.state, &ana.who.account_id, &ana.who.session_id)
        .await
        .unwrap();

    agent.wait_for("close").await;
    assert_eq!(viewer.close_code().await, 4401);
    assert!(
        other
            .request("close", json!({"session": "x"}))
            .await
            .is_ok(),
        "another session stays"
    );
}

#[tokio::test]
async fn an_expired_session_closes_its_socket() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut viewer = wire.viewer(&ana).await;

    wire.clock.advance(400 * 24 * 60 * 60);

    assert_eq!(viewer.close_code().await, 4401);
}

/// A call that is set up and has no viewer's socket any more.
async fn call_left_alone(wire: &Wire, person: &Person, agent: &mut Socket) {
    let mut viewer = wire.viewer(person).await;
    establish(&mut viewer, agent, 1).await;
    drop(viewer);
}

/// Waits until the agent is told that the call ends because its session has.
async fn ends_signed_out(wire: &Wire, agent: &mut Socket) {
    assert_eq!(agent.wait_for("close").await.1["reason"], "signed out");
    wire.until(|state| state.calls.n_calls() == 0).await;
}

#[tokio::test]
async fn a_call_without_a_socket_ends_when_its_session_expires() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    call_left_alone(&wire, &ana, &mut agent).await;

    wire.clock.advance(SESSION_IDLE - 1);
    let other = wire.sign_in("ana").await;
    let mut viewer = wire.viewer(&other).await;
    establish(&mut viewer, &mut agent, 1).await;
    assert_eq!(wire.state.calls.n_calls(), 2, "not a second too early");
    wire.clock.advance(1);

    assert_eq!(agent.wait_for("close").await.1["reason"], "signed out");
    wire.until(|state| state.calls.n_calls() == 1).await;
    let refused = viewer.request("extend", json!({"session": "x"})).await;
    assert_eq!(
        refused.unwrap_err().code,
        code::NOT_FOUND,
        "still signed in"
    );
}

#[tokio::test]
async fn a_call_ends_with_its_session_despite_constant_use() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    call_left_alone(&wire, &ana, &mut agent).await;

    let step = SESSION_IDLE - 1;
    for _ in 0..SESSION_LIFE / step {
        wire.clock.advance(step);
        let used = session::find(&wire.state, ana.token()).await.unwrap();
        assert!(used.is_some());
    }
    assert_eq!(wire.state.calls.n_calls(), 1, "use keeps the session");
    wire.clock.advance(SESSION_LIFE % step);

    ends_signed_out(&wire, &mut agent).await;
}

#[tokio::test]
async fn a_call_ends_unless_its_auto_login_token_is_renewed() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut point = [1; 65];
    point[0] = 4;
    let key = BrowserKey::parse(&BASE64URL_NOPAD.encode(&point));
    let phone = wire.sign_in_with("ana", key).await;
    call_left_alone(&wire, &phone, &mut agent).await;

    wire.clock.advance(RENEWED_SECONDS - 1);
    let renewed = Rotating {
        id: &phone.who.session_id,
        persistent: true,
        has_key: true,
    };
    let mut tx = wire.state.db.begin().await.unwrap();
    let token = session::rotate(&wire.state, &mut tx, &renewed, 0).await;
    assert!(token.unwrap().is_some());
    tx.commit().await.unwrap();
    wire.clock.advance(RENEWED_SECONDS - 1);
    // Said by a socket that hangs on the same session, after the call's own end would have been.
    let mut viewer = wire.viewer(&wire.sign_in("ana").await).await;
    viewer
        .request("close", json!({"session": "x"}))
        .await
        .unwrap();
    assert_eq!(wire.state.calls.n_calls(), 1, "it was renewed");
    wire.clock.advance(1);

    ends_signed_out(&wire, &mut agent).await;
}

#[tokio::test]
async fn calls_end_with_sessions_from_a_wrong_future_clock() {
    const AHEAD: i64 = 6 * HOUR;
    let wire = Wire::start().await;
    wire.person("ana").await;
    wire.clock.advance(AHEAD);
    let ahead = wire.sign_in("ana").await;
    let mut agent = wire.agent_of(&ahead, 1).await;
    call_left_alone(&wire, &ahead, &mut agent).await;

    wire.clock.advance(-AHEAD);
    expiry::forget_future(&wire.state).await;
    let left = sql::query_scalar::<i64>("SELECT COUNT(*) FROM sessions");
    assert_eq!(left.fetch_one(&wire.state.db).await.unwrap(), 1, "today's");
    wire.clock.advance(AHEAD + LOOK_AGAIN_SECONDS);

    ends_signed_out(&wire, &mut agent).await;
}

#[tokio::test]
async fn releasing_a_recorder_ends_its_calls_immediately() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;

    assert!(
        claims::release(&wire.state, &ana.who, &serial(1))
            .await
            .unwrap()
    );

    assert_eq!(agent.wait_for("close").await.1["session"], session.as_str());
    let refusal = viewer
        .request("connect", json!({"peer": serial(1).as_str()}))
        .await;
    assert_eq!(refusal.unwrap_err().code, code::UNAVAILABLE);
}

#[tokio::test]
async fn the_call_socket_requires_a_session_and_our_own_origin() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let cookie = ("cookie", wire.cookie(&ana));
    let protocol = ("sec-websocket-protocol", SUBPROTOCOL);

    assert_eq!(wire.open("/call", &[protocol]).await.err(), Some(401));
    assert_eq!(
        wire.open("/call", &[protocol, ("cookie", "session=x")])
            .await
            .err(),
        Some(401)
    );
    assert_eq!(wire.open("/call", &[cookie]).await.err(), Some(400));
    let foreign = ("origin", "https://evil.example");
    assert_eq!(
        wire.open("/call", &[protocol, cookie, foreign]).await.err(),
        Some(403)
    );
    assert!(wire.open("/call", &[protocol, cookie]).await.is_ok());
}
