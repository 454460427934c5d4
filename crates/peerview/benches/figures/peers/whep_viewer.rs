//! A viewer of the other servers without a browser: a WHEP call that receives pictures without decoding them,
//! so that a hundred of them leave the processor to the server.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::wire::PATIENCE;

/// Longer than any datagram of a call.
const READ_BYTES: usize = 4096;

/// A viewer that watches until it is dropped.
pub(super) struct WhepViewer {
    _stop: DropGuard,
}

impl WhepViewer {
    /// Calls a server from this address and returns when the first picture has come.
    pub(super) async fn watch(whep: &str, own: IpAddr) -> WhepViewer {
        let socket = UdpSocket::bind((own, 0)).await.expect("a free port");
        let address = socket.local_addr().expect("it is bound");
        let rtc = call(whep, address).await;
        let (pictures, mut came) = watch::channel(0_u64);
        let stop = CancellationToken::new();
        let token = stop.clone();
        let watching = receive(rtc, socket, address, pictures);
        tokio::spawn(async move { token.run_until_cancelled(watching).await });
        let first = tokio::time::timeout(PATIENCE, came.wait_for(|pictures| *pictures > 0)).await;
        first
            .expect("a first picture comes")
            .expect("the call goes on");
        WhepViewer {
            _stop: stop.drop_guard(),
        }
    }
}

/// Offers, and takes the answer.
async fn call(whep: &str, address: SocketAddr) -> Rtc {
    let mut rtc = RtcConfig::new().build(Instant::now());
    rtc.add_local_candidate(Candidate::host(address, "udp").expect("an address"));
    let mut change = rtc.sdp_api();
    change.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
    let (offer, pending) = change.apply().expect("there is an m-line to offer");
    let posted = reqwest::Client::new()
        .post(whep)
        .header("Content-Type", "application/sdp")
        .body(offer.to_sdp_string())
        .send();
    let answer = posted.await.expect("the server is there");
    assert!(answer.status().is_success(), "status {}", answer.status());
    let answer = answer.text().await.expect("an answer");
    let answer = SdpAnswer::from_sdp_string(&answer).expect("an SDP answer");
    let taken = rtc.sdp_api().accept_answer(pending, answer);
    taken.expect("an answer to the offer");
    rtc
}

async fn receive(
    mut rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    pictures: watch::Sender<u64>,
) {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let due = match rtc.poll_output().expect("the call goes on") {
            Output::Timeout(due) => due,
            Output::Transmit(transmit) => {
                // Lost like any datagram.
                let _ = socket
                    .send_to(&transmit.contents, transmit.destination)
                    .await;
                continue;
            }
            Output::Event(Event::MediaData(_)) => {
                pictures.send_modify(|pictures| *pictures += 1);
                continue;
            }
            Output::Event(_) => continue,
        };
        let input = tokio::select! {
            read = socket.recv_from(&mut buffer) => {
                let Ok((length, from)) = read else { continue };
                match Receive::new(Protocol::Udp, from, address, &buffer[..length]) {
                    Ok(receive) => Input::Receive(Instant::now(), receive),
                    Err(_) => continue,
                }
            }
            () = tokio::time::sleep_until(due.into()) => Input::Timeout(Instant::now()),
        };
        rtc.handle_input(input).expect("the call goes on");
    }
}
