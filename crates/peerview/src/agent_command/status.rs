//! `peerview agent status`: prints the status of the agent on this machine, as text or JSON, also after it
//! has stopped. Exit codes: 0 it runs, 1 its status cannot be read, 3 it is not running.

mod cameras;
mod health;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use agent::config::Config;
use agent::status::{FoundStatus, LinkReport, LinkState, RecorderReport, RecorderState};
use anyhow::{Context, anyhow, ensure};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::admin_command::table::{printable, table, time};
use crate::shutdown::Interrupted;
use crate::terminal::{complain, say};
use crate::{cli, cloud_command};

/// No agent runs with the data folder; a person has been told.
#[derive(Debug)]
pub(crate) struct NotRunning;

impl std::fmt::Display for NotRunning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the agent is not running")
    }
}

impl std::error::Error for NotRunning {}

/// What `--json` prints.
#[derive(Serialize)]
struct StatusAsJson<'a> {
    #[serde(flatten)]
    found: &'a FoundStatus,
    /// The one thing to open at the site, in words.
    advice: Option<String>,
}

/// Prints the status, and fails if the agent is not running.
pub(crate) async fn run(
    flags: cli::AgentStatusFlags,
    token: CancellationToken,
) -> anyhow::Result<()> {
    let data_dir = data_dir(flags.config.as_deref(), flags.data)?;
    let place = data_dir.clone();
    // A disk of the network may not answer, and Ctrl-C must not wait for it.
    let looking = tokio::task::spawn_blocking(move || agent::status::ask(&place));
    let found = tokio::select! {
        found = looking => found.context("reading the status")??,
        () = token.cancelled() => return Err(Interrupted.into()),
    };
    let Some(mut found) = found else {
        complain(&anyhow!(
            "no agent has run with the data folder {}; name another one with --data or --config",
            data_dir.display()
        ));
        return Err(NotRunning.into());
    };
    if let Some(text) = &flags.recorder {
        keep_only(&mut found, text)?;
    }
    if flags.json {
        let advice = found.report.reach.advice();
        let json = StatusAsJson {
            advice: advice.map(|advice| advice.to_string()),
            found: &found,
        };
        say(serde_json::to_string_pretty(&json).context("writing JSON")?);
    } else {
        lines(&found, unix_seconds()).iter().for_each(say);
    }
    if found.is_running {
        Ok(())
    } else {
        Err(NotRunning.into())
    }
}

/// The data folder of the agent with these flags.
pub(crate) fn data_dir(config: Option<&Path>, data: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let config = match config {
        Some(file) => cloud_command::read(file)?
            .agent
            .with_context(|| format!("{} has no [agent] table", file.display()))?,
        None => Config::default(),
    };
    Ok(data.unwrap_or(config.data_dir))
}

fn lines(found: &FoundStatus, now: u64) -> Vec<String> {
    let report = &found.report;
    let mut lines = vec![
        first_line(found, now),
        format!("Cloud: {}", printable(&report.cloud)),
        String::new(),
        "Network of this site".to_owned(),
    ];
    for (name, value) in report.reach.rows() {
        lines.push(format!("  {name:<14}{value}"));
    }
    if let Some(advice) = report.reach.advice() {
        lines.push(format!("  → {advice}"));
    }
    let head = ["Recorder", "Serial number", "Link", "State", "Cameras"];
    let rows = report.recorders.iter().map(|recorder| row(recorder, now));
    lines.push(String::new());
    lines.push(table(head, rows.collect(), "No recorders."));
    lines.extend(
        report
            .recorders
            .iter()
            .flat_map(|recorder| errors(recorder, now)),
    );
    lines.extend(health::lines(&report.recorders));
    lines.extend(cameras::lines(&report.recorders, now));
    lines
}

/// Leaves the recorders with this text in their name or serial number.
fn keep_only(found: &mut FoundStatus, text: &str) -> anyhow::Result<()> {
    let wanted = text.to_lowercase();
    let recorders = &mut found.report.recorders;
    recorders.retain(|recorder| {
        let words = [&recorder.name, &recorder.serial];
        words.iter().any(|it| it.to_lowercase().contains(&wanted))
    });
    ensure!(
        !recorders.is_empty(),
        "no recorder of the agent has {:?} in its name or serial number",
        printable(text)
    );
    Ok(())
}

/// Whether it runs, and how old the rest is.
pub(crate) fn first_line(found: &FoundStatus, now: u64) -> String {
    let (report, version) = (&found.report, printable(&found.report.version));
    if found.is_running {
        let since = i64::try_from(report.started_at).unwrap_or_default();
        let ago = ago(now, report.started_at);
        return format!(
            "The agent ({version}) is running. It started at {}, {ago}.",
            time(since)
        );
    }
    format!(
        "The agent ({version}) is not running. Its last status, {}:",
        ago(now, found.written_at)
    )
}

fn row(recorder: &RecorderReport, now: u64) -> [String; 5] {
    [
        recorder.name.clone(),
        recorder.serial.clone(),
        format!(
            "{}, {}",
            link_word(&recorder.link),
            since(now, recorder.link.since)
        ),
        match recorder.state {
            RecorderState::Opening => "not reached yet",
            RecorderState::Online => "online",
            RecorderState::Unreachable => "unreachable",
            RecorderState::Refused => "refuses the login",
        }
        .to_owned(),
        format!(
            "{} of {} online",
            recorder.n_cameras_online, recorder.n_cameras
        ),
    ]
}

fn link_word(link: &LinkReport) -> &'static str {
    match link.state {
        LinkState::Connecting => "connecting",
        LinkState::Up => "up",
        LinkState::Down => "down",
        LinkState::Refused => "refused by the cloud",
    }
}

fn errors(recorder: &RecorderReport, now: u64) -> Vec<String> {
    let name = printable(&recorder.name);
    let mut errors = Vec::new();
    if let Some(error) = &recorder.error {
        errors.push(format!("{name}: {}", printable(error)));
    }
    if let Some(error) = &recorder.link.last_error {
        let at = recorder.link.last_error_at.unwrap_or_default();
        let error = printable(error);
        errors.push(format!("{name}: link, {}: {error}", ago(now, at)));
    }
    errors
}

/// `for 3 minutes`; a clock that was set back gives 0 seconds.
fn since(now: u64, then: u64) -> String {
    format!("for {}", span(now.saturating_sub(then)))
}

fn ago(now: u64, then: u64) -> String {
    format!("{} ago", span(now.saturating_sub(then)))
}

fn span(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let (n, unit) = match seconds {
        0..MINUTE => (seconds, "second"),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        DAY.. => (seconds / DAY, "day"),
    };
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {unit}{s}")
}

pub(crate) fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(change: impl FnOnce(&mut serde_json::Value)) -> FoundStatus {
        let mut json = serde_json::json!({
            "version": "0.1.0", "started_at": 1_795_500_000_u64, "cloud": "https://cloud.example.org/",
            "reach": {"mapping": "silent", "nat": "endpoint-independent", "udp": true, "ipv6": true},
            "recorders": [{
                "name": "Home", "serial": "PV-0123-4567-89ABZ", "state": "online",
                "link": {"state": "up", "since": 1_795_500_010_u64},
                "n_cameras": 4, "n_cameras_online": 3,
            }],
        });
        change(&mut json);
        FoundStatus {
            is_running: true,
            written_at: 1_795_500_020,
            report: serde_json::from_value(json).unwrap(),
        }
    }

    #[test]
    fn a_running_agent_is_shown_in_aligned_lines() {
        let lines = lines(&found(|_| {}), 1_795_510_810);

        assert_eq!(
            lines.join("\n"),
            "The agent (0.1.0) is running. It started at 2026-11-24 06:00 UTC, 3 hours ago.\n\
             Cloud: https://cloud.example.org/\n\
             \n\
             Network of this site\n  \
             Pictures      directly to most viewers, through the relay to those behind a symmetric NAT\n  \
             UDP           yes\n  \
             NAT           one address for all\n  \
             Port mapping  no, the router answers neither UPnP, NAT-PMP nor PCP\n  \
             IPv6          yes\n  \
             → Switch UPnP, NAT-PMP or PCP on in the router, so that it lets more viewers in directly.\n\
             \n\
             Recorder  Serial number       Link             State   Cameras\n\
             Home      PV-0123-4567-89ABZ  up, for 3 hours  online  3 of 4 online"
        );
    }

    #[test]
    fn the_status_of_a_stopped_agent_shows_its_age() {
        let mut ended = found(|_| {});
        ended.is_running = false;

        let three_minutes = first_line(&ended, 1_795_500_210);
        let clock_set_back = first_line(&ended, 7);

        let words = "is not running. Its last status, 3 minutes ago:";
        assert!(three_minutes.ends_with(words), "{three_minutes}");
        assert!(
            clock_set_back.ends_with("0 seconds ago:"),
            "{clock_set_back}"
        );
    }

    #[test]
    fn errors_follow_the_table_and_move_no_cursor() {
        let found = found(|json| {
            let recorder = &mut json["recorders"][0];
            recorder["name"] = "\u{1b}[2JHome".into();
            recorder["state"] = "refused".into();
            recorder["error"] = "wrong\u{202e} password".into();
            recorder["link"]["last_error"] = "no answer\r\n".into();
            recorder["link"]["last_error_at"] = 1_795_500_015_u64.into();
            json["cloud"] = "\u{7}".into();
        });

        let text = lines(&found, 1_795_500_075).join("\n");

        for words in [
            "refuses the login",
            "?[2JHome: wrong? password",
            "?[2JHome: link, 1 minute ago: no answer??",
            "Cloud: ?",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }

    #[test]
    fn one_recorder_is_found_by_name_or_serial_number() {
        let mut both = found(|json| {
            let mut other = json["recorders"][0].clone();
            other["name"] = "Shop".into();
            other["serial"] = "PV-9999".into();
            json["recorders"].as_array_mut().unwrap().push(other);
        });
        let names = |found: &FoundStatus| -> Vec<String> {
            let recorders = found.report.recorders.iter();
            recorders.map(|recorder| recorder.name.clone()).collect()
        };
        for (text, expected) in [("sho", "Shop"), ("pv-0123", "Home")] {
            let mut found = both.clone();
            keep_only(&mut found, text).unwrap();
            assert_eq!(names(&found), [expected]);
        }

        let refusal = keep_only(&mut both, "cellar").unwrap_err();

        assert!(refusal.to_string().contains("cellar"), "{refusal}");
    }
}
