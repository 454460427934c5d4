//! `docs/ref/asvs.md` and the tests that are named after its rows fit together.

use std::collections::BTreeSet;

use xtask::asvs::table::{self, Requirement};

use crate::tree::{expect_none, files_ending, root};

fn rows() -> Vec<Requirement> {
    let text = std::fs::read_to_string(root().join("docs/ref/asvs.md")).expect("the list is there");
    table::parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_checklist_has_every_row_once_with_its_level() {
    let rows = rows();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let numbers: BTreeSet<u32> = rows.iter().map(|row| row.number).collect();

    assert_eq!(ids.len(), rows.len(), "an id stands there twice");
    assert_eq!(numbers, (1..=114).collect(), "rows are missing");
    assert!(rows.iter().all(|row| (1..=3).contains(&row.level)));
    assert!(rows.iter().all(|row| !row.asks.is_empty()));
}

#[test]
fn only_known_checklist_rows_wait_or_deviate() {
    let rows = rows();
    let waiting: BTreeSet<u32> = rows
        .iter()
        .filter(|row| row.waits_for.is_some())
        .map(|row| row.number)
        .collect();
    let deviating = rows.iter().filter(|row| row.deviation.is_some());
    let deviating: BTreeSet<(u32, &str)> = deviating
        .map(|row| (row.number, row.deviation.as_deref().unwrap_or_default()))
        .collect();

    assert_eq!(waiting, [35, 36, 55, 61, 62, 63].into());
    assert_eq!(
        deviating,
        [(30, "D1"), (31, "D1"), (41, "D2"), (50, "D3")].into()
    );
}

#[test]
fn every_test_named_after_a_row_matches_one() {
    let rows = rows();
    let mut complaints = Vec::new();
    for file in files_ending(".rs") {
        let declared = file.text.lines().filter_map(|line| {
            let line = line.trim();
            let rest = line.strip_prefix("async ").unwrap_or(line);
            rest.strip_prefix("fn ")?.split('(').next()
        });
        for name in declared.filter(|name| name.starts_with("asvs_")) {
            if !rows.iter().any(|row| name.starts_with(&row.prefix())) {
                complaints.push(format!("{}: {name}", file.path));
            }
        }
    }

    expect_none("No row of docs/ref/asvs.md has this id:", &complaints);
}
