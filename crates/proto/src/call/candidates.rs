//! The candidates of one side of a call: held until the other side has the description that they
//! belong to, then forwarded unchanged, up to a limit.

use std::net::IpAddr;

use serde_json::Value;

use crate::call::candidate;
use crate::call::limits::{MAX_CANDIDATE_JSON_BYTES, MAX_CANDIDATES, MAX_ENDS, MAX_RESTARTS};

/// What to do with a candidate.
#[derive(Debug, PartialEq)]
pub(super) enum Disposition {
    PassOn {
        candidate: Value,
        ip: Option<IpAddr>,
    },
    Held {
        ip: Option<IpAddr>,
    },
    Dropped,
    Malformed,
}

#[derive(Debug)]
pub(super) struct CandidateQueue {
    n_candidates: usize,
    n_ends: usize,
    n_restarts: usize,
    /// `None` once the other side has the description.
    held: Option<Vec<Value>>,
    pub(super) n_dropped: u64,
}

impl Default for CandidateQueue {
    fn default() -> CandidateQueue {
        CandidateQueue {
            n_candidates: 0,
            n_ends: 0,
            n_restarts: 0,
            held: Some(Vec::new()),
            n_dropped: 0,
        }
    }
}

impl CandidateQueue {
    pub(super) fn take(&mut self, candidate: Value) -> Disposition {
        let Some(text) = candidate_text(&candidate) else {
            self.n_dropped += 1;
            return Disposition::Malformed;
        };
        let (count, most, ip) = if text.is_empty() {
            (&mut self.n_ends, MAX_ENDS, None)
        } else {
            match candidate::read(text) {
                Ok(read) => (&mut self.n_candidates, MAX_CANDIDATES, read.ip),
                Err(candidate::MalformedCandidate) => {
                    self.n_dropped += 1;
                    return Disposition::Malformed;
                }
            }
        };
        if *count >= most {
            self.n_dropped += 1;
            return Disposition::Dropped;
        }
        *count += 1;
        match &mut self.held {
            Some(held) => {
                held.push(candidate);
                Disposition::Held { ip }
            }
            None => Disposition::PassOn { candidate, ip },
        }
    }

    /// The other side has the description: held candidates are sent, later ones are not held.
    pub(super) fn release(&mut self) -> Vec<Value> {
        self.held.take().unwrap_or_default()
    }

    /// A new offer brings new candidates.
    pub(super) fn start_again(&mut self) {
        self.n_restarts += 1;
        // Beyond that the counts stay: endless restarts would lift the limit on candidates.
        if self.n_restarts <= MAX_RESTARTS {
            self.n_candidates = 0;
            self.n_ends = 0;
        }
    }
}

/// The line in a W3C `RTCIceCandidateInit`; empty for every form of end-of-candidates. `None` for
/// anything but a candidate object.
fn candidate_text(candidate: &Value) -> Option<&str> {
    match candidate {
        Value::Null => Some(""),
        Value::Object(fields) => {
            if candidate.to_string().len() > MAX_CANDIDATE_JSON_BYTES {
                return None;
            }
            match fields.get("candidate") {
                None | Some(Value::Null) => Some(""),
                Some(Value::String(text)) => Some(text),
                Some(_) => None,
            }
        }
        Value::String(text) if text.is_empty() => Some(""),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn host(port: u16) -> Value {
        json!({"candidate": format!("candidate:1 1 udp 2113937151 192.0.2.7 {port} typ host"), "sdpMid": "0"})
    }

    #[test]
    fn candidates_wait_for_the_description_in_order() {
        let mut side = CandidateQueue::default();

        let ip = Some(IpAddr::from([192, 0, 2, 7]));
        assert_eq!(side.take(host(1)), Disposition::Held { ip });
        assert_eq!(side.take(host(2)), Disposition::Held { ip });

        assert_eq!(side.release(), [host(1), host(2)]);
        let candidate = host(3);
        assert_eq!(side.take(host(3)), Disposition::PassOn { candidate, ip });
    }

    #[test]
    fn the_twenty_first_candidate_is_dropped_and_counted() {
        let mut side = CandidateQueue::default();
        side.release();

        let n_passed = (1..=100)
            .filter(|port| matches!(side.take(host(*port)), Disposition::PassOn { .. }))
            .count();

        assert_eq!((n_passed, side.n_dropped), (MAX_CANDIDATES, 80));
    }

    #[test]
    fn every_form_of_end_of_candidates_is_understood() {
        let mut side = CandidateQueue::default();
        side.release();

        for end in [
            json!(null),
            json!({}),
            json!(""),
            json!({"candidate": ""}),
            json!({"candidate": null, "sdpMid": "0"}),
        ] {
            let candidate = end.clone();
            assert_eq!(
                side.take(end),
                Disposition::PassOn {
                    candidate,
                    ip: None
                }
            );
        }
    }

    #[test]
    fn an_invalid_candidate_is_malformed() {
        let mut side = CandidateQueue::default();

        for bad in [
            json!("candidate:1"),
            json!(7),
            json!([]),
            json!({"candidate": 7}),
            json!({"candidate": "garbage"}),
            json!({"candidate": "", "sdpMid": "m".repeat(2_000)}),
        ] {
            assert_eq!(side.take(bad.clone()), Disposition::Malformed, "{bad}");
        }
    }

    #[test]
    fn restarts_reset_the_candidate_count_a_limited_number_of_times() {
        let mut side = CandidateQueue::default();
        side.release();
        let mut n_passed = 0;

        for _ in 0..2 * MAX_RESTARTS {
            side.start_again();
            for port in 0..50 {
                n_passed +=
                    usize::from(matches!(side.take(host(port)), Disposition::PassOn { .. }));
            }
        }

        assert_eq!(n_passed, MAX_RESTARTS * MAX_CANDIDATES);
    }
}
