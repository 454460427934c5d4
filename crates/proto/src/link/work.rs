//! Proof of work for the registration of a new recorder: numbers whose SHA-256, together with the
//! nonce of the socket and the serial, begins with zeros. The nonce comes from the cloud and is
//! valid for one socket, so nothing can be computed in advance or submitted twice. The caller
//! decides how much work is required.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Numbers to find: many small searches take a steadier time than one large search.
pub const PARTS: usize = 16;
/// Maximum work of an agent, in bits of each number: about 270 million hashes.
pub const MAX_BITS: u32 = 24;
const DOMAIN: &str = "peerview/proof-of-work/v1";

/// The required work, in the data of the cloud's refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkDemand {
    /// Zero bits at the start of each number's hash; one more doubles the work.
    pub bits: u32,
}

/// The search for the numbers, in steps.
#[derive(Debug, Clone)]
pub struct Search {
    head: String,
    bits: u32,
    found: Vec<u64>,
    next: u64,
}

impl Search {
    /// Begins at zero.
    pub fn new(nonce: &str, serial: &str, work: WorkDemand) -> Search {
        Search {
            head: head(nonce, serial),
            bits: work.bits,
            found: Vec::with_capacity(PARTS),
            next: 0,
        }
    }

    /// Tries this many numbers; returns all of them once the last is found.
    pub fn step(&mut self, n_tries: u32) -> Option<Vec<u64>> {
        for _ in 0..n_tries {
            if self.found.len() == PARTS {
                break;
            }
            let number = self.next;
            self.next += 1;
            if leading_zeros(&self.head, self.found.len(), number) >= self.bits {
                self.found.push(number);
                self.next = 0;
            }
        }
        (self.found.len() == PARTS).then(|| self.found.clone())
    }
}

/// Bits of work of these numbers; 0 if there are too many or too few of them.
pub fn bits_done(nonce: &str, serial: &str, numbers: &[u64]) -> u32 {
    if numbers.len() != PARTS {
        return 0;
    }
    let head = head(nonce, serial);
    let zeros = numbers
        .iter()
        .enumerate()
        .map(|(part, number)| leading_zeros(&head, part, *number));
    zeros.min().unwrap_or(0)
}

fn head(nonce: &str, serial: &str) -> String {
    // The length keeps nonce and serial apart.
    format!("{DOMAIN}:{}:{nonce}:{serial}", nonce.len())
}

fn leading_zeros(head: &str, part: usize, number: u64) -> u32 {
    let mut hasher = Sha256::new();
    hasher.update(head.as_bytes());
    // With the number of the part, or one number found would count sixteen times.
    hasher.update([u8::try_from(part).unwrap_or(u8::MAX)]);
    hasher.update(number.to_be_bytes());
    let digest = hasher.finalize();
    let first: [u8; 8] = std::array::from_fn(|i| digest[i]);
    u64::from_be_bytes(first).leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solved(bits: u32) -> Vec<u64> {
        let mut search = Search::new("nonce", "PV-1", WorkDemand { bits });
        std::iter::repeat_with(|| search.step(1_000))
            .find_map(|found| found)
            .unwrap()
    }

    #[test]
    fn found_numbers_reach_the_requested_difficulty() {
        for bits in [0, 1, 6, 10] {
            assert!(bits_done("nonce", "PV-1", &solved(bits)) >= bits);
        }
    }

    #[test]
    fn work_counts_for_its_own_socket_and_serial_only() {
        let numbers = solved(10);

        assert!(bits_done("another", "PV-1", &numbers) < 10);
        assert!(bits_done("nonce", "PV-2", &numbers) < 10);
        assert!(bits_done("nonc", "e:PV-1", &numbers) < 10);
    }

    #[test]
    fn missing_or_repeated_numbers_do_not_count_as_work() {
        let numbers = solved(10);

        assert_eq!(bits_done("nonce", "PV-1", &numbers[1..]), 0);
        assert_eq!(
            bits_done("nonce", "PV-1", &[numbers.clone(), vec![1]].concat()),
            0
        );
        assert!(bits_done("nonce", "PV-1", &[numbers[0]; PARTS]) < 10);
        assert_eq!(bits_done("nonce", "PV-1", &[]), 0);
    }

    #[test]
    fn one_more_bit_doubles_the_work() {
        let tries = |bits| {
            let mut search = Search::new("nonce", "PV-1", WorkDemand { bits });
            std::iter::repeat_with(|| search.step(1))
                .position(|found| found.is_some())
                .unwrap()
        };

        let (less, more) = (tries(8), tries(11));

        assert!((3 * less..=20 * less).contains(&more), "{less} and {more}");
    }
}
