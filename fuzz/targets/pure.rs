//! What the pure crate reads: signalling, calls, identities, ISAPI.

mod call;
mod identity;
mod isapi;
mod signalling;

/// A function that takes any bytes.
type Target = fn(&[u8]);

/// The targets of this group.
pub(crate) const TARGETS: [(&str, Target); 10] = [
    ("agent_side", signalling::agent_side),
    ("call", call::call),
    ("cloud_side", signalling::cloud_side),
    ("control", signalling::control),
    ("isapi", isapi::isapi),
    ("key_proof", identity::key_proof),
    ("link_message", signalling::link_message),
    ("rpc", signalling::rpc),
    ("serial_and_code", identity::serial_and_code),
    ("viewer_side", signalling::viewer_side),
];
