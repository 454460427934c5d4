//! The task that owns the socket of one joined relay: it feeds `proto::joining::cloud_end` and passes the
//! book of open calls on.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::ws::WebSocket;
use proto::joining::book_change::BookChange;
use proto::joining::cloud_end::{CloudEnd, CloudEndEvent, CloudEndInput, DoorRules};
use proto::joining::message::TlsPlace;
use proto::joining::proof::JoinSecret;
use proto::link::leg::{IncomingFrame, SocketOutput, close};
use relay::call_book;
use relay::limits::BOOK_FEED;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{JoinedRelays, OnlineRelay, limits};
use crate::config::is_loopback;
use crate::connections::Seat;
use crate::links::socket;
use crate::links::timed_machine::TimedMachine;
use crate::state::State;

/// Numbers the sockets, to tell those of one relay apart.
static SOCKETS: AtomicU64 = AtomicU64::new(0);

struct RelayTask {
    state: State,
    relays: JoinedRelays,
    end: TimedMachine<CloudEnd>,
    seat: Option<Seat>,
    number: u64,
    joined: Option<Joined>,
    replaced: CancellationToken,
}

/// What a relay that is in has.
struct Joined {
    name: String,
    secret: JoinSecret,
    /// What of the book as it was is still to be passed on; `None` when it is whole.
    waiting: Option<VecDeque<BookChange>>,
    changes: mpsc::Receiver<BookChange>,
}

/// What the task of a relay's socket waits for.
enum RelayWake {
    Input(CloudEndInput),
    Due,
    Ready,
}

/// Serves one socket until it ends.
pub(super) async fn run(
    mut socket: WebSocket,
    (state, relays): (State, JoinedRelays),
    seat: Option<Seat>,
) {
    let rules = DoorRules {
        nonce: state.rng.token(),
        instance: relays.0.instance.clone(),
        relays: relays.known().to_vec(),
        nobodys: nobodys(&state),
    };
    let mut relay = RelayTask {
        end: TimedMachine::start(CloudEnd::new(rules, Duration::ZERO)),
        number: SOCKETS.fetch_add(1, Ordering::Relaxed),
        joined: None,
        replaced: CancellationToken::new(),
        seat,
        state,
        relays,
    };
    let close_code = loop {
        if let Err(close_code) = relay.act(&mut socket).await {
            break close_code;
        }
        match relay.next(&mut socket).await {
            RelayWake::Input(CloudEndInput::Frame(IncomingFrame::Gone)) => break None,
            RelayWake::Input(input) => relay.end.handle(input),
            RelayWake::Due => relay.end.handle_timeout(),
            RelayWake::Ready => relay.pass_on(),
        }
    };
    relay.end();
    if close_code.is_some() {
        socket::linger(socket, close_code).await;
    }
}

impl RelayTask {
    /// Does what is to do. Fails at the socket's end, as [`socket::send`] does.
    async fn act(&mut self, socket: &mut WebSocket) -> Result<(), Option<u16>> {
        while let Some(output) = self.end.poll_output() {
            match output {
                SocketOutput::Send(frame) => socket::send(socket, frame).await?,
                SocketOutput::Event(event) => self.handle(event),
            }
        }
        Ok(())
    }

    async fn next(&mut self, socket: &mut WebSocket) -> RelayWake {
        let is_ready = self.joined.as_ref().is_some_and(|of| of.waiting.is_some());
        let joined = self.joined.as_mut().filter(|_| !is_ready);
        tokio::select! {
            // 1. The end; 2. time, which a flood must not hold up; 3. what comes in, so that a long book
            // does not hide a relay's signs of life; 4. what is going out.
            biased;
            () = self.state.shutdown.cancelled() => end("the cloud stops"),
            () = self.replaced.cancelled() => end("another socket of this relay took over"),
            () = self.end.timeout() => RelayWake::Due,
            frame = socket::receive(socket) => RelayWake::Input(CloudEndInput::Frame(frame)),
            changes = next_changes(joined) => match changes {
                Some(changes) => RelayWake::Input(CloudEndInput::Changes(changes)),
                // It reconnects and gets the whole book.
                None => end("the relay does not keep up"),
            },
            () = std::future::ready(()), if is_ready => RelayWake::Ready,
        }
    }

    /// Passes some more of the book on.
    fn pass_on(&mut self) {
        let Some(joined) = &mut self.joined else {
            return;
        };
        let Some(waiting) = &mut joined.waiting else {
            return;
        };
        let n = waiting.len().min(limits::LINES_PER_TURN);
        let lines: Vec<BookChange> = waiting.drain(..n).collect();
        if waiting.is_empty() {
            joined.waiting = None;
        }
        let is_whole = joined.waiting.is_none();
        let lines = joined.veiled(lines);
        self.end.handle(CloudEndInput::Changes(lines));
        if is_whole {
            self.end.handle(CloudEndInput::Whole);
        }
    }

    fn handle(&mut self, event: CloudEndEvent) {
        match event {
            CloudEndEvent::Proven { name, origin } => {
                let is_ours = is_this_cloud(&origin, &self.state.public_url);
                if !is_ours {
                    tracing::warn!(
                        relay.name = name,
                        public_url = %self.state.public_url,
                        "refused a relay whose `cloud` is another address than the public one"
                    );
                }
                self.end.handle(CloudEndInput::Admit(is_ours));
            }
            CloudEndEvent::Joined {
                name,
                addresses,
                tls,
            } => self.joined(name, addresses, tls),
            CloudEndEvent::Refused => {
                // The name is a stranger's text.
                tracing::warn!("refused a relay that does not know its secret");
            }
            CloudEndEvent::Alive(is_alive) => {
                let name = self.name();
                if is_alive {
                    tracing::info!(relay.name = name, "a relay answers again");
                } else {
                    tracing::warn!(relay.name = name, "a relay is silent: it gets no new calls");
                }
                let change = |of: &mut OnlineRelay| of.is_alive = is_alive;
                self.relays.change(name, self.number, change);
            }
            CloudEndEvent::Load(n) => {
                let change = |of: &mut OnlineRelay| of.n_allocations = n;
                self.relays.change(self.name(), self.number, change);
            }
            CloudEndEvent::Draining => {
                let name = self.name();
                tracing::info!(
                    relay.name = name,
                    "a relay is shutting down: it gets no new calls"
                );
                let change = |of: &mut OnlineRelay| of.is_draining = true;
                self.relays.change(name, self.number, change);
            }
            CloudEndEvent::BeatDue => {
                let now = self.state.clock.unix_seconds();
                self.end.handle(CloudEndInput::Beat(now));
            }
        }
    }

    fn joined(&mut self, name: String, addresses: Vec<SocketAddr>, tls: Option<TlsPlace>) {
        let known = self.relays.known().iter().find(|(of, _)| *of == name);
        let Some((_, secret)) = known.cloned() else {
            return;
        };
        // It belongs to the operator: it is never evicted.
        if let Some(seat) = &self.seat {
            seat.becomes_call();
        }
        tracing::info!(relay.name = name, ?addresses, ?tls, "a relay has joined");
        let feed = self.relays.0.book.feed(BOOK_FEED);
        self.relays.insert(
            &name,
            OnlineRelay {
                number: self.number,
                addresses,
                tls,
                turn_secret: secret.turn_secret(),
                is_alive: true,
                is_draining: false,
                n_allocations: 0,
                replaced: self.replaced.clone(),
            },
        );
        self.joined = Some(Joined {
            name,
            secret,
            waiting: Some(feed.book.into()),
            changes: feed.changes,
        });
    }

    fn name(&self) -> &str {
        self.joined.as_ref().map_or("", |joined| &joined.name)
    }

    fn end(&self) {
        let now = self.state.clock.now();
        if self.joined.is_some() && self.relays.remove(self.name(), self.number, now) {
            tracing::warn!(relay.name = self.name(), "a joined relay is gone");
        }
    }
}

impl Joined {
    /// The same changes without the accounts, of which a relay knows only which calls belong together.
    fn veiled(&self, mut changes: Vec<BookChange>) -> Vec<BookChange> {
        for change in &mut changes {
            call_book::veil(change, &self.secret);
        }
        changes
    }
}

/// Waits for changes of the book; `None` if the relay did not keep up.
async fn next_changes(joined: Option<&mut Joined>) -> Option<Vec<BookChange>> {
    let Some(joined) = joined else {
        return std::future::pending().await;
    };
    let mut changes = vec![joined.changes.recv().await?];
    while changes.len() < limits::LINES_PER_TURN
        && let Ok(change) = joined.changes.try_recv()
    {
        changes.push(change);
    }
    Some(joined.veiled(changes))
}

fn end(reason: &'static str) -> RelayWake {
    let code = close::GOING_AWAY;
    RelayWake::Input(CloudEndInput::Close { code, reason })
}

/// A secret that no relay has.
fn nobodys(state: &State) -> JoinSecret {
    JoinSecret::parse(&state.rng.token()).expect("43 random characters are a secret")
}

/// Whether a relay looks for this cloud and was not passed on by another one.
fn is_this_cloud(origin: &str, public_url: &Url) -> bool {
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    // localhost, 127.0.0.1 and [::1] are the same machine.
    let is_same_machine = is_loopback(&origin)
        && is_loopback(public_url)
        && origin.scheme() == public_url.scheme()
        && origin.port_or_known_default() == public_url.port_or_known_default();
    origin.origin() == public_url.origin() || is_same_machine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_looks_for_another_cloud_is_recognized() {
        let ours: Url = "https://cloud.example.org/".parse().unwrap();

        assert!(is_this_cloud("https://cloud.example.org", &ours));
        assert!(is_this_cloud(
            "https://cloud.example.org:443/peerview",
            &ours
        ));
        for other in [
            "https://cloud.example.com",
            "http://cloud.example.org",
            "x",
            "",
        ] {
            assert!(!is_this_cloud(other, &ours), "{other}");
        }
        let local: Url = "http://127.0.0.1:8080/".parse().unwrap();
        assert!(is_this_cloud("http://localhost:8080", &local));
        assert!(!is_this_cloud("http://localhost:8081", &local));
    }
}
