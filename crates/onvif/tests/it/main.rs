//! Answers of devices of several makers, as public reports describe them.

mod answers;
mod events;
mod requests;

/// A file below `testdata`.
pub(crate) fn fixture(path: &str) -> Vec<u8> {
    let path = format!("{}/testdata/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
