//! Random conversations of two sides that follow no rules.

use proptest::prelude::*;

use super::*;

fn any_step() -> impl Strategy<Value = u8> {
    0_u8..20
}

fn take_step(call: &mut Call, step: u8, n: u64, now: Duration) {
    match step {
        0 => call.handle(
            CallInput::Device(FromDevice::Connected(Ok(Vec::new()))),
            now,
        ),
        1 => call.handle(
            CallInput::Device(FromDevice::Connected(Err(RpcError::new(1, "no")))),
            now,
        ),
        2 => call.handle(CallInput::Device(invite(n, OFFER)), now),
        3 => call.handle(CallInput::Device(invite(n, "x")), now),
        4 => call.handle(CallInput::Device(FromDevice::Trickle(candidate(1))), now),
        5 => call.handle(CallInput::Device(FromDevice::Extended(Ok(n))), now),
        6 => call.handle(
            CallInput::Device(FromDevice::Close {
                id: id(n),
                reason: None,
            }),
            now,
        ),
        7 => call.handle(
            CallInput::Device(FromDevice::Failed(RpcError::new(1003, "bad"))),
            now,
        ),
        8 => call.handle(CallInput::Device(FromDevice::Gone), now),
        9 => call.handle(CallInput::Viewer(answer(ANSWER)), now),
        10 => call.handle(CallInput::Viewer(answer("x")), now),
        11 => call.handle(CallInput::Viewer(FromViewer::Trickle(candidate(2))), now),
        12 => call.handle(CallInput::Viewer(FromViewer::Extend { id: id(n) }), now),
        13 => call.handle(
            CallInput::Viewer(FromViewer::Close {
                id: id(n),
                reason: None,
            }),
            now,
        ),
        14 => call.handle(CallInput::Viewer(FromViewer::Gone), now),
        15 => call.handle(CallInput::Viewer(FromViewer::Restart { id: id(n) }), now),
        16 => call.handle(CallInput::Viewer(FromViewer::Resume { id: id(n) }), now),
        17 => call.handle(CallInput::Viewer(FromViewer::Moved), now),
        18 => call.handle(CallInput::Device(FromDevice::Back), now),
        _ => call.handle_timeout(now),
    }
}

proptest! {
    /// Whatever the two sides send: the call ends at most once, and nothing but answers to a close
    /// follows; connect is answered at most once; no invite is answered twice; time runs out.
    #[test]
    fn every_random_conversation_keeps_the_invariants(steps in prop::collection::vec((any_step(), 0_u64..40), 0..120)) {
        let mut call = Call::new(start(), seconds(0));
        let mut now = 0;
        let mut outputs = drain(&mut call);
        for (n, (step, wait)) in steps.into_iter().enumerate() {
            now += wait;
            take_step(&mut call, step, n as u64 + 100, seconds(now));
            outputs.append(&mut drain(&mut call));
        }
        call.handle_timeout(seconds(now + 10_000));
        outputs.append(&mut drain(&mut call));

        prop_assert!(call.is_ended());
        prop_assert_eq!(outputs.iter().filter(|it| **it == CallOutput::Ended).count(), 1);
        let is_connected = |it: &&CallOutput| matches!(it, CallOutput::ToViewer(ToViewer::Connected { .. }));
        prop_assert!(outputs.iter().filter(is_connected).count() <= 1);
        let mut answered = Vec::new();
        for output in &outputs {
            if let CallOutput::ToDevice(ToDevice::Invited { id, .. }) = output {
                prop_assert!(!answered.contains(&id), "{:?} twice", id);
                answered.push(id);
            }
        }
        let end = outputs.iter().position(|it| *it == CallOutput::Ended).unwrap_or(0);
        for late in &outputs[end + 1..] {
            let is_answer = matches!(
                late,
                CallOutput::ToViewer(
                    ToViewer::Closed { .. } | ToViewer::Extended { .. } | ToViewer::Noted { .. }
                ) | CallOutput::ToDevice(ToDevice::Closed { .. } | ToDevice::Invited { .. })
            );
            prop_assert!(is_answer, "{:?} after the end", late);
        }
    }
}
