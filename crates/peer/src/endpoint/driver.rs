//! The task that owns one connection. Each turn: do one thing to str0m, drain it, write the
//! frames there is room for, send what may leave, and wait for the next thing.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::change::SdpPendingOffer;
use str0m::{Event as RtcEvent, Input, Output, Rtc, RtcError};
use tokio::sync::mpsc;

use super::control::Control;
use super::ice::resolve;
use super::receiving::Receiving;
use super::sending::Sending;
use super::{Command, Config, Ended, Endpoint, Event, Events, Media, MediaSender};
use crate::candidate::RemoteCandidates;
use crate::egress::{Egress, Packet};
use crate::limits;
use crate::reflexive::Reflexive;
use crate::sockets::{Sent, Sockets};

/// Turns of str0m at one moment before the task lets others run.
const MAX_TURNS: usize = 256;
/// Connectivity checks sent at once while there is no path.
const CHECKS_AT_ONCE: usize = 4;
/// Datagrams read before what they caused is sent.
const MAX_READS: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Offering,
    Answering,
}

/// How far the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Connecting(Instant),
    Up,
    Lost(Instant),
}

pub(super) struct Driver {
    pub(super) rtc: Rtc,
    pub(super) role: Role,
    pub(super) sending: Sending,
    pub(super) control: Control,
    pub(super) remote: RemoteCandidates,
    pub(super) pending: Option<SdpPendingOffer>,
    pub(super) receiving: Receiving,
    pub(super) sockets: Sockets,
    pub(super) egress: Egress,
    pub(super) reflexive: Reflexive,
    pub(super) config: Config,
    pub(super) phase: Phase,
    started: Instant,
    pub(super) stun_servers: Vec<SocketAddr>,
    /// Whether all STUN servers' names were looked up.
    pub(super) is_resolved: bool,
    /// Whether it was told that there are no more local candidates.
    pub(super) is_gathered: bool,
    /// Remote candidates out of a description that are still to be taken.
    pub(super) later: Vec<String>,
    /// Where the last picture went, which decides the pace.
    pub(super) destination: Option<SocketAddr>,
    events: Option<mpsc::Sender<Event>>,
    /// What happened before there was anybody to tell.
    early: Vec<Event>,
    datagrams: Vec<(SocketAddr, SocketAddr, Vec<u8>)>,
    pub(super) n_garbage: u64,
    pub(super) last_bytes: (u64, u64),
}

pub(super) struct Inbox {
    commands: mpsc::Receiver<Command>,
    pub(super) media: mpsc::Receiver<Media>,
    servers: mpsc::Receiver<SocketAddr>,
}

enum Wake {
    Command(Option<Command>),
    Media(Media),
    Server(Option<SocketAddr>),
    Socket,
    Time,
}

/// The runtime's clock, which tests may set.
pub(super) fn clock() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Starts the task.
pub(super) fn start(mut driver: Driver) -> (Endpoint, Events) {
    let (commands, command_inbox) = mpsc::channel(limits::COMMANDS);
    let (media, media_inbox) = mpsc::channel(limits::MEDIA);
    let (servers, server_inbox) = mpsc::channel(limits::MAX_STUN_SERVERS);
    let (events, event_inbox) = mpsc::channel(limits::EVENTS);
    driver.events = Some(events);
    let urls = driver.config.stun_servers.clone();
    tokio::spawn(resolve(urls, servers));
    tokio::spawn(driver.run(Inbox {
        commands: command_inbox,
        media: media_inbox,
        servers: server_inbox,
    }));
    let endpoint = Endpoint {
        commands,
        media: MediaSender(media),
    };
    let events = Events {
        events: event_inbox,
        is_over: false,
    };
    (endpoint, events)
}

impl Driver {
    pub(super) fn new(
        rtc: Rtc,
        sockets: Sockets,
        config: Config,
        role: Role,
        now: Instant,
    ) -> Driver {
        Driver {
            rtc,
            role,
            sending: Sending::default(),
            control: Control::default(),
            remote: RemoteCandidates::new(config.with_loopback),
            pending: None,
            receiving: Receiving::default(),
            sockets,
            egress: Egress::new(now),
            reflexive: Reflexive::default(),
            config,
            phase: Phase::Connecting(now + limits::CONNECT),
            started: now,
            stun_servers: Vec::new(),
            is_resolved: false,
            is_gathered: false,
            later: Vec::new(),
            destination: None,
            events: None,
            early: Vec::new(),
            datagrams: Vec::new(),
            n_garbage: 0,
            last_bytes: (0, 0),
        }
    }

    /// Drains what setting up caused.
    pub(super) fn drain_at_start(&mut self, now: Instant) -> anyhow::Result<()> {
        match self.drain(now) {
            Ok(_) => Ok(()),
            Err(ended) => anyhow::bail!("setting up a connection: {ended:?}"),
        }
    }

    async fn run(mut self, mut inbox: Inbox) {
        let ended = self.live(&mut inbox).await;
        self.say_goodbye();
        let events = self.events.take();
        // The sockets are free before anybody hears that it is over.
        drop(self);
        if let Some(events) = events {
            let _ = events.send(Event::Ended(ended)).await;
        }
    }

    async fn live(&mut self, inbox: &mut Inbox) -> Ended {
        if let Err(ended) = self.begin() {
            return ended;
        }
        loop {
            let until = match self.advance(clock()) {
                Ok(until) => until,
                Err(ended) => return ended,
            };
            let wake = self.wait(inbox, until).await;
            let outcome = match wake {
                Wake::Command(None | Some(Command::Close)) => return Ended::Closed,
                Wake::Command(Some(command)) => self.obey(command),
                Wake::Media(media) => self.take_media(media, inbox),
                Wake::Server(Some(server)) => {
                    self.ask_server(server);
                    Ok(())
                }
                Wake::Server(None) => {
                    self.is_resolved = true;
                    Ok(())
                }
                Wake::Socket => self.read(),
                Wake::Time => Ok(()),
            };
            if let Err(ended) = outcome {
                return ended;
            }
        }
    }

    fn begin(&mut self) -> Result<(), Ended> {
        for event in std::mem::take(&mut self.early) {
            self.emit(event)?;
        }
        self.add_remembered()
    }

    async fn wait(&mut self, inbox: &mut Inbox, until: Instant) -> Wake {
        tokio::select! {
            command = inbox.commands.recv() => Wake::Command(command),
            Some(media) = inbox.media.recv() => Wake::Media(media),
            server = inbox.servers.recv(), if !self.is_resolved => Wake::Server(server),
            () = self.sockets.ready() => Wake::Socket,
            () = tokio::time::sleep_until(until.into()) => Wake::Time,
        }
    }

    /// Brings everything up to `now`; returns when it has to be done again.
    fn advance(&mut self, now: Instant) -> Result<Instant, Ended> {
        match self.phase {
            Phase::Connecting(deadline) if now >= deadline => return Err(Ended::NoPath),
            Phase::Lost(deadline) if now >= deadline => return Err(Ended::PathLost),
            _ => {}
        }
        while let Some(ask) = self.reflexive.poll(now) {
            self.egress.push(Packet {
                source: ask.socket,
                destination: ask.server,
                contents: ask.request.to_vec(),
            });
        }
        self.note_gathered()?;
        let mut next = self.drain(now)?;
        if self.phase != Phase::Up {
            next = self.check_now(now)?;
        }
        loop {
            let has_written = self.write_frames(now, &mut next)?;
            self.egress.refill(now, self.sending.n_waiting_bytes());
            let has_sent = self.flush();
            if !(has_written && has_sent && self.sending.has_frames()) {
                break;
            }
        }
        let paced = self
            .egress
            .next_wait(self.sending.n_waiting_bytes())
            .map(|wait| now + wait);
        let deadline = match self.phase {
            Phase::Connecting(deadline) | Phase::Lost(deadline) => Some(deadline),
            Phase::Up => None,
        };
        Ok([paced, deadline, self.reflexive.next_due()]
            .into_iter()
            .flatten()
            .fold(next, Instant::min))
    }

    /// str0m waits 50 ms between connectivity checks, even before the first one and before a
    /// nomination; while there is no path, those that are due go out at once.
    fn check_now(&mut self, now: Instant) -> Result<Instant, Ended> {
        let mut next = now;
        for _ in 0..CHECKS_AT_ONCE {
            self.rtc
                .handle_input(Input::Timeout(now))
                .map_err(|error| ended(&error))?;
            next = self.drain(now)?;
        }
        Ok(next)
    }

    fn write_frames(&mut self, now: Instant, next: &mut Instant) -> Result<bool, Ended> {
        let mut has_written = false;
        while self.phase == Phase::Up && self.egress.has_room() {
            let Some(is_first) = self.sending.write_next(&mut self.rtc, now) else {
                break;
            };
            has_written = true;
            *next = self.drain(now)?;
            if is_first {
                self.emit(Event::FirstFrame(now - self.started))?;
            }
        }
        Ok(has_written)
    }

    pub(super) fn flush(&mut self) -> bool {
        let max_batch = self.sockets.max_batch();
        let mut has_sent = false;
        while let Some(batch) = self.egress.batch(max_batch) {
            let n_packets = batch.n_packets;
            if self.sockets.send(&batch) == Sent::Blocked {
                break;
            }
            self.egress.sent(n_packets);
            has_sent = true;
        }
        has_sent
    }

    /// str0m's contract: after anything done to it, poll until it only waits.
    pub(super) fn drain(&mut self, now: Instant) -> Result<Instant, Ended> {
        for _ in 0..MAX_TURNS {
            loop {
                match self.rtc.poll_output().map_err(|error| ended(&error))? {
                    Output::Transmit(transmit) => self.transmit(Packet {
                        source: transmit.source,
                        destination: transmit.destination,
                        contents: transmit.contents.into(),
                    }),
                    Output::Event(event) => self.happened(event, now)?,
                    Output::Timeout(next) if next > now => return Ok(next),
                    Output::Timeout(_) => break,
                }
            }
            self.rtc
                .handle_input(Input::Timeout(now))
                .map_err(|error| ended(&error))?;
        }
        Ok(now + Duration::from_millis(1))
    }

    fn happened(&mut self, event: RtcEvent, now: Instant) -> Result<(), Ended> {
        match event {
            RtcEvent::Connected => {
                self.phase = Phase::Up;
                self.emit(Event::Connected)
            }
            RtcEvent::IceConnectionStateChange(state) => self.ice_changed(state, now),
            RtcEvent::MediaAdded(added) if self.role == Role::Answering => {
                self.receiving.add(added.mid, added.kind);
                Ok(())
            }
            RtcEvent::MediaData(data) => match self.receiving.take(data) {
                Some(event) => self.emit(event),
                None => Ok(()),
            },
            RtcEvent::KeyframeRequest(request) => match self.sending.slot_of(request.mid) {
                Some(slot) => self.emit(Event::KeyFrameWanted(slot)),
                None => Ok(()),
            },
            RtcEvent::ChannelOpen(id, label) => self.channel_opened(id, &label),
            RtcEvent::ChannelData(data) => self.channel_data(data),
            RtcEvent::ChannelClose(id) => {
                self.channel_closed(id);
                Ok(())
            }
            RtcEvent::PeerStats(stats) => self.measured(&stats),
            RtcEvent::Closed => Err(Ended::ClosedByPeer),
            _ => Ok(()),
        }
    }

    pub(super) fn emit(&mut self, event: Event) -> Result<(), Ended> {
        let Some(events) = &self.events else {
            self.early.push(event);
            return Ok(());
        };
        match events.try_send(event) {
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Full(
                Event::Frame(_) | Event::Sound(_) | Event::Stats(_),
            )) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => Err(Ended::Overloaded),
        }
    }

    fn read(&mut self) -> Result<(), Ended> {
        let mut datagrams = std::mem::take(&mut self.datagrams);
        for _ in 0..MAX_READS {
            let has_read = self.sockets.receive(|local, remote, bytes| {
                datagrams.push((local, remote, bytes.to_vec()));
            });
            if !has_read {
                break;
            }
        }
        for (local, remote, bytes) in datagrams.drain(..) {
            self.received(local, remote, &bytes)?;
        }
        self.datagrams = datagrams;
        Ok(())
    }
}

fn ended(error: &RtcError) -> Ended {
    let text = error.to_string();
    match error {
        RtcError::RemoteSdp(reason) if reason.contains("fingerprint") => Ended::WrongFingerprint,
        _ => Ended::Failed(text),
    }
}
