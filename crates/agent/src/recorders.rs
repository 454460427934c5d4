//! The complete agent: one group of tasks per recorder, with the recorder driver, its streams and
//! its link to the cloud.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, ensure};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::addresses::{AddressPoll, AddressWatch};
use crate::card::{RecorderCard, RecorderCards};
use crate::config::{Config, RecorderConfig};
use crate::identity::{Identity, disk};
use crate::limits::MAX_RECORDERS;
use crate::link_context::LinkContext;
use crate::port_mapping::{MappingScope, MappingTask, PortMappings};
use crate::public_url::PublicUrl;
use crate::reach::SiteReach;
use crate::recorder::{self, RecorderDriver, RecorderStatus};
use crate::stream::Streams;
use crate::stream::keeper::{Keeper, WarmBudget};
use crate::trust;

/// Maximum length of a folder name that is derived from an address or an `id`.
const MAX_FOLDER_CHARS: usize = 64;

/// An agent with validated settings and loaded identities.
#[derive(Debug)]
pub struct Agent {
    recorders: Vec<Recorder>,
    cloud: Url,
    public_url: PublicUrl,
    address_poll: AddressPoll,
    port_mapping: PortMappings,
    mapping_task: MappingTask,
    /// Held so that no second agent uses the same keys.
    _lock: File,
}

/// One recorder of the agent.
#[derive(Debug)]
struct Recorder {
    driver: RecorderDriver,
    keeper: Keeper,
    link: LinkContext,
}

/// What all recorders of an agent have in common.
struct SharedParts {
    budget: WarmBudget,
    public_url: PublicUrl,
    addresses: AddressWatch,
    port_mapping: PortMappings,
    tls: Arc<rustls::ClientConfig>,
}

impl Agent {
    /// Validates the settings, and reads or creates the identity of every recorder. Nothing is
    /// connected yet.
    pub fn open(config: Config) -> Result<Agent> {
        ensure!(
            config.recorders.len() <= MAX_RECORDERS,
            "one agent serves at most {MAX_RECORDERS} recorders"
        );
        let lock = lock(&config.data_dir)?;
        let (port_mapping, mapping_task) = PortMappings::new(mapping_scope(&config));
        let (address_poll, addresses) = AddressPoll::new();
        let shared = SharedParts {
            budget: WarmBudget::new(config.warm_memory_bytes),
            public_url: PublicUrl::new(),
            addresses,
            port_mapping,
            tls: trust::client_config(&config.ca_file)?,
        };
        let mut folders = BTreeSet::new();
        let mut recorders = Vec::new();
        for recorder in &config.recorders {
            let place = recorder::place(recorder)?;
            let folder = folder_name(recorder, &place);
            ensure!(
                folders.insert(folder.clone()),
                "two recorders have the same folder {folder:?}; give one of them another `id`"
            );
            let identity = Identity::open(&config.data_dir.join("recorders").join(&folder))?;
            recorders.push(Recorder::new(&config, recorder, &place, identity, &shared)?);
        }
        Ok(Agent {
            recorders,
            cloud: config.cloud,
            public_url: shared.public_url,
            address_poll,
            port_mapping: shared.port_mapping,
            mapping_task,
            _lock: lock,
        })
    }

    /// What to show on site, in the order of the settings.
    pub fn recorders(&self) -> Vec<RecorderCard> {
        self.cards().current()
    }

    /// The same, as long as the agent runs: claim links follow the cloud's public address.
    pub fn cards(&self) -> RecorderCards {
        let named = |recorder: &Recorder| {
            let link = &recorder.link;
            (link.name.clone(), Arc::clone(&link.identity))
        };
        let recorders = self.recorders.iter().map(named).collect();
        RecorderCards::new(recorders, self.cloud.clone(), self.public_url.watch())
    }

    /// The connection state of each recorder, in the order of the settings.
    pub fn statuses(&self) -> Vec<watch::Receiver<RecorderStatus>> {
        self.recorders
            .iter()
            .map(|recorder| recorder.driver.status())
            .collect()
    }

    /// The streams of each recorder, in the order of the settings.
    pub fn streams(&self) -> Vec<Streams> {
        self.recorders
            .iter()
            .map(|recorder| recorder.link.streams.clone())
            .collect()
    }

    /// What is known about the network of this site.
    pub fn reach(&self) -> watch::Receiver<SiteReach> {
        self.port_mapping.reach()
    }

    /// Runs until `shutdown`. A recorder that fails does not affect the others.
    pub async fn run(self, shutdown: CancellationToken) -> Result<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.address_poll.run(shutdown.clone()));
        tasks.spawn(self.mapping_task.run(shutdown.clone()));
        for recorder in self.recorders {
            recorder.start(&mut tasks, &shutdown);
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!("a task of the agent failed: {error}");
            }
        }
        // Even without a recorder the agent runs until it is stopped.
        shutdown.cancelled().await;
        Ok(())
    }
}

impl Recorder {
    fn new(
        config: &Config,
        recorder_config: &RecorderConfig,
        place: &str,
        identity: Identity,
        shared: &SharedParts,
    ) -> Result<Recorder> {
        let driver = RecorderDriver::new(recorder_config)
            .with_context(|| format!("reading the settings of recorder {place}"))?;
        let (keeper, streams) = Keeper::new(driver.sources(), shared.budget.clone());
        let link = LinkContext {
            cloud: config.cloud.clone(),
            public_url: shared.public_url.clone(),
            identity: Arc::new(identity),
            name: recorder_config.name().unwrap_or(place).to_owned(),
            streams,
            loopback_candidates: config.loopback_candidates,
            bind: config.bind,
            addresses: shared.addresses.clone(),
            port_mapping: shared.port_mapping.clone(),
            tls: shared.tls.clone(),
        };
        Ok(Recorder {
            driver,
            keeper,
            link,
        })
    }

    fn start(self, tasks: &mut JoinSet<()>, shutdown: &CancellationToken) {
        tasks.spawn(self.driver.run(shutdown.clone()));
        tasks.spawn(self.keeper.run(shutdown.clone()));
        tasks.spawn(crate::link::run(self.link, shutdown.clone()));
    }
}

fn mapping_scope(config: &Config) -> MappingScope {
    // Whoever allows loopback addresses watches on this machine.
    if config.port_mapping && !config.loopback_candidates {
        MappingScope::Routers(config.bind)
    } else {
        MappingScope::Off
    }
}

/// Creates the data folder, and locks it for this process.
fn lock(data_dir: &Path) -> Result<File> {
    for folder in [data_dir, &data_dir.join("recorders")] {
        disk::make_private_folder(folder)
            .with_context(|| format!("making the data folder {}", folder.display()))?;
    }
    let path = data_dir.join("lock");
    let mut options = File::options();
    // The file stays after the end of a process; only the lock on it counts.
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(&path);
    let file = opened.with_context(|| format!("opening {}", path.display()))?;
    disk::make_file_private(&path).with_context(|| format!("making {} private", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(anyhow!(
            "another agent uses the data folder {}",
            data_dir.display()
        )),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("locking {}", path.display()))
        }
    }
}

/// A folder name from `id` or the address. Characters that have a meaning in paths become dashes.
fn folder_name(config: &RecorderConfig, place: &str) -> String {
    config
        .id()
        .unwrap_or(place)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(MAX_FOLDER_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorder(id: &str) -> RecorderConfig {
        let text = format!("kind = \"rtsp\"\n{id}\nurl = \"rtsp://192.0.2.1:8554/1\"");
        toml::from_str(&text).expect("right settings")
    }

    #[test]
    fn a_recorder_folder_is_named_by_id_or_address() {
        assert_eq!(folder_name(&recorder("id = \"home\""), "x"), "home");
        assert_eq!(
            folder_name(&recorder(""), "192.0.2.1:8554"),
            "192-0-2-1-8554"
        );
    }

    #[test]
    fn a_folder_name_cannot_escape_the_data_folder() {
        assert_eq!(
            folder_name(&recorder("id = \"../../etc\""), "x"),
            "------etc"
        );
    }

    #[test]
    fn files_in_the_data_folder_are_private() {
        use std::os::unix::fs::PermissionsExt;
        fn modes(folder: &Path, set: bool, found: &mut Vec<(String, u32)>) {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let mode = path.metadata().expect("a file").permissions().mode() & 0o777;
                found.push((path.display().to_string(), mode));
                if set {
                    let open =
                        std::fs::Permissions::from_mode(if path.is_dir() { 0o755 } else { 0o644 });
                    std::fs::set_permissions(&path, open).expect("our own file");
                }
                if path.is_dir() {
                    modes(&path, set, found);
                }
            }
        }
        let data_dir = std::env::temp_dir().join(format!("agent-modes-{}", std::process::id()));
        let open = || {
            let config = Config {
                data_dir: data_dir.join("agent"),
                recorders: vec![recorder("id = \"home\"")],
                ..Config::default()
            };
            drop(Agent::open(config).expect("right settings"));
        };

        // First a new folder, then one that an older version left readable for others.
        for _ in 0..2 {
            open();
            let mut found = Vec::new();
            modes(&data_dir, true, &mut found);
            assert!(found.len() >= 5, "{found:?}");
            assert!(found.iter().all(|(_, mode)| mode & 0o077 == 0), "{found:?}");
        }
        std::fs::remove_dir_all(data_dir).ok();
    }
}
