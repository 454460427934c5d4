//! PCP (RFC 6887) and NAT-PMP (RFC 6886) of the simulated router.

use std::net::SocketAddr;
use std::sync::Arc;

use agent::reach::MappingProtocol;
use tokio::net::UdpSocket;

use super::{RouterFault, RouterState};

const REFUSED: u8 = 2;
const UNSUPPORTED_VERSION: u8 = 1;

pub(super) async fn serve(state: Arc<RouterState>, socket: UdpSocket) {
    let mut buffer = [0; 1_100];
    while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
        let request = &buffer[..n];
        let answer = match (state.fault, state.protocol, request) {
            (RouterFault::Garbage, _, _) => vec![0xa5; 16],
            (_, MappingProtocol::NatPmp, [0, 0]) => address(&state),
            (_, MappingProtocol::NatPmp, [0, 1, ..]) => natpmp(&state, request, from),
            (_, MappingProtocol::Pcp, [2, 1, ..]) => pcp(&state, request, from),
            // A router of the other version says which one it knows.
            (_, MappingProtocol::NatPmp, [2, op, ..]) => {
                let mut answer = vec![0, op | 0x80, 0, UNSUPPORTED_VERSION];
                answer.extend(state.epoch().to_be_bytes());
                answer
            }
            _ => continue,
        };
        let _ = socket.send_to(&answer, from).await;
    }
}

fn result(state: &RouterState) -> u8 {
    match state.fault {
        RouterFault::Refuses => REFUSED,
        _ => 0,
    }
}

fn address(state: &RouterState) -> Vec<u8> {
    let mut answer = vec![0, 0x80, 0, result(state)];
    answer.extend(state.epoch().to_be_bytes());
    answer.extend(state.external().octets());
    answer
}

/// Maps or removes; the external port and the granted lifetime.
fn act(
    state: &Arc<RouterState>,
    internal: SocketAddr,
    external: [u8; 2],
    lifetime: [u8; 4],
) -> (u16, u32) {
    let lifetime = u32::from_be_bytes(lifetime);
    if lifetime == 0 {
        state.unmap(internal);
        return (0, 0);
    }
    if state.fault == RouterFault::Refuses {
        return (0, 0);
    }
    let port = state.map(internal, u16::from_be_bytes(external).max(1_024));
    match state.fault {
        RouterFault::NoLifetime => (port, 0),
        _ => (port, lifetime),
    }
}

fn natpmp(state: &Arc<RouterState>, request: &[u8], from: SocketAddr) -> Vec<u8> {
    let [_, _, _, _, i0, i1, e0, e1, l0, l1, l2, l3] = request[..] else {
        return Vec::new();
    };
    let internal = u16::from_be_bytes([i0, i1]);
    let holder = SocketAddr::new(from.ip(), internal);
    let (external, lifetime) = act(state, holder, [e0, e1], [l0, l1, l2, l3]);
    let told = match state.fault {
        RouterFault::OtherPort => internal ^ 1,
        _ => internal,
    };
    let mut answer = vec![0, 0x81, 0, result(state)];
    answer.extend(state.epoch().to_be_bytes());
    answer.extend(told.to_be_bytes());
    answer.extend(external.to_be_bytes());
    answer.extend(lifetime.to_be_bytes());
    answer
}

fn pcp(state: &Arc<RouterState>, request: &[u8], from: SocketAddr) -> Vec<u8> {
    if request.len() != 60 {
        return Vec::new();
    }
    let two = |at: usize| [request[at], request[at + 1]];
    let lifetime = [request[4], request[5], request[6], request[7]];
    let internal = u16::from_be_bytes(two(40));
    let holder = SocketAddr::new(from.ip(), internal);
    let (external, lifetime) = act(state, holder, two(42), lifetime);
    let told = match state.fault {
        RouterFault::OtherPort => internal ^ 1,
        _ => internal,
    };
    let mut answer = vec![2, 0x81, 0, result(state)];
    answer.extend(lifetime.to_be_bytes());
    answer.extend(state.epoch().to_be_bytes());
    answer.extend([0; 12]);
    answer.extend(&request[24..40]);
    answer.extend(told.to_be_bytes());
    answer.extend(external.to_be_bytes());
    answer.extend(state.external().to_ipv6_mapped().octets());
    answer
}
