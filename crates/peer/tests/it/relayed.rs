//! Calls through a relay, over UDP, TCP and TLS: our own relay, coturn, and servers that misbehave.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use peer::{Config, Endpoint, Event, Path, RelayTransport, TurnServer};
use proto::call::ice::IceCredential;
use proto::turn_credential::{Role, Secret, mint};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use relay::{CallBook, Counters, Limits, Relay, RelayedAddress};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::{End, config, frame, offer};
use crate::wire::without_addresses;

const CALL: &str = "call-1";
const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
/// Only a failing test gets near it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Our own relay with one open call.
struct CallRelay {
    address: SocketAddr,
    calls: CallBook,
    counters: Counters,
    stop: Option<DropGuard>,
}

fn secret() -> Secret {
    Secret::new(*b"a secret of the tests")
}

fn unix_seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_secs()
}

impl CallRelay {
    async fn start() -> CallRelay {
        let calls = CallBook::default();
        let config = relay::Config {
            listen: vec![SocketAddr::new(LOOPBACK, 0)],
            relayed: vec![RelayedAddress {
                relay_ip: LOOPBACK,
                public_ip: None,
            }],
            port_range: 20_000..=29_999,
            secret: secret(),
            allow_private_peers: true,
            are_parties_here: true,
            limits: Limits::default(),
        };
        let relay = Relay::bind(config, calls.clone(), unix_seconds, |bytes| bytes.fill(7))
            .await
            .expect("a relay on loopback");
        let (address, counters) = (relay.addr(), relay.counters());
        let stop = CancellationToken::new();
        tokio::spawn(relay.run(stop.clone()));
        calls.open(CALL, CALL, unix_seconds() + 600);
        for role in [Role::Viewer, Role::Agent] {
            calls.add_party_ip(CALL, role, LOOPBACK);
        }
        CallRelay {
            address,
            calls,
            counters,
            stop: Some(stop.drop_guard()),
        }
    }

    /// What the cloud does with a description before it forwards it.
    fn announce(&self, role: Role, sdp: &str) {
        let value = |name: &str| {
            let line = sdp.lines().find_map(|line| line.strip_prefix(name));
            line.expect("ICE credentials").to_owned()
        };
        let credential = IceCredential::new(&value("a=ice-ufrag:"), &value("a=ice-pwd:"));
        self.calls
            .add_party_ice(CALL, role, credential.expect("valid"));
    }

    fn server(&self, url: &str) -> TurnServer {
        let made = mint(&secret(), CALL, Role::Agent, unix_seconds(), 60).expect("a credential");
        TurnServer::parse(url, &made.username, made.password.reveal()).expect("a relay")
    }

    /// Bytes that it has passed on.
    fn carried(&self) -> u64 {
        self.counters.read().bytes_relayed
    }

    /// Waits until the relay holds this many allocations.
    async fn holds(&self, n: usize) {
        let reached = tokio::time::timeout(PATIENCE, async {
            let mut ticks = tokio::time::interval(Duration::from_millis(10));
            while self.counters.read().allocations_now != n as u64 {
                ticks.tick().await;
            }
        });
        let all = self.counters.read();
        reached
            .await
            .unwrap_or_else(|_| panic!("never {n}: {all:?}"));
    }
}

/// Puts TLS with its own certificate authority before a relay; its address, and whom to trust.
async fn tls_before(relay: SocketAddr) -> (SocketAddr, Arc<ClientConfig>) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate with its key");
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).expect("an authority");
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let listener = TcpListener::bind((LOOPBACK, 0)).await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    let acceptor = TlsAcceptor::from(Arc::new(server));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut near = acceptor.accept(stream).await.expect("a handshake");
                let mut far = TcpStream::connect(relay).await.expect("the relay is there");
                let _ = copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    (address, Arc::new(client))
}

/// A recorder's side that has only IPv6 of its own, so that IPv4 leads through the relay alone.
fn only_relayed(servers: Vec<TurnServer>, tls: Option<Arc<ClientConfig>>) -> Config {
    Config {
        bind: Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        turn_servers: servers,
        tls,
        ..config()
    }
}

/// Connects a viewer with IPv4 to `sender`; `announce` sees both descriptions.
async fn connected(config_of_sender: Config, announce: impl Fn(Role, &str)) -> (End, End) {
    let (endpoint, events, sdp) =
        Endpoint::offer(config_of_sender, offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    announce(Role::Agent, &sdp);
    let (endpoint, events, answer) =
        Endpoint::answer(config(), &without_addresses(&sdp)).expect("our own offer");
    let mut viewer = End { endpoint, events };
    announce(Role::Viewer, &answer);
    let answered = sender.endpoint.accept_answer(&answer).await;
    answered.expect("our own answer");
    let line = relayed_candidate(&mut sender).await;
    viewer.endpoint.add_candidate(&line).await.expect("taken");
    sender.connected().await;
    viewer.connected().await;
    (sender, viewer)
}

async fn relayed_candidate(end: &mut End) -> String {
    end.wait_for("a relayed candidate", |event| match event {
        Event::Candidate(line) => line.filter(|line| line.contains(" typ relay ")),
        _ => None,
    })
    .await
}

/// Restarts ICE and passes the first relayed candidate of the new generation on.
async fn restarted(sender: &mut End, viewer: &mut End, announce: impl Fn(Role, &str)) {
    let offer = sender.endpoint.restart().await.expect("restarts");
    announce(Role::Agent, &offer);
    let answer = viewer
        .endpoint
        .accept_offer(&without_addresses(&offer))
        .await;
    let answer = answer.expect("the restart is answered");
    announce(Role::Viewer, &answer);
    let taken = sender.endpoint.accept_answer(&answer).await;
    taken.expect("the answer is taken");
    let ufrag = offer
        .lines()
        .find_map(|line| line.strip_prefix("a=ice-ufrag:"));
    let ufrag = format!("ufrag {}", ufrag.expect("a user name"));
    let line = loop {
        let line = relayed_candidate(sender).await;
        // One of the first relay that is still on its way is of the last generation.
        if line.ends_with(&ufrag) {
            break line;
        }
    };
    viewer.endpoint.add_candidate(&line).await.expect("taken");
    let is_back = |event| matches!(event, Event::Reconnected).then_some(());
    sender.wait_for("reconnection", is_back).await;
}

async fn path(end: &mut End) -> Path {
    end.wait_for("statistics", |event| match event {
        Event::Stats(stats) => Some(stats.path),
        _ => None,
    })
    .await
}

/// Sends pictures from one end to the other until 20 have arrived.
async fn pictures_flow(sender: &mut End, viewer: &mut End) {
    pictures_flow_from(0, sender, viewer).await;
}

/// The same, beginning with this number.
async fn pictures_flow_from(first: u32, sender: &mut End, viewer: &mut End) {
    let media = sender.endpoint.media();
    let sending = async {
        // Like a camera, which goes on after a lost packet, so that the receiver notices it.
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        for n in first.. {
            pace.tick().await;
            let sent = media.video(0, frame(n, n == first, 9_000)).await;
            sent.expect("the call goes on");
        }
    };
    tokio::select! {
        () = sending => {}
        frames = viewer.frames(20) => assert_eq!(frames.len(), 20),
    }
}

#[tokio::test]
async fn a_call_is_relayed_over_every_transport() {
    for over in [
        RelayTransport::Udp,
        RelayTransport::Tcp,
        RelayTransport::Tls,
    ] {
        let relay = CallRelay::start().await;
        let (address, tls) = tls_before(relay.address).await;
        let url = match over {
            RelayTransport::Udp => format!("turn:{}", relay.address),
            RelayTransport::Tcp => format!("turn:{}?transport=tcp", relay.address),
            RelayTransport::Tls => format!("turns:{address}?transport=tcp"),
        };
        let config = only_relayed(vec![relay.server(&url)], Some(tls));

        let announce = |role, sdp: &str| relay.announce(role, sdp);
        let (mut sender, mut viewer) = connected(config, announce).await;
        pictures_flow(&mut sender, &mut viewer).await;

        assert_eq!(path(&mut sender).await, Path::Relayed(over));
        assert_eq!(path(&mut viewer).await, Path::Relayed(RelayTransport::Udp));
        relay.holds(1).await;
        sender.endpoint.close().await;
        relay.holds(0).await;
    }
}

#[tokio::test]
async fn a_site_without_udp_is_relayed_over_tcp() {
    let relay = CallRelay::start().await;
    let silent = UdpSocket::bind((LOOPBACK, 0)).await.expect("loopback");
    let silent = silent.local_addr().expect("bound").port();
    let servers = vec![
        relay.server(&format!("turn:127.0.0.1:{silent}")),
        relay.server(&format!("turn:{}?transport=tcp", relay.address)),
    ];

    let announce = |role, sdp: &str| relay.announce(role, sdp);
    let (mut sender, mut viewer) = connected(only_relayed(servers, None), announce).await;
    pictures_flow(&mut sender, &mut viewer).await;

    let over = path(&mut sender).await;
    assert_eq!(over, Path::Relayed(RelayTransport::Tcp));
}

#[tokio::test]
async fn a_call_with_udp_holds_one_allocation() {
    let relay = CallRelay::start().await;
    let (address, tls) = tls_before(relay.address).await;
    let servers = vec![
        relay.server(&format!("turn:{}", relay.address)),
        relay.server(&format!("turn:{}?transport=tcp", relay.address)),
        relay.server(&format!("turns:{address}?transport=tcp")),
    ];

    let announce = |role, sdp: &str| relay.announce(role, sdp);
    let (mut sender, _viewer) = connected(only_relayed(servers, Some(tls)), announce).await;
    while path(&mut sender).await != Path::Relayed(RelayTransport::Udp) {}

    relay.holds(1).await;
}

#[tokio::test]
async fn a_restart_with_an_expired_credential_gets_another() {
    let relay = CallRelay::start().await;
    let url = format!("turn:{}", relay.address);
    let made = mint(&secret(), CALL, Role::Agent, unix_seconds() - 700, 600);
    let old = made.expect("a credential");
    let old = TurnServer::parse(&url, &old.username, old.password.reveal()).expect("a relay");
    let (endpoint, events, _) =
        Endpoint::offer(only_relayed(vec![old], None), offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    let end = sender
        .wait_for("the end of candidates", |event| match event {
            Event::Candidate(line) => Some(line),
            _ => None,
        })
        .await;
    assert_eq!(end, None, "the relay refuses the credential");

    sender.endpoint.set_relays(vec![relay.server(&url)]).await;

    relayed_candidate(&mut sender).await;
    relay.holds(1).await;
}

#[tokio::test]
async fn a_relay_that_drops_everything_affects_no_other() {
    let relay = CallRelay::start().await;
    let listener = TcpListener::bind((LOOPBACK, 0)).await.expect("loopback");
    let dead = listener.local_addr().expect("bound");
    // Two relays: one that accepts connections and says nothing, also not in TLS, and a good one.
    let (_, tls) = tls_before(relay.address).await;
    let servers = vec![
        relay.server(&format!("turn:{dead}?transport=tcp")),
        relay.server(&format!("turns:{dead}?transport=tcp")),
        relay.server(&format!(
            "turn:localhost:{}?transport=tcp",
            relay.address.port()
        )),
    ];

    let announce = |role, sdp: &str| relay.announce(role, sdp);
    let (mut sender, mut viewer) = connected(only_relayed(servers, Some(tls)), announce).await;

    pictures_flow(&mut sender, &mut viewer).await;
}

#[tokio::test]
async fn a_call_goes_on_at_its_second_relay() {
    let mut relays = [CallRelay::start().await, CallRelay::start().await];
    let servers = relays.iter().enumerate().map(|(n, relay)| TurnServer {
        relay: Some(n),
        ..relay.server(&format!("turn:{}", relay.address))
    });
    let config = only_relayed(servers.collect(), None);
    let announce_to = |relays: &[CallRelay], role, sdp: &str| {
        relays.iter().for_each(|relay| relay.announce(role, sdp));
    };
    let announce = |role, sdp: &str| announce_to(&relays, role, sdp);
    let (mut sender, mut viewer) = connected(config, announce).await;
    pictures_flow(&mut sender, &mut viewer).await;
    for relay in &relays {
        relay.holds(1).await;
    }

    let used = usize::from(relays[1].carried() > relays[0].carried());
    relays[used].stop = None;
    relays[used].holds(0).await;
    restarted(&mut sender, &mut viewer, |role, sdp: &str| {
        announce_to(&relays, role, sdp);
    })
    .await;

    let before = relays[1 - used].carried();
    pictures_flow_from(100, &mut sender, &mut viewer).await;
    assert!(relays[1 - used].carried() > before + 100_000);
}

#[tokio::test]
async fn servers_that_talk_nonsense_end_the_search() {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 512];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&[0xff; 4_096]).await;
        }
    });
    let url = format!("turn:{address}?transport=tcp");
    let server = TurnServer::parse(&url, "ana", "a secret").expect("a relay");
    let config = only_relayed(vec![server], None);
    let (endpoint, events, _sdp) = Endpoint::offer(config, offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };

    let end = sender
        .wait_for("end of candidates", |event| match event {
            Event::Candidate(line) => Some(line),
            _ => None,
        })
        .await;

    assert_eq!(end, None);
}

#[tokio::test]
async fn coturn_relays_a_call_over_udp_and_tcp() {
    let by_name = ["--lt-cred-mech", "--user", "ana:secret"];
    let Some((_coturn, address)) = coturn(&by_name).await else {
        // It is Debian's package `coturn`, which `make setup` installs.
        tracing::warn!("coturn is not on PATH: not tried");
        return;
    };
    for (url, over) in [
        (format!("turn:{address}"), RelayTransport::Udp),
        (format!("turn:{address}?transport=tcp"), RelayTransport::Tcp),
    ] {
        let server = TurnServer::parse(&url, "ana", "secret").expect("a relay");
        let config = only_relayed(vec![server], None);

        let (mut sender, mut viewer) = connected(config, |_, _| {}).await;
        pictures_flow(&mut sender, &mut viewer).await;

        assert_eq!(path(&mut sender).await, Path::Relayed(over));
    }
}

#[tokio::test]
async fn coturn_accepts_the_credentials_of_calls() {
    let shared = [
        "--use-auth-secret",
        "--static-auth-secret",
        "a shared secret",
    ];
    let Some((_coturn, address)) = coturn(&shared).await else {
        tracing::warn!("coturn is not on PATH: not tried");
        return;
    };
    let secret = Secret::new(*b"a shared secret");
    let made = mint(&secret, CALL, Role::Agent, unix_seconds(), 60).expect("a credential");
    let url = format!("turn:{address}");
    let server = TurnServer::parse(&url, &made.username, made.password.reveal());
    let config = only_relayed(vec![server.expect("a relay")], None);

    let (mut sender, mut viewer) = connected(config, |_, _| {}).await;

    pictures_flow(&mut sender, &mut viewer).await;
}

/// Debian's coturn on a free port; `None` where it is not installed.
async fn coturn(credentials: &[&str]) -> Option<(tokio::process::Child, SocketAddr)> {
    let free = TcpListener::bind((LOOPBACK, 0)).await.expect("loopback");
    let address = free.local_addr().expect("bound");
    drop(free);
    let folder = std::env::temp_dir().join(format!("peerview-coturn-{}", address.port()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let port = address.port().to_string();
    let at = |name: &str| folder.join(name).display().to_string();
    let child = tokio::process::Command::new("turnserver")
        .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--realm", "test"])
        .args(["--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1"])
        .args(["--listening-port", &port, "--allow-loopback-peers"])
        .args(credentials)
        .args(["--pidfile", &at("pid"), "--userdb", &at("users")])
        .args(["--log-file", &at("log"), "--simple-log"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let up = tokio::time::timeout(PATIENCE, async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while TcpStream::connect(address).await.is_err() {
            ticks.tick().await;
        }
    });
    up.await.expect("coturn starts");
    Some((child, address))
}
