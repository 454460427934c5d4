//! How much the cloud accepts from one link or one viewer's socket, and how long it waits.

use std::time::Duration;

use crate::link::bucket::Rate;

/// A socket that has not registered by then is closed.
pub const REGISTER_WAIT: Duration = Duration::from_secs(10);
/// A socket that was asked for work is closed unless it has registered by then.
pub const WORK_WAIT: Duration = Duration::from_secs(180);
/// How often one socket may be asked for proof of work; the required work may increase meanwhile.
pub const MAX_WORK_ASKED: u32 = 4;
/// How often the cloud pings a socket.
// Well below the 60 s after which nginx, for example, closes an idle connection.
pub const PING_EVERY: Duration = Duration::from_secs(15);
/// A socket whose pong takes longer is dead; with [`PING_EVERY`], offline shows within 25 s.
pub const PONG_WAIT: Duration = Duration::from_secs(10);
/// Time for an old link to prove that it is alive while a new one with its key is waiting.
// Short, because the new one is mostly the same agent after a crash; while it waits, nobody sees a picture.
pub const PROBE_WAIT: Duration = Duration::from_secs(1);
/// How long the other end may take to answer a request.
pub const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// Open requests on one socket.
pub const MAX_PENDING_REQUESTS: usize = 128;
/// Messages that are not JSON-RPC or not for us, before the socket is closed.
pub const MAX_MALFORMED: u32 = 20;
/// Longest request id that is echoed, and longest session id, in bytes.
pub const MAX_ID_BYTES: usize = 64;
/// Frames of one link: an agent answers many viewers at once.
pub const LINK_RATE: Rate = Rate {
    per_second: 200,
    burst: 1_000,
};
/// Frames of one viewer's socket: a page may start many calls at once.
pub const VIEWER_RATE: Rate = Rate {
    per_second: 100,
    burst: 500,
};
/// Cameras of one recorder.
// The largest recorders have 256 channels.
pub const MAX_CAMERAS: usize = 256;
/// Certificates that an agent tells of one recorder. Only cameras that are listed by address have several.
pub const MAX_CERTIFICATES: usize = 8;
/// Longest camera id, in bytes.
pub const MAX_CAMERA_ID_BYTES: usize = 32;
/// Longest name of a camera or recorder, in characters.
pub const MAX_NAME_CHARS: usize = 64;
/// Camera lists of one link are forwarded at most this often; the latest is never lost.
pub const CAMERAS_EVERY: Duration = Duration::from_secs(1);
/// An agent tells what its network allows at most this often; the latest is never lost.
pub const REACH_EVERY: Duration = Duration::from_secs(5);
/// What an agent tells about its network is taken at most this often; the latest is never lost.
// Shorter than an agent's own wait, so that an honest agent is never held up twice.
pub const REACH_HEARD_EVERY: Duration = Duration::from_secs(1);
/// Video m-lines of one call: a viewer may not request more, and a recorder may not offer more.
pub const MAX_SLOTS: u8 = 16;
