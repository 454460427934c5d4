//! Answers to searches of the LAN: WS-Discovery and SADP, on one UDP port.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use socket2::{Domain, Socket, Type};
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

use super::address;
use crate::isapi::xml;
use crate::shared::Shared;
use crate::xml_text::text;

/// The group of both kinds of search.
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 255, 250);
/// The same over IPv6, of WS-Discovery alone.
const GROUP6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xc);
/// Longest datagram that is read.
const MAX_DATAGRAM: usize = 4096;

/// Opens the port.
pub(crate) fn open(at: SocketAddr) -> anyhow::Result<UdpSocket> {
    let domain = Domain::for_address(at);
    let socket = Socket::new(domain, Type::DGRAM, None).context("a socket for discovery")?;
    // The programs of one machine that search, and those that are found, share the port.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    let bound = socket.bind(&at.into());
    bound.context("opening the port of discovery")?;
    let socket = std::net::UdpSocket::from(socket);
    // On a machine without a network that does multicast, it can still be asked directly.
    let joined = match at {
        SocketAddr::V4(_) => socket.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => socket.join_multicast_v6(&GROUP6, 0),
    };
    if let Err(error) = joined {
        tracing::debug!(%error, "discovery without multicast");
    }
    Ok(UdpSocket::from_std(socket)?)
}

/// Answers until `stop`.
pub(crate) async fn serve(socket: UdpSocket, shared: Arc<Shared>, stop: CancellationToken) {
    let mut datagram = [0; MAX_DATAGRAM];
    loop {
        let received = tokio::select! {
            () = stop.cancelled() => return,
            received = socket.recv_from(&mut datagram) => received,
        };
        let Ok((length, from)) = received else {
            continue;
        };
        let asked = String::from_utf8_lossy(&datagram[..length]);
        let Some(answer) = answer(&shared, &asked) else {
            continue;
        };
        if let Err(error) = socket.send_to(answer.as_bytes(), from).await {
            tracing::debug!(%error, "could not answer a search");
        }
    }
}

fn answer(shared: &Shared, asked: &str) -> Option<String> {
    if text(asked, "Types").as_deref() == Some("inquiry") && asked.contains("<Probe>") {
        return Some(sadp(shared, &text(asked, "Uuid")?));
    }
    let id = text(asked, "MessageID").filter(|_| asked.contains("NetworkVideoTransmitter"))?;
    let (id, place) = (xml::text(id.trim()), address(shared, "device_service"));
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\" \
         xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\"><SOAP-ENV:Header>\
         <wsa:MessageID>uuid:5f5a69c2-e0ae-504f-829b-{:012x}</wsa:MessageID>\
         <wsa:RelatesTo>{id}</wsa:RelatesTo>\
         <wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>\
         <wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action>\
         </SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference>\
         <wsa:Address>urn:uuid:5f5a69c2-e0ae-504f-829b-00af538aa24a</wsa:Address>\
         </wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>\
         <d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/Profile/Streaming \
         onvif://www.onvif.org/hardware/DS-7204HUHI-SIM \
         onvif://www.onvif.org/name/Simulated%20DVR</d:Scopes><d:XAddrs>{place}</d:XAddrs>\
         <d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body>\
         </SOAP-ENV:Envelope>\n",
        crate::random::number() >> 16
    ))
}

fn sadp(shared: &Shared, uuid: &str) -> String {
    let (uuid, serial) = (xml::text(uuid), xml::text(&shared.config.serial_number));
    let (address, port) = (shared.http_addr.ip(), shared.http_addr.port());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\r\n<ProbeMatch>\r\n<Uuid>{uuid}</Uuid>\r\n\
         <Types>inquiry</Types>\r\n<DeviceType>1</DeviceType>\r\n\
         <DeviceDescription>DS-7204HUHI-SIM</DeviceDescription>\r\n<DeviceSN>{serial}</DeviceSN>\r\n\
         <CommandPort>8000</CommandPort>\r\n<HttpPort>{port}</HttpPort>\r\n\
         <IPv4Address>{address}</IPv4Address>\r\n<SoftwareVersion>V4.71.000build 260101</SoftwareVersion>\r\n\
         <Activated>true</Activated>\r\n</ProbeMatch>\r\n"
    )
}
