//! One end of one WebRTC connection. [`Endpoint`] is the handle, [`Events`] what it tells;
//! between them one task owns the str0m state, the sockets and every queue.
//!
//! A panic inside that task ends this connection only: the owner gets [`Ended::Crashed`].

mod control;
mod driver;
mod ice;
mod obeying;
mod receiving;
mod sending;
mod setup;

use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::candidate::{self, BadCandidate};
use crate::frame::{AudioCodec, Frame, Received, ReceivedAudio, Sound, VideoCodec};
use crate::sdp::BadSdp;

/// How an endpoint reaches the network.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Whether addresses of this machine alone are used and believed (a demo or a test).
    pub with_loopback: bool,
    /// The one local address to use; all where `None`.
    pub bind: Option<IpAddr>,
    /// `stun:` URLs (RFC 7064) to find the public address with; others are passed over.
    pub stun_servers: Vec<String>,
}

/// What an offer contains besides the control channel.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// Video m-lines, at most [`crate::limits::MAX_SLOTS`].
    pub n_video: u8,
    /// Whether there is an audio m-line.
    pub with_audio: bool,
    /// Whether H.265 is offered beside H.264.
    pub with_h265: bool,
}

/// What the other side can play.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Negotiated {
    /// Codecs of each video m-line; empty where it was refused.
    pub video: Vec<Vec<VideoCodec>>,
    /// Codecs of the audio m-line.
    pub audio: Vec<AudioCodec>,
}

/// How packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// Straight between the two.
    Direct,
    /// Through the relay.
    Relayed,
}

/// How a connection does, once a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    /// The path in use.
    pub path: Path,
    /// Round trip of the connectivity checks on it.
    pub round_trip: Option<Duration>,
    /// Bits per second sent since the last event.
    pub sent_bits_per_second: u64,
    /// Bits per second received since the last event.
    pub received_bits_per_second: u64,
    /// Share of packets that the other side reports lost, 0 to 1.
    pub loss: Option<f32>,
    /// Frames dropped since the start because they came faster than the path takes them.
    pub n_dropped: u64,
    /// Datagrams since the start that were no part of this connection.
    pub n_garbage: u64,
}

/// Why a connection is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The owner closed it.
    Closed,
    /// The other side closed it.
    ClosedByPeer,
    /// No path was found in time.
    NoPath,
    /// The path went away and no restart found another in time.
    PathLost,
    /// The other side's certificate is not the one its SDP named.
    WrongFingerprint,
    /// The owner or the other side does not read what it is sent.
    Overloaded,
    /// Something went wrong; the reason is for a log.
    Failed(String),
    /// A defect ended the task.
    Crashed,
}

/// What an endpoint tells its owner.
#[derive(Debug, Clone)]
pub enum Event {
    /// A local candidate that is not in the SDP; `None` when there will be no more.
    Candidate(Option<String>),
    /// Path and keys are there: what is sent now arrives.
    Connected,
    /// The path is gone; [`Endpoint::restart`] may find another.
    Disconnected,
    /// There is a path again.
    Reconnected,
    /// The first frame of this connection left; the time since the endpoint was made.
    FirstFrame(Duration),
    /// The other side cannot go on with this slot without a key frame.
    KeyFrameWanted(u8),
    /// The control channel is open.
    ControlOpen,
    /// A text on the control channel.
    Control(String),
    /// Something on the control channel that is no text or too long; it was dropped.
    ControlGarbage,
    /// A picture came.
    Frame(Received),
    /// A packet of sound came.
    Sound(ReceivedAudio),
    /// How it goes, once a second.
    Stats(Stats),
    /// It is over; nothing comes after this.
    Ended(Ended),
}

/// The handle of one connection. Dropping it closes the connection.
#[derive(Debug)]
pub struct Endpoint {
    commands: mpsc::Sender<Command>,
    media: MediaSender,
}

/// Hands frames to an endpoint; cheap to clone, and does not keep the connection.
#[derive(Debug, Clone)]
pub struct MediaSender(mpsc::Sender<Media>);

/// What an endpoint tells.
#[derive(Debug)]
pub struct Events {
    events: mpsc::Receiver<Event>,
    is_over: bool,
}

/// The connection is over; its last event says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is over")]
pub struct Gone;

/// Why a description could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    /// It makes no sense, or does not fit what was offered.
    #[error(transparent)]
    Bad(#[from] BadSdp),
    /// There is no connection any more.
    #[error(transparent)]
    Gone(#[from] Gone),
}

enum Command {
    Answer(String, oneshot::Sender<Result<Negotiated, BadSdp>>),
    Offer(String, oneshot::Sender<Result<String, BadSdp>>),
    Restart(oneshot::Sender<Result<String, BadSdp>>),
    Candidate(String),
    Control(String),
    Clear(u8),
    RequestKeyFrame(u8),
    Close,
}

enum Media {
    Video(u8, Frame),
    Burst(u8, Vec<Frame>),
    Sound(Sound),
}

impl Endpoint {
    /// Makes the offering end; the text is the SDP offer with all host candidates in it.
    pub fn offer(config: Config, offer: Offer) -> anyhow::Result<(Endpoint, Events, String)> {
        let (driver, sdp) = setup::offering(config, offer)?;
        let (endpoint, events) = driver::start(driver);
        Ok((endpoint, events, sdp))
    }

    /// Makes the answering end for an SDP offer; the text is the SDP answer.
    pub fn answer(config: Config, offer: &str) -> anyhow::Result<(Endpoint, Events, String)> {
        let (driver, sdp) = setup::answering(config, offer)?;
        let (endpoint, events) = driver::start(driver);
        Ok((endpoint, events, sdp))
    }

    /// Pays beforehand for what the first connection of a process costs more than the later
    /// ones: some 30 ms for the cryptography to come up. Blocks for that long.
    pub fn warm_up() {
        setup::warm_up();
    }

    /// Takes the SDP answer to the last offer.
    pub async fn accept_answer(&self, sdp: &str) -> Result<Negotiated, DescriptionError> {
        self.ask(|reply| Command::Answer(sdp.to_owned(), reply))
            .await
    }

    /// Takes a new SDP offer for this connection (an ICE restart) and answers it.
    pub async fn accept_offer(&self, sdp: &str) -> Result<String, DescriptionError> {
        self.ask(|reply| Command::Offer(sdp.to_owned(), reply))
            .await
    }

    /// Starts an ICE restart; the text is a new SDP offer.
    pub async fn restart(&self) -> Result<String, DescriptionError> {
        self.ask(Command::Restart).await
    }

    /// Takes a remote candidate line (RFC 8839 §5.1); an empty one means there are no more.
    pub async fn add_candidate(&self, line: &str) -> Result<(), BadCandidate> {
        if line.is_empty() {
            return Ok(());
        }
        candidate::check(line)?;
        // Where the connection is over, a candidate is of no interest.
        let _ = self
            .commands
            .send(Command::Candidate(line.to_owned()))
            .await;
        Ok(())
    }

    /// Sends a text on the control channel; it is dropped while there is none.
    pub async fn send_control(&self, text: String) -> Result<(), Gone> {
        self.command(Command::Control(text)).await
    }

    /// Drops what waits in a slot.
    pub async fn clear(&self, slot: u8) -> Result<(), Gone> {
        self.command(Command::Clear(slot)).await
    }

    /// Asks the other side for a key frame (RFC 4585 §6.3.1).
    pub async fn request_key_frame(&self, slot: u8) -> Result<(), Gone> {
        self.command(Command::RequestKeyFrame(slot)).await
    }

    /// Closes the connection and tells the other side.
    pub async fn close(&self) {
        let _ = self.command(Command::Close).await;
    }

    /// A handle that only sends frames.
    pub fn media(&self) -> MediaSender {
        self.media.clone()
    }

    async fn command(&self, command: Command) -> Result<(), Gone> {
        self.commands.send(command).await.map_err(|_| Gone)
    }

    async fn ask<T>(
        &self,
        make: impl FnOnce(oneshot::Sender<Result<T, BadSdp>>) -> Command,
    ) -> Result<T, DescriptionError> {
        let (reply, answer) = oneshot::channel();
        self.command(make(reply)).await?;
        Ok(answer.await.map_err(|_| Gone)??)
    }
}

impl MediaSender {
    /// Sends one access unit in a slot. What does not fit is dropped up to the next key frame.
    pub async fn video(&self, slot: u8, frame: Frame) -> Result<(), Gone> {
        self.send(Media::Video(slot, frame)).await
    }

    /// Sends a cached group of pictures in a slot.
    pub async fn burst(&self, slot: u8, frames: Vec<Frame>) -> Result<(), Gone> {
        self.send(Media::Burst(slot, frames)).await
    }

    /// Sends one packet of sound.
    pub async fn sound(&self, sound: Sound) -> Result<(), Gone> {
        self.send(Media::Sound(sound)).await
    }

    async fn send(&self, media: Media) -> Result<(), Gone> {
        self.0.send(media).await.map_err(|_| Gone)
    }
}

impl Events {
    /// Waits for the next event; `None` after [`Event::Ended`].
    pub async fn next(&mut self) -> Option<Event> {
        if self.is_over {
            return None;
        }
        let event = self
            .events
            .recv()
            .await
            .unwrap_or(Event::Ended(Ended::Crashed));
        self.is_over = matches!(event, Event::Ended(_));
        Some(event)
    }
}
