//! Executes PTZ commands, in the same way for every driver: one at a time, in order. Every movement is
//! stopped in time, including the last one.

use std::fmt::Debug;
use std::time::Duration;

use proto::control::requests::PresetList;
use tokio::time::Instant;

use super::desk::DriverReports;
use super::due_stops::{DueStops, until};
use super::handle::{PtzOrder, PtzOrders, RequestError};

/// A driver whose cameras can be steered.
pub(super) trait Steering {
    /// What moves and has to be stopped from here.
    type Motion: Ord + Clone + Debug;

    /// Carries one order out, and plans the stop of what it moves.
    async fn steer(
        &self,
        order: &PtzOrder,
        stops: &mut DueStops<Self::Motion>,
        reports: &DriverReports,
    ) -> Result<PresetList, RequestError>;

    /// Sends one stop.
    async fn stop(&self, motion: &Self::Motion) -> Result<(), RequestError>;
}

/// Carries orders out as long as somebody may give some.
pub(super) async fn serve_orders<D: Steering>(
    driver: &D,
    orders: &mut PtzOrders,
    reports: &DriverReports,
) {
    let mut stops = DueStops::default();
    loop {
        orders.last.plan(!stops.is_empty());
        let next_stop = stops.next();
        tokio::select! {
            // A stop goes before the next movement.
            biased;
            () = until(next_stop) => stop_due(driver, &mut stops).await,
            asked = orders.next() => match asked {
                Some(asked) => {
                    // An order that is under way at the end of the program is waited for, too.
                    orders.last.plan(true);
                    let outcome = driver.steer(&asked.question, &mut stops, reports).await;
                    asked.answer(outcome);
                }
                None => break,
            },
        }
    }
    // Nobody gives an order any more, and nobody would stop what moves.
    stops.hurry(Instant::now());
    while !stops.is_empty() {
        until(stops.next()).await;
        stop_due(driver, &mut stops).await;
    }
    orders.last.plan(false);
    std::future::pending().await
}

async fn stop_due<D: Steering>(driver: &D, stops: &mut DueStops<D::Motion>) {
    while let Some(motion) = stops.take(Instant::now()) {
        let stopped = driver.stop(&motion).await;
        if let Err(error) = &stopped {
            tracing::warn!(?motion, "could not stop a movement: {error}");
        }
        stops.sent(&motion, &stopped);
    }
}

/// When a movement of so many milliseconds that begins now has to be stopped.
pub(super) fn after(ms: u16) -> Instant {
    Instant::now() + Duration::from_millis(u64::from(ms))
}
