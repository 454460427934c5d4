//! The verdict of a test run on one row.

use super::run::Run;
use super::table::Requirement;

/// How a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// So many tests passed and none failed.
    Green(usize),
    /// The same, for a row that we deviate from: what makes up for it holds.
    Deviation(usize),
    /// These failed.
    Red(Vec<String>),
    /// No test of it ran.
    Missing,
    /// Its subject does not exist.
    Later,
}

impl Verdict {
    /// Judges a row by what ran.
    pub(super) fn of(row: &Requirement, run: &Run) -> Verdict {
        let prefix = row.prefix();
        let tests = run.tests(|name| {
            name.starts_with(&prefix) || row.shown_by.iter().any(|also| also == name)
        });
        let ran = |also: &String| tests.iter().any(|(name, _)| name == also);
        let failed: Vec<String> = tests
            .iter()
            .filter(|(_, passed)| !passed)
            .map(|(name, _)| (*name).to_owned())
            .collect();
        if !failed.is_empty() {
            Verdict::Red(failed)
        } else if row.waits_for.is_some() {
            Verdict::Later
        } else if tests.is_empty() || !row.shown_by.iter().all(ran) {
            Verdict::Missing
        } else if row.deviation.is_some() {
            Verdict::Deviation(tests.len())
        } else {
            Verdict::Green(tests.len())
        }
    }

    /// Whether nothing is left to do for it now.
    pub(super) fn is_good(&self) -> bool {
        matches!(self, Verdict::Green(_) | Verdict::Deviation(_))
    }

    /// In one word.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Verdict::Green(_) => "green",
            Verdict::Deviation(_) => "deviation",
            Verdict::Red(_) => "RED",
            Verdict::Missing => "missing",
            Verdict::Later => "later",
        }
    }
}
