//! Test support: a client, a script that plays the camera, and a virtual clock.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rtsp::address::StreamAddress;
use rtsp::client::{
    ClientConfig, PlayOptions, RtspClient, RtspEnd, RtspError, RtspInput, RtspOutput, TrackChoice,
};
use rtsp::frame::Frame;
use rtsp::message::decoder::{Decoder, SendingSide};
use rtsp::message::{Headers, RtspAnswer, RtspMessage, RtspRequest, write_data};
use rtsp::sdp::{Description, MediaKind, TrackPurpose};

pub(crate) const CAMERA: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 64));

/// A video track of an encoding that nobody knows, whose packets therefore come out, and what belongs to the whole
/// stream.
pub(crate) const VIDEO: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=Media Presentation\r\nt=0 0\r\na=control:*\r\n\
    m=video 0 RTP/AVP 96\r\na=control:trackID=1\r\na=rtpmap:96 X-TEST/90000\r\n";
/// A track of G.711, of which each packet is a frame.
pub(crate) const SOUND_ONLY: &str = "v=0\r\nm=audio 0 RTP/AVP 8\r\na=control:trackID=1\r\n";
/// A sound track behind [`VIDEO`].
pub(crate) const AUDIO: &str =
    "m=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\na=rtpmap:8 X-SOUND/8000\r\n";
/// A talk-back track behind [`VIDEO`].
pub(crate) const TALK: &str =
    "m=audio 0 RTP/AVP 8\r\na=control:trackID=5\r\na=rtpmap:8 PCMA/8000\r\na=sendonly\r\n";

pub(crate) fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Settings for `rtsp://192.0.2.64/live`, without a login.
pub(crate) fn config() -> ClientConfig {
    let (address, _) = StreamAddress::parse("rtsp://192.0.2.64/live").expect("an address");
    ClientConfig::new(address, None, "Peerview/1")
}

/// One packet with a sequence number.
pub(crate) fn rtp(sequence: u8) -> Bytes {
    Bytes::copy_from_slice(&[0x80, 96, 0, sequence, 0, 0, 0, 0, 0, 0, 0, 1, 0x65])
}

/// One packet of G.711 with a sequence number.
pub(crate) fn sound(sequence: u8) -> Bytes {
    let mut packet = vec![0x80, 8, 0, sequence, 0, 0, sequence, 0, 0, 0, 0, 1];
    packet.extend([0x55; 160]);
    packet.into()
}

pub(crate) struct Walk {
    pub(crate) now: Duration,
    client: RtspClient,
    /// What the client sent, decoded as a camera does.
    decoder: Decoder,
    requests: VecDeque<RtspRequest>,
    pub(crate) answers: Vec<RtspAnswer>,
    pub(crate) sent_data: Vec<(u8, Bytes)>,
    pub(crate) datagrams: Vec<(usize, bool, u16, Bytes)>,
    events: VecDeque<RtspOutput>,
    pub(crate) packets: Vec<(usize, bool, Bytes)>,
    pub(crate) frames: Vec<(usize, Frame)>,
    cseq: String,
}

impl Walk {
    pub(crate) fn new(config: ClientConfig) -> Walk {
        let now = seconds(1_000);
        let mut walk = Walk {
            now,
            client: RtspClient::new(config, CAMERA, [7; 32], now),
            decoder: Decoder::new(SendingSide::Client),
            requests: VecDeque::new(),
            answers: Vec::new(),
            sent_data: Vec::new(),
            datagrams: Vec::new(),
            events: VecDeque::new(),
            packets: Vec::new(),
            frames: Vec::new(),
            cseq: String::new(),
        };
        walk.drain();
        walk
    }

    /// A client whose DESCRIBE is answered with this description.
    pub(crate) fn described(config: ClientConfig, sdp: &str) -> Walk {
        let mut walk = Walk::new(config);
        walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");
        walk.describe(sdp);
        walk
    }

    /// A client that plays video over TCP, and whose first keep-alive is answered.
    pub(crate) fn playing(config: ClientConfig) -> Walk {
        let mut walk = Walk::playing_session(config, "12345678");
        walk.answer(200, &[("Public", "OPTIONS, PLAY, GET_PARAMETER")]);
        walk
    }

    /// The same, with its first keep-alive as the last request.
    pub(crate) fn playing_session(config: ClientConfig, session: &str) -> Walk {
        let mut walk = Walk::described(config, VIDEO);
        walk.choose(false);
        walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
        walk.answer_set_up(session, "RTP/AVP/TCP;unicast;interleaved=0-1");
        walk.play();
        walk.expect("PLAY rtsp://192.0.2.64:554/live/");
        walk.answer(200, &[]);
        walk.expect_playing();
        walk.expect("OPTIONS rtsp://192.0.2.64:554/live/");
        walk
    }

    pub(crate) fn describe(&mut self, sdp: &str) {
        let headers = [
            ("Content-Type", "application/sdp"),
            ("Content-Base", "rtsp://192.0.2.64:554/live/"),
        ];
        self.answer_with_body(200, &headers, sdp);
    }

    pub(crate) fn answer_set_up(&mut self, session: &str, transport: &str) {
        self.answer(200, &[("Session", session), ("Transport", transport)]);
    }

    /// Chooses every track that can be listened to.
    pub(crate) fn choose(&mut self, is_udp: bool) {
        let description = self.expect_described();
        let listened = description.tracks.iter().enumerate();
        let choices = listened.map(|(track, described)| TrackChoice {
            track,
            is_required: described.kind == MediaKind::Video,
            ports: is_udp.then(|| (5000 + 2 * port(track), 5001 + 2 * port(track))),
        });
        let choices = choices.collect();
        self.handle(RtspInput::SetUp(choices));
    }

    pub(crate) fn play(&mut self) {
        self.handle(RtspInput::Play(PlayOptions::default()));
    }

    pub(crate) fn handle(&mut self, input: RtspInput) {
        self.client.handle(input, self.now);
        self.drain();
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.handle(RtspInput::Bytes(BytesMut::from(bytes)));
    }

    pub(crate) fn data(&mut self, channel: u8, packet: &[u8]) {
        let mut bytes = BytesMut::new();
        assert!(write_data(channel, packet, &mut bytes));
        self.handle(RtspInput::Bytes(bytes));
    }

    pub(crate) fn datagram(&mut self, track: usize, from: SocketAddr, bytes: Bytes) {
        self.handle(RtspInput::Datagram {
            track,
            is_rtcp: false,
            from,
            bytes,
        });
    }

    /// Moves the clock, and lets everything happen that is due on the way.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.client.poll_timeout().filter(|at| *at <= end) {
            let handled = self.now.max(at);
            self.now = handled;
            self.client.handle_timeout(self.now);
            self.drain();
            let next = self.client.poll_timeout();
            assert!(
                next.is_none_or(|next| next > handled),
                "it is due at {at:?} again: a driver would spin"
            );
        }
        self.now = end;
    }

    /// Answers the last request that was expected.
    pub(crate) fn answer(&mut self, status: u16, headers: &[(&str, &str)]) {
        self.answer_with_body(status, headers, "");
    }

    pub(crate) fn answer_with_body(&mut self, status: u16, headers: &[(&str, &str)], body: &str) {
        let mut all = Headers::from([("CSeq", self.cseq.clone())]);
        for (name, value) in headers {
            all.push(name, *value);
        }
        let answer = RtspAnswer {
            status,
            reason: "Reason".to_owned(),
            headers: all,
            body: Bytes::copy_from_slice(body.as_bytes()),
            ..RtspAnswer::default()
        };
        let mut bytes = BytesMut::new();
        answer.write(&mut bytes);
        self.handle(RtspInput::Bytes(bytes));
    }

    /// Takes the next request, which must be this one.
    #[track_caller]
    pub(crate) fn expect(&mut self, method_and_url: &str) -> RtspRequest {
        let Some(request) = self.requests.pop_front() else {
            panic!("no request instead of {method_and_url}: {:?}", self.events);
        };
        assert_eq!(
            format!("{} {}", request.method, request.url),
            method_and_url
        );
        request
            .headers
            .get("cseq")
            .expect("a number")
            .clone_into(&mut self.cseq);
        request
    }

    #[track_caller]
    pub(crate) fn expect_no_request(&self) {
        assert_eq!(self.requests, [], "a request too many");
    }

    #[track_caller]
    pub(crate) fn expect_described(&mut self) -> Description {
        match self.events.pop_front() {
            Some(RtspOutput::Described(description)) => description,
            other => panic!("{other:?} instead of a description"),
        }
    }

    #[track_caller]
    pub(crate) fn expect_playing(&mut self) {
        match (self.events.pop_front(), self.events.pop_front()) {
            (Some(RtspOutput::SetUpDone(_)), Some(RtspOutput::Playing(_))) => {}
            other => panic!("{other:?} instead of playing"),
        }
    }

    #[track_caller]
    pub(crate) fn expect_failure(&mut self, expected: &RtspError) {
        match self.end() {
            RtspEnd::Failed(error) => assert_eq!(error, *expected),
            other => panic!("{other:?} instead of {expected:?}"),
        }
    }

    /// The settings of the connection that the client wants next.
    #[track_caller]
    pub(crate) fn expect_again(&mut self) -> ClientConfig {
        match self.end() {
            RtspEnd::Again(config) => *config,
            other => panic!("{other:?} instead of another connection"),
        }
    }

    /// How it ended; what came before is skipped.
    #[track_caller]
    pub(crate) fn end(&mut self) -> RtspEnd {
        assert!(
            self.client.is_over(),
            "it goes on: {:?} {:?}",
            self.requests,
            self.events
        );
        assert_eq!(self.client.poll_timeout(), None);
        match self.events.pop_back() {
            Some(RtspOutput::Ended(end)) => end,
            other => panic!("{other:?} instead of the end"),
        }
    }

    pub(crate) fn event(&mut self) -> Option<RtspOutput> {
        self.events.pop_front()
    }

    pub(crate) fn client(&self) -> &RtspClient {
        &self.client
    }

    pub(crate) fn is_over(&self) -> bool {
        self.client.is_over()
    }

    fn drain(&mut self) {
        while let Some(output) = self.client.poll_output() {
            match output {
                RtspOutput::Send(bytes) => self.decoder.feed(BytesMut::from(&bytes[..])),
                RtspOutput::SendDatagram {
                    track,
                    is_rtcp,
                    to_port,
                    bytes,
                } => self.datagrams.push((track, is_rtcp, to_port, bytes)),
                RtspOutput::Frame { track, frame } => self.frames.push((track, frame)),
                RtspOutput::Packet(packet) => {
                    self.packets
                        .push((packet.track, packet.is_rtcp, packet.bytes))
                }
                event => self.events.push_back(event),
            }
        }
        while let Some(message) = self
            .decoder
            .next_message()
            .expect("the client sends no garbage")
        {
            match message {
                RtspMessage::Request(request) => self.requests.push_back(request),
                RtspMessage::Answer(answer) => self.answers.push(answer),
                RtspMessage::Data { channel, packet } => self.sent_data.push((channel, packet)),
            }
        }
    }
}

/// Tracks that a client listens to, by index.
pub(crate) fn listened(description: &Description) -> Vec<usize> {
    let tracks = description.tracks.iter().enumerate();
    let listened = tracks.filter(|(_, track)| track.purpose == TrackPurpose::Playback);
    listened.map(|(track, _)| track).collect()
}

fn port(track: usize) -> u16 {
    u16::try_from(track).expect("few tracks")
}
