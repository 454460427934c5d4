//! Whether a call estimates its path, and the rule by which it then chooses streams.

use proto::link::message::{ConnectDevice, WantedStream, Watch};
use proto::quality::{CallQuality, PathReport};
use proto::rpc::{RpcError, code};

/// The part of a call that knows what its path carries.
pub(super) struct PathQuality {
    pub(super) is_estimated: bool,
    pub(super) rule: CallQuality,
    /// Bits per second that the path is tried for.
    pub(super) aim: u64,
    /// What was last known about the path.
    pub(super) report: PathReport,
}

impl PathQuality {
    pub(super) fn new(is_estimated: bool) -> PathQuality {
        PathQuality {
            is_estimated,
            rule: CallQuality::default(),
            aim: 0,
            report: PathReport::default(),
        }
    }

    /// Whether a viewer can have what it asks for in this call.
    pub(super) fn permit(&self, watch: &Watch) -> Result<(), RpcError> {
        if watch.stream == WantedStream::Auto && !self.is_estimated {
            let words = "this call does not estimate its path: say so when it connects";
            return Err(RpcError::new(code::UNSUPPORTED, words));
        }
        Ok(())
    }
}

/// Whether a call estimates its path: if the viewer says so, or wants to see something that needs it.
pub(super) fn estimates(connect: &ConnectDevice) -> bool {
    let is_auto = |watch: &Watch| watch.stream == WantedStream::Auto;
    connect.estimate || connect.watch.iter().any(is_auto)
}
