//! The mail server of the settings: whether it answers, is protected, and accepts our login; and on
//! request, whether it accepts a mail.

use std::time::Duration;

use super::finding::{Finding, Grade};
use super::limits;
use super::options::DoctorOptions;
use crate::config::{Config, Encryption};
use crate::mail::delivery::{Smtp, Trouble};
use crate::mail::letters;
use crate::random::Random;

const TOPIC: &str = "mail server";
const SENT: &str = "test mail";

/// Checks the server, and sends a mail on request.
pub(super) async fn look(config: &Config, options: &DoctorOptions) -> Vec<Finding> {
    let mail = &config.mail;
    if mail.host.is_empty() {
        let fix = "set `host`, `user` and `password` in [cloud.mail]";
        return vec![Finding::bad(
            TOPIC,
            "no mail server is set: nobody can register",
            fix,
        )];
    }
    let smtp = match Smtp::new(mail) {
        Ok(smtp) => smtp,
        Err(error) => {
            let fix = "correct [cloud.mail]";
            return vec![Finding::bad(TOPIC, format!("{error:#}"), fix)];
        }
    };
    let place = format!("{}:{}", mail.host, mail.port);
    let looked = tokio::time::timeout(2 * limits::PATIENCE, smtp.check()).await;
    let finding = match looked {
        Ok(Ok(())) => Finding::ok(
            TOPIC,
            format!("{place} accepts the connection, {}", how(config)),
        ),
        Ok(Err(trouble)) => Finding::bad(TOPIC, format!("{place}: {trouble}"), fix(&trouble)),
        Err(_) => {
            let fix = "correct `host` and `port` in [cloud.mail]; providers often block port 25";
            Finding::bad(TOPIC, format!("{place} does not answer"), fix)
        }
    };
    let lets_us_in = finding.grade == Grade::Ok;
    let mut findings = vec![finding];
    match &options.send_to {
        None => {}
        Some(address) if lets_us_in => findings.push(send(config, options, &smtp, address).await),
        Some(address) => {
            let found = format!("to {address}: not tried, because the mail server cannot be used");
            findings.push(Finding::bad(SENT, found, "fix that first"));
        }
    }
    findings
}

fn how(config: &Config) -> &'static str {
    match config.mail.encryption {
        Encryption::None => "unencrypted, which is safe only on this machine",
        Encryption::Starttls => "protected by STARTTLS",
        Encryption::Tls => "protected by TLS",
    }
}

fn fix(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::LogIn(_) => "correct `user` and `password` in [cloud.mail]",
        Trouble::Tls(_) => {
            "set `host` to the name in the server's certificate; set `ca_file` for a private authority; \
             `encryption` is \"tls\" on port 465 and \"starttls\" on 587"
        }
        Trouble::Other(_) => "correct `host`, `port` and `encryption` in [cloud.mail]",
    }
}

async fn send(config: &Config, options: &DoctorOptions, smtp: &Smtp, address: &str) -> Finding {
    let host = config.public_url(config.listen);
    let host = host.host_str().unwrap_or_default().to_owned();
    let id = format!("<{}@{host}>", Random.id());
    let at = options.clock.system_time();
    let written = match letters::delivery_test::write(&host, options.clock.now()) {
        Ok(written) => written,
        Err(error) => return Finding::bad(SENT, error.to_string(), "please report this as a bug"),
    };
    let step = Duration::from_secs(config.mail.timeout_seconds);
    let sending = smtp.send(address, &id, at, written);
    // The client's own time limit ends with the connection: a server that then says nothing would hold us
    // for ever.
    match tokio::time::timeout(step * limits::SENDING_STEPS, sending).await {
        Ok(Ok(())) => Finding::ok(
            SENT,
            format!("the server accepted a mail to {address}; check whether it arrives"),
        ),
        Ok(Err(error)) => Finding::bad(
            SENT,
            format!("to {address}: {error}"),
            "the server's answer says why; often the log-in may not use the address of `from` in [cloud.mail]",
        ),
        Err(_) => Finding::bad(
            SENT,
            format!("to {address}: the server stopped answering in the middle"),
            "see its log, or raise `timeout_seconds` in [cloud.mail]",
        ),
    }
}
