//! Checks the settings of a cloud and everything around it that it depends on: DNS names,
//! certificate, mail, clock, relay, disk. Changes nothing; each finding says what to do. The texts
//! are for operators.

mod advice;
mod asked;
pub mod clock;
mod discretion;
pub mod dns;
mod finding;
mod front;
mod limits;
mod mail_server;
mod open_files;
mod part;
pub mod records;
mod relay;
mod sender;
mod settings;
mod storage;
mod udp;

pub use asked::Asked;
use discretion::Discretion;
use dns::Dns;
pub use finding::{Finding, Grade};
use part::Part;
pub use settings::Settings;

/// Runs all checks for these settings at the same time. Problems of the settings come first, and
/// the order of the findings is always the same.
pub async fn run(settings: &Settings, asked: &Asked) -> Vec<Finding> {
    let dns = Dns::new(asked.dns);
    let (around, clock) = tokio::join!(around(settings, asked, &dns), clock::look(asked, &dns));
    let mut findings = settings.findings();
    findings.extend(around);
    findings.push(clock);
    let discretion = Discretion::of(settings.config.as_ref());
    // Cleaned last and in one place, so that no check can forget it.
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
