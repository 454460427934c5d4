//! Calls: one viewer connected to one recorder. The rules of one call are in `proto::call`, its
//! task is in `task`, and the viewers' sockets are in `viewer`. This file connects them.

mod book;
pub mod ice;
pub mod limits;
mod nearest;
pub mod orders;
mod sign_ins;
mod task;
pub mod test_calls;
mod viewer;

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::WebSocket;
use proto::call::event::{FromDevice, FromViewer, ToViewer};
use proto::call::{CallStart, are_apart, limits::LASTS};
use proto::link::message::{Connect, ConnectDevice, IceServer};
use proto::rights::{CallViewer, ViewerRole};
use proto::rpc::{Id, RpcError, code};
use proto::turn_credential::Role;
use tokio::sync::mpsc;

use crate::db::behind_pages;
use crate::links::limits::{
    MAX_VIEWERS, MAX_VIEWERS_PER_ACCOUNT, MAX_VIEWERS_PER_CLIENT, MAX_VIEWERS_PER_NETWORK,
};
use crate::links::socket::{SocketAdmission, SocketLimits, SocketPermit};
use crate::links::{CallListener, Links};
use crate::relays::JoinedRelays;
use crate::state::State;
use crate::visitor::{Client, SignedIn};
use book::{Book, BookedCall};
use ice::RelayAt;
use nearest::{Nearest, NearestRelays};
use relay::CallBook;
use relay::core::PerFamily;
use sign_ins::{SignIns, WatchedSignIn};
use test_calls::TestCalls;

/// Every call of this process; clones share it.
#[derive(Debug, Clone)]
pub struct Calls(Arc<CallsInner>);

#[derive(Debug)]
struct CallsInner {
    book: Mutex<Book>,
    sign_ins: SignIns,
    admission: SocketAdmission,
    last_viewer: AtomicU64,
    relay_at: Mutex<Option<RelayAt>>,
    links: Links,
    relay: CallBook,
    relays: JoinedRelays,
    nearest: NearestRelays,
    tests: TestCalls,
}

/// Messages to a call's task. Large ones are boxed, because every call has space for some.
#[derive(Debug)]
enum ToCall {
    Device(Box<FromDevice>),
    Viewer(Viewer, Box<FromViewer>),
    ViewerGone(u64),
    LinkUp(IpAddr),
    End(&'static str),
}

/// A message of a call to its viewer's socket, with its session id.
#[derive(Debug)]
struct ToViewerSocket(Box<(String, ToViewer)>);

impl ToViewerSocket {
    fn new(session: &str, message: ToViewer) -> ToViewerSocket {
        ToViewerSocket(Box::new((session.to_owned(), message)))
    }
}

/// One viewer's socket, as seen by calls.
#[derive(Debug, Clone)]
struct Viewer {
    number: u64,
    ip: IpAddr,
    outbox: mpsc::Sender<ToViewerSocket>,
}

/// A permitted call: the requester owns the recorder, and it is online.
struct Asking {
    id: Id,
    connect: Connect,
    serial: String,
    account_id: String,
    user_name: String,
    sign_in: Arc<WatchedSignIn>,
    viewer: Viewer,
    agent_ip: IpAddr,
}

impl Calls {
    /// No calls yet, for the recorders of these links; the relay knows calls from its book. A cloud
    /// with few connections accepts fewer viewers.
    pub fn new(
        connections: usize,
        links: Links,
        (relay, relays): (CallBook, JoinedRelays),
    ) -> Calls {
        let most = SocketLimits {
            all: MAX_VIEWERS,
            per_client: MAX_VIEWERS_PER_CLIENT,
            per_network: MAX_VIEWERS_PER_NETWORK,
            per_account: MAX_VIEWERS_PER_ACCOUNT,
        };
        Calls(Arc::new(CallsInner {
            book: Mutex::default(),
            sign_ins: SignIns::default(),
            admission: SocketAdmission::new(most.within(connections)),
            last_viewer: AtomicU64::new(0),
            relay_at: Mutex::default(),
            links,
            relay,
            relays,
            nearest: NearestRelays::default(),
            tests: TestCalls::default(),
        }))
    }

    /// A place for one more viewer socket, unless there are too many.
    pub(crate) fn admit(&self, client: &Client, account_id: &str) -> Option<SocketPermit> {
        self.0.admission.admit(client, Some(account_id))
    }

    /// Serves the socket of a viewer at this address until it ends.
    pub(crate) async fn serve(
        &self,
        socket: WebSocket,
        state: State,
        (who, ip): (SignedIn, IpAddr),
        permit: SocketPermit,
    ) {
        let (outbox, inbox) = mpsc::channel(limits::VIEWER_QUEUE);
        let me = Viewer {
            number: self.0.last_viewer.fetch_add(1, Ordering::Relaxed),
            // On a dual-stack socket an IPv4 peer is ::ffff:a.b.c.d; the relay knows it as a.b.c.d.
            ip: ip.to_canonical(),
            outbox,
        };
        let shared = (state, self.clone());
        // Behind pages: after a restart thousands of viewers come back at once.
        behind_pages(viewer::run(socket, shared, who, (me, inbox), permit)).await;
    }

    /// How many calls there are, running or being set up.
    pub fn n_calls(&self) -> usize {
        self.lock().len()
    }

    /// Sets the port that the relay listens on, which may be any, and its public addresses.
    pub fn set_relay(&self, port: u16, ips: PerFamily<Option<IpAddr>>) {
        *self.lock_relay_at() = Some(RelayAt { port, ips });
    }

    fn links(&self) -> &Links {
        &self.0.links
    }

    fn relay(&self) -> &CallBook {
        &self.0.relay
    }

    /// The STUN and TURN servers for one party of a call with this recorder.
    fn servers(&self, state: &State, serial: &str, call: &str, role: Role) -> Vec<IceServer> {
        let relay_at = *self.lock_relay_at();
        let nearest = self.0.nearest.of(serial);
        let relays = (relay_at, &self.0.relays, nearest.as_ref());
        ice::servers(state, relays, call, role)
    }

    /// An agent announced an address: if it is one of a relay, that one answered it first.
    fn is_near(&self, serial: &str, ip: IpAddr) -> bool {
        let own = self.lock_relay_at().is_some_and(|own| own.has(ip));
        let nearest = match self.0.relays.named_by(ip) {
            Some(name) => Some(Nearest::Joined(name)),
            None => own.then_some(Nearest::Own),
        };
        nearest.is_some_and(|nearest| {
            self.0.nearest.note(serial, nearest);
            true
        })
    }

    fn lock_relay_at(&self) -> MutexGuard<'_, Option<RelayAt>> {
        self.0
            .relay_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every call with a recorder, for example when its owner releases it.
    pub async fn end_with_recorder(&self, serial: &str, reason: &'static str) {
        // Copied out, because the lock must not be held while a full inbox is awaited.
        let calls = self.lock().of_recorder(serial);
        for call in calls {
            // A call whose task has ended does not need to be ended.
            call.inbox.send(ToCall::End(reason)).await.ok();
        }
    }

    /// Ends the calls that an account has with a recorder.
    pub async fn end_of_account(&self, account_id: &str, serial: &str, reason: &'static str) {
        let calls = self.lock().of_recorder(serial);
        for call in calls
            .into_iter()
            .filter(|call| call.account_id == account_id)
        {
            // A call whose task has ended does not need to be ended.
            call.inbox.send(ToCall::End(reason)).await.ok();
        }
    }

    /// A viewer said something about a call; returned unless the call belongs to its account.
    async fn viewer_said(
        &self,
        session: &str,
        account_id: &str,
        viewer: &Viewer,
        said: FromViewer,
    ) -> Result<(), FromViewer> {
        let inbox = self
            .lock()
            .find(session)
            // A session id is no permission: the call of another account looks like none.
            .filter(|call| call.account_id == account_id)
            .map(|call| call.inbox.clone());
        let Some(inbox) = inbox else { return Err(said) };
        match inbox
            .send(ToCall::Viewer(viewer.clone(), Box::new(said)))
            .await
        {
            Err(mpsc::error::SendError(ToCall::Viewer(_, said))) => Err(*said),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn viewer_gone(&self, session: &str, number: u64) {
        let inbox = self.lock().find(session).map(|call| call.inbox.clone());
        if let Some(inbox) = inbox {
            inbox.send(ToCall::ViewerGone(number)).await.ok();
        }
    }

    fn watch(&self, state: &State, session_id: &str) -> Arc<WatchedSignIn> {
        self.0.sign_ins.watch(state, session_id)
    }

    fn forget(&self, session: &str) {
        self.lock().remove(session);
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallListener for Calls {
    async fn link_gone(&self, serial: &str) {
        let calls = self.lock().of_recorder(serial);
        for call in calls {
            call.inbox
                .send(ToCall::Device(Box::new(FromDevice::Gone)))
                .await
                .ok();
        }
    }

    async fn link_up(&self, serial: &str, agent_ip: IpAddr) {
        let calls = self.lock().of_recorder(serial);
        for call in calls {
            call.inbox.send(ToCall::LinkUp(agent_ip)).await.ok();
        }
    }

    async fn device_said(
        &self,
        session: &str,
        serial: &str,
        said: FromDevice,
    ) -> Result<(), FromDevice> {
        let inbox = self
            .lock()
            .find(session)
            .filter(|call| call.serial == serial)
            .map(|call| call.inbox.clone());
        let Some(inbox) = inbox else { return Err(said) };
        match inbox.send(ToCall::Device(Box::new(said))).await {
            Err(mpsc::error::SendError(ToCall::Device(said))) => Err(*said),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Opens a call and returns its session id, or returns the request with the reason for refusing it.
fn open(state: &State, calls: &Calls, asking: Asking) -> Result<String, (Id, RpcError)> {
    let session = state.rng.id();
    let (inbox, receiver) = mpsc::channel(limits::CALL_QUEUE);
    let entry = BookedCall {
        serial: asking.serial.clone(),
        account_id: asking.account_id.clone(),
        inbox,
        is_left_alone: Arc::default(),
        number: 0,
    };
    let is_left_alone = entry.is_left_alone.clone();
    let gone = match calls.lock().insert(&session, entry) {
        Ok(gone) => gone,
        Err(book::BookFull) => {
            return Err((
                asking.id,
                RpcError::new(code::RESOURCES, "too many calls are open"),
            ));
        }
    };
    for call in gone {
        // Abandoned calls have empty inboxes; a call with a full one ends when its time is up.
        call.inbox
            .try_send(ToCall::End("a newer call took its place"))
            .ok();
    }
    let connect = ConnectDevice {
        session: session.clone(),
        profile: asking.connect.profile,
        ice_servers: calls.servers(state, &asking.serial, &session, Role::Agent),
        expiry_time_seconds: None,
        slots: asking.connect.slots,
        watch: asking.connect.watch,
        estimate: asking.connect.estimate,
        // Only an owner has calls; others would come with what is granted to them.
        viewer: CallViewer {
            name: asking.user_name,
            role: ViewerRole::Owner,
            grants: Vec::new(),
        },
    };
    let viewer_servers = calls.servers(state, &asking.serial, &session, Role::Viewer);
    // A relay refuses private addresses, and one that allows them is given them a moment later.
    let is_apart = asking.connect.relayed || are_apart(asking.viewer.ip, asking.agent_ip);
    let context = task::CallContext {
        session: session.clone(),
        serial: asking.serial,
        account_id: asking.account_id,
        sign_in: asking.sign_in,
        start: CallStart {
            id: asking.id,
            connect,
            viewer_servers,
            lasts: LASTS,
            is_apart,
        },
        viewer: asking.viewer,
        agent_ip: asking.agent_ip,
        inbox: receiver,
        is_left_alone,
    };
    tokio::spawn(task::run(state.clone(), calls.clone(), context));
    Ok(session)
}
