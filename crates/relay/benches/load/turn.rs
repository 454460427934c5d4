//! As much of a TURN client as the load needs: an allocation, a channel, and a signed check.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use proto::turn_credential::{Role, mint};
use stun_types::attribute::{Nonce, Realm, Username};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, ShortTermCredentials,
};
use turn_types::attribute::{ChannelNumber, RequestedTransport, XorPeerAddress, XorRelayedAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND};

use crate::server::{Server, call_name, ice, now_unix, secret, socket};

/// The channel of every client.
pub(crate) const CHANNEL: u16 = 0x4000;

/// A client with an allocation.
pub(crate) struct Client {
    pub(crate) socket: UdpSocket,
    pub(crate) relayed: SocketAddr,
    username: String,
    password: String,
    realm: String,
    nonce: String,
}

/// Waits until a server answers.
pub(crate) fn wait_for(server: SocketAddr) {
    let began = Instant::now();
    let socket = socket();
    socket.connect(server).expect("loopback");
    socket
        .set_read_timeout(Some(Duration::from_millis(50)))
        .expect("a timeout");
    loop {
        let binding = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
        // Until it listens, sending reports an error.
        socket.send(&binding).ok();
        if socket.recv(&mut [0; 512]).is_ok() {
            return;
        }
        assert!(began.elapsed().as_secs() < 20, "{server} does not answer");
    }
}

/// Makes allocations until one is refused.
pub(crate) fn allocate_many(server: &Server, n: usize) -> Vec<Client> {
    // The first call is in use.
    (1..=n).map_while(|n| Client::allocate(server, n)).collect()
}

impl Client {
    /// Makes an allocation for the viewer of a call.
    pub(crate) fn allocate(server: &Server, call: usize) -> Option<Self> {
        let credential = mint(&secret(), &call_name(call), Role::Viewer, now_unix(), 3_600).ok()?;
        let socket = socket();
        socket.connect(server.addr).ok()?;
        let mut bare = Message::builder_request(ALLOCATE, MessageWriteVec::new());
        bare.add_attribute(&RequestedTransport::new(17)).ok()?;
        let answer = exchange(&socket, &bare.finish())?;
        let challenge = Message::from_bytes(&answer).ok()?;
        let mut client = Self {
            realm: challenge.attribute::<Realm>().ok()?.realm().to_owned(),
            nonce: challenge.attribute::<Nonce>().ok()?.nonce().to_owned(),
            relayed: server.addr,
            socket,
            username: credential.username.clone(),
            password: credential.password.reveal().to_owned(),
        };
        let answer = client.ask(ALLOCATE, |message| {
            message
                .add_attribute(&RequestedTransport::new(17))
                .expect("it is there once");
        })?;
        let answer = Message::from_bytes(&answer).ok()?;
        let relayed = answer.attribute::<XorRelayedAddress>().ok()?;
        client.relayed = relayed.addr(answer.transaction_id());
        Some(client)
    }

    /// Binds the channel, which also permits the peer.
    pub(crate) fn bind_channel(&self, peer: SocketAddr) {
        let answer = self.ask(CHANNEL_BIND, |message| {
            let id = message.transaction_id();
            message
                .add_attribute(&ChannelNumber::new(CHANNEL))
                .and_then(|()| message.add_attribute(&XorPeerAddress::new(peer, id)))
                .expect("each is there once");
        });
        let answer = answer.expect("an answer to ChannelBind");
        let answer = Message::from_bytes(&answer).expect("a STUN message");
        assert!(
            answer.is_response() && !answer.has_class(stun_types::message::MessageClass::Error)
        );
    }

    fn ask(&self, method: Method, add: impl FnOnce(&mut MessageWriteVec)) -> Option<Vec<u8>> {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        add(&mut message);
        message
            .add_attribute(&Username::new(&self.username).ok()?)
            .ok()?;
        message.add_attribute(&Realm::new(&self.realm).ok()?).ok()?;
        message.add_attribute(&Nonce::new(&self.nonce).ok()?).ok()?;
        let key = LongTermKeyCredentials::new(
            self.username.clone(),
            self.password.clone(),
            self.realm.clone(),
        )
        .make_key(IntegrityAlgorithm::Sha1);
        message
            .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
            .ok()?;
        exchange(&self.socket, &message.finish())
    }
}

/// A check for the viewer, signed as the agent signs it: the relay lets data pass after it.
pub(crate) fn check() -> Vec<u8> {
    let mut message = Message::builder_request(BINDING, MessageWriteVec::new());
    let username = format!("{}:{}", ice(Role::Viewer).ufrag(), ice(Role::Agent).ufrag());
    let key = ShortTermCredentials::new(ice(Role::Viewer).password().to_owned()).make_key();
    message
        .add_attribute(&Username::new(&username).expect("it is short"))
        .and_then(|()| message.add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1))
        .and_then(|()| message.add_fingerprint())
        .expect("each is there once");
    message.finish()
}

/// Sends a request until it is answered.
fn exchange(socket: &UdpSocket, request: &[u8]) -> Option<Vec<u8>> {
    let mut answer = vec![0; 2_048];
    for _ in 0..6 {
        socket.send(request).ok()?;
        if let Ok(length) = socket.recv(&mut answer) {
            answer.truncate(length);
            return Some(answer);
        }
    }
    None
}
