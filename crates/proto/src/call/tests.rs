//! Every rule of a call on virtual time.

mod private;
mod random;
mod restart;

use serde_json::json;

use super::event::{FromDevice, FromViewer};
use super::limits::MAX_CANDIDATES;
use super::*;
use crate::machine::test::{drain, silence};
use crate::rights::CallViewer;

const OFFER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n\
    a=ice-ufrag:agent\r\na=ice-pwd:agent/password+of22letters\r\n\
    a=candidate:1 1 udp 1 198.51.100.4 5000 typ host\r\n";
const ANSWER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n";

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn id(n: u64) -> Id {
    Id::Number(n)
}

fn start() -> CallStart {
    let server = |user: &str| IceServer {
        urls: vec!["turn:192.0.2.1:3478".into()],
        username: Some(user.into()),
        credential: Some("secret".into()),
    };
    CallStart {
        id: id(7),
        connect: ConnectDevice {
            estimate: false,
            session: "s".into(),
            profile: None,
            ice_servers: vec![server("agent")],
            expiry_time_seconds: None,
            slots: Some(1),
            watch: Vec::new(),
            viewer: CallViewer::default(),
        },
        viewer_servers: vec![server("viewer")],
        lasts: seconds(3_600),
        is_apart: false,
    }
}

fn to_viewer<'a>(outputs: &'a [CallOutput]) -> Vec<&'a ToViewer> {
    let only = |output: &'a CallOutput| match output {
        CallOutput::ToViewer(message) => Some(message),
        _ => None,
    };
    outputs.iter().filter_map(only).collect()
}

fn to_device<'a>(outputs: &'a [CallOutput]) -> Vec<&'a ToDevice> {
    let only = |output: &'a CallOutput| match output {
        CallOutput::ToDevice(message) => Some(message),
        _ => None,
    };
    outputs.iter().filter_map(only).collect()
}

fn asking() -> Call {
    let mut call = Call::new(start(), seconds(0));
    drain(&mut call);
    call
}

fn ringing() -> Call {
    let mut call = asking();
    call.handle(
        CallInput::Device(FromDevice::Connected(Ok(vec![]))),
        seconds(1),
    );
    drain(&mut call);
    call
}

fn invite(n: u64, offer: &str) -> FromDevice {
    FromDevice::Invite {
        id: id(n),
        offer: offer.into(),
        subprotocols: vec!["peerview.control.1".into()],
    }
}

fn answer(text: &str) -> FromViewer {
    FromViewer::Invited(Ok(Invited {
        answer: text.into(),
        subprotocols: Vec::new(),
    }))
}

fn answering() -> Call {
    let mut call = ringing();
    call.handle(CallInput::Device(invite(3, OFFER)), seconds(2));
    drain(&mut call);
    call
}

fn established() -> Call {
    let mut call = answering();
    call.handle(CallInput::Viewer(answer(ANSWER)), seconds(2));
    drain(&mut call);
    assert!(call.is_established());
    call
}

fn candidate(last: u8) -> Value {
    json!({"candidate": format!("candidate:1 1 udp 1 203.0.113.{last} 5000 typ host")})
}

#[test]
fn a_call_is_requested_offered_and_answered() {
    let mut call = Call::new(start(), seconds(0));
    let outputs = drain(&mut call);
    let [ToDevice::Connect(connect)] = to_device(&outputs)[..] else {
        panic!("{outputs:?}")
    };
    assert_eq!(connect.expiry_time_seconds, Some(3_600));
    assert_eq!(connect.ice_servers[0].username.as_deref(), Some("agent"));

    call.handle(
        CallInput::Device(FromDevice::Connected(Ok(vec!["extend".into()]))),
        seconds(1),
    );
    let outputs = drain(&mut call);
    let [
        ToViewer::Connected {
            id: asked,
            outcome: Ok(connected),
        },
    ] = to_viewer(&outputs)[..]
    else {
        panic!("{outputs:?}")
    };
    assert_eq!((asked, connected.session.as_deref()), (&id(7), Some("s")));
    assert_eq!(connected.ice_servers[0].username.as_deref(), Some("viewer"));
    assert_eq!(connected.expiry_time_seconds, Some(3_599));

    call.handle(CallInput::Device(invite(3, OFFER)), seconds(2));
    let outputs = drain(&mut call);
    assert!(matches!(to_viewer(&outputs)[..], [ToViewer::Invite(invite)] if invite.offer == OFFER));

    call.handle(CallInput::Viewer(answer(ANSWER)), seconds(2));
    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [ToDevice::Invited { id: Id::Number(3), outcome: Ok(answer) }] if answer.answer == ANSWER
    ));
    assert!(call.is_established());
}

#[test]
fn candidates_before_the_offer_wait_for_it() {
    let mut call = ringing();
    call.handle(
        CallInput::Device(FromDevice::Trickle(candidate(1))),
        seconds(1),
    );
    assert!(to_viewer(&drain(&mut call)).is_empty());

    call.handle(CallInput::Device(invite(3, OFFER)), seconds(2));
    call.handle(
        CallInput::Device(FromDevice::Trickle(candidate(2))),
        seconds(2),
    );

    let outputs = drain(&mut call);
    let [
        ToViewer::Invite(_),
        ToViewer::Trickle(one),
        ToViewer::Trickle(two),
    ] = to_viewer(&outputs)[..]
    else {
        panic!("{outputs:?}")
    };
    assert_eq!((one, two), (&candidate(1), &candidate(2)));
}

#[test]
fn the_viewers_candidates_wait_for_its_answer() {
    let mut call = answering();
    call.handle(
        CallInput::Viewer(FromViewer::Trickle(candidate(1))),
        seconds(2),
    );
    assert!(to_device(&drain(&mut call)).is_empty());

    call.handle(CallInput::Viewer(answer(ANSWER)), seconds(2));

    let outputs = drain(&mut call);
    let [ToDevice::Invited { .. }, ToDevice::Trickle(one)] = to_device(&outputs)[..] else {
        panic!("{outputs:?}")
    };
    assert_eq!(one, &candidate(1));
}

#[test]
fn every_address_is_reported_before_it_is_forwarded() {
    let mut call = ringing();
    call.handle(CallInput::Device(invite(3, OFFER)), seconds(2));
    let offered = drain(&mut call);
    call.handle(CallInput::Viewer(answer(ANSWER)), seconds(2));
    drain(&mut call);
    call.handle(
        CallInput::Viewer(FromViewer::Trickle(candidate(9))),
        seconds(2),
    );
    let trickled = drain(&mut call);

    let agent_ip = IpAddr::from([198, 51, 100, 4]);
    assert_eq!(offered[0], CallOutput::PartyIp(Role::Agent, agent_ip));
    assert!(
        matches!(&offered[1], CallOutput::PartyIce(Role::Agent, ice) if ice.ufrag() == "agent"),
        "what signs its checks comes first, too"
    );
    assert!(matches!(
        offered[2],
        CallOutput::ToViewer(ToViewer::Invite(_))
    ));
    let viewer_ip = IpAddr::from([203, 0, 113, 9]);
    assert_eq!(trickled[0], CallOutput::PartyIp(Role::Viewer, viewer_ip));
    assert!(matches!(
        trickled[1],
        CallOutput::ToDevice(ToDevice::Trickle(_))
    ));
}

#[test]
fn a_malformed_candidate_is_reported_to_its_sender_only() {
    let mut call = established();

    call.handle(
        CallInput::Viewer(FromViewer::Trickle(json!({"candidate": "nonsense"}))),
        seconds(2),
    );

    let outputs = drain(&mut call);
    assert!(matches!(
        &outputs[..],
        [CallOutput::ToViewer(ToViewer::Error(error))] if error.code == code::BAD_CANDIDATE
    ));
    assert!(call.is_established());
}

#[test]
fn an_agent_that_does_not_offer_times_out() {
    let mut call = ringing();

    assert_eq!(call.poll_timeout(), Some(seconds(11)));
    call.handle_timeout(seconds(11));

    let outputs = drain(&mut call);
    assert!(matches!(
        to_viewer(&outputs)[..],
        [ToViewer::Error(error)] if error.code == code::TIMEOUT
    ));
    assert!(matches!(to_device(&outputs)[..], [ToDevice::Close { .. }]));
    assert_eq!(outputs.last(), Some(&CallOutput::Ended));
}

#[test]
fn an_agent_that_does_not_answer_connect_times_out() {
    let mut call = asking();

    call.handle_timeout(call.poll_timeout().unwrap());

    let outputs = drain(&mut call);
    assert!(matches!(
        to_viewer(&outputs)[..],
        [ToViewer::Connected { outcome: Err(error), .. }] if error.code == code::TIMEOUT
    ));
}

#[test]
fn a_viewer_that_does_not_answer_times_out() {
    let mut call = answering();

    call.handle_timeout(call.poll_timeout().unwrap());

    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [ToDevice::Invited { outcome: Err(error), .. }, ToDevice::Close { .. }]
            if error.code == code::TIMEOUT
    ));
    assert!(call.is_ended());
}

#[test]
fn a_recorders_refusal_is_forwarded_to_the_viewer() {
    let mut call = asking();

    let full = RpcError::new(code::RESOURCES, "no\nroom");
    call.handle(
        CallInput::Device(FromDevice::Connected(Err(full))),
        seconds(1),
    );

    let outputs = drain(&mut call);
    assert!(matches!(
        to_viewer(&outputs)[..],
        [ToViewer::Connected { outcome: Err(error), .. }]
            if error.code == code::RESOURCES && error.message == "noroom"
    ));
    assert!(to_device(&outputs).is_empty());
}

#[test]
fn an_invalid_offer_ends_the_call() {
    let mut call = ringing();

    call.handle(CallInput::Device(invite(3, "hello")), seconds(2));

    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [ToDevice::Invited { outcome: Err(error), .. }, ToDevice::Close { .. }]
            if error.code == code::BAD_REQUEST
    ));
    assert!(matches!(to_viewer(&outputs)[..], [ToViewer::Error(_)]));
}

#[test]
fn an_invalid_answer_never_reaches_the_agent() {
    let mut call = answering();

    call.handle(
        CallInput::Viewer(answer("v=0\r\nm=video\r\na=\u{0}\r\n")),
        seconds(2),
    );

    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [
            ToDevice::Invited {
                outcome: Err(_),
                ..
            },
            ToDevice::Close { .. }
        ]
    ));
}

#[test]
fn an_established_call_survives_its_viewers_socket() {
    let mut call = established();

    call.handle(CallInput::Viewer(FromViewer::Gone), seconds(2));

    assert_eq!(drain(&mut call), []);
    assert!(call.is_left_alone());
    assert_eq!(call.poll_timeout(), Some(seconds(3_600)));
}

#[test]
fn a_call_never_established_ends_with_its_viewers_socket() {
    for mut call in [asking(), ringing(), answering()] {
        call.handle(CallInput::Viewer(FromViewer::Gone), seconds(2));

        let outputs = drain(&mut call);
        assert!(to_viewer(&outputs).is_empty());
        assert!(matches!(
            to_device(&outputs).last(),
            Some(ToDevice::Close { .. })
        ));
        assert!(call.is_ended());
    }
}

#[test]
fn a_lost_link_ends_only_unestablished_calls() {
    let mut call = ringing();
    call.handle(CallInput::Device(FromDevice::Gone), seconds(2));
    let outputs = drain(&mut call);
    assert!(matches!(
        to_viewer(&outputs)[..],
        [ToViewer::Error(error)] if error.code == code::PEER_CLOSED
    ));
    assert!(to_device(&outputs).is_empty());

    let mut call = established();
    call.handle(CallInput::Device(FromDevice::Gone), seconds(2));
    assert_eq!(drain(&mut call), []);
    assert!(call.is_established());
}

#[test]
fn a_restart_is_sent_only_to_a_connected_viewer() {
    let mut call = established();

    call.handle(CallInput::Device(invite(4, OFFER)), seconds(60));
    let outputs = drain(&mut call);
    assert!(matches!(to_viewer(&outputs)[..], [ToViewer::Invite(_)]));
    call.handle(CallInput::Viewer(answer(ANSWER)), seconds(2));
    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [ToDevice::Invited {
            id: Id::Number(4),
            outcome: Ok(_)
        }]
    ));

    call.handle(CallInput::Viewer(FromViewer::Gone), seconds(2));
    call.handle(CallInput::Device(invite(5, OFFER)), seconds(61));
    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [ToDevice::Invited { outcome: Err(error), .. }] if error.code == code::GONE
    ));
    assert!(call.is_established());
}

#[test]
fn a_failed_restart_leaves_the_call_unchanged() {
    let mut call = established();

    call.handle(CallInput::Device(invite(4, OFFER)), seconds(60));
    drain(&mut call);
    call.handle_timeout(call.poll_timeout().unwrap());

    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [ToDevice::Invited { outcome: Err(error), .. }] if error.code == code::TIMEOUT
    ));
    assert!(call.is_established());
}

#[test]
fn a_restart_resets_the_candidate_count() {
    let mut call = established();
    let n_passed = |call: &mut Call| {
        for _ in 0..30 {
            call.handle(
                CallInput::Device(FromDevice::Trickle(candidate(1))),
                seconds(9),
            );
        }
        to_viewer(&drain(call)).len()
    };

    assert_eq!(n_passed(&mut call), MAX_CANDIDATES);
    assert_eq!(n_passed(&mut call), 0);
    call.handle(CallInput::Device(invite(4, OFFER)), seconds(60));
    drain(&mut call);
    assert_eq!(n_passed(&mut call), MAX_CANDIDATES);
    assert_eq!(call.n_dropped(), 50);
}

#[test]
fn a_second_close_changes_nothing() {
    let mut call = established();
    let close = |n| FromViewer::Close {
        id: id(n),
        reason: Some("bye\u{7}".into()),
    };

    call.handle(CallInput::Viewer(close(1)), seconds(2));
    let outputs = drain(&mut call);
    assert!(matches!(to_viewer(&outputs)[..], [ToViewer::Closed { .. }]));
    assert!(matches!(
        to_device(&outputs)[..],
        [ToDevice::Close { reason: Some(reason) }] if reason == "bye"
    ));

    call.handle(CallInput::Viewer(close(2)), seconds(2));
    assert_eq!(
        drain(&mut call),
        [CallOutput::ToViewer(ToViewer::Closed { id: id(2) })]
    );
}

#[test]
fn the_recorder_can_close_a_call() {
    let mut call = established();

    call.handle(
        CallInput::Device(FromDevice::Close {
            id: id(9),
            reason: None,
        }),
        seconds(5),
    );

    let outputs = drain(&mut call);
    assert!(matches!(to_device(&outputs)[..], [ToDevice::Closed { .. }]));
    assert!(matches!(to_viewer(&outputs)[..], [ToViewer::Close { .. }]));
    assert_eq!(outputs.last(), Some(&CallOutput::Ended));
}

#[test]
fn a_call_ends_when_its_time_is_up() {
    let mut call = established();

    call.handle_timeout(seconds(3_599));
    assert!(call.is_established());
    call.handle_timeout(seconds(3_600));

    let outputs = drain(&mut call);
    assert!(matches!(to_viewer(&outputs)[..], [ToViewer::Close { .. }]));
    assert!(matches!(to_device(&outputs)[..], [ToDevice::Close { .. }]));
}

#[test]
fn extend_moves_the_end_of_a_call() {
    let mut call = established();

    call.handle(
        CallInput::Viewer(FromViewer::Extend { id: id(8) }),
        seconds(2),
    );
    assert!(matches!(
        to_device(&drain(&mut call))[..],
        [ToDevice::Extend { seconds: 3_600 }]
    ));
    call.handle(
        CallInput::Device(FromDevice::Extended(Ok(9_999_999))),
        seconds(3_000),
    );

    let outputs = drain(&mut call);
    assert_eq!(outputs[0], CallOutput::LastsFor(seconds(3_600)));
    assert!(matches!(
        to_viewer(&outputs)[..],
        [ToViewer::Extended {
            outcome: Ok(3_600),
            ..
        }]
    ));
    assert_eq!(call.poll_timeout(), Some(seconds(6_600)));
}

#[test]
fn extend_never_shortens_a_call() {
    let mut call = established();

    call.handle(
        CallInput::Viewer(FromViewer::Extend { id: id(8) }),
        seconds(2),
    );
    call.handle(CallInput::Device(FromDevice::Extended(Ok(1))), seconds(100));

    assert_eq!(call.poll_timeout(), Some(seconds(3_600)));
}

#[test]
fn extend_is_refused_outside_an_established_call() {
    let refused_with = |mut call: Call| {
        call.handle(
            CallInput::Viewer(FromViewer::Extend { id: id(8) }),
            seconds(2),
        );
        match to_viewer(&drain(&mut call))[..] {
            [
                ToViewer::Extended {
                    outcome: Err(error),
                    ..
                },
            ] => error.code,
            _ => panic!("extend was not refused"),
        }
    };
    let mut offline = established();
    offline.handle(CallInput::Device(FromDevice::Gone), seconds(5));

    assert_eq!(refused_with(ringing()), code::BAD_REQUEST);
    assert_eq!(refused_with(offline), code::GONE);
}

#[test]
fn text_from_the_other_side_is_cut_and_cleaned() {
    let error = passed_on(RpcError::new(
        31_337,
        &format!("\u{1b}[31m{}", "x".repeat(9_999)),
    ));

    assert_eq!(error.code, code::UNAVAILABLE);
    assert_eq!(error.message.len(), MAX_WORDS_CHARS);
    assert!(!error.message.contains('\u{1b}'));
}

#[test]
fn a_call_without_further_input_ends_in_time() {
    assert_eq!(silence(&mut asking(), seconds(3_600)), STEP_WAIT);
    assert_eq!(silence(&mut established(), seconds(3_600)), seconds(3_600));
}
