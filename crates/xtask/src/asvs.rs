//! The state of the rows of `docs/ref/asvs.md`, from actual test runs.

mod run;
pub mod table;
mod verdict;

use std::collections::BTreeMap;
use std::path::Path;

use run::Run;
use table::Requirement;
use verdict::Verdict;

/// The tests that it needs beside those named `asvs_…`, one a line.
pub fn names() -> Result<String, String> {
    let rows = rows()?;
    let names = rows.iter().flat_map(|row| &row.shown_by);
    Ok(names.map(|name| format!("{name}\n")).collect())
}

/// Every row by the logs in this folder, and whether level 1 has no gap.
pub fn rows_of(folder: &str) -> Result<(String, bool), String> {
    report(folder, true)
}

/// What is not green by the logs in this folder, and whether every row that is held is.
pub fn gaps_of(folder: &str) -> Result<(String, bool), String> {
    report(folder, false)
}

fn rows() -> Result<Vec<Requirement>, String> {
    let path = crate::root().join("docs/ref/asvs.md");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    table::parse(&text)
}

fn report(folder: &str, whole: bool) -> Result<(String, bool), String> {
    let rows = rows()?;
    let (run, n_logs) = read_logs(Path::new(folder))?;
    if n_logs == 0 {
        return Err(format!("no log of a test run in {folder}"));
    }
    let judged: Vec<(&Requirement, Verdict)> = rows
        .iter()
        .map(|row| (row, Verdict::of(row, &run)))
        .collect();
    let named = run.tests(|name| name.starts_with("asvs_")).len();
    let mut text = format!(
        "OWASP ASVS 5.0: {} ids, {named} tests named after them ran\n\n",
        rows.len()
    );
    for (row, verdict) in judged.iter().filter(|(_, v)| whole || !v.is_good()) {
        text += &line(row, verdict);
    }
    text += &sums(&judged);
    let (complaint, is_fine) = if whole {
        level_one(&judged)
    } else {
        held(&judged)
    };
    Ok((text + &complaint, is_fine))
}

fn read_logs(folder: &Path) -> Result<(Run, usize), String> {
    let (mut run, mut n_logs) = (Run::default(), 0);
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|end| end == "log") {
            let text = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            run.read(&String::from_utf8_lossy(&text));
            n_logs += 1;
        }
    }
    Ok((run, n_logs))
}

fn line(row: &Requirement, verdict: &Verdict) -> String {
    let more = match verdict {
        Verdict::Green(n) => format!("{n:>3}  {}", row.asks),
        Verdict::Deviation(n) => {
            let which = row.deviation.as_deref().unwrap_or_default();
            format!("{n:>3}  {which}: {}", row.asks)
        }
        Verdict::Red(failed) => format!("     {} ({})", row.asks, failed.join(", ")),
        Verdict::Missing => format!("     {}", row.asks),
        Verdict::Later => {
            let what = row.waits_for.as_deref().unwrap_or_default();
            format!("     {} (waits for: {what})", row.asks)
        }
    };
    let Requirement {
        number, id, level, ..
    } = row;
    format!(
        "{number:>5}  {id:<7} L{level}  {:<9} {more}\n",
        verdict.word()
    )
}

fn sums(judged: &[(&Requirement, Verdict)]) -> String {
    let mut text = "\n".to_owned();
    for level in 1..=3 {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let ours = judged.iter().filter(|(row, _)| row.level == level);
        for (_, verdict) in ours {
            *counts.entry(verdict.word()).or_default() += 1;
        }
        let all: usize = counts.values().sum();
        let green = counts.get("green").copied().unwrap_or_default();
        let each: Vec<String> = counts
            .iter()
            .map(|(word, n)| format!("{n} {word}"))
            .collect();
        let percent = 100 * green / all.max(1);
        text += &format!(
            "  level {level}: {percent:>3} % green of {all} ({})\n",
            each.join(", ")
        );
    }
    text
}

/// `make asvs`: level 1 has no gap.
fn level_one(judged: &[(&Requirement, Verdict)]) -> (String, bool) {
    let gaps: Vec<&str> = judged
        .iter()
        .filter(|(row, verdict)| row.level == 1 && !verdict.is_good() && *verdict != Verdict::Later)
        .map(|(row, _)| row.id.as_str())
        .collect();
    if gaps.is_empty() {
        return (String::new(), true);
    }
    (format!("\nLevel 1 has gaps: {}\n", gaps.join(", ")), false)
}

/// `make test`: what was green is green, and nothing fails.
fn held(judged: &[(&Requirement, Verdict)]) -> (String, bool) {
    let is_lost = |row: &Requirement, verdict: &Verdict| {
        matches!(verdict, Verdict::Red(_)) || (row.is_held && !verdict.is_good())
    };
    let pick = |wanted: &dyn Fn(&Requirement, &Verdict) -> bool| -> Vec<&str> {
        let rows = judged.iter().filter(|(row, verdict)| wanted(row, verdict));
        rows.map(|(row, _)| row.id.as_str()).collect()
    };
    let lost = pick(&is_lost);
    let won = pick(&|row, verdict| !row.is_held && verdict.is_good());
    let mut text = String::new();
    if !won.is_empty() {
        text += &format!(
            "\nGreen and not yet held; write `held` beside them: {}\n",
            won.join(", ")
        );
    }
    if !lost.is_empty() {
        text += &format!("\nWere green and are not: {}\n", lost.join(", "));
    }
    (text, lost.is_empty())
}

#[cfg(test)]
mod tests;
