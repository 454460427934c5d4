//! The world of a story: the demo as people start it, recorders beside it, and who lives there.

use std::path::{Path, PathBuf};

use agent::certificates::TrustedCertificate;
use cloud::random::Random;
use cloud::secrets::Secrets;
use serde_json::json;
use simdvr::{Faults, SimDvr};
use tokio::process::Command;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::browser::{Browser, Microphone};
use super::engine::Engine;
use super::folder::Folder;
use super::person::Person;
use super::process::{PATIENCE, Process};

/// What opens the simulated recorders beside the demo.
pub(crate) const RECORDER_PASSWORD: &str = "a long password";

/// Pictures are decoded without a graphics card. Three worlds at once keep two cores busy, because a story
/// waits for about half of its time; more would only wait for each other, past what a story's patience allows.
static THREE_AT_A_TIME: Semaphore = Semaphore::const_new(3);

/// What a person on site reads off the agent's terminal.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    /// As typed on *Add device*.
    pub(crate) serial: String,
    /// The six letters.
    pub(crate) code: String,
    /// Opens *Add device* with both filled in.
    pub(crate) claim_link: String,
}

impl Card {
    /// The same recorder with six other letters.
    pub(crate) fn with_wrong_code(&self) -> Card {
        let wrong = self
            .code
            .bytes()
            .map(|b| char::from(b'A' + (b - b'A' + 1) % 26));
        Card {
            code: wrong.collect(),
            ..self.clone()
        }
    }
}

/// A running demo and everything a story put beside it.
pub(crate) struct World {
    /// The app's address, without a slash at the end.
    pub(crate) url: String,
    /// The mailbox page.
    pub(crate) mailbox: String,
    /// The demo's own recorder.
    pub(crate) recorder: Card,
    pub(crate) demo: Process,
    beside: Vec<Beside>,
    data: Folder,
    log: &'static str,
    _turn: SemaphorePermit<'static>,
}

/// Reads the picture of letters for a person, as the owner of the cloud's data folder can.
#[derive(Debug, Clone)]
pub(crate) struct Letters {
    data_dir: PathBuf,
}

impl Letters {
    /// Of the cloud with this data folder.
    pub(crate) fn of(data_dir: PathBuf) -> Letters {
        Letters { data_dir }
    }
}

/// A recorder beside the demo, with the agent that serves it.
struct Beside {
    agent: Process,
    /// Only a simulated recorder can be broken and mended.
    faults: Option<Faults>,
    data: Folder,
    name: String,
    flags: Vec<String>,
    _stop: tokio_util::sync::DropGuard,
}

impl World {
    /// Starts the demo on free ports with an empty data folder.
    pub(crate) async fn new() -> World {
        World::logging("info").await
    }

    /// The same, with this filter of logs for the demo and every agent.
    pub(crate) async fn logging(log: &'static str) -> World {
        World::with_flags(log, &[]).await
    }

    /// The demo as phones of the network reach it, on an address that every machine has.
    pub(crate) async fn for_the_network() -> World {
        World::with_flags("info", &["--lan", "--bind", "127.0.0.1"]).await
    }

    /// The same, with programs and packages of this folder on offer.
    pub(crate) async fn for_the_network_with(downloads: &Path) -> World {
        let downloads = downloads.to_str().expect("a temporary folder");
        let flags = ["--lan", "--bind", "127.0.0.1", "--downloads", downloads];
        World::with_flags("info", &flags).await
    }

    async fn with_flags(log: &'static str, flags: &[&str]) -> World {
        let turn = THREE_AT_A_TIME.acquire().await.expect("never closed");
        let data = Folder::new("demo");
        let (demo, url, mailbox, recorder) = start_demo(&data, log, flags).await;
        World {
            url,
            mailbox,
            recorder,
            demo,
            beside: Vec::new(),
            data,
            log,
            _turn: turn,
        }
    }

    /// Ends the demo and starts it again with the same data folder, on other ports.
    pub(crate) async fn restarts_demo(&mut self) {
        self.demo.signal("INT");
        self.demo
            .ends_within(std::time::Duration::from_secs(5))
            .await;
        (self.demo, self.url, self.mailbox, self.recorder) =
            start_demo(&self.data, self.log, &[]).await;
    }

    /// Ends the demo and starts another on this folder, as on another machine.
    pub(crate) async fn moves_to(&mut self, data: Folder) {
        self.data = data;
        self.restarts_demo().await;
    }

    /// The cloud's data folder, as whoever runs it has it.
    pub(crate) fn cloud_folder(&self) -> PathBuf {
        self.data.path().join("cloud")
    }

    /// Somebody with their own browser.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let letters = Letters {
            data_dir: self.data.path().join("cloud"),
        };
        Person::arrives(name, &self.url, &self.mailbox, letters).await
    }

    /// The same, with a browser of this kind.
    pub(crate) async fn person_in(&self, engine: Engine, name: &str) -> Person {
        let letters = Letters::of(self.cloud_folder());
        let browser = Browser::open_in(engine, &[]).await;
        Person::comes_with(browser, name, &self.url, &self.mailbox, letters)
    }

    /// The same, with a browser that has a microphone.
    pub(crate) async fn person_with(&self, name: &str, microphone: Microphone) -> Person {
        let letters = Letters::of(self.cloud_folder());
        let browser = Browser::open_with(&microphone.flags()).await;
        Person::comes_with(browser, name, &self.url, &self.mailbox, letters)
    }

    /// The same, with a browser in which the person has accepted a certificate of no known authority.
    pub(crate) async fn person_who_accepts_the_certificate(&self, name: &str) -> Person {
        let letters = Letters::of(self.cloud_folder());
        let flag = "--ignore-certificate-errors".to_owned();
        let browser = Browser::open_with(&[flag]).await;
        Person::comes_with(browser, name, &self.url, &self.mailbox, letters)
    }

    /// Puts an agent with a simulated recorder beside the demo.
    pub(crate) async fn simulated_recorder(&mut self, name: &str) -> Card {
        let config = simdvr::Config::four_cameras("admin", RECORDER_PASSWORD);
        self.recorder_with(name, config).await
    }

    /// The same with other settings; over HTTPS if it has that.
    pub(crate) async fn recorder_with(&mut self, name: &str, config: simdvr::Config) -> Card {
        let recorder = SimDvr::bind(config).await.expect("loopback ports are free");
        let https = recorder.https_addr().map(|it| format!("https://{it}"));
        let address = https.unwrap_or_else(|| recorder.http_addr().to_string());
        let faults = recorder.faults();
        let stop = CancellationToken::new();
        tokio::spawn(recorder.run(stop.clone()));
        let flags = [
            "--hikvision".to_owned(),
            address,
            "--user".to_owned(),
            "admin".to_owned(),
        ];
        let card = self.starts_agent(name, &flags, stop).await;
        self.beside
            .last_mut()
            .expect("it was put there just now")
            .faults = Some(faults);
        card
    }

    /// What breaks and mends the simulated recorder that was put beside the demo as the n-th.
    pub(crate) fn faults(&self, index: usize) -> &Faults {
        let faults = self.beside[index].faults.as_ref();
        faults.expect("it is a simulated recorder")
    }

    /// Puts an agent with a camera by its RTSP address beside the demo.
    pub(crate) async fn rtsp_recorder(&mut self, name: &str, url: &str) -> Card {
        let flags = ["--rtsp".to_owned(), url.to_owned()];
        self.starts_agent(name, &flags, CancellationToken::new())
            .await
    }

    /// The agent that was put beside the demo as the n-th.
    pub(crate) fn agent(&mut self, index: usize) -> &mut Process {
        &mut self.beside[index].agent
    }

    /// The certificates that the n-th agent beside the demo expects of its recorder.
    pub(crate) fn pinned_certificates(&self, index: usize) -> Vec<String> {
        let recorders = agent::certificates::list(self.beside[index].data.path());
        let recorders = recorders.expect("the agent's folder").into_iter();
        let places = recorders.flat_map(|it| it.certificates);
        let pinned = places.filter_map(|place| match place.trusted? {
            TrustedCertificate::Pinned(hash) => Some(hash.to_string()),
            TrustedCertificate::Authority => None,
        });
        pinned.collect()
    }

    /// The folder that demo, cloud and agent keep everything in.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// Puts an agent with these flags beside the demo.
    pub(crate) async fn starts_agent(
        &mut self,
        name: &str,
        flags: &[String],
        stop: CancellationToken,
    ) -> Card {
        let data = Folder::new("agent");
        let command = self.agent_command(name, flags, data.path());
        let mut agent = Process::start("peerview agent", command);
        let card = card(&mut agent).await;
        self.beside.push(Beside {
            agent,
            faults: None,
            data,
            name: name.to_owned(),
            flags: flags.to_vec(),
            _stop: stop.drop_guard(),
        });
        card
    }

    /// Kills the n-th agent beside the demo and starts it again.
    pub(crate) async fn restarts_agent(&mut self, index: usize) {
        self.beside[index].agent.kill().await;
        let Beside {
            name, flags, data, ..
        } = &self.beside[index];
        let command = self.agent_command(name, flags, data.path());
        self.beside[index].agent = Process::start("peerview agent", command);
    }

    fn agent_command(&self, name: &str, flags: &[String], data: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
        command
            .args(["agent", "--loopback", "--cloud", &self.url])
            .args(["--name", name, "--data"])
            .arg(data)
            .args(flags)
            .env("PEERVIEW_LOG", self.log)
            .env("PEERVIEW_RECORDER_PASSWORD", RECORDER_PASSWORD);
        command
    }
}

async fn start_demo(data: &Folder, log: &str, flags: &[&str]) -> (Process, String, String, Card) {
    let mut command = demo_command(data, 0);
    command.args(flags).env("PEERVIEW_LOG", log);
    let mut demo = Process::start("peerview demo", command);
    let url = demo.says("Open:").await.trim_end_matches('/').to_owned();
    let mailbox = demo.says("Mailbox:").await;
    let recorder = card(&mut demo).await;
    (demo, url, mailbox, recorder)
}

impl Letters {
    /// The letters of the picture that the page shows.
    pub(crate) async fn read(&self, browser: &Browser) -> String {
        let script = "
            const sources = deep('img').map((image) => image.getAttribute('src'));
            return sources.map((s) => s?.match(arguments[0])?.[1]).find(Boolean) ?? ''";
        let id = browser
            .runs(script, vec![json!(r"/captcha/(.+)\.png")])
            .await;
        let id = id
            .as_str()
            .filter(|id| !id.is_empty())
            .expect("the page shows a picture of letters");
        self.of_picture(id)
    }

    /// The letters of the picture with this id.
    pub(crate) fn of_picture(&self, id: &str) -> String {
        letters_of(&self.data_dir, id)
    }
}

/// The answer is derived from the picture's id and the server's secret; so a test needs no eyes.
fn letters_of(data_dir: &Path, id: &str) -> String {
    let secrets = Secrets::load_or_make(data_dir, Random).expect("the demo has made its secret");
    secrets.derive_characters(
        "captcha answer",
        &[id.as_bytes()],
        b"ABCDEFHKMNPRTUVWXY34679",
        4,
    )
}

/// The demo's command line, on this port and a free relay port.
pub(crate) fn demo_command(data: &Folder, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerview"));
    command
        .args([
            "demo",
            "--relay-port",
            "0",
            "--port",
            &port.to_string(),
            "--data",
        ])
        .arg(data.path());
    command
}

async fn card(process: &mut Process) -> Card {
    Card {
        serial: process.says("Serial number:").await,
        code: process.says("Verification code:").await,
        claim_link: process.says("Claim link:").await,
    }
}

/// The cards of all recorders of an agent, once it has printed so many and the cloud knows them: it asks an agent with
/// many new recorders for proof of work.
pub(crate) async fn cards(agent: &Process, count: usize) -> Vec<Card> {
    let printed = async {
        let n_of = |line: &str| agent.output().matches(line).count();
        while n_of("Claim link:") < count || n_of("link to the cloud is up") < count {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let printed = tokio::time::timeout(4 * PATIENCE, printed).await;
    printed.expect("the agent prints its recorders' cards");
    let output = agent.output();
    let values = |label: &str| -> Vec<String> {
        let lines = output
            .lines()
            .filter_map(|line| line.trim().strip_prefix(label));
        lines.map(|value| value.trim().to_owned()).collect()
    };
    let serials = values("Serial number:").into_iter();
    let codes = values("Verification code:").into_iter();
    let links = values("Claim link:").into_iter();
    let cards = serials.zip(codes).zip(links);
    cards
        .map(|((serial, code), claim_link)| Card {
            serial,
            code,
            claim_link,
        })
        .collect()
}
