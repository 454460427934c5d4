//! The task that owns one link: it feeds `proto::link::cloud_side` and carries out its outputs.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::time::Duration;

use axum::extract::ws::WebSocket;
use proto::key::ProvenKey;
use proto::link::cloud_side::{ClaimOutcome, CloudSide, Event, LinkInput, RegistryVerdict};
use proto::link::leg::{IncomingFrame, SocketOutput, close};
use proto::link::message::{Camera, Cameras};
use proto::link::work::WorkDemand;
use tokio::sync::{mpsc, oneshot};

use super::socket::{self, SocketPermit};
use super::timed_machine::TimedMachine;
use super::{CallListener, Links, NewLink, OnlinePlace, ToLink, limits, newcomers, outages};
use crate::audit::{self, Action};
use crate::connections::Seat;
use crate::db::Db;
use crate::db::recorders::{self, SerialStatus};
use crate::state::State;
use crate::visitor::Client;

struct LinkTask<C> {
    state: State,
    links: Links,
    calls: C,
    side: TimedMachine<CloudSide>,
    nonce: Box<str>,
    agent_ip: IpAddr,
    /// The seat of its connection, if it came through a listener.
    seat: Option<Seat>,
    inbox: mpsc::Receiver<ToLink>,
    sender: mpsc::Sender<ToLink>,
    place: Option<OnlinePlace>,
    /// Whether somebody owned the recorder when it registered.
    has_owner: bool,
    probes: Vec<oneshot::Sender<()>>,
    claims: Vec<(u64, oneshot::Sender<ClaimOutcome>)>,
    last_claim: u64,
    /// Hash of the stored list, so that sending the same list again costs nothing.
    cameras_hash: Option<u64>,
    /// As the place knows it.
    round_trip_ms: Option<u16>,
}

/// Serves one link until it ends.
pub(super) async fn run(
    mut socket: WebSocket,
    (state, links, calls): (State, Links, impl CallListener),
    (agent_ip, seat): (IpAddr, Option<Seat>),
    permit: SocketPermit,
) {
    let (sender, inbox) = mpsc::channel(limits::LINK_QUEUE);
    let host = state.public_url.host_str().unwrap_or_default().to_owned();
    let nonce = state.rng.token();
    let side = CloudSide::new(nonce.clone(), host, Duration::ZERO)
        .with_public_url(state.url_for_other_machines());
    let mut link = LinkTask {
        side: TimedMachine::start(side),
        nonce: nonce.into(),
        agent_ip,
        seat,
        inbox,
        sender,
        place: None,
        has_owner: false,
        probes: Vec::new(),
        claims: Vec::new(),
        last_claim: 0,
        cameras_hash: None,
        round_trip_ms: None,
        state,
        links,
        calls,
    };
    let close_code = loop {
        if let Err(close_code) = link.act(&mut socket).await {
            break close_code;
        }
        match link.next(&mut socket).await {
            Some(LinkInput::Frame(IncomingFrame::Gone)) => break None,
            Some(input) => link.side.handle(input),
            None => link.side.handle_timeout(),
        }
        // Boxed: otherwise every idle link would hold room for the futures of a registration.
    };
    Box::pin(link.end()).await;
    if close_code.is_some() {
        socket::linger(socket, close_code).await;
    }
    drop(permit);
}

impl<C: CallListener> LinkTask<C> {
    /// Does what is to do. Fails at the socket's end, as [`socket::send`] does.
    async fn act(&mut self, socket: &mut WebSocket) -> Result<(), Option<u16>> {
        while let Some(output) = self.side.poll_output() {
            match output {
                SocketOutput::Send(frame) => socket::send(socket, frame).await?,
                SocketOutput::Event(event) => Box::pin(self.handle(event)).await,
            }
        }
        let round_trip = self.side.round_trip_ms();
        if round_trip != self.round_trip_ms
            && let Some(place) = &self.place
        {
            place.keep_round_trip(round_trip);
            self.round_trip_ms = round_trip;
        }
        Ok(())
    }

    /// Waits for the next input; `None` where something is due.
    async fn next(&mut self, socket: &mut WebSocket) -> Option<LinkInput> {
        tokio::select! {
            // 1. The end; 2. time, which a flood must not hold up; 3. what is going out; 4. what comes in.
            biased;
            () = self.state.shutdown.cancelled() => Some(LinkInput::Close {
                code: close::GOING_AWAY,
                reason: "the cloud stops",
            }),
            () = self.side.timeout() => None,
            Some(message) = self.inbox.recv() => Some(self.input(message)),
            frame = socket::receive(socket) => Some(LinkInput::Frame(frame)),
        }
    }

    fn input(&mut self, message: ToLink) -> LinkInput {
        match message {
            ToLink::OfCall(boxed) => {
                let (session, message) = *boxed;
                LinkInput::OfCall { session, message }
            }
            ToLink::Claim(boxed) => {
                let (claim, reply) = *boxed;
                self.last_claim += 1;
                let token = self.last_claim;
                self.claims.push((token, reply));
                LinkInput::Claim { claim, token }
            }
            ToLink::Claimed => {
                self.cameras_hash = None;
                LinkInput::AskCameras
            }
            ToLink::Probe(alive) => {
                self.probes.push(alive);
                LinkInput::Probe
            }
            ToLink::Replaced => LinkInput::Close {
                code: close::GOING_AWAY,
                reason: "another link of this agent took over",
            },
        }
    }

    async fn handle(&mut self, event: Event) {
        match event {
            Event::Proven {
                proven,
                name: _,
                replaces,
                bits_done,
            } => {
                let verdict = self.judge(&proven, replaces.as_deref(), bits_done).await;
                self.side.handle(LinkInput::Verdict(verdict));
                if verdict == RegistryVerdict::Accepted {
                    let serial = proven.serial.as_str();
                    tracing::info!(recorder.serial = serial, "a recorder is online");
                    if self.has_owner {
                        outages::end(&self.state, serial).await;
                    }
                    self.calls.link_up(serial, self.agent_ip).await;
                    self.links.changed(&self.state, serial).await;
                }
            }
            Event::Cameras(list) => self.cameras(list).await,
            Event::Reach(reach) => {
                if let Some(place) = &self.place {
                    place.keep_reach(reach);
                }
            }
            Event::OfCall { session, said } => {
                let Some(place) = &self.place else { return };
                if let Err(said) = self.calls.device_said(&session, &place.serial, said).await {
                    self.side.handle(LinkInput::NoCall(said));
                }
            }
            Event::Claimed { token, outcome } => {
                if let Some(index) = self
                    .claims
                    .iter()
                    .position(|(waiting, _)| *waiting == token)
                {
                    // Who asked may have left.
                    self.claims.swap_remove(index).1.send(outcome).ok();
                }
            }
            Event::Alive => {
                for alive in self.probes.drain(..) {
                    alive.send(()).ok();
                }
            }
        }
    }

    async fn judge(
        &mut self,
        proven: &ProvenKey,
        replaces: Option<&str>,
        bits_done: u32,
    ) -> RegistryVerdict {
        match self.register(proven, bits_done).await {
            Ok(Ok(SerialStatus::New | SerialStatus::Known)) => {}
            Ok(Err(work)) => return RegistryVerdict::Work(work),
            Ok(Ok(SerialStatus::OtherKey)) => {
                tracing::warn!(
                    recorder.serial = %proven.serial,
                    notice = "another_key",
                    "refused another key for a known serial number"
                );
                let event =
                    audit::Event::denied(Action::LinkRefused).client(&Client::of(self.agent_ip));
                let serial = proven.serial.as_str();
                self.state.audit.note(event.subject(serial));
                return RegistryVerdict::OtherKey;
            }
            Err(error) => {
                tracing::warn!(recorder.serial = %proven.serial, %error, "could not register a recorder");
                return RegistryVerdict::Unavailable;
            }
        }
        let new = NewLink {
            inbox: &self.sender,
            agent_ip: self.agent_ip,
            seat: self.seat.as_ref(),
            nonce: &self.nonce,
            replaces,
        };
        let taking = self.links.take_place(proven.serial.as_str(), new);
        match tokio::time::timeout(limits::PLACE_WAIT, taking).await {
            Ok(Ok(place)) => {
                self.place = Some(place);
                RegistryVerdict::Accepted
            }
            // A link that neither answers nor ends in time counts as alive: the agent dials again.
            Ok(Err(_)) | Err(_) => {
                tracing::info!(recorder.serial = %proven.serial, "refused a second link, because the first one still answers");
                RegistryVerdict::AlreadyOnline
            }
        }
    }

    /// Reads before it writes, so that many links returning at once do not wait for the one writer.
    /// Fails with the required work if a new recorder has to do it first.
    async fn register(
        &mut self,
        proven: &ProvenKey,
        bits_done: u32,
    ) -> crate::db::Result<Result<SerialStatus, WorkDemand>> {
        let (db, now) = (&self.state.db, self.state.clock.now());
        let (serial, key) = (proven.serial.as_str(), proven.key.to_text());
        let Some(known) = recorders::find(db, serial).await? else {
            let client = Client::of(self.agent_ip);
            if let Some(work) = newcomers::count(&self.state, &client, bits_done).await? {
                return Ok(Err(work));
            }
            return recorders::register(db, serial, &key, now).await.map(Ok);
        };
        if known.public_key != key {
            return Ok(Ok(SerialStatus::OtherKey));
        }
        if let (Some(seat), Some(owner)) = (&self.seat, &known.account_id) {
            // From here on this connection is not evicted.
            seat.becomes_link_of(owner);
        }
        self.cameras_hash = Some(hash(&known.cameras));
        self.has_owner = known.account_id.is_some();
        if now - known.last_seen_at < limits::SEEN_EVERY_SECONDS {
            return Ok(Ok(SerialStatus::Known));
        }
        // A full disk must not keep a recorder offline: the update is lost, the link is not.
        if let Err(error) = recorders::seen(db, serial, now).await {
            tracing::warn!(recorder.serial = serial, %error, "could not store that a recorder is online");
        }
        Ok(Ok(SerialStatus::Known))
    }

    /// Stores the list for the owner. A list of an unclaimed recorder is dropped, and requested
    /// again after a claim.
    async fn cameras(&mut self, list: Cameras) {
        let Some(place) = &self.place else { return };
        // A recorder that its agent cannot reach has said nothing about its cameras: the list stays.
        let is_silent = list.reason.is_some() && list.cameras.is_empty();
        let is_new_reason = place.set_reason(list.reason);
        place.keep_certificates(list.certificates);
        place.keep_about(list.about);
        place.keep_health(list.health);
        let is_stored = !is_silent && self.store_cameras(&list.cameras).await;
        if (is_new_reason || is_stored)
            && let Some(place) = &self.place
        {
            self.links.changed(&self.state, &place.serial).await;
        }
    }

    /// Stores a list unless it is stored already; false if it is, or could not be.
    async fn store_cameras(&mut self, cameras: &[Camera]) -> bool {
        let Some(place) = &self.place else {
            return false;
        };
        let json = serde_json::to_string(cameras).expect("cameras are strings and flags");
        let hash = Some(hash(&json));
        if self.cameras_hash == hash {
            return false;
        }
        match store(&self.state.db, &place.serial, &json).await {
            Ok(true) => {}
            Ok(false) => return false,
            Err(error) => {
                tracing::warn!(recorder.serial = %place.serial, %error, "could not store a camera list");
                return false;
            }
        }
        self.cameras_hash = hash;
        true
    }

    /// Releases the place first, so that the link waiting for it finds it free.
    async fn end(mut self) {
        self.side.handle(LinkInput::Frame(IncomingFrame::Gone));
        while let Some(output) = self.side.poll_output() {
            if let SocketOutput::Event(event) = output {
                Box::pin(self.handle(event)).await;
            }
        }
        let Some(place) = self.place.take() else {
            return;
        };
        let serial = place.serial.clone();
        let was_last = place.release();
        self.inbox.close();
        self.probes.clear();
        // Another link has its place: the recorder is online, and its calls know that.
        if !was_last {
            return;
        }
        let LinkTask {
            state,
            links,
            calls,
            ..
        } = self;
        tracing::info!(recorder.serial = %serial, "a recorder is offline");
        calls.link_gone(&serial).await;
        // All links end at once then, and the process has only SHUTDOWN_GRACE for their updates.
        if state.shutdown.is_cancelled() {
            return;
        }
        if let Err(error) = recorders::seen(&state.db, &serial, state.clock.now()).await {
            tracing::warn!(recorder.serial = %serial, %error, "could not store when a recorder was last seen");
        }
        outages::begin(&state, &links, &serial).await;
        links.changed(&state, &serial).await;
    }
}

/// Reads before it writes, so that unclaimed recorders do not occupy the one writer.
async fn store(db: &Db, serial: &str, cameras: &str) -> crate::db::Result<bool> {
    match recorders::find(db, serial).await? {
        Some(known) if known.account_id.is_some() => {
            recorders::set_cameras(db, serial, cameras).await
        }
        _ => Ok(false),
    }
}

fn hash(text: &str) -> u64 {
    // Compared within this process only; a collision would lose one update of a list.
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
