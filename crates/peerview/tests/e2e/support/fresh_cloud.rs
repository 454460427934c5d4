//! `peerview cloud` on an empty folder, as at the first start of a new cloud.

use std::path::PathBuf;

use tokio::process::Command;

use super::folder::Folder;
use super::person::Person;
use super::process::Process;
use super::world::Letters;

/// A cloud that nobody has set up yet.
pub(crate) struct FreshCloud {
    pub(crate) process: Process,
    /// What it wrote for whoever started it.
    pub(crate) link: String,
    data: Folder,
}

impl FreshCloud {
    /// Starts it on a free port and waits for its link.
    pub(crate) async fn new() -> FreshCloud {
        let data = Folder::new("fresh");
        let config = data.path().join("peerview.toml");
        let text = "[cloud]\nlisten = \"127.0.0.1:0\"\nrelay.enabled = false\n";
        std::fs::write(&config, text).expect("a file can be written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        command
            .args(["cloud", "--log-format", "json", "--config"])
            .arg(config)
            .arg("--data")
            .arg(data.path().join("cloud"))
            // Half a day away from UTC.
            .env("TZ", "Asia/Tokyo");
        let process = Process::start("peerview cloud", command);
        // Its standard output is no terminal here, as under systemd.
        let said = process.says("Set up:").await;
        let file = said.rsplit(' ').next().expect("a path");
        let link = std::fs::read_to_string(file).expect("the file with the link");
        let link = link.trim_end().to_owned();
        FreshCloud {
            process,
            link,
            data,
        }
    }

    /// Its data folder.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.data.path().join("cloud")
    }

    /// Somebody with their own browser.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let (url, _) = self.link.split_once("/setup").expect("an address");
        let letters = Letters::of(self.data_dir());
        Person::arrives(name, url, "", letters).await
    }
}
