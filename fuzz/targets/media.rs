//! What an end of a call reads: descriptions, candidates, frames; and what the agent reads of cameras.

mod camera;
mod descriptions;
mod frames;
mod networks;
mod rtp;
mod sound;

/// A function that takes any bytes.
type Target = fn(&[u8]);

/// The targets of this group.
pub(crate) const TARGETS: [(&str, Target); 17] = [
    ("candidate", descriptions::candidate),
    ("gop", frames::gop),
    ("h264", frames::h264),
    ("pictures", frames::pictures),
    ("routes", networks::routes),
    ("rtp", rtp::rtp),
    ("rtsp_address", camera::rtsp_address),
    ("rtsp_challenge", camera::rtsp_challenge),
    ("rtsp_client", camera::rtsp_client),
    ("rtsp_decoder", camera::rtsp_decoder),
    ("rtsp_headers", camera::rtsp_headers),
    ("rtsp_sdp", camera::rtsp_sdp),
    ("sdp", descriptions::sdp),
    ("sound", sound::sound),
    ("stun", frames::stun),
    ("turn_stream", frames::turn_stream),
    ("turn_url", frames::turn_url),
];
