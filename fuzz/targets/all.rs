//! Everything that reads bytes of strangers, as functions that must take any bytes: they panic
//! only when a promise is broken. Fuzzed by scripts/fuzz.sh, replayed by `make test`.

mod call;
mod identity;
mod media;
pub(crate) mod pages;
mod recorder;
mod relay;
mod settings;
mod signalling;

/// A function that takes any bytes.
pub(crate) type Target = fn(&[u8]);

/// Every target by the name of its corpus.
pub(crate) const ALL: [(&str, Target); 21] = [
    ("agent_side", signalling::agent_side),
    ("call", call::call),
    ("candidate", call::candidate),
    ("cloud_side", signalling::cloud_side),
    ("control", signalling::control),
    ("gop", media::gop),
    ("h264", media::h264),
    ("isapi", recorder::isapi),
    ("key_proof", identity::key_proof),
    ("link_message", signalling::link_message),
    ("names", identity::names),
    ("pages", pages::pages),
    ("relay_packets", relay::packets),
    ("relay_stream", relay::stream),
    ("rpc", signalling::rpc),
    ("rtsp", recorder::rtsp),
    ("sdp", call::sdp),
    ("serial_and_code", identity::serial_and_code),
    ("settings", settings::settings),
    ("stun", relay::stun),
    ("viewer_side", signalling::viewer_side),
];

/// The bytes as text, if they are.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// A first byte that chooses, and the rest.
fn chosen(data: &[u8]) -> Option<(u8, &[u8])> {
    data.split_first().map(|(first, rest)| (*first, rest))
}
