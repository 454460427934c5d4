//! Output of the benchmarks: a table for people and a JSON file for programs.

use std::path::Path;

use serde_json::{Value, json};

/// One measured line.
pub(crate) struct Figure {
    /// What was measured, and how.
    pub(crate) what: String,
    /// Named numbers, in the order of the columns.
    pub(crate) numbers: Vec<(&'static str, f64)>,
}

/// Prints the figures and writes `target/bench/<name>.json`.
#[expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
pub(crate) fn publish(name: &str, figures: &[Figure]) {
    let width = figures
        .iter()
        .map(|figure| figure.what.chars().count())
        .max()
        .unwrap_or(0);
    println!("\n{name}");
    for figure in figures {
        let numbers = figure
            .numbers
            .iter()
            .map(|(label, value)| format!("{label} {value:>9.*}", places(*value)));
        println!(
            "  {:<width$}  {}",
            figure.what,
            numbers.collect::<Vec<_>>().join("   ")
        );
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    std::fs::create_dir_all(&folder).expect("target/ is writable");
    let rows: Vec<Value> = figures.iter().map(row).collect();
    let text = serde_json::to_string_pretty(&rows).expect("numbers and texts serialize");
    std::fs::write(folder.join(format!("{name}.json")), text).expect("target/ is writable");
}

/// Places after the point: what one more viewer costs is a small number.
fn places(value: f64) -> usize {
    if value.abs() < 10.0 { 2 } else { 1 }
}

fn row(figure: &Figure) -> Value {
    let mut row = json!({ "what": figure.what });
    for (label, value) in &figure.numbers {
        row[*label] = json!(value);
    }
    row
}

/// The value that `part` (0 to 1) of the sorted measurements do not exceed.
pub(crate) fn quantile(sorted: &[f64], part: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = ((sorted.len().saturating_sub(1)) as f64 * part).ceil() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}
