//! What the repository does for itself besides building and testing: `cargo xtask asvs …` prints how
//! the rows of OWASP ASVS stand, `cargo xtask sbom` the bill of materials. Ships nowhere.

pub mod asvs;
pub mod sbom;

use std::path::{Path, PathBuf};

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
