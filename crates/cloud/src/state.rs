//! What outlives a request: one value, cloned everywhere, that holds every part by name.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use relay::CallBook;
use tokio::sync::{Notify, Semaphore, broadcast, watch};
use tokio_util::sync::CancellationToken;
use url::Url;
use webauthn_rs::prelude::Webauthn;

use crate::accounts::password::Hasher;
use crate::audit::Audit;
use crate::calls::Calls;
use crate::certificates::Orders;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::limits;
use crate::links::Links;
use crate::metrics::Metrics;
use crate::random::Random;
use crate::readiness::Running;
use crate::secrets::Secrets;
use crate::turns::Turns;

/// Everything that page functions, links and calls share; a clone is one more reference.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// The parts of [`State`].
pub struct Parts {
    /// Settings as they were read.
    pub config: Config,
    /// The address people use.
    pub public_url: Url,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Random,
    /// Keys derived from the server's secret.
    pub secrets: Secrets,
    /// The log of who did what.
    pub audit: Audit,
    /// Numbers for whoever runs the cloud.
    pub metrics: Metrics,
    /// That there is an account or was one, once this process knows.
    pub is_set_up: AtomicBool,
    /// Which parts of this process run.
    pub running: Running,
    /// Password hashing, bounded.
    pub passwords: Hasher,
    /// For whom passkeys are made; `None` at an address that browsers make none for.
    pub passkeys: Option<Webauthn>,
    /// Bounds how many captcha pictures of one client are drawn or wait at once.
    pub drawing_turns: Arc<Turns>,
    /// Bounds how many captcha pictures are drawn at once.
    pub captcha_drawings: Semaphore,
    /// Told when a mail was put into the outbox.
    pub outbox_filled: Notify,
    /// How often a mail was tried to be sent; watchers wake after each attempt.
    pub mail_attempts: watch::Sender<u64>,
    /// How orders of certificates went.
    pub certificate_orders: watch::Sender<Orders>,
    /// Identifiers of sessions that have just ended, for sockets that hold one.
    pub ended_sessions: broadcast::Sender<String>,
    /// Recorders that are online.
    pub links: Links,
    /// Calls that are being set up or running.
    pub calls: Calls,
    /// Who may use the relay just now.
    pub call_book: CallBook,
    /// Cancelled when the cloud stops; every socket and loop watches it.
    pub shutdown: CancellationToken,
}

impl State {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> State {
        State(Arc::new(parts))
    }

    /// Whether people reach this cloud over https.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

impl Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// A channel for [`Parts::ended_sessions`].
pub fn ended_sessions() -> broadcast::Sender<String> {
    broadcast::Sender::new(limits::ENDED_SESSIONS_QUEUE)
}
