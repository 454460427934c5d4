//! Every rule of a link on virtual time, and random messages.

mod reasons;
mod work;

use proptest::prelude::*;

use super::*;
use crate::call::event::ToDevice;
use crate::identity::Serial;
use crate::key::RecorderKey;
use crate::link::leg::OutgoingFrame;
use crate::link::leg::test::Sorted;
use crate::link::limits::{MAX_PENDING_REQUESTS, PING_EVERY, PONG_WAIT, REGISTER_WAIT};
use crate::link::message::{Camera, Cameras, ConnectDevice, Register};
use crate::machine::test::silence;

type Link = Sorted<CloudSide, Event>;

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn key() -> RecorderKey {
    RecorderKey::from_bytes([7; 32])
}

fn serial() -> Serial {
    Serial::from_random([3; 13])
}

fn fresh() -> Link {
    let host = "cloud.example.org".into();
    Sorted::new(CloudSide::new("nonce".into(), host, seconds(0)))
}

fn say(link: &mut Link, message: &Message) {
    link.handle(
        LinkInput::Frame(IncomingFrame::Text(message.to_text())),
        seconds(1),
    );
}

fn register(link: &mut Link, key: &RecorderKey, nonce: &str) {
    let authorization = key.prove(&serial(), nonce, "cloud.example.org", 0);
    let register = Register {
        authorization: Some(authorization),
        name: Some("Shop".into()),
        replaces: Some("earlier".into()),
        ..Register::default()
    };
    say(link, &Message::request(1, "register", &register));
}

fn registered() -> Link {
    let mut link = fresh();
    register(&mut link, &key(), "nonce");
    link.handle(LinkInput::Verdict(RegistryVerdict::Accepted), seconds(1));
    drain(&mut link);
    link.event();
    link
}

fn drain(link: &mut Link) -> Vec<Message> {
    link.messages()
}

fn error_code(message: &Message) -> Option<i64> {
    match message {
        Message::Response {
            outcome: Err(error),
            ..
        } => Some(error.code),
        _ => None,
    }
}

fn connect(session: &str) -> ToDevice {
    ToDevice::Connect(Box::new(ConnectDevice {
        session: session.into(),
        ..ConnectDevice::default()
    }))
}

fn camera(id: &str, name: &str) -> Camera {
    Camera {
        id: id.into(),
        name: name.into(),
        is_online: true,
        reason: None,
    }
}

fn say_cameras(link: &mut Link, cameras: Vec<Camera>, now: Duration) {
    let message = Message::notification(method::CAMERAS, &Cameras::from(cameras));
    link.handle(
        LinkInput::Frame(IncomingFrame::Text(message.to_text())),
        now,
    );
}

#[test]
fn a_registered_agent_learns_the_public_address() {
    let side = CloudSide::new("nonce".into(), "cloud.example.org".into(), seconds(0));
    let mut link = Sorted::new(side.with_public_url(Some("https://c.example/".into())));
    register(&mut link, &key(), "nonce");
    drain(&mut link);
    link.handle(LinkInput::Verdict(RegistryVerdict::Accepted), seconds(1));
    let answer = drain(&mut link)[0].to_text();
    assert!(answer.contains("https://c.example/"), "{answer}");
}

#[test]
fn a_link_starts_with_a_challenge() {
    let messages = drain(&mut fresh());

    let challenge = json!({"nonce": "nonce", "host": "cloud.example.org"});
    assert_eq!(
        messages,
        [Message::notification("peerview/challenge", &challenge)]
    );
}

#[test]
fn a_proven_key_registers_after_the_verdict() {
    let mut link = fresh();
    drain(&mut link);

    register(&mut link, &key(), "nonce");

    let Some(Event::Proven {
        proven,
        name,
        replaces,
        ..
    }) = link.event()
    else {
        panic!("not proven")
    };
    assert_eq!((proven.serial, proven.key), (serial(), key().public()));
    assert_eq!(name.as_deref(), Some("Shop"));
    assert_eq!(replaces.as_deref(), Some("earlier"));
    assert!(!link.side.is_registered() && drain(&mut link).is_empty());

    link.handle(LinkInput::Verdict(RegistryVerdict::Accepted), seconds(1));
    let registered = json!({"id": serial().as_str()});
    assert_eq!(
        drain(&mut link),
        [Message::result(Id::Number(1), &registered)]
    );
    assert!(link.side.is_registered());
}

#[test]
fn a_proof_for_another_socket_is_refused() {
    let mut link = fresh();
    drain(&mut link);

    register(&mut link, &key(), "the nonce of another socket");

    assert_eq!(link.event(), None);
    assert_eq!(error_code(&drain(&mut link)[0]), Some(code::UNAUTHORIZED));
    assert!(link.side.leg.is_closed());
}

#[test]
fn any_verdict_but_acceptance_closes_the_link() {
    for (verdict, expected) in [
        (RegistryVerdict::OtherKey, code::CONFLICT),
        (RegistryVerdict::AlreadyOnline, code::UNAVAILABLE),
        (RegistryVerdict::Unavailable, code::UNAVAILABLE),
    ] {
        let mut link = fresh();
        drain(&mut link);
        register(&mut link, &key(), "nonce");

        link.handle(LinkInput::Verdict(verdict), seconds(1));

        assert_eq!(error_code(&drain(&mut link)[0]), Some(expected));
        assert!(!link.side.is_registered() && link.side.leg.is_closed());
    }
}

#[test]
fn no_request_works_before_register() {
    let mut link = fresh();
    drain(&mut link);

    say_cameras(&mut link, vec![camera("1", "Door")], seconds(1));
    say(
        &mut link,
        &Message::request(5, "invite", &json!({"session": "s", "offer": ""})),
    );

    assert_eq!(error_code(&drain(&mut link)[0]), Some(code::UNAUTHORIZED));
    assert_eq!(link.event(), None);
    link.handle_timeout(REGISTER_WAIT);
    assert!(link.side.leg.is_closed());
}

#[test]
fn a_second_register_is_refused_and_changes_nothing() {
    let mut link = registered();

    register(&mut link, &RecorderKey::from_bytes([9; 32]), "nonce");

    assert_eq!(error_code(&drain(&mut link)[0]), Some(code::BAD_REQUEST));
    assert!(link.side.is_registered() && link.event().is_none());
}

#[test]
fn camera_lists_are_validated() {
    let many: Vec<Camera> = (0..=256).map(|n| camera(&n.to_string(), "x")).collect();
    for bad in [
        vec![camera("", "x")],
        vec![camera("a b", "x")],
        vec![camera(&"a".repeat(33), "x")],
        vec![camera("1", &"\u{e9}".repeat(65))],
        vec![camera("1", "a\u{202}b\u{7}")],
        vec![camera("1", "x"), camera("1", "y")],
        many,
    ] {
        let mut link = registered();
        say_cameras(&mut link, bad, seconds(1));
        assert_eq!(error_code(&drain(&mut link)[0]), Some(code::BAD_REQUEST));
        assert_eq!(link.event(), None);
    }

    let mut link = registered();
    let good = vec![camera("a-Z_9", &"\u{e9}".repeat(64)), camera("2", "")];
    say_cameras(&mut link, good.clone(), seconds(1));
    assert_eq!(link.event(), Some(Event::Cameras(good.into())));
}

#[test]
fn a_burst_of_camera_lists_ends_with_the_latest() {
    let only = |name| Event::Cameras(vec![camera("1", name)].into());
    let mut link = registered();
    for n in 0..50 {
        say_cameras(&mut link, vec![camera("1", &n.to_string())], seconds(1));
    }

    assert_eq!(link.event(), Some(only("0")));
    assert_eq!(link.event(), None);
    assert_eq!(link.side.poll_timeout(), Some(seconds(2)));
    link.handle_timeout(seconds(2));
    assert_eq!(link.event(), Some(only("49")));
}

#[test]
fn answers_reach_the_call_that_asked() {
    let mut link = registered();
    link.handle(
        LinkInput::OfCall {
            session: "one".to_owned(),
            message: connect("one"),
        },
        seconds(1),
    );
    link.handle(
        LinkInput::OfCall {
            session: "two".to_owned(),
            message: connect("two"),
        },
        seconds(1),
    );
    let ids: Vec<Id> = drain(&mut link)
        .into_iter()
        .map(|message| match message {
            Message::Request { id, .. } => id,
            other => panic!("{other:?}"),
        })
        .collect();

    say(
        &mut link,
        &Message::result(ids[1].clone(), &json!({"capabilities": ["extend"]})),
    );
    say(&mut link, &Message::result(ids[1].clone(), &json!({})));
    say(&mut link, &Message::result(Id::Number(999), &json!({})));

    let session = "two".to_owned();
    let said = FromDevice::Connected(Ok(vec!["extend".into()]));
    assert_eq!(link.event(), Some(Event::OfCall { session, said }));
    assert_eq!(link.event(), None);
}

#[test]
fn an_agent_that_does_not_answer_times_out() {
    let mut link = registered();
    link.handle(
        LinkInput::OfCall {
            session: "one".to_owned(),
            message: connect("one"),
        },
        seconds(1),
    );

    link.handle_timeout(seconds(11));

    let Some(Event::OfCall {
        said: FromDevice::Connected(Err(error)),
        ..
    }) = link.event()
    else {
        panic!("no time-out")
    };
    assert_eq!(error.code, code::TIMEOUT);
}

#[test]
fn a_candidate_is_forwarded_unchanged() {
    let mut link = registered();
    let candidate = json!({"candidate": "x", "sdpMid": "0", "future": {"field": [1]}});
    let trickle = json!({"session": "s", "candidate": candidate});

    say(&mut link, &Message::notification("trickle", &trickle));
    let Some(Event::OfCall {
        session,
        said: FromDevice::Trickle(read),
    }) = link.event()
    else {
        panic!("no candidate")
    };
    link.handle(
        LinkInput::OfCall {
            session: session.clone(),
            message: ToDevice::Trickle(read),
        },
        seconds(1),
    );

    assert_eq!(
        drain(&mut link),
        [Message::notification("trickle", &trickle)]
    );
}

#[test]
fn a_claim_has_four_outcomes() {
    let claim = ClaimRequest {
        code: "KQXWBD".into(),
        account: "ana".into(),
    };
    let refusal = |error_code| Err(RpcError::new(error_code, "no"));
    for (answer, expected) in [
        (Ok(()), ClaimOutcome::Accepted(None)),
        (refusal(code::FORBIDDEN), ClaimOutcome::Wrong),
        (refusal(code::TOO_MANY), ClaimOutcome::TooMany),
        (refusal(-32_601), ClaimOutcome::Unavailable),
    ] {
        let mut link = registered();
        link.handle(
            LinkInput::Claim {
                claim: claim.clone(),
                token: 42,
            },
            seconds(1),
        );
        drain(&mut link);

        say(
            &mut link,
            &match answer {
                Ok(()) => Message::result(Id::Number(1), &json!({})),
                Err(error) => Message::refusal(Id::Number(1), error),
            },
        );

        let outcome = expected;
        assert_eq!(link.event(), Some(Event::Claimed { token: 42, outcome }));
    }
}

#[test]
fn a_lost_link_fails_its_open_requests() {
    let mut link = registered();
    let claim = ClaimRequest {
        code: "KQXWBD".into(),
        account: "ana".into(),
    };
    link.handle(
        LinkInput::Claim {
            claim: claim.clone(),
            token: 1,
        },
        seconds(1),
    );
    link.handle(
        LinkInput::OfCall {
            session: "s".to_owned(),
            message: connect("s"),
        },
        seconds(1),
    );

    link.handle(LinkInput::Frame(IncomingFrame::Gone), seconds(2));

    let outcome = ClaimOutcome::Unavailable;
    assert_eq!(link.event(), Some(Event::Claimed { token: 1, outcome }));
    assert!(matches!(
        link.event(),
        Some(Event::OfCall {
            said: FromDevice::Connected(Err(_)),
            ..
        })
    ));
}

#[test]
fn too_many_open_requests_are_refused() {
    let mut link = registered();
    for _ in 0..MAX_PENDING_REQUESTS {
        link.handle(
            LinkInput::OfCall {
                session: "s".to_owned(),
                message: connect("s"),
            },
            seconds(1),
        );
    }

    link.handle(
        LinkInput::OfCall {
            session: "late".to_owned(),
            message: connect("late"),
        },
        seconds(1),
    );

    assert!(matches!(
        link.event(),
        Some(Event::OfCall { said: FromDevice::Connected(Err(error)), .. })
            if error.code == code::RESOURCES
    ));
}

#[test]
fn unknown_methods_are_refused_and_unknown_notifications_ignored() {
    let mut link = registered();

    say(&mut link, &Message::request(8, "format", &json!({})));
    say(&mut link, &Message::notification("format", &json!({})));

    let messages = drain(&mut link);
    assert_eq!(messages.len(), 1);
    assert_eq!(error_code(&messages[0]), Some(code::NO_METHOD));
}

#[test]
fn an_invite_for_no_call_is_not_found() {
    let mut link = registered();
    let offer = json!({"session": "s", "offer": "v=0"});
    say(&mut link, &Message::request(8, "invite", &offer));

    let Some(Event::OfCall { said, .. }) = link.event() else {
        panic!("no invite")
    };
    link.handle(LinkInput::NoCall(said), seconds(1));

    assert_eq!(error_code(&drain(&mut link)[0]), Some(code::NOT_FOUND));
}

#[test]
fn closing_an_unknown_call_succeeds() {
    let mut link = registered();
    say(
        &mut link,
        &Message::request(8, "close", &json!({"session": "s"})),
    );

    let Some(Event::OfCall { said, .. }) = link.event() else {
        panic!("no close")
    };
    link.handle(LinkInput::NoCall(said), seconds(1));

    assert_eq!(
        drain(&mut link),
        [Message::result(Id::Number(8), &json!({}))]
    );
}

#[test]
fn a_probe_is_answered_by_the_pong_after_it() {
    let mut link = registered();
    link.handle(LinkInput::Probe, seconds(3));
    let Some(OutgoingFrame::Ping(payload)) = link.frame() else {
        panic!("no ping")
    };

    link.handle(
        LinkInput::Frame(IncomingFrame::Pong(payload.to_vec())),
        seconds(4),
    );

    assert_eq!(link.event(), Some(Event::Alive));
}

fn any_text() -> impl Strategy<Value = String> {
    let method = prop::sample::select(vec![
        "register",
        "unregister",
        "invite",
        "trickle",
        "close",
        "extend",
        "connect",
        "peerview/cameras",
        "peerview/claim",
        "x",
    ]);
    let params = prop::sample::select(vec![
        "{}",
        r#"{"session":"s"}"#,
        r#"{"session":7}"#,
        r#"{"session":"s","offer":"v=0\r\n"}"#,
        r#"{"session":"s","candidate":null}"#,
        r#"{"cameras":[]}"#,
        r#"{"cameras":[{}]}"#,
        "[]",
    ]);
    let structured =
        (method, params, 0_u8..4, 0_u64..200).prop_map(|(method, params, shape, id)| match shape {
            0 => format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#),
            1 => format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#),
            2 => format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{params}}}"#),
            _ => format!(r#"{{"jsonrpc":"2.0","error":{{"code":{id},"session":"s"}}}}"#),
        });
    prop_oneof![9 => structured, 1 => ".{0,80}"]
}

proptest! {
    // Each case verifies a real signature, which is slow without optimization.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Random messages with requests in between: no panic, sent numbers are never reused, and every
    /// request is answered exactly once by the time the link is gone.
    #[test]
    fn any_messages_are_handled_and_ids_are_renumbered(texts in prop::collection::vec(any_text(), 0..150)) {
        let mut link = registered();
        let mut sent = std::collections::BTreeSet::new();
        let mut n_asked = 0;
        let mut n_answered = 0;
        let count = |link: &mut Link| {
            std::iter::from_fn(|| link.event())
                .filter(|event| matches!(event, Event::OfCall { said: FromDevice::Connected(_), .. }))
                .count()
        };
        for (n, text) in texts.iter().enumerate() {
            let now = Duration::from_millis(500 * n as u64);
            if n % 3 == 0 {
                link.handle(LinkInput::OfCall { session: n.to_string(), message: connect(&n.to_string()) }, now);
                n_asked += 1;
            }
            link.handle(LinkInput::Frame(IncomingFrame::Text(text.to_owned())), now);
            link.handle_timeout(now);
            n_answered += count(&mut link);
            for message in drain(&mut link) {
                if let Message::Request { id, .. } = message {
                    prop_assert!(sent.insert(id));
                }
            }
        }
        link.handle(LinkInput::Frame(IncomingFrame::Gone), seconds(2));
        prop_assert_eq!(n_answered + count(&mut link), n_asked);
    }
}

#[test]
fn requested_camera_lists_are_validated() {
    let mut link = registered();
    link.handle(LinkInput::AskCameras, seconds(2));
    let cameras = json!({"cameras": [{"id": "1", "name": "Door", "isOnline": true}]});
    say(&mut link, &Message::result(Id::Number(1), &cameras));
    let Some(Event::Cameras(told)) = link.event() else {
        panic!("no cameras")
    };
    assert_eq!(told.cameras[0].name, "Door");

    link.handle(LinkInput::AskCameras, seconds(3));
    let strange = json!({"cameras": [{}]});
    say(&mut link, &Message::result(Id::Number(2), &strange));

    assert_eq!(link.event(), None);
    assert!(
        link.side.leg.is_closed(),
        "the agent tells them on its next link"
    );
}

#[test]
fn a_link_without_further_input_ends_in_time() {
    assert_eq!(silence(&mut fresh().side, REGISTER_WAIT), REGISTER_WAIT);
    let silent_for = PING_EVERY + PONG_WAIT;
    assert_eq!(silence(&mut registered().side, silent_for), silent_for);
}
