//! `peerview agent discover`: lists recorders and cameras on the LAN, with settings for them. Answers are not
//! trusted: they are bounded and escaped.

use std::time::Duration;

use agent::discovery::{FoundKind, LanDevice, LanSearch};
use anyhow::Context;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::admin_command::table::{printable, table};
use crate::cli;
use crate::shutdown::Interrupted;
use crate::terminal::say;

/// What `--json` prints of each device.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceAsJson<'a> {
    address: String,
    port: Option<u16>,
    kind: &'static str,
    make: &'a str,
    model: &'a str,
    serial: &'a str,
    firmware: &'a str,
    is_activated: Option<bool>,
    settings: String,
}

/// Searches, and prints what answered.
pub(crate) async fn run(flags: cli::DiscoverFlags, token: CancellationToken) -> anyhow::Result<()> {
    let span = Duration::from_secs(flags.seconds);
    let search = LanSearch::everywhere();
    if !flags.json {
        let networks: Vec<String> = search.from.iter().map(ToString::to_string).collect();
        say(format!(
            "Searching for {} s from {} …",
            flags.seconds,
            networks.join(", ")
        ));
    }
    let found = tokio::select! {
        found = search.run(span, |_| false) => found.context("searching the LAN")?,
        () = token.cancelled() => return Err(Interrupted.into()),
    };
    if flags.json {
        let devices: Vec<DeviceAsJson<'_>> = found.iter().map(as_json).collect();
        say(serde_json::to_string_pretty(&devices).context("writing JSON")?);
    } else {
        lines(&found).iter().for_each(say);
    }
    Ok(())
}

fn as_json(device: &LanDevice) -> DeviceAsJson<'_> {
    DeviceAsJson {
        address: device.address.to_string(),
        port: device.port,
        kind: match device.kind {
            FoundKind::Hikvision => "hikvision",
            FoundKind::Onvif => "onvif",
        },
        make: &device.make,
        model: &device.model,
        serial: &device.serial,
        firmware: &device.firmware,
        is_activated: device.is_activated,
        settings: device.settings(),
    }
}

fn lines(found: &[LanDevice]) -> Vec<String> {
    let rows: Vec<[String; 6]> = found.iter().map(row).collect();
    let head = [
        "ADDRESS",
        "KIND",
        "MAKE",
        "MODEL",
        "SERIAL NUMBER",
        "PASSWORD",
    ];
    let none = "Nothing answered. Devices answer only in their own network, and some have ONVIF switched off; \
                name such a recorder in the settings by its address.";
    let mut lines = vec![table(head, rows, none)];
    if found.is_empty() {
        return lines;
    }
    lines.push(String::new());
    lines.push(
        "Put the lines of one into the file of `peerview agent --config`, and fill in user and password:"
            .to_owned(),
    );
    for device in found {
        lines.push(String::new());
        let name = [device.make.as_str(), device.model.as_str()].join(" ");
        lines.push(format!("# {}", printable(name.trim())));
        lines.push(device.settings().trim_end().to_owned());
    }
    lines
}

fn row(device: &LanDevice) -> [String; 6] {
    let address = match device.port.filter(|port| *port != 80) {
        Some(port) => format!("{} port {port}", device.address),
        None => device.address.to_string(),
    };
    [
        address,
        match device.kind {
            FoundKind::Hikvision => "Hikvision",
            FoundKind::Onvif => "ONVIF",
        }
        .to_owned(),
        device.make.clone(),
        device.model.clone(),
        device.serial.clone(),
        match device.is_activated {
            Some(true) => "set",
            // Such a device does nothing until its owner has chosen one.
            Some(false) => "not set yet",
            None => "",
        }
        .to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> LanDevice {
        LanDevice {
            address: [192, 0, 2, 64].into(),
            port: Some(8000),
            kind: FoundKind::Hikvision,
            make: "Hikvision".to_owned(),
            model: "DS-7204".to_owned(),
            serial: "C42".to_owned(),
            firmware: "V5".to_owned(),
            is_activated: Some(false),
        }
    }

    #[test]
    fn devices_are_listed_with_their_settings() {
        let text = lines(&[device()]).join("\n");

        assert!(
            text.contains("192.0.2.64 port 8000  Hikvision  Hikvision  DS-7204  C42"),
            "{text}"
        );
        assert!(text.contains("not set yet"), "{text}");
        assert!(text.ends_with("user = \"\"\npassword = \"\""), "{text}");
        assert!(lines(&[]).join("\n").starts_with("Nothing answered."));
    }

    #[test]
    fn the_printed_settings_are_settings_of_the_agent() {
        let text = lines(&[device()]).join("\n");
        let (_, settings) = text.split_once("# Hikvision DS-7204\n").expect("its lines");
        let file = crate::config_file::ConfigFile::parse(&format!("[agent]\n{settings}"));

        let agent = file.expect("right settings").agent.expect("a table");
        assert_eq!(agent.recorders.len(), 1);
    }

    #[test]
    fn names_of_strangers_cannot_control_the_terminal() {
        let evil = LanDevice {
            model: "\u{1b}[2J\n[agent]".to_owned(),
            ..device()
        };

        let text = lines(&[evil]).join("\n");

        assert!(
            !text.contains('\u{1b}') && !text.contains("\n[agent]\n"),
            "{text}"
        );
    }

    #[test]
    fn json_contains_the_settings() {
        let json = serde_json::to_value(as_json(&device())).expect("JSON");

        assert_eq!(json["kind"], "hikvision");
        assert_eq!(json["isActivated"], false);
        let settings = json["settings"].as_str().expect("text");
        assert!(settings.contains("address = \"192.0.2.64:8000\""));
    }
}
