//! Addresses as people type them. A login is taken out before anything else, and no error repeats any part of
//! an address, since a password that was cut at a `#` can be any of them.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::limits::MAX_ADDRESS_BYTES;
use crate::login::Credentials;

/// Where a stream is: everything of its address except the login.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamAddress {
    /// Whether the connection is TLS (`rtsps`).
    pub is_tls: bool,
    /// Host name or IP address without brackets, to connect to; IPv6 with its zone, such as `fe80::1%eth0`.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Path and query from the `/` on; empty if there is none. On some cameras it contains a secret.
    pub path: String,
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// A character in the password ends the host too early.
    #[error(
        "there is an @ after the host: in the user name and password of an address, write # ? / @ : and % \
         as %23 %3F %2F %40 %3A and %25"
    )]
    LoginCut,
    /// A `#`, which no camera needs.
    #[error("it contains a #, which camera addresses never have: write it as %23")]
    Fragment,
    /// `http`, or nothing.
    #[error("the address of a camera must look like rtsp://host/path or rtsps://host/path")]
    NotRtsp,
    /// No host, or one that cannot be.
    #[error("the host is missing or malformed")]
    Host,
    /// A port that cannot be.
    #[error("the port behind the host must be a number from 1 to 65535")]
    Port,
    /// It exceeds [`MAX_ADDRESS_BYTES`].
    #[error("it is too long")]
    TooLong,
}

impl StreamAddress {
    /// Parses an address and takes its login out.
    pub fn parse(text: &str) -> Result<(StreamAddress, Option<Credentials>), AddressError> {
        let text = text.trim();
        if text.len() > MAX_ADDRESS_BYTES {
            return Err(AddressError::TooLong);
        }
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::NotRtsp)?;
        let is_tls = match () {
            () if scheme.eq_ignore_ascii_case("rtsp") => false,
            () if scheme.eq_ignore_ascii_case("rtsps") => true,
            () => return Err(AddressError::NotRtsp),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        // A password with one of these characters leaves the @ behind it.
        if path.contains('@') {
            return Err(AddressError::LoginCut);
        }
        if path.contains('#') {
            return Err(AddressError::Fragment);
        }
        let (login, host_and_port) = match authority.rsplit_once('@') {
            Some((login, _)) if login.contains('@') => return Err(AddressError::LoginCut),
            Some((login, host)) => (Some(login), host),
            None => (None, authority),
        };
        let (host, port) = host_and_port_of(host_and_port)?;
        let address = StreamAddress {
            is_tls,
            host,
            port: port.unwrap_or(if is_tls { 322 } else { 554 }),
            path: sendable(path),
        };
        Ok((
            address,
            login
                .map(credentials)
                .filter(|login| !login.user.is_empty()),
        ))
    }

    /// The address for requests. The port is always there, as in requests of ffmpeg, which every camera knows; the
    /// zone is not, because it has a meaning on this machine only (RFC 6874 §1).
    pub fn url(&self) -> String {
        let scheme = if self.is_tls { "rtsps" } else { "rtsp" };
        let host = self.host.split('%').next().unwrap_or_default();
        let (open, close) = if host.contains(':') {
            ("[", "]")
        } else {
            ("", "")
        };
        let slash = if self.path.starts_with('?') { "/" } else { "" };
        format!(
            "{scheme}://{open}{host}{close}:{}{slash}{}",
            self.port, self.path
        )
    }

    /// The host, in brackets if it is IPv6, and the port if it is not the usual one: what a device is called that
    /// has no other name. It contains nothing of a login or a path.
    pub fn place(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        let usual_port = if self.is_tls { 322 } else { 554 };
        match self.port == usual_port {
            true => host,
            false => format!("{host}:{}", self.port),
        }
    }

    /// Whether both are on one host, whatever the port.
    pub fn is_same_host(&self, other: &StreamAddress) -> bool {
        let bare = |host: &str| {
            host.split('%')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        bare(&self.host) == bare(&other.host)
    }
}

impl fmt::Debug for StreamAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamAddress")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// An address of the camera without a login in it, and with characters of which requests can consist.
pub(crate) fn without_login(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return sendable(url);
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    sendable(&format!("{scheme}://{host}{path}"))
}

/// Blanks, control characters and everything beyond ASCII as `%` and two digits.
fn sendable(text: &str) -> String {
    let mut sendable = String::with_capacity(text.len());
    for byte in text.trim().bytes() {
        if byte.is_ascii_graphic() {
            sendable.push(char::from(byte));
        } else {
            sendable.push_str(&format!("%{byte:02X}"));
        }
    }
    sendable
}

fn credentials(login: &str) -> Credentials {
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Credentials::new(decoded(user), decoded(password))
}

fn host_and_port_of(text: &str) -> Result<(String, Option<u16>), AddressError> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or(AddressError::Host)?;
        (ipv6(host)?, after)
    } else {
        let end = text.find(':').unwrap_or(text.len());
        let (host, after) = text.split_at(end);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if host.is_empty() || !host.chars().all(is_name) {
            return Err(AddressError::Host);
        }
        (host.to_owned(), after)
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return Err(AddressError::Host),
        Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let port = digits.parse().ok().filter(|port| *port != 0);
            Some(port.ok_or(AddressError::Port)?)
        }
        Some(_) => return Err(AddressError::Port),
    };
    Ok((host, port))
}

/// With its zone behind a bare `%`, whether it was written so or as `%25` (RFC 6874 §2).
fn ipv6(text: &str) -> Result<String, AddressError> {
    let (ip, zone) = match text.split_once('%') {
        Some((ip, zone)) => (
            ip,
            zone.strip_prefix("25")
                .filter(|rest| !rest.is_empty())
                .unwrap_or(zone),
        ),
        None => (text, ""),
    };
    let ip: std::net::Ipv6Addr = ip.parse().map_err(|_| AddressError::Host)?;
    let is_zone = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '~');
    if !zone.chars().all(is_zone) {
        return Err(AddressError::Host);
    }
    match zone {
        "" if text.contains('%') => Err(AddressError::Host),
        "" => Ok(ip.to_string()),
        zone => Ok(format!("{ip}%{zone}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, u16, String) {
        let (address, _) = StreamAddress::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        (address.host.clone(), address.port, address.url())
    }

    #[test]
    fn an_unescaped_login_is_refused_and_explained() {
        for text in [
            "rtsp://admin:12345#67secret@192.0.2.1/live",
            "rtsp://viewer:pa?secret@192.0.2.1/live",
            "rtsp://viewer:12/secret@192.0.2.1/live",
            "rtsp://viewer:se@cret@192.0.2.1/live",
            "rtsps://192.0.2.1/live?user=admin&password=sec@ret",
        ] {
            let error = StreamAddress::parse(text).expect_err(text);

            assert_eq!(error, AddressError::LoginCut, "{text}");
            assert!(error.to_string().contains("%23"));
        }
    }

    #[test]
    fn a_refusal_repeats_no_part_of_an_address() {
        let long = format!("rtsp://secret/{}", "secret".repeat(1000));
        for text in [
            "rtsp://secret:secret#secret@secret/secret",
            "rtsp://secret:secret/#secret",
            "secret://secret:secret@secret/",
            "rtsp://secret:secret/x",
            "rtsp://secret@/x",
            "rtsp://sec ret/x",
            "rtsp://[secret]/x",
            "rtsp://[::1]secret/x",
            "secret",
            "",
            &long,
        ] {
            let error = StreamAddress::parse(text).expect_err(text);
            assert!(!format!("{error}{error:?}").contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_login_is_decoded_and_taken_out() {
        let (address, login) =
            StreamAddress::parse("rtsp://an%C3%A1:a%40b%23c:d@[2001:db8::1]:8554/live?x=1")
                .unwrap();

        assert_eq!(
            login,
            Some(Credentials::new("aná".to_owned(), "a@b#c:d".to_owned()))
        );
        assert_eq!(address.url(), "rtsp://[2001:db8::1]:8554/live?x=1");
        assert!(!format!("{address:?}").contains("live"));
    }

    #[test]
    fn default_ports_and_zones_are_understood() {
        let cases = [
            ("rtsp://192.0.2.1", "192.0.2.1", 554, "rtsp://192.0.2.1:554"),
            (
                "RTSP://cam_1.lan:/a b",
                "cam_1.lan",
                554,
                "rtsp://cam_1.lan:554/a%20b",
            ),
            (
                "rtsps://cam.lan/ü",
                "cam.lan",
                322,
                "rtsps://cam.lan:322/%C3%BC",
            ),
            (
                "rtsp://cam:10554?ch=1",
                "cam",
                10554,
                "rtsp://cam:10554/?ch=1",
            ),
            (
                "rtsp://[fe80::1%25eth0]/x",
                "fe80::1%eth0",
                554,
                "rtsp://[fe80::1]:554/x",
            ),
            (
                "rtsp://[fe80::1%eth0]:5/x",
                "fe80::1%eth0",
                5,
                "rtsp://[fe80::1]:5/x",
            ),
            (
                "rtsp://[fe80::1%25]/x",
                "fe80::1%25",
                554,
                "rtsp://[fe80::1]:554/x",
            ),
            (
                "rtsp://192.0.2.1:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream",
                "192.0.2.1",
                554,
                "rtsp://192.0.2.1:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream",
            ),
        ];

        for (text, host, port, url) in cases {
            assert_eq!(
                parsed(text),
                (host.to_owned(), port, url.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_place_is_the_host_with_an_unusual_port() {
        for (text, place) in [
            ("rtsp://a:b@192.0.2.1:554/live", "192.0.2.1"),
            ("rtsps://192.0.2.1/live", "192.0.2.1"),
            ("rtsps://192.0.2.1:554/live", "192.0.2.1:554"),
            ("rtsp://[2001:db8::1]:8554/live", "[2001:db8::1]:8554"),
            ("rtsp://[fe80::1%25eth0]/live", "[fe80::1%eth0]"),
        ] {
            let (address, _) = StreamAddress::parse(text).expect(text);
            assert_eq!(address.place(), place);
        }
    }

    #[test]
    fn impossible_hosts_and_ports_are_refused() {
        let cases = [
            ("rtsp:///live", AddressError::Host),
            ("rtsp://a b/live", AddressError::Host),
            ("rtsp://kamera-tür/live", AddressError::Host),
            ("rtsp://[fe80::1/live", AddressError::Host),
            ("rtsp://[fe80::1%]/live", AddressError::Host),
            ("rtsp://[fe80::1%a%b]/live", AddressError::Host),
            ("rtsp://host:0/live", AddressError::Port),
            ("rtsp://host:65536/live", AddressError::Port),
            ("rtsp://host:+1/live", AddressError::Port),
            ("http://host/live", AddressError::NotRtsp),
        ];

        for (text, expected) in cases {
            assert_eq!(StreamAddress::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn addresses_of_cameras_lose_their_login() {
        let cases = [
            (
                "rtsp://a:b@192.0.2.1:554/live/",
                "rtsp://192.0.2.1:554/live/",
            ),
            ("rtsp://192.0.2.1/a@b", "rtsp://192.0.2.1/a@b"),
            ("trackID=1\r\n", "trackID=1"),
            ("/a b", "/a%20b"),
        ];

        for (url, expected) in cases {
            assert_eq!(without_login(url), expected);
        }
    }
}
