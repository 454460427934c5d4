//! The live state of this process, which is lost with it: links, calls, and which parts run. Rules that need
//! none of it take the [`State`] below.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::watch;

use crate::calls::Calls;
use crate::certificates::Orders;
use crate::links::Links;
use crate::readiness::RunningParts;
use crate::relays::JoinedRelays;
use crate::state::State;
use relay::CallBook;

/// The state with what is live on it; clones share it.
#[derive(Clone)]
pub struct Live {
    state: State,
    /// Recorders that are online.
    pub links: Links,
    /// Calls that are being set up or running.
    pub calls: Calls,
    /// Who may use the relay just now.
    pub call_book: CallBook,
    /// Relays that run alone and have joined.
    pub relays: JoinedRelays,
    /// Which parts of this process run.
    pub running: RunningParts,
    /// How often rows about what is over were removed; watchers wake after each time.
    pub purges: Arc<watch::Sender<u64>>,
    /// How orders of certificates went.
    pub certificate_orders: Arc<watch::Sender<Orders>>,
}

impl Live {
    /// Nobody is connected yet.
    pub fn new(state: State) -> Live {
        let connections = state.config.connections.places.all;
        let links = Links::new(connections);
        let call_book = CallBook::default();
        let instance = state.rng.id();
        let relays = JoinedRelays::new(connections, call_book.clone(), instance);
        let calls = Calls::new(
            connections,
            links.clone(),
            (call_book.clone(), relays.clone()),
        );
        Live {
            state,
            links,
            calls,
            call_book,
            relays,
            running: RunningParts::default(),
            purges: Arc::default(),
            certificate_orders: Arc::default(),
        }
    }
}

impl Live {
    /// What rules need of it.
    pub fn state(&self) -> &State {
        &self.state
    }
}

impl Deref for Live {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl axum::extract::FromRef<Live> for State {
    fn from_ref(live: &Live) -> State {
        live.state.clone()
    }
}
