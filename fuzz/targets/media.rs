//! What an end of a call reads: descriptions, candidates, frames.

mod descriptions;
mod frames;
mod networks;

/// A function that takes any bytes.
type Target = fn(&[u8]);

/// The targets of this group.
pub(crate) const TARGETS: [(&str, Target); 8] = [
    ("candidate", descriptions::candidate),
    ("gop", frames::gop),
    ("h264", frames::h264),
    ("routes", networks::routes),
    ("sdp", descriptions::sdp),
    ("stun", frames::stun),
    ("turn_stream", frames::turn_stream),
    ("turn_url", frames::turn_url),
];
