//! The targets of servers in one program; PEERVIEW_FUZZ names one of them.

#![no_main]

#[path = "../targets/input.rs"]
mod input;
#[path = "../targets/server.rs"]
mod server;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("PEERVIEW_FUZZ").unwrap_or_default();
    let found = server::TARGETS.iter().find(|(known, _)| *known == name);
    found
        .unwrap_or_else(|| panic!("PEERVIEW_FUZZ={name} is no target"))
        .1
});

fuzz_target!(|data: &[u8]| TARGET(data));
