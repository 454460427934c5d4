//! What a camera sends over RTSP, and the addresses that people type.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::BytesMut;
use rtsp::address::StreamAddress;
use rtsp::client::{
    ClientConfig, PlayOptions, RtspClient, RtspInput, RtspOutput, TrackChoice, TransportPolicy,
};
use rtsp::headers::{PlayRange, RtpInfo, SessionHeader, TransportHeader, methods, scale};
use rtsp::limits::{MAX_BODY_BYTES, MAX_HEAD_BYTES, MAX_TRACKS};
use rtsp::login::{Authenticator, Credentials};
use rtsp::message::RtspMessage;
use rtsp::message::decoder::{Decoder, SendingSide};
use rtsp::sdp::{ControlBase, Description};

const USER: &str = "Vie\"wer";
const PASSWORD: &str = "hunter2-hunter2";

/// A connection, read in pieces: the first byte says by whom and how long they are. What comes out can be written,
/// and is read back.
pub(crate) fn rtsp_decoder(data: &[u8]) {
    let Some((which, bytes)) = crate::input::chosen(data) else {
        return;
    };
    let sender = if which & 1 == 0 {
        SendingSide::Server
    } else {
        SendingSide::Client
    };
    let mut decoder = Decoder::new(sender);
    decoder.expect_channel(0);
    let mut n_out = 0;
    for piece in bytes.chunks(usize::from(which >> 1) + 1) {
        decoder.feed(BytesMut::from(piece));
        while let Ok(Some(message)) = decoder.next_message() {
            n_out += 1;
            assert!(n_out <= bytes.len(), "more messages than bytes");
            written(message);
        }
    }
}

fn written(message: RtspMessage) {
    let mut out = BytesMut::new();
    match &message {
        RtspMessage::Request(request) => request.write(&mut out),
        RtspMessage::Answer(answer) => answer.write(&mut out),
        RtspMessage::Data { channel, packet } => {
            assert!(rtsp::message::write_data(*channel, packet, &mut out));
        }
    }
    assert!(
        out.len() <= 4 * MAX_HEAD_BYTES + MAX_BODY_BYTES,
        "{} bytes",
        out.len()
    );
}

/// Values of headers: what is read and can be written is read back.
pub(crate) fn rtsp_headers(data: &[u8]) {
    let Some(text) = crate::input::text(data) else {
        return;
    };
    for transport in TransportHeader::parse_list(text) {
        let again = TransportHeader::parse(&transport.to_string());
        assert_eq!(again.client_port, transport.client_port, "{text}");
        assert_eq!(again.ssrc, transport.ssrc, "{text}");
    }
    if let Some(range) = PlayRange::parse(text) {
        let written = range.to_string();
        assert!(
            PlayRange::parse(&written).is_some(),
            "{text} became {written}"
        );
    }
    let _ = SessionHeader::parse(text);
    let _ = (RtpInfo::parse_list(text), methods(text), scale(text));
}

/// A challenge, answered or not: nothing of the password is in the answer.
pub(crate) fn rtsp_challenge(data: &[u8]) {
    let Some(text) = crate::input::text(data) else {
        return;
    };
    let credentials = Credentials::new(USER.to_owned(), PASSWORD.to_owned());
    let mut login = Authenticator::new(Some(credentials), false);
    if login.challenged(text.lines(), None).is_ok() {
        let (value, signature) = login
            .sign("PLAY", "rtsp://h/", true, "0a")
            .expect("a signature");
        assert!(!value.contains(PASSWORD), "{text}");
        let _ = login.challenged(text.lines(), Some(&signature));
    }
}

/// A description and the addresses in it.
pub(crate) fn rtsp_sdp(data: &[u8]) {
    let description = Description::parse(data);
    assert!(description.tracks.len() <= MAX_TRACKS);
    let control = description.control.as_deref();
    let base = ControlBase::new("rtsp://192.0.2.64:554/live?x", control, control, control);
    for track in &description.tracks {
        let url = base.resolve(track.control.as_deref());
        assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
        assert!(
            track
                .formats
                .iter()
                .all(|format| format.clock_rate > 0 && format.payload_type < 128)
        );
    }
}

/// An address that somebody types: it is refused without a word of it, or can be asked for.
pub(crate) fn rtsp_address(data: &[u8]) {
    let Some(text) = crate::input::text(data) else {
        return;
    };
    if let Ok((address, _)) = StreamAddress::parse(text) {
        let url = address.url();
        assert!(!url.contains('@'), "{text}");
        let (again, login) = StreamAddress::parse(&url).expect("what is asked for is an address");
        assert_eq!((again.url(), login), (url, None), "{text}");
    }
}

/// A whole conversation: a first byte that says over what, and then what the camera sends, in pieces with time between.
/// It ends, never asks for the same moment twice, and keeps the password to itself.
pub(crate) fn rtsp_client(data: &[u8]) {
    let Some((which, bytes)) = crate::input::chosen(data) else {
        return;
    };
    let (address, _) = StreamAddress::parse("rtsp://192.0.2.64/live").expect("an address");
    let credentials = Credentials::new(USER.to_owned(), PASSWORD.to_owned());
    let mut config = ClientConfig::new(address, Some(credentials), "Peerview");
    config.wants_backchannel = which & 1 != 0;
    if which & 2 != 0 {
        config.transport = TransportPolicy::UdpThenTcp;
    }
    let camera = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 64));
    let mut talk = Conversation {
        is_udp: config.transport.is_udp(),
        client: RtspClient::new(config, camera, [1; 32], Duration::ZERO),
        now: Duration::ZERO,
        n_out: 0,
    };
    talk.drain();
    for piece in bytes.split(|byte| *byte == 0xfe) {
        let wait = piece.first().map_or(0, |byte| u64::from(byte % 8));
        talk.wait(Duration::from_millis(500 * wait));
        let piece = bytes::Bytes::copy_from_slice(piece);
        if talk.is_udp {
            talk.feed(RtspInput::Datagram {
                track: 0,
                is_rtcp: wait & 1 != 0,
                from: SocketAddr::new(camera, 6000),
                bytes: piece.clone(),
            });
        }
        talk.feed(RtspInput::Bytes(BytesMut::from(&piece[..])));
    }
    talk.wait(Duration::from_secs(600));
    talk.feed(RtspInput::Closed);
    assert!(talk.client.is_over(), "it never ends");
}

struct Conversation {
    client: RtspClient,
    now: Duration,
    is_udp: bool,
    n_out: usize,
}

impl Conversation {
    fn feed(&mut self, input: RtspInput) {
        self.client.handle(input, self.now);
        self.drain();
    }

    /// Lets everything happen that is due on the way.
    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.client.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.client.handle_timeout(self.now);
            self.drain();
            let next = self.client.poll_timeout();
            assert!(next.is_none_or(|next| next > self.now), "{at:?} again");
        }
        self.now = end;
    }

    fn drain(&mut self) {
        while let Some(output) = self.client.poll_output() {
            self.n_out += 1;
            assert!(self.n_out < 100_000, "it does not stop");
            match output {
                RtspOutput::Send(bytes) => {
                    let is_in =
                        |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
                    assert!(!is_in(PASSWORD.as_bytes()), "it sends the password");
                }
                RtspOutput::Described(description) => {
                    let tracks = 0..description.tracks.len();
                    let choices = tracks.map(|track| TrackChoice {
                        track,
                        is_required: track == 0,
                        ports: self.is_udp.then_some((5000, 5001)),
                    });
                    self.client
                        .handle(RtspInput::SetUp(choices.collect()), self.now);
                    self.client
                        .handle(RtspInput::Play(PlayOptions::default()), self.now);
                }
                _ => {}
            }
        }
    }
}
