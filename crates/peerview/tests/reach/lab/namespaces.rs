//! Network namespaces that end with the lab: each is named after the process that created it, everything that
//! still runs in it is killed with it, and the next start removes what a killed lab left behind.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::shell;

/// How the names of all labs begin; the process and the place follow.
const PREFIX: &str = "pvreach-";

/// One namespace: a machine of the lab.
pub(crate) struct Namespace(String);

impl Namespace {
    /// Makes a machine with loopback, which forwards nothing.
    pub(crate) fn new(place: &str) -> Result<Namespace, String> {
        let name = format!("{PREFIX}{}-{place}", std::process::id());
        shell::run(&format!("ip netns add {name}"))?;
        let namespace = Namespace(name);
        namespace.ip("link set dev lo up")?;
        // Addresses are used at once: no duplicate address detection, no redirects around the routers.
        for setting in [
            "net.ipv6.conf.default.accept_dad=0",
            "net.ipv6.conf.all.accept_dad=0",
            "net.ipv6.conf.default.accept_ra=0",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.default.rp_filter=0",
            "net.ipv4.conf.all.send_redirects=0",
            "net.ipv4.conf.default.send_redirects=0",
        ] {
            namespace.set(setting)?;
        }
        Ok(namespace)
    }

    /// Makes it a router.
    pub(crate) fn forwards(&self) -> Result<(), String> {
        self.set("net.ipv4.ip_forward=1")?;
        self.set("net.ipv6.conf.all.forwarding=1")
    }

    /// `ip …` in it.
    pub(crate) fn ip(&self, words: &str) -> Result<String, String> {
        shell::run(&format!("ip -n {} {words}", self.0))
    }

    /// Any short command in it.
    pub(crate) fn run(&self, line: &str) -> Result<String, String> {
        shell::run(&format!("ip netns exec {} {line}", self.0))
    }

    /// Loads rules of nftables.
    pub(crate) fn nft(&self, rules: &str) -> Result<(), String> {
        shell::feed(&format!("ip netns exec {} nft -f -", self.0), rules).map(drop)
    }

    /// Sets a value of the kernel, `name=value`.
    pub(crate) fn set(&self, setting: &str) -> Result<(), String> {
        self.run(&format!("sysctl -q -w {setting}")).map(drop)
    }

    /// Forgets every connection that a router tracks.
    pub(crate) fn forgets_connections(&self) -> Result<(), String> {
        self.run("conntrack -F").map(drop)
    }

    /// A file of /etc as programs in it see it.
    pub(crate) fn etc(&self, name: &str, text: &str) -> Result<(), String> {
        let folder = self.settings();
        let write = || {
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join(name), text)
        };
        write().map_err(|error| format!("writing {}: {error}", folder.display()))
    }

    /// A command that runs in it.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0]).arg(program);
        command
    }

    /// Connects it to another with a cable; each end has its own name.
    pub(crate) fn cable(&self, end: &str, to: &Namespace, other_end: &str) -> Result<(), String> {
        shell::run(&format!(
            "ip link add dev {end} netns {} type veth peer name {other_end} netns {}",
            self.0, to.0
        ))?;
        self.ip(&format!("link set dev {end} up"))?;
        to.ip(&format!("link set dev {other_end} up")).map(drop)
    }

    /// `ip netns exec` shows programs the files in here as /etc.
    fn settings(&self) -> PathBuf {
        Path::new("/etc/netns").join(&self.0)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        remove(&self.0);
        drop(std::fs::remove_dir_all(self.settings()));
    }
}

/// Removes what labs left behind whose process is gone.
pub(crate) fn sweep() {
    let listed = shell::run("ip netns list").unwrap_or_default();
    for name in listed.lines().filter_map(|line| line.split(' ').next()) {
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let process = rest.split('-').next().unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            remove(name);
            drop(std::fs::remove_dir_all(Path::new("/etc/netns").join(name)));
        }
    }
}

/// Ends what runs in a namespace, by its id, and takes the namespace away.
fn remove(name: &str) {
    let processes = shell::run(&format!("ip netns pids {name}")).unwrap_or_default();
    let own = std::process::id().to_string();
    for process in processes.lines().filter(|id| *id != own) {
        // It may have ended by itself meanwhile.
        drop(shell::run(&format!("kill -KILL {process}")));
    }
    drop(shell::run(&format!("ip netns del {name}")));
}
