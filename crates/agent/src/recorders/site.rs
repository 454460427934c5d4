//! The parts that the recorders of one agent share, and how the tasks of one recorder start and stop.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::added::as_folder;
use crate::addresses::AddressWatch;
use crate::certificates::CertificatePins;
use crate::config::{Config, RecorderConfig};
use crate::identity::Identity;
use crate::link_context::LinkContext;
use crate::port_mapping::{MappingScope, PortMappings};
use crate::public_url::PublicUrl;
use crate::recorder::{self, RecorderDriver};
use crate::roster::ServedRecorder;
use crate::setup::SetupSite;
use crate::status::{LinkReport, RecorderWatches};
use crate::stream::keeper::{Keeper, WarmBudget};
use crate::trust;
use crate::unix_time::unix_seconds;

/// What all recorders of an agent have in common.
#[derive(Debug)]
pub(super) struct SiteParts {
    pub(super) config: Config,
    pub(super) public_url: PublicUrl,
    budget: WarmBudget,
    addresses: AddressWatch,
    port_mapping: PortMappings,
    tls: Arc<rustls::ClientConfig>,
    authorities: Arc<rustls::RootCertStore>,
}

/// One recorder of the agent, ready to run.
#[derive(Debug)]
pub(super) struct SiteRecorder {
    pub(super) folder: String,
    is_added: bool,
    driver: RecorderDriver,
    keeper: Keeper,
    link: LinkContext,
}

/// The tasks of one recorder.
#[derive(Debug)]
pub(super) struct RunningRecorder {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl SiteParts {
    pub(super) fn new(
        config: Config,
        port_mapping: PortMappings,
        addresses: AddressWatch,
    ) -> Result<SiteParts> {
        let authorities = trust::authorities(&config.ca_file, "agent")?;
        Ok(SiteParts {
            budget: WarmBudget::new(config.warm_memory_bytes),
            public_url: PublicUrl::new(),
            addresses,
            port_mapping,
            tls: trust::client_config_for(Arc::clone(&authorities))?,
            authorities,
            config,
        })
    }

    /// What the set-up page needs of the agent.
    pub(super) fn setup_site(&self) -> SetupSite {
        SetupSite {
            data_dir: self.config.data_dir.clone(),
            authorities: Arc::clone(&self.authorities),
            listen: self.config.setup_listen,
        }
    }

    /// Prepares a recorder; nothing is connected yet. It gets a new identity if its folder has none.
    pub(super) fn recorder(
        &self,
        recorder: &RecorderConfig,
        is_added: bool,
        identity: Option<Arc<Identity>>,
    ) -> Result<SiteRecorder> {
        let config = &self.config;
        let place = recorder::place(recorder)?;
        let all_folders = config.data_dir.join("recorders");
        let folder = folder_name(recorder, &place, &all_folders);
        let path = all_folders.join(&folder);
        let identity = match identity {
            Some(identity) => identity,
            None => Arc::new(Identity::open(&path)?),
        };
        let pins = CertificatePins::open(&path, Arc::clone(&self.authorities))?;
        let driver = RecorderDriver::new(recorder, &pins)
            .with_context(|| format!("reading the settings of recorder {place}"))?;
        let (keeper, streams) = Keeper::new(
            driver.sources(),
            driver.status(),
            driver.handle(),
            self.budget.clone(),
        );
        let keeper = keeper.with_sessions(recorder.sessions());
        let link = LinkContext {
            cloud: config.cloud.clone(),
            public_url: self.public_url.clone(),
            identity,
            name: recorder.name().unwrap_or(&place).to_owned(),
            given_name: recorder.name().map(str::to_owned),
            about: driver.identity(),
            health: driver.health(),
            streams,
            certificates: pins,
            recorder: driver.handle(),
            loopback_candidates: config.loopback_candidates,
            bind: config.bind,
            addresses: self.addresses.clone(),
            port_mapping: self.port_mapping.clone(),
            tls: self.tls.clone(),
            report: watch::Sender::new(LinkReport::new(unix_seconds())),
        };
        Ok(SiteRecorder {
            folder,
            is_added,
            driver,
            keeper,
            link,
        })
    }
}

impl SiteRecorder {
    pub(super) fn served(&self) -> ServedRecorder {
        ServedRecorder {
            folder: self.folder.clone(),
            name: self.link.name.clone(),
            is_added: self.is_added,
            identity: Arc::clone(&self.link.identity),
            handle: self.driver.handle(),
            status: self.driver.status(),
            about: self.driver.identity(),
            streams: self.link.streams.clone(),
        }
    }

    pub(super) fn watches(&self) -> RecorderWatches {
        RecorderWatches {
            name: self.link.name.clone(),
            serial: self.link.identity.serial().to_string(),
            link: self.link.report.subscribe(),
            status: self.driver.status(),
            health: self.driver.health(),
            cameras: self.link.streams.cameras(),
            streams: self.link.streams.clone(),
        }
    }

    pub(super) fn start(
        self,
        tasks: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) -> RunningRecorder {
        let (stop, own) = (shutdown.child_token(), TaskTracker::new());
        tasks.spawn(own.track_future(self.driver.run(stop.clone())));
        // So that its lines say whose cameras they are about.
        let span = tracing::info_span!("recorder", name = self.link.name);
        tasks.spawn(own.track_future(self.keeper.run(stop.clone()).instrument(span)));
        tasks.spawn(own.track_future(crate::link::run(self.link, stop.clone())));
        own.close();
        RunningRecorder { stop, tasks: own }
    }
}

impl RunningRecorder {
    /// Ends the tasks, and waits for them.
    pub(super) async fn end(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

pub(super) fn mapping_scope(config: &Config) -> MappingScope {
    // Whoever allows loopback addresses watches on this machine.
    if config.loopback_candidates {
        MappingScope::OnThisMachine
    } else if config.port_mapping {
        MappingScope::Routers(config.bind)
    } else {
        MappingScope::Off
    }
}

/// A folder name from `id` or the address.
fn folder_name(config: &RecorderConfig, place: &str, folders: &Path) -> String {
    let name = as_folder(config.id().unwrap_or(place));
    // Earlier versions wrote the usual port too, if the address had it. A new folder would be a new recorder.
    let earlier = as_folder(&format!("{place}:554"));
    let is_rtsp = matches!(config, RecorderConfig::Rtsp(_)) && config.id().is_none();
    let is_kept = is_rtsp && !folders.join(&name).exists() && folders.join(&earlier).exists();
    if is_kept { earlier } else { name }
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
        let none = Path::new("/nowhere");
        assert_eq!(folder_name(&recorder("id = \"home\""), "x", none), "home");
        assert_eq!(
            folder_name(&recorder(""), "192.0.2.1:8554", none),
            "192-0-2-1-8554"
        );
    }

    #[test]
    fn a_folder_named_with_the_usual_port_is_kept() {
        let folders = std::env::temp_dir().join(format!("agent-folders-{}", std::process::id()));
        std::fs::create_dir_all(folders.join("192-0-2-1-554")).expect("a folder");

        let kept = folder_name(&recorder(""), "192.0.2.1", &folders);
        let other = folder_name(&recorder(""), "192.0.2.2", &folders);
        std::fs::create_dir_all(folders.join("192-0-2-1")).expect("a folder");
        let own = folder_name(&recorder(""), "192.0.2.1", &folders);
        std::fs::remove_dir_all(&folders).ok();

        assert_eq!(kept, "192-0-2-1-554");
        assert_eq!((other.as_str(), own.as_str()), ("192-0-2-2", "192-0-2-1"));
    }

    #[test]
    fn a_folder_name_cannot_escape_the_data_folder() {
        assert_eq!(
            folder_name(&recorder("id = \"../../etc\""), "x", Path::new("/nowhere")),
            "------etc"
        );
    }
}
