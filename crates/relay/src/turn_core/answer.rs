//! Answers of the relay, as small as the standards allow: no SOFTWARE, no reason phrases, and
//! FINGERPRINT only if the request had one.

use std::net::SocketAddr;

use stun_types::AddressFamily;
use stun_types::attribute::{
    AttributeType, ErrorCode, Fingerprint, MessageIntegrity, Nonce, Realm, UnknownAttributes,
    Username, XorMappedAddress,
};
use stun_types::message::{
    IntegrityAlgorithm, IntegrityKey, Message, MessageClass, MessageType, MessageWrite,
    MessageWriteExt, MessageWriteVec,
};
use stun_types::prelude::{Attribute, AttributeStaticType, AttributeWrite};
use turn_types::attribute::{
    AddressErrorCode, ChannelNumber, Data, Lifetime, RequestedAddressFamily, RequestedTransport,
    XorPeerAddress, XorRelayedAddress,
};
use turn_types::message::{ALLOCATE, DATA};

use super::super::core::Family;
use super::allocation::RequestMark;

/// The realm of the relay; short, because every 401 contains it.
pub(super) const REALM: &str = "peerview";

pub(super) struct TurnAnswer {
    message: MessageWriteVec,
    has_fingerprint: bool,
}

impl TurnAnswer {
    /// Starts a success answer to `request`.
    pub(super) fn success(request: &Message<'_>) -> Self {
        Self {
            message: Message::builder_success(request, MessageWriteVec::with_capacity(128)),
            has_fingerprint: request.has_attribute(Fingerprint::TYPE),
        }
    }

    /// Starts the success answer to an Allocate that waited for its socket.
    pub(super) fn allocated(request: RequestMark) -> Self {
        let kind = MessageType::from_class_method(MessageClass::Success, ALLOCATE);
        let buffer = MessageWriteVec::with_capacity(128);
        Self {
            message: Message::builder(kind, request.transaction, buffer),
            has_fingerprint: request.has_fingerprint,
        }
    }

    /// Starts the error answer to an Allocate that waited for its socket.
    pub(super) fn not_allocated(request: RequestMark, code: u16) -> Self {
        let kind = MessageType::from_class_method(MessageClass::Error, ALLOCATE);
        let buffer = MessageWriteVec::with_capacity(128);
        Self {
            message: Message::builder(kind, request.transaction, buffer),
            has_fingerprint: request.has_fingerprint,
        }
        .code(code)
    }

    /// Starts an error answer to `request`.
    pub(super) fn error(request: &Message<'_>, code: u16) -> Self {
        Self {
            message: Message::builder_error(request, MessageWriteVec::with_capacity(128)),
            has_fingerprint: request.has_attribute(Fingerprint::TYPE),
        }
        .code(code)
    }

    /// Adds the challenge that a client needs to authenticate.
    pub(super) fn challenge(self, nonce: &str) -> Self {
        self.with(&Realm::new(REALM).expect("our realm is short"))
            .with(&Nonce::new(nonce).expect("our nonces are short"))
    }

    /// Adds the unknown attributes of the request.
    pub(super) fn unknown(self, types: &[AttributeType]) -> Self {
        self.with(&UnknownAttributes::new(types))
    }

    /// Adds the source address of the client's packets.
    pub(super) fn mapped(self, client: SocketAddr) -> Self {
        let id = self.message.transaction_id();
        self.with(&XorMappedAddress::new(canonical(client), id))
    }

    pub(super) fn relayed(self, addr: SocketAddr) -> Self {
        let id = self.message.transaction_id();
        self.with(&XorRelayedAddress::new(addr, id))
    }

    /// Says why there is no relayed address of a family (RFC 8656 §18.12).
    pub(super) fn address_error(self, family: Family, code: u16) -> Self {
        let family = match family {
            Family::V4 => AddressFamily::IPV4,
            Family::V6 => AddressFamily::IPV6,
        };
        self.with(&AddressErrorCode::new(family, error_code(code)))
    }

    /// Adds the lifetime in seconds.
    pub(super) fn lifetime(self, seconds: u32) -> Self {
        self.with(&Lifetime::new(seconds))
    }

    /// Signs the message if there is a key, and writes it into `out`.
    pub(super) fn finish(mut self, key: Option<&IntegrityKey>, out: &mut Vec<u8>) {
        if let Some(key) = key {
            self.message
                .add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1)
                .expect("an answer is signed once, before its fingerprint");
        }
        // FINGERPRINT is the last attribute, after the integrity (RFC 8489 §14.7).
        if self.has_fingerprint {
            self.message
                .add_fingerprint()
                .expect("an answer gets one fingerprint");
        }
        out.extend_from_slice(&self.message.finish());
    }

    fn code(self, code: u16) -> Self {
        self.with(&error_code(code))
    }

    fn with(mut self, attribute: &dyn AttributeWrite) -> Self {
        self.message
            .add_attribute(attribute)
            .expect("an answer holds each attribute once");
        self
    }
}

fn error_code(code: u16) -> ErrorCode {
    ErrorCode::new(code, "").expect("our codes lie between 300 and 699")
}

/// Writes `data` from `peer` as a Data indication.
pub(super) fn data_indication(peer: SocketAddr, data: &[u8], out: &mut Vec<u8>) {
    let mut message =
        Message::builder_indication(DATA, MessageWriteVec::with_capacity(data.len() + 64));
    let id = message.transaction_id();
    message
        .add_attribute(&XorPeerAddress::new(peer, id))
        .and_then(|()| message.add_attribute(&Data::new(data)))
        .expect("an indication holds each attribute once");
    out.extend_from_slice(&message.finish());
}

/// Writes `data` as ChannelData; on streams it is padded to four bytes (RFC 8656 §12.5).
pub(super) fn channel_data(number: u16, data: &[u8], is_padded: bool, out: &mut Vec<u8>) {
    let length = u16::try_from(data.len()).expect("packets are shorter than the frame limit");
    out.extend_from_slice(&number.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(data);
    if is_padded {
        out.resize(out.len().next_multiple_of(4), 0);
    }
}

/// Unwraps the IPv4-mapped IPv6 addresses of a dual-stack socket.
pub(super) fn canonical(addr: SocketAddr) -> SocketAddr {
    SocketAddr::new(addr.ip().to_canonical(), addr.port())
}

/// Returns the unknown attributes that must be understood (RFC 8489 §14).
pub(super) fn unknown_attributes(request: &Message<'_>) -> Vec<AttributeType> {
    const KNOWN: [AttributeType; 10] = [
        Username::TYPE,
        MessageIntegrity::TYPE,
        Realm::TYPE,
        Nonce::TYPE,
        ChannelNumber::TYPE,
        Lifetime::TYPE,
        XorPeerAddress::TYPE,
        Data::TYPE,
        RequestedAddressFamily::TYPE,
        RequestedTransport::TYPE,
    ];
    request
        .iter_attributes()
        .map(|(_, attribute)| attribute.get_type())
        .filter(|kind| kind.comprehension_required() && !KNOWN.contains(kind))
        // A request can hold thousands; the list in the 420 stays short.
        .take(8)
        .collect()
}
