//! Everything that reads bytes of strangers, as functions that must take any bytes: they panic
//! only when a promise is broken. Fuzzed by scripts/fuzz.sh, replayed by `make test`. Three groups,
//! because a fuzzer is as fast as the program around it is small.

#[path = "media.rs"]
mod media;
#[path = "pure.rs"]
mod pure;
#[path = "server.rs"]
pub(crate) mod server;

/// A function that takes any bytes.
pub(crate) type Target = fn(&[u8]);

/// Every target by the name of its corpus.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, Target)> {
    let groups = [&pure::TARGETS[..], &media::TARGETS, &server::TARGETS];
    groups.into_iter().flatten().copied()
}
