//! One person controls both parties of a call and lets the relay send packets to a third party: another
//! service of this machine, on its own address or on the relay's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proto::link::message::{
    Candidate, Connect, Connected, IceServer, Invite, Invited, Register, Trickle, method,
};
use proto::rpc::{self, Message};
use tokio::net::UdpSocket;
use tokio_util::task::AbortOnDropHandle;

use crate::table::Figure;
use crate::turn::Allocation;
use crate::wire::{self, Socket};
use crate::world::{World, number};

const SETTINGS: &str = "trusted_proxies = [\"127.0.0.1/32\"]\nrelay.listen = \"127.0.0.1:0\"\n\
    relay.public_ip = \"127.0.0.1\"\nrelay.public_host = \"127.0.0.1\"\nrelay.allow_private_peers = true";
/// Packets of one attack, and the bytes of each.
const PACKETS: u64 = 2_000;
const PACKET_BYTES: usize = 1_000;
/// Calls that one account opens for their allocations.
const CALLS: u64 = 62;
const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n\
    a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n";

/// All attacks of this part, by one person with their own recorder.
pub(crate) async fn attack() -> Vec<Figure> {
    let world = World::start(SETTINGS, 0..1).await;
    let mut parties = Parties::sign_in(&world).await;
    vec![
        reach(
            &mut parties,
            "another address of this machine",
            "127.0.0.77",
            "host",
        )
        .await,
        reach(
            &mut parties,
            "another port of the relay's address",
            "127.0.0.1",
            "relay",
        )
        .await,
        allocations(&mut parties).await,
    ]
}

/// Both ends of every call: one and the same person's.
struct Parties {
    link: Socket,
    viewer: Socket,
    last_id: u64,
}

/// A call as the relay knows it.
struct Call {
    session: String,
    servers: Vec<IceServer>,
}

/// Sends packets to a service that listens on `ip` and echoes, under a candidate of this type.
async fn reach(parties: &mut Parties, what: &str, ip: &str, kind: &str) -> Figure {
    let victim = UdpSocket::bind((ip, 0)).await.expect("a free port");
    let peer = victim.local_addr().expect("it is bound");
    let arrived = Arc::new(AtomicU64::new(0));
    let _echo = echo(victim, Arc::clone(&arrived));
    let call = parties.call().await.expect("a first call");
    parties.announce(&call, peer, kind).await;
    let (mut is_permitted, mut n_back) = (false, 0);
    if let Some(allocation) = Allocation::make(&call.servers).await {
        is_permitted = allocation.permit(peer).await;
        for _ in 0..PACKETS / 20 {
            for _ in 0..20 {
                allocation.send(peer, &[7; PACKET_BYTES]).await;
            }
            while allocation.data(Duration::from_millis(5)).await.is_some() {
                n_back += 1;
            }
        }
    }
    Figure {
        what: format!("{PACKETS} packets of {PACKET_BYTES} bytes to {what}"),
        numbers: vec![
            ("permitted", number(u64::from(is_permitted))),
            ("arrived", number(arrived.load(Ordering::Relaxed))),
            ("came_back", number(n_back)),
        ],
    }
}

/// One account opens many calls and takes as many allocations as it gets.
async fn allocations(parties: &mut Parties) -> Figure {
    let mut given = Vec::new();
    for _ in 0..CALLS {
        let Some(call) = parties.call().await else {
            break;
        };
        for _ in 0..4 {
            match Allocation::make(&call.servers).await {
                Some(allocation) => given.push(allocation),
                None => break,
            }
        }
    }
    let mut n_held = 0;
    for allocation in &given {
        n_held += u64::from(allocation.is_alive().await);
    }
    Figure {
        what: format!("{CALLS} calls of one account, 4 allocations each"),
        numbers: vec![
            ("given", number(given.len() as u64)),
            ("held", number(n_held)),
        ],
    }
}

impl Parties {
    async fn sign_in(world: &World) -> Parties {
        let link = world.agent(0, "198.19.0.1").await;
        let mut viewer = world
            .person(0)
            .await
            .viewer()
            .await
            .expect("it is signed in");
        viewer.ask(1, method::REGISTER, &Register::default()).await;
        viewer.result(1).await.expect("it is signed in");
        Parties {
            link: link.expect("a known recorder"),
            viewer,
            last_id: 1,
        }
    }

    /// Opens a call as far as offer and answer, unless the cloud refuses it.
    async fn call(&mut self) -> Option<Call> {
        let (_, serial) = wire::recorder(0);
        let connect = Connect {
            peer: serial.to_string(),
            authorization: None,
            profile: None,
            slots: None,
            watch: Vec::new(),
            estimate: false,
            relayed: false,
        };
        self.last_id += 1;
        let id = self.last_id;
        self.viewer.ask(id, method::CONNECT, &connect).await;
        let asked = asked(&mut self.link, method::CONNECT).await;
        self.link
            .say(&Message::result(asked, &Connected::default()))
            .await;
        let connected = self.viewer.result(id).await.expect("a call");
        let connected: Connected = rpc::typed(connected).expect("a call");
        let session = connected.session.expect("a session");
        self.offer(id, &session).await;
        Some(Call {
            session,
            servers: connected.ice_servers,
        })
    }

    async fn offer(&mut self, id: u64, session: &str) {
        let invite = Invite {
            session: session.to_owned(),
            offer: SDP.to_owned(),
            subprotocols: Vec::new(),
            ice_servers: Vec::new(),
        };
        let invited = Invited {
            answer: SDP.to_owned(),
            subprotocols: Vec::new(),
        };
        self.link.ask(id, method::INVITE, &invite).await;
        let asked = asked(&mut self.viewer, method::INVITE).await;
        self.viewer.say(&Message::result(asked, &invited)).await;
        self.link.result(id).await.expect("an answer");
    }

    /// Lets the agent announce an address that is not its own, and waits until the relay knows it.
    async fn announce(&mut self, call: &Call, peer: SocketAddr, kind: &str) {
        let related = if kind == "host" {
            ""
        } else {
            " raddr 0.0.0.0 rport 9"
        };
        let (ip, port) = (peer.ip(), peer.port());
        let trickle = Trickle {
            session: call.session.clone(),
            candidate: Some(Candidate {
                candidate: format!("candidate:1 1 udp 1 {ip} {port} typ {kind}{related}"),
                sdp_m_line_index: Some(0),
                ..Candidate::default()
            }),
        };
        self.link
            .say(&Message::notification(method::TRICKLE, &trickle))
            .await;
        let told = async {
            while !matches!(
                self.viewer.next().await,
                Message::Notification { method: name, .. } if name == method::TRICKLE
            ) {}
        };
        // A cloud that does not pass it on has told the relay nothing either.
        tokio::time::timeout(Duration::from_secs(2), told)
            .await
            .ok();
    }
}

/// Waits for a request of this name.
async fn asked(socket: &mut Socket, wanted: &str) -> rpc::Id {
    loop {
        if let Message::Request {
            id, method: name, ..
        } = socket.next().await
            && name == wanted
        {
            return id;
        }
    }
}

fn echo(victim: UdpSocket, arrived: Arc<AtomicU64>) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut bytes = vec![0; 2_048];
        while let Ok((length, from)) = victim.recv_from(&mut bytes).await {
            arrived.fetch_add(1, Ordering::Relaxed);
            // An answer that is lost is lost.
            victim.send_to(&bytes[..length], from).await.ok();
        }
    }))
}
