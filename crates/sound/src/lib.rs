//! Sound of cameras that browsers cannot play, as G.711 µ-law at 8 kHz, which all of them play: decoders
//! for AAC, G.726, G.722, L16 and odd G.711, a low-pass resampler, and packets of 20 ms with their times.
//! Bytes and RTP times go in, packets come out; there is no socket, clock or randomness.
//!
//! Opus stays silent: the one decoder in plain Rust (`opus-decoder` 0.1.1, at 8 kHz) makes 500 Hz of a tone of 1 kHz in
//! SILK, 782 Hz in hybrid mode, and takes 14 % of a core there; encoders, which AAC would need to become Opus, are
//! libopus, built with cmake or transpiled from C.
//!
//! Whatever a camera says about its sound, or sends as such, costs the sound only.

mod aac;
pub mod g711;
mod g722;
mod g726;
mod limits;
mod resampler;
mod source;
mod transcoder;

pub use limits::{PACKET_SAMPLES, RATE};
pub use source::{SoundCodec, SoundSource, UnplayableSound};
pub use transcoder::{TelephonePacket, Transcoder};
