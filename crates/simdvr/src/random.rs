//! Random numbers for nonces, session names and RTP starting points.

/// A number that no client can guess.
pub(crate) fn number() -> u64 {
    getrandom::u64().expect("the operating system gives random numbers")
}
