//! `peerview doctor`: prints the findings of [`cloud::doctor`], one per line, or all of them as
//! JSON. Beside an agent it also says what the network of the site allows.

mod beside_agent;

use std::path::Path;

use anyhow::{Context, ensure};
use cloud::clock::Clock;
use cloud::doctor::{self, DoctorOptions, Finding, Grade, Settings};
use tokio_util::sync::CancellationToken;

use crate::shutdown::Interrupted;
use crate::terminal::say;
use crate::{cli, cloud_command};

/// Runs the checks, prints the findings, and fails if one of them is bad. Stops at once when
/// `token` is cancelled, because some checks wait a long time for an answer.
pub(crate) async fn run(arguments: cli::Doctor, token: CancellationToken) -> anyhow::Result<()> {
    let settings = Settings::read(arguments.config.as_deref());
    let agent = beside_agent::look(arguments.config.as_deref(), arguments.agent_data);
    let options = DoctorOptions {
        dns: arguments.dns,
        time_server: arguments.time_server,
        ca_file: arguments.ca_file,
        send_to: arguments.send_to,
        clock: Clock::System,
    };
    let relay = beside_relay(arguments.config.as_deref(), &options);
    let looking = async { tokio::join!(doctor::run(&settings, &options), agent, relay) };
    let findings = tokio::select! {
        (findings, agent, relay) = looking => [findings, agent, relay].concat(),
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
        "{n_bad} of {} checks need attention",
        findings.len()
    );
    Ok(())
}

/// What there is to say about a relay that runs alone with this file.
async fn beside_relay(file: Option<&Path>, options: &DoctorOptions) -> Vec<Finding> {
    // What is wrong with the file is said by the check of the settings.
    let relay = file.and_then(|file| cloud_command::read(file).ok()?.relay);
    match relay {
        Some(relay) => doctor::look_at_relay(&relay, options).await,
        None => Vec::new(),
    }
}

/// The finding, and below it how to fix it.
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
