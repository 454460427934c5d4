//! Detects whether the marker bit of a packet ends a picture, as the standards say, or not, as with some
//! cameras.

use std::time::Duration;

use super::limits::{
    MARKER_WAIT_DISTRUSTED, MARKER_WAIT_LEARNING, N_GOOD_MARKERS, N_GOOD_MARKERS_AFTER_BAD,
    NO_MARKER_WAIT, PICTURE_WAIT_MOST,
};

/// What a stream taught about its markers.
///
/// A camera with good markers waits for nothing after its first pictures. One that sets them
/// on each slice is found out by its first slice behind a marker.
#[derive(Debug)]
pub(super) struct MarkerTrust {
    /// Markers behind which another picture began, since the last bad one.
    n_good: u32,
    n_needed: u32,
    wait: Duration,
    wait_without: Duration,
}

impl Default for MarkerTrust {
    fn default() -> Self {
        MarkerTrust {
            n_good: 0,
            n_needed: N_GOOD_MARKERS,
            wait: MARKER_WAIT_LEARNING,
            wait_without: NO_MARKER_WAIT,
        }
    }
}

impl MarkerTrust {
    /// Whether a marker ends its picture at once.
    pub(super) fn is_trusted(&self) -> bool {
        self.n_good >= self.n_needed
    }

    /// Another picture began behind a marker.
    pub(super) fn saw_good(&mut self) {
        self.n_good = self.n_good.saturating_add(1);
    }

    /// A picture with several slices had its marker on the last one: that is proof enough.
    pub(super) fn saw_last_of_several(&mut self) {
        if self.n_needed == N_GOOD_MARKERS {
            self.n_good = N_GOOD_MARKERS;
        }
    }

    /// A picture went on behind a marker.
    pub(super) fn saw_bad(&mut self) {
        if self.n_needed == N_GOOD_MARKERS {
            self.wait = MARKER_WAIT_DISTRUSTED;
        }
        self.n_good = 0;
        self.n_needed = N_GOOD_MARKERS_AFTER_BAD;
    }

    /// A wait ended within a picture.
    pub(super) fn saw_cut(&mut self, is_marked: bool) {
        let wait = if is_marked {
            self.saw_bad();
            &mut self.wait
        } else {
            &mut self.wait_without
        };
        *wait = (*wait * 2).min(PICTURE_WAIT_MOST);
    }

    /// How long more slices may be silent.
    pub(super) fn wait(&self, is_marked: bool) -> Duration {
        if is_marked {
            self.wait
        } else {
            self.wait_without
        }
    }
}
