//! The proof of work that a new recorder has to solve.

use super::*;
use crate::link::limits::{MAX_WORK_ASKED, WORK_WAIT};
use crate::link::work::{self, WorkDemand};

fn asked_work(link: &mut Link) -> Option<WorkDemand> {
    drain(link).into_iter().find_map(|message| match message {
        Message::Response {
            outcome: Err(error),
            ..
        } => error.work(),
        _ => None,
    })
}

fn register_with_work(link: &mut Link, work: Vec<u64>) -> u32 {
    let register = Register {
        authorization: Some(key().prove(&serial(), "nonce", "cloud.example.org", 0)),
        work,
        ..Register::default()
    };
    say(link, &Message::request(2, "register", &register));
    match link.event() {
        Some(Event::Proven { bits_done, .. }) => bits_done,
        other => panic!("not proven: {other:?}"),
    }
}

#[test]
fn a_new_recorder_registers_after_proof_of_work() {
    let mut link = fresh();
    drain(&mut link);
    assert_eq!(register_with_work(&mut link, Vec::new()), 0);
    link.handle(
        LinkInput::Verdict(RegistryVerdict::Work(WorkDemand { bits: 6 })),
        seconds(2),
    );

    let work = asked_work(&mut link).expect("work is asked for");
    assert!(!link.side.leg.is_closed());
    link.handle_timeout(seconds(2) + WORK_WAIT - Duration::from_millis(1));
    drain(&mut link);
    let numbers = work::Search::new("nonce", serial().as_str(), work)
        .step(100_000)
        .unwrap();
    assert!(register_with_work(&mut link, numbers) >= 6);
    link.handle(LinkInput::Verdict(RegistryVerdict::Accepted), seconds(3));

    assert!(link.side.is_registered());
}

#[test]
fn a_socket_without_proof_of_work_is_closed() {
    let mut link = fresh();
    register_with_work(&mut link, Vec::new());
    link.handle(
        LinkInput::Verdict(RegistryVerdict::Work(WorkDemand { bits: 6 })),
        seconds(2),
    );

    link.handle_timeout(REGISTER_WAIT);
    assert!(!link.side.leg.is_closed());
    link.handle_timeout(seconds(2) + WORK_WAIT);

    assert!(link.side.leg.is_closed());
}

#[test]
fn proof_of_work_is_requested_at_most_four_times() {
    let mut link = fresh();
    for _ in 0..MAX_WORK_ASKED {
        register_with_work(&mut link, Vec::new());
        link.handle(
            LinkInput::Verdict(RegistryVerdict::Work(WorkDemand { bits: 6 })),
            seconds(2),
        );
        assert!(asked_work(&mut link).is_some());
    }

    register_with_work(&mut link, Vec::new());
    link.handle(
        LinkInput::Verdict(RegistryVerdict::Work(WorkDemand { bits: 6 })),
        seconds(2),
    );

    let messages = drain(&mut link);
    assert_eq!(error_code(&messages[0]), Some(code::UNAVAILABLE));
    assert!(link.side.leg.is_closed());
}
