//! Mail servers that do not let us in, and records that are missing or wrong.

use cloud::config::Encryption;
use cloud::doctor::Grade::{Bad, Warn};
use cloud::mail::dkim::{DkimKey, DkimKeyKind};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::{World, about, says};
use crate::support::smtp::{SmtpServer, free_port, settings};

const SERVER: &str = "mail server";

#[tokio::test]
async fn mail_server_connection_failures_are_distinguished() {
    let mut world = World::new().await;
    let right = world.config.mail.clone();

    world.config.mail.password = "wrong".to_owned();
    let findings = world.findings().await;
    says(&findings, SERVER, Bad, "535", "`user` and `password`");
    let shown = format!("{findings:?}");
    assert!(!shown.contains("opensesame") && !shown.contains("wrong\""));

    world.config.mail = right.clone();
    world.config.mail.ca_file.clear();
    says(
        &world.findings().await,
        SERVER,
        Bad,
        "certificate",
        "`ca_file`",
    );

    world.config.mail.port = free_port();
    says(&world.findings().await, SERVER, Bad, "refused", "`port`");

    world.config.mail.host.clear();
    says(
        &world.findings().await,
        SERVER,
        Bad,
        "nobody can register",
        "`host`",
    );
}

#[tokio::test]
async fn a_silent_or_refusing_mail_server_is_reported() {
    let mut world = World::new().await;
    let port = free_port();
    let silent = SmtpServer::start(port, "hang").await;
    world.config.mail = settings(port, Encryption::None);
    world.config.mail.timeout_seconds = 1;
    let clock = cloud::clock::Clock::System;
    let findings = world
        .findings_by(clock.clone(), Some("operator@example.org"))
        .await;
    assert_eq!(about(&findings, SERVER).grade, Bad);
    says(&findings, "test mail", Bad, "not tried", "fix that first");
    silent.stop().await;

    let _server = SmtpServer::start(port, "policy").await;
    let findings = world.findings_by(clock, Some("operator@example.org")).await;

    says(&findings, "test mail", Bad, "5.7.1", "`from`");
}

/// A mail server that falls silent once it is to take a mail.
async fn falls_silent() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                stream.write_all(b"220 here\r\n").await.unwrap();
                let mut lines = BufReader::new(stream).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    if !line.starts_with("MAIL") {
                        let stream = lines.get_mut().get_mut();
                        stream.write_all(b"250 well\r\n").await.unwrap();
                    }
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn a_mail_server_that_stops_answering_times_out() {
    let mut world = World::new().await;
    world.config.mail = settings(falls_silent().await, Encryption::None);
    world.config.mail.timeout_seconds = 1;

    let clock = cloud::clock::Clock::System;
    let findings = world.findings_by(clock, Some("operator@example.org")).await;

    assert_eq!(about(&findings, SERVER).grade, cloud::doctor::Grade::Ok);
    says(
        &findings,
        "test mail",
        Bad,
        "stopped answering",
        "timeout_seconds",
    );
}

/// What is found with other records than the world's: those with `part` in them are replaced.
async fn with(world: &mut World, part: &str, records: &[&str]) -> Vec<cloud::doctor::Finding> {
    let right = world.records.clone();
    world.records.retain(|record| !record.contains(part));
    world
        .records
        .extend(records.iter().map(|&record| record.to_owned()));
    let findings = world.findings().await;
    world.records = right;
    findings
}

#[tokio::test]
async fn missing_or_wrong_spf_records_are_reported() {
    let mut world = World::new().await;
    let spf = "v=spf1";

    let findings = with(&mut world, spf, &[]).await;
    says(
        &findings,
        "SPF",
        Bad,
        "has no SPF record",
        "IN TXT \"v=spf1 a:localhost -all\"",
    );

    let other = "--txt-record=example.org,v=spf1 a -all";
    let findings = with(&mut world, "another", &[other]).await;
    says(&findings, "SPF", Bad, "2 SPF records", "into one");

    let findings = with(&mut world, spf, &["--txt-record=example.org,v=spf1 -all"]).await;
    says(&findings, "SPF", Bad, "forbids", "a:HOST");

    let findings = with(&mut world, spf, &["--txt-record=example.org,v=spf1 mx"]).await;
    says(&findings, "SPF", Warn, "everybody", "`-all`");
}

#[tokio::test]
async fn an_unverifiable_dkim_signature_is_reported() {
    let mut world = World::new().await;

    let findings = with(&mut world, "_domainkey", &[]).await;
    let fix = "peerview._domainkey.example.org. IN TXT \"v=DKIM1; k=rsa; p=";
    says(&findings, "DKIM", Bad, "does not exist", fix);

    let other = DkimKey::generate(DkimKeyKind::Rsa)
        .unwrap()
        .to_pem()
        .unwrap();
    std::fs::write(&world.config.mail.dkim_key_file, other).unwrap();
    says(
        &world.findings().await,
        "DKIM",
        Bad,
        "other than the signing key",
        "publish",
    );

    std::fs::write(&world.config.mail.dkim_key_file, "nonsense").unwrap();
    says(
        &world.findings().await,
        "DKIM",
        Bad,
        "PRIVATE KEY",
        "dkim-key",
    );

    world.config.mail.dkim_key_file.clear();
    says(
        &world.findings().await,
        "DKIM",
        Warn,
        "not signed",
        "dkim-key",
    );
}

#[tokio::test]
async fn missing_or_wrong_dmarc_records_are_reported() {
    let mut world = World::new().await;
    let record = |text: &str| format!("--txt-record=_dmarc.example.org,{text}");

    let findings = with(&mut world, "_dmarc", &[]).await;
    says(
        &findings,
        "DMARC",
        Warn,
        "has no DMARC record",
        "_dmarc.example.org. IN TXT",
    );

    let findings = with(&mut world, "another", &[&record("v=DMARC1; p=none")]).await;
    says(&findings, "DMARC", Bad, "several", "keep one");

    let findings = with(&mut world, "_dmarc", &[&record("v=DMARC1")]).await;
    says(&findings, "DMARC", Bad, "no `p=`", "p=quarantine");

    // The domain above speaks for the one below.
    world.config.mail.from = "cloud@deep.mail.example.org".to_owned();
    let findings = world.findings().await;
    assert_eq!(about(&findings, "DMARC").grade, cloud::doctor::Grade::Ok);
}

#[tokio::test]
async fn a_sender_domain_without_mail_is_reported() {
    let mut world = World::new().await;
    let domain = "sender domain";

    let findings = with(&mut world, "mx-host", &[]).await;
    says(&findings, domain, Bad, "neither", "IN MX 10");

    let address = "--host-record=example.org,192.0.2.1";
    let findings = with(&mut world, "mx-host", &[address]).await;
    says(&findings, domain, Warn, "no MX", "IN MX 10");

    let findings = with(&mut world, "mx-host", &["--mx-host=example.org,.,0"]).await;
    says(&findings, domain, Bad, "accepts no mail", "MX record");

    world.config.mail.from = "peerview@localhost".to_owned();
    says(
        &world.findings().await,
        domain,
        Bad,
        "not a public domain",
        "`from`",
    );
}
