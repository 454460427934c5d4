//! The `Transport` header (RFC 2326 §12.39).

use std::fmt;
use std::net::IpAddr;

use super::parameter;
use crate::limits::MAX_LIST;

/// What carries the packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LowerTransport {
    /// The RTSP connection itself.
    Tcp,
    /// Ports of their own.
    Udp,
    /// Something we do not speak, such as SRTP.
    Other,
}

/// One transport in a request or an answer. Invalid numbers are absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportHeader {
    /// What carries the packets.
    pub lower: LowerTransport,
    /// Whether packets go to a group.
    pub is_multicast: bool,
    /// Channels of RTP and RTCP.
    pub interleaved: Option<(u8, u8)>,
    /// The client's ports for RTP and RTCP.
    pub client_port: Option<(u16, u16)>,
    /// The server's ports for RTP and RTCP. They need not follow each other.
    pub server_port: Option<(u16, u16)>,
    /// Where packets come from, if it is not the server.
    pub source: Option<IpAddr>,
    /// Where packets go to, if it is not the client.
    pub destination: Option<IpAddr>,
    /// Source of the packets. Advice at best: some cameras send another one, and change it.
    pub ssrc: Option<u32>,
    /// `PLAY` or `RECORD`, in upper case.
    pub mode: Option<String>,
}

impl TransportHeader {
    /// A transport to ask for, on these channels of the connection.
    pub fn tcp(interleaved: (u8, u8)) -> TransportHeader {
        TransportHeader {
            interleaved: Some(interleaved),
            ..TransportHeader::new(LowerTransport::Tcp)
        }
    }

    /// A transport to ask for, to these ports of the client.
    pub fn udp(client_port: (u16, u16)) -> TransportHeader {
        TransportHeader {
            client_port: Some(client_port),
            ..TransportHeader::new(LowerTransport::Udp)
        }
    }

    fn new(lower: LowerTransport) -> TransportHeader {
        TransportHeader {
            lower,
            is_multicast: false,
            interleaved: None,
            client_port: None,
            server_port: None,
            source: None,
            destination: None,
            ssrc: None,
            mode: None,
        }
    }

    /// Parses one transport.
    pub fn parse(value: &str) -> TransportHeader {
        let (profile, parameters) = value.split_once(';').unwrap_or((value, ""));
        let interleaved = parameter(parameters, "interleaved").and_then(pair);
        let lower = match profile.trim().to_ascii_uppercase().as_str() {
            // Some cameras answer a request for TCP like this.
            "RTP/AVP" if interleaved.is_some() => LowerTransport::Tcp,
            "RTP/AVP/TCP" | "RTP/AVPF/TCP" => LowerTransport::Tcp,
            "RTP/AVP" | "RTP/AVP/UDP" | "RTP/AVPF" | "RTP/AVPF/UDP" => LowerTransport::Udp,
            _ => LowerTransport::Other,
        };
        let has = |name: &str| {
            let mut words = parameters.split(';').map(str::trim);
            words.any(|word| word.eq_ignore_ascii_case(name))
        };
        TransportHeader {
            is_multicast: has("multicast"),
            interleaved,
            client_port: parameter(parameters, "client_port").and_then(ports),
            server_port: parameter(parameters, "server_port").and_then(ports),
            source: parameter(parameters, "source").and_then(|ip| ip.parse().ok()),
            destination: parameter(parameters, "destination").and_then(|ip| ip.parse().ok()),
            ssrc: parameter(parameters, "ssrc").and_then(ssrc),
            mode: parameter(parameters, "mode").map(str::to_ascii_uppercase),
            ..TransportHeader::new(lower)
        }
    }

    /// Parses the transports among which a client lets the server choose.
    pub fn parse_list(value: &str) -> Vec<TransportHeader> {
        value
            .split(',')
            .take(MAX_LIST)
            .map(TransportHeader::parse)
            .collect()
    }
}

impl fmt::Display for TransportHeader {
    /// As it is sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (profile, cast) = match self.lower {
            LowerTransport::Tcp => ("RTP/AVP/TCP", "unicast"),
            _ if self.is_multicast => ("RTP/AVP", "multicast"),
            _ => ("RTP/AVP", "unicast"),
        };
        write!(f, "{profile};{cast}")?;
        if let Some((rtp, rtcp)) = self.interleaved {
            write!(f, ";interleaved={rtp}-{rtcp}")?;
        }
        if let Some(destination) = self.destination {
            write!(f, ";destination={destination}")?;
        }
        if let Some(source) = self.source {
            write!(f, ";source={source}")?;
        }
        if let Some((rtp, rtcp)) = self.client_port {
            write!(f, ";client_port={rtp}-{rtcp}")?;
        }
        if let Some((rtp, rtcp)) = self.server_port {
            write!(f, ";server_port={rtp}-{rtcp}")?;
        }
        if let Some(ssrc) = self.ssrc {
            write!(f, ";ssrc={ssrc:08X}")?;
        }
        match &self.mode {
            Some(mode) => write!(f, ";mode=\"{mode}\""),
            None => Ok(()),
        }
    }
}

/// Numbers `a-b`, or `a` for a number and its successor.
fn pair<N>(text: &str) -> Option<(N, N)>
where
    N: std::str::FromStr + Copy + TryFrom<u32> + Into<u32>,
{
    let (first, second) = text.split_once('-').unwrap_or((text, ""));
    let first: N = first.trim().parse().ok()?;
    let second = match second.trim() {
        "" => N::try_from(first.into() + 1).ok()?,
        second => second.parse().ok()?,
    };
    Some((first, second))
}

/// Ports, of which none is 0.
fn ports(text: &str) -> Option<(u16, u16)> {
    pair(text).filter(|(rtp, rtcp)| *rtp != 0 && *rtcp != 0)
}

/// Eight hexadecimal digits, with a blank in front on some cameras.
fn ssrc(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches("0x");
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(interleaved: Option<(u8, u8)>) -> TransportHeader {
        TransportHeader {
            interleaved,
            ..TransportHeader::new(LowerTransport::Tcp)
        }
    }

    #[test]
    fn interleaved_transports_are_read_in_every_shape() {
        let play = |header: TransportHeader| TransportHeader {
            mode: Some("PLAY".to_owned()),
            ..header
        };
        let cases = [
            ("RTP/AVP/TCP;unicast;interleaved=0-1", tcp(Some((0, 1)))),
            (
                "RTP/AVP/TCP; unicast; interleaved = 4-5 ; mode=\"play\"",
                play(tcp(Some((4, 5)))),
            ),
            (
                "rtp/avp/tcp;UNICAST;Interleaved=2;Mode=PLAY",
                play(tcp(Some((2, 3)))),
            ),
            ("RTP/AVP;unicast;interleaved=0-1", tcp(Some((0, 1)))),
            ("RTP/AVP/TCP;interleaved=255", tcp(None)),
            ("RTP/AVP/TCP;interleaved=a-b", tcp(None)),
            ("RTP/AVP/TCP", tcp(None)),
        ];

        for (value, expected) in cases {
            assert_eq!(TransportHeader::parse(value), expected, "{value}");
        }
    }

    #[test]
    fn udp_transports_are_read_in_every_shape() {
        let read = |value| TransportHeader::parse(value);

        let wide =
            read("RTP/AVP/UDP;unicast;client_port=5000-5001;server_port=47487-52573;ssrc=6b8b4567");
        assert_eq!(wide.server_port, Some((47_487, 52_573)));
        assert_eq!(wide.ssrc, Some(0x6b8b_4567));
        assert_eq!(
            read("RTP/AVP;server_port=6000").server_port,
            Some((6000, 6001))
        );
        assert_eq!(
            read("RTP/AVP;unicast;client_port=5000-5001").server_port,
            None
        );
        assert_eq!(read("RTP/AVP;server_port=0-0").server_port, None);
        assert_eq!(read("RTP/AVP;server_port=65535").server_port, None);
        assert_eq!(read("RTP/AVP;ssrc= 1234;source=h").ssrc, Some(0x1234));
        assert_eq!(read("RTP/AVP;ssrc=123456789").ssrc, None);
        assert_eq!(
            read("RTP/AVP;source=192.0.2.7").source,
            "192.0.2.7".parse().ok()
        );
        assert_eq!(read("RTP/AVP;source=camera").source, None);
        assert!(read("RTP/AVP;multicast;destination=239.0.0.1").is_multicast);
    }

    #[test]
    fn profiles_that_we_do_not_speak_are_recognised() {
        for value in [
            "RTP/SAVP;unicast",
            "RAW/RAW/UDP;unicast",
            "",
            ";;;",
            "MP2T/H2221/UDP",
        ] {
            assert_eq!(
                TransportHeader::parse(value).lower,
                LowerTransport::Other,
                "{value}"
            );
        }
        let list = TransportHeader::parse_list("RTP/SAVP;unicast,RTP/AVP/TCP;interleaved=0-1");
        assert_eq!(list[1], tcp(Some((0, 1))));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let tcp = TransportHeader::tcp((2, 3));
        let udp = TransportHeader {
            server_port: Some((6000, 6001)),
            source: "192.0.2.7".parse().ok(),
            ssrc: Some(0x0a0b_0c0d),
            mode: Some("PLAY".to_owned()),
            ..TransportHeader::udp((5000, 5001))
        };

        assert_eq!(tcp.to_string(), "RTP/AVP/TCP;unicast;interleaved=2-3");
        for header in [tcp, udp] {
            assert_eq!(TransportHeader::parse(&header.to_string()), header);
        }
    }
}
