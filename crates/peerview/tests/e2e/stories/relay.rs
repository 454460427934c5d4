//! `peerview relay` beside a cloud: it joins, finds the cloud again, and ends with a farewell.

use std::net::TcpListener;
use std::time::Duration;

use tokio::process::Command;

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
async fn a_relay_finds_its_cloud_again_and_says_farewell() {
    let site = Site::new();
    let mut cloud = site.cloud().await;
    let mut relay = site.relay(SECRET);
    relay.says_with("joined the cloud").await;
    cloud.says_with("a relay has joined").await;

    cloud.kill().await;
    relay.says_with("there is no cloud").await;
    let cloud = site.cloud().await;
    cloud.says_with("a relay has joined").await;

    relay.signal("INT");
    let status = relay.ends_within(Duration::from_secs(2)).await;
    assert!(status.success(), "{status}");
    cloud.says_with("a joined relay is gone").await;
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
