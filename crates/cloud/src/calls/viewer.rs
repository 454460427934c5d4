//! The task that owns one viewer's socket: it feeds `proto::link::viewer_side`, checks permission
//! on every connect, and announces the presence of the account's own recorders.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::WebSocket;
use proto::identity::Serial;
use proto::link::leg::{Frame, close};
use proto::link::message::{Camera, Connect, Presence};
use proto::link::viewer_side::{Event, ViewerSide};
use proto::rpc::{Id, RpcError, code};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::sign_ins::SignIn;
use super::{Asking, Calls, ToViewerSocket, Viewer};
use crate::accounts::session;
use crate::db::recorders::{self, Recorder};
use crate::links::socket::{self, Permit, Received};
use crate::links::watchers::{Stale, Watching};
use crate::state::State;
use crate::visitor::SignedIn;

struct Socket {
    state: State,
    all_calls: Calls,
    who: SignedIn,
    sign_in: Arc<SignIn>,
    me: Viewer,
    side: ViewerSide,
    started: Instant,
    watching: Option<Watching>,
    /// Calls of this socket, which are told when it closes.
    calls: std::collections::BTreeSet<String>,
}

enum Input {
    Frame(Received),
    Told(ToViewerSocket),
    Stale(Stale),
    TimeIsUp,
    SignedOut,
    Shutdown,
}

/// Serves one viewer's socket until it ends.
pub(super) async fn run(
    mut socket: WebSocket,
    (state, calls): (State, Calls),
    who: SignedIn,
    (me, mut inbox): (Viewer, mpsc::Receiver<ToViewerSocket>),
    permit: Permit,
) {
    let mut viewer = Socket {
        side: ViewerSide::new(state.rng.id(), Duration::ZERO),
        started: Instant::now(),
        watching: None,
        calls: std::collections::BTreeSet::new(),
        sign_in: calls.watch(&state, &who.session_id),
        all_calls: calls,
        state,
        who,
        me,
    };
    let close_code = loop {
        if let Err(close_code) = viewer.flush(&mut socket).await {
            break close_code;
        }
        let deadline = viewer.started + viewer.side.poll_timeout();
        let input = tokio::select! {
            // 1. The end; 2. time, which a flood must not hold up; 3. what is going out; 4. what comes in.
            biased;
            () = viewer.state.shutdown.cancelled() => Input::Shutdown,
            () = viewer.sign_in.ended() => Input::SignedOut,
            () = tokio::time::sleep_until(deadline) => Input::TimeIsUp,
            Some(told) = inbox.recv() => Input::Told(told),
            stale = changed(viewer.watching.as_ref()) => Input::Stale(stale),
            received = socket::receive(&mut socket) => Input::Frame(received),
        };
        if matches!(input, Input::Frame(Received::Gone)) {
            break None;
        }
        viewer.feed(input).await;
        viewer.act().await;
    };
    viewer.end().await;
    if close_code.is_some() {
        socket::linger(socket, close_code).await;
    }
    // Held until here, so that lingering sockets count, too.
    drop(permit);
}

async fn changed(watching: Option<&Watching>) -> Stale {
    match watching {
        Some(watching) => watching.changed().await,
        None => std::future::pending().await,
    }
}

impl Socket {
    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Sends what is due. Fails with the code of the last frame, or without one if the connection
    /// broke.
    async fn flush(&mut self, socket: &mut WebSocket) -> Result<(), Option<u16>> {
        while let Some(frame) = self.side.poll_frame() {
            let close_code = match &frame {
                Frame::Close { code, .. } => Some(*code),
                Frame::Text(_) | Frame::Ping(_) => None,
            };
            if !socket::send(socket, frame).await {
                return Err(close_code);
            }
        }
        Ok(())
    }

    async fn feed(&mut self, input: Input) {
        let now = self.now();
        match input {
            Input::Frame(Received::Text(text)) => self.side.handle_text(&text, now),
            Input::Frame(Received::Binary) => self.side.handle_binary(),
            Input::Frame(Received::Ping) => self.side.handle_empty(now),
            Input::Frame(Received::Pong(payload)) => self.side.handle_pong(&payload, now),
            Input::Frame(Received::TooBig) => {
                self.side.close(close::TOO_BIG, "message is too long")
            }
            Input::Frame(Received::Gone) => {}
            Input::Told(told) => {
                let (session, message) = *told.0;
                self.side.tell(&session, message, now);
            }
            Input::Stale(Stale::All) => self.tell_all().await,
            Input::Stale(Stale::Some(serials)) => {
                for serial in serials {
                    self.tell_one(&serial).await;
                }
            }
            Input::TimeIsUp => self.side.handle_timeout(now),
            Input::SignedOut => self.side.close(close::SIGNED_OUT, "signed out"),
            Input::Shutdown => self.side.close(close::GOING_AWAY, "the cloud stops"),
        }
    }

    async fn act(&mut self) {
        while let Some(event) = self.side.poll_event() {
            match event {
                Event::Registered => {
                    self.watching = Some(self.all_calls.links().watch(&self.who.account_id));
                    self.tell_all().await;
                }
                Event::Connect { id, connect } => {
                    if let Err((id, error)) = self.connect(id, connect).await {
                        self.side.refuse(id, error);
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
                        Err(said) => self.side.refuse_call(said),
                    }
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
                self.side.close(close::SIGNED_OUT, "signed out");
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
                    self.side.presence(&presence);
                }
            }
            Err(error) => tracing::warn!(%error, "could not read the recorders of a viewer"),
        }
    }

    async fn tell_one(&mut self, serial: &str) {
        match recorders::find_owned(&self.state.db, serial, &self.who.account_id).await {
            Ok(Some(recorder)) => {
                let presence = self.presence(recorder);
                self.side.presence(&presence);
            }
            Ok(None) => self.side.presence(&Presence {
                serial: serial.to_owned(),
                name: String::new(),
                is_online: false,
                last_seen: None,
                cameras: Vec::new(),
                is_removed: true,
            }),
            Err(error) => tracing::warn!(%error, "could not read a recorder of a viewer"),
        }
    }

    fn presence(&self, recorder: Recorder) -> Presence {
        let is_online = self.all_calls.links().is_online(&recorder.serial);
        let cameras: Vec<Camera> = serde_json::from_str(&recorder.cameras).unwrap_or_default();
        Presence {
            is_online,
            last_seen: if is_online {
                None
            } else {
                u64::try_from(recorder.last_seen_at).ok()
            },
            serial: recorder.serial,
            name: recorder.name,
            cameras,
            is_removed: false,
        }
    }

    async fn end(self) {
        for session in &self.calls {
            self.all_calls.viewer_gone(session, self.me.number).await;
        }
    }
}
