//! SADP of Hikvision: an inquiry and its answers. Only `inquiry` is ever sent, because other types
//! change devices.

use std::net::IpAddr;

use super::ws::uuid;
use super::{FoundKind, LanDevice, plain};
use crate::limits::MAX_DATAGRAM_BYTES;
use crate::xml::XmlNode;

/// What to send; `random` makes its id.
pub fn sadp_inquiry(random: u128) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Probe><Uuid>{}</Uuid><Types>inquiry</Types></Probe>",
        uuid(random).to_ascii_uppercase()
    )
}

/// What a device answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SadpAnswer {
    /// Its model.
    pub model: String,
    /// Its serial number, which begins with the model.
    pub serial: String,
    /// Version of its firmware.
    pub firmware: String,
    /// Where it can be reached.
    pub address: Option<IpAddr>,
    /// Port of its HTTP service.
    pub http_port: Option<u16>,
    /// Whether it has a password yet. Firmware that does not say needs no activation.
    pub is_activated: Option<bool>,
}

impl SadpAnswer {
    /// Reads a datagram; `None` if it is something else, such as the inquiry of another program.
    pub fn parse(datagram: &[u8]) -> Option<SadpAnswer> {
        if datagram.len() > MAX_DATAGRAM_BYTES {
            return None;
        }
        let root = XmlNode::read(datagram).ok()?;
        let is_answer = root.name() == "ProbeMatch" && root.text_of("Types") == Some("inquiry");
        let text = |name| root.text_of(name).map(plain).unwrap_or_default();
        is_answer.then(|| SadpAnswer {
            model: text("DeviceDescription"),
            serial: text("DeviceSN"),
            firmware: text("SoftwareVersion"),
            address: root.text_of("IPv4Address").and_then(|it| it.parse().ok()),
            http_port: root
                .text_of("HttpPort")
                .and_then(|port| port.parse().ok())
                .filter(|port| *port != 0),
            is_activated: root
                .text_of("Activated")
                .and_then(|said| said.to_ascii_lowercase().parse().ok()),
        })
    }

    /// What is known of the device. It may have an address of another network, which it says itself.
    pub(super) fn device(self, from: IpAddr) -> LanDevice {
        let said = self.address.filter(|address| !address.is_unspecified());
        LanDevice {
            address: said.unwrap_or(from),
            port: self.http_port,
            kind: FoundKind::Hikvision,
            make: "Hikvision".to_owned(),
            model: self.model,
            serial: self.serial,
            firmware: self.firmware,
            is_activated: self.is_activated.or(Some(true)),
        }
    }
}
