//! Finds devices on the LAN: the search messages (WS-Discovery, and SADP of Hikvision), and the parsed
//! answers. Anybody on the LAN may send any answer, so everything is bounded, and no text contains a
//! character that could move a cursor.

mod sadp;
mod ws;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::limits::{MAX_FOUND, MAX_FOUND_CHARS};

pub use sadp::{SadpAnswer, sadp_inquiry};
pub use ws::{ProbeMatch, probe};

/// Where WS-Discovery is asked (WS-Discovery 1.1 §3.1.1).
pub const WS_DISCOVERY: (Ipv4Addr, u16) = (Ipv4Addr::new(239, 255, 255, 250), 3702);
/// The same over IPv6 (WS-Discovery 1.1 §2.4): a group of each link.
pub const WS_DISCOVERY6: (Ipv6Addr, u16) = (Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xc), 3702);
/// Where SADP is asked, and answered.
pub const SADP: (Ipv4Addr, u16) = (Ipv4Addr::new(239, 255, 255, 250), 37020);

/// Which driver a device that was found needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundKind {
    /// It answered SADP, or says that Hikvision made it: `kind = "hikvision"`.
    Hikvision,
    /// It answered WS-Discovery only: `kind = "onvif"`.
    Onvif,
}

/// A device that was found. What it did not say is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanDevice {
    /// Where it can be reached.
    pub address: IpAddr,
    /// Port of its HTTP service, if it said so.
    pub port: Option<u16>,
    /// Which driver it needs.
    pub kind: FoundKind,
    /// Its maker.
    pub make: String,
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// Version of its firmware.
    pub firmware: String,
    /// Whether it has a password yet; only SADP tells.
    pub is_activated: Option<bool>,
}

/// The devices of one search, by address; both ways to search may find the same one.
#[derive(Debug, Default)]
pub struct LanDevices(BTreeMap<IpAddr, LanDevice>);

impl LanDevices {
    /// Takes a datagram. Whether it told something new.
    pub fn take(&mut self, from: IpAddr, datagram: &[u8]) -> bool {
        if let Some(answer) = SadpAnswer::parse(datagram) {
            return self.merge(answer.device(from));
        }
        let mut is_new = false;
        for answer in ProbeMatch::parse_all(datagram).unwrap_or_default() {
            is_new |= answer.device(from).is_some_and(|device| self.merge(device));
        }
        is_new
    }

    /// The devices, in the order of their addresses.
    pub fn all(&self) -> impl Iterator<Item = &LanDevice> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing has answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn merge(&mut self, device: LanDevice) -> bool {
        if let Some(known) = self.0.get_mut(&device.address) {
            let before = known.clone();
            known.complete(device);
            return *known != before;
        }
        if self.0.len() >= MAX_FOUND {
            return false;
        }
        self.0.insert(device.address, device);
        true
    }
}

impl LanDevice {
    /// Adds what another answer of the same device says. SADP knows model and serial number better.
    fn complete(&mut self, other: LanDevice) {
        let is_better = other.is_activated.is_some();
        let texts = [
            (&mut self.make, other.make),
            (&mut self.model, other.model),
            (&mut self.serial, other.serial),
            (&mut self.firmware, other.firmware),
        ];
        for (known, new) in texts {
            if !new.is_empty() && (known.is_empty() || is_better) {
                *known = new;
            }
        }
        if is_better || self.port.is_none() {
            self.port = other.port.or(self.port);
        }
        self.is_activated = other.is_activated.or(self.is_activated);
        if other.kind == FoundKind::Hikvision {
            self.kind = FoundKind::Hikvision;
        }
    }

    /// Its address as the settings write it: with the port if that is not 80.
    pub fn address_text(&self) -> String {
        let host = match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        match self.port.filter(|port| *port != 80) {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }

    /// What to put into the settings; user and password are for the person to fill in.
    pub fn settings(&self) -> String {
        let kind = match self.kind {
            FoundKind::Hikvision => "hikvision",
            FoundKind::Onvif => "onvif",
        };
        let address = self.address_text();
        // Nothing that the device said stands here, except the port.
        format!(
            "[[agent.recorders]]\nkind = \"{kind}\"\naddress = \"{address}\"\nuser = \"\"\npassword = \"\"\n"
        )
    }
}

/// The characters of a text that any terminal shows as they are: letters of every script stay; what moves
/// a cursor or turns the direction of writing does not.
fn plain(text: &str) -> String {
    let is_plain = |c: &char| {
        c.is_alphanumeric() || *c == ' ' || c.is_ascii_graphic() || matches!(c, '–' | '°' | '²')
    };
    let kept: String = text
        .trim()
        .chars()
        .filter(is_plain)
        .take(MAX_FOUND_CHARS)
        .collect();
    kept.trim().to_owned()
}

/// Whether a maker's name is Hikvision's or one of those under which its devices are sold.
fn is_hikvision(make: &str) -> bool {
    ["hikvision", "hiwatch", "hilook"]
        .iter()
        .any(|name| make.to_ascii_lowercase().contains(name))
}

#[cfg(test)]
mod tests;
