//! Who steers a camera and who talks through it, without asking the recorder.

use std::sync::Arc;

use proto::control::in_use::CameraUse;

use super::RecorderHandle;
use crate::recorder::talk::TalkTurns;

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
