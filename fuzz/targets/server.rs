//! What servers read: relay, names, pages, settings, RTSP.

mod names;
pub(crate) mod pages;
mod relay;
mod rtsp;
mod settings;

/// A function that takes any bytes.
type Target = fn(&[u8]);

/// The targets of this group.
pub(crate) const TARGETS: [(&str, Target); 6] = [
    ("names", names::names),
    ("pages", pages::pages),
    ("relay_packets", relay::packets),
    ("relay_stream", relay::stream),
    ("rtsp", rtsp::rtsp),
    ("settings", settings::settings),
];
