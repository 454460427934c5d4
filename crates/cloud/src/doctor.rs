//! Looks at the settings of a cloud and at everything around it that it needs and cannot mend itself:
//! names, certificate, mail, clock, relay, disk. Changes nothing; each finding says what to do. Its
//! words are for operators.

mod advice;
pub mod clock;
mod discretion;
pub mod dns;
mod front;
mod limits;
mod mail_server;
mod open_files;
pub mod records;
mod relay;
mod sender;
mod settings;
mod storage;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Serialize;

use crate::clock::Clock;
use discretion::Discretion;
use dns::Dns;
use settings::Part;
pub use settings::Settings;

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
            found: printable(&found.into()),
            fix: printable(&fix.into()),
        }
    }
}

/// What others said, fit for a terminal: one line, and nothing that moves the cursor or turns the
/// direction of writing around (Unicode UAX #9).
fn printable(text: &str) -> String {
    proto::shown::with_signs(text, ' ')
}

/// Looks at everything that can be told by these settings, at once; what is wrong with them comes
/// first, and the order of the findings is always the same.
pub async fn run(settings: &Settings, asked: &Asked) -> Vec<Finding> {
    let dns = Dns::new(asked.dns);
    let (around, clock) = tokio::join!(around(settings, asked, &dns), clock::look(asked, &dns));
    let mut findings = settings.findings();
    findings.extend(around);
    findings.push(clock);
    let discretion = Discretion::of(settings.config.as_ref());
    findings
        .into_iter()
        .map(|finding| discretion.clean(finding))
        .collect()
}

async fn around(settings: &Settings, asked: &Asked, dns: &Dns) -> Vec<Finding> {
    let Some(config) = &settings.config else {
        return Vec::new();
    };
    let (has_address, has_mail) = (
        settings.is_known(Part::Address),
        settings.is_known(Part::Mail),
    );
    let has_relay = has_address && settings.is_known(Part::Relay);
    let (stored, front, relay, mail_server, sender) = tokio::join!(
        storage::look(config, settings),
        only_if(has_address, front::look(config, asked, dns)),
        only_if(has_relay, relay::look(config, dns)),
        only_if(
            has_mail && settings.lets_mail_out(),
            mail_server::look(config, asked)
        ),
        only_if(has_mail, sender::look(config, dns)),
    );
    let files = vec![open_files::look(config)];
    [stored, files, front, relay, mail_server, sender].concat()
}

async fn only_if(is_known: bool, look: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    if is_known { look.await } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_words_of_others_move_a_terminal() {
        let finding = Finding::ok("SPF", "v=spf1\u{1b}[2J\r\n\u{202e}\u{2028}all");

        assert_eq!(finding.found, "v=spf1 [2J    all");
    }
}
