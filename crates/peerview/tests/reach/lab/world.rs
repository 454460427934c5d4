//! The programs in the lab's network: the cloud and the agent as they ship, a simulated recorder, and
//! viewers. One person owns the recorder from the start.

use std::path::{Path, PathBuf};

use cloud::config::Config;
use tokio::process::Command;

use super::certificates::Certificates;
use super::namespaces::Namespace;
use super::network::{CLOUD_NAME, Line, Network, Place, SECOND_V4, SITE_V4, Scene};
use super::traffic;
use super::viewer::Viewer;
use crate::people;
use crate::support::folder::Folder;
use crate::support::process::Process;

/// The only account.
pub(crate) const USER: &str = "person0";
pub(crate) const PASSWORD: &str = "gate lamp river moon";
/// The simulated recorder's account.
pub(crate) const RECORDER_USER: &str = "admin";
pub(crate) const RECORDER_PASSWORD: &str = "simulated recorder";
/// The agent's machine where it has a public address.
const SITE_HOST: &str = "192.0.3.10";
/// The name of the relay that runs alone, and of the file with its secret.
const SECOND_RELAY: &str = "second";
/// How often the agent is asked for pictures; each answer takes up to half a second.
const MAX_LOOKS: usize = 60;
/// The recorder's name in the agent's folder.
const RECORDER: &str = "home";

/// The address of the cloud, as a browser gets it.
pub(crate) fn url() -> String {
    format!("https://{CLOUD_NAME}")
}

/// Which viewer looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The native viewer: agent's own endpoint at the other end.
    Native,
    /// The real page in Chromium.
    Page,
}

/// Everything that runs.
pub(crate) struct World {
    // Processes end before their machines do.
    native: Option<Viewer>,
    page: Option<Viewer>,
    pub(crate) agent: Option<Process>,
    pub(crate) cloud: Option<(Place, Process)>,
    pub(crate) second_relay: Option<Process>,
    mapper: Option<Process>,
    line: Option<Process>,
    /// The name servers of the two routers.
    names: Vec<Process>,
    go2rtc: Option<Process>,
    _recorder: Process,
    recorder_address: String,
    rtsp_address: String,
    serial: String,
    cookie: String,
    certificates: Certificates,
    folder: Folder,
    pub(crate) network: Network,
}

impl World {
    /// Builds the network, and starts the cloud in the internet and the recorder.
    pub(crate) async fn build() -> Result<World, String> {
        let network = Network::build()?;
        let folder = Folder::new("reach");
        let certificates =
            Certificates::make(folder.path()).map_err(|error| format!("certificates: {error}"))?;
        let serial = fill(folder.path()).await?;
        network.wire(&Scene::of(
            super::router::Nat::Public,
            super::router::Nat::Public,
        ))?;
        for host in [&network.site.host, &network.viewer.host] {
            traffic::count(host)?;
        }
        let recorder = Process::start(
            "the simulated recorder",
            role(&network.site.host, &["recorder"]),
        );
        let recorder_address = recorder.says("ISAPI:").await;
        let rtsp_address = recorder.says("RTSP:").await;
        let mut world = World {
            native: None,
            page: None,
            agent: None,
            cloud: None,
            second_relay: None,
            mapper: None,
            line: None,
            names: Vec::new(),
            go2rtc: None,
            _recorder: recorder,
            recorder_address,
            rtsp_address,
            serial,
            cookie: String::new(),
            certificates,
            folder,
            network,
        };
        world.put_cloud(Place::Internet).await?;
        world.cookie = world.look(&["log-in"], "Cookie:").await?;
        Ok(world)
    }

    /// Wires a scene, starts what changes with it, and waits until the recorder is online.
    pub(crate) async fn set(&mut self, scene: &Scene) -> Result<(), String> {
        self.stop_agent().await;
        self.mapper = None;
        self.line = None;
        self.network.wire(scene)?;
        self.start_names(scene).await;
        if let Some(line) = scene.line {
            self.line = Some(self.start_line(line).await);
        }
        if scene.site.has_mapping {
            self.mapper = Some(self.start_mapper().await?);
        }
        if self.cloud.as_ref().map(|(place, _)| *place) != Some(scene.cloud) {
            self.put_cloud(scene.cloud).await?;
        }
        self.second_relay = None;
        if scene.has_second_relay {
            self.start_second_relay().await;
        }
        self.start_agent().await;
        self.waits_for_agent().await
    }

    /// Waits until the recorder and its camera are online, and pictures come from it.
    async fn waits_for_agent(&self) -> Result<(), String> {
        let (cookie, serial) = (self.cookie.as_str(), self.serial.as_str());
        let online = self.look(&["online", cookie, serial], "Online:").await;
        let said = || self.agent.as_ref().map(Process::output).unwrap_or_default();
        online.map_err(|error| format!("the agent is not online: {error}\n{}", said()))?;
        for _ in 0..MAX_LOOKS {
            if self.has_pictures().await? {
                return Ok(());
            }
        }
        Err(format!("the agent gets no pictures:\n{}", said()))
    }

    /// Whether a stream of the camera plays, which it does from its first key frame.
    async fn has_pictures(&self) -> Result<bool, String> {
        let host = &self.network.site.host;
        let mut status = host.command(Path::new(env!("CARGO_BIN_EXE_peerview")));
        status.args(["agent", "status", "--json", "--data"]);
        status.arg(self.folder.path().join("agent"));
        let told = status.output().await.map_err(|error| error.to_string())?;
        let told = String::from_utf8_lossy(&told.stdout);
        Ok(told.contains("\"is_playing\": true") || told.contains("\"is_playing\":true"))
    }

    /// Ends the cloud without a farewell; its ports are free afterwards.
    pub(crate) async fn stop_cloud(&mut self) {
        if let Some((_, mut cloud)) = self.cloud.take() {
            cloud.kill().await;
        }
    }

    /// Ends the agent without a farewell; its folder is free afterwards.
    async fn stop_agent(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            agent.kill().await;
        }
    }

    /// Starts the cloud, which keeps its accounts wherever it is.
    pub(crate) async fn put_cloud(&mut self, place: Place) -> Result<(), String> {
        self.stop_cloud().await;
        let relay = match place {
            Place::Internet => String::new(),
            Place::Home { .. } => format!("relay.public_ip = \"{SITE_V4}\"\n"),
        };
        let Certificates {
            certificate, key, ..
        } = &self.certificates;
        let secret = self.write(SECOND_RELAY, "0123456789abcdef0123456789abcdef");
        let secret = secret.display();
        let text = format!(
            "[cloud]\n{}{relay}listen = \"[::]:443\"\npublic_url = \"{}\"\n\
             tls.certificate_file = \"{}\"\ntls.key_file = \"{}\"\n\
             [[cloud.relay.joined]]\nname = \"{SECOND_RELAY}\"\nsecret_file = \"{secret}\"\n",
            settings(self.folder.path()),
            url(),
            certificate.display(),
            key.display()
        );
        let config = self.write("cloud.toml", &text);
        let mut command = self
            .network
            .cloud_at(place)
            .command(Path::new(env!("CARGO_BIN_EXE_peerview")));
        command
            .args(["cloud", "--log", "info", "--config"])
            .arg(config);
        let cloud = Process::start("peerview cloud", command);
        cloud.says("Listening:").await;
        self.cloud = Some((place, cloud));
        Ok(())
    }

    /// Starts the relay that runs alone, and waits until it has joined.
    async fn start_second_relay(&mut self) {
        let text = format!(
            "[relay]\ncloud = \"{}\"\nname = \"{SECOND_RELAY}\"\nsecret_file = \"{}\"\nca_file = \"{}\"\n\
             listen = \"0.0.0.0:3478\"\npublic_ip = \"{SECOND_V4}\"\n",
            url(),
            self.folder.path().join(SECOND_RELAY).display(),
            self.authority(),
        );
        let config = self.write("relay.toml", &text);
        let program = Path::new(env!("CARGO_BIN_EXE_peerview"));
        let mut command = self.network.second.command(program);
        command.args(["relay", "--config"]).arg(config);
        let relay = Process::start("peerview relay", command);
        relay.says_with("joined the cloud").await;
        self.second_relay = Some(relay);
    }

    /// Starts the agent beside the recorder.
    async fn start_agent(&mut self) {
        self.stop_agent().await;
        let text = format!(
            "[agent]\ncloud = \"{}\"\nca_file = \"{}\"\ndata_dir = \"{}\"\n\
             [[agent.recorders]]\nkind = \"hikvision\"\nid = \"{RECORDER}\"\nname = \"Home\"\n\
             address = \"{}\"\nuser = \"{RECORDER_USER}\"\npassword = \"{RECORDER_PASSWORD}\"\n",
            url(),
            self.authority(),
            self.folder.path().join("agent").display(),
            self.recorder_address
        );
        let config = self.write("agent.toml", &text);
        let host = &self.network.site.host;
        let mut command = host.command(Path::new(env!("CARGO_BIN_EXE_peerview")));
        let log = std::env::var("REACH_AGENT_LOG").unwrap_or_else(|_| "info".to_owned());
        command
            .args(["agent", "--log", &log, "--config"])
            .arg(config);
        self.agent = Some(Process::start("peerview agent", command));
    }

    /// The viewer of this kind, started if it does not run yet.
    pub(crate) async fn viewer(&mut self, kind: Kind) -> Result<&mut Viewer, String> {
        let log = self.folder.path().join("viewers.log");
        match kind {
            Kind::Native => {
                if self.native.is_none() {
                    let words = [
                        "native",
                        &url(),
                        &self.authority(),
                        &self.cookie,
                        &self.serial,
                    ];
                    let command = role(&self.network.viewer.host, &words);
                    self.native = Some(Viewer::start(command, &log).await?);
                }
                Ok(self.native.as_mut().expect("it was started just now"))
            }
            Kind::Page => {
                if self.page.is_none() {
                    let command = role(&self.network.viewer.host, &["page", &url()]);
                    self.page = Some(Viewer::start(command, &log).await?);
                }
                Ok(self.page.as_mut().expect("it was started just now"))
            }
        }
    }

    /// What cloud and agent said, for a cell that failed.
    pub(crate) fn logs(&self) -> String {
        let tail = |name: &str, process: Option<&Process>| {
            let output = process.map(Process::output).unwrap_or_default();
            // The agent draws a QR code, which says nothing here.
            let lines: Vec<&str> = output.lines().filter(|line| !line.contains('█')).collect();
            let from = lines.len().saturating_sub(25);
            format!("--- {name}\n{}\n", lines[from..].join("\n"))
        };
        tail("agent", self.agent.as_ref())
            + &tail("cloud", self.cloud.as_ref().map(|c| &c.1))
            + &tail("second relay", self.second_relay.as_ref())
    }

    /// Whether the site's router maps this port.
    pub(crate) fn is_mapped(&self, port: u16) -> Result<bool, String> {
        let router = &self.network.site.router;
        let listed = router.run("nft list chain inet filter prerouting_miniupnpd")?;
        Ok(listed.contains(&format!("dport {port} ")))
    }

    async fn start_names(&mut self, scene: &Scene) {
        for mut old in self.names.drain(..) {
            old.kill().await;
        }
        for (router, addresses) in self.network.names(scene) {
            let mut command = router.command(Path::new("dnsmasq"));
            command.args(["-k", "--conf-file=/dev/null", "--no-resolv", "--no-hosts"]);
            command.args(["--user=root", "--pid-file=", "--log-facility=-"]);
            command.arg(format!(
                "--host-record={CLOUD_NAME},{}",
                addresses.join(",")
            ));
            let server = Process::start("dnsmasq", command);
            server.says_with("started").await;
            self.names.push(server);
        }
    }

    async fn start_line(&self, line: Line) -> Process {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reach/lab/line.py");
        let mut command = self.network.line.command(Path::new("/usr/bin/python3"));
        let one_way = f64::from(line.round_trip_ms) / 2.0;
        command.args([script, &line.loss.to_string(), &one_way.to_string(), "1"]);
        let process = Process::start("the line", command);
        process.says("ready").await;
        process
    }

    /// Starts go2rtc beside the recorder, with the same stream; its page, or `None` if it is not on PATH.
    pub(crate) fn start_go2rtc(&mut self) -> Option<String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places = std::env::split_paths(&path).map(|folder| folder.join("go2rtc"));
        let program = places.find(|place| place.exists())?;
        let password = RECORDER_PASSWORD.replace(' ', "%20");
        let text = format!(
            "api:\n  listen: \":1984\"\nrtsp:\n  listen: \"\"\nwebrtc:\n  listen: \":8555\"\n  candidates: [\"{SITE_HOST}:8555\"]\n\
             streams:\n  camera: \"rtsp://{RECORDER_USER}:{password}@{}/Streaming/Channels/102\"\n",
            self.rtsp_address
        );
        let config = self.write("go2rtc.yaml", &text);
        let mut command = self.network.site.host.command(&program);
        command.arg("-config").arg(config);
        self.go2rtc = Some(Process::start("go2rtc", command));
        Some(format!(
            "http://{SITE_HOST}:1984/stream.html?src=camera&mode=webrtc"
        ))
    }

    /// Ends it.
    pub(crate) fn stop_go2rtc(&mut self) {
        self.go2rtc = None;
    }

    fn authority(&self) -> String {
        self.certificates.authority.display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("the folder for temporary files is writable");
        path
    }

    /// Runs a role on the cloud's own machine until it says something that begins so.
    async fn look(&self, words: &[&str], begin: &str) -> Result<String, String> {
        let place = self
            .cloud
            .as_ref()
            .map_or(Place::Internet, |(place, _)| *place);
        let (url, authority) = (url(), self.authority());
        let (what, rest) = words.split_first().expect("a role has a name");
        let mut all = vec![*what, &url, &authority];
        all.extend(rest);
        let process = Process::start(what, role(self.network.cloud_at(place), &all));
        let said = process.says_or_ends(begin).await;
        said.ok_or_else(|| process.output())
    }

    async fn start_mapper(&self) -> Result<Process, String> {
        let program = super::mapper_program().ok_or("miniupnpd is not installed")?;
        let text = "ext_ifname=up\nlistening_ip=lan\nenable_natpmp=yes\nenable_upnp=yes\nsecure_mode=yes\n\
             http_port=5000\nuuid=7ae4d0a4-9d8b-4ea9-b5a1-6f5b6a9b2a01\nsystem_uptime=yes\n\
             upnp_table_name=filter\nupnp_nat_table_name=filter\nupnp_forward_chain=miniupnpd\n\
             upnp_nat_chain=prerouting_miniupnpd\nupnp_nat_postrouting_chain=postrouting_miniupnpd\n\
             allow 1024-65535 0.0.0.0/0 1024-65535\ndeny 0-65535 0.0.0.0/0 0-65535\n";
        let config = self.write("miniupnpd.conf", text);
        let mut command = self.network.site.router.command(&program);
        command
            .args(["-d", "-f"])
            .arg(config)
            .arg("-P")
            .arg(self.folder.path().join("miniupnpd.pid"));
        let mapper = Process::start("miniupnpd", command);
        mapper.says_with("listening on").await;
        Ok(mapper)
    }
}

/// This program again, in a namespace.
fn role(machine: &Namespace, words: &[&str]) -> Command {
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = machine.command(&program);
    command.arg("--role").args(words);
    command
}

/// Settings of the cloud that do not change with its place.
fn settings(folder: &Path) -> String {
    format!(
        "data_dir = \"{}\"\nlimits.password_memory_kib = 19456\nlimits.password_passes = 2\n",
        folder.join("cloud").display()
    )
}

/// Writes the person and the recorder that is theirs; its serial number.
async fn fill(folder: &Path) -> Result<String, String> {
    let config = Config::from_toml(&settings(folder)).map_err(|error| format!("{error:#}"))?;
    let recorder = folder.join("agent/recorders").join(RECORDER);
    let identity =
        agent::identity::Identity::open(&recorder).map_err(|error| format!("{error:#}"))?;
    let db = people::add(&config, 1, PASSWORD).await;
    let (key, serial) = (
        identity.key().public().to_text(),
        identity.serial().as_str(),
    );
    let registered = cloud::db::recorders::register(&db, serial, &key, 0).await;
    registered.map_err(|error| format!("{error:#}"))?;
    let claimed = cloud::db::recorders::claim(&db, serial, "person-0", "Home", 0).await;
    let serial = serial.to_owned();
    db.close().await;
    match claimed {
        Ok(true) => Ok(serial),
        other => Err(format!("the recorder has no owner: {other:?}")),
    }
}
