//! Orders to steer cameras, as a driver receives them: in their order, and of one viewer at a time.

use std::time::Duration;

use proto::control::requests::PresetList;
use proto::steering::SteeringLeases;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::last_stops::LastStops;
use super::{Asked, PtzOrder, RequestError};

/// Orders to steer cameras, in their order. Gives a camera to one viewer at a time.
#[derive(Debug)]
pub(crate) struct PtzOrders {
    waiting: mpsc::Receiver<Asked<PtzOrder, PresetList>>,
    leases: SteeringLeases,
    start: Instant,
    /// Movements that have to be stopped.
    pub(crate) last: LastStops,
}

impl PtzOrders {
    pub(super) fn new(waiting: mpsc::Receiver<Asked<PtzOrder, PresetList>>) -> PtzOrders {
        PtzOrders {
            waiting,
            leases: SteeringLeases::default(),
            start: Instant::now(),
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
            let now: Duration = self.start.elapsed();
            let who = (order.call.as_str(), order.name.as_str());
            match self.leases.take(&order.camera, who, now) {
                Ok(()) => return Some(asked),
                Err(by) => asked.answer(Err(RequestError::Steered(by))),
            }
        }
    }
}
