//! The running calls of one recorder, by session. They outlive the link that started them.

use std::collections::BTreeMap;
use std::time::Duration;

use proto::link::agent_side::CallReport;
use proto::link::message::{CallServers, Candidate, ConnectDevice, Invited};
use proto::rpc::RpcError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::call::{self, CallOrder};
use crate::link_context::LinkContext;

/// How long calls may take to end cleanly when the program stops.
const GOODBYE: Duration = Duration::from_millis(500);

/// All calls of a recorder.
pub(super) struct RecorderCalls {
    context: LinkContext,
    reports: mpsc::Sender<CallReport>,
    stop: CancellationToken,
    tasks: TaskTracker,
    running: BTreeMap<String, CallHandle>,
}

struct CallHandle {
    inbox: mpsc::Sender<CallOrder>,
    stop: CancellationToken,
}

impl RecorderCalls {
    pub(super) fn new(
        context: LinkContext,
        reports: mpsc::Sender<CallReport>,
        stop: CancellationToken,
    ) -> RecorderCalls {
        RecorderCalls {
            context,
            reports,
            stop,
            tasks: TaskTracker::new(),
            running: BTreeMap::new(),
        }
    }

    pub(super) fn sessions(&self) -> Vec<String> {
        self.running.keys().cloned().collect()
    }

    pub(super) fn start(&mut self, connect: ConnectDevice) {
        let (inbox, inputs) = mpsc::channel(call::limits::INPUTS);
        let stop = self.stop.child_token();
        let session = connect.session.clone();
        self.tasks.spawn(call::run(
            self.context.clone(),
            connect,
            inputs,
            self.reports.clone(),
            stop.clone(),
        ));
        self.running.insert(session, CallHandle { inbox, stop });
    }

    pub(super) fn answer(&self, session: &str, answer: Result<Invited, RpcError>) {
        self.hand(session, CallOrder::Answer(answer));
    }

    pub(super) fn candidate(&self, session: &str, candidate: Option<Candidate>) {
        let line = candidate.map(|candidate| candidate.candidate);
        self.hand(session, CallOrder::Candidate(line));
    }

    pub(super) fn extend(&self, session: &str, seconds: u64) {
        let expiry = Duration::from_secs(seconds);
        self.hand(session, CallOrder::Extend(expiry));
    }

    pub(super) fn restart(&self, session: &str) {
        self.hand(session, CallOrder::Restart);
    }

    pub(super) fn servers(&self, servers: CallServers) {
        let order = CallOrder::Servers(servers.ice_servers);
        self.hand(&servers.session, order);
    }

    /// Tells every call that there is a new link.
    pub(super) fn link_up(&self) {
        for session in self.running.keys() {
            self.hand(session, CallOrder::LinkUp);
        }
    }

    pub(super) fn close(&mut self, session: &str) {
        if let Some(running) = self.running.remove(session) {
            running.stop.cancel();
        }
    }

    pub(super) fn ended(&mut self, session: &str) {
        self.running.remove(session);
    }

    /// Ends all calls, and gives them a moment to notify the viewers.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(GOODBYE, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::debug!("a call took too long to close");
        }
    }

    fn hand(&self, session: &str, input: CallOrder) {
        let Some(running) = self.running.get(session) else {
            return;
        };
        // A call whose inbox is full has not read for a long time: it is stuck or flooded.
        if running.inbox.try_send(input).is_err() {
            running.stop.cancel();
        }
    }
}
