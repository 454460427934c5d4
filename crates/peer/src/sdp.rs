//! The offer and answer of an endpoint: codecs with the variants that browsers know, and candidates
//! extracted from foreign SDP, so that each passes the same checks as a trickled one.

use str0m::format::CodecConfig;
use str0m::rtp::{Extension, ExtensionMap};

use crate::limits;

/// H.264 variants as payload type, retransmission payload type and `profile-level-id`; all with
/// packetization mode 1. Chromium answers the first three, Safari the first and the last.
const H264: [(u8, u8, u32); 4] = [
    (108, 109, 0x42_e0_1f),
    (127, 121, 0x42_00_1f),
    (123, 119, 0x4d_00_1f),
    (114, 115, 0x64_0c_1f),
];

/// An invalid SDP; the reason is for a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the session description is invalid: {0}")]
pub struct BadSdp(pub String);

/// The codecs of an endpoint. With an estimate of the path, the other side is asked to say when each
/// packet of pictures arrived.
pub(crate) fn set_codecs(codecs: &mut CodecConfig, with_h265: bool, with_estimate: bool) {
    codecs.clear();
    codecs.enable_pcmu(true, false);
    codecs.enable_pcma(true, false);
    for (payload_type, resend, profile) in H264 {
        codecs.add_h264(payload_type.into(), Some(resend.into()), true, profile);
    }
    codecs.enable_h265(with_h265);
    let mut params = codecs.params().to_vec();
    // Without an estimate this feedback would only cost.
    for param in &mut params {
        param.set_fb_transport_cc(with_estimate && param.spec().codec.is_video());
        param.set_fb_remb(false);
    }
    *codecs = CodecConfig::new_from_payload_params(params);
}

/// The RTP header extensions of an endpoint: the m-line's id, and the number of each packet where the path
/// is estimated.
pub(crate) fn extensions(with_estimate: bool) -> ExtensionMap {
    let mut extensions = ExtensionMap::empty();
    extensions.set(1, Extension::RtpMid);
    if with_estimate {
        extensions.set(3, Extension::TransportSequenceNumber);
    }
    extensions
}

/// Extracts the candidates from an SDP: returns the rest and the candidate lines.
pub fn without_candidates(sdp: &str) -> Result<(String, Vec<&str>), BadSdp> {
    if sdp.len() > limits::MAX_SDP_BYTES {
        return Err(BadSdp("it is too long".to_owned()));
    }
    let mut rest = String::with_capacity(sdp.len());
    let mut candidates = Vec::new();
    for line in sdp.lines() {
        match line.strip_prefix("a=") {
            Some(candidate) if candidate.starts_with("candidate:") => candidates.push(candidate),
            // Dropped, because the candidates follow one by one.
            Some("end-of-candidates") => {}
            _ => {
                rest.push_str(line);
                rest.push_str("\r\n");
            }
        }
    }
    Ok((rest, candidates))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_extracted_from_an_sdp() {
        let sdp =
            "v=0\r\na=candidate:1 1 udp 1 x.local 9 typ host\r\na=end-of-candidates\r\nm=x\r\n";

        let (rest, candidates) = without_candidates(sdp).expect("short");

        assert_eq!(rest, "v=0\r\nm=x\r\n");
        assert_eq!(candidates, ["candidate:1 1 udp 1 x.local 9 typ host"]);
    }

    #[test]
    fn an_oversized_sdp_is_refused() {
        let sdp = "a=x\r\n".repeat(limits::MAX_SDP_BYTES / 5 + 1);

        assert!(without_candidates(&sdp).is_err());
    }
}
