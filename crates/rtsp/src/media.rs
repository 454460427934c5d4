//! One track of a session: RTP and RTCP packets in, whole frames out.
//!
//! What one packet contains costs at most the pictures up to the next key frame. [`Receiver`] is the
//! door; the rest are its parts: order, time, pictures, sound.

mod aac;
mod bits;
mod carrier;
mod encoding;
mod h264;
mod h265;
mod jpeg;
mod latm;
pub mod limits;
mod markers;
mod nal;
mod order;
mod outlet;
mod parameter_sets;
mod picture;
mod receiver;
mod rtcp;
mod rtp;
mod sound;
mod stats;
#[cfg(test)]
mod tests;
mod timeline;
mod video;

pub use carrier::Carrier;
pub use encoding::UnsupportedEncoding;
pub use receiver::{MediaTrouble, Receiver};
pub use rtcp::ReportIdentity;
pub use sound::SoundSettings;
pub use stats::{MediaStats, SkippedMedia};
