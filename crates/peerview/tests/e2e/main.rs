//! End to end: the real binary as people start it, real mail, and a real browser at phone size.
//! `make e2e` runs these alone. What they need is installed by `scripts/setup-tests.sh`.

mod browser;
mod stories;
mod support;
