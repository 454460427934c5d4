//! Ports, lockout and refusals of a recorder.

use std::fmt;

use super::error::IsapiError;
use super::xml::Element;

/// Ports a recorder listens on, from `GET /ISAPI/Security/adminAccesses`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// RTSP; 554 on most, but never to be assumed.
    pub rtsp: Option<u16>,
    /// RTSP within TLS.
    pub rtsps: Option<u16>,
}

/// The port of RTSP within TLS that IANA has given it, and that recorders use unless somebody changes it.
const USUAL_RTSPS_PORT: u16 = 322;
/// What RTSP within TLS may be called, in small letters and without signs. No list of a real device with it is known:
/// their pages speak of SRTP where they show port 322, and their SDK of protocols `OVER_TLS`.
const RTSPS_NAMES: [&str; 6] = [
    "rtsps",
    "srtp",
    "rtspovertls",
    "rtsptls",
    "rtspoverssl",
    "rtspssl",
];

impl Ports {
    /// Reads the list.
    pub fn parse(body: &[u8]) -> Result<Ports, IsapiError> {
        let root = Element::read(body, &["AdminAccessProtocolList", "AdminAccessProtocol"])?;
        let open = |is_meant: fn(&str) -> bool| {
            let mut entries = root.children("AdminAccessProtocol");
            let entry = entries.find(|entry| {
                let name = entry.text_of("protocol").unwrap_or_default();
                let letters = name.chars().filter(char::is_ascii_alphanumeric);
                let plain: String = letters.map(|c| c.to_ascii_lowercase()).collect();
                entry.flag_of("enabled") != Some(false) && is_meant(&plain)
            })?;
            let port = entry.number_of("portNo");
            let port = port.and_then(|port| u16::try_from(port).ok());
            Some(port.filter(|port| *port != 0))
        };
        Ok(Ports {
            // Two of 15 known devices have RTSP on port 10554.
            rtsp: open(|name| name == "rtsp").flatten(),
            rtsps: open(|name| RTSPS_NAMES.contains(&name))
                .map(|port| port.unwrap_or(USUAL_RTSPS_PORT)),
        })
    }

    /// Where streams are, and whether within TLS: plain RTSP unless only RTSPS is open. Nothing if neither is listed.
    pub fn of_streams(self) -> Option<(u16, bool)> {
        let plain = self.rtsp.map(|port| (port, false));
        plain.or(self.rtsps.map(|port| (port, true)))
    }
}

/// State of a login, from `GET /ISAPI/Security/userCheck`; also the body of a 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserCheck {
    /// Whether the user name and password are right.
    pub is_accepted: bool,
    /// Whether the recorder locked the account or the address after too many wrong passwords.
    pub is_locked: bool,
    /// Seconds until it unlocks, while locked.
    pub unlock_seconds: Option<u32>,
    /// Wrong passwords left before it locks.
    pub n_tries_left: Option<u32>,
}

impl UserCheck {
    /// Reads the answer.
    pub fn parse(body: &[u8]) -> Result<UserCheck, IsapiError> {
        let root = Element::read(body, &["userCheck"])?;
        let status = root
            .number_of("statusValue")
            .ok_or(IsapiError::Field("statusValue"))?;
        let is_locked = root.text_of("lockStatus") == Some("lock");
        Ok(UserCheck {
            is_accepted: status == 200,
            is_locked,
            unlock_seconds: root.number_of("unlockTime").filter(|_| is_locked),
            // Counts down from 4 to 0 on the devices seen so far; at 0 the recorder locks.
            n_tries_left: root.number_of("retryLoginTime"),
        })
    }
}

/// A refusal or failure in the recorder's own words: `ResponseStatus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseStatus {
    /// 1 is success, 3 a device error worth a retry, 4 not supported, 6 bad content.
    pub code: u32,
    /// For example `Invalid XML Content`.
    pub text: String,
    /// For example `badXmlContent`.
    pub sub_status: String,
}

impl ResponseStatus {
    /// Reads the answer.
    pub fn parse(body: &[u8]) -> Result<ResponseStatus, IsapiError> {
        Element::read(body, &["ResponseStatus"]).map(|root| ResponseStatus::from_element(&root))
    }

    pub(super) fn from_element(root: &Element) -> ResponseStatus {
        ResponseStatus {
            code: root.number_of("statusCode").unwrap_or(0),
            text: root.owned_text_of("statusString"),
            sub_status: root.owned_text_of("subStatusCode"),
        }
    }
}

impl ResponseStatus {
    /// Whether it reports success. Reports without a number count as one: they come with HTTP 200.
    pub fn is_success(&self) -> bool {
        // 1 is OK; 7 is OK after a restart of the device.
        matches!(self.code, 0 | 1 | 7)
    }

    /// Whether it is only done after a restart of the device.
    pub fn needs_restart(&self) -> bool {
        self.code == 7 || self.sub_status.eq_ignore_ascii_case("rebootRequired")
    }
}

impl fmt::Display for ResponseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.text, self.code, self.sub_status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rtsp_port_is_read_from_the_recorder() {
        let body = include_bytes!("../../testdata/nvr/admin_accesses.xml");

        let ports = Ports::parse(body).expect("a list");
        assert_eq!((ports.rtsp, ports.rtsps), (Some(10_554), None));
        assert_eq!(ports.of_streams(), Some((10_554, false)));
    }

    #[test]
    fn a_disabled_or_invalid_port_is_absent() {
        for (enabled, port) in [
            ("false", "554"),
            ("true", "0"),
            ("true", "70000"),
            ("true", "x"),
        ] {
            let body = format!(
                "<AdminAccessProtocolList><AdminAccessProtocol><protocol>RTSP</protocol>\
                 <enabled>{enabled}</enabled><portNo>{port}</portNo></AdminAccessProtocol>\
                 </AdminAccessProtocolList>"
            );
            let ports = Ports::parse(body.as_bytes()).expect("a list");
            assert_eq!(ports.of_streams(), None, "{body}");
        }
    }

    #[test]
    fn streams_use_tls_if_only_rtsps_is_open() {
        for (plain, within_tls, place) in [
            (true, true, (554, false)),
            (false, true, (322, true)),
            (true, false, (554, false)),
        ] {
            let entry = |name, is_open, port| {
                format!(
                    "<AdminAccessProtocol><enabled>{is_open}</enabled><protocol>{name}</protocol>\
                     <portNo>{port}</portNo></AdminAccessProtocol>"
                )
            };
            let entries = [entry("RTSP", plain, 554), entry("RTSPS", within_tls, 322)].concat();
            let body = format!("<AdminAccessProtocolList>{entries}</AdminAccessProtocolList>");

            let ports = Ports::parse(body.as_bytes()).expect("a list");

            assert_eq!(ports.of_streams(), Some(place), "{body}");
        }
    }

    #[test]
    fn rtsp_within_tls_is_known_by_many_names() {
        let ports = |name: &str, port: &str| {
            let body = format!(
                "<AdminAccessProtocolList><AdminAccessProtocol><protocol>RTSP</protocol><enabled>false</enabled>\
                 <portNo>554</portNo></AdminAccessProtocol><AdminAccessProtocol><protocol>{name}</protocol>\
                 <enabled>true</enabled>{port}</AdminAccessProtocol></AdminAccessProtocolList>"
            );
            let ports = Ports::parse(body.as_bytes()).expect("a list");
            ports.of_streams()
        };

        for name in [
            "RTSPS",
            "rtsps",
            "SRTP",
            "RTSP_OVER_TLS",
            "RTSPoverTLS",
            "RTSP-TLS",
            "RTSP over SSL",
        ] {
            let said = ports(name, "<portNo>10322</portNo>");
            assert_eq!(said, Some((10_322, true)), "{name}");
        }
        for port in ["", "<portNo>0</portNo>", "<portNo>99999</portNo>"] {
            assert_eq!(ports("SRTP", port), Some((322, true)), "{port}");
        }
        for other in ["HTTPS", "SDK_OVER_TLS", "WebSockets", "RTMP", ""] {
            assert_eq!(ports(other, "<portNo>8443</portNo>"), None, "{other}");
        }
    }

    #[test]
    fn a_locked_account_reports_when_it_unlocks() {
        let body = include_bytes!("../../testdata/nvr/user_check_locked.xml");

        assert_eq!(
            UserCheck::parse(body),
            Ok(UserCheck {
                is_accepted: false,
                is_locked: true,
                unlock_seconds: Some(1795),
                n_tries_left: Some(0),
            })
        );
    }

    #[test]
    fn an_accepted_login_is_not_locked() {
        let body =
            b"<userCheck><statusValue>200</statusValue><statusString>OK</statusString></userCheck>";

        assert_eq!(
            UserCheck::parse(body),
            Ok(UserCheck {
                is_accepted: true,
                is_locked: false,
                unlock_seconds: None,
                n_tries_left: None,
            })
        );
    }

    #[test]
    fn a_user_check_without_a_status_is_refused() {
        assert_eq!(
            UserCheck::parse(b"<userCheck/>"),
            Err(IsapiError::Field("statusValue"))
        );
    }

    #[test]
    fn a_refusal_includes_the_recorders_own_words() {
        let body = include_bytes!("../../testdata/hostile/response_status.xml");

        let status = ResponseStatus::parse(body).expect("a ResponseStatus");

        assert_eq!(status.to_string(), "Invalid XML Content (6, badXmlContent)");
    }
}
