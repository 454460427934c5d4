//! STUN and TURN at the relay: a stream of frames, and the engine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use proto::turn_credential::Secret;
use relay::core::{ClientPath, Destination, Now, PerFamily, RelayCore, RelayOutput, Transport};
use relay::framing::Framer;
use relay::policy::PeerPolicy;
use relay::turn_core::{EngineSettings, TurnCore};
use relay::{CallBook, Counters, Limits};

const RELAY: IpAddr = IpAddr::V4(Ipv4Addr::new(5, 9, 0, 1));

/// However a stream is cut into pieces, the frames are the same.
pub(crate) fn stream(data: &[u8]) {
    let Some((step, bytes)) = crate::input::chosen(data) else {
        return;
    };
    let frames = |pieces: std::slice::Chunks<'_, u8>| {
        let (mut framer, mut frames) = (Framer::default(), Vec::new());
        for piece in pieces {
            if framer
                .push(piece, |frame| frames.push(frame.to_vec()))
                .is_err()
            {
                return (frames, false);
            }
        }
        (frames, true)
    };
    let whole = frames(bytes.chunks(bytes.len().max(1)));
    let cut = frames(bytes.chunks(usize::from(step).max(1)));
    assert_eq!(whole, cut);
}

/// Packets of somebody without a secret: an answer is never longer than what a spoofer could use,
/// no socket is opened, and nothing goes to a peer.
pub(crate) fn packets(data: &[u8]) {
    let settings = EngineSettings {
        secret: Secret::new(*b"unknown to the sender"),
        advertised: PerFamily {
            v4: Some(RELAY),
            v6: None,
        },
        policy: PeerPolicy {
            allow_private: false,
            own: vec![RELAY.into()],
            are_parties_here: false,
            listen_port: 3478,
        },
        limits: Limits::default(),
        nonce_key: [9; 32],
        answer_key: [9; 16],
    };
    let mut core = TurnCore::new(settings, CallBook::default(), Counters::default());
    let mut out = Vec::new();
    // A packet is two bytes of length and so many bytes.
    let mut rest = data;
    let mut n = 0_u16;
    while let [high, low, tail @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(tail.len());
        let (packet, tail) = tail.split_at(length);
        rest = tail;
        n = n.wrapping_add(1);
        let now = Now {
            monotonic: Duration::from_millis(n.into()),
            unix: 1_795_493_000,
        };
        let addr = SocketAddr::from(([8, 8, 8, 8], 1 + n % 50));
        let transport = if n.is_multiple_of(7) {
            Transport::Tcp
        } else {
            Transport::Udp
        };
        let path = ClientPath { transport, addr };
        if let Some(to) = core.handle_client(path, packet, now, &mut out) {
            assert_eq!(to, Destination::Client(path));
            assert!(
                out.len() <= packet.len() * 8 + 100,
                "{} for {}",
                out.len(),
                packet.len()
            );
        }
        assert!(!core.has_allocation(path));
        assert!(matches!(core.poll_output(now), RelayOutput::WaitUntil(_)));
    }
}
