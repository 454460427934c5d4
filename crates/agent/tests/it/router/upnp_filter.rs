//! The UPnP of a simulated router that filters IPv6 (WANIPv6FirewallControl:1).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::filter::Pinholes;
use super::upnp::{fault, read_request};

/// ActionNotAuthorized.
const NOT_AUTHORIZED: u16 = 606;

/// Answers until stopped. The port of searches is fixed.
pub(super) async fn start(
    open: watch::Sender<Pinholes>,
    refuses: Arc<AtomicBool>,
    stop: &CancellationToken,
) {
    let search = UdpSocket::bind((Ipv6Addr::LOCALHOST, 1_900)).await;
    let search = search.expect("no other program answers UPnP searches on ::1");
    let http = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await;
    let http = http.expect("loopback");
    let address = http.local_addr().expect("bound");
    let answering = answer_searches(search, address);
    tokio::spawn(stop.clone().run_until_cancelled_owned(answering));
    tokio::spawn(
        stop.clone()
            .run_until_cancelled_owned(serve(http, open, refuses)),
    );
}

async fn answer_searches(socket: UdpSocket, http: SocketAddr) {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:2\r\n\
         LOCATION: http://{http}/root.xml\r\n\r\n"
    );
    let mut buffer = [0; 1_500];
    while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
        let _ = socket.send_to(answer.as_bytes(), from).await;
    }
}

async fn serve(listener: TcpListener, open: watch::Sender<Pinholes>, refuses: Arc<AtomicBool>) {
    let mut next_number = 0;
    while let Ok((mut stream, from)) = listener.accept().await {
        let Some(request) = read_request(&mut stream).await else {
            continue;
        };
        let (status, body) = match refuses.load(Ordering::Relaxed) && request.starts_with("POST") {
            true => fault(NOT_AUTHORIZED),
            false => respond(&open, &request, from.ip(), &mut next_number),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

fn respond(
    open: &watch::Sender<Pinholes>,
    request: &str,
    from: IpAddr,
    next_number: &mut u16,
) -> (&'static str, String) {
    let field = |name: &str| {
        let (_, rest) = request.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0)
    };
    let number = |name| field(name).and_then(|text| text.parse::<u16>().ok());
    if request.starts_with("GET") {
        return ("200 OK", DESCRIPTION.to_owned());
    }
    if request.contains("DeletePinhole") {
        let number = number("UniqueID").unwrap_or(0);
        open.send_modify(|open| {
            open.remove(&number);
        });
        return ("200 OK", done("DeletePinholeResponse", ""));
    }
    // A client opens the way to its own sockets only, over UDP, and for a limited time.
    let is_sound = field("InternalClient").and_then(|text| text.parse().ok()) == Some(from)
        && number("Protocol") == Some(17)
        && number("LeaseTime").is_some_and(|seconds| seconds > 0);
    match (is_sound, number("InternalPort")) {
        (true, Some(port)) => {
            *next_number += 1;
            open.send_modify(|open| {
                open.insert(*next_number, port);
            });
            let number = format!("<UniqueID>{next_number}</UniqueID>");
            ("200 OK", done("AddPinholeResponse", &number))
        }
        _ => fault(NOT_AUTHORIZED),
    }
}

fn done(action: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <s:Body><u:{action} xmlns:u=\"urn:schemas-upnp-org:service:WANIPv6FirewallControl:1\">{inside}\
         </u:{action}></s:Body></s:Envelope>"
    )
}

const DESCRIPTION: &str = "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>\
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:2</deviceType><deviceList><device>\
<deviceType>urn:schemas-upnp-org:device:WANDevice:2</deviceType><deviceList><device>\
<deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:2</deviceType><serviceList><service>\
<serviceType>urn:schemas-upnp-org:service:WANIPv6FirewallControl:1</serviceType>\
<serviceId>urn:upnp-org:serviceId:WANIPv6FC1</serviceId><SCPDURL>/scpd.xml</SCPDURL>\
<controlURL>/control</controlURL><eventSubURL>/event</eventSubURL></service></serviceList></device></deviceList>\
</device></deviceList></device></root>";
