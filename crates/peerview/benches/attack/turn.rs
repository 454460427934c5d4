//! A minimal TURN client for attacks: an allocation over UDP, a permission, packets to a peer and back (RFC
//! 8656).

use std::net::SocketAddr;
use std::time::Duration;

use proto::link::message::IceServer;
use stun_types::attribute::{Nonce, Realm, Username};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageWrite,
    MessageWriteExt, MessageWriteVec, Method,
};
use tokio::net::UdpSocket;
use turn_types::attribute::{Data, RequestedTransport, XorPeerAddress, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CREATE_PERMISSION, DATA, REFRESH, SEND};

/// How long an answer may take before the request is sent again, and how often it is sent: the relay
/// answers a few unproven requests of one address a second.
const PATIENCE: Duration = Duration::from_millis(300);
const TRIES: u32 = 6;

/// One allocation.
pub(crate) struct Allocation {
    socket: UdpSocket,
    username: String,
    password: String,
    realm: String,
    nonce: String,
    /// The address at which peers reach it.
    pub(crate) relayed: SocketAddr,
}

/// The relay that servers name, and the credential for it.
pub(crate) fn relay_of(servers: &[IceServer]) -> Option<(SocketAddr, String, String)> {
    let server = servers.iter().find(|server| server.credential.is_some())?;
    let url = server.urls.iter().find(|url| url.ends_with("=udp"))?;
    let place = url.strip_prefix("turn:")?.split('?').next()?;
    Some((
        place.parse().ok()?,
        server.username.clone()?,
        server.credential.clone()?,
    ))
}

impl Allocation {
    /// Makes an allocation; `None` where the relay refuses.
    pub(crate) async fn make(servers: &[IceServer]) -> Option<Allocation> {
        let (relay, username, password) = relay_of(servers)?;
        let socket = UdpSocket::bind("127.0.0.1:0").await.ok()?;
        socket.connect(relay).await.ok()?;
        let mut bare = Message::builder_request(ALLOCATE, MessageWriteVec::new());
        add_transport(&mut bare);
        let answer = exchange(&socket, &bare.finish()).await?;
        let challenge = Message::from_bytes(&answer).ok()?;
        let mut allocation = Allocation {
            realm: challenge.attribute::<Realm>().ok()?.realm().to_owned(),
            nonce: challenge.attribute::<Nonce>().ok()?.nonce().to_owned(),
            relayed: relay,
            socket,
            username,
            password,
        };
        let answer = allocation.ask(ALLOCATE, add_transport).await?;
        let answer = Message::from_bytes(&answer).ok()?;
        let relayed = answer.attribute::<XorRelayedAddress>().ok()?;
        allocation.relayed = relayed.addr(answer.transaction_id());
        Some(allocation)
    }

    /// Asks for a permission; whether it was given.
    pub(crate) async fn permit(&self, peer: SocketAddr) -> bool {
        let answer = self.ask(CREATE_PERMISSION, |message| {
            let id = message.transaction_id();
            let peer = XorPeerAddress::new(peer, id);
            message.add_attribute(&peer).expect("it is there once");
        });
        is_success(answer.await)
    }

    /// Renews it; whether the relay still has it, as it may have given its place to another.
    pub(crate) async fn is_alive(&self) -> bool {
        is_success(self.ask(REFRESH, |_| {}).await)
    }

    /// Sends bytes to a peer.
    pub(crate) async fn send(&self, peer: SocketAddr, data: &[u8]) {
        let mut message = Message::builder_indication(SEND, MessageWriteVec::new());
        let id = message.transaction_id();
        message
            .add_attribute(&XorPeerAddress::new(peer, id))
            .and_then(|()| message.add_attribute(&Data::new(data)))
            .expect("each is there once");
        // What a full buffer drops is no success of the attack.
        self.socket.send(&message.finish()).await.ok();
    }

    /// The next packet of a peer, unless none comes for so long.
    pub(crate) async fn data(&self, within: Duration) -> Option<usize> {
        let waiting = async {
            loop {
                let bytes = receive(&self.socket).await?;
                let Ok(message) = Message::from_bytes(&bytes) else {
                    continue;
                };
                if message.has_method(DATA) {
                    return Some(message.attribute::<Data<'_>>().ok()?.data().len());
                }
            }
        };
        tokio::time::timeout(within, waiting).await.ok().flatten()
    }

    async fn ask(&self, method: Method, add: impl FnOnce(&mut MessageWriteVec)) -> Option<Vec<u8>> {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        add(&mut message);
        let (name, realm, nonce) = (
            Username::new(&self.username).ok()?,
            Realm::new(&self.realm).ok()?,
            Nonce::new(&self.nonce).ok()?,
        );
        message.add_attribute(&name).ok()?;
        message.add_attribute(&realm).ok()?;
        message.add_attribute(&nonce).ok()?;
        let key = LongTermKeyCredentials::new(
            self.username.clone(),
            self.password.clone(),
            self.realm.clone(),
        )
        .make_key(IntegrityAlgorithm::Sha1);
        message
            .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
            .ok()?;
        exchange(&self.socket, &message.finish()).await
    }
}

fn is_success(answer: Option<Vec<u8>>) -> bool {
    answer.is_some_and(|bytes| {
        Message::from_bytes(&bytes).is_ok_and(|answer| answer.has_class(MessageClass::Success))
    })
}

/// Sends a request until it is answered.
async fn exchange(socket: &UdpSocket, request: &[u8]) -> Option<Vec<u8>> {
    for _ in 0..TRIES {
        socket.send(request).await.ok()?;
        if let Some(answer) = receive(socket).await {
            return Some(answer);
        }
    }
    None
}

/// A STUN Binding request, as a client sends it that looks for its address.
pub(crate) fn binding_request() -> Vec<u8> {
    Message::builder_request(BINDING, MessageWriteVec::new()).finish()
}

fn add_transport(message: &mut MessageWriteVec) {
    const UDP: u8 = 17;
    message
        .add_attribute(&RequestedTransport::new(UDP))
        .expect("it is there once");
}

async fn receive(socket: &UdpSocket) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 2_048];
    let received = tokio::time::timeout(PATIENCE, socket.recv(&mut bytes)).await;
    bytes.truncate(received.ok()?.ok()?);
    Some(bytes)
}
