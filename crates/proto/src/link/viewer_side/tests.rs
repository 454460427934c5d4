//! Every rule of a viewer's socket on virtual time, and random messages.

use proptest::prelude::*;

use super::*;
use crate::link::leg::test::Sorted;
use crate::link::limits::{PING_EVERY, PONG_WAIT, REGISTER_WAIT};
use crate::link::message::{Connected, Invite};
use crate::machine::test::silence;

type Socket = Sorted<ViewerSide, Event>;

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn say(side: &mut Socket, message: &Message) {
    side.handle(
        ViewerInput::Frame(IncomingFrame::Text(message.to_text())),
        seconds(1),
    );
}

fn registered() -> Socket {
    let mut side = Sorted::new(ViewerSide::new("me".into(), seconds(0)));
    say(&mut side, &Message::request(1, "register", &json!({})));
    drain(&mut side);
    side.event();
    side
}

fn drain(side: &mut Socket) -> Vec<Message> {
    side.messages()
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

#[test]
fn register_answers_with_the_viewers_id() {
    let mut side = Sorted::new(ViewerSide::new("me".into(), seconds(0)));

    say(&mut side, &Message::request(1, "register", &json!({})));

    let me = json!({"id": "me"});
    assert_eq!(drain(&mut side), [Message::result(Id::Number(1), &me)]);
    assert_eq!(side.event(), Some(Event::Registered));
    say(&mut side, &Message::request(2, "register", &json!({})));
    assert_eq!(side.event(), None, "presence is sent once");
}

#[test]
fn connect_requires_register() {
    let mut side = Sorted::new(ViewerSide::new("me".into(), seconds(0)));

    say(
        &mut side,
        &Message::request(1, "connect", &json!({"peer": "p"})),
    );

    assert_eq!(error_code(&drain(&mut side)[0]), Some(code::UNAUTHORIZED));
    assert_eq!(side.event(), None);
}

#[test]
fn connect_is_validated_before_it_is_forwarded() {
    for bad in [
        json!({}),
        json!({"peer": 7}),
        json!({"peer": "p".repeat(65)}),
        json!({"peer": "p", "peerview/slots": 0}),
        json!({"peer": "p", "peerview/slots": 17}),
        json!({"peer": "p", "peerview/watch": [{"slot": 1, "camera": "1", "stream": "sub"}]}),
        json!({"peer": "p", "peerview/watch": [{"slot": 0, "camera": "1", "stream": "huge"}]}),
    ] {
        let mut side = registered();
        say(&mut side, &Message::request(4, "connect", &bad));
        assert_eq!(
            error_code(&drain(&mut side)[0]),
            Some(code::BAD_PARAMS),
            "{bad}"
        );
        assert_eq!(side.event(), None);
    }
}

#[test]
fn an_invite_gets_its_own_number_and_its_answer_back() {
    let mut side = registered();
    let invite = |session: &str| {
        ToViewer::Invite(Box::new(Invite {
            ice_servers: Vec::new(),
            session: session.into(),
            offer: "v=0".into(),
            subprotocols: Vec::new(),
        }))
    };
    side.handle(
        ViewerInput::OfCall {
            session: "one".to_owned(),
            message: invite("one"),
        },
        seconds(1),
    );
    side.handle(
        ViewerInput::OfCall {
            session: "two".to_owned(),
            message: invite("two"),
        },
        seconds(1),
    );
    let messages = drain(&mut side);
    let Message::Request { id, .. } = &messages[1] else {
        panic!("{messages:?}")
    };

    say(
        &mut side,
        &Message::result(id.clone(), &json!({"answer": "v=0"})),
    );

    let answer = Invited {
        answer: "v=0".into(),
        subprotocols: Vec::new(),
    };
    let session = "two".to_owned();
    let said = FromViewer::Invited(Ok(answer));
    assert_eq!(side.event(), Some(Event::OfCall { session, said }));
    side.handle_timeout(seconds(11));
    assert!(matches!(
        side.event(),
        Some(Event::OfCall { session, said: FromViewer::Invited(Err(error)) })
            if session == "one" && error.code == code::TIMEOUT
    ));
}

#[test]
fn connect_answers_carry_the_viewers_own_id() {
    let mut side = registered();
    let connect = Message::Request {
        id: Id::Text("a7".into()),
        method: "connect".into(),
        params: json!({"peer": "PV-0000-0000-00000", "peerview/slots": 4}),
    };
    say(&mut side, &connect);
    let Some(Event::Connect { id, connect }) = side.event() else {
        panic!("no connect")
    };
    assert_eq!(connect.slots, Some(4));

    let connected = Connected {
        session: Some("s".into()),
        ..Connected::default()
    };
    let outcome = Ok(Box::new(connected));
    side.handle(
        ViewerInput::OfCall {
            session: "s".to_owned(),
            message: ToViewer::Connected { id, outcome },
        },
        seconds(2),
    );

    let expected = Message::result(Id::Text("a7".into()), &json!({"session": "s"}));
    assert_eq!(drain(&mut side), [expected]);
}

#[test]
fn messages_for_unknown_calls_get_uniform_answers() {
    let mut side = registered();
    say(
        &mut side,
        &Message::request(5, "extend", &json!({"session": "s"})),
    );
    say(
        &mut side,
        &Message::request(6, "close", &json!({"session": "s"})),
    );
    while let Some(Event::OfCall { said, .. }) = side.event() {
        side.handle(ViewerInput::NoCall(said), seconds(1));
    }

    let messages = drain(&mut side);
    assert_eq!(error_code(&messages[0]), Some(code::NOT_FOUND));
    assert_eq!(messages[1], Message::result(Id::Number(6), &json!({})));
}

#[test]
fn errors_name_their_session() {
    let mut side = registered();
    let error = RpcError::new(code::PEER_CLOSED, "gone");
    side.handle(
        ViewerInput::OfCall {
            session: "s".to_owned(),
            message: ToViewer::Error(error.clone()),
        },
        seconds(1),
    );

    let expected = Message::Response {
        id: None,
        outcome: Err(error.about("s")),
    };
    assert_eq!(drain(&mut side), [expected]);
}

#[test]
fn a_socket_without_further_input_ends_in_time() {
    let mut fresh = ViewerSide::new("me".into(), seconds(0));
    let silent_for = PING_EVERY + PONG_WAIT;

    assert_eq!(silence(&mut fresh, REGISTER_WAIT), REGISTER_WAIT);
    assert_eq!(silence(&mut registered().side, silent_for), silent_for);
}

proptest! {
    #[test]
    fn any_text_is_handled_without_a_panic(texts in prop::collection::vec(r#"\{"jsonrpc":"2.0",("id":[0-9]{1,3},)?"(method|result|error)":("(connect|close|extend|trickle|register)"|\{\}),?("params":\{"session":"s"\})?\}"#, 0..60)) {
        let mut side = registered();
        for text in &texts {
            side.handle(ViewerInput::Frame(IncomingFrame::Text(text.clone())), seconds(1));
            while let Some(event) = side.event() {
                if let Event::OfCall { said, .. } = event {
                    side.handle(ViewerInput::NoCall(said), seconds(1));
                }
            }
        }
        drain(&mut side);
    }
}
