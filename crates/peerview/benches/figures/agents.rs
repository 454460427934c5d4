//! Agents with settings of their own, and the cards of all their recorders.

use std::time::Duration;

use crate::support::folder::Folder;
use crate::support::process::{PATIENCE, Process};
use crate::support::world::Card;

/// The cards of all recorders of an agent, once it has printed so many and the cloud knows them.
pub(crate) async fn cards(agent: &Process, count: usize) -> Vec<Card> {
    let printed = async {
        let n_of = |line: &str| agent.output().matches(line).count();
        while n_of("Claim link:") < count || n_of("link to the cloud is up") < count {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let printed = tokio::time::timeout(PATIENCE, printed).await;
    printed.expect("the agent prints its recorders' cards");
    let output = agent.output();
    let values = |label: &str| -> Vec<String> {
        let lines = output
            .lines()
            .filter_map(|line| line.trim().strip_prefix(label));
        lines.map(|value| value.trim().to_owned()).collect()
    };
    let serials = values("Serial number:").into_iter();
    let codes = values("Verification code:").into_iter();
    let links = values("Claim link:").into_iter();
    let cards = serials.zip(codes).zip(links);
    cards
        .map(|((serial, code), claim_link)| Card {
            serial,
            code,
            claim_link,
        })
        .collect()
}

/// A file of settings for an agent, and the flags that name it.
pub(crate) fn settings(text: &str) -> (Folder, Vec<String>) {
    let folder = Folder::new("settings");
    let file = folder.path().join("agent.toml");
    std::fs::write(&file, text).expect("the folder is writable");
    let flags = vec!["--config".to_owned(), file.display().to_string()];
    (folder, flags)
}
