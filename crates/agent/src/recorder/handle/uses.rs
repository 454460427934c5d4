//! Who steers a camera and who talks through it, without asking the recorder.

use std::sync::Arc;

use proto::control::in_use::CameraUse;
use proto::talking::TalkedBy;

use super::{RecorderHandle, RequestError, TalkOrder};
use crate::recorder::turns::TalkTurns;

impl RecorderHandle {
    /// The same, with those who talk.
    pub(in crate::recorder) fn with_turns(self, turns: Arc<TalkTurns>) -> RecorderHandle {
        RecorderHandle { turns, ..self }
    }

    /// Who uses a camera in another call than this.
    pub(crate) fn in_use(&self, camera: &str, call: &str) -> CameraUse {
        let (talked_by, talked_at_recorder_by) = self.turns.others(camera, call);
        CameraUse {
            steered_by: self.leases.other(camera, call),
            talked_by,
            talked_at_recorder_by,
        }
    }
}

impl TalkOrder {
    /// The call and the name.
    pub(in crate::recorder) fn who(&self) -> (&str, &str) {
        (&self.call, &self.name)
    }
}

impl From<TalkedBy> for RequestError {
    fn from(by: TalkedBy) -> RequestError {
        RequestError::Talked(by)
    }
}
