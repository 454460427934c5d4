//! What a fuzzer's bytes are taken for. At the root of each program that replays or fuzzes.

/// The bytes as text, if they are.
pub(crate) fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// A first byte that chooses, and the rest.
pub(crate) fn chosen(data: &[u8]) -> Option<(u8, &[u8])> {
    data.split_first().map(|(first, rest)| (*first, rest))
}
