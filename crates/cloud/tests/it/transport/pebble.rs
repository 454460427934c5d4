//! Pebble, the ACME server that Let's Encrypt tests clients with, from Debian's package, and the
//! DNS server that belongs to it.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::json;
use tokio::process::{Child, Command};

use super::authority::Authority;
use crate::support::smtp::free_port;
use crate::support::{PATIENCE, wait_until_listening};

/// A running Pebble; it ends when dropped.
pub(crate) struct Pebble {
    pub(crate) directory: url::Url,
    authority: Authority,
    management: u16,
    _processes: [Child; 2],
}

impl Pebble {
    /// Starts it; it will look for TLS and HTTP challenges on these ports of this machine.
    pub(crate) async fn start(tls_port: u16, http_port: u16) -> Pebble {
        let authority = Authority::new();
        let (certificate, key) = authority.issue();
        let (acme, management, dns) = (free_port(), free_port(), free_port());
        let config = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{acme}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": certificate,
            "privateKey": key,
            "httpPort": http_port,
            "tlsPort": tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        let file = authority.folder.join("pebble.json");
        std::fs::write(&file, config.to_string()).unwrap();
        let dns_server = run(Command::new("/usr/bin/pebble-challtestsrv").args([
            "-dns01",
            &format!("127.0.0.1:{dns}"),
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
            "-management",
            &format!("127.0.0.1:{}", free_port()),
            "-defaultIPv4",
            "127.0.0.1",
            "-defaultIPv6",
            "",
        ]));
        let pebble = run(Command::new("/usr/bin/pebble")
            .arg("-config")
            .arg(file)
            .args(["-dnsserver", &format!("127.0.0.1:{dns}")])
            .env("PEBBLE_VA_NOSLEEP", "1"));
        wait_until_listening(acme).await;
        wait_until_listening(management).await;
        Pebble {
            directory: format!("https://localhost:{acme}/dir").parse().unwrap(),
            authority,
            management,
            _processes: [dns_server, pebble],
        }
    }

    /// The authority to trust when talking to it.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.authority.root_file()
    }

    /// Writes the root of the certificates it issues to a file.
    pub(crate) async fn issuing_root(&self) -> PathBuf {
        let url = format!("https://localhost:{}/roots/0", self.management);
        let answer = self.authority.https_client().get(url).send();
        let answer = tokio::time::timeout(PATIENCE, answer)
            .await
            .unwrap()
            .unwrap();
        let file = self.authority.folder.join("issuing-root.pem");
        std::fs::write(&file, answer.text().await.unwrap()).unwrap();
        file
    }
}

fn run(command: &mut Command) -> Child {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("run scripts/setup-tests.sh: it installs pebble")
}
