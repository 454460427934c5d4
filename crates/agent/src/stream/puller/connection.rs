//! One connection to a camera: does what the client of crate `rtsp` decides, with a socket, UDP ports
//! and a clock.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use bytes::BytesMut;
use proto::reason::Reason;
use rtsp::client::{ClientConfig, RtspClient, RtspInput, RtspOutput};
use rtsp::media::{MediaTrouble, Receiver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::either::Either;

use super::talk::TalkSounds;
use super::tls::{self, TlsConnection};
use super::udp_ports::UdpPorts;
use crate::certificates::CertificatePin;
use crate::limits::{NO_PICTURE, RTSP_CONNECT, RTSP_SEND, TEARDOWN};
use crate::stream::sessions::OpenSession;

/// Bytes that one read may take: some packets, and at 2 Mbit/s all that came in 60 ms. Each camera has such a buffer,
/// and a second one while packets of the first are in use; frames keep none, since the depacketizers copy.
const READ_BYTES: usize = 16 * 1024;
/// Time between two looks whether pictures come.
const LOOK_AT_PICTURES: Duration = Duration::from_secs(5);

/// What a connection tells the session.
pub(super) enum ConnectionEvent {
    /// What the client says.
    Client(RtspOutput),
    /// Packets come, but no pictures in them.
    NoPictures(Reason),
}

/// Why there is no connection.
pub(super) struct NotConnected {
    pub(super) reason: Reason,
    /// Somebody is there and takes no more connections.
    pub(super) is_turned_away: bool,
}

impl From<Reason> for NotConnected {
    fn from(reason: Reason) -> NotConnected {
        NotConnected {
            reason,
            is_turned_away: false,
        }
    }
}

/// A connection and the client that decides what it carries.
pub(super) struct CameraConnection {
    client: RtspClient,
    stream: Either<TcpStream, TlsConnection>,
    ports: UdpPorts,
    pictures: Option<PictureWatch>,
    talk: Option<TalkSounds>,
    buffer: BytesMut,
    started: Instant,
    timer: Pin<Box<Sleep>>,
}

/// A connection and the session that is open on it.
pub(super) struct PlayedConnection {
    pub(super) connection: CameraConnection,
    /// Dropped after the connection: only then the recorder has one more.
    pub(super) session: Option<OpenSession>,
}

impl PlayedConnection {
    pub(super) fn new(connection: CameraConnection) -> PlayedConnection {
        PlayedConnection {
            connection,
            session: None,
        }
    }

    /// Ends the session as RTSP wants it. Recorders that only see the connection end keep the session for a minute.
    /// One that does not answer is not waited for.
    pub(super) async fn tear_down(mut self) {
        self.connection.feed(RtspInput::Teardown);
        let over = async {
            loop {
                match self.connection.next().await {
                    ConnectionEvent::Client(RtspOutput::Ended(_)) => break,
                    // What still comes reaches nobody.
                    ConnectionEvent::Client(_) | ConnectionEvent::NoPictures(_) => {}
                }
            }
        };
        if timeout(TEARDOWN, over).await.is_err() {
            tracing::debug!("RTSP: no answer to the end of a session");
        }
    }
}

/// Whether pictures come. Sound and answers do not count.
struct PictureWatch {
    track: usize,
    n_packets: u64,
    /// When packets of pictures were last seen.
    packet_at: Duration,
    look_at: Duration,
}

/// What woke the connection.
enum Woken {
    Read(io::Result<usize>),
    Datagram(RtspInput),
    /// What somebody says to the camera; `None` once nobody does any more.
    Talk(Option<RtspInput>),
    Timer,
}

impl CameraConnection {
    /// Connects to the camera. Over RTSPS it has to show the right certificate.
    pub(super) async fn open(
        config: ClientConfig,
        certificate: &CertificatePin,
    ) -> Result<CameraConnection, NotConnected> {
        let (stream, local, camera) = connect(&config).await.map_err(|error| {
            tracing::debug!("RTSP: {error}");
            NotConnected {
                reason: Reason::Unreachable,
                is_turned_away: error.kind() == io::ErrorKind::ConnectionRefused,
            }
        })?;
        let stream = match config.address.is_tls {
            true => Either::Right(tls::connect(stream, &config.address.host, certificate).await?),
            false => Either::Left(stream),
        };
        let started = Instant::now();
        let camera = camera.ip();
        let ports = UdpPorts::new(local, camera);
        let client = RtspClient::new(config, camera, rand::random(), Duration::ZERO);
        Ok(CameraConnection {
            client,
            stream,
            ports,
            pictures: None,
            talk: None,
            buffer: BytesMut::with_capacity(READ_BYTES),
            started,
            timer: Box::pin(sleep_until(started)),
        })
    }

    /// UDP ports for a track.
    pub(super) async fn open_ports(&mut self, track: usize) -> io::Result<(u16, u16)> {
        self.ports.open(track).await
    }

    /// What reads the packets of a track.
    pub(super) fn receiver(&self, track: usize) -> Option<&Receiver> {
        self.client.receiver(track)
    }

    /// Tells the client something.
    pub(super) fn feed(&mut self, input: RtspInput) {
        self.client.handle(input, self.started.elapsed());
    }

    /// Reports from now on when this track gives no pictures.
    pub(super) fn watch_pictures(&mut self, track: usize) {
        let now = self.started.elapsed();
        self.pictures = Some(PictureWatch {
            track,
            n_packets: 0,
            packet_at: now,
            look_at: now + LOOK_AT_PICTURES,
        });
    }

    /// Sends from now on what is said, and ends the session when nobody talks any more.
    pub(super) fn send_talk(&mut self, sounds: TalkSounds) {
        self.talk = Some(sounds);
    }

    /// What happens next, except what the connection does by itself. After [`RtspOutput::Ended`] it must
    /// not be called again.
    pub(super) async fn next(&mut self) -> ConnectionEvent {
        loop {
            if let Some(output) = self.client.poll_output() {
                if let Some(told) = self.perform(output).await {
                    return ConnectionEvent::Client(told);
                }
                continue;
            }
            match self.woken().await {
                // A dying camera's reset is an end like any other.
                Woken::Read(Ok(0) | Err(_)) => self.feed(RtspInput::Closed),
                Woken::Read(Ok(_)) => {
                    let bytes = self.buffer.split();
                    self.feed(RtspInput::Bytes(bytes));
                }
                Woken::Datagram(datagram) => self.feed(datagram),
                Woken::Talk(Some(said)) => self.feed(said),
                Woken::Talk(None) => {
                    self.talk = None;
                    self.feed(RtspInput::Teardown);
                }
                Woken::Timer => {
                    if let Some(reason) = self.time_passed() {
                        return ConnectionEvent::NoPictures(reason);
                    }
                }
            }
        }
    }

    /// Does what the client wants; gives back what it only tells.
    async fn perform(&mut self, output: RtspOutput) -> Option<RtspOutput> {
        match output {
            RtspOutput::Send(bytes) => self.send(&bytes).await,
            RtspOutput::SendDatagram {
                track,
                is_rtcp,
                to_port,
                bytes,
            } => self.ports.send(track, is_rtcp, to_port, &bytes),
            told => return Some(told),
        }
        None
    }

    /// Why there are no pictures, if it is time to look and there are none.
    fn time_passed(&mut self) -> Option<Reason> {
        let now = self.started.elapsed();
        self.client.handle_timeout(now);
        let pictures = self.pictures.as_mut().filter(|it| it.look_at <= now)?;
        pictures.look_at = now + LOOK_AT_PICTURES;
        pictures.trouble(self.client.receiver(pictures.track)?, now)
    }

    async fn woken(&mut self) -> Woken {
        self.arm();
        if self.buffer.capacity() < READ_BYTES / 4 {
            self.buffer.reserve(READ_BYTES);
        }
        tokio::select! {
            read = self.stream.read_buf(&mut self.buffer) => Woken::Read(read),
            datagram = self.ports.next() => Woken::Datagram(datagram),
            said = next_said(&mut self.talk) => Woken::Talk(said),
            () = &mut self.timer => Woken::Timer,
        }
    }

    /// Sets the timer, unless it fires in time anyway: being called too early does nothing.
    fn arm(&mut self) {
        let look_at = self.pictures.as_ref().map(|pictures| pictures.look_at);
        let Some(due) = [self.client.poll_timeout(), look_at]
            .into_iter()
            .flatten()
            .min()
        else {
            return;
        };
        let due = self.started + due;
        if self.timer.is_elapsed() || self.timer.deadline() > due {
            self.timer.as_mut().reset(due);
        }
    }

    async fn send(&mut self, bytes: &[u8]) {
        let sending = async {
            self.stream.write_all(bytes).await?;
            // TLS keeps what does not fill a record.
            self.stream.flush().await
        };
        let sent = timeout(RTSP_SEND, sending).await;
        if !matches!(sent, Ok(Ok(()))) {
            self.feed(RtspInput::Closed);
        }
    }
}

/// A TCP connection with its own address and the camera's.
async fn connect(config: &ClientConfig) -> io::Result<(TcpStream, SocketAddr, SocketAddr)> {
    let host = (config.address.host.as_str(), config.address.port);
    let connected = timeout(RTSP_CONNECT, TcpStream::connect(host)).await;
    let stream = connected.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    // Requests are small, and each waits for the answer to the one before.
    stream.set_nodelay(true)?;
    let (local, camera) = (stream.local_addr()?, stream.peer_addr()?);
    Ok((stream, local, camera))
}

/// The next packet of what is said; never without anybody who talks.
async fn next_said(talk: &mut Option<TalkSounds>) -> Option<RtspInput> {
    match talk {
        Some(talk) => talk.next().await,
        None => std::future::pending().await,
    }
}

impl PictureWatch {
    fn trouble(&mut self, receiver: &Receiver, now: Duration) -> Option<Reason> {
        let n_packets = receiver.stats().n_packets;
        if n_packets != self.n_packets {
            self.n_packets = n_packets;
            self.packet_at = now;
        }
        match receiver.trouble() {
            Some(MediaTrouble::NoParameterSets) => Some(Reason::NoParameterSets),
            None => (now - self.packet_at >= NO_PICTURE).then_some(Reason::NoPicture),
        }
    }
}
