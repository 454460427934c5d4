//! What an attacker on the network path sees of the encryption, and can do to it.

use peer::{Event, Path};
use tokio::net::UdpSocket;

use crate::support::{End, frame, offer};
use crate::wire::{From, Wire};

/// DTLS handshake messages (RFC 6347 section 4.2.2).
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
/// Extension `use_srtp` (RFC 5764 section 4.1.1).
const USE_SRTP: u16 = 14;
/// Extension `supported_versions` (RFC 8446 section 4.2.1).
const SUPPORTED_VERSIONS: u16 = 43;
/// DTLS 1.3 in it (RFC 9147 section 5.3).
const DTLS_1_3: [u8; 2] = [0xfe, 0xfc];
/// Authenticated encryption of DTLS 1.3: AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305.
const GOOD_SUITES: [u16; 3] = [0x1301, 0x1302, 0x1303];
/// The same of DTLS 1.2, all with ECDHE and ECDSA.
const OLDER_GOOD_SUITES: [u16; 3] = [0xc02b, 0xc02c, 0xcca9];
/// Not a suite: "renegotiation is safe" (RFC 5746).
const RENEGOTIATION: u16 = 0x00ff;
/// `SRTP_AEAD_AES_256_GCM` and `_128_` (RFC 7714).
const GOOD_PROFILES: [u16; 2] = [8, 7];
/// `SRTP_AES128_CM_HMAC_SHA1_80`, which every WebRTC endpoint must have (RFC 8827 section 6.5).
const COMMON_PROFILE: u16 = 1;

/// Reads big-endian numbers off the wire.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(n);
        self.0 = rest;
        head
    }

    fn byte(&mut self) -> usize {
        usize::from(self.take(1)[0])
    }

    fn short(&mut self) -> u16 {
        u16::from_be_bytes(self.take(2).try_into().expect("two bytes"))
    }

    fn short_list(&mut self) -> Vec<u16> {
        let length = usize::from(self.short());
        let pairs = self.take(length).chunks_exact(2);
        pairs
            .map(|two| u16::from_be_bytes([two[0], two[1]]))
            .collect()
    }
}

/// The suites of a hello, offered or chosen, and the body of one of its extensions.
fn hello(datagram: &[u8], kind: u8, wanted: u16) -> (Vec<u16>, &[u8]) {
    let mut bytes = Bytes(datagram);
    bytes.take(13 + 12 + 2 + 32);
    let session = bytes.byte();
    bytes.take(session);
    let suites = if kind == CLIENT_HELLO {
        let cookie = bytes.byte();
        bytes.take(cookie);
        let suites = bytes.short_list();
        let compressions = bytes.byte();
        assert_eq!(bytes.take(compressions), [0], "nothing is compressed");
        suites
    } else {
        let suite = bytes.short();
        assert_eq!(bytes.byte(), 0, "nothing is compressed");
        vec![suite]
    };
    let length = usize::from(bytes.short());
    let mut extensions = Bytes(bytes.take(length));
    while !extensions.0.is_empty() {
        let extension = extensions.short();
        let length = usize::from(extensions.short());
        let body = extensions.take(length);
        if extension == wanted {
            return (suites, body);
        }
    }
    panic!("no extension {wanted} in the hello")
}

fn is_hello(datagram: &[u8], kind: u8) -> bool {
    datagram.len() > 25 && datagram[0] == 22 && datagram[13] == kind
}

fn is_media(datagram: &[u8]) -> bool {
    // RTCP has packet types 192 to 223 where RTP has marker and payload type (RFC 5761).
    datagram.len() > 12 && (128..192).contains(&datagram[0]) && !(192..224).contains(&datagram[1])
}

async fn connect(sender: &mut End, viewer: &mut End) {
    sender.connected().await;
    viewer.connected().await;
}

async fn sends(sender: &End, n: u32) {
    let media = sender.endpoint.media();
    media.video(0, frame(n, n == 0, 3_000)).await.expect("open");
}

#[tokio::test]
async fn asvs_17_2_1_every_connection_has_its_own_certificate() {
    let fingerprint = || {
        let (_endpoint, _events, sdp) =
            peer::Endpoint::offer(crate::support::config(), offer(1)).expect("offering works");
        let line = sdp.lines().find(|line| line.starts_with("a=fingerprint:"));
        line.expect("a fingerprint").to_owned()
    };

    let first = fingerprint();

    assert!(first.starts_with("a=fingerprint:sha-256 "), "{first}");
    assert_ne!(first, fingerprint());
}

#[tokio::test]
async fn asvs_17_2_2_the_handshake_selects_authenticated_encryption() {
    let (mut wire, mut sender, mut viewer) = Wire::between().await;

    let offered = wire
        .sees(|_, datagram| is_hello(datagram, CLIENT_HELLO))
        .await;
    let chosen = wire
        .sees(|_, datagram| is_hello(datagram, SERVER_HELLO))
        .await;
    connect(&mut sender, &mut viewer).await;

    let (suites, profiles) = hello(&offered, CLIENT_HELLO, USE_SRTP);
    let good = [GOOD_SUITES, OLDER_GOOD_SUITES].concat();
    let bad = |suite: &u16| !good.contains(suite) && *suite != RENEGOTIATION;
    assert!(!suites.iter().any(bad), "{suites:04x?}");
    let profiles = Bytes(profiles).short_list();
    assert_eq!(profiles[..2], GOOD_PROFILES);
    assert!(
        profiles[2..]
            .iter()
            .all(|profile| *profile == COMMON_PROFILE)
    );
    // The chosen profile is encrypted (RFC 8446 section 4.3.1).
    let (suite, version) = hello(&chosen, SERVER_HELLO, SUPPORTED_VERSIONS);
    assert!(GOOD_SUITES.contains(&suite[0]), "{suite:04x?}");
    assert_eq!(version, DTLS_1_3);
}

#[tokio::test]
async fn asvs_17_2_3_a_packet_with_a_forged_tag_changes_nothing() {
    let (mut wire, mut sender, mut viewer) = Wire::between().await;
    connect(&mut sender, &mut viewer).await;
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("loopback");
    let target = wire.end(From::Viewer);
    sends(&sender, 0).await;
    let mut frames = viewer.frames(1).await;

    for n in 1..30 {
        let genuine = wire.sees(|from, datagram| from == From::Sender && is_media(datagram));
        let mut forged = genuine.await;
        // The next numbers: what comes again is dropped before its tag is looked at.
        let number = u16::from_be_bytes([forged[2], forged[3]]).wrapping_add(100);
        forged[2..4].copy_from_slice(&number.to_be_bytes());
        wire.adds(From::Sender, &forged).await;
        *forged.last_mut().expect("a tag") ^= 1;
        wire.adds(From::Sender, &forged).await;
        stranger.send_to(&forged, target).await.expect("sent");
        sends(&sender, n).await;
        frames.append(&mut viewer.frames(1).await);
    }

    for (n, received) in (0..).zip(&frames) {
        assert_eq!(received.data, frame(n, n == 0, 3_000).data, "picture {n}");
    }
    let path = viewer.wait_for("statistics", |event| match event {
        Event::Stats(stats) => Some(stats.path),
        _ => None,
    });
    assert_eq!(path.await, Path::Direct);
    let answer = stranger.try_recv(&mut [0; 64]);
    assert!(answer.is_err(), "the stranger was answered");
}

#[tokio::test]
async fn asvs_17_2_5_a_viewer_that_floods_does_not_disturb_another() {
    const PACKETS: usize = 20_000;
    let (mut wire, mut sender, mut viewer) = Wire::between().await;
    connect(&mut sender, &mut viewer).await;
    let (_quiet_wire, mut other, mut quiet) = Wire::between().await;
    connect(&mut other, &mut quiet).await;
    let genuine = wire.sees(|from, datagram| from == From::Viewer && datagram[0] >= 128);
    sends(&sender, 0).await;
    let mut packet = genuine.await;

    let flood = async {
        for n in 0..PACKETS {
            let last = packet.len() - 1;
            packet[last] = n as u8;
            wire.adds(From::Viewer, &packet).await;
        }
    };
    let watching = async {
        for n in 0..50 {
            sends(&other, n).await;
            let received = quiet.frames(1).await;
            assert_eq!(
                received[0].data,
                frame(n, n == 0, 3_000).data,
                "picture {n}"
            );
        }
    };
    tokio::join!(flood, watching);

    sends(&sender, 1).await;
    assert_eq!(viewer.frames(2).await[1].data, frame(1, false, 3_000).data);
}

#[tokio::test]
async fn asvs_17_2_6_a_foreign_client_hello_starts_no_handshake() {
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("loopback");
    let (mut first, mut sender, mut viewer) = Wire::between().await;
    let foreign = first
        .sees(|_, datagram| is_hello(datagram, CLIENT_HELLO))
        .await;
    connect(&mut sender, &mut viewer).await;

    for _ in 0..20 {
        let (mut wire, mut sender, mut viewer) = Wire::between().await;
        let ends = [wire.end(From::Sender), wire.end(From::Viewer)];
        let spray = async || {
            for end in ends {
                stranger.send_to(&foreign, end).await.expect("sent");
            }
        };
        spray().await;
        let _ = wire.sees(|_, datagram| datagram[0] < 4).await;
        spray().await;
        let _ = wire
            .sees(|_, datagram| is_hello(datagram, CLIENT_HELLO))
            .await;
        spray().await;

        connect(&mut sender, &mut viewer).await;
    }
    assert!(stranger.try_recv(&mut [0; 64]).is_err(), "it was answered");
}
