//! Links: the sockets of recorders' agents. This file knows who is online, how to reach a recorder,
//! and who is notified of changes. The rules of one link are in `proto::link`; `task` drives them.

pub mod limits;
pub(crate) mod newcomers;
mod online_place;
pub(crate) mod outages;
pub(crate) mod socket;
mod task;
pub(crate) mod timed_machine;
pub(crate) mod watchers;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::WebSocket;
use proto::call::event::{FromDevice, ToDevice};
use proto::certificate::RecorderCertificate;
use proto::health::RecorderHealth;
pub use proto::link::cloud_side::ClaimOutcome;
use proto::link::message::{AboutRecorder, ClaimRequest};
use proto::reach::SiteReach;
use proto::reason::Reason;
use subtle::ConstantTimeEq;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::connections::Seat;
use crate::db;
use crate::state::State;
use crate::visitor::Client;
use online_place::OnlinePlace;
use socket::{SocketAdmission, SocketLimits, SocketPermit};
use watchers::Watchers;

/// Every link of this process; clones share it.
#[derive(Debug, Clone)]
pub struct Links(Arc<LinksInner>);

#[derive(Debug)]
struct LinksInner {
    online_by_serial: Mutex<HashMap<String, OnlineLink>>,
    last_number: AtomicU64,
    admission: SocketAdmission,
    watchers: Watchers,
}

#[derive(Debug, Clone)]
struct OnlineLink {
    number: u64,
    inbox: mpsc::Sender<ToLink>,
    agent_ip: IpAddr,
    /// The seat of its connection, if it came through a listener.
    seat: Option<Seat>,
    /// Only the agent at the other end knows it, too.
    nonce: Box<str>,
    /// What is wrong with the recorder behind the agent. Boxed, because mostly nothing is.
    reason: Option<Box<Reason>>,
    /// The self-signed certificates of the recorder; mostly none.
    certificates: Box<[RecorderCertificate]>,
    /// What the recorder says it is.
    about: Option<Box<AboutRecorder>>,
    /// How its clock and its disks are.
    health: Option<Box<RecorderHealth>>,
    /// How long the last pings took.
    round_trip_ms: Option<u16>,
    /// What the network of its site allows, as it said last; lost with the link.
    reach: Option<SiteReach>,
}

/// Requests to a link's task. Boxed, because every idle link has space for some.
#[derive(Debug)]
pub(crate) enum ToLink {
    /// A message of a call, by session id.
    OfCall(Box<(String, ToDevice)>),
    /// Ask the agent whether a claim is valid.
    Claim(Box<(ClaimRequest, oneshot::Sender<ClaimOutcome>)>),
    /// The recorder was just claimed: store its cameras.
    Claimed,
    /// Ping now and answer; a dropped answer means that this link is dead.
    Probe(oneshot::Sender<()>),
    /// Its agent has another link and gave this one up.
    Replaced,
}

/// Receives what recorders say about calls.
pub(crate) trait CallListener: Send + Sync + 'static {
    /// A recorder said something about a call; returned unless the call is its own.
    fn device_said(
        &self,
        session: &str,
        serial: &str,
        said: FromDevice,
    ) -> impl Future<Output = Result<(), FromDevice>> + Send;

    /// A recorder's link is down.
    fn link_gone(&self, serial: &str) -> impl Future<Output = ()> + Send;

    /// A recorder's link is up again, from this address.
    fn link_up(&self, serial: &str, agent_ip: IpAddr) -> impl Future<Output = ()> + Send;
}

/// A link that wants to replace the present link of its recorder.
struct NewLink<'a> {
    inbox: &'a mpsc::Sender<ToLink>,
    agent_ip: IpAddr,
    seat: Option<&'a Seat>,
    nonce: &'a str,
    /// Nonce of the link that its agent gives up for this one.
    replaces: Option<&'a str>,
}

/// Why a link did not get its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct AlreadyOnline;

impl Links {
    /// Starts with nobody online. A cloud with few connections accepts fewer links.
    pub fn new(connections: usize) -> Links {
        let most = SocketLimits {
            all: limits::MAX_LINKS,
            per_client: limits::MAX_LINKS_PER_CLIENT,
            per_network: limits::MAX_LINKS_PER_NETWORK,
            // The owner of a link is unknown until it has registered; then its seat records it.
            per_account: usize::MAX,
        };
        Links(Arc::new(LinksInner {
            online_by_serial: Mutex::default(),
            last_number: AtomicU64::new(0),
            admission: SocketAdmission::new(most.within(connections)),
            watchers: Watchers::default(),
        }))
    }

    /// A place for one more link, unless there are too many.
    pub(crate) fn admit(&self, client: &Client) -> Option<SocketPermit> {
        self.0.admission.admit(client, None)
    }

    /// Serves the link of one recorder until it ends. `agent` is its address and the seat of its
    /// connection, if it came through a listener.
    pub(crate) async fn serve(
        &self,
        socket: WebSocket,
        state: State,
        calls: impl CallListener,
        (ip, seat): (IpAddr, Option<Seat>),
        permit: SocketPermit,
    ) {
        let agent = (ip.to_canonical(), seat.clone());
        let shared = (state, self.clone(), calls);
        let serving = db::behind_pages(task::run(socket, shared, agent, permit));
        match seat {
            // An unclaimed link may lose its place to others.
            Some(seat) => tokio::select! {
                () = seat.lost() => tracing::debug!("an unclaimed link was closed to make room"),
                () = serving => {}
            },
            None => serving.await,
        }
    }

    /// How many recorders are online.
    pub fn n_online(&self) -> usize {
        self.lock().len()
    }

    /// Whether a recorder's link is up; `serial` in its canonical form.
    pub fn is_online(&self, serial: &str) -> bool {
        self.lock().contains_key(serial)
    }

    /// What is wrong with a recorder whose link is up, as its agent last said.
    pub fn reason(&self, serial: &str) -> Option<Reason> {
        self.lock().get(serial)?.reason.as_deref().cloned()
    }

    /// The self-signed certificates of a recorder whose link is up, as its agent last reported them.
    pub fn certificates(&self, serial: &str) -> Box<[RecorderCertificate]> {
        let online = self.lock();
        online
            .get(serial)
            .map(|link| link.certificates.clone())
            .unwrap_or_default()
    }

    /// What a recorder whose link is up says it is, as its agent last said.
    pub fn about(&self, serial: &str) -> Option<AboutRecorder> {
        self.lock().get(serial)?.about.as_deref().cloned()
    }

    /// How the clock and the disks of a recorder are whose link is up, as its agent last said.
    pub fn health(&self, serial: &str) -> Option<RecorderHealth> {
        self.lock().get(serial)?.health.as_deref().cloned()
    }

    /// How long pings to the agent behind a link take, once some have come back.
    pub fn round_trip_ms(&self, serial: &str) -> Option<u16> {
        self.lock().get(serial)?.round_trip_ms
    }

    /// [`Links::is_online`] for each, with one lookup.
    pub fn presence_of<'a>(&self, serials: impl IntoIterator<Item = &'a str>) -> Vec<bool> {
        let online = self.lock();
        serials
            .into_iter()
            .map(|serial| online.contains_key(serial))
            .collect()
    }

    /// Asks a recorder's agent whether the typed code is right.
    pub async fn claim(&self, serial: &str, code: &str, user_name: &str) -> ClaimOutcome {
        let claim = ClaimRequest {
            code: code.to_owned(),
            account: user_name.to_owned(),
        };
        let (reply, outcome) = oneshot::channel();
        if self
            .tell(serial, ToLink::Claim(Box::new((claim, reply))))
            .is_err()
        {
            return ClaimOutcome::Unavailable;
        }
        outcome.await.unwrap_or(ClaimOutcome::Unavailable)
    }

    /// Asks a recorder that was just claimed for its cameras, which are stored only for owners.
    pub fn claimed(&self, serial: &str) {
        // A link that does not listen ends, and sends them on the next one.
        self.tell(serial, ToLink::Claimed).ok();
    }

    /// Notifies the sockets of an account that one of its recorders changed or no longer belongs to
    /// it.
    pub fn changed_for(&self, account_id: &str, serial: &str) {
        self.0.watchers.mark(account_id, serial);
    }

    /// An online recorder was added to an account.
    pub fn is_owned_by(&self, account_id: &str, serial: &str) {
        let seat = self.lock().get(serial).and_then(|entry| entry.seat.clone());
        if let Some(seat) = seat {
            seat.becomes_link_of(account_id);
        }
    }

    /// [`Links::changed_for`] the owner of the recorder, if any.
    async fn changed(&self, state: &State, serial: &str) {
        // Most changes happen while nobody watches; this saves a query for each.
        if self.0.watchers.is_empty() {
            return;
        }
        match db::recorders::find(&state.db, serial).await {
            Ok(recorder) => {
                if let Some(owner) = recorder.and_then(|recorder| recorder.account_id) {
                    self.changed_for(&owner, serial);
                }
            }
            Err(error) => {
                tracing::warn!(recorder.serial = serial, %error, "could not find the viewers of a change")
            }
        }
    }

    /// Starts to watch the recorders of an account.
    pub(crate) fn watch(&self, account_id: &str) -> watchers::Watching {
        self.0.watchers.watch(account_id)
    }

    /// The address of the agent behind a recorder's link, if it is up.
    pub(crate) fn agent_ip(&self, serial: &str) -> Option<IpAddr> {
        self.lock().get(serial).map(|entry| entry.agent_ip)
    }

    /// What the network of a recorder's site allows, if its link is up and its agent has reported it.
    pub fn reach(&self, serial: &str) -> Option<SiteReach> {
        self.lock().get(serial)?.reach
    }

    /// Passes a message to a recorder's link; fails if it is down or cannot keep up.
    pub(crate) fn tell(&self, serial: &str, message: ToLink) -> Result<(), ()> {
        let Some(inbox) = self.lock().get(serial).map(|entry| entry.inbox.clone()) else {
            return Err(());
        };
        // Never awaited: a call must not wait for a slow agent.
        inbox.try_send(message).map_err(|error| {
            if matches!(error, TrySendError::Full(_)) {
                tracing::warn!(recorder.serial = serial, "a link cannot keep up");
            }
        })
    }

    /// Takes the place of a recorder. An earlier holder keeps it as long as it answers pings, unless its
    /// own agent gave it up.
    async fn take_place(
        &self,
        serial: &str,
        new: NewLink<'_>,
    ) -> Result<OnlinePlace, AlreadyOnline> {
        let number = self.0.last_number.fetch_add(1, Ordering::Relaxed);
        loop {
            // The guard ends with this block, before anything is awaited.
            let earlier = {
                let mut online = self.lock();
                let earlier = online.get(serial);
                let is_given_up = earlier.is_some_and(|earlier| new.replaces(earlier));
                match earlier.map(|earlier| earlier.inbox.clone()) {
                    Some(earlier) if !is_given_up => earlier,
                    earlier => {
                        online.insert(serial.to_owned(), new.entry(number));
                        // A link that does not listen finds out at its next ping.
                        if let Some(earlier) = earlier {
                            earlier.try_send(ToLink::Replaced).ok();
                        }
                        return Ok(OnlinePlace {
                            links: self.clone(),
                            serial: serial.to_owned(),
                            number,
                        });
                    }
                }
            };
            // A second machine with a copied key must not throw the first one out while it is alive.
            let (alive, answer) = oneshot::channel();
            if earlier.send(ToLink::Probe(alive)).await.is_ok() && answer.await.is_ok() {
                return Err(AlreadyOnline);
            }
            // The earlier link is dead or ending; its place is free once its inbox is gone.
            earlier.closed().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, OnlineLink>> {
        self.0
            .online_by_serial
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl NewLink<'_> {
    fn replaces(&self, earlier: &OnlineLink) -> bool {
        let is_same = |nonce: &str| bool::from(nonce.as_bytes().ct_eq(earlier.nonce.as_bytes()));
        self.replaces.is_some_and(is_same)
    }

    fn entry(&self, number: u64) -> OnlineLink {
        OnlineLink {
            number,
            inbox: self.inbox.clone(),
            agent_ip: self.agent_ip,
            seat: self.seat.cloned(),
            nonce: self.nonce.into(),
            reason: None,
            certificates: Box::default(),
            about: None,
            health: None,
            round_trip_ms: None,
            reach: None,
        }
    }
}
