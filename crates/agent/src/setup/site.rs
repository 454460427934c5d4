//! The data folder in which recorders are set up, for the page of a running agent and for a terminal.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use crate::added::{self, AddedRecorder};
use crate::card::{RecorderCard, terminal_card};
use crate::config::Config;
use crate::data_lock;
use crate::identity::Identity;
use crate::trust;

use super::trial::{self, TrialEnd};

/// Where recorders are set up.
#[derive(Debug, Clone)]
pub struct SetupSite {
    /// The agent's data folder.
    pub(crate) data_dir: PathBuf,
    /// Whom this machine trusts.
    pub(crate) authorities: Arc<rustls::RootCertStore>,
    /// Where the page listens.
    pub(crate) listen: SocketAddr,
}

impl SetupSite {
    /// For a program that sets up recorders while no agent runs. The lock keeps agents away.
    ///
    /// # Errors
    /// An agent uses the data folder, or it cannot be written.
    pub fn open(config: &Config) -> Result<(SetupSite, File)> {
        let lock = data_lock::take(&config.data_dir)?;
        let site = SetupSite {
            data_dir: config.data_dir.clone(),
            authorities: trust::authorities(&config.ca_file, "agent")?,
            listen: config.setup_listen,
        };
        Ok((site, lock))
    }

    /// Tries a recorder with a login, which is sent once.
    ///
    /// # Errors
    /// The settings are wrong, or the data folder cannot be written.
    pub async fn try_recorder(&self, recorder: &AddedRecorder) -> Result<TrialEnd> {
        let folder = self.data_dir.join("recorders").join(&recorder.id);
        trial::try_recorder(recorder, &folder, Arc::clone(&self.authorities)).await
    }

    /// Stores a recorder for the next start of the agent, and returns its card with the claim link of `config`'s
    /// cloud.
    ///
    /// # Errors
    /// The data folder cannot be written.
    pub fn keep(&self, recorder: &AddedRecorder, config: &Config) -> Result<RecorderCard> {
        let identity = Identity::open(&self.data_dir.join("recorders").join(&recorder.id))?;
        added::put(&self.data_dir, recorder)?;
        Ok(terminal_card(
            &config.cloud,
            &recorder.shown_name(),
            &identity,
        ))
    }
}
