//! One end of a WebRTC connection. [`Endpoint`] is the handle, [`Events`] its events; one task in
//! between owns the str0m state, the sockets and every queue.
//!
//! A panic inside that task ends this connection only: the owner gets [`Ended::Crashed`].

mod command;
mod control;
mod data;
mod driver;
mod early_dtls;
mod event;
mod ice;
mod incoming_media;
mod outgoing_media;
mod owner;
mod path_watch;
mod relay;
mod resolver;
mod setup;
mod task;

use std::net::SocketAddr;

use tokio::sync::{mpsc, oneshot};

use crate::candidate::{self, BadCandidate};
use crate::frame::{Frame, Sound};
use crate::limits;
use crate::sdp::BadSdp;
use crate::turn::TurnServer;
use command::{EndpointCommand, Media};
use data::DataOrder;
use driver::EndpointDriver;
use task::Inbox;

pub use command::{Config, Negotiated, Offer};
pub use data::{DataError, DataMessage, DataSender};
pub use event::{ConnectionStats, Ended, Event, Path, SeenAddress};

/// The handle of one connection. Dropping it closes the connection.
#[derive(Debug)]
pub struct Endpoint {
    commands: mpsc::Sender<EndpointCommand>,
    media: MediaSender,
}

/// Passes frames to an endpoint; cheap to clone, and does not keep the connection open.
#[derive(Debug, Clone)]
pub struct MediaSender {
    media: mpsc::Sender<Media>,
    data: mpsc::Sender<DataOrder>,
}

/// The events of an endpoint.
#[derive(Debug)]
pub struct Events {
    events: mpsc::Receiver<Event>,
    is_over: bool,
}

/// The connection is over; its last event says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection has ended")]
pub struct Gone;

/// Why a description could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    /// It is invalid, or does not match the offer.
    #[error(transparent)]
    Bad(#[from] BadSdp),
    /// The connection no longer exists.
    #[error(transparent)]
    Gone(#[from] Gone),
}

impl Endpoint {
    /// Creates the offering end; the text is the SDP offer with all host candidates.
    pub fn offer(config: Config, offer: Offer) -> anyhow::Result<(Endpoint, Events, String)> {
        let (driver, sdp) = setup::offering(config, offer)?;
        let (endpoint, events) = start(driver);
        Ok((endpoint, events, sdp))
    }

    /// Creates the answering end for an SDP offer; the text is the SDP answer.
    pub fn answer(config: Config, offer: &str) -> anyhow::Result<(Endpoint, Events, String)> {
        let (driver, sdp) = setup::answering(config, offer)?;
        let (endpoint, events) = start(driver);
        Ok((endpoint, events, sdp))
    }

    /// Does in advance what makes the first connection of a process slower than later ones: some 30
    /// ms of cryptographic set-up. Blocks for that time.
    pub fn warm_up() {
        setup::warm_up();
    }

    /// Takes the SDP answer to the last offer.
    pub async fn accept_answer(&self, sdp: &str) -> Result<Negotiated, DescriptionError> {
        self.ask(|reply| EndpointCommand::Answer(sdp.to_owned(), reply))
            .await
    }

    /// Takes a new SDP offer for this connection (an ICE restart) and answers it.
    pub async fn accept_offer(&self, sdp: &str) -> Result<String, DescriptionError> {
        self.ask(|reply| EndpointCommand::Offer(sdp.to_owned(), reply))
            .await
    }

    /// Starts an ICE restart; the text is a new SDP offer.
    pub async fn restart(&self) -> Result<String, DescriptionError> {
        self.ask(EndpointCommand::Restart).await
    }

    /// The addresses of this machine have changed: drops sockets whose address is gone, and opens one on
    /// each new address. If the path in use is affected, [`Event::Silent`] follows.
    pub async fn addresses_changed(&self) {
        let _ = self.command(EndpointCommand::AddressesChanged).await;
    }

    /// Other relays, or new credentials for the same: all of them are tried. What is in use stays until one of
    /// them works.
    pub async fn set_relays(&self, servers: Vec<TurnServer>) {
        let _ = self.command(EndpointCommand::Relays(servers)).await;
    }

    /// The router receives at another address for one of [`Config::mapped`], or at none any more: the other
    /// side is told of the new address, and no later offer contains the old one.
    pub async fn mapping_changed(&self, local: SocketAddr, external: Option<SocketAddr>) {
        let change = EndpointCommand::MappingChanged(local, external);
        let _ = self.command(change).await;
    }

    /// Accepts a remote candidate line (RFC 8839 §5.1); an empty one means end of candidates.
    pub async fn add_candidate(&self, line: &str) -> Result<(), BadCandidate> {
        if line.is_empty() {
            return Ok(());
        }
        candidate::check(line)?;
        // After the end of the connection, a candidate does not matter.
        let _ = self
            .commands
            .send(EndpointCommand::Candidate(line.to_owned()))
            .await;
        Ok(())
    }

    /// Sends a text on the control channel; it is dropped while there is none.
    pub async fn send_control(&self, text: String) -> Result<(), Gone> {
        self.command(EndpointCommand::Control(text)).await
    }

    /// Drops the waiting frames of a slot.
    pub async fn clear(&self, slot: u8) -> Result<(), Gone> {
        self.command(EndpointCommand::Clear(slot)).await
    }

    /// Asks the other side for a key frame (RFC 4585 §6.3.1).
    pub async fn request_key_frame(&self, slot: u8) -> Result<(), Gone> {
        self.command(EndpointCommand::RequestKeyFrame(slot)).await
    }

    /// Says how many bits per second this end would like to send: the path is tried for so much. Does nothing
    /// without an estimate.
    pub async fn aim(&self, bits_per_second: u64) -> Result<(), Gone> {
        self.command(EndpointCommand::Aim(bits_per_second)).await
    }

    /// Closes the connection and tells the other side.
    pub async fn close(&self) {
        let _ = self.command(EndpointCommand::Close).await;
    }

    /// A handle that only sends frames.
    pub fn media(&self) -> MediaSender {
        self.media.clone()
    }

    async fn command(&self, command: EndpointCommand) -> Result<(), Gone> {
        self.commands.send(command).await.map_err(|_| Gone)
    }

    async fn ask<T>(
        &self,
        make: impl FnOnce(oneshot::Sender<Result<T, BadSdp>>) -> EndpointCommand,
    ) -> Result<T, DescriptionError> {
        let (reply, answer) = oneshot::channel();
        self.command(make(reply)).await?;
        Ok(answer.await.map_err(|_| Gone)??)
    }
}

impl MediaSender {
    /// Sends one access unit in a slot. If the queue is full, frames are dropped up to the next key
    /// frame.
    pub async fn video(&self, slot: u8, frame: Frame) -> Result<(), Gone> {
        self.send(Media::Video(slot, frame)).await
    }

    /// Sends a cached group of pictures in a slot.
    pub async fn burst(&self, slot: u8, frames: Vec<Frame>) -> Result<(), Gone> {
        self.send(Media::Burst(slot, frames)).await
    }

    /// Sends one audio packet.
    pub async fn sound(&self, sound: Sound) -> Result<(), Gone> {
        self.send(Media::Sound(sound)).await
    }

    /// Opens a data channel, which the other side accepts if it expects the label. Opening one again hands it
    /// to the new sender, and the earlier one is refused from then on.
    pub async fn open_data(&self, label: &str, protocol: &str) -> Result<DataSender, DataError> {
        DataSender::open(label, protocol, self.data.clone()).await
    }

    async fn send(&self, media: Media) -> Result<(), Gone> {
        self.media.send(media).await.map_err(|_| Gone)
    }
}

impl Events {
    /// Waits for the next event; `None` after [`Event::Ended`].
    pub async fn next(&mut self) -> Option<Event> {
        if self.is_over {
            return None;
        }
        // The task always sends its end. A channel that closes without one means a panic.
        let event = self
            .events
            .recv()
            .await
            .unwrap_or(Event::Ended(Ended::Crashed));
        self.is_over = matches!(event, Event::Ended(_));
        Some(event)
    }
}

fn start(mut driver: EndpointDriver) -> (Endpoint, Events) {
    let (commands, command_inbox) = mpsc::channel(limits::COMMANDS);
    let (media, media_inbox) = mpsc::channel(limits::MEDIA);
    let (data, data_inbox) = mpsc::channel(limits::DATA_ORDERS);
    let (servers, server_inbox) = mpsc::channel(limits::MAX_STUN_SERVERS);
    let (events, event_inbox) = mpsc::channel(limits::EVENTS);
    driver.events = Some(events);
    let urls = driver.config.stun_servers.clone();
    tokio::spawn(resolver::resolve(urls, servers));
    tokio::spawn(driver.run(Inbox {
        commands: command_inbox,
        media: media_inbox,
        data: data_inbox,
        servers: server_inbox,
    }));
    let endpoint = Endpoint {
        commands,
        media: MediaSender { media, data },
    };
    let events = Events {
        events: event_inbox,
        is_over: false,
    };
    (endpoint, events)
}
