//! The doctor against real servers on this machine: a healthy set-up passes, and each problem is reported
//! with what to do about it.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

mod mail;
mod places;
mod servers;
mod settings;

use cloud::clock::{Clock, TestClock};
use cloud::config::{Config, Encryption};
use cloud::doctor::{self, DoctorOptions, Finding, Grade, Settings};
use cloud::mail::dkim::{DkimKey, DkimKeyKind, Signer};

use crate::support::TestCloud;
use crate::support::smtp::{SmtpServer, free_port, settings};
use crate::transport::authority::Authority;
use servers::{DnsServer, TimeServer};

/// A cloud at `cloud.example.org` with everything around it that it needs.
struct World {
    authority: Authority,
    cloud: TestCloud,
    smtp: SmtpServer,
    time: TimeServer,
    config: Config,
    records: Vec<String>,
}

impl World {
    async fn new() -> World {
        let authority = Authority::new();
        let (port, relay_port, smtp_port) = (free_port(), free_port(), free_port());
        let smtp = SmtpServer::start(smtp_port, "starttls").await;
        let cloud = TestCloud::start_with(|config| {
            authority.set(config);
            authority.issue_for(&["cloud.example.org"], -1..20);
            config.listen.set_port(port);
            config.public_url = Some(format!("https://cloud.example.org:{port}").parse().unwrap());
            config.relay.enabled = true;
            config.relay.listen = vec![([127, 0, 0, 1], relay_port).into()];
            config.mail = settings(smtp_port, Encryption::Starttls);
            config.mail.user = "cloud".to_owned();
            config.mail.password = "opensesame".to_owned();
            config.mail.ca_file = smtp.certificate();
            config.mail.dkim_key_file = authority.folder.join("dkim.pem");
            let key = DkimKey::generate(DkimKeyKind::Rsa)
                .unwrap()
                .to_pem()
                .unwrap();
            std::fs::write(&config.mail.dkim_key_file, key).unwrap();
            for file in [&config.mail.dkim_key_file, &config.tls.key_file] {
                servers::set_mode(file, 0o600);
            }
        })
        .await;
        let config = Config::clone(&cloud.state.config);
        let (name, text) = Signer::new(&config.mail)
            .unwrap()
            .unwrap()
            .dns_record()
            .unwrap();
        let records = vec![
            "--host-record=cloud.example.org,127.0.0.1".to_owned(),
            "--mx-host=example.org,mail.example.org,10".to_owned(),
            "--txt-record=example.org,v=spf1 mx -all".to_owned(),
            "--txt-record=example.org,another=text".to_owned(),
            format!("--txt-record={name},{},{}", &text[..200], &text[200..]),
            "--txt-record=_dmarc.example.org,v=DMARC1; p=quarantine".to_owned(),
        ];
        World {
            authority,
            cloud,
            smtp,
            time: TimeServer::start().await,
            config,
            records,
        }
    }

    /// What the doctor finds with these settings and records of the world.
    async fn findings(&self) -> Vec<Finding> {
        self.findings_by(Clock::System, None).await
    }

    async fn findings_by(&self, clock: Clock, send_to: Option<&str>) -> Vec<Finding> {
        let dns = DnsServer::start(&self.records).await;
        let options = DoctorOptions {
            dns: Some(dns.addr),
            time_server: self.time.addr.to_string(),
            ca_file: Some(self.authority.root_file()),
            send_to: send_to.map(str::to_owned),
            clock,
        };
        doctor::run(&Settings::from(self.config.clone()), &options).await
    }
}

/// The only finding about `topic`.
#[track_caller]
fn about<'a>(findings: &'a [Finding], topic: &str) -> &'a Finding {
    let found: Vec<&Finding> = findings.iter().filter(|f| f.topic == topic).collect();
    assert_eq!(found.len(), 1, "{topic}: {findings:#?}");
    found[0]
}

/// Asserts what is found about `topic`: how bad, one word of it, and one of the remedy.
#[track_caller]
fn says(findings: &[Finding], topic: &str, grade: Grade, found: &str, fix: &str) {
    let finding = about(findings, topic);
    assert_eq!(finding.grade, grade, "{finding:#?}");
    assert!(finding.found.contains(found), "{finding:#?}");
    assert!(finding.fix.contains(fix), "{finding:#?}");
    assert_eq!(finding.fix.is_empty(), grade == Grade::Ok, "{finding:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_cloud_passes_and_sends_a_requested_test_mail() {
    let mut world = World::new().await;

    let findings = world
        .findings_by(Clock::System, Some("operator@example.org"))
        .await;

    let topics: Vec<&str> = findings.iter().map(|finding| finding.topic).collect();
    assert_eq!(
        topics,
        [
            "settings",
            "data folder",
            "disk space",
            "key files",
            "certificate files",
            "database",
            "open files",
            "public address",
            "certificate",
            "pages",
            "WebSockets",
            "relay over TLS",
            "relay over UDP",
            "relay over TCP",
            "mail server",
            "test mail",
            "sender domain",
            "SPF",
            "DKIM",
            "DMARC",
            "clock",
        ]
    );
    for finding in &findings {
        let expected = match finding.topic {
            // On this machine it can only lead to this machine.
            "public address" => Grade::Warn,
            _ => Grade::Ok,
        };
        assert_eq!(finding.grade, expected, "{finding:#?}");
    }
    let mail = world.smtp.next().await;
    assert_eq!(mail.envelope_to, ["operator@example.org"]);
    assert!(mail.header("DKIM-Signature").contains("d=example.org"));
    assert!(mail.html.contains("cloud.example.org") && mail.text.contains("cloud.example.org"));
}

#[tokio::test]
async fn a_wrong_or_unverifiable_clock_is_reported() {
    let mut world = World::new().await;
    let late = TestClock::at(Clock::System.now() - 600);

    let findings = world.findings_by(Clock::Test(late), None).await;

    says(&findings, "clock", Grade::Bad, " behind ", "timedatectl");

    world.time.stop().await;
    let findings = world.findings().await;
    says(&findings, "clock", Grade::Warn, "compared", "--time-server");
}

#[tokio::test]
async fn without_a_dns_answer_nothing_is_guessed() {
    let world = World::new().await;
    let options = DoctorOptions {
        dns: Some(([127, 0, 0, 1], free_port()).into()),
        time_server: world.time.addr.to_string(),
        ca_file: None,
        send_to: None,
        clock: Clock::System,
    };

    let findings = doctor::run(&Settings::from(world.config.clone()), &options).await;

    for topic in ["public address", "sender domain", "SPF", "DKIM", "DMARC"] {
        says(&findings, topic, Grade::Bad, "DNS server", "--dns");
    }
    assert_eq!(about(&findings, "mail server").grade, Grade::Ok);
}
