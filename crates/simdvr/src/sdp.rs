//! The session description of a stream (RFC 8866), in the form that such recorders use.

use data_encoding::{BASE64, HEXUPPER};

use crate::clips::nal_type;
use crate::config::ClipCodec;
use crate::faults::CameraFault;
use crate::rtp::{self, PCMA_TYPE};
use crate::shared::SimulatedStream;

/// Describes a stream whose tracks are below `base`, an absolute URL without a trailing slash, and the track
/// to talk on if the client asks for it.
pub(crate) fn describe(stream: &SimulatedStream, base: &str, with_talk: bool) -> String {
    let clip = stream.clip;
    let sets = clip.parameter_sets();
    let payload_type = rtp::video_type(clip.codec);
    let (encoding, format) = match (stream.fault, clip.codec) {
        (Some(CameraFault::Mpeg4), _) => ("MP4V-ES", None),
        (_, ClipCodec::H264) => ("H264", Some(video_format(clip.codec, &sets))),
        (_, ClipCodec::H265 | ClipCodec::LargeH265) => {
            ("H265", Some(video_format(clip.codec, &sets)))
        }
        (_, ClipCodec::Jpeg) => ("JPEG", None),
    };
    let format = format.map(|format| format!("a=fmtp:{payload_type} {format}\r\n"));
    let mut text = format!(
        "v=0\r\no=- {number} 1 IN IP4 0.0.0.0\r\ns=Media Presentation\r\ne=NONE\r\nb=AS:5050\r\nt=0 0\r\n\
         a=control:{base}/\r\n\
         m=video 0 RTP/AVP {payload_type}\r\nc=IN IP4 0.0.0.0\r\nb=AS:5000\r\na=recvonly\r\n\
         a=x-dimensions:{width},{height}\r\na=control:{base}/trackID=1\r\n\
         a=rtpmap:{payload_type} {encoding}/90000\r\n{format}",
        number = stream.number,
        width = clip.width,
        height = clip.height,
        format = format.unwrap_or_default(),
    );
    if let Some(sound) = stream.sound {
        let (payload_type, encoding) = (sound.payload_type, sound.encoding);
        text += &format!(
            "m=audio 0 RTP/AVP {payload_type}\r\nc=IN IP4 0.0.0.0\r\nb=AS:50\r\na=recvonly\r\n\
             a=control:{base}/trackID=2\r\na=rtpmap:{payload_type} {encoding}\r\n"
        );
        if let Some(format) = sound.format {
            text += &format!("a=fmtp:{payload_type} {format}\r\n");
        }
    }
    if with_talk {
        // For the client to send (ONVIF Streaming §5.3.1).
        let talk_type = stream.talk_type;
        let encoding = if talk_type == PCMA_TYPE {
            "PCMA"
        } else {
            "PCMU"
        };
        text += &format!(
            "m=audio 0 RTP/AVP {talk_type}\r\nc=IN IP4 0.0.0.0\r\na=sendonly\r\n\
             a=control:{base}/trackID=3\r\na=rtpmap:{talk_type} {encoding}/8000\r\n"
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
        ClipCodec::H265 | ClipCodec::LargeH265 => {
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
        ClipCodec::Jpeg => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clips;
    use crate::config::SimulatedSound;
    use crate::sound::SoundClip;

    fn stream(codec: ClipCodec, sound: Option<SimulatedSound>) -> SimulatedStream {
        SimulatedStream {
            number: 101,
            clip: clips::clip(0, false, codec),
            sound: sound.map(SoundClip::of),
            has_talk: true,
            talk_type: PCMA_TYPE,
            fault: None,
            revision: 0,
        }
    }

    #[test]
    fn every_description_is_valid_sdp() {
        for (codec, sound) in [
            (ClipCodec::H264, Some(SimulatedSound::Ulaw)),
            (ClipCodec::H264, Some(SimulatedSound::Aac)),
            (ClipCodec::H264, None),
            (ClipCodec::H265, Some(SimulatedSound::G726)),
        ] {
            let text = describe(
                &stream(codec, sound),
                "rtsp://h:1/Streaming/Channels/101",
                true,
            );

            let parsed = sdp_types::Session::parse(text.as_bytes()).unwrap();

            assert_eq!(parsed.medias.len(), 2 + usize::from(sound.is_some()));
        }
    }

    #[test]
    fn an_mjpeg_camera_describes_static_payload_type_26() {
        let text = describe(&stream(ClipCodec::Jpeg, None), "rtsp://h", false);

        assert!(text.contains("RTP/AVP 26\r\n") && text.contains("rtpmap:26 JPEG/90000\r\n"));
        assert!(!text.contains("fmtp"), "{text}");
    }

    #[test]
    fn parameter_sets_are_in_the_format_line() {
        let h264 = describe(&stream(ClipCodec::H264, None), "rtsp://h", false);
        assert!(h264.contains("profile-level-id=4D"), "{h264}");
        assert!(h264.contains("sprop-parameter-sets=Z0"), "{h264}");

        let h265 = describe(&stream(ClipCodec::H265, None), "rtsp://h", false);
        for name in ["sprop-vps=", "sprop-sps=", "sprop-pps="] {
            assert!(h265.contains(name), "{h265}");
        }
    }
}
