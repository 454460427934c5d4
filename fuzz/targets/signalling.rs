//! JSON-RPC, its parameters, and the state machines that a link or a viewer's socket feeds.
//! The machines take a script: one line is one input, its first byte says which.

use std::sync::OnceLock;
use std::time::Duration;

use proto::claim::ClaimAnswer;
use proto::control::{CameraList, Listen, Slot, Unwatch};
use proto::joining::message::{FromRelay, ToRelay};
use proto::key::RecorderKey;
use proto::link::agent_side::{AgentInput, AgentOutput, AgentSide, CallReport};
use proto::link::cloud_side::{self, CloudSide, LinkInput, RegistryVerdict};
use proto::link::leg::{IncomingFrame, OutgoingFrame, SocketOutput};
use proto::link::message;
use proto::link::viewer_side::{self, ViewerInput, ViewerSide};
use proto::link::work::WorkDemand;
use proto::machine::Machine;
use proto::rpc::{Id, MAX_MESSAGE_BYTES, Message, RpcError, code};
use serde::{Serialize, de::DeserializeOwned};

const NONCE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const HOST: &str = "cloud.example.org";

/// What is read as a message is written as one. The frames of a joined relay's socket are read, too.
pub(crate) fn rpc(data: &[u8]) {
    let Some(text) = crate::input::text(data) else {
        return;
    };
    drop((FromRelay::parse(text), ToRelay::parse(text)));
    let Ok(message) = Message::parse(text) else {
        return;
    };
    let written = message.to_text();
    if written.len() <= MAX_MESSAGE_BYTES {
        Message::parse(&written).expect("what we write, we read");
    }
}

/// Parameters of the link's methods: what is read is written and read again as the same.
pub(crate) fn link_message(data: &[u8]) {
    let Some((which, json)) = crate::input::chosen(data) else {
        return;
    };
    match which % 14 {
        0 => round_trip::<message::Challenge>(json),
        1 => round_trip::<message::Register>(json),
        2 => round_trip::<message::Cameras>(json),
        3 => round_trip::<message::ClaimRequest>(json),
        4 => round_trip::<message::Presence>(json),
        5 => round_trip::<message::Connect>(json),
        6 => round_trip::<message::ConnectDevice>(json),
        7 => round_trip::<message::Connected>(json),
        8 => round_trip::<message::Invite>(json),
        9 => round_trip::<message::Invited>(json),
        10 => round_trip::<message::Trickle>(json),
        11 => round_trip::<message::Extend>(json),
        12 => round_trip::<message::Extended>(json),
        _ => round_trip::<message::Close>(json),
    }
}

/// The same for what goes over the control channel.
pub(crate) fn control(data: &[u8]) {
    let Some((which, json)) = crate::input::chosen(data) else {
        return;
    };
    match which % 5 {
        0 => round_trip::<message::Watch>(json),
        1 => round_trip::<Unwatch>(json),
        2 => round_trip::<Listen>(json),
        3 => round_trip::<CameraList>(json),
        _ => round_trip::<Slot>(json),
    }
}

fn round_trip<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(json: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(json) else {
        return;
    };
    let written = serde_json::to_vec(&read).expect("what was read can be written");
    let again: T = serde_json::from_slice(&written).expect("what we write, we read");
    assert_eq!(read, again);
}

/// Lines of a script with the time at which each comes: a tenth of a second after the other.
fn script(data: &[u8]) -> impl Iterator<Item = (u8, &str, Duration)> {
    let lines = data.split(|byte| *byte == b'\n').take(512);
    lines.enumerate().filter_map(|(n, line)| {
        let (which, rest) = crate::input::chosen(line)?;
        let now = Duration::from_millis(100 * n as u64);
        Some((which, crate::input::text(rest)?, now))
    })
}

/// A link as the cloud sees it. `P` proves a key that is right.
pub(crate) fn cloud_side(data: &[u8]) {
    let mut link = CloudSide::new(NONCE.to_owned(), HOST.to_owned(), Duration::ZERO);
    let mut is_proven = false;
    for (which, text, now) in script(data) {
        is_proven |= which == b'P';
        match which {
            b't' => link.handle_timeout(now + later(text)),
            _ => link.handle(link_input(which, text), now),
        }
        while let Some(output) = link.poll_output() {
            let event = match output {
                SocketOutput::Send(frame) => {
                    is_small(&frame);
                    continue;
                }
                SocketOutput::Event(event) => event,
            };
            let is_free = matches!(
                event,
                cloud_side::Event::Alive | cloud_side::Event::Claimed { .. }
            );
            assert!(is_proven || is_free, "{event:?} before any proof");
        }
    }
}

fn link_input(which: u8, text: &str) -> LinkInput {
    match which {
        b'P' => LinkInput::Frame(IncomingFrame::Text(register().to_owned())),
        b'j' => LinkInput::Verdict(RegistryVerdict::Accepted),
        b'k' => LinkInput::Verdict(RegistryVerdict::OtherKey),
        b'w' => LinkInput::Verdict(RegistryVerdict::Work(WorkDemand { bits: 1 })),
        b'a' => LinkInput::AskCameras,
        b'p' => LinkInput::Probe,
        b'g' => LinkInput::Frame(IncomingFrame::Gone),
        b'c' => {
            let (code, account) = ("ABCDEF".to_owned(), text.to_owned());
            let claim = message::ClaimRequest { code, account };
            LinkInput::Claim { claim, token: 1 }
        }
        _ => LinkInput::Frame(frame(which, text)),
    }
}

fn frame(which: u8, text: &str) -> IncomingFrame {
    match which {
        b'b' => IncomingFrame::Binary,
        b'e' => IncomingFrame::Ping,
        b'o' => IncomingFrame::Pong(text.as_bytes().to_vec()),
        _ => IncomingFrame::Text(text.to_owned()),
    }
}

/// Made once: signing takes far longer than everything else here.
fn register() -> &'static str {
    static REGISTER: OnceLock<String> = OnceLock::new();
    REGISTER.get_or_init(|| {
        let key = RecorderKey::from_bytes([7; 32]);
        let serial = proto::identity::Serial::from_random([3; 13]);
        let register = message::Register {
            authorization: Some(key.prove(&serial, NONCE, HOST, 1_795_493_000)),
            name: Some("Home".to_owned()),
            capabilities: vec!["extend".to_owned()],
            work: vec![0; 16],
            replaces: Some("n".to_owned()),
        };
        Message::request(1, message::method::REGISTER, &register).to_text()
    })
}

fn later(text: &str) -> Duration {
    Duration::from_secs(text.trim().parse::<u16>().unwrap_or(1).into())
}

fn is_small(frame: &OutgoingFrame) {
    if let OutgoingFrame::Text(text) = frame {
        assert!(text.len() <= 4 * MAX_MESSAGE_BYTES, "{} bytes", text.len());
    }
}

/// A link as the agent sees it.
pub(crate) fn agent_side(data: &[u8]) {
    let mut link = AgentSide::new("Home", Vec::new(), Vec::new(), Duration::ZERO);
    for (which, text, now) in script(data) {
        match which {
            b't' => link.handle_timeout(now + later(text)),
            _ => link.handle(agent_input(which, text), now),
        }
        while let Some(output) = link.poll_output() {
            if let AgentOutput::Send(text) = output {
                assert!(text.len() <= 4 * MAX_MESSAGE_BYTES, "{} bytes", text.len());
            }
        }
    }
}

fn agent_input(which: u8, text: &str) -> AgentInput {
    let session = text.to_owned();
    match which {
        b'h' => AgentInput::SignOfLife,
        b'r' => AgentInput::Proof(text.to_owned()),
        b'w' => AgentInput::Work(text.bytes().map(u64::from).collect()),
        b'i' => AgentInput::OfCall(CallReport::Invite {
            session,
            offer: "v=0\r\n".to_owned(),
        }),
        b'k' => AgentInput::OfCall(CallReport::Trickle {
            session,
            line: None,
        }),
        b'f' => AgentInput::OfCall(CallReport::Bad {
            session,
            code: code::UNAVAILABLE,
            words: "no",
        }),
        b'd' => AgentInput::OfCall(CallReport::Ended {
            session,
            reason: "over",
        }),
        b'c' => AgentInput::Verdict(Id::Text(text.to_owned()), ClaimAnswer::Accepted, None),
        _ => AgentInput::Text(text.to_owned()),
    }
}

/// A viewer's socket as the cloud sees it.
pub(crate) fn viewer_side(data: &[u8]) {
    let mut socket = ViewerSide::new("viewer".to_owned(), Duration::ZERO);
    for (which, text, now) in script(data) {
        match which {
            b't' => socket.handle_timeout(now + later(text)),
            _ => socket.handle(ViewerInput::Frame(frame(which, text)), now),
        }
        while let Some(output) = socket.poll_output() {
            match output {
                SocketOutput::Send(frame) => is_small(&frame),
                SocketOutput::Event(viewer_side::Event::Connect { id, .. }) => {
                    let error = RpcError::new(code::UNAVAILABLE, "not now");
                    socket.handle(ViewerInput::Refusal { id, error }, now);
                }
                SocketOutput::Event(_) => {}
            }
        }
    }
}
