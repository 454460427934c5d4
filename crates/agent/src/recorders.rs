//! The complete agent: one group of tasks per recorder, with the recorder driver, its streams and
//! its link to the cloud. Recorders can be added, changed and removed while it runs.

mod site;

use std::collections::BTreeMap;
use std::fs::File;

use anyhow::{Result, ensure};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::added::{self, AddedRecorder};
use crate::addresses::AddressPoll;
use crate::card::{RecorderCard, RecorderCards};
use crate::config::{Config, RecorderConfig, SetupPageMode};
use crate::data_lock;
use crate::discovery::LanSearch;
use crate::limits::{MAX_RECORDERS, RECORDER_END, ROSTER_ORDERS};
use crate::port_mapping::{MappingTask, PortMappings};
use crate::reach::SiteReach;
use crate::recorder::RecorderStatus;
use crate::roster::{Roster, RosterOrder, ServedRecorder};
use crate::setup::{AgentPage, PageOpening};
use crate::status::{RecorderWatches, StatusTask, StatusWatches};
use crate::stream::Streams;
use site::{RunningRecorder, SiteParts, SiteRecorder};

/// An agent with validated settings and loaded identities.
#[derive(Debug)]
pub struct Agent {
    recorders: Vec<SiteRecorder>,
    parts: SiteParts,
    served: watch::Sender<Vec<ServedRecorder>>,
    statuses: watch::Sender<Vec<RecorderWatches>>,
    orders: mpsc::Receiver<RosterOrder>,
    roster: Roster,
    address_poll: AddressPoll,
    port_mapping: PortMappings,
    mapping_task: MappingTask,
    status_task: StatusTask,
    /// Held so that no second agent uses the same keys.
    _lock: File,
}

impl Agent {
    /// Validates the settings, and reads or creates the identity of every recorder. Nothing is
    /// connected yet.
    pub fn open(config: Config) -> Result<Agent> {
        let lock = data_lock::take(&config.data_dir)?;
        let (port_mapping, mapping_task) = PortMappings::new(site::mapping_scope(&config));
        let (address_poll, addresses) = AddressPoll::new();
        let parts = SiteParts::new(config, port_mapping.clone(), addresses)?;
        let mut recorders: Vec<SiteRecorder> = Vec::new();
        for recorder in &parts.config.recorders {
            let recorder = parts.recorder(recorder, false, None)?;
            let folder = &recorder.folder;
            ensure!(
                recorders.iter().all(|other| other.folder != *folder),
                "two recorders have the same folder {folder:?}; give one of them another `id`"
            );
            recorders.push(recorder);
        }
        for added in added::read(&parts.config.data_dir)? {
            let recorder = parts.recorder(&added.config()?, true, None)?;
            if recorders.iter().any(|it| it.folder == recorder.folder) {
                tracing::warn!(
                    recorder.folder = recorder.folder,
                    "a recorder of the settings file was also added on the set-up page; the settings file takes precedence"
                );
                continue;
            }
            recorders.push(recorder);
        }
        ensure!(
            recorders.len() <= MAX_RECORDERS,
            "one agent serves at most {MAX_RECORDERS} recorders"
        );
        let served = watch::Sender::new(recorders.iter().map(SiteRecorder::served).collect());
        let statuses = watch::Sender::new(recorders.iter().map(SiteRecorder::watches).collect());
        let (order, orders) = mpsc::channel(ROSTER_ORDERS);
        let watches = StatusWatches::new(
            parts.config.cloud.to_string(),
            port_mapping.reach(),
            statuses.subscribe(),
        );
        Ok(Agent {
            roster: Roster::new(served.subscribe(), order),
            recorders,
            served,
            statuses,
            orders,
            status_task: StatusTask::new(parts.config.data_dir.clone(), watches),
            parts,
            address_poll,
            port_mapping,
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
        RecorderCards::new(
            self.roster.watch(),
            self.parts.config.cloud.clone(),
            self.parts.public_url.watch(),
        )
    }

    /// The recorders that are served, and the way to change them while the agent runs.
    pub fn roster(&self) -> Roster {
        self.roster.clone()
    }

    /// The page that adds recorders, if the settings want it now; it is served by its own `run`. `search` says where
    /// it looks for devices.
    ///
    /// # Errors
    /// Its port is in use.
    pub async fn setup_page(&self, search: LanSearch) -> Result<Option<AgentPage>> {
        let config = &self.parts.config;
        let opening = match config.setup_page {
            SetupPageMode::Always => PageOpening::Always,
            SetupPageMode::WithoutRecorders if self.recorders.is_empty() => PageOpening::UntilIdle,
            SetupPageMode::WithoutRecorders | SetupPageMode::Never => return Ok(None),
        };
        let (site, roster, cards) = (self.parts.setup_site(), self.roster(), self.cards());
        let page = AgentPage::bind(site, roster, cards, opening, search);
        page.await.map(Some)
    }

    /// The connection state of each recorder, in the order of the settings.
    pub fn statuses(&self) -> Vec<watch::Receiver<RecorderStatus>> {
        self.recorders.iter().map(|it| it.served().status).collect()
    }

    /// The streams of each recorder, in the order of the settings.
    pub fn streams(&self) -> Vec<Streams> {
        self.recorders
            .iter()
            .map(|it| it.served().streams)
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
        tasks.spawn(self.status_task.run(shutdown.clone()));
        let mut running = RunningSite {
            tasks,
            parts: self.parts,
            served: self.served,
            statuses: self.statuses,
            running: BTreeMap::new(),
            shutdown: shutdown.clone(),
        };
        for recorder in self.recorders {
            running.start(recorder);
        }
        let mut orders = self.orders;
        // Even without a recorder the agent runs until it is stopped.
        while !shutdown.is_cancelled() {
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(order) = orders.recv() => running.obey(order).await,
                Some(ended) = running.tasks.join_next() => complain_of(ended),
            }
        }
        // The link of a recorder says good-bye first.
        while let Some(ended) = running.tasks.join_next().await {
            complain_of(ended);
        }
        Ok(())
    }
}

fn complain_of(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!("a task of the agent failed: {error}");
    }
}

/// The recorders of a running agent.
struct RunningSite {
    tasks: JoinSet<()>,
    parts: SiteParts,
    served: watch::Sender<Vec<ServedRecorder>>,
    statuses: watch::Sender<Vec<RecorderWatches>>,
    /// By folder.
    running: BTreeMap<String, RunningRecorder>,
    shutdown: CancellationToken,
}

impl RunningSite {
    fn start(&mut self, recorder: SiteRecorder) {
        let folder = recorder.folder.clone();
        let running = recorder.start(&mut self.tasks, &self.shutdown);
        self.running.insert(folder, running);
    }

    async fn obey(&mut self, order: RosterOrder) {
        match order {
            RosterOrder::Put(recorder, answer) => {
                // Whoever asked may have gone.
                let _ = answer.send(self.put(&recorder).await);
            }
            RosterOrder::Remove(folder, answer) => {
                let _ = answer.send(self.remove(&folder).await);
            }
        }
    }

    async fn put(&mut self, recorder: &AddedRecorder) -> Result<()> {
        let config: RecorderConfig = recorder.config()?;
        let before = self.find(&recorder.id);
        ensure!(
            before.as_ref().is_none_or(|it| it.is_added),
            "this recorder is in the settings file"
        );
        ensure!(
            before.is_some() || self.running.len() < MAX_RECORDERS,
            "one agent serves at most {MAX_RECORDERS} recorders"
        );
        // Its wrong claims are counted on, so it keeps its identity.
        let identity = before.map(|it| it.identity);
        let new = self.parts.recorder(&config, true, identity)?;
        added::put(&self.parts.config.data_dir, recorder)?;
        self.stop(&recorder.id).await;
        let (served, watches) = (new.served(), new.watches());
        tracing::info!(recorder.folder = new.folder, "recorder added or changed");
        self.start(new);
        self.served
            .send_modify(|all| match position(all, &served.folder) {
                Some(at) => all[at] = served,
                None => all.push(served),
            });
        self.statuses.send_modify(|all| {
            match all.iter().position(|it| it.serial == watches.serial) {
                Some(at) => all[at] = watches,
                None => all.push(watches),
            }
        });
        Ok(())
    }

    async fn remove(&mut self, folder: &str) -> Result<()> {
        let Some(served) = self.find(folder).filter(|it| it.is_added) else {
            return Ok(());
        };
        added::remove(&self.parts.config.data_dir, folder)?;
        self.stop(folder).await;
        let serial = served.identity.serial().to_string();
        self.served
            .send_modify(|all| all.retain(|it| it.folder != folder));
        self.statuses
            .send_modify(|all| all.retain(|it| it.serial != serial));
        tracing::info!(recorder.folder = folder, "recorder removed");
        Ok(())
    }

    fn find(&self, folder: &str) -> Option<ServedRecorder> {
        let served = self.served.borrow();
        position(&served, folder).map(|at| served[at].clone())
    }

    /// Ends the tasks of a recorder. A second link with its key would end the first one anyway.
    async fn stop(&mut self, folder: &str) {
        if let Some(running) = self.running.remove(folder)
            && tokio::time::timeout(RECORDER_END, running.end())
                .await
                .is_err()
        {
            tracing::warn!(recorder.folder = folder, "a recorder is slow to stop");
        }
    }
}

fn position(all: &[ServedRecorder], folder: &str) -> Option<usize> {
    all.iter().position(|it| it.folder == folder)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn recorder(id: &str) -> RecorderConfig {
        let text = format!("kind = \"rtsp\"\n{id}\nurl = \"rtsp://192.0.2.1:8554/1\"");
        toml::from_str(&text).expect("right settings")
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
