//! `config.example.toml` is the manual of settings: complete, and true about the defaults.

use std::collections::BTreeSet;

use crate::config_file::ConfigFile;
use crate::tree::{expect_none, root};

fn example() -> String {
    std::fs::read_to_string(root().join("config.example.toml"))
        .expect("there is a config.example.toml")
}

/// The example with every commented setting switched on: `# key = …` and `# [table]`, not prose.
fn with_all_settings_on(text: &str) -> String {
    let switched_on = text.lines().map(|line| {
        let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix('#')) else {
            return line.to_owned();
        };
        let is_setting = rest.split_once(" = ").is_some_and(|(key, _)| is_key(key));
        if is_setting || is_table(rest) {
            rest.to_owned()
        } else {
            line.to_owned()
        }
    });
    switched_on.collect::<Vec<_>>().join("\n")
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.'))
}

fn is_table(text: &str) -> bool {
    text.starts_with('[')
        && text.trim_end().ends_with(']')
        && is_key(text.trim_end().trim_matches(['[', ']']))
}

/// The names that a table takes, as its own error about a wrong one lists them.
fn known_settings(table: &str, rest: &str) -> BTreeSet<String> {
    let text = format!("{table}\n\"no such setting\" = 1\n{rest}");
    let error = ConfigFile::parse(&text)
        .expect_err("no table takes that setting")
        .to_string();
    let (_, expected) = error
        .split_once("expected")
        .unwrap_or_else(|| panic!("{table} takes anything: {error}"));
    expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_example_matches_the_defaults() {
    let file = ConfigFile::parse(&example()).unwrap_or_else(|error| panic!("{error}"));

    assert_eq!(file.cloud, Some(cloud::config::Config::default()));
    assert_eq!(file.agent, Some(agent::config::Config::default()));
    let relay = cloud::config::RelayProgramConfig::default();
    assert_eq!(file.relay, Some(relay));
}

#[test]
fn commented_settings_of_the_example_are_valid() {
    let text = with_all_settings_on(&example());

    let file = ConfigFile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));

    let agent = file.agent.expect("the example has an [agent] table");
    assert!(!agent.recorders.is_empty(), "the example shows no recorder");
    let relay = file.relay.expect("the example has a [relay] table");
    relay.check().unwrap_or_else(|error| panic!("{error:#}"));
    file.cloud
        .expect("the example has a [cloud] table")
        .check()
        .unwrap_or_else(|error| panic!("{error:#}"));
}

#[test]
fn the_example_explains_every_setting() {
    let example = example();
    let tables = [
        ("[cloud]", ""),
        ("[cloud.database]", ""),
        ("[cloud.tls]", ""),
        ("[cloud.mail]", ""),
        ("[cloud.relay]", ""),
        ("[[cloud.relay.joined]]", ""),
        ("[[cloud.relay.turn_servers]]", ""),
        ("[cloud.limits]", ""),
        ("[relay]", ""),
        ("[agent]", ""),
        ("[[agent.recorders]]", "kind = \"hikvision\""),
        ("[[agent.recorders]]", "kind = \"rtsp\""),
    ];
    let mut complaints = Vec::new();
    for (table, rest) in tables {
        let settings = known_settings(table, rest);
        assert!(settings.len() > 1, "only {settings:?} found in {table}");
        // `urls` is another spelling of `url`.
        for setting in settings.into_iter().filter(|setting| setting != "urls") {
            let is_explained = example.lines().any(|line| {
                let line = line.trim_start_matches(['#', ' ']);
                let is_table = line
                    .trim_start_matches('[')
                    .trim_end_matches(']')
                    .ends_with(&format!(".{setting}"));
                line.starts_with(&format!("{setting} ="))
                    || line.starts_with(&format!("{setting}."))
                    || is_table
            });
            if !is_explained {
                complaints.push(format!("{table} {setting}"));
            }
        }
    }

    expect_none("config.example.toml does not show:", &complaints);
}
