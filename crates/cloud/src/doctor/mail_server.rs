//! The mail server of the settings: whether it is there, protected, and lets us in; and if asked,
//! whether it takes a mail.

use std::time::Duration;

use super::asked::Asked;
use super::finding::{Finding, Grade};
use super::limits;
use crate::config::{Config, Encryption};
use crate::mail::delivery::{Smtp, Trouble};
use crate::mail::letters;
use crate::random::Random;

const TOPIC: &str = "mail server";
const SENT: &str = "test mail";

/// Looks, and sends where that is asked for.
pub(super) async fn look(config: &Config, asked: &Asked) -> Vec<Finding> {
    let mail = &config.mail;
    if mail.host.is_empty() {
        let fix = "set `host`, `user` and `password` in [cloud.mail]";
        return vec![Finding::bad(TOPIC, "none is set: nobody can register", fix)];
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
        Ok(Ok(())) => Finding::ok(TOPIC, format!("{place} lets us in, {}", how(config))),
        Ok(Err(trouble)) => Finding::bad(TOPIC, format!("{place}: {trouble}"), fix(&trouble)),
        Err(_) => {
            let fix = "correct `host` and `port` in [cloud.mail]; providers often block port 25";
            Finding::bad(TOPIC, format!("{place} does not answer"), fix)
        }
    };
    let lets_us_in = finding.grade == Grade::Ok;
    let mut findings = vec![finding];
    match &asked.send_to {
        None => {}
        Some(address) if lets_us_in => findings.push(send(config, asked, &smtp, address).await),
        Some(address) => {
            let found =
                format!("to {address}: not tried, because the mail server does not let us in");
            findings.push(Finding::bad(SENT, found, "mend that first"));
        }
    }
    findings
}

fn how(config: &Config) -> &'static str {
    match config.mail.encryption {
        Encryption::None => "unprotected, which is right on this machine alone",
        Encryption::Starttls => "protected by STARTTLS",
        Encryption::Tls => "protected by TLS",
    }
}

fn fix(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::LogIn(_) => "correct `user` and `password` in [cloud.mail]",
        Trouble::Tls(_) => {
            "set `host` to the name in the server's certificate; name a private authority in `ca_file`; \
             `encryption` is \"tls\" on port 465 and \"starttls\" on 587"
        }
        Trouble::Other(_) => "correct `host`, `port` and `encryption` in [cloud.mail]",
    }
}

async fn send(config: &Config, asked: &Asked, smtp: &Smtp, address: &str) -> Finding {
    let host = config.public_url(config.listen);
    let host = host.host_str().unwrap_or_default().to_owned();
    let id = format!("<{}@{host}>", Random.id());
    let at = asked.clock.system_time();
    let written = match letters::delivery_test::write(&host, asked.clock.now()) {
        Ok(written) => written,
        Err(error) => return Finding::bad(SENT, error.to_string(), "tell us: this is our fault"),
    };
    let step = Duration::from_secs(config.mail.timeout_seconds);
    let sending = smtp.send(address, &id, at, written);
    match tokio::time::timeout(step * limits::SENDING_STEPS, sending).await {
        Ok(Ok(())) => Finding::ok(
            SENT,
            format!("the server took a mail to {address}; see whether it arrives"),
        ),
        Ok(Err(error)) => Finding::bad(
            SENT,
            format!("to {address}: {error}"),
            "the server's words say why; often `from` in [cloud.mail] is not an address it lets us use",
        ),
        Err(_) => Finding::bad(
            SENT,
            format!("to {address}: the server stopped answering in the middle"),
            "see its log, or raise `timeout_seconds` in [cloud.mail]",
        ),
    }
}
