//! The disks of a recorder, from `GET /ISAPI/ContentMgmt/Storage`.

use super::error::{IsapiError, MAX_LIST};
use super::xml::Element;
use crate::health::{DiskState, RecorderDisk, told_disks};

/// Reads the disks, those in the network last; at most [`crate::health::MAX_DISKS`].
pub fn parse(body: &[u8]) -> Result<Vec<RecorderDisk>, IsapiError> {
    let root = Element::read(body, &["storage", "hddList"])?;
    let local = |list: &Element| -> Vec<_> { list.children("hdd").map(disk).collect() };
    let mut disks = if root.is_named("hddList") {
        local(&root)
    } else {
        root.children("hddList").flat_map(local).collect()
    };
    let networked = root
        .children("nasList")
        .flat_map(|list| list.children("nas"));
    disks.extend(networked.map(disk));
    disks.truncate(MAX_LIST);
    // Of old firmware; others number from 1.
    let is_unnumbered = disks.iter().all(|disk| disk.number == 0);
    if is_unnumbered {
        for (number, disk) in (1..).zip(&mut disks) {
            disk.number = number;
        }
    }
    Ok(told_disks(disks))
}

fn disk(entry: &Element) -> RecorderDisk {
    RecorderDisk::new(
        entry.number_of("id").unwrap_or(0),
        entry.text_of("status").map_or(DiskState::Unknown, state),
        entry.number_of("capacity"),
        entry.number_of("freeSpace"),
    )
}

fn state(said: &str) -> DiskState {
    match said.to_ascii_lowercase().as_str() {
        "ok" | "normal" => DiskState::Ok,
        "idle" | "sleep" | "sleeping" => DiskState::Idle,
        // Some of these are spelled like that by the maker.
        "formating" | "formatting" | "reparing" | "repairing" | "initializing" => {
            DiskState::Preparing
        }
        "unformatted" | "notformatted" | "uninitialized" => DiskState::Unformatted,
        "error" | "abnormal" | "damaged" => DiskState::Error,
        "smartfailed" => DiskState::Failing,
        "offline" | "notexist" => DiskState::Missing,
        _ => DiskState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::MAX_DISKS;

    #[test]
    fn disks_of_a_recorder_are_read() {
        let disks = parse(include_bytes!("../../testdata/nvr/storage.xml")).expect("disks");

        assert_eq!(
            disks,
            [
                RecorderDisk {
                    number: 1,
                    state: DiskState::Ok,
                    capacity_mb: Some(2_000_398),
                    free_percent: Some(0),
                },
                RecorderDisk {
                    number: 2,
                    state: DiskState::Error,
                    capacity_mb: None,
                    free_percent: None,
                },
                RecorderDisk {
                    number: 9,
                    state: DiskState::Missing,
                    capacity_mb: Some(500_000),
                    free_percent: Some(20),
                },
            ]
        );
    }

    #[test]
    fn a_recorder_without_disks_lists_none() {
        for body in [
            "<storage><hddList/></storage>",
            "<storage/>",
            "<hddList size=\"16\"></hddList>",
        ] {
            assert_eq!(parse(body.as_bytes()), Ok(Vec::new()), "{body}");
        }
        assert!(parse(b"<html></html>").is_err());
    }

    #[test]
    fn every_state_a_recorder_may_say_is_understood() {
        for (said, expected) in [
            ("OK", DiskState::Ok),
            ("idle", DiskState::Idle),
            ("formating", DiskState::Preparing),
            ("unformatted", DiskState::Unformatted),
            ("error", DiskState::Error),
            ("smartFailed", DiskState::Failing),
            ("notexist", DiskState::Missing),
            ("mismatch", DiskState::Unknown),
            ("", DiskState::Unknown),
            ("&lt;b&gt;ok", DiskState::Unknown),
        ] {
            let body =
                format!("<storage><hddList><hdd><status>{said}</status></hdd></hddList></storage>");
            let disks = parse(body.as_bytes()).expect("a list");
            assert_eq!((disks[0].number, disks[0].state), (1, expected), "{said}");
        }
    }

    #[test]
    fn hostile_disks_are_bounded() {
        let huge = "18446744073709551616";
        let entry = |n: usize| {
            format!(
                "<hdd><id>{n}</id><hddName>&lt;script&gt;</hddName><status>ok</status>\
                 <capacity>{huge}</capacity><freeSpace>-{huge}</freeSpace></hdd>"
            )
        };
        let all: String = (1..=300).map(entry).collect();
        let body = format!("<storage><hddList>{all}</hddList></storage>");

        let disks = parse(body.as_bytes()).expect("a list");

        assert_eq!(disks.len(), MAX_DISKS);
        assert!(
            disks
                .iter()
                .all(|disk| disk.capacity_mb.is_none() && disk.free_percent.is_none())
        );
    }
}
