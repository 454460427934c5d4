//! The socket of a joined relay to its cloud: connects, joins, mirrors the call book, and reconnects whenever
//! it breaks. `proto::joining::relay_end` decides what to send.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use agent::cloud_endpoint::{CloudEndpoint, CloudWebSocket};
use anyhow::{Context, bail};
use cloud::random::Random;
use futures_util::{SinkExt, StreamExt};
use proto::backoff::Backoff;
use proto::joining::message::TlsPlace;
use proto::joining::proof::JoinSecret;
use proto::joining::relay_end::{JoinAs, RelayEnd, RelayEndEvent, RelayEndInput};
use proto::joining::{PATH, REFUSED, SUBPROTOCOL};
use proto::link::leg::{IncomingFrame, OutgoingFrame, SocketOutput};
use proto::machine::Machine;
use relay::{Counters, Mirror};
use rustls::ClientConfig;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::cloud_clock::CloudClock;

/// Maximum time to send one message.
const SEND: Duration = Duration::from_secs(10);
/// Waits between two tries, growing.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// The same reason is logged again after this many tries.
const SAY_AGAIN: u32 = 40;

/// Everything that the socket needs.
pub(super) struct CloudSocket {
    pub(super) cloud: Url,
    pub(super) tls: Arc<ClientConfig>,
    pub(super) name: String,
    pub(super) secret: JoinSecret,
    /// Where clients reach the relay.
    pub(super) addresses: Vec<SocketAddr>,
    /// Where it takes TURN over TLS, if it does.
    pub(super) place_in_tls: Option<TlsPlace>,
    pub(super) mirror: Mirror,
    pub(super) clock: CloudClock,
    pub(super) counters: Counters,
}

/// One connection.
struct Connection<'a> {
    of: &'a CloudSocket,
    socket: CloudWebSocket,
    end: RelayEnd,
    start: Instant,
    has_joined: bool,
}

impl CloudSocket {
    /// Stays joined until `stop`. From `draining` on, the cloud knows that the relay is about to end.
    pub(super) async fn run(self, draining: CancellationToken, stop: CancellationToken) {
        let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        let (mut said, mut n_same) = (String::new(), 0);
        loop {
            let mut has_joined = false;
            let joined = self.join(&draining, &mut has_joined);
            let Some(ended) = stop.run_until_cancelled(joined).await else {
                return;
            };
            self.mirror.lost(self.clock.unix_seconds());
            if has_joined {
                backoff.succeeded();
            }
            let reason = format!(
                "{:#}",
                ended.err().unwrap_or_else(|| anyhow::anyhow!("closed"))
            );
            n_same = if reason == said { n_same + 1 } else { 0 };
            if n_same % SAY_AGAIN == 0 {
                tracing::warn!(
                    reason,
                    "the cloud is unreachable; running calls continue for a while"
                );
            }
            said = reason;
            let wait = backoff.next_wait(Random.u32());
            if stop
                .run_until_cancelled(tokio::time::sleep(wait))
                .await
                .is_none()
            {
                return;
            }
        }
    }

    /// Connects and serves until the connection breaks.
    async fn join(
        &self,
        draining: &CancellationToken,
        has_joined: &mut bool,
    ) -> anyhow::Result<()> {
        let who = JoinAs {
            name: self.name.clone(),
            secret: self.secret.clone(),
            origin: self.cloud.origin().ascii_serialization(),
            addresses: self.addresses.clone(),
            tls: self.place_in_tls.clone(),
            nonce: Random.token(),
        };
        let mut connection = Connection {
            socket: self.connect().await?,
            of: self,
            end: RelayEnd::new(who, Duration::ZERO),
            start: Instant::now(),
            has_joined: false,
        };
        let ended = connection.serve(draining).await;
        *has_joined = connection.has_joined;
        ended
    }

    async fn connect(&self) -> anyhow::Result<CloudWebSocket> {
        let to = CloudEndpoint {
            path: PATH,
            subprotocol: SUBPROTOCOL,
            table: "relay",
        };
        let connected = to.connect(&self.cloud, self.tls.clone()).await;
        connected.map_err(|error| match is_answered(&error) {
            true => error.context(
                "the cloud has no place for relays; it needs [[cloud.relay.joined]] with the name \
                 of this one",
            ),
            false => error,
        })
    }
}

/// Whether something answered and refused the socket.
fn is_answered(error: &anyhow::Error) -> bool {
    let mut causes = error.chain();
    causes.any(|cause| {
        let cause = cause.downcast_ref::<tungstenite::Error>();
        matches!(cause, Some(tungstenite::Error::Http(_)))
    })
}

impl Connection<'_> {
    async fn serve(&mut self, draining: &CancellationToken) -> anyhow::Result<()> {
        let mut has_drained = false;
        loop {
            self.act().await?;
            let due = self.end.poll_timeout();
            let Some(due) = due else {
                bail!("the connection ended");
            };
            tokio::select! {
                biased;
                () = draining.cancelled(), if self.has_joined && !has_drained => {
                    has_drained = true;
                    self.end.handle(RelayEndInput::Drain, self.start.elapsed());
                }
                () = tokio::time::sleep_until(self.start + due) => {
                    self.end.handle_timeout(self.start.elapsed());
                }
                message = self.socket.next() => {
                    let message = message.context("the cloud closed the connection")?;
                    self.receive(message.context("reading from the cloud")?)?;
                }
            }
        }
    }

    fn receive(&mut self, message: Message) -> anyhow::Result<()> {
        let frame = match message {
            Message::Text(text) => IncomingFrame::Text(text.as_str().to_owned()),
            Message::Binary(_) => IncomingFrame::Binary,
            Message::Ping(_) => IncomingFrame::Ping,
            Message::Close(Some(frame)) => bail!("{}", farewell(&frame)),
            Message::Close(None) => bail!("the cloud closed the connection"),
            Message::Pong(_) | Message::Frame(_) => return Ok(()),
        };
        let now = self.start.elapsed();
        self.end.handle(RelayEndInput::Frame(frame), now);
        Ok(())
    }

    /// Does what is to do.
    async fn act(&mut self) -> anyhow::Result<()> {
        while let Some(output) = self.end.poll_output() {
            match output {
                SocketOutput::Send(frame) => self.send(frame).await?,
                SocketOutput::Event(event) => self.handle(event)?,
            }
        }
        Ok(())
    }

    fn handle(&mut self, event: RelayEndEvent) -> anyhow::Result<()> {
        let of = self.of;
        match event {
            RelayEndEvent::Joined { instance } => {
                self.has_joined = true;
                tracing::info!(cloud = %of.cloud, "joined the cloud");
                of.mirror.joined(&instance);
            }
            RelayEndEvent::Changes(changes) => {
                changes.iter().for_each(|change| of.mirror.apply(change));
            }
            RelayEndEvent::Whole => of.mirror.whole(of.clock.unix_seconds()),
            RelayEndEvent::CloudTime(now) => of.clock.set(now),
            RelayEndEvent::BeatDue => {
                let n = of.counters.read().allocations_now;
                self.end
                    .handle(RelayEndInput::Beat(n), self.start.elapsed());
            }
            RelayEndEvent::NotOurCloud => {
                bail!(
                    "the server at {} does not know this relay's secret",
                    of.cloud
                )
            }
        }
        Ok(())
    }

    async fn send(&mut self, frame: OutgoingFrame) -> anyhow::Result<()> {
        let message = match frame {
            OutgoingFrame::Text(text) => Message::text(text),
            OutgoingFrame::Ping(payload) => Message::Ping(Bytes::copy_from_slice(&payload)),
            OutgoingFrame::Close { code, reason } => Message::Close(Some(CloseFrame {
                code: code.into(),
                reason: reason.into(),
            })),
        };
        tokio::time::timeout(SEND, self.socket.send(message))
            .await
            .context("the cloud accepts no more messages")?
            .context("sending to the cloud")
    }
}

/// Why the cloud closed, for the operator.
fn farewell(frame: &CloseFrame) -> String {
    if u16::from(frame.code) == REFUSED {
        return "the cloud refused this relay: `name` and the secret must be those of a \
                [[cloud.relay.joined]] table there, and `cloud` must be its public address"
            .to_owned();
    }
    format!(
        "the cloud closed the connection ({})",
        u16::from(frame.code)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_compare() {
        let frame = CloseFrame {
            code: REFUSED.into(),
            reason: "refused".into(),
        };

        assert!(farewell(&frame).contains("[[cloud.relay.joined]]"));
    }
}
