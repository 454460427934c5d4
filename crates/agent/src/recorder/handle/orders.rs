//! Orders to steer cameras, as a driver receives them: in their order, and of one viewer at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use proto::control::requests::PresetList;
use proto::steering::{SteeredBy, SteeringLeases};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::last_stops::LastStops;
use super::{Asked, PtzOrder, RequestError};

/// Orders to steer cameras, in their order. Gives a camera to one viewer at a time.
#[derive(Debug)]
pub(crate) struct PtzOrders {
    waiting: mpsc::Receiver<Asked<PtzOrder, PresetList>>,
    leases: SharedLeases,
    /// Movements that have to be stopped.
    pub(crate) last: LastStops,
}

/// Who steers which camera; clones share it. Held for one look, never across an await.
#[derive(Debug, Clone)]
pub(super) struct SharedLeases {
    leases: Arc<Mutex<SteeringLeases>>,
    start: Instant,
}

impl SharedLeases {
    pub(super) fn new() -> SharedLeases {
        SharedLeases {
            leases: Arc::default(),
            start: Instant::now(),
        }
    }

    fn take(&self, order: &PtzOrder) -> Result<(), SteeredBy> {
        let who = (order.call.as_str(), order.name.as_str());
        self.lock().take(&order.camera, who, self.start.elapsed())
    }

    /// Who steers a camera in another call than this.
    pub(super) fn other(&self, camera: &str, call: &str) -> Option<SteeredBy> {
        self.lock().other(camera, call, self.start.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, SteeringLeases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PtzOrders {
    pub(super) fn new(
        waiting: mpsc::Receiver<Asked<PtzOrder, PresetList>>,
        leases: SharedLeases,
    ) -> PtzOrders {
        PtzOrders {
            waiting,
            leases,
            last: LastStops::default(),
        }
    }

    /// The next order that may be carried out; `None` once nobody has a handle, or at the end of the program.
    pub(crate) async fn next(&mut self) -> Option<Asked<PtzOrder, PresetList>> {
        loop {
            let asked = tokio::select! {
                biased;
                () = self.last.closing() => return None,
                asked = self.waiting.recv() => asked?,
            };
            if !asked.is_wanted() {
                continue;
            }
            let order = &asked.question;
            if !order.action.is_steering() {
                return Some(asked);
            }
            match self.leases.take(order) {
                Ok(()) => return Some(asked),
                Err(by) => asked.answer(Err(RequestError::Steered(by))),
            }
        }
    }
}
