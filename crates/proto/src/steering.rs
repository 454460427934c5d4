//! Only one person controls a camera at a time: the first one to move it keeps it for some seconds after each
//! command, and everybody else is told who it is. A rule without clock: `now` is an argument.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::link::limits::MAX_CAMERAS;

/// How long a camera stays with a person after a command: long enough to look at the result and go on.
pub const LEASE: Duration = Duration::from_secs(5);

/// Whoever steers a camera, for the screen of somebody else who wants to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SteeredBy {
    /// The person's user name.
    pub name: String,
    /// Seconds until the camera is free unless that person goes on, at least 1.
    pub seconds: u64,
}

/// Who steers which camera of a recorder.
#[derive(Debug, Default)]
pub struct SteeringLeases {
    by_camera: BTreeMap<String, Lease>,
}

#[derive(Debug)]
struct Lease {
    /// The call, because one person may have two of them.
    call: String,
    name: String,
    until: Duration,
}

impl SteeringLeases {
    /// The viewer of `call` steers `camera` at `now`. Refused while somebody else does.
    pub fn take(
        &mut self,
        camera: &str,
        (call, name): (&str, &str),
        now: Duration,
    ) -> Result<(), SteeredBy> {
        self.by_camera.retain(|_, lease| lease.until > now);
        if let Some(other) = self.other(camera, call, now) {
            return Err(other);
        }
        let lease = Lease {
            call: call.to_owned(),
            name: name.to_owned(),
            until: now + LEASE,
        };
        // Only cameras that exist are steered, so this is never reached; it holds all the same.
        if self.by_camera.len() < MAX_CAMERAS || self.by_camera.contains_key(camera) {
            self.by_camera.insert(camera.to_owned(), lease);
        }
        Ok(())
    }

    /// Who steers `camera` at `now` in another call than `call`.
    pub fn other(&self, camera: &str, call: &str, now: Duration) -> Option<SteeredBy> {
        let lease = self.by_camera.get(camera);
        let lease = lease.filter(|it| it.call != call && it.until > now)?;
        let left = lease.until.saturating_sub(now).as_millis();
        Some(SteeredBy {
            name: lease.name.clone(),
            seconds: u64::try_from(left.div_ceil(1_000)).unwrap_or(u64::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: (&str, &str) = ("call-1", "ana");
    const BEN: (&str, &str) = ("call-2", "ben");

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_second_person_is_told_who_steers() {
        let mut leases = SteeringLeases::default();
        assert_eq!(leases.take("1", ANA, seconds(10)), Ok(()));

        let refused = leases.take("1", BEN, Duration::from_millis(10_500));

        let (name, seconds) = ("ana".to_owned(), 5);
        assert_eq!(refused, Err(SteeredBy { name, seconds }));
    }

    #[test]
    fn a_lease_ends_unless_its_holder_goes_on() {
        let mut leases = SteeringLeases::default();
        leases.take("1", ANA, seconds(0)).expect("free");
        leases.take("1", ANA, seconds(4)).expect("her own");

        assert!(leases.take("1", BEN, seconds(8)).is_err());
        assert_eq!(leases.take("1", BEN, seconds(9)), Ok(()));
        assert!(leases.take("1", ANA, seconds(10)).is_err());
    }

    #[test]
    fn who_steers_is_known_before_an_attempt() {
        let mut leases = SteeringLeases::default();
        leases.take("1", ANA, seconds(0)).expect("free");
        let seen_by = |(call, _): (&str, &str), at| leases.other("1", call, seconds(at));

        let (name, n) = ("ana".to_owned(), 4);
        assert_eq!(seen_by(BEN, 1), Some(SteeredBy { name, seconds: n }));
        assert_eq!(seen_by(ANA, 1), None, "she herself");
        assert_eq!(seen_by(BEN, 5), None, "she has let go");
    }

    #[test]
    fn other_cameras_are_free() {
        let mut leases = SteeringLeases::default();
        leases.take("1", ANA, seconds(0)).expect("free");

        assert_eq!(leases.take("2", BEN, seconds(0)), Ok(()));
    }

    #[test]
    fn leases_are_bounded_by_the_number_of_cameras() {
        let mut leases = SteeringLeases::default();

        for camera in 0..2 * MAX_CAMERAS {
            leases
                .take(&camera.to_string(), ANA, seconds(0))
                .expect("free");
        }

        assert_eq!(leases.by_camera.len(), MAX_CAMERAS);
    }
}
