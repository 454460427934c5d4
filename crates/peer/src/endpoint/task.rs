//! The task that owns one connection. Each turn: perform one action on str0m, drain it, write the
//! frames that fit, send what may be sent, and wait for the next input.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::Input;
use tokio::sync::mpsc;

use super::command::{EndpointCommand, Media};
use super::data::DataOrder;
use super::driver::{ConnectionPhase, EndpointDriver, clock, ended};
use super::event::{Ended, Event};
use crate::egress::Packet;
use crate::limits;
use crate::turn::RelayReport;

/// Connectivity checks sent at once while there is no path.
const CHECKS_AT_ONCE: usize = 10;
/// Datagrams that are read before the resulting packets are sent.
const MAX_READS: usize = 16;

/// The inputs of the task.
pub(super) struct Inbox {
    pub(super) commands: mpsc::Receiver<EndpointCommand>,
    pub(super) media: mpsc::Receiver<Media>,
    pub(super) data: mpsc::Receiver<DataOrder>,
    pub(super) servers: mpsc::Receiver<SocketAddr>,
}

enum EndpointWake {
    Command(Option<EndpointCommand>),
    Media(Media),
    Data(DataOrder),
    Server(Option<SocketAddr>),
    Relay((u32, RelayReport)),
    Socket,
    Time,
}

impl EndpointDriver {
    /// Runs until the connection ends, and tells its owner why.
    pub(super) async fn run(mut self, mut inbox: Inbox) {
        let ended = self.live(&mut inbox).await;
        self.say_goodbye();
        let events = self.events.take();
        // The sockets are released before anybody learns of the end, and senders of data stop waiting.
        drop((self, inbox));
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
                EndpointWake::Command(None | Some(EndpointCommand::Close)) => return Ended::Closed,
                EndpointWake::Command(Some(command)) => self.handle_command(command),
                EndpointWake::Media(media) => self.take_media(media, &mut inbox.media),
                EndpointWake::Data(order) => {
                    self.data.handle(&mut self.rtc, order);
                    Ok(())
                }
                EndpointWake::Server(Some(server)) => {
                    self.ask_server(server);
                    Ok(())
                }
                EndpointWake::Server(None) => {
                    self.is_resolved = true;
                    Ok(())
                }
                EndpointWake::Relay(report) => self.relay_reported(report),
                EndpointWake::Socket => self.read(),
                EndpointWake::Time => Ok(()),
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

    async fn wait(&mut self, inbox: &mut Inbox, until: Instant) -> EndpointWake {
        // In random order, so that a flood of one input does not starve the others.
        tokio::select! {
            command = inbox.commands.recv() => EndpointWake::Command(command),
            Some(media) = inbox.media.recv() => EndpointWake::Media(media),
            Some(order) = inbox.data.recv() => EndpointWake::Data(order),
            server = inbox.servers.recv(), if !self.is_resolved => EndpointWake::Server(server),
            report = self.relays.next_report() => EndpointWake::Relay(report),
            () = self.sockets.ready() => EndpointWake::Socket,
            () = tokio::time::sleep_until(until.into()) => EndpointWake::Time,
        }
    }

    /// Brings everything up to `now`; returns when it has to be called again.
    fn advance(&mut self, now: Instant) -> Result<Instant, Ended> {
        match self.phase {
            ConnectionPhase::Connecting(deadline) if now >= deadline => return Err(Ended::NoPath),
            ConnectionPhase::Lost(deadline) if now >= deadline => return Err(Ended::PathLost),
            _ => {}
        }
        while let Some(ask) = self.reflexive.poll(now) {
            self.egress.push(Packet {
                source: ask.socket,
                destination: ask.server,
                contents: ask.request,
            });
        }
        self.watch_path(now)?;
        let mut next = self.drain(now)?;
        if self.follow_relays()? {
            next = self.drain(now)?;
        }
        self.note_gathered()?;
        if self.phase != ConnectionPhase::Up || self.path_watch.is_checking() {
            // str0m asks to be woken after 50 ms at the soonest.
            next = self.check_now(now)?.min(now + limits::FIRST_CHECK_WAIT);
        }
        if self.data.advance(&mut self.rtc) {
            self.path_watch.wrote(now);
            next = self.drain(now)?;
        }
        // Sending makes room in the egress, and room lets more frames be written.
        loop {
            let has_written = self.write_frames(now, &mut next)?;
            self.egress.refill(now, self.outgoing.n_waiting_bytes());
            let has_sent = self.flush();
            if !(has_written && has_sent && self.outgoing.has_frames()) {
                break;
            }
        }
        let paced = self
            .egress
            .next_wait(self.outgoing.n_waiting_bytes())
            .map(|wait| now + wait);
        let deadline = match self.phase {
            ConnectionPhase::Connecting(deadline) | ConnectionPhase::Lost(deadline) => {
                Some(deadline)
            }
            ConnectionPhase::Up => self.path_watch.next_due(),
        };
        let gathering = [self.reflexive.next_due(), self.relays.next_due()];
        Ok([paced, deadline]
            .into_iter()
            .chain(gathering)
            .flatten()
            .fold(next, Instant::min))
    }

    /// str0m waits 50 ms between connectivity checks, even before the first one and before a
    /// nomination; while there is no path, due ones are sent at once.
    pub(super) fn check_now(&mut self, now: Instant) -> Result<Instant, Ended> {
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
        while self.phase == ConnectionPhase::Up && self.egress.has_room() {
            let Some(is_first) = self.outgoing.write_next(&mut self.rtc, now) else {
                break;
            };
            has_written = true;
            self.path_watch.wrote(now);
            *next = self.drain(now)?;
            if is_first {
                self.emit(Event::FirstFrame(now - self.started))?;
            }
        }
        Ok(has_written)
    }

    fn read(&mut self) -> Result<(), Ended> {
        // Taken out, because each datagram needs all of `self`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::setup;

    #[tokio::test(start_paused = true)]
    async fn checks_come_every_20_ms_without_a_path() {
        let [mut recorder, _viewer] = setup::pair();

        for _ in 0..5 {
            let now = clock();
            let until = recorder.advance(now).expect("it goes on");
            assert!(until <= now + limits::FIRST_CHECK_WAIT, "{:?}", until - now);
            tokio::time::advance(until - now).await;
        }
    }
}
