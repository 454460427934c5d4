//! What the repository does for itself besides building and testing: `cargo xtask asvs …` prints how
//! the rows of OWASP ASVS stand, `cargo xtask sbom` the bill of materials, and `cargo xtask statements …` fails when
//! tests on PostgreSQL left out a statement. Ships nowhere.

pub mod asvs;
pub mod sbom;
pub mod statements;

use std::path::{Path, PathBuf};

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
