//! Parses the output of test runs: which tests ran, and how they ended.

use std::collections::BTreeMap;

/// Tests by the last part of their name; one that ran twice passed only if it passed twice.
#[derive(Debug, Default)]
pub(super) struct Run {
    passed: BTreeMap<String, bool>,
}

impl Run {
    /// Takes in the output of `cargo test` or `node --test`.
    pub(super) fn read(&mut self, output: &str) {
        for (name, passed) in output.lines().filter_map(outcome) {
            let so_far = self.passed.entry(name).or_insert(true);
            *so_far &= passed;
        }
    }

    /// The tests of which this is so, each with whether it passed.
    pub(super) fn tests(&self, of: impl Fn(&str) -> bool) -> Vec<(&str, bool)> {
        let all = self.passed.iter();
        all.filter(|(name, _)| of(name))
            .map(|(name, passed)| (name.as_str(), *passed))
            .collect()
    }
}

/// `test path::name ... ok` of cargo, `✔ name (1.2ms)` of node; ignored tests did not run.
fn outcome(line: &str) -> Option<(String, bool)> {
    if let Some(rest) = line.trim_start().strip_prefix("test ") {
        let (name, rest) = rest.split_once(" ... ")?;
        let passed = match rest.split_whitespace().last()? {
            "ok" => true,
            "FAILED" => false,
            _ => return None,
        };
        let name = name.split(" - ").next()?.rsplit("::").next()?;
        return Some((name.to_owned(), passed));
    }
    let line = line.trim_start();
    let (passed, rest) = match line.chars().next()? {
        '✔' => (true, line.strip_prefix('✔')?),
        '✖' => (false, line.strip_prefix('✖')?),
        _ => return None,
    };
    let name = rest.split(" (").next()?.trim();
    Some((name.replace(' ', "_"), passed))
}
