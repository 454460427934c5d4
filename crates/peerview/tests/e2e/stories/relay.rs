//! `peerview relay` beside a cloud: it joins, finds the cloud again, ends with a farewell, and serves
//! networks that let only TLS out.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cloud::config::RelayProgramConfig;
use cloud::server::TurnInTls;
use peer::{Config, Endpoint, Event, Offer, TurnServer};
use proto::turn_credential::{Role, Secret, mint};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use relay::{CallBook, Limits, Relay, RelayedAddress};
use rustls::{ClientConfig, RootCertStore};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use crate::support::folder::Folder;
use crate::support::process::Process;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A cloud that expects a relay called north.
struct Site {
    folder: Folder,
    port: u16,
}

impl Site {
    fn new() -> Site {
        let folder = Folder::new("relay");
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|free| free.local_addr())
            .expect("a free port")
            .port();
        let secret = folder.path().join("north.secret");
        std::fs::write(&secret, SECRET).expect("the folder takes a file");
        let data = folder.path().join("cloud");
        let text = format!(
            "[cloud]\nlisten = \"127.0.0.1:{port}\"\ndata_dir = {data:?}\nrelay.listen = \"127.0.0.1:0\"\n\
             [[cloud.relay.joined]]\nname = \"north\"\nsecret_file = {secret:?}\n"
        );
        std::fs::write(folder.path().join("peerview.toml"), text).expect("a file");
        Site { folder, port }
    }

    async fn cloud(&self) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        let config = self.folder.path().join("peerview.toml");
        command.arg("cloud").arg("--config").arg(config);
        let cloud = Process::start("peerview cloud", command);
        cloud.says("Set up:").await;
        cloud
    }

    fn relay(&self, secret: &str) -> Process {
        let file = self.folder.path().join("relay.secret");
        std::fs::write(&file, secret).expect("the folder takes a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        command
            .args(["relay", "--name", "north", "--listen", "127.0.0.1:0"])
            .args(["--cloud", &format!("http://127.0.0.1:{}", self.port)])
            .arg("--secret-file")
            .arg(file);
        Process::start("peerview relay", command)
    }
}

#[tokio::test]
async fn a_relay_reconnects_and_announces_its_shutdown() {
    let site = Site::new();
    let mut cloud = site.cloud().await;
    let mut relay = site.relay(SECRET);
    relay.says_with("joined the cloud").await;
    cloud.says_with("a relay has joined").await;

    cloud.kill().await;
    relay.says_with("the cloud is unreachable").await;
    let cloud = site.cloud().await;
    cloud.says_with("a relay has joined").await;

    relay.signal("INT");
    let status = relay.ends_within(Duration::from_secs(2)).await;
    assert!(status.success(), "{status}");
    cloud.says_with("a joined relay is gone").await;
}

/// The certificate of a relay called localhost, and whom to trust for it.
struct RelayCertificate {
    folder: Folder,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl RelayCertificate {
    fn new() -> RelayCertificate {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &authority).expect("a certificate");
        let made = RelayCertificate {
            folder: Folder::new("relay-tls"),
            authority,
        };
        for (file, text) in [
            ("certificate.pem", certificate.pem()),
            ("key.pem", key.serialize_pem()),
            ("authority.pem", made.authority.pem()),
        ] {
            std::fs::write(made.file(file), text).expect("the folder takes a file");
        }
        made
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(&self) -> RelayProgramConfig {
        RelayProgramConfig {
            listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))],
            tls_host: "localhost".to_owned(),
            tls_port: 0,
            certificate_file: self.file("certificate.pem"),
            key_file: self.file("key.pem"),
            ..RelayProgramConfig::default()
        }
    }

    /// What a client knows that trusts it.
    fn trusted(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots
            .add(self.authority.der().clone())
            .expect("an authority");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(client)
    }
}

/// A relay with one open call, for parties on this machine.
async fn relay_with_a_call(secret: &Secret) -> Relay {
    let loopback = IpAddr::from(Ipv4Addr::LOCALHOST);
    let calls = CallBook::default();
    calls.open("call-1", "ana", unix_seconds() + 600);
    for role in [Role::Viewer, Role::Agent] {
        calls.add_party_ip("call-1", role, loopback);
    }
    let config = relay::Config {
        listen: vec![SocketAddr::new(loopback, 0)],
        relayed: vec![RelayedAddress {
            relay_ip: loopback,
            public_ip: None,
        }],
        port_range: 20_000..=29_999,
        secret: secret.clone(),
        allow_private_peers: true,
        are_parties_here: true,
        limits: Limits::default(),
    };
    let relay = Relay::bind(config, calls, unix_seconds, |bytes| bytes.fill(7)).await;
    relay.expect("a relay on loopback")
}

fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs()
}

#[tokio::test]
async fn a_relay_gives_allocations_in_its_own_tls() {
    let certificate = RelayCertificate::new();
    let secret = Secret::new(*b"a secret of the tests");
    let relay = relay_with_a_call(&secret).await;
    let turn = TurnInTls::open(&certificate.settings(), 100);
    let turn = turn.expect("a certificate").expect("TLS is set");
    let port = turn.addr().expect("it listens").port();
    let counters = relay.counters();
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    tokio::spawn(turn.run(relay.handover(), stop.clone()));
    tokio::spawn(relay.run(stop));

    let made = mint(&secret, "call-1", Role::Agent, unix_seconds(), 60).expect("a credential");
    let url = format!("turns:localhost:{port}?transport=tcp");
    let server = TurnServer::parse(&url, &made.username, made.password.reveal());
    let config = Config {
        with_loopback: true,
        turn_servers: vec![server.expect("a relay")],
        tls: Some(certificate.trusted()),
        ..Config::default()
    };
    let offer = Offer {
        n_video: 1,
        with_audio: false,
        with_h265: false,
        with_estimate: false,
    };
    let (_endpoint, mut events, _) = Endpoint::offer(config, offer).expect("offering works");

    let relayed = loop {
        match events.next().await.expect("it goes on") {
            Event::Candidate(Some(line)) if line.contains(" typ relay ") => break line,
            Event::Candidate(None) => panic!("no relayed address"),
            _ => {}
        }
    };
    assert!(relayed.contains(" 127.0.0.1 "), "{relayed}");
    assert_eq!(counters.read().allocations_now, 1);
}

#[tokio::test]
async fn a_certificate_for_another_name_stops_the_relay() {
    let certificate = RelayCertificate::new();
    let mut settings = certificate.settings();
    settings.tls_host = "relay.example.org".to_owned();

    let refused = TurnInTls::check(&settings).expect_err("another name");

    assert!(format!("{refused:#}").contains("tls_host"), "{refused:#}");
    settings.tls_host.clear();
    TurnInTls::check(&settings).expect("without a name there is no TLS");
}

#[tokio::test]
async fn the_doctor_checks_a_relay_over_tls() {
    let (site, certificate) = (Site::new(), RelayCertificate::new());
    let cloud = site.cloud().await;
    let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
    let tls_port = free.expect("a free port").port();
    let secret = site.folder.path().join("north.secret");
    let text = format!(
        "[relay]\ncloud = \"http://127.0.0.1:{}\"\nname = \"north\"\nsecret_file = {secret:?}\n\
         listen = \"127.0.0.1:0\"\ntls_host = \"localhost\"\ntls_port = {tls_port}\n\
         certificate_file = {:?}\nkey_file = {:?}\n",
        site.port,
        certificate.file("certificate.pem"),
        certificate.file("key.pem"),
    );
    let config = certificate.file("relay.toml");
    std::fs::write(&config, text).expect("the folder takes a file");
    let command = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        command.args(arguments).arg("--config").arg(&config);
        command
    };
    let relay = Process::start("peerview relay", command(&["relay"]));
    relay.says_with("joined the cloud").await;
    let announced = cloud.says_with("a relay has joined").await;
    assert!(announced.contains(&tls_port.to_string()), "{announced}");

    let mut asking = command(&["doctor"]);
    asking
        .arg("--ca-file")
        .arg(certificate.file("authority.pem"));
    let said = asking.output().await.expect("the doctor runs");

    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = |topic: &str| said.lines().find(|line| line.contains(topic)).unwrap_or("");
    assert!(line("certificate of the relay").starts_with("ok"), "{said}");
    assert!(line("relay over TLS").starts_with("ok"), "{said}");
}

#[tokio::test]
async fn a_relay_with_a_wrong_secret_says_what_to_compare() {
    let site = Site::new();
    let cloud = site.cloud().await;

    let relay = site.relay(&SECRET.replace('0', "x"));

    let said = relay.says_with("refused this relay").await;
    assert!(said.contains("[[cloud.relay.joined]]"), "{said}");
    cloud.says_with("does not know its secret").await;
    assert!(!cloud.output().contains("a relay has joined"));
    assert!(!relay.output().contains(&SECRET[1..]));
}
