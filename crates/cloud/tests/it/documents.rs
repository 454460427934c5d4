//! Documents in docs/ref that the tests keep true.

mod formats;
mod numbers;
mod permissions;
