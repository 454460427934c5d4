//! Checks the settings of a cloud and everything around it that it depends on: DNS names,
//! certificate, mail, clock, relay, disk. Changes nothing; each finding says what to do. The texts
//! are for operators.

mod advice;
pub mod clock;
mod discretion;
pub mod dns;
mod finding;
mod front;
mod limits;
mod mail_server;
mod open_files;
mod options;
mod part;
pub mod records;
mod relay;
mod relay_program;
mod relays;
mod sender;
mod settings;
mod storage;
mod udp;

use crate::config::RelayProgramConfig;
use discretion::Discretion;
use dns::Dns;
pub use finding::{Finding, Grade};
pub use options::DoctorOptions;
use part::SettingsPart;
pub use settings::Settings;

/// Runs all checks for these settings at the same time. Problems of the settings come first, and
/// the order of the findings is always the same.
pub async fn run(settings: &Settings, options: &DoctorOptions) -> Vec<Finding> {
    let dns = Dns::new(options.dns);
    let (around, clock) = tokio::join!(around(settings, options, &dns), clock::look(options, &dns));
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

/// Checks a relay that runs alone on this machine.
pub async fn look_at_relay(relay: &RelayProgramConfig, options: &DoctorOptions) -> Vec<Finding> {
    relay_program::look(relay, options).await
}

async fn around(settings: &Settings, options: &DoctorOptions, dns: &Dns) -> Vec<Finding> {
    let Some(config) = &settings.config else {
        return Vec::new();
    };
    let (has_address, has_mail) = (
        settings.is_known(SettingsPart::Address),
        settings.is_known(SettingsPart::Mail),
    );
    let has_relay = has_address && settings.is_known(SettingsPart::Relay);
    let takes_turn = has_relay && config.has_turn_over_tls();
    let (stored, front, relay, relays, mail_server, sender) = tokio::join!(
        storage::look(config, settings),
        only_if(has_address, front::look(config, (options, dns), takes_turn)),
        only_if(has_relay, relay::look(config, dns)),
        only_if(has_relay, relays::look(config, dns)),
        only_if(
            has_mail && settings.lets_mail_out(),
            mail_server::look(config, options)
        ),
        only_if(has_mail, sender::look(config, dns)),
    );
    let files = vec![open_files::look(config)];
    [stored, files, front, relay, relays, mail_server, sender].concat()
}

async fn only_if(is_known: bool, look: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    if is_known { look.await } else { Vec::new() }
}
