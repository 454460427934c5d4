//! The task that owns one call: it feeds `proto::call` and carries out its outputs. It never waits
//! for a link or a viewer, so both may wait for it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use proto::call::event::{FromDevice, FromViewer, ToDevice, ToViewer};
use proto::call::{Call, CallInput, CallOutput, CallStart};
use proto::link::message::IceServer;
use proto::turn_credential::Role;
use tokio::sync::mpsc;

use super::sign_ins::WatchedSignIn;
use super::{Calls, ToCall, ToViewerSocket, Viewer, limits};
use crate::links::ToLink;
use crate::links::timed_machine::TimedMachine;
use crate::state::State;

/// The initial data of a call's task.
pub(super) struct CallContext {
    pub(super) session: String,
    pub(super) serial: String,
    pub(super) account_id: String,
    pub(super) sign_in: Arc<WatchedSignIn>,
    pub(super) start: CallStart,
    pub(super) viewer: Viewer,
    pub(super) agent_ip: IpAddr,
    pub(super) inbox: mpsc::Receiver<ToCall>,
    pub(super) is_left_alone: Arc<AtomicBool>,
}

struct CallTask {
    state: State,
    calls: Calls,
    call: TimedMachine<Call>,
    session: String,
    serial: String,
    account_id: String,
    viewer: Option<Viewer>,
    first_ips: [(Role, IpAddr); 2],
    is_left_alone: Arc<AtomicBool>,
    /// The first relayed address of the agent has come: its relay is the one that answered first.
    is_nearest_known: bool,
    /// When the agent's last credential and the one before were made, in Unix seconds.
    agent_servers_at: (u64, u64),
}

/// Removes the call from every book, however its task ends.
struct BookEntry {
    calls: Calls,
    session: String,
}

impl Drop for BookEntry {
    fn drop(&mut self) {
        self.calls.forget(&self.session);
        self.calls.relay().close(&self.session);
    }
}

/// Serves one call until it ends.
pub(super) async fn run(state: State, calls: Calls, context: CallContext) {
    let entry = BookEntry {
        calls: calls.clone(),
        session: context.session.clone(),
    };
    let mut inbox = context.inbox;
    let mut task = CallTask {
        call: TimedMachine::start(Call::new(context.start, Duration::ZERO)),
        session: context.session,
        serial: context.serial,
        account_id: context.account_id,
        first_ips: [
            (Role::Viewer, context.viewer.ip),
            (Role::Agent, context.agent_ip),
        ],
        viewer: Some(context.viewer),
        is_left_alone: context.is_left_alone,
        is_nearest_known: false,
        agent_servers_at: (state.clock.unix_seconds(), state.clock.unix_seconds()),
        state: state.clone(),
        calls,
    };
    while task.act() {
        tokio::select! {
            // The end and the session come before anything that a flood could send.
            biased;
            () = state.shutdown.cancelled() => break,
            () = context.sign_in.ended() => task.call.handle(CallInput::Close("signed out")),
            () = task.call.timeout() => task.call.handle_timeout(),
            Some(message) = inbox.recv() => task.feed(message),
        }
    }
    let n_dropped = task.call.n_dropped();
    tracing::debug!(call.id = %entry.session, candidates.dropped = n_dropped, "a call ended");
}

impl CallTask {
    fn feed(&mut self, message: ToCall) {
        match message {
            ToCall::Device(said) => self.call.handle(CallInput::Device(*said)),
            ToCall::Viewer(viewer, said) => {
                // A page that was reloaded, or whose network changed, goes on from another socket
                // and address.
                let known = self.viewer.as_ref().map(|known| known.number);
                // What a socket said before its page left it for a newer one arrives late, and answers
                // offers that are no longer under way. An end is an end.
                let is_older = known.is_some_and(|known| viewer.number < known);
                if is_older && !matches!(*said, FromViewer::Close { .. }) {
                    return;
                }
                if known.is_none_or(|known| viewer.number > known) {
                    self.calls
                        .relay()
                        .add_party_ip(&self.session, Role::Viewer, viewer.ip);
                    let was_elsewhere = self.viewer.replace(viewer).is_some();
                    if was_elsewhere {
                        self.call.handle(CallInput::Viewer(FromViewer::Moved));
                    }
                }
                self.call.handle(CallInput::Viewer(*said));
            }
            ToCall::ViewerGone(number) => {
                if self
                    .viewer
                    .as_ref()
                    .is_some_and(|known| known.number == number)
                {
                    self.viewer = None;
                    self.call.handle(CallInput::Viewer(FromViewer::Gone));
                }
            }
            ToCall::LinkUp(agent_ip) => {
                let book = self.calls.relay();
                book.add_party_ip(&self.session, Role::Agent, agent_ip);
                // The last one may be lost with the earlier link.
                self.agent_servers_at.0 = self.agent_servers_at.1;
                self.call.handle(CallInput::Device(FromDevice::Back));
            }
            ToCall::End(reason) => self.call.handle(CallInput::Close(reason)),
        }
    }

    /// Does everything that is due; false if the call is over.
    fn act(&mut self) -> bool {
        while let Some(output) = self.call.poll_output() {
            match output {
                CallOutput::LastsFor(time) => self.open_relay(time),
                CallOutput::PartyIp(role, ip) => {
                    if role == Role::Agent && !self.is_nearest_known {
                        self.is_nearest_known = self.calls.is_near(&self.serial, ip);
                    }
                    self.calls.relay().add_party_ip(&self.session, role, ip);
                }
                CallOutput::PartyIce(role, credential) => {
                    let book = self.calls.relay();
                    book.add_party_ice(&self.session, role, credential);
                }
                CallOutput::ToDevice(message) => {
                    let message = ToLink::OfCall(Box::new((self.session.clone(), message)));
                    // A full link counts as a broken one: the task of a call never waits for it.
                    if self.calls.links().tell(&self.serial, message).is_err() {
                        self.call.handle(CallInput::Device(FromDevice::Gone));
                    }
                }
                CallOutput::ToViewer(mut message) => {
                    self.refresh(&mut message);
                    let message = ToViewerSocket::new(&self.session, message);
                    let sent = self
                        .viewer
                        .as_ref()
                        .is_some_and(|viewer| viewer.outbox.try_send(message).is_ok());
                    // A viewer that does not read must not hold up its recorder: its socket counts
                    // as closed.
                    if !sent {
                        self.viewer = None;
                        self.call.handle(CallInput::Viewer(FromViewer::Gone));
                    }
                }
                CallOutput::Ended => {}
            }
        }
        self.is_left_alone
            .store(self.call.is_left_alone(), Ordering::Relaxed);
        !self.call.is_ended()
    }

    /// A restart gathers addresses anew at both ends, and the credentials of connect may have expired.
    fn refresh(&mut self, message: &mut ToViewer) {
        if let ToViewer::Invite(invite) = message
            && self.call.is_established()
        {
            invite.ice_servers = self.servers(Role::Viewer);
            self.refresh_agent();
        }
    }

    /// The agent has begun with the credential that it has. A new one follows its offer if that is old.
    fn refresh_agent(&mut self) {
        let now = self.state.clock.unix_seconds();
        let (last, _) = self.agent_servers_at;
        if now < last + limits::RENEW_TURN_SECONDS {
            return;
        }
        let servers = self.servers(Role::Agent);
        if servers.is_empty() {
            return;
        }
        let message = (self.session.clone(), ToDevice::IceServers(servers));
        // A full link counts as a broken one, which the next message to it finds out.
        let sent = self
            .calls
            .links()
            .tell(&self.serial, ToLink::OfCall(Box::new(message)));
        if sent.is_ok() {
            self.agent_servers_at = (now, last);
        }
    }

    fn servers(&self, role: Role) -> Vec<IceServer> {
        let (serial, session) = (&self.serial, &self.session);
        self.calls.servers(&self.state, serial, session, role)
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
