//! How the simulated recorder's clock and disks are, and what it says about them.

use std::iter::repeat_n;

use axum::body::{Body, Bytes};
use futures_util::stream;

/// Clock and disks, as ISAPI tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimHealth {
    /// Seconds by which the clock is ahead; negative if it is behind.
    pub clock_ahead: i64,
    /// What stands beside the local time: its zone.
    pub clock_offset: &'static str,
    /// In the order of their numbers, which begin with 1.
    pub disks: Vec<SimDisk>,
    /// Both documents are this instead.
    pub nonsense: Option<SimNonsense>,
}

/// One disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimDisk {
    /// What is wrong with it, in the words of ISAPI: `ok`, `error`, `unformatted` and more.
    pub status: &'static str,
    /// Its name; escaped as XML when sent.
    pub name: &'static str,
    /// Its size in megabytes, as it is written.
    pub capacity: &'static str,
    /// Free megabytes, as they are written.
    pub free: &'static str,
}

/// A body that is a text many times over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimNonsense {
    /// What is repeated.
    pub text: &'static str,
    /// How often.
    pub times: usize,
}

impl Default for SimHealth {
    /// A right clock one hour east of UTC, and one disk of two terabytes.
    fn default() -> Self {
        Self {
            clock_ahead: 0,
            clock_offset: "+01:00",
            disks: vec![SimDisk::default()],
            nonsense: None,
        }
    }
}

impl Default for SimDisk {
    fn default() -> Self {
        Self {
            status: "ok",
            name: "hdda",
            capacity: "2000398",
            free: "700139",
        }
    }
}

impl SimNonsense {
    pub(crate) fn body(self) -> Body {
        let text = Bytes::from_static(self.text.as_bytes());
        let pieces = repeat_n(text, self.times).map(Ok::<_, std::io::Error>);
        Body::from_stream(stream::iter(pieces))
    }
}
