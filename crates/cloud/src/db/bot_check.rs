//! Rows of the bot check: pictures that were answered and work that was handed in.

pub mod captchas;
pub mod works;
