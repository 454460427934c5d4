//! A real mail server in its own process: Debian's aiosmtpd, which speaks SMTP, STARTTLS and
//! AUTH, and reads every mail with Python's own parser.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};

use cloud::config::{Encryption, MailConfig};
use cloud::random::Random;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::PATIENCE;

/// A mail as the server took it.
#[derive(Debug, Deserialize)]
pub(crate) struct Mail {
    pub(crate) envelope_from: String,
    pub(crate) envelope_to: Vec<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) tls: bool,
    pub(crate) user: String,
    /// The bytes, in base64.
    pub(crate) raw: String,
}

impl Mail {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found: Vec<_> = self
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .collect();
        assert_eq!(found.len(), 1, "one {name} in {:?}", self.headers);
        &found[0].1
    }
}

/// A mail server; it ends when dropped.
pub(crate) struct SmtpServer {
    lines: Lines<BufReader<ChildStdout>>,
    process: Child,
    folder: PathBuf,
}

/// A port that is free, and that the kernel gives to nobody who asks for any port: a test that binds it
/// again, as after a restart, finds it free.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let from_process = std::process::id() % 8_000;
    loop {
        let n = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(10_000 + (from_process + n) % 8_000).unwrap();
        let address = ("127.0.0.1", port);
        if std::net::TcpListener::bind(address).is_ok()
            && std::net::UdpSocket::bind(address).is_ok()
        {
            return port;
        }
    }
}

impl SmtpServer {
    /// Starts on `port`. `mode` is what the script's header lists.
    pub(crate) async fn start(port: u16, mode: &str) -> SmtpServer {
        let folder = std::env::temp_dir().join(format!("smtp-{}", Random.id()));
        std::fs::create_dir_all(&folder).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/smtp_server.py");
        let mut process = Command::new("/usr/bin/python3")
            .arg(script)
            .args([port.to_string(), mode.to_owned()])
            .arg(&folder)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("run scripts/setup-tests.sh: it installs python3-aiosmtpd");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = tokio::time::timeout(PATIENCE, lines.next_line())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            ready.as_deref(),
            Some("ready"),
            "run scripts/setup-tests.sh: it installs python3-aiosmtpd"
        );
        SmtpServer {
            lines,
            process,
            folder,
        }
    }

    /// The next mail, once it is here.
    pub(crate) async fn next(&mut self) -> Mail {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line())
            .await
            .expect("a mail arrives");
        serde_json::from_str(&line.unwrap().expect("the mail server runs")).unwrap()
    }

    /// Ends it and waits until its port is free.
    pub(crate) async fn stop(mut self) {
        self.process.kill().await.unwrap();
    }

    /// The certificate that it shows under TLS.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// Settings for a server on this machine.
pub(crate) fn settings(port: u16, encryption: Encryption) -> MailConfig {
    MailConfig {
        host: "localhost".to_owned(),
        port,
        encryption,
        from: "Peerview <cloud@example.org>".to_owned(),
        timeout_seconds: 5,
        ..MailConfig::default()
    }
}
