//! What the pure crates read: signalling, calls, identities, ISAPI, ONVIF.

mod call;
mod identity;
mod isapi;
mod onvif;
mod signalling;

/// A function that takes any bytes.
type Target = fn(&[u8]);

/// The targets of this group.
pub(crate) const TARGETS: [(&str, Target); 13] = [
    ("agent_side", signalling::agent_side),
    ("alert_stream", isapi::alert_stream),
    ("call", call::call),
    ("cloud_side", signalling::cloud_side),
    ("control", signalling::control),
    ("isapi", isapi::isapi),
    ("key_proof", identity::key_proof),
    ("link_message", signalling::link_message),
    ("onvif_answers", onvif::onvif_answers),
    ("onvif_discovery", onvif::onvif_discovery),
    ("rpc", signalling::rpc),
    ("serial_and_code", identity::serial_and_code),
    ("viewer_side", signalling::viewer_side),
];
