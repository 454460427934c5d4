//! Chooses a depacketizer by the description of a track.

use crate::format::Format;
use crate::frame::Codec;

use super::aac::AacTrack;
use super::h264::H264;
use super::h265::H265;
use super::jpeg::JpegTrack;
use super::latm::LatmTrack;
use super::limits::{MAX_PARAMETER_SET_BYTES, MAX_PARAMETER_SETS};
use super::sound::{G726Packing, SoundTrack};
use super::video::VideoTrack;

/// Characters of an unknown encoding's name that are repeated to people.
const MAX_NAME_CHARS: usize = 32;

/// An encoding that nothing here depacketizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsupportedEncoding {
    /// Its name as the camera says it, cut to printable ASCII of 32 characters.
    pub name: String,
}

impl std::fmt::Display for UnsupportedEncoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the encoding {} is not supported", self.name)
    }
}

impl std::error::Error for UnsupportedEncoding {}

/// The depacketizer of one track.
#[derive(Debug)]
pub(super) enum MediaTrack {
    H264(VideoTrack<H264>),
    H265(VideoTrack<H265>),
    Jpeg(JpegTrack),
    Sound(SoundTrack),
    Aac(AacTrack),
    Latm(LatmTrack),
}

impl MediaTrack {
    pub(super) fn new(format: &Format) -> Result<Self, UnsupportedEncoding> {
        let static_name = match format.payload_type {
            0 => "pcmu",
            8 => "pcma",
            9 => "g722",
            10 | 11 => "l16",
            26 => "jpeg",
            _ => "",
        };
        let name = match format.encoding.as_str() {
            "" => static_name,
            name => name,
        };
        let sound = |codec| MediaTrack::Sound(SoundTrack::new(format, codec, None));
        let g726 = |n_bits, packing| {
            MediaTrack::Sound(SoundTrack::new(format, Codec::G726(n_bits), Some(packing)))
        };
        Ok(match name.to_ascii_lowercase().as_str() {
            "h264" => MediaTrack::H264(VideoTrack::new(H264, &sets_of(format))),
            "h265" | "hevc" => {
                let has_order_numbers = format
                    .parameter("sprop-max-don-diff")
                    .is_some_and(|n| n.trim().parse::<u32>().is_ok_and(|n| n > 0));
                let syntax = H265 { has_order_numbers };
                MediaTrack::H265(VideoTrack::new(syntax, &sets_of(format)))
            }
            "jpeg" | "mjpeg" => MediaTrack::Jpeg(JpegTrack::new()),
            "pcmu" => sound(Codec::Pcmu),
            "pcma" => sound(Codec::Pcma),
            "g722" => sound(Codec::G722),
            "l16" => sound(Codec::L16),
            "opus" => sound(Codec::Opus),
            // Some cameras leave the rate out; 32 kbit/s is the usual one.
            "g726-32" | "g726" => g726(4, G726Packing::LowestFirst),
            "g726-16" => g726(2, G726Packing::LowestFirst),
            "g726-24" => g726(3, G726Packing::LowestFirst),
            "g726-40" => g726(5, G726Packing::LowestFirst),
            "aal2-g726-16" => g726(2, G726Packing::HighestFirst),
            "aal2-g726-24" => g726(3, G726Packing::HighestFirst),
            "aal2-g726-32" => g726(4, G726Packing::HighestFirst),
            "aal2-g726-40" => g726(5, G726Packing::HighestFirst),
            "mpeg4-generic" => MediaTrack::Aac(AacTrack::new(format)),
            "mp4a-latm" => MediaTrack::Latm(LatmTrack::new(format)),
            other => {
                let printable = other.chars().filter(char::is_ascii_graphic);
                let name = printable.take(MAX_NAME_CHARS).collect();
                return Err(UnsupportedEncoding { name });
            }
        })
    }
}

/// Parameter sets in a description: those of H.264 in one list, those of H.265 by kind.
fn sets_of(format: &Format) -> Vec<Vec<u8>> {
    let names = [
        "sprop-vps",
        "sprop-sps",
        "sprop-pps",
        "sprop-parameter-sets",
    ];
    let texts = names.iter().filter_map(|name| format.parameter(name));
    let sets = texts.flat_map(|text| text.split(',')).map(from_base64);
    let fit = sets.filter(|set| !set.is_empty() && set.len() <= 2 * MAX_PARAMETER_SET_BYTES);
    fit.take(3 * MAX_PARAMETER_SETS).collect()
}

/// Reads base64 as cameras write it: padding may lack, and what is no digit is skipped.
fn from_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut value, mut n_bits) = (0_u32, 0);
    for byte in text.bytes().take(4 * MAX_PARAMETER_SET_BYTES) {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        value = (value << 6 | u32::from(digit)) & 0xf_ffff;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((value >> n_bits & 0xff) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(encoding: &str, parameters: &[(&str, &str)]) -> Format {
        Format {
            payload_type: 96,
            encoding: encoding.to_owned(),
            clock_rate: 90_000,
            n_channels: None,
            parameters: parameters
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn an_unknown_encoding_is_named() {
        let refused = MediaTrack::new(&format("vnd.onvif.metadata\n\u{7f}", &[]));

        let name = refused.err().map(|error| error.name);
        assert_eq!(name.as_deref(), Some("vnd.onvif.metadata"));
    }

    #[test]
    fn static_payload_types_need_no_name() {
        let mut unnamed = format("", &[]);
        unnamed.payload_type = 8;

        assert!(matches!(
            MediaTrack::new(&unnamed),
            Ok(MediaTrack::Sound(_))
        ));
    }

    #[test]
    fn careless_base64_is_read() {
        assert_eq!(from_base64("Z0 IAH/k="), [0x67, 0x42, 0, 0x1f, 0xf9]);
        assert_eq!(from_base64("aM4"), [0x68, 0xce]);
    }

    #[test]
    fn every_parameter_set_of_a_description_is_found() {
        let h264 = format("h264", &[("sprop-parameter-sets", "Z0IAHw==,,aM4=")]);
        let h265 = format("h265", &[("sprop-pps", "RAE="), ("sprop-vps", "QAE=")]);

        assert_eq!(sets_of(&h264), [&[0x67, 0x42, 0, 0x1f][..], &[0x68, 0xce]]);
        assert_eq!(sets_of(&h265), [[0x40, 1], [0x44, 1]]);
    }
}
