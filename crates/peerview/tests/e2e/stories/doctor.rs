//! `peerview doctor` beside a cloud that runs, with a real mail server and a real DNS server around it.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use super::admin::text;
use crate::support::folder::Folder;
use crate::support::process::{PATIENCE, Process};

const MAIL_PASSWORD: &str = "opensesame";

/// A cloud at this machine's own name, and what it needs around it.
struct Site {
    folder: Folder,
    cloud: Process,
    mail: Process,
    dns: SocketAddr,
    _dns: Process,
}

impl Site {
    async fn new() -> Site {
        let folder = Folder::new("doctor");
        let (port, relay_port, mail_port) = (free_port(), free_port(), free_port());
        let mail = mail_server(mail_port, folder.path()).await;
        let (dns, dns_server) = dns_server().await;
        let (data, ca) = (
            folder.path().join("cloud"),
            folder.path().join("certificate.pem"),
        );
        let settings = format!(
            "[cloud]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://localhost:{port}\"\ndata_dir = {data:?}\n\
             relay.listen = \"127.0.0.1:{relay_port}\"\n\
             [cloud.mail]\nhost = \"localhost\"\nport = {mail_port}\nuser = \"cloud\"\n\
             password = \"{MAIL_PASSWORD}\"\nfrom = \"cloud@example.org\"\nca_file = {ca:?}\n"
        );
        let config = write(&folder, &settings);
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        command.arg("cloud").arg("--config").arg(config);
        let cloud = Process::start("peerview cloud", command);
        cloud.says("Set up:").await;
        Site {
            folder,
            cloud,
            mail,
            dns,
            _dns: dns_server,
        }
    }

    /// What the doctor says, with these flags besides.
    async fn doctor(&self, flags: &[&str]) -> Output {
        let config = self.folder.path().join("peerview.toml");
        let mut command = doctor(&config, self.dns);
        command.args(flags);
        command.output().await.expect("the binary is there")
    }
}

/// Writes the settings, readable by their owner only.
fn write(folder: &Folder, settings: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let file = folder.path().join("peerview.toml");
    std::fs::write(&file, settings).expect("the folder takes a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("it is ours");
    file
}

/// The command line; nobody answers as a time server.
fn doctor(config: &Path, dns: SocketAddr) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command.arg("doctor").arg("--config").arg(config);
    command.args(["--dns", &dns.to_string()]);
    command.args(["--time-server", &format!("127.0.0.1:{}", free_port())]);
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has one").port()
}

async fn mail_server(port: u16, folder: &Path) -> Process {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../cloud/tests/it/support/smtp_server.py");
    let mut command = Command::new("/usr/bin/python3");
    command
        .arg(script)
        .args([&port.to_string(), "starttls"])
        .arg(folder);
    let server = Process::start("the mail server", command);
    server.says("ready").await;
    server
}

/// Knows `example.org` and nothing else.
async fn dns_server() -> (SocketAddr, Process) {
    let addr = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut command = Command::new("/usr/sbin/dnsmasq");
    command.args(["--keep-in-foreground", "--log-facility=-", "--pid-file="]);
    command.args([
        "--no-resolv",
        "--no-hosts",
        "--bind-interfaces",
        "--conf-file=/dev/null",
    ]);
    command.args([
        "--listen-address=127.0.0.1",
        &format!("--port={}", addr.port()),
    ]);
    command.args([
        "--local=/example.org/",
        "--mx-host=example.org,mail.example.org,10",
        "--txt-record=example.org,v=spf1 mx -all",
        "--txt-record=_dmarc.example.org,v=DMARC1; p=quarantine",
    ]);
    let server = Process::start("dnsmasq", command);
    server.says_with("started").await;
    (addr, server)
}

/// The grade of what was found about a topic.
fn grade<'a>(findings: &'a [Value], topic: &str) -> &'a str {
    let of_topic = |finding: &&Value| finding["topic"] == topic;
    let finding = findings.iter().find(of_topic);
    let finding = finding.unwrap_or_else(|| panic!("{topic}: {findings:#?}"));
    finding["grade"].as_str().expect("a word")
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_passes_a_healthy_cloud_and_reports_what_broke() {
    let mut site = Site::new().await;

    let well = site
        .doctor(&["--json", "--send-to", "operator@example.org"])
        .await;

    assert_eq!(well.status.code(), Some(0), "{}", text(&well));
    let findings: Vec<Value> = serde_json::from_slice(&well.stdout).expect("nothing but JSON");
    for topic in [
        "settings",
        "data folder",
        "key files",
        "database",
        "pages",
        "WebSockets",
        "relay over UDP",
        "relay over TCP",
        "mail server",
        "test mail",
        "sender domain",
        "SPF",
        "DMARC",
    ] {
        assert_eq!(grade(&findings, topic), "ok", "{topic}: {findings:#?}");
    }
    assert_eq!(grade(&findings, "DKIM"), "warn");
    assert_eq!(grade(&findings, "clock"), "warn");
    assert!(!text(&well).contains(MAIL_PASSWORD), "{}", text(&well));
    site.mail.says_with("operator@example.org").await;

    site.cloud.kill().await;
    site.mail.kill().await;
    let broken = site.doctor(&[]).await;

    assert_eq!(broken.status.code(), Some(1), "{}", text(&broken));
    for words in [
        "BAD   pages: ",
        "BAD   mail server: ",
        "→ ",
        "checks need attention",
    ] {
        assert!(text(&broken).contains(words), "{words}: {}", text(&broken));
    }
    assert!(
        text(&broken).contains("ok    database: "),
        "{}",
        text(&broken)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_reports_wrong_settings_and_wrong_flags() {
    let folder = Folder::new("doctor-wrong");
    let dns = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let settings = "[cloud]\nlistn = \"127.0.0.1:1\"\n[cloud.mail]\nhost = \"mail.example.org\"\n\
                    encryption = \"none\"\npassword = \"hunter2hunter2\"\n";
    let config = write(&folder, settings);

    let wrong = doctor(&config, dns)
        .output()
        .await
        .expect("the binary is there");
    let gone = doctor(Path::new("/nonexistent.toml"), dns).output().await;
    let gone = gone.expect("the binary is there");
    let flag = doctor(&config, dns)
        .arg("--jsn")
        .output()
        .await
        .expect("the binary is there");
    let help = doctor(&config, dns)
        .arg("--help")
        .output()
        .await
        .expect("the binary is there");

    assert_eq!(wrong.status.code(), Some(1), "{}", text(&wrong));
    let lines = text(&wrong);
    assert!(
        lines.starts_with("BAD   settings: the setting `listn` does not exist\n"),
        "{lines}"
    );
    assert!(
        lines.contains("not for mail.example.org") && lines.contains("clock: "),
        "{lines}"
    );
    assert!(!lines.contains("hunter2"), "{lines}");
    assert_eq!(gone.status.code(), Some(1));
    assert!(text(&gone).starts_with("BAD   settings: /nonexistent.toml cannot be read"));
    assert_eq!(flag.status.code(), Some(2));
    assert!(
        text(&flag).contains("'--jsn'") && text(&flag).contains("--json"),
        "{}",
        text(&flag)
    );
    assert_eq!(help.status.code(), Some(0));
    assert!(
        text(&help).contains("--send-to <ADDRESS>"),
        "{}",
        text(&help)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_doctor_during_a_silent_mail_check() {
    let folder = Folder::new("doctor-silent");
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let port = silent.local_addr().expect("it has one").port();
    let mail = format!("host = \"localhost\"\nport = {port}\nencryption = \"none\"\n");
    let config = write(
        &folder,
        &format!("[cloud]\nrelay.enabled = false\n[cloud.mail]\n{mail}"),
    );
    let dns = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut waiting = Process::start("peerview doctor", doctor(&config, dns));
    let asked = tokio::time::timeout(PATIENCE, silent.accept()).await;
    let _kept_open = asked.expect("the mail server is asked").expect("it can be");

    waiting.signal("INT");

    let status = waiting.ends_within(Duration::from_secs(2)).await;
    assert_eq!(status.code(), Some(130), "{}", waiting.output());
    waiting
        .says("peerview: interrupted before it was done")
        .await;
}
