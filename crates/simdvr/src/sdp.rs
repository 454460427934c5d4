//! The session description of a stream (RFC 8866), in the form that such recorders use.

use data_encoding::{BASE64, HEXUPPER};

use crate::clips::nal_type;
use crate::config::ClipCodec;
use crate::rtp::{PCMU_TYPE, VIDEO_TYPE};
use crate::shared::SimulatedStream;

/// Describes a stream whose tracks are below `base`, an absolute URL without a trailing slash.
pub(crate) fn describe(stream: &SimulatedStream, base: &str) -> String {
    let clip = stream.clip;
    let encoding = match clip.codec {
        ClipCodec::H264 => "H264",
        ClipCodec::H265 => "H265",
    };
    let mut text = format!(
        "v=0\r\no=- {number} 1 IN IP4 0.0.0.0\r\ns=Media Presentation\r\ne=NONE\r\nb=AS:5050\r\nt=0 0\r\n\
         a=control:{base}/\r\n\
         m=video 0 RTP/AVP {VIDEO_TYPE}\r\nc=IN IP4 0.0.0.0\r\nb=AS:5000\r\na=recvonly\r\n\
         a=x-dimensions:{width},{height}\r\na=control:{base}/trackID=1\r\n\
         a=rtpmap:{VIDEO_TYPE} {encoding}/90000\r\na=fmtp:{VIDEO_TYPE} {format}\r\n",
        number = stream.number,
        width = clip.width,
        height = clip.height,
        format = video_format(clip.codec, &clip.parameter_sets()),
    );
    if stream.has_audio {
        text += &format!(
            "m=audio 0 RTP/AVP {PCMU_TYPE}\r\nc=IN IP4 0.0.0.0\r\nb=AS:50\r\na=recvonly\r\n\
             a=control:{base}/trackID=2\r\na=rtpmap:{PCMU_TYPE} PCMU/8000\r\n"
        );
    }
    text
}

fn video_format(codec: ClipCodec, sets: &[&[u8]]) -> String {
    match codec {
        ClipCodec::H264 => {
            let profile = sets
                .iter()
                .find(|set| nal_type(codec, set) == 7 && set.len() >= 4)
                .map_or_else(String::new, |sps| HEXUPPER.encode(&sps[1..4]));
            let sprop: Vec<_> = sets.iter().map(|set| BASE64.encode(set)).collect();
            format!(
                "profile-level-id={profile}; packetization-mode=1; sprop-parameter-sets={}",
                sprop.join(",")
            )
        }
        ClipCodec::H265 => {
            let named = sets.iter().filter_map(|set| {
                let name = match nal_type(codec, set) {
                    32 => "sprop-vps",
                    33 => "sprop-sps",
                    34 => "sprop-pps",
                    _ => return None,
                };
                Some(format!("{name}={}", BASE64.encode(set)))
            });
            named.collect::<Vec<_>>().join("; ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clips;

    fn stream(codec: ClipCodec, has_audio: bool) -> SimulatedStream {
        SimulatedStream {
            number: 101,
            clip: clips::clip(0, false, codec),
            has_audio,
            revision: 0,
        }
    }

    #[test]
    fn every_description_is_valid_sdp() {
        for (codec, has_audio) in [
            (ClipCodec::H264, true),
            (ClipCodec::H264, false),
            (ClipCodec::H265, true),
        ] {
            let text = describe(
                &stream(codec, has_audio),
                "rtsp://h:1/Streaming/Channels/101",
            );

            let parsed = sdp_types::Session::parse(text.as_bytes()).unwrap();

            assert_eq!(parsed.medias.len(), 1 + usize::from(has_audio));
        }
    }

    #[test]
    fn parameter_sets_are_in_the_format_line() {
        let h264 = describe(&stream(ClipCodec::H264, false), "rtsp://h");
        assert!(h264.contains("profile-level-id=4D"), "{h264}");
        assert!(h264.contains("sprop-parameter-sets=Z0"), "{h264}");

        let h265 = describe(&stream(ClipCodec::H265, false), "rtsp://h");
        for name in ["sprop-vps=", "sprop-sps=", "sprop-pps="] {
            assert!(h265.contains(name), "{h265}");
        }
    }
}
