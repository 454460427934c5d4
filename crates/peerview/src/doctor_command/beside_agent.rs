//! The doctor's findings about an agent on the same machine: whether it runs, and what the network of its
//! site allows, in the same terms as `peerview agent status`.

use std::path::{Path, PathBuf};

use agent::status::{FoundStatus, LinkState};
use cloud::doctor::Finding;

use crate::agent_command::status::{data_dir, first_line, unix_seconds};

const AGENT: &str = "agent";
const NETWORK: &str = "network of the agent";

/// Looks into the data folder of the flag, or else of the file's `[agent]` table. One file often has
/// the tables of two machines, so an agent that never ran here is nothing to report then.
pub(super) async fn look(config: Option<&Path>, folder: Option<PathBuf>) -> Vec<Finding> {
    let is_wanted = folder.is_some();
    if config.is_none() && !is_wanted {
        return Vec::new();
    }
    // What is wrong with the file is said by the check of the settings.
    let Ok(folder) = folder.map_or_else(|| data_dir(config, None), Ok) else {
        return Vec::new();
    };
    let place = folder.clone();
    match tokio::task::spawn_blocking(move || agent::status::look(&place)).await {
        Ok(Ok(Some(found))) => findings(&found, unix_seconds()),
        Ok(Ok(None)) if is_wanted => vec![Finding::warn(
            AGENT,
            format!("no agent has run with the data folder {}", folder.display()),
            "name the folder of the agent with --agent-data",
        )],
        Ok(Ok(None)) => Vec::new(),
        Ok(Err(error)) => vec![Finding::warn(
            AGENT,
            format!("{error:#}"),
            "run this as the user of the agent, and look at the agent's log",
        )],
        Err(error) => vec![Finding::warn(AGENT, error.to_string(), "try again")],
    }
}

fn findings(found: &FoundStatus, now: u64) -> Vec<Finding> {
    let reach = &found.report.reach;
    let rows = reach.rows().map(|(name, value)| format!("{name}: {value}"));
    let network = rows.join("; ");
    vec![
        of_agent(found, now),
        match reach.advice() {
            Some(advice) => Finding::warn(NETWORK, network, advice.to_string()),
            None => Finding::ok(NETWORK, network),
        },
    ]
}

fn of_agent(found: &FoundStatus, now: u64) -> Finding {
    let first = first_line(found, now);
    if !found.is_running {
        return Finding::warn(
            AGENT,
            first.trim_end_matches(':'),
            "start it with `peerview agent`",
        );
    }
    let recorders = &found.report.recorders;
    let is_up = |state: LinkState| state == LinkState::Up;
    let n_up = recorders.iter().filter(|r| is_up(r.link.state)).count();
    let found = format!("{first} {n_up} of {} links are up.", recorders.len());
    if n_up == recorders.len() {
        Finding::ok(AGENT, found)
    } else {
        Finding::warn(
            AGENT,
            found,
            "`peerview agent status` says why the others are not",
        )
    }
}

#[cfg(test)]
mod tests {
    use agent::status::AgentReport;
    use cloud::doctor::Grade;

    use super::*;

    fn found(udp: bool, link: &str) -> FoundStatus {
        let report: AgentReport = serde_json::from_value(serde_json::json!({
            "version": "0.1.0", "started_at": 100, "cloud": "https://cloud.example.org/",
            "reach": {"mapping": "not-needed", "nat": "unknown", "udp": udp, "ipv6": true},
            "recorders": [{
                "name": "Home", "serial": "PV", "state": "online", "n_cameras": 1,
                "n_cameras_online": 1, "link": {"state": link, "since": 100},
            }],
        }))
        .unwrap();
        FoundStatus {
            is_running: true,
            written_at: 100,
            report,
        }
    }

    #[test]
    fn a_blocked_network_is_a_warning_with_its_advice() {
        let blocked = found(false, "down");
        let words = blocked.report.reach.advice().unwrap().to_string();

        let findings = findings(&blocked, 160);

        assert_eq!(
            (findings[0].grade, findings[1].grade),
            (Grade::Warn, Grade::Warn)
        );
        assert_eq!(findings[1].fix, words);
        assert!(findings[0].found.ends_with("0 of 1 links are up."));
        assert!(
            findings[1]
                .found
                .contains("all through the relay, over TCP")
        );
    }

    #[test]
    fn an_open_network_is_well() {
        let findings = findings(&found(true, "up"), 160);

        assert_eq!(
            (findings[0].grade, findings[1].grade),
            (Grade::Ok, Grade::Ok)
        );
    }

    #[tokio::test]
    async fn only_a_named_folder_has_to_have_an_agent() {
        let nowhere = std::env::temp_dir().join("peerview-no-agent-here");

        let named = look(None, Some(nowhere)).await;

        assert_eq!(named.len(), 1);
        assert_eq!(look(None, None).await, []);
    }
}
