//! The outputs of a recorder: listed with their states, and switched one command after the other. The agent
//! ends a pulse itself, because recorders with built-in pulses do not reveal their length.

use std::time::Duration;

use proto::control::outputs::{OutputAction, OutputList, SetOutput};
use tokio::time::{Instant, timeout};

use super::RecorderStatus;
use super::desk::DriverReports;
use super::due_stops::{DueStops, until};
use super::handle::{OutputRequest, OutputRequests, RequestError};
use crate::limits::{ORDER_REQUEST, RECORDER_ANSWER};

/// A recorder whose outputs can be switched.
pub(super) trait OutputSource {
    /// All outputs, with their states where the recorder tells them.
    fn list_outputs(&self) -> impl Future<Output = Result<OutputList, RequestError>> + Send;

    /// Switches one.
    fn set_output(
        &self,
        id: &str,
        is_on: bool,
    ) -> impl Future<Output = Result<(), RequestError>> + Send;
}

/// Lists and switches outputs as long as somebody may ask.
pub(super) async fn serve(
    source: &impl OutputSource,
    requests: &mut OutputRequests,
    reports: &DriverReports,
) {
    let mut ends = DueStops::default();
    loop {
        requests.last.plan(!ends.is_empty());
        let next_end = ends.next();
        let request = tokio::select! {
            // The end of a pulse goes before the next order.
            biased;
            () = until(next_end) => {
                end_pulses(source, &mut ends).await;
                continue;
            }
            request = requests.next() => request,
        };
        let Some(request) = request else {
            break;
        };
        if *reports.status.borrow() != RecorderStatus::Online {
            request.refuse(RequestError::Offline);
            continue;
        }
        match request {
            OutputRequest::List(asked) => {
                // The end of a pulse may come meanwhile.
                let listed = tokio::select! {
                    listed = timeout(RECORDER_ANSWER, source.list_outputs()) => listed,
                    () = until(next_end) => {
                        asked.answer(Err(RequestError::Busy));
                        continue;
                    }
                };
                asked.answer(listed.unwrap_or(Err(RequestError::Timeout)));
            }
            OutputRequest::Switch(asked) => {
                // One that is under way at the end of the program is waited for, too.
                requests.last.plan(true);
                let done = switch(source, &asked.question, &mut ends).await;
                asked.answer(done);
            }
        }
    }
    // Nobody asks any more, and nobody would end a pulse: it may hold a gate open.
    ends.hurry(Instant::now());
    while !ends.is_empty() {
        until(ends.next()).await;
        end_pulses(source, &mut ends).await;
    }
    requests.last.plan(false);
    std::future::pending().await
}

async fn switch(
    source: &impl OutputSource,
    order: &SetOutput,
    ends: &mut DueStops<String>,
) -> Result<(), RequestError> {
    let id = &order.output;
    match order.action {
        OutputAction::On => {
            ends.forget(id);
            set(source, id, true).await
        }
        OutputAction::Off => {
            let done = set(source, id, false).await;
            ends.sent(id, &done);
            done
        }
        OutputAction::Pulse { ms } => {
            let span = Duration::from_millis(u64::from(ms.ms()));
            ends.plan(id.clone(), Instant::now() + span);
            let done = set(source, id, true).await;
            // What the recorder refused was never on; after silence it may be.
            if !matches!(
                done,
                Ok(()) | Err(RequestError::Timeout | RequestError::Offline)
            ) {
                ends.forget(id);
            }
            done
        }
    }
}

async fn end_pulses(source: &impl OutputSource, ends: &mut DueStops<String>) {
    while let Some(output) = ends.take(Instant::now()) {
        let ended = set(source, &output, false).await;
        if let Err(error) = &ended {
            tracing::warn!(output, "could not end a pulse: {error}");
        }
        ends.sent(&output, &ended);
    }
}

async fn set(source: &impl OutputSource, id: &str, is_on: bool) -> Result<(), RequestError> {
    match timeout(ORDER_REQUEST, source.set_output(id, is_on)).await {
        Ok(done) => done,
        Err(_) => Err(RequestError::Timeout),
    }
}
