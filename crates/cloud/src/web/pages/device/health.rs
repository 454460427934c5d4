//! How a recorder is, in the reader's language: the section of the Device page about its clock and its disks. What is
//! wrong is decided in `proto::health`.

use proto::health::{DiskState, HealthWarning, RecorderDisk, RecorderHealth};

use crate::language::moment::wait_in_words;

/// The section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HealthSection {
    pub(super) rows: Vec<HealthRow>,
    /// What somebody should look after, and how.
    pub(super) warnings: Vec<String>,
}

/// The clock or one disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HealthRow {
    pub(super) name: String,
    pub(super) value: String,
    /// How large a disk is and how much of it is free; empty if not known.
    pub(super) room: String,
}

impl HealthSection {
    /// In the language of the request.
    pub(super) fn new(health: RecorderHealth) -> HealthSection {
        let clock = match health.clock_ahead {
            None => say!("health-not-known"),
            Some(0) => say!("health-clock-right"),
            Some(ahead @ ..0) => {
                let wait = wait_in_words(ahead.saturating_neg());
                say!("health-clock-behind", wait = wait)
            }
            Some(ahead) => say!("health-clock-ahead", wait = wait_in_words(ahead)),
        };
        let mut rows = vec![HealthRow::plain(say!("health-clock"), clock)];
        let no_disk = |value| HealthRow::plain(say!("health-disks"), value);
        match health.disks.as_deref() {
            None => rows.push(no_disk(say!("health-not-known"))),
            Some([]) => rows.push(no_disk(say!("health-no-disk"))),
            Some(disks) => rows.extend(disks.iter().map(HealthRow::of_disk)),
        }
        HealthSection {
            rows,
            warnings: health.warnings().into_iter().map(warning).collect(),
        }
    }
}

impl HealthRow {
    fn plain(name: String, value: String) -> HealthRow {
        HealthRow {
            name,
            value,
            room: String::new(),
        }
    }

    fn of_disk(disk: &RecorderDisk) -> HealthRow {
        let size = disk.capacity_mb.map(size);
        let room = size.map(|size| match disk.free_percent {
            Some(percent) => say!("health-free", size = size, percent = percent),
            None => size,
        });
        HealthRow {
            name: say!("health-disk", number = disk.number.to_string()),
            value: state(disk.state),
            room: room.unwrap_or_default(),
        }
    }
}

fn size(megabytes: u32) -> String {
    // Rounded to tenths of a terabyte, or to gigabytes.
    let (tenths, gigabytes) = (
        megabytes.saturating_add(50_000) / 100_000,
        megabytes.saturating_add(500) / 1_000,
    );
    match (gigabytes, tenths) {
        (0, _) => say!("health-megabytes", n = megabytes),
        (..1_000, _) => say!("health-gigabytes", n = gigabytes),
        (_, tenths) => say!(
            "health-terabytes",
            n = (tenths / 10).to_string(),
            tenths = tenths % 10
        ),
    }
}

fn state(state: DiskState) -> String {
    match state {
        DiskState::Ok => say!("health-ok"),
        DiskState::Idle => say!("health-idle"),
        DiskState::Preparing => say!("health-preparing"),
        DiskState::Unformatted => say!("health-unformatted"),
        DiskState::Error => say!("health-error"),
        DiskState::Failing => say!("health-failing"),
        DiskState::Missing => say!("health-missing"),
        DiskState::Unknown => say!("health-not-known"),
    }
}

fn warning(warning: HealthWarning) -> String {
    match warning {
        HealthWarning::Clock(_) => say!("health-warn-clock"),
        HealthWarning::NoDisk => say!("health-warn-no-disk"),
        HealthWarning::Disk(number, state) => {
            let number = number.to_string();
            match state {
                DiskState::Unformatted => say!("health-warn-unformatted", number = number),
                DiskState::Failing => say!("health-warn-failing", number = number),
                DiskState::Missing => say!("health-warn-missing", number = number),
                _ => say!("health-warn-error", number = number),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, speaking};

    fn rows(health: RecorderHealth) -> Vec<(String, String, String)> {
        let section = HealthSection::new(health);
        let rows = section.rows.into_iter();
        rows.map(|row| (row.name, row.value, row.room)).collect()
    }

    fn row(name: &str, value: &str, room: &str) -> (String, String, String) {
        (name.to_owned(), value.to_owned(), room.to_owned())
    }

    #[test]
    fn a_clock_and_disks_are_shown_in_words() {
        let disks = vec![
            RecorderDisk::new(1, DiskState::Ok, Some(2_000_398), Some(700_139)),
            RecorderDisk::new(1_002, DiskState::Error, None, None),
        ];
        let health = RecorderHealth {
            clock_ahead: Some(-240),
            disks: Some(disks),
        };

        let german = speaking(Language::German, || rows(health.clone()));

        assert_eq!(
            rows(health.clone()),
            [
                row("Clock", "4 minutes behind", ""),
                row("Disk 1", "OK", "2.0 TB, 35 % free"),
                row("Disk 1002", "Error", ""),
            ]
        );
        assert_eq!(german[0], row("Uhr", "Geht 4 Minuten nach", ""));
        assert_eq!(german[1].2, "2,0 TB, 35 % frei");
        assert_eq!(HealthSection::new(health).warnings.len(), 2);
    }

    #[test]
    fn what_a_recorder_does_not_say_is_not_known() {
        let silent = RecorderHealth {
            clock_ahead: Some(0),
            disks: None,
        };
        let without_disk = RecorderHealth {
            clock_ahead: None,
            disks: Some(Vec::new()),
        };

        assert_eq!(HealthSection::new(silent.clone()).warnings, [""; 0]);
        assert_eq!(
            rows(silent),
            [row("Clock", "Correct", ""), row("Disks", "Not known", "")]
        );
        assert_eq!(
            rows(without_disk),
            [row("Clock", "Not known", ""), row("Disks", "None", "")]
        );
    }

    #[test]
    fn sizes_are_rounded_in_their_unit() {
        for (megabytes, words) in [
            (1, "1 MB"),
            (499, "499 MB"),
            (500_107, "500 GB"),
            (999_499, "999 GB"),
            (999_500, "1.0 TB"),
            (u32::MAX, "4294.9 TB"),
        ] {
            assert_eq!(size(megabytes), words);
        }
    }
}
