//! A call between two parties that say anything in any order.

use std::time::Duration;

use proto::call::event::{FromDevice, FromViewer, ToDevice, ToViewer};
use proto::call::limits::{LASTS, MAX_CANDIDATES, MAX_RESTARTS};
use proto::call::{Call, CallInput, CallOutput, CallStart};
use proto::link::message::{ConnectDevice, Invited};
use proto::machine::Machine;
use proto::rights::CallViewer;
use proto::rpc::{Id, RpcError, code};
use serde_json::{Value, json};

/// A call whose two sides say anything: bounded, and quiet once it is over.
pub(crate) fn call(data: &[u8]) {
    let start = CallStart {
        id: Id::Number(1),
        connect: ConnectDevice {
            session: "s".to_owned(),
            profile: None,
            ice_servers: Vec::new(),
            expiry_time_seconds: None,
            slots: None,
            watch: Vec::new(),
            estimate: false,
            viewer: CallViewer::default(),
        },
        viewer_servers: Vec::new(),
        lasts: LASTS,
        is_apart: data.len() % 2 == 1,
    };
    let mut call = Call::new(start, Duration::ZERO);
    let (mut has_ended, mut n_ips) = (false, 0);
    for (n, line) in data.split(|byte| *byte == b'\n').take(512).enumerate() {
        let now = Duration::from_millis(200 * n as u64);
        let Some((which, text)) = crate::input::chosen(line) else {
            continue;
        };
        say(&mut call, which, &String::from_utf8_lossy(text), now);
        while let Some(output) = call.poll_output() {
            // Requests that crossed the end are answered; nothing else follows it.
            let is_answer = matches!(
                output,
                CallOutput::ToDevice(ToDevice::Invited {
                    outcome: Err(_),
                    ..
                }) | CallOutput::ToDevice(ToDevice::Closed { .. })
                    | CallOutput::ToViewer(ToViewer::Closed { .. })
                    | CallOutput::ToViewer(ToViewer::Extended {
                        outcome: Err(_),
                        ..
                    })
            );
            assert!(!has_ended || is_answer, "{output:?} after the end");
            n_ips += usize::from(matches!(output, CallOutput::PartyIp(..)));
            has_ended |= output == CallOutput::Ended;
        }
        assert_eq!(call.is_ended(), has_ended);
    }
    assert!(n_ips <= 4 * MAX_CANDIDATES * MAX_RESTARTS);
}

fn say(call: &mut Call, which: u8, text: &str, now: Duration) {
    let id = Id::Number(u64::from(which));
    let refusal = || RpcError::new(code::UNAVAILABLE, text);
    let value = || serde_json::from_str(text).unwrap_or_else(|_| json!({ "candidate": text }));
    let sdp = || text.replace('|', "\r\n");
    let reason = Some(text.to_owned());
    let device = |call: &mut Call, said| call.handle(CallInput::Device(said), now);
    match which {
        b'1' => device(call, FromDevice::Connected(Ok(vec![text.to_owned()]))),
        b'2' => device(call, FromDevice::Connected(Err(refusal()))),
        b'3' => {
            let (offer, subprotocols) = (sdp(), vec![text.to_owned()]);
            device(
                call,
                FromDevice::Invite {
                    id,
                    offer,
                    subprotocols,
                },
            );
        }
        b'4' => device(call, FromDevice::Trickle(value())),
        b'5' => device(call, FromDevice::Extended(Ok(text.len() as u64))),
        b'6' => device(call, FromDevice::Close { id, reason }),
        b'7' => device(call, FromDevice::Failed(refusal())),
        b'8' => device(call, FromDevice::Gone),
        b'9' => device(call, FromDevice::Back),
        b'a' => match serde_json::from_value::<Invited>(invited(&sdp())) {
            Ok(invited) => call.handle(CallInput::Viewer(FromViewer::Invited(Ok(invited))), now),
            Err(error) => panic!("{error}"),
        },
        b'b' => call.handle(CallInput::Viewer(FromViewer::Invited(Err(refusal()))), now),
        b'c' => call.handle(CallInput::Viewer(FromViewer::Trickle(value())), now),
        b'd' => call.handle(CallInput::Viewer(FromViewer::Extend { id }), now),
        b'e' => call.handle(CallInput::Viewer(FromViewer::Close { id, reason }), now),
        b'f' => call.handle(CallInput::Viewer(FromViewer::Failed(refusal())), now),
        b'g' => call.handle(CallInput::Viewer(FromViewer::Gone), now),
        b'h' => call.handle(CallInput::Viewer(FromViewer::Restart { id }), now),
        b'i' => call.handle(CallInput::Viewer(FromViewer::Resume { id }), now),
        b'j' => call.handle(CallInput::Viewer(FromViewer::Moved), now),
        b't' => call.handle_timeout(now + Duration::from_secs(text.len() as u64)),
        _ => call.handle(CallInput::Close("over"), now),
    }
}

fn invited(answer: &str) -> Value {
    json!({ "answer": answer })
}
