//! Looks at everything around a cloud that it needs and cannot mend itself: names, certificate, mail,
//! clock, relay, disk. Changes nothing; each finding says what to do. Its words are for operators.

mod clock;
mod dns;
mod front;
mod limits;
mod mail_server;
mod relay;
mod sender;
mod storage;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Serialize;

use crate::clock::Clock;
use crate::config::Config;
use dns::Dns;

/// What is wanted besides what the settings say.
#[derive(Debug, Clone)]
pub struct Asked {
    /// DNS server to ask; none means those of this machine.
    pub dns: Option<SocketAddr>,
    /// Time server, `host` or `host:port`.
    pub time_server: String,
    /// An authority to trust besides the public ones when looking at the public address.
    pub ca_file: Option<PathBuf>,
    /// Where to send a mail, to see it arrive.
    pub send_to: Option<String>,
    /// What is held against the time server.
    pub clock: Clock,
}

/// How good something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// As it should be.
    Ok,
    /// Works, but not as it could.
    Warn,
    /// People will notice.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub topic: &'static str,
    /// How good it is.
    pub grade: Grade,
    /// What was seen.
    pub found: String,
    /// What to do; empty when all is well.
    pub fix: String,
}

impl Finding {
    fn ok(topic: &'static str, found: impl Into<String>) -> Finding {
        Finding::new(topic, Grade::Ok, found, "")
    }

    fn warn(topic: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding::new(topic, Grade::Warn, found, fix)
    }

    fn bad(topic: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding::new(topic, Grade::Bad, found, fix)
    }

    fn new(
        topic: &'static str,
        grade: Grade,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding {
            topic,
            grade,
            found: found.into(),
            fix: fix.into(),
        }
    }
}

/// Looks at everything, at once; the order of the findings is always the same.
pub async fn run(config: &Config, asked: &Asked) -> Vec<Finding> {
    let dns = Dns::new(asked.dns);
    let (stored, front, relay, mail_server, sender, clock) = tokio::join!(
        storage::look(config),
        front::look(config, asked, &dns),
        relay::look(config, &dns),
        mail_server::look(config, asked),
        sender::look(config, &dns),
        clock::look(asked, &dns),
    );
    let mut findings = stored;
    findings.extend(front);
    findings.extend(relay);
    findings.extend(mail_server);
    findings.extend(sender);
    findings.push(clock);
    findings
}
