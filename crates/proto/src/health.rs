//! What a recorder says about its clock and its disks, what of it is wrong, and the words for logs and terminals.
//! A wrong clock and a bad disk are warnings: pictures come all the same.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Disks of one recorder that are told; of more, those that need somebody come first.
pub const MAX_DISKS: usize = 32;
/// A clock that is off by less is right. Nobody misses a recording by so little, and answers take time.
pub const CLOCK_TOLERANCE_SECONDS: i64 = 60;
/// Clocks that are further off are told as this: about 100 years.
const MAX_CLOCK_SECONDS: i64 = 100 * 366 * 86_400;

/// The health of a recorder, as far as it says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderHealth {
    /// Seconds by which its clock is ahead of that of the agent's machine, negative if it is behind; 0 if it is right.
    #[serde(
        rename = "clockAheadSeconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub clock_ahead: Option<i64>,
    /// Its disks, in its order; empty if it has none. `None` if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disks: Option<Vec<RecorderDisk>>,
}

/// One disk. What a recorder calls it is not told: its number stands on the recorder's own screen, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderDisk {
    /// Its number on the recorder.
    pub number: u32,
    /// How it is.
    #[serde(default)]
    pub state: DiskState,
    /// Its size in megabytes, as makers count them.
    #[serde(
        rename = "capacityMb",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub capacity_mb: Option<u32>,
    /// How much of it is free. A recorder that overwrites the oldest recordings has nothing free most of the time.
    #[serde(
        rename = "freePercent",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub free_percent: Option<u8>,
}

/// How a disk is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DiskState {
    /// In order.
    Ok,
    /// In order, and at rest.
    Idle,
    /// It is formatted or repaired just now.
    Preparing,
    /// Nothing is recorded on it until somebody formats it.
    Unformatted,
    /// Nothing is recorded on it.
    Error,
    /// It says that it will fail soon (S.M.A.R.T.).
    Failing,
    /// The recorder expects a disk and does not find it.
    Missing,
    /// Something that is not known here.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Something that somebody should look after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthWarning {
    /// Its clock is wrong by so many seconds; negative if it is behind.
    Clock(i64),
    /// A recorder without a disk records nothing.
    NoDisk,
    /// A disk with this number.
    Disk(u32, DiskState),
}

impl RecorderHealth {
    /// Whether it says anything.
    pub fn is_known(&self) -> bool {
        *self != RecorderHealth::default()
    }

    /// What somebody should look after.
    pub fn warnings(&self) -> Vec<HealthWarning> {
        let clock = self.clock_ahead.filter(|ahead| *ahead != 0);
        let mut warnings: Vec<_> = clock.map(HealthWarning::Clock).into_iter().collect();
        match self.disks.as_deref() {
            Some([]) => warnings.push(HealthWarning::NoDisk),
            Some(disks) => {
                let bad = disks.iter().filter(|disk| disk.state.is_bad());
                warnings.extend(bad.map(|disk| HealthWarning::Disk(disk.number, disk.state)));
            }
            None => {}
        }
        warnings
    }

    /// The same with every number within its limits: an agent may be anybody's program.
    #[must_use]
    pub fn bounded(self) -> RecorderHealth {
        RecorderHealth {
            clock_ahead: self.clock_ahead.map(told_clock),
            disks: self.disks.map(|disks| {
                let mut disks = told_disks(disks);
                for disk in &mut disks {
                    disk.free_percent = disk.free_percent.map(|free| free.min(100));
                }
                disks
            }),
        }
    }
}

/// The difference of a clock as it is told: to the minute, so that an answer that took longer is no news.
pub fn told_clock(ahead_seconds: i64) -> i64 {
    let ahead = ahead_seconds.clamp(-MAX_CLOCK_SECONDS, MAX_CLOCK_SECONDS);
    if ahead.abs() < CLOCK_TOLERANCE_SECONDS {
        return 0;
    }
    ahead - ahead % 60
}

/// As many disks as are told, in their order. Bad ones are left out last.
pub fn told_disks(mut disks: Vec<RecorderDisk>) -> Vec<RecorderDisk> {
    let mut n_bad = disks.iter().filter(|disk| disk.state.is_bad()).count();
    n_bad = n_bad.min(MAX_DISKS);
    let mut n_good = MAX_DISKS - n_bad;
    disks.retain(|disk| {
        let left = if disk.state.is_bad() {
            &mut n_bad
        } else {
            &mut n_good
        };
        let is_kept = *left > 0;
        *left = left.saturating_sub(1);
        is_kept
    });
    disks
}

impl RecorderDisk {
    /// From what a recorder says; a size of 0, and more free than there is, say nothing.
    pub fn new(
        number: u32,
        state: DiskState,
        capacity_mb: Option<u32>,
        free_mb: Option<u32>,
    ) -> RecorderDisk {
        let capacity_mb = capacity_mb.filter(|capacity| *capacity > 0);
        let free_percent = || {
            let (capacity, free) = (u64::from(capacity_mb?), u64::from(free_mb?));
            let percent = (free <= capacity).then(|| (free * 100 + capacity / 2) / capacity)?;
            u8::try_from(percent).ok()
        };
        RecorderDisk {
            number,
            state,
            capacity_mb,
            free_percent: free_percent(),
        }
    }
}

impl DiskState {
    /// Whether somebody should look after it.
    pub fn is_bad(self) -> bool {
        match self {
            DiskState::Ok | DiskState::Idle | DiskState::Preparing | DiskState::Unknown => false,
            DiskState::Unformatted | DiskState::Error | DiskState::Failing | DiskState::Missing => {
                true
            }
        }
    }
}

/// A sentence for logs and terminals: what is wrong, and what to do about it.
impl fmt::Display for HealthWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            HealthWarning::Clock(ahead) => {
                let way = if ahead < 0 { "behind" } else { "ahead of" };
                write!(
                    f,
                    "its clock is {} {way} this machine's: set the time on the recorder, or switch NTP on there",
                    span(ahead.unsigned_abs())
                )
            }
            HealthWarning::NoDisk => {
                f.write_str("it has no disk, and records nothing: put one in if it is to record")
            }
            HealthWarning::Disk(number, state) => write!(f, "disk {number}: {state}"),
        }
    }
}

/// `disk 1: 2.0 TB, 35 % free, in order`.
impl fmt::Display for RecorderDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "disk {}: ", self.number)?;
        if let Some(megabytes) = self.capacity_mb {
            write!(f, "{}, ", size(megabytes))?;
        }
        if let Some(percent) = self.free_percent {
            write!(f, "{percent} % free, ")?;
        }
        write!(f, "{}", self.state)
    }
}

/// `2.0 TB` or `500 GB`; the unit is the same in all languages but one.
pub fn size(megabytes: u32) -> String {
    let gigabytes = f64::from(megabytes) / 1_000.0;
    if gigabytes < 1.0 {
        format!("{megabytes} MB")
    } else if gigabytes < 999.5 {
        format!("{gigabytes:.0} GB")
    } else {
        format!("{:.1} TB", gigabytes / 1_000.0)
    }
}

impl fmt::Display for DiskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DiskState::Ok => "in order",
            DiskState::Idle => "in order, at rest",
            DiskState::Preparing => "being prepared",
            DiskState::Unformatted => {
                "not formatted, so nothing is recorded on it: format it on the recorder"
            }
            DiskState::Error => "error; recordings may be lost: check or replace it",
            DiskState::Failing => "it will fail soon: replace it",
            DiskState::Missing => {
                "not found; recordings may be lost: check its cables, or replace it"
            }
            DiskState::Unknown => "in a state that is not known",
        })
    }
}

fn span(seconds: u64) -> String {
    let (n, unit) = match seconds {
        ..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        172_800.. => (seconds / 86_400, "day"),
    };
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(number: u32, state: DiskState) -> RecorderDisk {
        RecorderDisk::new(number, state, Some(2_000_000), Some(700_000))
    }

    #[test]
    fn warnings_say_what_to_do() {
        let health = RecorderHealth {
            clock_ahead: Some(-240),
            disks: Some(vec![disk(1, DiskState::Ok), disk(2, DiskState::Error)]),
        };

        let said: Vec<_> = health.warnings().iter().map(ToString::to_string).collect();

        assert_eq!(
            said,
            [
                "its clock is 4 minutes behind this machine's: set the time on the recorder, or switch NTP on there",
                "disk 2: error; recordings may be lost: check or replace it",
            ]
        );
        let none = RecorderHealth {
            clock_ahead: Some(0),
            disks: Some(Vec::new()),
        };
        assert_eq!(none.warnings(), [HealthWarning::NoDisk]);
        assert_eq!(RecorderHealth::default().warnings(), []);
    }

    #[test]
    fn disks_are_written_in_one_line() {
        assert_eq!(
            disk(1, DiskState::Ok).to_string(),
            "disk 1: 2.0 TB, 35 % free, in order"
        );
        let unknown = RecorderDisk::new(7, DiskState::Unknown, None, None);
        assert_eq!(unknown.to_string(), "disk 7: in a state that is not known");
        for (megabytes, written) in [(999, "999 MB"), (499_900, "500 GB"), (999_500, "1.0 TB")] {
            assert_eq!(size(megabytes), written);
        }
    }

    #[test]
    fn small_differences_of_a_clock_are_no_news() {
        for (ahead, told) in [
            (59, 0),
            (-59, 0),
            (60, 60),
            (179, 120),
            (-179, -120),
            (i64::MIN, -MAX_CLOCK_SECONDS),
        ] {
            assert_eq!(told_clock(ahead), told, "{ahead}");
        }
        assert_eq!(MAX_CLOCK_SECONDS % 60, 0);
    }

    #[test]
    fn sizes_that_cannot_be_are_not_told() {
        let told = |capacity, free| {
            let disk = RecorderDisk::new(1, DiskState::Ok, capacity, free);
            (disk.capacity_mb, disk.free_percent)
        };

        assert_eq!(
            told(Some(2_000_000), Some(700_000)),
            (Some(2_000_000), Some(35))
        );
        assert_eq!(
            told(Some(u32::MAX), Some(u32::MAX)),
            (Some(u32::MAX), Some(100))
        );
        assert_eq!(told(Some(0), Some(0)), (None, None));
        assert_eq!(told(Some(5), Some(6)), (Some(5), None));
        assert_eq!(told(None, Some(6)), (None, None));
    }

    #[test]
    fn of_many_disks_the_bad_ones_are_told() {
        let mut disks: Vec<_> = (1..=300).map(|n| disk(n, DiskState::Ok)).collect();
        disks[250].state = DiskState::Failing;

        let told = told_disks(disks);

        assert_eq!(told.len(), MAX_DISKS);
        assert_eq!((told[0].number, told[31].number), (1, 251));
        let all_bad = (1..=300).map(|n| disk(n, DiskState::Error)).collect();
        assert_eq!(told_disks(all_bad).len(), MAX_DISKS);
    }

    #[test]
    fn nonsense_of_an_agent_is_bounded() {
        let said = serde_json::json!({
            "clockAheadSeconds": i64::MAX,
            "disks": [{"number": 1, "state": "on fire", "freePercent": 255}],
        });

        let health: RecorderHealth = serde_json::from_value(said).expect("health");
        let health = health.bounded();

        assert_eq!(health.clock_ahead, Some(MAX_CLOCK_SECONDS));
        let disks = health.disks.expect("disks");
        assert_eq!(
            (disks[0].state, disks[0].free_percent),
            (DiskState::Unknown, Some(100))
        );
    }
}
