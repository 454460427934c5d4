//! Contradictory or unreadable settings: they are reported first, everything that can be checked without them
//! is still checked, and no finding repeats a secret.

use std::collections::BTreeSet;
use std::path::PathBuf;

use cloud::clock::Clock;
use cloud::config::{Config, Encryption};
use cloud::doctor::Grade::{Bad, Ok, Warn};
use cloud::doctor::{self, DoctorOptions, Finding, Settings};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::servers::{DnsServer, set_mode};
use super::{World, about, says};
use crate::support::smtp::settings;

const SETTINGS: &str = "settings";

/// What is found by a file with these settings, after `change` to its text; and the file.
async fn by_file(
    world: &World,
    config: &Config,
    change: impl Fn(String) -> String,
) -> (Vec<Finding>, PathBuf) {
    let file = world.authority.folder.join("peerview.toml");
    let mut table = toml::Table::new();
    table.insert("cloud".to_owned(), toml::Value::try_from(config).unwrap());
    std::fs::write(&file, change(table.to_string())).unwrap();
    set_mode(&file, 0o600);
    let dns = DnsServer::start(&world.records).await;
    let options = DoctorOptions {
        dns: Some(dns.addr),
        time_server: world.time.addr.to_string(),
        ca_file: Some(world.authority.root_file()),
        send_to: None,
        clock: Clock::System,
    };
    (
        doctor::run(&Settings::read(Some(&file)), &options).await,
        file,
    )
}

#[tokio::test]
async fn contradictory_settings_come_first_and_other_checks_still_run() {
    let world = World::new().await;
    let mut config = world.config.clone();
    config.tls.acme_domains = vec!["cloud.example.org".to_owned()];
    config.tls.acme_accept_terms = true;
    config.trusted_proxies = vec!["0.0.0.0/0".parse().unwrap()];

    let (findings, _) = by_file(&world, &config, |text| text).await;

    assert_eq!((findings[0].topic, findings[0].grade), (SETTINGS, Bad));
    assert!(findings[0].fix.contains("not both"), "{findings:#?}");
    assert!(
        findings[1].found.contains("trusts everybody"),
        "{findings:#?}"
    );
    let mut rest = findings
        .iter()
        .skip_while(|finding| finding.topic == SETTINGS);
    assert!(rest.all(|finding| finding.grade < Bad), "{findings:#?}");
    assert_eq!(about(&findings, "mail server").grade, Ok);
    assert_eq!(about(&findings, "pages").grade, Ok);
}

#[tokio::test]
async fn unreadable_settings_are_reported_and_other_checks_still_run() {
    let world = World::new().await;

    let (findings, _) = by_file(&world, &world.config, |text| {
        text.replace("timeout_seconds", "timeout")
            .replace("min_port = ", "min_port = -")
    })
    .await;

    let told: Vec<&Finding> = findings.iter().filter(|f| f.topic == SETTINGS).collect();
    assert_eq!(told.len(), 2, "{findings:#?}");
    for (finding, words) in told.iter().zip(["`mail.timeout`", "`relay.min_port`"]) {
        assert!(
            finding.grade == Bad && finding.found.contains(words),
            "{told:#?}"
        );
        assert!(finding.fix.contains("were skipped"), "{told:#?}");
    }
    for topic in ["database", "pages", "WebSockets", "clock"] {
        assert_eq!(about(&findings, topic).grade, Ok, "{topic}");
    }
    let of_others = ["mail server", "SPF", "DKIM", "relay over UDP"];
    assert!(
        !findings
            .iter()
            .any(|finding| of_others.contains(&finding.topic))
    );
}

#[tokio::test]
async fn without_a_readable_file_nothing_is_guessed() {
    let world = World::new().await;

    let (findings, file) =
        by_file(&world, &world.config, |text| format!("{text}\nhere: there")).await;

    let topics: Vec<&str> = findings.iter().map(|finding| finding.topic).collect();
    assert_eq!(topics, [SETTINGS, "clock"]);
    says(
        &findings,
        SETTINGS,
        Bad,
        "is not TOML",
        "config.example.toml",
    );
    std::fs::remove_file(&file).unwrap();
    let gone = Settings::read(Some(&file));
    assert!(format!("{gone:?}").contains("cannot be read"), "{gone:?}");
}

#[tokio::test]
async fn no_password_is_sent_unencrypted_to_another_machine() {
    let mut world = World::new().await;
    // This machine by an address that the settings take for another's.
    let other = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let mut mail = settings(other.local_addr().unwrap().port(), Encryption::None);
    mail.host = "127.0.0.2".to_owned();
    mail.user = "cloud".to_owned();
    mail.password = "opensesame".to_owned();
    world.config.mail = mail;

    let findings = world
        .findings_by(Clock::System, Some("operator@example.org"))
        .await;

    says(
        &findings,
        SETTINGS,
        Bad,
        "not for 127.0.0.2",
        "\"starttls\"",
    );
    assert!(
        !findings
            .iter()
            .any(|finding| finding.topic == "mail server")
    );
    assert_eq!(about(&findings, "SPF").grade, Ok, "the rest is looked at");
    tokio::select! {
        biased;
        _ = other.accept() => panic!("the mail server was asked"),
        () = std::future::ready(()) => {}
    }
}

/// A mail server that repeats whatever it does not like.
async fn repeating_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let std::result::Result::Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 parrot\r\n").await.unwrap();
            while let std::result::Result::Ok(Some(line)) = lines.next_line().await {
                let answer = match line.get(..4) {
                    Some("EHLO") => "250-parrot\r\n250 AUTH PLAIN\r\n".to_owned(),
                    _ => format!("535 \u{1b}[2Jwhat is {line}, opensesame?\r\n"),
                };
                if write.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    port
}

#[tokio::test]
async fn asvs_16_2_5_json_findings_are_complete_and_hold_no_secret() {
    let mut world = World::new().await;
    let key = std::fs::read_to_string(&world.config.mail.dkim_key_file).unwrap();
    world.config.mail.host = "localhost".to_owned();
    world.config.mail.port = repeating_server().await;
    world.config.mail.encryption = Encryption::None;
    world.config.relay.enabled = false;
    world.config.database.url = "postgres://ana:hunter2hunter2@localhost:1/none".to_owned();

    let findings = world.findings().await;
    let text = serde_json::to_string_pretty(&findings).unwrap();

    let read: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(read.len(), findings.len());
    for finding in &read {
        let fields = finding.as_object().unwrap().keys();
        let fields: BTreeSet<&str> = fields.map(String::as_str).collect();
        assert_eq!(
            fields,
            ["topic", "grade", "found", "fix"].into(),
            "{finding}"
        );
        let grade = finding["grade"].as_str().unwrap();
        assert!(["ok", "warn", "bad"].contains(&grade), "{finding}");
        assert!(!finding["topic"].as_str().unwrap().is_empty());
        assert!(!finding["found"].as_str().unwrap().is_empty());
        assert_eq!(finding["fix"] == "", grade == "ok", "{finding}");
    }
    says(
        &findings,
        "mail server",
        Bad,
        "what is AUTH PLAIN (hidden), (hidden)?",
        "`password`",
    );
    says(&findings, "relay", Warn, "disabled", "[cloud.relay]");
    let key = key.lines().nth(1).unwrap();
    for secret in [
        "opensesame",
        "hunter2",
        "b3BlbnNlc2FtZQ",
        key,
        "\u{1b}",
        "\\u001b",
    ] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn a_password_file_readable_by_others_is_reported() {
    let mut world = World::new().await;
    let (private, file) = by_file(&world, &world.config, |text| text).await;
    assert_eq!(about(&private, "key files").grade, Ok);
    let password_file = world.authority.folder.join("password");
    std::fs::write(&password_file, "hunter2").unwrap();
    set_mode(&password_file, 0o644);
    set_mode(&file, 0o644);
    world.config.database.password_file = password_file;

    let options = DoctorOptions {
        dns: None,
        time_server: world.time.addr.to_string(),
        ca_file: None,
        send_to: None,
        clock: Clock::System,
    };
    let shared = doctor::run(&Settings::read(Some(&file)), &options).await;
    says(&shared, "key files", Bad, "peerview.toml", "chmod 600");
    says(
        &world.findings().await,
        "key files",
        Bad,
        "password",
        "chmod 600",
    );
}
