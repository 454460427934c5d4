//! A call between two parties that say anything in any order.

use std::time::Duration;

use proto::call::event::{FromDevice, FromViewer, ToDevice, ToViewer};
use proto::call::limits::{LASTS, MAX_CANDIDATES, MAX_RESTARTS};
use proto::call::{Call, Output, Start};
use proto::link::message::{ConnectDevice, Invited};
use proto::rpc::{Id, RpcError, code};
use serde_json::{Value, json};

/// A call whose two sides say anything: bounded, and quiet once it is over.
pub(crate) fn call(data: &[u8]) {
    let start = Start {
        id: Id::Number(1),
        connect: ConnectDevice {
            session: "s".to_owned(),
            profile: None,
            ice_servers: Vec::new(),
            expiry_time_seconds: None,
            slots: None,
            watch: Vec::new(),
        },
        viewer_servers: Vec::new(),
        lasts: LASTS,
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
                Output::ToDevice(ToDevice::Invited {
                    outcome: Err(_),
                    ..
                }) | Output::ToDevice(ToDevice::Closed { .. })
                    | Output::ToViewer(ToViewer::Closed { .. })
                    | Output::ToViewer(ToViewer::Extended {
                        outcome: Err(_),
                        ..
                    })
            );
            assert!(!has_ended || is_answer, "{output:?} after the end");
            n_ips += usize::from(matches!(output, Output::PartyIp(..)));
            has_ended |= output == Output::Ended;
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
    let device = |call: &mut Call, said| call.handle_device(said, now);
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
        b'a' => match serde_json::from_value::<Invited>(invited(&sdp())) {
            Ok(invited) => call.handle_viewer(FromViewer::Invited(Ok(invited))),
            Err(error) => panic!("{error}"),
        },
        b'b' => call.handle_viewer(FromViewer::Invited(Err(refusal()))),
        b'c' => call.handle_viewer(FromViewer::Trickle(value())),
        b'd' => call.handle_viewer(FromViewer::Extend { id }),
        b'e' => call.handle_viewer(FromViewer::Close { id, reason }),
        b'f' => call.handle_viewer(FromViewer::Failed(refusal())),
        b'g' => call.handle_viewer(FromViewer::Gone),
        b't' => call.handle_timeout(now + Duration::from_secs(text.len() as u64)),
        _ => call.close(text),
    }
}

fn invited(answer: &str) -> Value {
    json!({ "answer": answer })
}
