//! The two STUN messages (RFC 8489) that finding the public address takes: a binding request
//! and its response. Connectivity checks are the ICE agent's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const MAGIC_COOKIE: u32 = 0x2112_A442;
const HEADER_BYTES: usize = 20;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_RESPONSE: u16 = 0x0101;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;

/// Identifies one request.
pub type TransactionId = [u8; 12];

/// A binding request without attributes.
pub fn binding_request(id: TransactionId) -> [u8; HEADER_BYTES] {
    let mut message = [0; HEADER_BYTES];
    message[..2].copy_from_slice(&BINDING_REQUEST.to_be_bytes());
    message[4..8].copy_from_slice(&MAGIC_COOKIE.to_be_bytes());
    message[8..].copy_from_slice(&id);
    message
}

/// Whose request a datagram answers; `None` if it is no binding response.
pub fn answered_id(datagram: &[u8]) -> Option<TransactionId> {
    let header = datagram.first_chunk::<HEADER_BYTES>()?;
    let is_response =
        header[..2] == BINDING_RESPONSE.to_be_bytes() && header[4..8] == MAGIC_COOKIE.to_be_bytes();
    is_response.then(|| header[8..].try_into().ok()).flatten()
}

/// The address that a binding response says the request came from.
pub fn mapped_address(response: &[u8]) -> Option<SocketAddr> {
    let id = answered_id(response)?;
    let mut rest = response.get(HEADER_BYTES..)?;
    while let [kind_high, kind_low, length_high, length_low, tail @ ..] = rest {
        let kind = u16::from_be_bytes([*kind_high, *kind_low]);
        let length = usize::from(u16::from_be_bytes([*length_high, *length_low]));
        let value = tail.get(..length)?;
        if kind == XOR_MAPPED_ADDRESS {
            return unmasked(value, id);
        }
        rest = tail.get(length.next_multiple_of(4)..)?;
    }
    None
}

fn unmasked(value: &[u8], id: TransactionId) -> Option<SocketAddr> {
    let [_, family, port_high, port_low, address @ ..] = value else {
        return None;
    };
    let cookie = MAGIC_COOKIE.to_be_bytes();
    let port = u16::from_be_bytes([port_high ^ cookie[0], port_low ^ cookie[1]]);
    let mut mask = [0_u8; 16];
    mask[..4].copy_from_slice(&cookie);
    mask[4..].copy_from_slice(&id);
    let ip = match family {
        1 => {
            let bytes: [u8; 4] = address.try_into().ok()?;
            IpAddr::V4(Ipv4Addr::from(std::array::from_fn(|n| bytes[n] ^ mask[n])))
        }
        2 => {
            let bytes: [u8; 16] = address.try_into().ok()?;
            IpAddr::V6(Ipv6Addr::from(std::array::from_fn::<u8, 16, _>(|n| {
                bytes[n] ^ mask[n]
            })))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // RFC 5769 §2.2 and §2.3 without the attributes that are not read here.
    const ID: TransactionId = [
        0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
    ];

    fn response(attributes: &[u8]) -> Vec<u8> {
        let mut message = binding_request(ID).to_vec();
        message[..2].copy_from_slice(&BINDING_RESPONSE.to_be_bytes());
        message[3] = u8::try_from(attributes.len()).expect("short");
        message.extend_from_slice(attributes);
        message
    }

    #[test]
    fn the_sample_responses_of_rfc_5769_are_read() {
        let v4 = response(&[
            0x80, 0x22, 0, 0x0b, b't', b'e', b's', b't', b' ', b'v', b'e', b'c', b't', b'o', b'r',
            b' ', 0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
        ]);
        let v6 = response(&[
            0, 0x20, 0, 0x14, 0, 2, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79,
            0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
        ]);

        assert_eq!(mapped_address(&v4), "192.0.2.1:32853".parse().ok());
        assert_eq!(
            mapped_address(&v6),
            "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().ok()
        );
        assert_eq!(answered_id(&v4), Some(ID));
    }

    #[test]
    fn a_request_is_no_answer() {
        assert_eq!(answered_id(&binding_request(ID)), None);
    }

    proptest! {
        #[test]
        fn no_datagram_makes_it_panic(attributes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = mapped_address(&response(&attributes));
            let _ = mapped_address(&attributes);
        }
    }
}
