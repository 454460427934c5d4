//! Passwords: which are allowed, how they are changed, and how a forgotten one is replaced.

pub mod change;
pub mod policy;
pub mod recovery;
