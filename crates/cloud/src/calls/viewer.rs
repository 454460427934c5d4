//! The task that owns one viewer's socket: it feeds `proto::link::viewer_side`, checks permission
//! on every connect, and announces the presence of the account's own recorders.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::WebSocket;
use proto::identity::Serial;
use proto::link::leg::{IncomingFrame, SocketOutput, close};
use proto::link::message::{Connect, Presence};
use proto::link::viewer_side::{Event, ViewerInput, ViewerSide};
use proto::rpc::{Id, RpcError, code};
use tokio::sync::mpsc;

use super::sign_ins::WatchedSignIn;
use super::{Asking, Calls, ToViewerSocket, Viewer};
use crate::accounts::{arrangement, session};
use crate::db::recorders::{self, Recorder};
use crate::links::socket::{self, SocketPermit};
use crate::links::timed_machine::TimedMachine;
use crate::links::watchers::{Stale, Watching};
use crate::state::State;
use crate::visitor::SignedIn;

struct ViewerTask {
    state: State,
    all_calls: Calls,
    who: SignedIn,
    sign_in: Arc<WatchedSignIn>,
    me: Viewer,
    side: TimedMachine<ViewerSide>,
    watching: Option<Watching>,
    /// Calls of this socket, which are notified when it closes.
    calls: std::collections::BTreeSet<String>,
}

/// What a viewer's task waits for.
enum Wake {
    Input(ViewerInput),
    Stale(Stale),
    Due,
}

/// Serves one viewer's socket until it ends.
pub(super) async fn run(
    mut socket: WebSocket,
    (state, calls): (State, Calls),
    who: SignedIn,
    (me, mut inbox): (Viewer, mpsc::Receiver<ToViewerSocket>),
    permit: SocketPermit,
) {
    let side = ViewerSide::new(state.rng.id(), Duration::ZERO);
    let mut viewer = ViewerTask {
        side: TimedMachine::start(side),
        watching: None,
        calls: std::collections::BTreeSet::new(),
        sign_in: calls.watch(&state, &who.session_id),
        all_calls: calls,
        state,
        who,
        me,
    };
    let close_code = loop {
        if let Err(close_code) = viewer.act(&mut socket).await {
            break close_code;
        }
        let wake = tokio::select! {
            // 1. The end; 2. time, which a flood must not hold up; 3. what is going out; 4. what comes in.
            biased;
            () = viewer.state.shutdown.cancelled() => end(close::GOING_AWAY, "the cloud stops"),
            () = viewer.sign_in.ended() => end(close::SIGNED_OUT, "signed out"),
            () = viewer.side.timeout() => Wake::Due,
            Some(ToViewerSocket(boxed)) = inbox.recv() => {
                let (session, message) = *boxed;
                Wake::Input(ViewerInput::OfCall { session, message })
            }
            stale = changed(viewer.watching.as_ref()) => Wake::Stale(stale),
            frame = socket::receive(&mut socket) => Wake::Input(ViewerInput::Frame(frame)),
        };
        match wake {
            Wake::Input(ViewerInput::Frame(IncomingFrame::Gone)) => break None,
            Wake::Input(input) => viewer.side.handle(input),
            Wake::Stale(stale) => viewer.tell(stale).await,
            Wake::Due => viewer.side.handle_timeout(),
        }
    };
    viewer.end().await;
    if close_code.is_some() {
        socket::linger(socket, close_code).await;
    }
    // Held until here, so that lingering sockets count, too.
    drop(permit);
}

fn end(code: u16, reason: &'static str) -> Wake {
    Wake::Input(ViewerInput::Close { code, reason })
}

async fn changed(watching: Option<&Watching>) -> Stale {
    match watching {
        Some(watching) => watching.changed().await,
        None => std::future::pending().await,
    }
}

impl ViewerTask {
    /// Does what is to do. Fails at the socket's end, as [`socket::send`] does.
    async fn act(&mut self, socket: &mut WebSocket) -> Result<(), Option<u16>> {
        while let Some(output) = self.side.poll_output() {
            match output {
                SocketOutput::Send(frame) => socket::send(socket, frame).await?,
                SocketOutput::Event(event) => self.handle(event).await,
            }
        }
        Ok(())
    }

    async fn tell(&mut self, stale: Stale) {
        match stale {
            Stale::All => self.tell_all().await,
            Stale::Some(serials) => {
                for serial in serials {
                    self.tell_one(&serial).await;
                }
            }
        }
    }

    async fn handle(&mut self, event: Event) {
        match event {
            Event::Registered => {
                self.watching = Some(self.all_calls.links().watch(&self.who.account_id));
                self.tell_all().await;
            }
            Event::Connect { id, connect } => {
                if let Err((id, error)) = self.connect(id, connect).await {
                    self.side.handle(ViewerInput::Refusal { id, error });
                }
            }
            Event::OfCall { session, said } => {
                let calls = &self.all_calls;
                match calls
                    .viewer_said(&session, &self.who.account_id, &self.me, said)
                    .await
                {
                    Ok(()) => {
                        self.calls.insert(session);
                    }
                    Err(said) => self.side.handle(ViewerInput::NoCall(said)),
                }
            }
        }
    }

    /// Starts a call with an online recorder of this account. For every other recorder, known or
    /// not, it does the same and gives the same answer.
    async fn connect(&mut self, id: Id, connect: Connect) -> Result<(), (Id, RpcError)> {
        let refused = || RpcError::new(code::UNAVAILABLE, "this recorder cannot be reached");
        // Asked on every connect, because the watching task may learn of an end a moment later.
        match session::is_live(&self.state, &self.who.session_id).await {
            Ok(true) => {}
            Ok(false) => {
                self.side.handle(ViewerInput::Close {
                    code: close::SIGNED_OUT,
                    reason: "signed out",
                });
                return Err((id, refused()));
            }
            // Fails closed: nobody begins to watch without an answer.
            Err(error) => {
                tracing::warn!(%error, "could not check the session of a viewer");
                return Err((id, refused()));
            }
        }
        // What is no serial number is looked up all the same, so that it costs and says the same.
        let serial = connect
            .peer
            .parse::<Serial>()
            .map_or(connect.peer.clone(), |serial| serial.to_string());
        let owned = recorders::find_owned(&self.state.db, &serial, &self.who.account_id).await;
        let agent_ip = self.all_calls.links().agent_ip(&serial);
        let owned = owned.unwrap_or_else(|error| {
            tracing::warn!(%error, "could not look up a recorder for a viewer");
            None
        });
        let (Some(recorder), Some(agent_ip)) = (owned, agent_ip) else {
            return Err((id, refused()));
        };
        let asking = Asking {
            id,
            connect,
            serial: recorder.serial,
            account_id: self.who.account_id.clone(),
            user_name: self.who.user_name.clone(),
            sign_in: self.sign_in.clone(),
            viewer: self.me.clone(),
            agent_ip,
        };
        let session = super::open(&self.state, &self.all_calls, asking)?;
        self.calls.insert(session);
        Ok(())
    }

    async fn tell_all(&mut self) {
        match recorders::of_account(&self.state.db, &self.who.account_id).await {
            Ok(recorders) => {
                for recorder in recorders {
                    let presence = self.presence(recorder);
                    self.side.handle(ViewerInput::Presence(presence));
                }
            }
            Err(error) => tracing::warn!(%error, "could not read the recorders of a viewer"),
        }
    }

    async fn tell_one(&mut self, serial: &str) {
        match recorders::find_owned(&self.state.db, serial, &self.who.account_id).await {
            Ok(Some(recorder)) => {
                let presence = self.presence(recorder);
                self.side.handle(ViewerInput::Presence(presence));
            }
            Ok(None) => self.side.handle(ViewerInput::Presence(Presence {
                serial: serial.to_owned(),
                name: String::new(),
                is_online: false,
                last_seen: None,
                cameras: Vec::new(),
                reason: None,
                is_removed: true,
            })),
            Err(error) => tracing::warn!(%error, "could not read a recorder of a viewer"),
        }
    }

    fn presence(&self, recorder: Recorder) -> Presence {
        let is_online = self.all_calls.links().is_online(&recorder.serial);
        let reason = self.all_calls.links().reason(&recorder.serial);
        Presence {
            cameras: arrangement::shown_cameras(&recorder),
            is_online,
            last_seen: if is_online {
                None
            } else {
                u64::try_from(recorder.last_seen_at).ok()
            },
            serial: recorder.serial,
            name: recorder.name,
            reason,
            is_removed: false,
        }
    }

    async fn end(self) {
        for session in &self.calls {
            self.all_calls.viewer_gone(session, self.me.number).await;
        }
    }
}
