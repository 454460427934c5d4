//! `peerview admin audit`: reads only the log, so that it works without a database.

use std::collections::VecDeque;
use std::path::Path;

use anyhow::{Context, bail};
use cloud::admin::NotFound;
use cloud::audit::Line;
use cloud::audit::chain::{self, Report};
use serde_json::json;

use super::show;
use super::table::table;
use crate::cli::admin::AuditCommand;

pub(super) fn run(folder: &Path, audit: AuditCommand, json: bool) -> anyhow::Result<()> {
    if !folder.join(cloud::audit::FILE).exists() {
        let words = format!(
            "there is no audit log in {}: specify the cloud's folder with --data",
            folder.display()
        );
        return Err(NotFound(words).into());
    }
    match audit {
        AuditCommand::Show { last, what } => show_lines(folder, last, &what, json),
        AuditCommand::Verify { expect } => verify(folder, expect.as_deref(), json),
        AuditCommand::Head => {
            let report = chain::read(folder, |_| {})?;
            let head = format!("{}:{}", report.last_seq, report.head);
            show(json, &json!({"head": head}), || head.clone());
            Ok(())
        }
    }
}

fn show_lines(folder: &Path, last: usize, what: &str, json: bool) -> anyhow::Result<()> {
    let mut lines: VecDeque<Line> = VecDeque::new();
    chain::read(folder, |line| {
        if line.what.starts_with(what) {
            lines.push_back(line.clone());
            if lines.len() > last {
                lines.pop_front();
            }
        }
    })?;
    show(json, &lines, || {
        let head = [
            "seq",
            "time",
            "what",
            "outcome",
            "account",
            "who and where",
            "about",
        ];
        let rows = lines.iter().map(|line| {
            let of_line = [&line.operator, &line.client, &line.place];
            let origin: Vec<&str> = of_line.iter().filter_map(|text| text.as_deref()).collect();
            [
                line.seq.to_string(),
                line.time.clone(),
                line.what.clone(),
                format!("{:?}", line.outcome).to_lowercase(),
                line.account.clone().unwrap_or_default(),
                origin.join(", "),
                line.subject
                    .clone()
                    .or(line.n.map(|n| n.to_string()))
                    .unwrap_or_default(),
            ]
        });
        table(head, rows.collect(), "No such line.")
    });
    Ok(())
}

fn verify(folder: &Path, expect: Option<&str>, json: bool) -> anyhow::Result<()> {
    let report = chain::read(folder, |_| {})?;
    let holds = match expect {
        Some(head) => {
            let (seq, hash) = head.split_once(':').context("--expect takes NUMBER:HASH")?;
            let seq = seq.parse().context("--expect takes NUMBER:HASH")?;
            Report::holds(folder, seq, hash)?
        }
        None => true,
    };
    let is_whole = report.problems.is_empty() && holds;
    let problems: Vec<String> = report
        .problems
        .iter()
        .map(|problem| format!("{}, line {}: {}", problem.file, problem.line, problem.what))
        .collect();
    let value = json!({"is_whole": is_whole, "n_lines": report.n_lines, "first_seq": report.first_seq,
        "last_seq": report.last_seq, "head": report.head, "expected_head_holds": holds, "problems": problems});
    show(json, &value, || {
        let (n, first, last) = (report.n_lines, report.first_seq, report.last_seq);
        let mut words = format!("{n} lines, {first} to {last}.");
        for problem in &problems {
            words.push('\n');
            words.push_str(problem);
        }
        words
    });
    if !is_whole {
        let expected = if holds {
            ""
        } else {
            ", and the expected head is not in it"
        };
        bail!("the audit log was changed{expected}");
    }
    Ok(())
}
