//! Restarts that the viewer requests, and calls whose socket or link is replaced meanwhile.

use super::*;
use crate::call::limits::RESTART_WISH;

fn wants_restart(n: u64) -> CallInput {
    CallInput::Viewer(FromViewer::Restart { id: id(n) })
}

fn n_asked(outputs: &[CallOutput]) -> usize {
    let is_ask = |message: &&&ToDevice| matches!(message, ToDevice::Restart);
    to_device(outputs).iter().filter(is_ask).count()
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[test]
fn a_viewer_without_a_picture_gets_a_restart() {
    let mut call = established();

    call.handle(wants_restart(8), seconds(60));
    let outputs = drain(&mut call);
    assert_eq!(to_device(&outputs), [&ToDevice::Restart]);
    assert!(matches!(
        to_viewer(&outputs)[..],
        [ToViewer::Noted {
            id: Id::Number(8),
            outcome: Ok(())
        }]
    ));

    call.handle(CallInput::Device(invite(4, OFFER)), seconds(60));
    assert!(matches!(
        to_viewer(&drain(&mut call))[..],
        [ToViewer::Invite(_)]
    ));
    call.handle(CallInput::Viewer(answer(ANSWER)), seconds(61));
    drain(&mut call);

    assert_eq!(call.poll_timeout(), Some(seconds(3_600)), "nothing is left");
}

#[test]
fn simultaneous_requests_of_both_sides_make_one_restart() {
    let mut call = established();
    call.handle(CallInput::Device(invite(4, OFFER)), seconds(60));
    drain(&mut call);

    call.handle(wants_restart(8), seconds(60));

    assert_eq!(n_asked(&drain(&mut call)), 0);
}

#[test]
fn a_flood_of_restart_requests_is_forwarded_rarely() {
    let mut call = established();
    let mut n = 0;

    for tick in 0..600 {
        let now = seconds(60) + ms(tick * 100);
        call.handle(wants_restart(tick), now);
        call.handle_timeout(now);
        n += n_asked(&drain(&mut call));
    }

    assert!((3..=8).contains(&n), "{n}");
}

#[test]
fn a_restart_request_waits_for_the_recorders_link() {
    let mut call = established();
    call.handle(CallInput::Device(FromDevice::Gone), seconds(59));

    call.handle(wants_restart(8), seconds(60));
    assert_eq!(n_asked(&drain(&mut call)), 0);
    assert_eq!(call.poll_timeout(), Some(seconds(3_600)));
    call.handle(CallInput::Device(FromDevice::Back), seconds(65));

    assert_eq!(n_asked(&drain(&mut call)), 1);
}

#[test]
fn a_restart_request_lost_with_its_link_is_repeated() {
    let mut call = established();
    call.handle(wants_restart(8), seconds(60));
    assert_eq!(n_asked(&drain(&mut call)), 1);

    let due = call.poll_timeout().unwrap();
    call.handle_timeout(due);

    assert_eq!(due, seconds(61));
    assert_eq!(n_asked(&drain(&mut call)), 1);
}

#[test]
fn an_unserved_restart_request_expires() {
    let mut call = established();
    call.handle(wants_restart(8), seconds(60));

    while call.poll_timeout().unwrap() < seconds(3_600) {
        let due = call.poll_timeout().unwrap();
        assert!(due <= seconds(60) + RESTART_WISH);
        call.handle_timeout(due);
        drain(&mut call);
    }
}

#[test]
fn an_offer_for_an_abandoned_socket_is_requested_again() {
    let mut call = established();
    call.handle(CallInput::Device(invite(4, OFFER)), seconds(60));
    drain(&mut call);

    call.handle(CallInput::Viewer(FromViewer::Moved), seconds(61));
    call.handle(wants_restart(8), seconds(61));

    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [
            ToDevice::Invited {
                id: Id::Number(4),
                outcome: Err(_)
            },
            ToDevice::Restart
        ]
    ));
    call.handle(CallInput::Device(invite(5, OFFER)), seconds(61));
    assert!(matches!(
        to_viewer(&drain(&mut call))[..],
        [ToViewer::Invite(_)]
    ));
}

#[test]
fn an_offer_repeated_over_a_new_link_is_forwarded() {
    let mut call = established();
    call.handle(CallInput::Device(invite(4, OFFER)), seconds(60));
    drain(&mut call);

    call.handle(CallInput::Device(FromDevice::Back), seconds(61));
    call.handle(CallInput::Device(invite(1, OFFER)), seconds(61));
    let outputs = drain(&mut call);
    assert!(matches!(to_viewer(&outputs)[..], [ToViewer::Invite(_)]));
    call.handle(CallInput::Viewer(answer(ANSWER)), seconds(61));

    let outputs = drain(&mut call);
    assert!(matches!(
        to_device(&outputs)[..],
        [ToDevice::Invited {
            id: Id::Number(1),
            outcome: Ok(_)
        }]
    ));
}

#[test]
fn a_new_link_ends_no_call_that_is_set_up() {
    for mut call in [asking(), ringing(), answering()] {
        call.handle(CallInput::Device(FromDevice::Back), seconds(2));

        assert_eq!(drain(&mut call), []);
        assert!(!call.is_ended());
    }
}

#[test]
fn a_call_resumes_on_another_socket() {
    let mut call = established();
    call.handle(CallInput::Viewer(FromViewer::Gone), seconds(60));

    call.handle(
        CallInput::Viewer(FromViewer::Resume { id: id(9) }),
        seconds(61),
    );

    assert!(matches!(
        to_viewer(&drain(&mut call))[..],
        [ToViewer::Noted {
            outcome: Ok(()),
            ..
        }]
    ));
    assert!(!call.is_left_alone());
}
