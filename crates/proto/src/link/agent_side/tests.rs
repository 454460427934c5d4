//! The agent's end of a link, on virtual time.

use super::*;
use crate::claim::ClaimAnswer;
use crate::link::limits::{MAX_WORK_ASKED, WORK_WAIT};
use crate::link::message::Camera;
use crate::link::work::{MAX_BITS, WorkDemand};
use crate::machine::test::{drain, silence};
use serde_json::json;

mod during_calls;
mod reasons;

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn camera(id: &str, is_online: bool) -> Camera {
    Camera {
        id: id.to_owned(),
        name: format!("Camera {id}"),
        is_online,
        reason: None,
    }
}

fn sent(outputs: &[AgentOutput]) -> Vec<Value> {
    outputs
        .iter()
        .filter_map(|output| match output {
            AgentOutput::Send(text) => serde_json::from_str(text).ok(),
            _ => None,
        })
        .collect()
}

fn tell(side: &mut AgentSide, message: &Value) -> Vec<AgentOutput> {
    side.handle(AgentInput::Text(message.to_string()), secs(1));
    drain(side)
}

fn report(side: &mut AgentSide, report: CallReport) {
    side.handle(AgentInput::OfCall(report), secs(1));
}

fn challenge() -> Value {
    json!({"jsonrpc": "2.0", "method": "peerview/challenge",
           "params": {"nonce": "n", "host": "h"}})
}

fn registered() -> AgentSide {
    let mut side = AgentSide::new("Shop", vec![camera("1", true)], [], secs(0));
    tell(&mut side, &challenge());
    side.handle(AgentInput::Proof("Peerview proof".to_owned()), secs(1));
    drain(&mut side);
    tell(
        &mut side,
        &json!({"jsonrpc": "2.0", "id": 1, "result": {"id": "PV"}}),
    );
    side
}

fn connect(session: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "method": "connect", "params": {
        "session": session, "peerview/slots": 4,
        "peerview/watch": [{"slot": 0, "camera": "1", "stream": "sub"}]}})
}

#[test]
fn a_challenge_is_answered_and_cameras_are_sent() {
    let mut side = AgentSide::new("Shop", vec![camera("1", true)], [], secs(0));

    let outputs = tell(&mut side, &challenge());
    assert!(matches!(&outputs[..], [AgentOutput::Prove(c)] if c.nonce == "n" && c.host == "h"));
    side.handle(AgentInput::Proof("Peerview proof".to_owned()), secs(1));
    let register = &sent(&drain(&mut side))[0];
    assert_eq!(register["method"], "register");
    assert_eq!(register["params"]["authorization"], "Peerview proof");
    assert_eq!(register["params"]["name"], "Shop");

    let reply = json!({"jsonrpc": "2.0", "id": register["id"], "result": {"id": "PV"}});
    let outputs = tell(&mut side, &reply);
    assert_eq!(outputs[0], AgentOutput::Registered(None));
    assert_eq!(sent(&outputs)[0]["method"], "peerview/cameras");
    assert_eq!(sent(&outputs)[0]["params"]["cameras"][0]["id"], "1");
}

#[test]
fn a_long_public_address_is_not_passed_on() {
    for (said, passed_on) in [("https://c.example", true), (&*"x".repeat(300), false)] {
        let mut side = AgentSide::new("Shop", vec![], [], secs(0));
        tell(&mut side, &challenge());
        side.handle(AgentInput::Proof(String::new()), secs(1));
        let id = sent(&drain(&mut side))[0]["id"].clone();

        let result = json!({"id": "PV", "peerview/publicUrl": said});
        let reply = json!({"jsonrpc": "2.0", "id": id, "result": result});
        let outputs = tell(&mut side, &reply);

        let url = passed_on.then(|| said.to_owned());
        assert_eq!(outputs[0], AgentOutput::Registered(url));
    }
}

#[test]
fn a_refused_proof_ends_the_link() {
    for code in [401, 409] {
        let mut side = AgentSide::new("Shop", vec![], [], secs(0));
        tell(&mut side, &challenge());
        side.handle(AgentInput::Proof(String::new()), secs(1));
        drain(&mut side);

        let refusal = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": "no"}});

        let outputs = tell(&mut side, &refusal);
        assert!(matches!(&outputs[..], [AgentOutput::Refused(e)] if e.code == code));
    }
}

#[test]
fn nothing_is_answered_before_registering() {
    let mut side = AgentSide::new("Shop", vec![], [], secs(0));

    let outputs = tell(&mut side, &connect("s"));

    assert_eq!(sent(&outputs)[0]["error"]["code"], 401);
    assert_eq!(outputs.len(), 1);
}

#[test]
fn connect_is_answered_before_the_call_starts() {
    let mut side = registered();

    let outputs = tell(&mut side, &connect("s"));

    assert_eq!(sent(&outputs)[0]["id"], 7);
    assert_eq!(
        sent(&outputs)[0]["result"]["capabilities"],
        json!(["extend", "subProtocols"])
    );
    assert!(
        matches!(&outputs[1], AgentOutput::Connect(c) if c.slots == Some(4) && c.watch.len() == 1)
    );
}

#[test]
fn an_invalid_connect_is_refused() {
    let mut side = registered();
    tell(&mut side, &connect("taken"));

    for (params, code) in [
        (json!({"session": "taken"}), 400),
        (json!({"session": ""}), 400),
        (json!({"session": "x".repeat(200)}), 400),
        (json!({"session": "a b"}), 400),
        (json!({"session": "s", "peerview/slots": 0}), 400),
        (json!({"session": "s", "peerview/slots": 17}), 400),
        (
            json!({"session": "s", "peerview/watch":
            [{"slot": 1, "camera": "1", "stream": "sub"}]}),
            400,
        ),
        (
            json!({"session": "s", "peerview/watch":
            [{"slot": 0, "camera": "1", "stream": "huge"}]}),
            -32602,
        ),
        (json!({}), -32602),
    ] {
        let request = json!({"jsonrpc": "2.0", "id": 9, "method": "connect", "params": params});
        let outputs = tell(&mut side, &request);
        assert_eq!(sent(&outputs)[0]["error"]["code"], code, "{request}");
        assert_eq!(outputs.len(), 1, "{request}");
    }
}

#[test]
fn the_seventeenth_call_is_refused_until_one_ends() {
    let mut side = registered();
    for n in 0..MAX_CALLS {
        assert_eq!(tell(&mut side, &connect(&format!("s{n}"))).len(), 2);
    }

    let outputs = tell(&mut side, &connect("one-more"));
    assert_eq!(sent(&outputs)[0]["error"]["code"], 480);
    report(
        &mut side,
        CallReport::Ended {
            session: "s3".to_owned(),
            reason: "done",
        },
    );
    drain(&mut side);

    assert_eq!(tell(&mut side, &connect("one-more")).len(), 2);
}

#[test]
fn the_answer_to_an_invite_reaches_its_call() {
    let mut side = registered();
    tell(&mut side, &connect("s"));
    report(
        &mut side,
        CallReport::Invite {
            session: "s".to_owned(),
            offer: "offer".to_owned(),
        },
    );
    let invite = &sent(&drain(&mut side))[0];
    assert_eq!(
        invite["params"]["subprotocols"],
        json!(["peerview.control.1"])
    );

    // A string instead of our number, as in the specification's example.
    let id = invite["id"].to_string();
    let reply = json!({"jsonrpc": "2.0", "id": id, "result": {"answer": "sdp"}});
    let outputs = tell(&mut side, &reply);

    assert!(
        matches!(&outputs[..], [AgentOutput::Answer(s, Ok(a))] if s == "s" && a.answer == "sdp")
    );
}

#[test]
fn an_invite_is_refused_by_answer_or_by_error() {
    let mut side = registered();
    tell(&mut side, &connect("s"));
    report(
        &mut side,
        CallReport::Invite {
            session: "s".to_owned(),
            offer: "offer".to_owned(),
        },
    );
    drain(&mut side);

    let refusal = json!({"jsonrpc": "2.0", "id": 2, "error": {"code": 408, "message": "m"}});
    let outputs = tell(&mut side, &refusal);
    assert!(matches!(&outputs[..], [AgentOutput::Answer(_, Err(e))] if e.code == 408));

    let gone = json!({"jsonrpc": "2.0",
        "error": {"code": 1002, "message": "m", "session": "s"}});
    let outputs = tell(&mut side, &gone);
    assert!(matches!(&outputs[..], [AgentOutput::Answer(_, Err(e))] if e.code == 1002));
}

#[test]
fn candidates_reach_their_call_and_no_other() {
    let mut side = registered();
    tell(&mut side, &connect("s"));
    let trickle = |session: &str, candidate: Value| {
        json!({"jsonrpc": "2.0", "method": "trickle",
               "params": {"session": session, "candidate": candidate}})
    };

    let outputs = tell(
        &mut side,
        &trickle("s", json!({"candidate": "candidate:1"})),
    );
    assert!(matches!(&outputs[..], [AgentOutput::Candidate(_, Some(c))]
        if c.candidate == "candidate:1"));
    for end in [json!({}), json!(null), json!({"candidate": ""})] {
        let outputs = tell(&mut side, &trickle("s", end));
        assert!(matches!(&outputs[..], [AgentOutput::Candidate(_, None)]));
    }
    let outputs = tell(&mut side, &trickle("foreign", json!({"candidate": "x"})));
    assert_eq!(sent(&outputs)[0]["error"]["code"], 400);
    assert_eq!(sent(&outputs)[0]["error"]["session"], "foreign");
}

#[test]
fn closing_twice_is_not_an_error() {
    let mut side = registered();
    tell(&mut side, &connect("s"));
    let close =
        |s: &str| json!({"jsonrpc": "2.0", "id": 3, "method": "close", "params": {"session": s}});

    let outputs = tell(&mut side, &close("s"));
    assert_eq!(outputs[1], AgentOutput::Close("s".to_owned()));
    let outputs = tell(&mut side, &close("s"));
    assert_eq!(sent(&outputs)[0]["result"], json!({}));
    assert_eq!(outputs.len(), 1);

    let outputs = tell(&mut side, &close("never"));
    assert_eq!(sent(&outputs)[0]["error"]["code"], 404);
}

#[test]
fn the_end_of_a_call_is_sent_once() {
    let mut side = registered();
    tell(&mut side, &connect("s"));

    report(
        &mut side,
        CallReport::Ended {
            session: "s".to_owned(),
            reason: "no path",
        },
    );
    report(
        &mut side,
        CallReport::Ended {
            session: "s".to_owned(),
            reason: "no path",
        },
    );

    let outputs = drain(&mut side);
    assert_eq!(outputs.len(), 1);
    assert_eq!(sent(&outputs)[0]["method"], "close");
    assert_eq!(sent(&outputs)[0]["params"]["reason"], "no path");
}

#[test]
fn extend_moves_the_end_of_a_live_call() {
    let mut side = registered();
    tell(&mut side, &connect("s"));
    let extend = |session: &str| {
        json!({"jsonrpc": "2.0", "id": 4, "method": "extend",
               "params": {"session": session, "expiryTimeSeconds": 600}})
    };

    let outputs = tell(&mut side, &extend("s"));
    assert_eq!(sent(&outputs)[0]["result"]["expiryTimeSeconds"], 600);
    assert_eq!(outputs[1], AgentOutput::Extend("s".to_owned(), 600));

    let outputs = tell(&mut side, &extend("x"));
    assert_eq!(sent(&outputs)[0]["error"]["code"], 404);
}

#[test]
fn calls_of_an_earlier_link_continue() {
    let mut side = AgentSide::new("Shop", vec![], ["old".to_owned()], secs(0));
    tell(&mut side, &challenge());
    side.handle(AgentInput::Proof(String::new()), secs(1));
    drain(&mut side);
    tell(
        &mut side,
        &json!({"jsonrpc": "2.0", "id": 1, "result": {"id": "PV"}}),
    );

    report(
        &mut side,
        CallReport::Invite {
            session: "old".to_owned(),
            offer: "restart".to_owned(),
        },
    );

    assert_eq!(sent(&drain(&mut side))[0]["method"], "invite");
}

#[test]
fn claims_are_checked_and_answered() {
    let shut = ClaimAnswer::Shut { retry_after: None };
    for (answer, code) in [
        (ClaimAnswer::Accepted, None),
        (ClaimAnswer::WrongCode, Some(403)),
        (shut, Some(429)),
    ] {
        let mut side = registered();
        let claim = json!({"jsonrpc": "2.0", "id": 5, "method": "peerview/claim",
            "params": {"code": "KQXWBD", "account": "anna"}});
        let outputs = tell(&mut side, &claim);
        let [AgentOutput::Claim(id, claim)] = &outputs[..] else {
            panic!("no claim: {outputs:?}");
        };
        assert_eq!(claim.account, "anna");

        side.handle(
            AgentInput::Verdict(id.clone(), answer, Some("Shop".to_owned())),
            secs(1),
        );

        let reply = &sent(&drain(&mut side))[0];
        assert_eq!(reply["error"]["code"].as_i64(), code);
        let is_named = reply["result"]["name"] == "Shop";
        assert_eq!(
            is_named,
            code.is_none(),
            "only whoever has the code learns a name"
        );
        assert_eq!(reply["id"], 5);
    }
}

#[test]
fn unknown_methods_are_refused() {
    let mut side = registered();

    let outputs = tell(
        &mut side,
        &json!({"jsonrpc": "2.0", "id": 1, "method": "reboot"}),
    );

    assert_eq!(sent(&outputs)[0]["error"]["code"], -32601);
}

#[test]
fn changed_cameras_are_sent_once() {
    let mut side = registered();

    side.handle(
        AgentInput::Cameras(vec![camera("1", false)].into()),
        secs(1),
    );
    side.handle(
        AgentInput::Cameras(vec![camera("1", false)].into()),
        secs(1),
    );

    let told = sent(&drain(&mut side));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["params"]["cameras"][0]["isOnline"], false);
}

#[test]
fn a_silent_link_is_pinged_and_then_dead() {
    let mut side = registered();
    let mut log = Vec::new();
    while log.last() != Some(&(61, AgentOutput::Dead("nothing was heard for a minute"))) {
        let at = side.poll_timeout().unwrap();
        side.handle_timeout(at);
        for output in drain(&mut side) {
            log.push((at.as_secs(), output));
        }
    }

    assert_eq!(log[0], (21, AgentOutput::Ping));
    assert_eq!(log[1], (26, AgentOutput::Doubtful));
    assert_eq!(log[2], (41, AgentOutput::Ping));
    assert_eq!(log[3], (46, AgentOutput::Doubtful));
    assert_eq!(log.len(), 5);
}

#[test]
fn a_sign_of_life_keeps_the_link() {
    let mut side = registered();
    for minute in 1..10 {
        side.handle(AgentInput::SignOfLife, secs(minute * 60));
        side.handle_timeout(secs(minute * 60 + 19));
    }

    assert_eq!(drain(&mut side), []);
}

#[test]
fn a_link_without_a_challenge_times_out() {
    let mut side = AgentSide::new("Shop", vec![], [], secs(0));

    side.handle(AgentInput::SignOfLife, secs(14));
    side.handle_timeout(side.poll_timeout().unwrap());

    assert!(matches!(drain(&mut side)[..], [AgentOutput::Dead(_)]));
}

#[test]
fn a_hundred_invalid_messages_are_tolerated() {
    let mut side = registered();
    for _ in 1..MAX_NONSENSE {
        side.handle(AgentInput::Text("{".to_owned()), secs(1));
    }
    assert_eq!(drain(&mut side), []);

    side.handle(AgentInput::Text("{".to_owned()), secs(1));

    assert!(matches!(drain(&mut side)[..], [AgentOutput::Dead(_)]));
}

fn asks_work(side: &mut AgentSide, id: u64, bits: u32) -> Vec<AgentOutput> {
    tell(
        side,
        &json!({"jsonrpc": "2.0", "id": id, "error": {"code": 429, "message": "work",
            "data": {"peerview/work": {"bits": bits}}}}),
    )
}

fn registering() -> AgentSide {
    let mut side = AgentSide::new("Shop", vec![camera("1", true)], [], secs(0));
    tell(&mut side, &challenge());
    side.handle(AgentInput::Proof("Peerview proof".to_owned()), secs(1));
    drain(&mut side);
    side
}

#[test]
fn requested_proof_of_work_is_sent() {
    let mut side = registering();

    assert_eq!(
        asks_work(&mut side, 1, 17),
        [AgentOutput::Work(WorkDemand { bits: 17 })]
    );
    side.handle(AgentInput::SignOfLife, secs(119));
    side.handle_timeout(secs(120));
    drain(&mut side);
    side.handle(AgentInput::Work(vec![1, 2, 3]), secs(2));

    let register = &sent(&drain(&mut side))[0];
    assert_eq!(register["method"], "register");
    assert_eq!(register["params"]["authorization"], "Peerview proof");
    assert_eq!(register["params"]["peerview/work"], json!([1, 2, 3]));
    let outputs = tell(
        &mut side,
        &json!({"jsonrpc": "2.0", "id": register["id"], "result": {"id": "PV"}}),
    );
    assert_eq!(outputs[0], AgentOutput::Registered(None));
}

#[test]
fn an_agent_refuses_excessive_proof_of_work() {
    let mut side = registering();
    let too_much = asks_work(&mut side, 1, MAX_BITS + 1);
    assert!(matches!(&too_much[..], [AgentOutput::Refused(error)] if error.code == 429));

    let mut side = registering();
    let mut n_worked = 0;
    while let [AgentOutput::Work(_)] = asks_work(&mut side, u64::from(n_worked) + 1, 1)[..] {
        n_worked += 1;
        side.handle(AgentInput::Work(Vec::new()), secs(2));
        drain(&mut side);
    }
    assert_eq!(n_worked, MAX_WORK_ASKED);
}

#[test]
fn proof_of_work_that_takes_too_long_ends_the_link() {
    let mut side = registering();
    asks_work(&mut side, 1, 17);

    for _ in 0..100 {
        let now = side.poll_timeout().unwrap();
        side.handle(AgentInput::SignOfLife, now);
        side.handle_timeout(now);
        if let Some(AgentOutput::Dead(words)) = drain(&mut side).pop() {
            assert!(words.contains("work"), "{words}");
            assert!(now <= HANDSHAKE + WORK_WAIT);
            return;
        }
    }
    panic!("the link lives");
}

#[test]
fn cameras_are_sent_on_request() {
    let mut side = registered();

    let answer = tell(
        &mut side,
        &json!({"jsonrpc": "2.0", "id": 7, "method": "peerview/cameras", "params": {}}),
    );

    let answer = &sent(&answer)[0];
    assert_eq!(answer["id"], 7);
    assert_eq!(answer["result"]["cameras"][0]["id"], "1");
}

#[test]
fn a_link_without_further_input_ends_in_time() {
    let mut fresh = AgentSide::new("Shop", vec![], [], secs(0));
    let mut registered = registered();

    assert_eq!(silence(&mut fresh, SILENCE), HANDSHAKE);
    assert_eq!(
        silence(&mut registered, secs(1) + SILENCE),
        secs(1) + SILENCE
    );
}

#[test]
fn a_new_link_names_the_one_it_replaces() {
    let side = AgentSide::new("Shop", vec![], [], secs(0));
    let mut side = side.replacing(Some("earlier".to_owned()));
    tell(&mut side, &challenge());

    side.handle(AgentInput::Proof("Peerview proof".to_owned()), secs(1));

    let register = &sent(&drain(&mut side))[0];
    assert_eq!(register["params"]["peerview/replaces"], "earlier");
}

#[test]
fn a_doubted_link_is_pinged_and_reported() {
    let mut side = registered();
    drain(&mut side);

    side.handle(AgentInput::Doubt, secs(2));
    assert_eq!(drain(&mut side), [AgentOutput::Ping]);
    let due = side.poll_timeout().unwrap();
    side.handle_timeout(due);

    assert_eq!(due, secs(2) + DOUBT);
    assert_eq!(drain(&mut side), [AgentOutput::Doubtful]);
    side.handle(AgentInput::SignOfLife, secs(3));
    assert_eq!(side.poll_timeout(), Some(secs(23)));
}
