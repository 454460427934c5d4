//! SDP and candidate lines, at the cloud that passes them on and at the end that uses them.

use peer::candidate::RemoteCandidates;
use proto::call::limits::{MAX_CANDIDATE_BYTES, MAX_CANDIDATES};
use str0m::change::{SdpAnswer, SdpOffer};

/// What the cloud passes on is within its limits, and no reader panics on it.
pub(crate) fn sdp(data: &[u8]) {
    let Some(text) = std::str::from_utf8(data).ok() else {
        return;
    };
    if let Ok(described) = proto::call::sdp::check(text) {
        assert!(described.ips.len() <= MAX_CANDIDATES);
    }
    let Ok((rest, candidates)) = peer::sdp::without_candidates(text) else {
        return;
    };
    assert!(!rest.lines().any(|line| line.starts_with("a=candidate:")));
    for line in candidates {
        candidate(line.as_bytes());
    }
    drop(SdpOffer::from_sdp_string(&rest));
    drop(SdpAnswer::from_sdp_string(&rest));
}

/// A candidate line at the cloud and at the agent.
pub(crate) fn candidate(data: &[u8]) {
    let Some(line) = std::str::from_utf8(data).ok() else {
        return;
    };
    if proto::call::candidate::read(line).is_ok() {
        assert!(line.len() <= MAX_CANDIDATE_BYTES);
    }
    let mut candidates = RemoteCandidates::new(false);
    if let Ok(Some(candidate)) = candidates.take(line) {
        let ip = candidate.addr().ip().to_canonical();
        assert!(
            !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast(),
            "{ip}"
        );
    }
}
