//! How the packets of one track are encoded, as SDP describes it: between the description, which
//! produces it, and the depacketizers, which are chosen by it.

/// Encoding of one payload type (RFC 8866 §6.6 `rtpmap`, `fmtp`; RFC 3551 for static types).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// RTP payload type.
    pub payload_type: u8,
    /// Encoding name in lower case: `h264`, `h265`, `jpeg`, `mpeg4-generic`, `pcma` …
    pub encoding: String,
    /// Ticks per second of the RTP time; never 0.
    pub clock_rate: u32,
    /// Channels of sound, if the description says them.
    pub n_channels: Option<u8>,
    /// Parameters of `fmtp`, names in lower case, in their order.
    pub parameters: Vec<(String, String)>,
}

impl Format {
    /// The value of a parameter; `name` is in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}
