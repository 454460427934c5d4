//! UPnP of the simulated router: the answer to a search, the description, and SOAP.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::{RouterFault, RouterState};

const HUGE_BYTES: usize = 100 * 1024 * 1024;
const N_CONFLICTS: usize = 3;

/// Answers searches.
pub(super) async fn search(state: Arc<RouterState>, socket: UdpSocket) {
    let mut buffer = [0; 1_500];
    while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
        let at = match state.fault {
            RouterFault::ForeignLocation => state.stranger,
            _ => state.http,
        };
        let answer = match state.fault {
            RouterFault::Garbage => "\u{1}\u{2} nonsense".to_owned(),
            _ => format!(
                "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n\
                 ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\
                 LOCATION: http://{at}/root.xml\r\n\r\n"
            ),
        };
        let _ = socket.send_to(answer.as_bytes(), from).await;
    }
}

/// Counts who comes to a machine that nobody should ask.
pub(super) async fn trap(state: Arc<RouterState>, listener: TcpListener) {
    while listener.accept().await.is_ok() {
        state.n_strangers_asked.send_modify(|n| *n += 1);
    }
}

/// Serves description and control.
pub(super) async fn serve(state: Arc<RouterState>, listener: TcpListener) {
    let mut n_conflicts = 0;
    while let Ok((mut stream, from)) = listener.accept().await {
        let Some(request) = read_request(&mut stream).await else {
            continue;
        };
        match state.fault {
            RouterFault::Stalls => {
                // Kept open for as long as the test runs.
                tokio::spawn(async move {
                    let _ = stream.read_u8().await;
                });
            }
            RouterFault::HugeDescription => send_huge(&state, &mut stream).await,
            RouterFault::Redirect => {
                let to = state.stranger;
                let head = format!(
                    "HTTP/1.1 302 Found\r\nLocation: http://{to}/\r\nContent-Length: 0\r\n\
                     Connection: close\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes()).await;
            }
            _ => {
                let (status, body) = respond(&state, &request, from, &mut n_conflicts);
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes()).await;
                let _ = stream.write_all(body.as_bytes()).await;
            }
        }
    }
}

pub(super) async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        if body.len() >= length {
            return Some(text);
        }
    }
}

async fn send_huge(state: &RouterState, stream: &mut TcpStream) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {HUGE_BYTES}\r\n\r\n<root>");
    let _ = stream.write_all(head.as_bytes()).await;
    let piece = b"<a/>".repeat(16 * 1024);
    while stream.write_all(&piece).await.is_ok() {
        state.n_bytes_sent.send_modify(|n| *n += piece.len());
    }
}

fn respond(
    state: &Arc<RouterState>,
    request: &str,
    from: SocketAddr,
    n_conflicts: &mut usize,
) -> (&'static str, String) {
    if request.starts_with("GET /root.xml") {
        return ("200 OK", description(state));
    }
    if request.starts_with("GET /scpd.xml") {
        return ("200 OK", SCPD.to_owned());
    }
    let field = |name: &str| {
        let (_, rest) = request.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0.to_owned())
    };
    let number = |name| {
        field(name)
            .and_then(|text| text.parse::<u16>().ok())
            .unwrap_or(0)
    };
    if request.contains("GetExternalIPAddress") {
        let ip = format!(
            "<NewExternalIPAddress>{}</NewExternalIPAddress>",
            state.external()
        );
        return ("200 OK", soap("GetExternalIPAddressResponse", &ip));
    }
    if request.contains("DeletePortMapping") {
        let held = state
            .mapped
            .borrow()
            .get(&number("NewExternalPort"))
            .copied();
        if let Some(internal) = held {
            state.unmap(internal);
        }
        return ("200 OK", soap("DeletePortMappingResponse", ""));
    }
    let internal = SocketAddr::new(
        field("NewInternalClient")
            .and_then(|ip| ip.parse().ok())
            .unwrap_or(from.ip()),
        number("NewInternalPort"),
    );
    let wanted = number("NewExternalPort");
    let holder = state.mapped.borrow().get(&wanted).copied();
    let is_conflict = holder.is_some_and(|holder| holder != internal)
        || state.fault == RouterFault::Conflict && holder.is_none() && *n_conflicts < N_CONFLICTS;
    let is_permanent = field("NewLeaseDuration").as_deref() == Some("0");
    match state.fault {
        RouterFault::Refuses => fault(606),
        RouterFault::PermanentOnly if !is_permanent => fault(725),
        _ if is_conflict => {
            *n_conflicts += 1;
            fault(718)
        }
        _ => {
            state.map(internal, wanted);
            ("200 OK", soap("AddPortMappingResponse", ""))
        }
    }
}

fn soap(action: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <s:Body><u:{action} xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">{inside}\
         </u:{action}></s:Body></s:Envelope>"
    )
}

pub(super) fn fault(code: u16) -> (&'static str, String) {
    let body = format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>\
         <UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>{code}</errorCode>\
         <errorDescription>no</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>"
    );
    ("500 Internal Server Error", body)
}

fn description(state: &RouterState) -> String {
    let control = match state.fault {
        RouterFault::ForeignControl => format!("http://{}/control", state.stranger),
        _ => "/control".to_owned(),
    };
    format!(
        "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>\
         <deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><deviceList>\
         <device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><deviceList><device>\
         <deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType><serviceList>\
         <service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>\
         <serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><SCPDURL>/scpd.xml</SCPDURL>\
         <controlURL>{control}</controlURL><eventSubURL>/event</eventSubURL></service></serviceList>\
         </device></deviceList></device></deviceList></device></root>"
    )
}

const SCPD: &str = "<?xml version=\"1.0\"?><scpd xmlns=\"urn:schemas-upnp-org:service-1-0\"><actionList>\
<action><name>AddPortMapping</name><argumentList>\
<argument><name>NewRemoteHost</name><direction>in</direction></argument>\
<argument><name>NewExternalPort</name><direction>in</direction></argument>\
<argument><name>NewProtocol</name><direction>in</direction></argument>\
<argument><name>NewInternalPort</name><direction>in</direction></argument>\
<argument><name>NewInternalClient</name><direction>in</direction></argument>\
<argument><name>NewEnabled</name><direction>in</direction></argument>\
<argument><name>NewPortMappingDescription</name><direction>in</direction></argument>\
<argument><name>NewLeaseDuration</name><direction>in</direction></argument></argumentList></action>\
<action><name>DeletePortMapping</name><argumentList>\
<argument><name>NewRemoteHost</name><direction>in</direction></argument>\
<argument><name>NewExternalPort</name><direction>in</direction></argument>\
<argument><name>NewProtocol</name><direction>in</direction></argument></argumentList></action>\
</actionList></scpd>";
