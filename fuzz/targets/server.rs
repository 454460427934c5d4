//! What servers read: relay, names, pages, forms, records, logs, archives, settings, RTSP.

mod audit;
mod backup;
mod dkim;
mod doctor;
mod forwarded;
mod human;
mod names;
mod pages;
mod passkeys;
mod relay;
mod rtsp;
mod settings;
pub(crate) mod site;
mod typed;

/// A function that takes any bytes.
type Target = fn(&[u8]);

/// The targets of this group.
pub(crate) const TARGETS: [(&str, Target); 15] = [
    ("audit", audit::audit),
    ("backup", backup::backup),
    ("captcha", human::captcha),
    ("dkim", dkim::dkim),
    ("doctor", doctor::doctor),
    ("forwarded", forwarded::forwarded),
    ("names", names::names),
    ("pages", pages::pages),
    ("passkeys", passkeys::passkeys),
    ("relay_packets", relay::packets),
    ("relay_stream", relay::stream),
    ("rtsp", rtsp::rtsp),
    ("settings", settings::settings),
    ("typed", typed::typed),
    ("work", human::work),
];
