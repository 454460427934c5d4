//! The relays that are measured: this program as a relay, and coturn from Debian.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proto::call::ice::IceCredential;
use proto::turn_credential::{Role, Secret};
use relay::{CallBook, Config, Limits, Relay, RelayedAddress};
use tokio_util::sync::CancellationToken;

use crate::turn;

pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Below the ports that the system gives to clients.
const RELAYED_PORTS: (u16, u16) = (10_000, 31_999);
const SECRET: &str = "a secret of the benchmark";
/// Calls that are open from the start.
const CALLS: usize = 12_000;

/// Whose relay it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ours,
    Coturn,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Ours => "relay",
            Kind::Coturn => "coturn",
        }
    }
}

/// A relay in its own process, which ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) addr: SocketAddr,
}

impl Server {
    /// Starts it, on one core of the machine if `core` is given, and waits until it answers.
    pub(crate) fn start(kind: Kind, core: Option<usize>) -> Self {
        let mut command = match kind {
            Kind::Ours => {
                let mut command = Command::new(std::env::current_exe().expect("its own path"));
                command.arg("serve").stdout(Stdio::piped());
                command
            }
            Kind::Coturn => coturn(),
        };
        if let Some(core) = core {
            let mut pinned = Command::new("taskset");
            pinned.args(["-c", &core.to_string()]);
            pinned.arg(command.get_program()).args(command.get_args());
            command = pinned;
            command.stdout(Stdio::piped());
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("starting {}: {error}", kind.name()));
        let addr = match kind {
            Kind::Ours => {
                let mut line = String::new();
                BufReader::new(child.stdout.as_mut().expect("it is piped"))
                    .read_line(&mut line)
                    .expect("the relay says its address");
                line.trim().parse().expect("an address")
            }
            Kind::Coturn => SocketAddr::new(LOOPBACK, COTURN_PORT),
        };
        turn::wait_for(addr);
        Self { child, addr }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended by itself, or is ended here.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

const COTURN_PORT: u16 = 34_780;

pub(crate) fn has_coturn() -> bool {
    let found = Command::new("turnserver").arg("--version").output();
    found.is_ok()
}

fn coturn() -> Command {
    let mut command = Command::new("turnserver");
    command.args(["-n", "--no-tls", "--no-dtls", "--no-cli", "--no-stdout-log"]);
    command.args([
        "--use-auth-secret",
        "--realm=peerview",
        "--allow-loopback-peers",
    ]);
    let folder = std::env::temp_dir();
    for (option, value) in [
        ("listening-ip", "127.0.0.1".to_owned()),
        ("relay-ip", "127.0.0.1".to_owned()),
        ("listening-port", COTURN_PORT.to_string()),
        ("static-auth-secret", SECRET.to_owned()),
        ("min-port", RELAYED_PORTS.0.to_string()),
        ("max-port", RELAYED_PORTS.1.to_string()),
        ("log-file", "/dev/null".to_owned()),
        (
            "pidfile",
            folder.join("coturn-bench.pid").display().to_string(),
        ),
        (
            "userdb",
            folder.join("coturn-bench.db").display().to_string(),
        ),
    ] {
        let mut word = String::new();
        write!(word, "--{option}={value}").expect("a String takes everything");
        command.arg(word);
    }
    command.stdout(Stdio::null());
    command
}

/// Runs the relay until its standard input ends.
#[tokio::main]
#[expect(clippy::print_stdout, reason = "the parent reads the address")]
pub(crate) async fn serve() {
    let calls = CallBook::default();
    for n in 0..CALLS {
        let call = call_name(n);
        calls.open(&call, &call, now_unix() + 3_600);
        for role in [Role::Viewer, Role::Agent] {
            calls.add_party_ip(&call, role, LOOPBACK);
            calls.add_party_ice(&call, role, ice(role));
        }
    }
    let config = Config {
        listen: vec![SocketAddr::new(LOOPBACK, 0)],
        relayed: vec![RelayedAddress {
            relay_ip: LOOPBACK,
            public_ip: None,
        }],
        port_range: RELAYED_PORTS.0..=RELAYED_PORTS.1,
        secret: secret(),
        allow_private_peers: true,
        are_parties_here: true,
        limits: Limits {
            allocations_per_ip: usize::MAX,
            allocations_per_network: usize::MAX,
            allocations_total: usize::MAX,
            bytes_per_second: 1 << 40,
            account_bytes_per_day: 1 << 50,
            answers_per_second: 1_000_000,
            answers_at_once: 1_000_000,
            ..Limits::default()
        },
    };
    let relay = Relay::bind(config, calls, now_unix, |bytes| bytes.fill(7))
        .await
        .expect("the relay opens");
    println!("{}", relay.addr());
    std::io::stdout().flush().expect("the parent reads");
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    std::thread::spawn(move || {
        // The parent has ended, however it ended.
        std::io::stdin().read_to_end(&mut Vec::new()).ok();
        stop.cancel();
    });
    relay.run(shutdown).await.expect("the relay ends well");
}

pub(crate) fn call_name(n: usize) -> String {
    format!("call-{n}")
}

pub(crate) fn secret() -> Secret {
    Secret::new(SECRET.as_bytes())
}

/// What the connectivity checks of a party are signed with.
pub(crate) fn ice(role: Role) -> IceCredential {
    IceCredential::new(role.as_str(), &format!("{role:?}/password+of22letters")).expect("it is one")
}

pub(crate) fn now_unix() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is set")
        .as_secs()
}

/// How many files this process may open.
pub(crate) fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").expect("Linux has it");
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    line.and_then(|line| line.split_whitespace().nth(3))
        .and_then(|number| number.parse().ok())
        .unwrap_or(1_024)
}

/// A socket of a client or peer.
pub(crate) fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((LOOPBACK, 0)).expect("a free port");
    socket
        .set_read_timeout(Some(Duration::from_millis(500)))
        .expect("a timeout");
    socket
}
