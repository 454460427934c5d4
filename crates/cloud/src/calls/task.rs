//! The task that owns one call: it feeds `proto::call` and carries out its outputs. It never waits
//! for a link or a viewer, so both may wait for it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use proto::call::event::{FromDevice, FromViewer};
use proto::call::{Call, Output, Start};
use proto::turn_credential::Role;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::sign_ins::SignIn;
use super::{Calls, ToCall, ToViewerSocket, Viewer};
use crate::links::ToLink;
use crate::state::State;

/// The initial data of a call's task.
pub(super) struct Begin {
    pub(super) session: String,
    pub(super) serial: String,
    pub(super) account_id: String,
    pub(super) sign_in: Arc<SignIn>,
    pub(super) start: Start,
    pub(super) viewer: Viewer,
    pub(super) agent_ip: IpAddr,
    pub(super) inbox: mpsc::Receiver<ToCall>,
    pub(super) is_left_alone: Arc<AtomicBool>,
}

struct Running {
    state: State,
    calls: Calls,
    call: Call,
    session: String,
    serial: String,
    account_id: String,
    viewer: Option<Viewer>,
    first_ips: [(Role, IpAddr); 2],
    is_left_alone: Arc<AtomicBool>,
    started: Instant,
}

/// Removes the call from every book, however its task ends.
struct Entered {
    calls: Calls,
    session: String,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.calls.forget(&self.session);
        self.calls.relay().close(&self.session);
    }
}

/// Serves one call until it ends.
pub(super) async fn run(state: State, calls: Calls, begin: Begin) {
    let entered = Entered {
        calls: calls.clone(),
        session: begin.session.clone(),
    };
    let mut inbox = begin.inbox;
    let mut running = Running {
        call: Call::new(begin.start, Duration::ZERO),
        session: begin.session,
        serial: begin.serial,
        account_id: begin.account_id,
        first_ips: [
            (Role::Viewer, begin.viewer.ip),
            (Role::Agent, begin.agent_ip),
        ],
        viewer: Some(begin.viewer),
        is_left_alone: begin.is_left_alone,
        started: Instant::now(),
        state: state.clone(),
        calls,
    };
    while running.act() {
        let deadline = running.started + running.call.poll_timeout();
        tokio::select! {
            // The end and the session come before anything that a flood could send.
            biased;
            () = state.shutdown.cancelled() => break,
            () = begin.sign_in.ended() => running.call.close("signed out"),
            () = tokio::time::sleep_until(deadline) => running.call.handle_timeout(running.started.elapsed()),
            Some(message) = inbox.recv() => running.feed(message),
        }
    }
    let n_dropped = running.call.n_dropped();
    tracing::debug!(call.id = %entered.session, candidates.dropped = n_dropped, "a call ended");
}

impl Running {
    fn feed(&mut self, message: ToCall) {
        let now = self.started.elapsed();
        match message {
            ToCall::Device(said) => self.call.handle_device(*said, now),
            ToCall::Viewer(viewer, said) => {
                // A page that was reloaded, or whose network changed, goes on from another socket
                // and address.
                let is_another = self
                    .viewer
                    .as_ref()
                    .is_none_or(|known| known.number != viewer.number);
                if is_another {
                    self.calls
                        .relay()
                        .add_party_ip(&self.session, Role::Viewer, viewer.ip);
                    self.viewer = Some(viewer);
                }
                self.call.handle_viewer(*said);
            }
            ToCall::ViewerGone(number) => {
                if self
                    .viewer
                    .as_ref()
                    .is_some_and(|known| known.number == number)
                {
                    self.viewer = None;
                    self.call.handle_viewer(FromViewer::Gone);
                }
            }
            ToCall::End(reason) => self.call.close(reason),
        }
    }

    /// Does everything that is due; false if the call is over.
    fn act(&mut self) -> bool {
        while let Some(output) = self.call.poll_output() {
            match output {
                Output::LastsFor(time) => self.open_relay(time),
                Output::PartyIp(role, ip) => {
                    self.calls.relay().add_party_ip(&self.session, role, ip);
                }
                Output::PartyIce(role, credential) => {
                    let book = self.calls.relay();
                    book.add_party_ice(&self.session, role, credential);
                }
                Output::ToDevice(message) => {
                    let message = ToLink::OfCall(Box::new((self.session.clone(), message)));
                    // A full link counts as a broken one: the task of a call never waits for it.
                    if self.calls.links().tell(&self.serial, message).is_err() {
                        let now = self.started.elapsed();
                        self.call.handle_device(FromDevice::Gone, now);
                    }
                }
                Output::ToViewer(message) => {
                    let message = ToViewerSocket::new(&self.session, message);
                    let sent = self
                        .viewer
                        .as_ref()
                        .is_some_and(|viewer| viewer.outbox.try_send(message).is_ok());
                    // A viewer that does not read must not hold up its recorder: its socket counts
                    // as closed.
                    if !sent {
                        self.viewer = None;
                        self.call.handle_viewer(FromViewer::Gone);
                    }
                }
                Output::Ended => {}
            }
        }
        self.is_left_alone
            .store(self.call.is_left_alone(), Ordering::Relaxed);
        !self.call.is_ended()
    }

    fn open_relay(&self, time: Duration) {
        let until = self.state.clock.unix_seconds() + time.as_secs();
        // All relayed data of an account's calls is counted together, for any recorder.
        self.calls
            .relay()
            .open(&self.session, &self.account_id, until);
        for (role, ip) in self.first_ips {
            self.calls.relay().add_party_ip(&self.session, role, ip);
        }
    }
}
