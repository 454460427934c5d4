//! The link of one recorder to the cloud: one WebSocket, which is reconnected whenever it breaks.
//! [`AgentSide`] decides what is sent; this module has the socket, the clock and the calls.
//!
//! Calls are not part of a link: they continue while the cloud is unreachable.

mod calls;
mod recorder_news;
mod second_socket;
mod socket;
mod work;

use std::time::Duration;

use proto::backoff::Backoff;
use proto::link::agent_side::{AgentInput, AgentOutput, AgentSide, CallReport};
use proto::link::work::WorkDemand;
use proto::machine::Machine;
use proto::rpc::{RpcError, code};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::addresses::AddressWatch;
use crate::call;
use crate::link_context::LinkContext;
use crate::status::LinkState;
use crate::unix_time::unix_seconds;
use calls::RecorderCalls;
use recorder_news::RecorderNews;
use second_socket::SecondSocket;
use socket::LinkSocket;
use work::BackgroundWork;

/// First delay before the cloud is tried again.
const RETRY_FIRST: Duration = Duration::from_secs(1);
/// Maximum delay before the cloud is tried again.
const RETRY_MOST: Duration = Duration::from_secs(60);
/// First delay after the cloud refused the recorder's key; trying sooner would not help.
const REFUSED_FIRST: Duration = Duration::from_secs(120);
/// Maximum delay after the cloud refused the recorder's key.
const REFUSED_MOST: Duration = Duration::from_secs(600);

/// Keeps the link of one recorder connected until `shutdown`.
pub async fn run(context: LinkContext, shutdown: CancellationToken) {
    install_crypto();
    // Nobody waits for it; it should be ready before the first viewer connects.
    drop(tokio::task::spawn_blocking(peer::Endpoint::warm_up));
    let (reports, inbox) = mpsc::channel(call::limits::REPORTS);
    let mut link = Link {
        calls: RecorderCalls::new(context.clone(), reports, shutdown.child_token()),
        addresses: context.addresses.clone(),
        nonce: None,
        context,
        inbox,
        start: Instant::now(),
    };
    let mut broken = Backoff::new(RETRY_FIRST, RETRY_MOST);
    let mut refused = Backoff::new(REFUSED_FIRST, REFUSED_MOST);
    while !shutdown.is_cancelled() {
        let end = tokio::select! {
            end = link.session() => end,
            () = shutdown.cancelled() => break,
        };
        let serial = link.context.identity.serial().clone();
        let wait = match end {
            End::Broken { was_up, error } => {
                // Only a registration counts: a cloud may accept sockets and drop them again.
                if was_up {
                    broken.succeeded();
                    refused.succeeded();
                }
                tracing::warn!(recorder.serial = %serial, "link to the cloud is down: {error:#}");
                link.fails(LinkState::Down, &format!("{error:#}"));
                broken.next_wait(rand::random())
            }
            End::Refused(error) => {
                let words = refusal(&error);
                tracing::error!(recorder.serial = %serial, "{words}");
                link.fails(LinkState::Refused, &words);
                refused.next_wait(rand::random())
            }
        };
        tokio::select! {
            is_elsewhere = link.idle(wait) => if is_elsewhere {
                broken.succeeded();
            },
            () = shutdown.cancelled() => break,
        }
    }
    link.calls.stop().await;
}

/// If the process has already installed a provider, that one stays.
fn install_crypto() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

fn refusal(error: &RpcError) -> String {
    match error.code {
        code::CONFLICT => "the cloud knows this serial number with another key: \
            was the data folder copied or lost? The owner has to remove the recorder first"
            .to_owned(),
        code::TOO_MANY => {
            "the cloud asks for more work than this program does before it takes another new \
            recorder from this network: leave it running, it registers by itself once fewer come"
                .to_owned()
        }
        code::UNAUTHORIZED => {
            "the cloud did not accept this recorder's key: is the cloud's address right?".to_owned()
        }
        _ => format!("the cloud refused this recorder: {error}"),
    }
}

struct Link {
    context: LinkContext,
    calls: RecorderCalls,
    inbox: mpsc::Receiver<CallReport>,
    addresses: AddressWatch,
    /// Of the last link that was up: the next one replaces it.
    nonce: Option<String>,
    start: Instant,
}

enum End {
    Broken { was_up: bool, error: anyhow::Error },
    Refused(RpcError),
}

/// Why a socket is no longer used, besides errors.
enum Talked {
    Refused(RpcError),
    /// It was in doubt, and this one is open.
    Replaced(Box<LinkSocket>),
}

impl Link {
    /// One link from connect to close, over one WebSocket after the other.
    async fn session(&mut self) -> End {
        let mut was_up = false;
        match self.converse(&mut was_up).await {
            Ok(refusal) => End::Refused(refusal),
            Err(error) => End::Broken { was_up, error },
        }
    }

    async fn converse(&mut self, was_up: &mut bool) -> anyhow::Result<RpcError> {
        let (cloud, tls) = (self.context.cloud.clone(), self.context.tls.clone());
        let mut addresses = self.addresses.clone();
        let connected = loop {
            // Calls go on meanwhile, and their reports must not fill the inbox.
            tokio::select! {
                connected = LinkSocket::connect(&cloud, tls.clone()) => break connected,
                // A try from an address that is gone would only end with its time limit.
                () = addresses.changed() => {}
                () = self.drop_reports() => anyhow::bail!("the calls are gone"),
            }
        };
        self.addresses = addresses;
        let mut socket = connected?;
        loop {
            match self.talk(socket, was_up).await? {
                Talked::Refused(refusal) => return Ok(refusal),
                Talked::Replaced(another) => {
                    tracing::info!("the link to the cloud did not answer; another one is open");
                    socket = *another;
                }
            }
        }
    }

    async fn talk(&mut self, mut socket: LinkSocket, was_up: &mut bool) -> anyhow::Result<Talked> {
        let mut news = RecorderNews::new(&self.context);
        let known = news.current();
        let live = self.calls.sessions();
        let side = AgentSide::new(&self.context.name, known, live, self.now());
        let mut side = side.replacing(self.nonce.clone());
        let mut reach = self.context.port_mapping.reach();
        side.handle(AgentInput::Reach(*reach.borrow_and_update()), self.now());
        let mut work = BackgroundWork::default();
        let mut second = SecondSocket::default();
        loop {
            while let Some(output) = side.poll_output() {
                match output {
                    AgentOutput::Registered(public_url) => {
                        *was_up = true;
                        self.registered(public_url, work.nonce.clone());
                    }
                    AgentOutput::Work(demand) => self.begin_work(&mut work, demand),
                    AgentOutput::Prove(challenge) => {
                        work.nonce.clone_from(&challenge.nonce);
                        self.act(AgentOutput::Prove(challenge), &mut side, &mut socket)
                            .await?;
                    }
                    AgentOutput::Doubtful => second.begin(&self.context, &self.addresses),
                    AgentOutput::Refused(error) => return Ok(Talked::Refused(error)),
                    AgentOutput::Dead(reason) => anyhow::bail!("{reason}"),
                    output => self.act(output, &mut side, &mut socket).await?,
                }
            }
            let due = side.poll_timeout();
            let input = tokio::select! {
                input = socket.next() => {
                    second.stop();
                    input?
                }
                another = second.opened() => return Ok(Talked::Replaced(another)),
                () = self.addresses.changed() => AgentInput::Doubt,
                numbers = work.done() => AgentInput::Work(numbers),
                report = self.inbox.recv() => {
                    let report = report.ok_or_else(|| anyhow::anyhow!("the calls are gone"))?;
                    self.note_end(&report);
                    AgentInput::OfCall(report)
                }
                () = news.changed() => AgentInput::Cameras(news.current()),
                Ok(()) = reach.changed() => AgentInput::Reach(*reach.borrow_and_update()),
                () = sleep_until(self.start, due) => {
                    side.handle_timeout(self.now());
                    continue;
                }
            };
            side.handle(input, self.now());
        }
    }

    fn begin_work(&self, work: &mut BackgroundWork, demand: WorkDemand) {
        let serial = self.context.identity.serial();
        tracing::info!(recorder.serial = %serial, bits = demand.bits,
            "the cloud requires proof of work before it accepts a new recorder");
        work.begin(serial.as_str(), demand);
    }

    /// The cloud has accepted the recorder on a socket with this nonce.
    fn registered(&mut self, public_url: Option<String>, nonce: String) {
        if let Some(url) = public_url {
            self.context.public_url.learn(&url);
        }
        self.nonce = Some(nonce);
        self.calls.link_up();
        let now = unix_seconds();
        let report = &self.context.report;
        report.send_modify(|report| report.becomes(LinkState::Up, now));
        let serial = self.context.identity.serial();
        tracing::info!(recorder.serial = %serial, "link to the cloud is up");
    }

    /// Says why there is no link, in the status file.
    fn fails(&self, state: LinkState, words: &str) {
        let now = unix_seconds();
        let report = &self.context.report;
        report.send_modify(|report| report.fails(state, words, now));
    }

    /// Executes the actions that the link's rules request.
    async fn act(
        &mut self,
        output: AgentOutput,
        side: &mut AgentSide,
        socket: &mut LinkSocket,
    ) -> anyhow::Result<()> {
        match output {
            AgentOutput::Send(text) => socket.send(text).await?,
            AgentOutput::Ping => socket.ping().await?,
            AgentOutput::Prove(challenge) => {
                let identity = &self.context.identity;
                let proof = identity.key().prove(
                    identity.serial(),
                    &challenge.nonce,
                    &challenge.host,
                    unix_seconds(),
                );
                side.handle(AgentInput::Proof(proof), self.now());
            }
            AgentOutput::Connect(connect) => self.calls.start(connect),
            AgentOutput::Answer(session, answer) => self.calls.answer(&session, answer),
            AgentOutput::Candidate(session, candidate) => {
                self.calls.candidate(&session, candidate);
            }
            AgentOutput::Restart(session) => self.calls.restart(&session),
            AgentOutput::IceServers(servers) => self.calls.servers(servers),
            AgentOutput::Extend(session, seconds) => self.calls.extend(&session, seconds),
            AgentOutput::Close(session) => self.calls.close(&session),
            AgentOutput::Claim(id, claim) => {
                let context = self.context.clone();
                // The number of wrong codes is written to disk before the answer is sent.
                let judge = move || context.claim(&claim.code, &claim.account);
                let answer = tokio::task::spawn_blocking(judge).await?;
                side.handle(
                    AgentInput::Verdict(id, answer, self.context.own_name()),
                    self.now(),
                );
            }
            AgentOutput::Work(_)
            | AgentOutput::Registered(_)
            | AgentOutput::Doubtful
            | AgentOutput::Refused(_)
            | AgentOutput::Dead(_) => {}
        }
        Ok(())
    }

    fn note_end(&mut self, report: &CallReport) {
        if let CallReport::Ended { session, .. } = report {
            self.calls.ended(session);
        }
    }

    /// Waits while the cloud is unreachable; calls continue and may end in the meantime. Returns early,
    /// and true, if this machine has moved to another network.
    async fn idle(&mut self, wait: Duration) -> bool {
        let mut addresses = self.addresses.clone();
        let is_elsewhere = tokio::select! {
            () = tokio::time::sleep(wait) => false,
            () = addresses.changed() => true,
            () = self.drop_reports() => false,
        };
        self.addresses = addresses;
        is_elsewhere
    }

    /// Without a link there is nobody to tell; only ends are noted. Calls repeat their offers themselves.
    async fn drop_reports(&mut self) {
        while let Some(report) = self.inbox.recv().await {
            self.note_end(&report);
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

/// Waits for a moment of a machine's time, for ever where there is none.
async fn sleep_until(start: Instant, due: Option<Duration>) {
    match due {
        Some(due) => tokio::time::sleep_until(start + due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_key_is_explained() {
        let conflict = refusal(&RpcError::new(code::CONFLICT, "other key"));
        let unknown = refusal(&RpcError::new(code::UNAUTHORIZED, "no"));
        let work = refusal(&RpcError::new(code::TOO_MANY, "work"));

        assert!(conflict.contains("another key"), "{conflict}");
        assert!(unknown.contains("address"), "{unknown}");
        assert!(work.contains("leave it running"), "{work}");
    }
}
