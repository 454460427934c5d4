//! A finding of the doctor: its topic, its grade, and what to do.

use serde::Serialize;

/// How good the checked thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Everything is as it should be.
    Ok,
    /// Works, but not as it could.
    Warn,
    /// People will notice: something does not work, or is not safe.
    Bad,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked, in one or two words.
    pub topic: &'static str,
    /// How good the checked thing is.
    pub grade: Grade,
    /// What was seen, on one line and without secrets.
    pub found: String,
    /// What to do; empty if all is well.
    pub fix: String,
}

impl Finding {
    /// All is well.
    pub fn ok(topic: &'static str, found: impl Into<String>) -> Finding {
        Finding::new(topic, Grade::Ok, found, "")
    }

    /// Works, but not as it could; `fix` says what to do.
    pub fn warn(topic: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding::new(topic, Grade::Warn, found, fix)
    }

    pub(super) fn bad(
        topic: &'static str,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding::new(topic, Grade::Bad, found, fix)
    }

    pub(super) fn new(
        topic: &'static str,
        grade: Grade,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding {
            topic,
            grade,
            found: printable(&found.into()),
            fix: printable(&fix.into()),
        }
    }
}

/// Text from others, made safe for a terminal: one line, without characters that move the cursor or
/// change the writing direction (Unicode UAX #9).
pub(super) fn printable(text: &str) -> String {
    proto::shown::with_signs(text, ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_control_the_terminal() {
        let finding = Finding::ok("SPF", "v=spf1\u{1b}[2J\r\n\u{202e}\u{2028}all");

        assert_eq!(finding.found, "v=spf1 [2J    all");
    }
}
