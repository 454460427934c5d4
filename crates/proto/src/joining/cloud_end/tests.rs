//! Both ends of the socket against each other, and against an impostor.

use super::*;
use crate::joining::relay_end::{JoinAs, RelayEnd, RelayEndEvent, RelayEndInput};
use crate::machine::test::{drain, silence};
use crate::turn_credential::Role;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const ORIGIN: &str = "https://cloud.example.org";

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn secret(text: &str) -> JoinSecret {
    JoinSecret::parse(text).unwrap()
}

fn cloud(nonce: &str) -> CloudEnd {
    let rules = DoorRules {
        nonce: nonce.to_owned(),
        instance: "first".to_owned(),
        relays: vec![
            ("north".to_owned(), secret(SECRET)),
            ("south".to_owned(), secret(&SECRET.to_uppercase())),
        ],
        nobodys: secret(&SECRET.replace('0', "z")),
    };
    CloudEnd::new(rules, at(0))
}

fn relay(name: &str, key: &str) -> RelayEnd {
    let who = JoinAs {
        name: name.to_owned(),
        secret: secret(key),
        origin: ORIGIN.to_owned(),
        addresses: vec!["192.0.2.7:3478".parse().unwrap()],
        tls: None,
        nonce: "relay nonce".to_owned(),
    };
    RelayEnd::new(who, at(0))
}

fn frames<E>(outputs: Vec<SocketOutput<E>>) -> (Vec<String>, Vec<E>) {
    let (mut texts, mut events) = (Vec::new(), Vec::new());
    for output in outputs {
        match output {
            SocketOutput::Send(OutgoingFrame::Text(text)) => texts.push(text),
            SocketOutput::Send(other) => texts.push(format!("{other:?}")),
            SocketOutput::Event(event) => events.push(event),
        }
    }
    (texts, events)
}

/// Passes frames to and fro until nobody says anything; gives the events of both.
fn talk(
    cloud: &mut CloudEnd,
    relay: &mut RelayEnd,
    now: Duration,
) -> (Vec<CloudEndEvent>, Vec<RelayEndEvent>) {
    let (mut of_cloud, mut of_relay) = (Vec::new(), Vec::new());
    loop {
        let (to_relay, events) = frames(drain(cloud));
        for event in &events {
            if let CloudEndEvent::Proven { origin, .. } = event {
                cloud.handle(CloudEndInput::Admit(origin == ORIGIN), now);
            }
        }
        of_cloud.extend(events);
        let (to_cloud, events) = frames(drain(relay));
        of_relay.extend(events);
        if to_relay.is_empty() && to_cloud.is_empty() && cloud.outputs.is_empty() {
            return (of_cloud, of_relay);
        }
        for text in to_relay {
            relay.handle(RelayEndInput::Frame(IncomingFrame::Text(text)), now);
        }
        for text in to_cloud {
            cloud.handle(CloudEndInput::Frame(IncomingFrame::Text(text)), now);
        }
    }
}

fn has_joined(events: &[CloudEndEvent]) -> bool {
    events
        .iter()
        .any(|event| matches!(event, CloudEndEvent::Joined { .. }))
}

#[test]
fn a_relay_with_the_secret_gets_the_book() {
    let (mut cloud, mut relay) = (cloud("n"), relay("north", SECRET));
    let (joined, _) = talk(&mut cloud, &mut relay, at(10));
    let change = |n: usize| BookChange::Ip {
        call: format!("call-{n}"),
        role: Role::Agent.into(),
        ip: [192, 0, 2, 9].into(),
    };
    let changes: Vec<BookChange> = (0..CHANGES_PER_FRAME + 1).map(change).collect();

    cloud.handle(CloudEndInput::Changes(changes.clone()), at(20));
    cloud.handle(CloudEndInput::Whole, at(20));
    let (_, told) = talk(&mut cloud, &mut relay, at(20));

    assert!(has_joined(&joined));
    let (first, rest) = changes.split_at(CHANGES_PER_FRAME);
    assert_eq!(
        told,
        [
            RelayEndEvent::Changes(first.to_vec()),
            RelayEndEvent::Changes(rest.to_vec()),
            RelayEndEvent::Whole
        ]
    );
}

#[test]
fn wrong_secrets_names_and_clouds_are_refused_alike() {
    let refusal = |mut relay: RelayEnd| {
        let mut cloud = cloud("n");
        let (events, _) = talk(&mut cloud, &mut relay, at(10));
        assert!(!has_joined(&events), "{events:?}");
        assert_eq!(cloud.poll_timeout(), Some(at(10) + REFUSE_AFTER));
        cloud.handle_timeout(at(10) + REFUSE_AFTER);
        frames(drain(&mut cloud)).0
    };
    let mut elsewhere = relay("north", SECRET);
    elsewhere.who_mut().origin = "https://other.example.org".to_owned();

    let refusals = [
        refusal(relay("north", &SECRET.replace('0', "y"))),
        // Another relay's name.
        refusal(relay("south", SECRET)),
        refusal(relay("nobody", SECRET)),
        // The stand-in opens nothing either.
        refusal(relay("nobody", &SECRET.replace('0', "z"))),
        refusal(elsewhere),
    ];

    for said in &refusals {
        assert_eq!(said.len(), 1);
        assert!(
            said[0].contains("4403") && said[0].contains("\"refused\""),
            "{said:?}"
        );
        assert_eq!(said, &refusals[0]);
    }
}

#[test]
fn a_replayed_proof_is_refused() {
    let (mut first, mut north) = (cloud("n"), relay("north", SECRET));
    let challenge = frames(drain(&mut first)).0.remove(0);
    north.handle(RelayEndInput::Frame(IncomingFrame::Text(challenge)), at(0));
    let join = frames(drain(&mut north)).0.remove(0);

    let mut second = cloud("another nonce");
    drain(&mut second);
    second.handle(CloudEndInput::Frame(IncomingFrame::Text(join)), at(0));

    assert_eq!(frames(drain(&mut second)).1, [CloudEndEvent::Refused]);
}

#[test]
fn a_relay_refuses_a_cloud_without_the_secret() {
    let mut north = relay("north", SECRET);
    let said = |frame: ToRelay| RelayEndInput::Frame(IncomingFrame::Text(text(&frame)));
    let challenge = ToRelay::Challenge {
        nonce: "n".to_owned(),
    };
    north.handle(said(challenge), at(0));
    let own = frames(drain(&mut north)).0.remove(0);
    let Some(FromRelay::Join(own)) = FromRelay::parse(&own) else {
        panic!("{own}")
    };

    // Its own proof, sent back.
    north.handle(
        said(ToRelay::Welcome {
            proof: own.proof,
            instance: "x".to_owned(),
        }),
        at(0),
    );
    let (_, events) = frames(drain(&mut north));
    assert_eq!(events, [RelayEndEvent::NotOurCloud]);

    let mut early = relay("north", SECRET);
    early.handle(
        said(ToRelay::Book {
            changes: Vec::new(),
        }),
        at(0),
    );
    assert_eq!(frames(drain(&mut early)).1, [RelayEndEvent::NotOurCloud]);
}

#[test]
fn silence_of_two_seconds_is_noticed() {
    let (mut cloud, mut relay) = (cloud("n"), relay("north", SECRET));
    talk(&mut cloud, &mut relay, at(0));

    let mut now = at(0);
    let mut told = Vec::new();
    while now < at(2_000) {
        now = cloud.poll_timeout().unwrap();
        cloud.handle_timeout(now);
        told.extend(frames(drain(&mut cloud)).1);
    }
    assert!(told.contains(&CloudEndEvent::Alive(false)), "{told:?}");
    assert_eq!(now, at(2_000));

    relay.handle(RelayEndInput::Beat(7), now);
    let (told, _) = talk(&mut cloud, &mut relay, now);
    assert_eq!(told, [CloudEndEvent::Alive(true), CloudEndEvent::Load(7)]);
}

#[test]
fn both_ends_without_further_input_end_in_time() {
    assert_eq!(silence(&mut cloud("n"), at(60_000)), JOIN_WAIT);
    assert_eq!(silence(&mut relay("north", SECRET), at(60_000)), JOIN_WAIT);

    let (mut cloud, mut relay) = (cloud("n"), relay("north", SECRET));
    talk(&mut cloud, &mut relay, at(0));
    assert_eq!(silence(&mut cloud, at(60_000)), DEAD_AFTER);
    assert_eq!(silence(&mut relay, at(60_000)), DEAD_AFTER);
}

#[test]
fn a_relay_that_floods_is_closed() {
    let (mut cloud, mut relay) = (cloud("n"), relay("north", SECRET));
    talk(&mut cloud, &mut relay, at(0));

    for _ in 0..=RELAY_RATE.burst {
        let beat = text(&FromRelay::Beat { allocations: 1 });
        cloud.handle(CloudEndInput::Frame(IncomingFrame::Text(beat)), at(0));
    }

    let said = frames(drain(&mut cloud)).0;
    assert!(
        said.last().unwrap().contains("too many messages"),
        "{said:?}"
    );
    assert_eq!(cloud.poll_timeout(), None);
}

#[test]
fn a_stranger_gets_nothing_before_the_proof() {
    let mut cloud = cloud("n");
    drain(&mut cloud);

    cloud.handle(CloudEndInput::Beat(1), at(0));
    cloud.handle(CloudEndInput::Whole, at(0));
    cloud.handle(CloudEndInput::Admit(true), at(0));

    assert_eq!(drain(&mut cloud), []);
}
