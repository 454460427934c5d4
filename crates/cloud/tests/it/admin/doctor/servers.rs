//! Servers from Debian's packages that the doctor asks: dnsmasq and chronyd. Each ends when dropped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use cloud::random::Random;
use tokio::net::UdpSocket;
use tokio::process::{Child, Command};

use crate::support::smtp::free_port;
use crate::support::{PATIENCE, wait_until_listening};

/// A DNS server that knows `example.org` and nothing else.
pub(super) struct DnsServer {
    pub(super) addr: SocketAddr,
    _process: Child,
}

impl DnsServer {
    /// With these records, written as dnsmasq's flags.
    pub(super) async fn start(records: &[String]) -> DnsServer {
        let port = free_port();
        let mut command = Command::new("/usr/sbin/dnsmasq");
        command
            .args([
                "--keep-in-foreground",
                "--no-resolv",
                "--no-hosts",
                "--bind-interfaces",
            ])
            .args([
                "--conf-file=/dev/null",
                "--listen-address=127.0.0.1",
                "--pid-file=",
            ])
            .args(["--local=/example.org/", &format!("--port={port}")])
            .args(records);
        let process = run(&mut command, "dnsmasq-base");
        wait_until_listening(port).await;
        DnsServer {
            addr: ([127, 0, 0, 1], port).into(),
            _process: process,
        }
    }
}

/// A time server with this machine's time.
pub(super) struct TimeServer {
    pub(super) addr: SocketAddr,
    folder: PathBuf,
    process: Child,
}

impl TimeServer {
    pub(super) async fn start() -> TimeServer {
        let addr = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let folder = std::env::temp_dir().join(format!("chrony-{}", Random.id()));
        std::fs::create_dir_all(&folder).unwrap();
        let settings = format!(
            "port {}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 3\ncmdport 0\npidfile {}\n",
            addr.port(),
            folder.join("pid").display()
        );
        std::fs::write(folder.join("chrony.conf"), settings).unwrap();
        let unpacked = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../target/tools/chrony/usr/sbin/chronyd");
        // It serves the time and leaves this machine's clock alone.
        let mut command = Command::new(unpacked);
        command
            .args(["-d", "-x", "-U", "-u", &user(), "-f"])
            .arg(folder.join("chrony.conf"));
        let process = run(&mut command, "chrony");
        until_it_answers(addr).await;
        TimeServer {
            addr,
            folder,
            process,
        }
    }

    /// Ends it and waits until it has.
    pub(super) async fn stop(&mut self) {
        self.process.kill().await.unwrap();
    }
}

impl Drop for TimeServer {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn user() -> String {
    let found = std::process::Command::new("id")
        .arg("-un")
        .output()
        .unwrap();
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
}

async fn until_it_answers(addr: SocketAddr) {
    let answering = async {
        while !answers(addr).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, answering)
        .await
        .expect("the time server answers");
}

/// Whether something takes a request: a closed port of this machine says so at once.
async fn answers(addr: SocketAddr) -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(addr).await.unwrap();
    let mut request = [0; 48];
    request[0] = 4 << 3 | 3;
    let asked = socket.send(&request).await;
    asked.is_ok() && socket.recv(&mut [0; 48]).await.is_ok()
}

fn run(command: &mut Command, package: &str) -> Child {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("run scripts/setup-tests.sh: it gets {package}: {error}"))
}

/// Sets the rights of a file or folder.
pub(super) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
