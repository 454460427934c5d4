//! One program for all targets, so that the crates are linked once: PEERVIEW_FUZZ names the target.

#![no_main]

#[path = "../targets/all.rs"]
mod targets;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("PEERVIEW_FUZZ").unwrap_or_default();
    let found = targets::ALL.iter().find(|(known, _)| *known == name);
    found
        .unwrap_or_else(|| panic!("PEERVIEW_FUZZ={name} is no target"))
        .1
});

fuzz_target!(|data: &[u8]| TARGET(data));
