//! Observations that a viewer process prints for the lab: one line for each event, with the time.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// Something that a viewer saw.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sighting {
    /// It takes orders.
    Ready,
    /// It asked for a call.
    Tap,
    /// A picture.
    Picture,
    /// What the tile says about the path.
    Says(String),
    /// The call is over.
    Over(String),
}

/// Prints it with the time of now.
pub(crate) fn say(sighting: &Sighting) {
    say_at(sighting, now_ms());
}

/// Prints it with a time in milliseconds since 1970.
pub(crate) fn say_at(sighting: &Sighting, at_ms: f64) {
    let words = match sighting {
        Sighting::Ready => "ready".to_owned(),
        Sighting::Tap => "tap".to_owned(),
        Sighting::Picture => "picture".to_owned(),
        Sighting::Says(words) => format!("says {}", words.replace('\n', " ")),
        Sighting::Over(why) => format!("over {}", why.replace('\n', " ")),
    };
    // Whoever read this is gone, and will end this process too.
    let mut out = std::io::stdout();
    drop(writeln!(out, "{at_ms:.1} {words}").and_then(|()| out.flush()));
}

/// Reads a line that [`say`] printed.
pub(crate) fn read(line: &str) -> Option<(f64, Sighting)> {
    let (at_ms, words) = line.split_once(' ')?;
    let (kind, rest) = words.split_once(' ').unwrap_or((words, ""));
    let sighting = match kind {
        "ready" => Sighting::Ready,
        "tap" => Sighting::Tap,
        "picture" => Sighting::Picture,
        "says" => Sighting::Says(rest.to_owned()),
        "over" => Sighting::Over(rest.to_owned()),
        _ => return None,
    };
    Some((at_ms.parse().ok()?, sighting))
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs_f64() * 1000.0
}
