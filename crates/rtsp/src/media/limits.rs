//! Everything in packets that a camera can grow, and its limit; the reasons of learned waits.

use std::time::Duration;

/// Datagrams that wait for an earlier one. A key frame of 1 MiB is about 750 datagrams, but those that
/// overtake each other on a home network are close together.
pub const MAX_REORDERED_PACKETS: usize = 128;
/// Bytes of the datagrams that wait for an earlier one.
pub const MAX_REORDERED_BYTES: usize = 512 * 1024;
/// First wait for a missing datagram; most that overtake each other do so within a few milliseconds.
pub const REORDER_WAIT_FIRST: Duration = Duration::from_millis(20);
/// Longest wait, reached when datagrams keep coming too late.
pub const REORDER_WAIT_MOST: Duration = Duration::from_millis(200);
/// Packets back within which a number is that of a repeat or of a late packet; further back, the camera
/// began again. A power of two.
pub const REPEAT_WINDOW: u16 = 512;
/// Packets ahead within which a gap is a loss; further ahead, the camera began again (RFC 3550 A.1).
pub const MAX_DROPOUT: u16 = 3000;
/// Numbers of packets of other payload types that are remembered, so that they are no loss.
pub const MAX_FOREIGN_NUMBERS: usize = 64;

/// Frames that wait to be polled. One packet contains at most 64 KiB of sound in small access units.
pub const MAX_QUEUED_FRAMES: usize = 512;
/// Access units of AAC in one packet.
pub const MAX_UNITS_PER_PACKET: usize = 64;
/// Bytes of an AAC access unit that came in fragments: 8 channels of 6144 bits (ISO 14496-3).
pub const MAX_SOUND_UNIT_BYTES: usize = 16 * 1024;
/// Bytes of the configuration of AAC.
pub const MAX_SOUND_CONFIG_BYTES: usize = 64;

/// Bytes of one parameter set. Real ones have tens of bytes, those with scaling lists hundreds.
pub const MAX_PARAMETER_SET_BYTES: usize = 4 * 1024;
/// Parameter sets of one kind. H.264 allows 32 SPS and 256 PPS; cameras use one to four.
pub const MAX_PARAMETER_SETS: usize = 64;
/// Bytes of all SEI that precedes a picture.
pub const MAX_SEI_BYTES: usize = 4 * 1024;
/// Bits of an exp-Golomb code's prefix; 32 suffice for every field of the standards.
pub const MAX_GOLOMB_PREFIX: u32 = 32;

/// Wait for more slices after a marker, while it is not known whether markers end pictures. Slices of
/// one picture leave a camera together.
pub const MARKER_WAIT_LEARNING: Duration = Duration::from_millis(10);
/// The same wait for a camera that sets markers within pictures; the next picture usually ends it.
pub const MARKER_WAIT_DISTRUSTED: Duration = Duration::from_millis(100);
/// Wait for more slices without a marker, for cameras that set none; the next picture usually ends it.
pub const NO_MARKER_WAIT: Duration = Duration::from_millis(200);
/// Longest of these waits, reached if they cut pictures.
pub const PICTURE_WAIT_MOST: Duration = Duration::from_secs(2);
/// Pictures after which markers are trusted at once.
pub const N_GOOD_MARKERS: u32 = 3;
/// The same for a camera that once set them within a picture.
pub const N_GOOD_MARKERS_AFTER_BAD: u32 = 600;

/// Pictures without a key frame after which an I picture or a recovery point counts as one, so that
/// streams with intra refresh can be joined; longer than usual groups of pictures.
pub const N_PICTURES_BEFORE_RECOVERY: u32 = 300;

/// A step of the RTP time that differs more than this from the time that passed is a new start of the
/// camera's clock; faster playback and rare pictures stay below.
pub const MAX_TIME_STEP: Duration = Duration::from_secs(60);
