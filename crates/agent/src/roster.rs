//! The recorders that an agent serves at present, and the interface to add, change and remove one while the
//! agent runs. The agent itself owns them.

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::{mpsc, oneshot, watch};

use crate::added::AddedRecorder;
use crate::identity::Identity;
use crate::recorder::handle::RecorderHandle;
use crate::recorder::{RecorderIdentity, RecorderStatus};
use crate::stream::Streams;

/// One recorder that is served.
#[derive(Debug, Clone)]
pub struct ServedRecorder {
    /// Name of its folder.
    pub folder: String,
    /// Display name.
    pub name: String,
    /// Whether it was added on the set-up page, and can be changed there.
    pub is_added: bool,
    /// Serial, key and verification code.
    pub identity: Arc<Identity>,
    /// The way to ask something of it.
    pub handle: RecorderHandle,
    /// Its connection state.
    pub status: watch::Receiver<RecorderStatus>,
    /// What it says it is.
    pub about: watch::Receiver<Option<RecorderIdentity>>,
    /// Its cameras and streams.
    pub streams: Streams,
}

/// Requests to the agent about its recorders.
#[derive(Debug)]
pub(crate) enum RosterOrder {
    /// Store a recorder and serve it, in place of the one with its id.
    Put(Box<AddedRecorder>, oneshot::Sender<Result<()>>),
    /// Stop serving an added recorder, and forget its login.
    Remove(String, oneshot::Sender<Result<()>>),
}

/// The served recorders; cheap to clone.
#[derive(Debug, Clone)]
pub struct Roster {
    served: watch::Receiver<Vec<ServedRecorder>>,
    orders: mpsc::Sender<RosterOrder>,
}

impl Roster {
    pub(crate) fn new(
        served: watch::Receiver<Vec<ServedRecorder>>,
        orders: mpsc::Sender<RosterOrder>,
    ) -> Roster {
        Roster { served, orders }
    }

    /// All of them, in the order of the settings.
    pub fn all(&self) -> Vec<ServedRecorder> {
        self.served.borrow().clone()
    }

    /// The one with this folder.
    pub fn find(&self, folder: &str) -> Option<ServedRecorder> {
        let served = self.served.borrow();
        served.iter().find(|it| it.folder == folder).cloned()
    }

    /// Word of every change.
    pub fn watch(&self) -> watch::Receiver<Vec<ServedRecorder>> {
        self.served.clone()
    }

    /// Stores a recorder and serves it from now on, in place of the one with its id.
    ///
    /// # Errors
    /// It cannot be stored, its settings are wrong, or the settings file already has it.
    pub async fn put(&self, recorder: AddedRecorder) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.order(RosterOrder::Put(Box::new(recorder), answer))
            .await?;
        answered.await.context("the agent is stopping")?
    }

    /// Stops serving an added recorder, and forgets its login. Its key and serial number stay.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn remove(&self, folder: &str) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.order(RosterOrder::Remove(folder.to_owned(), answer))
            .await?;
        answered.await.context("the agent is stopping")?
    }

    async fn order(&self, order: RosterOrder) -> Result<()> {
        let sent = self.orders.send(order).await;
        sent.map_err(|_| anyhow::anyhow!("the agent is stopping"))
    }
}
