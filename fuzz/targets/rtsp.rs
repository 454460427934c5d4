//! What a client asks of the simulated recorder.

/// Bytes on the simulated recorder's RTSP port.
pub(crate) fn rtsp(data: &[u8]) {
    simdvr::understands(data);
}
