//! Requests to list and switch the outputs of a recorder. They have their own queue, because the end of a
//! pulse must not wait for a snapshot.

use proto::control::outputs::{OutputList, SetOutput};

use tokio::sync::mpsc;

use super::last_stops::LastStops;
use super::{Asked, PendingAnswer, RecorderHandle, RequestError};
use crate::limits::RECORDER_ANSWER;

/// Something about the outputs of a recorder.
#[derive(Debug)]
pub(crate) enum OutputRequest {
    /// All of them, with their states.
    List(Asked<(), OutputList>),
    /// Switches one.
    Switch(Asked<SetOutput, ()>),
}

/// What viewers want of the outputs, in their order.
#[derive(Debug)]
pub(crate) struct OutputRequests {
    waiting: mpsc::Receiver<OutputRequest>,
    /// Pulses that have to end.
    pub(crate) last: LastStops,
}

impl RecorderHandle {
    /// Asks for the outputs.
    pub(crate) fn outputs(&self) -> PendingAnswer<OutputList> {
        super::queue((), RECORDER_ANSWER, |asked| {
            self.ask_outputs(OutputRequest::List(asked))
        })
    }

    /// Switches an output. Switches are carried out in the order of these calls.
    pub(crate) fn switch(&self, order: SetOutput) -> PendingAnswer<()> {
        super::queue(order, RECORDER_ANSWER, |asked| {
            self.ask_outputs(OutputRequest::Switch(asked))
        })
    }

    fn ask_outputs(&self, request: OutputRequest) -> Result<(), RequestError> {
        self.outputs.try_send(request).map_err(RequestError::from)
    }
}

impl OutputRequests {
    pub(super) fn new(waiting: mpsc::Receiver<OutputRequest>) -> OutputRequests {
        OutputRequests {
            waiting,
            last: LastStops::default(),
        }
    }

    /// The next one that somebody waits for; `None` once nobody has a handle, or at the end of the program.
    pub(crate) async fn next(&mut self) -> Option<OutputRequest> {
        loop {
            let request = tokio::select! {
                biased;
                () = self.last.closing() => return None,
                request = self.waiting.recv() => request?,
            };
            let is_wanted = match &request {
                OutputRequest::List(asked) => asked.is_wanted(),
                OutputRequest::Switch(asked) => asked.is_wanted(),
            };
            if is_wanted {
                return Some(request);
            }
        }
    }
}

impl OutputRequest {
    /// Answers with a refusal.
    pub(crate) fn refuse(self, error: RequestError) {
        match self {
            OutputRequest::List(asked) => asked.answer(Err(error)),
            OutputRequest::Switch(asked) => asked.answer(Err(error)),
        }
    }
}
