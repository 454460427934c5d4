//! `peerview doctor`: prints what [`cloud::doctor`] finds, a line each, or all of it as JSON.

use anyhow::{Context, ensure};
use cloud::clock::Clock;
use cloud::doctor::{self, DoctorOptions, Finding, Grade, Settings};
use tokio_util::sync::CancellationToken;

use crate::cli;
use crate::shutdown::Interrupted;
use crate::terminal::say;

/// Looks, prints, and fails when something is bad. Gives up at once when `token` is cancelled: an
/// answer that does not come is waited for quite long otherwise.
pub(crate) async fn run(arguments: cli::Doctor, token: CancellationToken) -> anyhow::Result<()> {
    let settings = Settings::read(arguments.config.as_deref());
    let options = DoctorOptions {
        dns: arguments.dns,
        time_server: arguments.time_server,
        ca_file: arguments.ca_file,
        send_to: arguments.send_to,
        clock: Clock::System,
    };
    let findings = tokio::select! {
        findings = doctor::run(&settings, &options) => findings,
        () = token.cancelled() => return Err(Interrupted.into()),
    };
    if arguments.json {
        say(serde_json::to_string_pretty(&findings).context("writing JSON")?);
    } else {
        findings.iter().flat_map(lines).for_each(say);
    }
    let n_bad = findings.iter().filter(|f| f.grade == Grade::Bad).count();
    ensure!(
        n_bad == 0,
        "{n_bad} of {} things need mending",
        findings.len()
    );
    Ok(())
}

/// What was found, and below it what to do.
fn lines(finding: &Finding) -> Vec<String> {
    let grade = match finding.grade {
        Grade::Ok => "ok  ",
        Grade::Warn => "warn",
        Grade::Bad => "BAD ",
    };
    let mut lines = vec![format!("{grade}  {}: {}", finding.topic, finding.found)];
    if !finding.fix.is_empty() {
        lines.push(format!("      → {}", finding.fix));
    }
    lines
}
