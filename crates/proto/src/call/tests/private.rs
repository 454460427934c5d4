//! When a viewer gets the recorder's private addresses.

use super::super::limits::PRIVATE_AFTER;
use super::*;

const PRIVATE: &str = "candidate:2 1 udp 2 192.168.1.4 5000 typ host";

/// The offer without the private address.
fn public_offer() -> String {
    OFFER.replace("198.51.100.4", "5.9.0.1")
}

fn whole_offer() -> String {
    format!("{}a={PRIVATE}\r\n", public_offer())
}

fn is_invite(outputs: &[CallOutput], offer: &str) -> bool {
    matches!(to_viewer(outputs)[..], [ToViewer::Invite(invite)] if invite.offer == offer)
}

/// A call between two sites, whose recorder has sent its offer with a private and a public address.
fn apart() -> (Call, Vec<CallOutput>) {
    let start = CallStart {
        is_apart: true,
        ..start()
    };
    let mut call = Call::new(start, seconds(0));
    let accepted = FromDevice::Connected(Ok(vec![]));
    call.handle(CallInput::Device(accepted), seconds(1));
    drain(&mut call);
    call.handle(CallInput::Device(invite(3, &whole_offer())), seconds(2));
    let outputs = drain(&mut call);
    (call, outputs)
}

fn trickled(outputs: &[CallOutput]) -> Vec<Value> {
    let messages = to_viewer(outputs).into_iter();
    let only = |message: &ToViewer| match message {
        ToViewer::Trickle(candidate) => Some(candidate.clone()),
        _ => None,
    };
    messages.filter_map(only).collect()
}

fn device_trickles(call: &mut Call, candidate: Value) -> Vec<CallOutput> {
    let said = FromDevice::Trickle(candidate);
    call.handle(CallInput::Device(said), seconds(2));
    drain(call)
}

#[test]
fn a_distant_viewer_gets_private_addresses_after_all_others() {
    let (mut call, outputs) = apart();
    assert!(is_invite(&outputs, &public_offer()));
    // The relay is told at once.
    let ip = IpAddr::from([192, 168, 1, 4]);
    assert!(outputs.contains(&CallOutput::PartyIp(Role::Agent, ip)));

    let another = json!({"candidate": "candidate:3 1 udp 2 10.0.0.4 5000 typ host"});
    let relayed = json!({"candidate": "candidate:4 1 udp 1 5.9.0.2 5000 typ relay"});
    let end = json!({"candidate": ""});
    let mut seen = Vec::new();
    for candidate in [another.clone(), relayed.clone(), end.clone()] {
        seen.extend(trickled(&device_trickles(&mut call, candidate)));
    }
    assert_eq!(seen, [relayed]);

    let answered = seconds(3);
    call.handle(CallInput::Viewer(answer(ANSWER)), answered);
    assert!(trickled(&drain(&mut call)).is_empty());
    assert_eq!(call.poll_timeout(), Some(answered + PRIVATE_AFTER));

    call.handle_timeout(answered + PRIVATE_AFTER);

    let first = json!({"candidate": PRIVATE, "sdpMLineIndex": 0});
    assert_eq!(trickled(&drain(&mut call)), [first, another, end]);
    assert_eq!(call.poll_timeout(), Some(seconds(3_600)));
    let late = json!({"candidate": PRIVATE});
    let outputs = device_trickles(&mut call, late.clone());
    assert_eq!(trickled(&outputs), [late], "nothing waits any more");
}

#[test]
fn private_addresses_of_an_earlier_offer_are_forgotten() {
    let (mut call, _) = apart();
    call.handle(CallInput::Viewer(answer(ANSWER)), seconds(3));
    drain(&mut call);

    call.handle(CallInput::Device(invite(4, &whole_offer())), seconds(3));

    assert!(is_invite(&drain(&mut call), &whole_offer()));
    call.handle_timeout(seconds(4));
    assert!(trickled(&drain(&mut call)).is_empty());
}

#[test]
fn a_near_viewer_gets_private_addresses_with_the_offer() {
    let mut call = ringing();

    call.handle(CallInput::Device(invite(3, &whole_offer())), seconds(2));

    assert!(is_invite(&drain(&mut call), &whole_offer()));
}
