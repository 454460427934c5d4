//! A thousand people log in at once: memory stays bounded, people who cannot be served are told at once, and
//! the rest of the cloud goes on.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::process::Command;

use crate::support::folder::Folder;
use crate::support::process::Process;

/// How many log in at the same time.
const N_PEOPLE: u16 = 1000;
/// Memory of one password hash, and of everything that a waiting connection holds.
const HASH_KB: usize = 64 * 1024;
const CONNECTION_KB: usize = 192;
/// What a process may grow by for reasons of its own.
const SLACK_KB: usize = 64 * 1024;
/// A hash waits two seconds for a core at most; the rest is this machine's business.
const SOON: Duration = Duration::from_secs(40);

/// A cloud of its own, with the costs that people get.
async fn start_cloud(data: &Folder) -> (Process, SocketAddr) {
    let config = data.path().join("peerview.toml");
    let text = "[cloud]\nlisten = \"127.0.0.1:0\"\nrelay.enabled = false\n";
    std::fs::write(&config, text).expect("a file can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command.args(["cloud", "--config"]).arg(config);
    command.arg("--data").arg(data.path().join("cloud"));
    let cloud = Process::start("peerview cloud", command);
    allow_files(cloud.id());
    let address = cloud.says("Listening: http://").await;
    (cloud, address.parse().expect("an address"))
}

/// A thousand sockets are more than some machines allow at first.
fn allow_files(process: u32) {
    let raised = std::process::Command::new("prlimit")
        .args(["--nofile=8192", "--pid", &process.to_string()])
        .status();
    assert!(raised.is_ok_and(|status| status.success()), "prlimit fails");
}

/// The most memory that a process has ever had, in kB.
fn most_memory(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line
        .expect("the kernel tells")
        .trim()
        .trim_end_matches(" kB");
    kb.parse().expect("a number")
}

/// Sends a request from its own address and returns the answer's head, and how long it took.
async fn asks(to: SocketAddr, from: u16, request: String) -> (String, Duration) {
    let started = Instant::now();
    let socket = TcpSocket::new_v4().expect("a socket");
    let [high, low] = from.to_be_bytes();
    socket
        .bind(SocketAddr::from(([127, 1, high, low], 0)))
        .expect("all of 127/8 is ours");
    let mut stream = socket.connect(to).await.expect("the cloud listens");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("it answers");
    (
        String::from_utf8_lossy(&answer).into_owned(),
        started.elapsed(),
    )
}

fn log_in(name: u16) -> String {
    let body = format!("login=person{name}&password=not+the+right+one+at+all");
    format!(
        "POST /login HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_15_2_2_a_thousand_parallel_log_ins_stay_within_their_memory() {
    let data = Folder::new("load");
    let (cloud, address) = start_cloud(&data).await;
    allow_files(std::process::id());
    let before = most_memory(cloud.id());

    let people: Vec<_> = (1..=N_PEOPLE)
        .map(|n| tokio::spawn(asks(address, n, log_in(n))))
        .collect();
    let health = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_owned();
    let (health, took) = asks(address, 0x0909, health).await;
    let (mut n_judged, mut n_busy, mut longest) = (0, 0, Duration::ZERO);
    for person in people {
        let (answer, took) = person.await.expect("asking does not panic");
        let status = answer.get(9..12).unwrap_or_default();
        let head = answer.to_lowercase();
        match status {
            "503" => {
                assert!(head.contains("\r\nretry-after: "), "{answer}");
                n_busy += 1;
                longest = longest.max(took);
            }
            "401" | "422" => n_judged += 1,
            _ => panic!("{answer}"),
        }
    }

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let budget = before + cores * HASH_KB + usize::from(N_PEOPLE) * CONNECTION_KB + SLACK_KB;
    let most = most_memory(cloud.id());
    crate::support::process::report(&format!(
        "{n_judged} judged, {n_busy} told to come back, the last of them after {longest:?}; memory {before} kB, then {most} kB of {budget} kB"
    ));
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    assert!(took < SOON && longest < SOON, "{took:?}, {longest:?}");
    assert!(n_judged >= cores, "nobody was judged");
    assert!(
        n_busy > 0,
        "a thousand hashes cannot be made in two seconds"
    );
    assert!(most <= budget, "{most} kB of {budget} kB");
}
