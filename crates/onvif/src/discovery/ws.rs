//! WS-Discovery (OASIS 1.1, in the version of 2005/04 that ONVIF uses): Probe and ProbeMatches.

use std::net::IpAddr;

use super::{FoundKind, LanDevice, is_hikvision, plain};
use crate::error::OnvifError;
use crate::limits::{MAX_ADDRESSES, MAX_DATAGRAM_BYTES, MAX_FOUND};
use crate::xml::XmlNode;

/// What to send; `random` makes the message's id.
pub fn probe(random: u128) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:w=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\" \
         xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\"><e:Header>\
         <w:MessageID>uuid:{}</w:MessageID>\
         <w:To e:mustUnderstand=\"true\">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>\
         <w:Action e:mustUnderstand=\"true\">\
         http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>\
         <e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>",
        uuid(random)
    )
}

/// A random UUID (RFC 9562 §5.4).
pub(super) fn uuid(random: u128) -> String {
    let random = random & !(0xf << 76) | 0x4 << 76;
    let random = random & !(0x3 << 62) | 0x2 << 62;
    let hex = format!("{random:032x}");
    let (a, b, c) = (&hex[..8], &hex[8..12], &hex[12..16]);
    format!("{a}-{b}-{c}-{}-{}", &hex[16..20], &hex[20..])
}

/// What a device answers to a Probe.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProbeMatch {
    /// The addresses of its device service.
    pub addresses: Vec<String>,
    /// Its maker, from the scopes.
    pub make: String,
    /// Its model, from the scopes.
    pub model: String,
}

impl ProbeMatch {
    /// Reads a datagram: the cameras in it. Printers and computers answer as well, and are skipped.
    pub fn parse_all(datagram: &[u8]) -> Result<Vec<ProbeMatch>, OnvifError> {
        if datagram.len() > MAX_DATAGRAM_BYTES {
            return Err(OnvifError::TooLong);
        }
        let matches = XmlNode::answer(datagram, "ProbeMatches")?;
        let matches = matches.children("ProbeMatch").take(MAX_FOUND);
        Ok(matches.filter_map(ProbeMatch::of).collect())
    }

    fn of(node: &XmlNode) -> Option<ProbeMatch> {
        let scopes = node.text_of("Scopes").unwrap_or_default();
        let types = node.text_of("Types").unwrap_or_default();
        let is_camera = scopes.to_ascii_lowercase().contains("onvif://")
            || types.contains("NetworkVideo")
            || types.split_whitespace().any(|kind| kind == "tds:Device");
        if !is_camera {
            return None;
        }
        let addresses = node.text_of("XAddrs").unwrap_or_default();
        let scope = |kind: &str| {
            let value = scopes
                .split_whitespace()
                .find_map(|scope| value(scope, kind));
            value.map(|value| plain(&value)).unwrap_or_default()
        };
        let (name, hardware) = (scope("name"), scope("hardware"));
        let make = match scope("manufacturer") {
            make if make.is_empty() => scope("mfr"),
            make => make,
        };
        Some(ProbeMatch {
            addresses: addresses
                .split_whitespace()
                .take(MAX_ADDRESSES)
                .map(str::to_owned)
                .collect(),
            // Most put maker and model into the name: "HIKVISION DS-2CD2042WD", "AXIS P1375".
            make: match make.is_empty() {
                true => name.split(' ').next().unwrap_or_default().to_owned(),
                false => make,
            },
            model: if hardware.is_empty() { name } else { hardware },
        })
    }

    /// What is known of the device. Of its addresses, the one that it answered from is taken if it is
    /// there, since others may lead into its other networks.
    pub(super) fn device(&self, from: IpAddr) -> Option<LanDevice> {
        let places: Vec<(IpAddr, u16)> = self
            .addresses
            .iter()
            .filter_map(|address| place(address))
            .collect();
        let own = places.iter().find(|(address, _)| *address == from);
        let named = if is_link_local(from) {
            // Without its interface such an address reaches nobody: one that others can use is taken, IPv4 first.
            let usable = places.iter().filter(|(it, _)| is_usable(*it));
            Some(usable.min_by_key(|(it, _)| it.is_ipv6())?)
        } else {
            own
        };
        let port = named.or(places.first()).map(|(_, port)| *port);
        // A device that says that it is 0.0.0.0 is reached where it answered from.
        Some(LanDevice {
            address: named.map_or(from, |(address, _)| *address),
            port,
            kind: match is_hikvision(&self.make) || is_hikvision(&self.model) {
                true => FoundKind::Hikvision,
                false => FoundKind::Onvif,
            },
            make: self.make.clone(),
            model: self.model.clone(),
            serial: String::new(),
            firmware: String::new(),
            is_activated: None,
        })
    }
}

/// The decoded value of `onvif://www.onvif.org/name/VALUE`. Dahua and others write other cases and
/// leave `www.` out.
fn value(scope: &str, kind: &str) -> Option<String> {
    let (scheme, rest) = scope.split_once("://")?;
    let mut parts = rest.splitn(3, '/');
    let (_host, name, value) = (parts.next()?, parts.next()?, parts.next()?);
    (scheme.eq_ignore_ascii_case("onvif") && name.eq_ignore_ascii_case(kind))
        .then(|| percent_decoded(value))
}

/// Percent-encoding undone (RFC 3986 §2.1), with `+` left alone.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let digits = digits.filter(|two| two.bytes().all(|it| it.is_ascii_hexdigit()));
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.is_unicast_link_local())
}

fn is_usable(address: IpAddr) -> bool {
    !is_link_local(address)
        && !address.is_unspecified()
        && !address.is_loopback()
        && !address.is_multicast()
}

/// Host and port of an `http://` address. Link-local IPv6 addresses come with a zone, which is of no
/// use elsewhere.
fn place(address: &str) -> Option<(IpAddr, u16)> {
    let (scheme, rest) = address.split_once("://")?;
    let usual = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let authority = rest.split(['/', '?']).next()?;
    let (host, port) = match authority.strip_prefix('[') {
        Some(six) => {
            let (host, after) = six.split_once(']')?;
            (host, after.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = match port {
        Some(port) => port.parse().ok()?,
        None => usual,
    };
    Some((host.parse().ok()?, port))
}
