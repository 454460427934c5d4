//! Checks of the other party that arrive before the client's permission for them. Both sides start to
//! check as soon as they know each other's candidates, so the permission is often a round trip behind,
//! and the check would be repeated only after 250 ms or more. It is held briefly instead.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::super::limits::{HELD_CHECKS, HELD_FOR};

/// The newest check of each source, for one allocation. Only checks that a party of the call has
/// signed get in, so nobody else can use up the places.
#[derive(Default)]
pub(super) struct HeldChecks(Vec<HeldCheck>);

/// One check and where it came from.
pub(super) struct HeldCheck {
    pub(super) from: SocketAddr,
    pub(super) packet: Vec<u8>,
    /// It came from an allocation of this relay and not from a socket.
    pub(super) is_inside: bool,
    at: Duration,
}

impl HeldChecks {
    /// Holds a check; the oldest is dropped if there are too many.
    pub(super) fn hold(&mut self, from: SocketAddr, packet: &[u8], is_inside: bool, now: Duration) {
        // A repetition replaces what it repeats.
        self.0.retain(|held| held.from != from);
        if self.0.len() >= HELD_CHECKS {
            self.0.remove(0);
        }
        self.0.push(HeldCheck {
            from,
            packet: packet.to_vec(),
            is_inside,
            at: now,
        });
    }

    /// Gives back the checks from an address that now has a permission, oldest first.
    pub(super) fn release(&mut self, ip: IpAddr, now: Duration) -> Vec<HeldCheck> {
        self.forget_old(now);
        self.0.extract_if(.., |held| held.from.ip() == ip).collect()
    }

    /// Drops checks that nobody waits for any more; returns how many.
    pub(super) fn forget_old(&mut self, now: Duration) -> usize {
        let before = self.0.len();
        self.0.retain(|held| now < held.at + HELD_FOR);
        before - self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([8, 8, 4, 4], port))
    }

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn released(held: &mut HeldChecks, now: Duration) -> Vec<(u16, Vec<u8>)> {
        let checks = held.release(at(0).ip(), now).into_iter();
        checks.map(|it| (it.from.port(), it.packet)).collect()
    }

    #[test]
    fn the_newest_check_of_four_sources_is_held() {
        let mut held = HeldChecks::default();
        for port in 1..=5 {
            held.hold(at(port), &[1], false, ms(0));
        }
        held.hold(at(3), &[2], false, ms(1));

        let got = released(&mut held, ms(10));

        assert_eq!(
            got,
            [(2, vec![1]), (4, vec![1]), (5, vec![1]), (3, vec![2])]
        );
        assert!(released(&mut held, ms(10)).is_empty(), "each only once");
    }

    #[test]
    fn a_held_check_is_dropped_after_three_hundred_milliseconds() {
        let mut held = HeldChecks::default();
        held.hold(at(1), &[1], false, ms(0));
        held.hold(at(2), &[1], false, ms(200));

        assert_eq!(held.forget_old(ms(299)), 0);
        assert_eq!(released(&mut held, ms(300)), [(2, vec![1])]);
        assert!(held.0.is_empty());
    }
}
