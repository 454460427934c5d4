//! Everything that a person reads on standard output passes through here; logs go to standard
//! error. What a person types can be hidden.

use std::io::Write;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Writes one line. A closed pipe must not stop the program, so a failed write is ignored.
pub(crate) fn say(line: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{}", line.as_ref())
        .and_then(|()| out.flush())
        .is_err()
    {
        tracing::debug!("standard output is closed");
    }
}

/// Writes why the program ends, with each cause on its own line.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut text = format!("peerview: {error}\n");
    for cause in error.chain().skip(1) {
        text.push_str("  because: ");
        text.push_str(&cause.to_string());
        text.push('\n');
    }
    say_error(&text);
}

pub(crate) fn say_error(text: &str) {
    let written = std::io::stderr().lock().write_all(text.as_bytes());
    if written.is_err() {
        tracing::debug!("standard error is closed");
    }
}

/// Nothing that is typed appears on the terminal as long as this lives.
pub(crate) struct HiddenTyping(Option<Termios>);

impl HiddenTyping {
    /// Hides it from now on, if standard input is a terminal.
    pub(crate) fn begin() -> HiddenTyping {
        let before = tcgetattr(std::io::stdin()).ok();
        if let Some(mut settings) = before.clone() {
            settings.local_modes.remove(LocalModes::ECHO);
            set(&settings);
        }
        HiddenTyping(before)
    }
}

impl Drop for HiddenTyping {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            set(before);
        }
    }
}

fn set(settings: &Termios) {
    if let Err(error) = tcsetattr(std::io::stdin(), OptionalActions::Now, settings) {
        tracing::debug!("cannot change the terminal's settings: {error}");
    }
}
