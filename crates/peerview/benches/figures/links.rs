//! Memory of the cloud per idle link: its own cloud process, 1,000 recorders with keys of
//! their own that register and then say nothing. Plain WebSocket: TLS is the proxy's.

use tokio::process::Command;

use crate::meter;
use crate::support::folder::Folder;
use crate::support::process::Process;
use crate::table::Figure;
use crate::wire::{self, Socket};

const LINKS: u32 = 1_000;
/// Links before the first measurement, so that pools and caches are filled.
const WARM_UP: u32 = 100;

/// Registers the links and weighs the process before and after.
pub(crate) async fn measure() -> Vec<Figure> {
    let data = Folder::new("links");
    let config = data.path().join("peerview.toml");
    std::fs::write(
        &config,
        "[cloud]\nlisten = \"127.0.0.1:0\"\nrelay.listen = \"127.0.0.1:0\"\nlimits.work_bits = 0\n",
    )
    .expect("writable");
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command
        .args(["cloud", "--log", "warn", "--config"])
        .arg(config)
        .arg("--data")
        .arg(data.path());
    let cloud = Process::start("peerview cloud", command);
    let url = cloud.says("Listening:").await;

    let mut sockets = Vec::new();
    for number in 0..WARM_UP {
        sockets.push(register(&url, number).await);
    }
    let before = meter::memory_kb(cloud.id());
    let started = std::time::Instant::now();
    for number in WARM_UP..WARM_UP + LINKS {
        sockets.push(register(&url, number).await);
    }
    let seconds = started.elapsed().as_secs_f64();
    let after = meter::memory_kb(cloud.id());

    #[expect(clippy::cast_precision_loss, reason = "kilobytes of one process")]
    let per_link = after.saturating_sub(before) as f64 / f64::from(LINKS);
    #[expect(clippy::cast_precision_loss, reason = "kilobytes of one process")]
    let before = before as f64;
    vec![Figure {
        what: format!("cloud, {LINKS} idle links, plain WebSocket"),
        numbers: vec![
            ("kB_per_link", per_link),
            ("kB_before", before),
            ("registrations_per_s", f64::from(LINKS) / seconds),
        ],
    }]
}

/// Connects as an agent does and waits until the cloud has taken the key.
async fn register(url: &str, number: u32) -> Socket {
    let (key, serial) = wire::recorder(number);
    let mut socket = Socket::open(url, "/link", &[])
        .await
        .expect("the cloud takes links");
    let registered = socket.register(&key, &serial).await;
    registered.unwrap_or_else(|error| panic!("registering link {number}: {error}"));
    socket
}
