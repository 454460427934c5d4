//! State that rules need and that outlives a request: settings, time, randomness, secrets, the database, the
//! audit log. The live state of this process, such as sockets, is in [`crate::live`].

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::{Notify, Semaphore, broadcast, watch};
use tokio_util::sync::CancellationToken;
use url::{Host, Url};
use webauthn_rs::prelude::Webauthn;

use crate::audit::Audit;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::downloads::Downloads;
use crate::hasher::Hasher;
use crate::limits;
use crate::metrics::Metrics;
use crate::random::Random;
use crate::secrets::Secrets;
use crate::throttle::Throttle;
use crate::turns::Turns;

/// What every rule may ask of; a clone is one more reference.
#[derive(Clone)]
pub struct State(Arc<StateParts>);

/// What a [`State`] consists of.
pub struct StateParts {
    /// Settings as they were read.
    pub config: Config,
    /// The address people use.
    pub public_url: Url,
    /// SQLite or PostgreSQL, as the settings say.
    pub db: Db,
    /// Wall time, the system's or a test's.
    pub clock: Clock,
    /// The system's random generator.
    pub rng: Random,
    /// Keys derived from the server's secret.
    pub secrets: Secrets,
    /// Counts tries and refuses those beyond a limit.
    pub throttle: Throttle,
    /// The log of who did what.
    pub audit: Audit,
    /// Metrics for operators.
    pub metrics: Metrics,
    /// That there is an account or was one, once this process knows.
    pub is_set_up: AtomicBool,
    /// Password hashing, with a queue of limited length.
    pub passwords: Hasher,
    /// The relying party of passkeys; `None` at an address for which browsers create none.
    pub passkeys: Option<Webauthn>,
    /// Bounds how many captcha pictures of one client are drawn or wait at once.
    pub drawing_turns: Arc<Turns>,
    /// Bounds how many captcha pictures are drawn at once.
    pub captcha_drawings: Semaphore,
    /// Programs and packages for the computers beside recorders.
    pub downloads: Downloads,
    /// Told when a mail was put into the outbox.
    pub outbox_filled: Notify,
    /// How often a mail was tried to be sent; watchers wake after each attempt.
    pub mail_attempts: watch::Sender<u64>,
    /// Identifiers of sessions that have just ended, for sockets that hold one.
    pub ended_sessions: broadcast::Sender<String>,
    /// Recorders that have just been taken out of an account, whose calls with it end.
    pub released: broadcast::Sender<Released>,
    /// Cancelled when the cloud stops; every socket and loop watches it.
    pub shutdown: CancellationToken,
}

impl State {
    /// Puts the parts together.
    pub fn new(parts: StateParts) -> State {
        State(Arc::new(parts))
    }

    /// Whether people reach this cloud over https.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The public address, unless only this machine can use it: an agent elsewhere then knows a
    /// better one, which is the address that it dialled.
    pub fn url_for_other_machines(&self) -> Option<String> {
        let is_here = match self.public_url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => true,
        };
        (!is_here).then(|| self.public_url.to_string())
    }
}

impl Deref for State {
    type Target = StateParts;

    fn deref(&self) -> &StateParts {
        &self.0
    }
}

/// A recorder that was taken out of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Serial number of the recorder.
    pub serial: String,
    /// Account that owned it until then.
    pub account_id: String,
}

/// A channel for [`StateParts::ended_sessions`] or [`StateParts::released`].
pub fn endings<T: Clone>() -> broadcast::Sender<T> {
    broadcast::Sender::new(limits::ENDINGS_QUEUE)
}
