//! A connection's answers to requests: login, description, transports, play and pause.

use rtsp_types::{Method, Request, Response, StatusCode, Version, headers};

use super::connection::RtspConnection;
use super::request::{self, TransportRequest};
use super::session::RtspSession;
use super::transport::TrackTransport;
use crate::faults::CameraFault;
use crate::gate::{LoginAttempt, LoginRefusal, Scheme};
use crate::sdp;

const METHODS: &str =
    "OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, GET_PARAMETER";

/// An answer: status, headers, body.
pub(super) type Answer = Response<Vec<u8>>;

impl RtspConnection {
    pub(super) async fn answer(&mut self, request: &Request<Vec<u8>>) -> Answer {
        let cseq = request.header(&headers::CSEQ).map(|value| value.as_str());
        let Some(cseq) = cseq.filter(|value| value.parse::<u32>().is_ok()) else {
            return plain(StatusCode::BadRequest);
        };
        let mut answer = if request.version() != Version::V1_0 {
            plain(StatusCode::RTSPVersionNotSupported)
        } else if *request.method() == Method::Options {
            let mut options = plain(StatusCode::Ok);
            options.insert_header(headers::PUBLIC, METHODS);
            options
        } else {
            match self.admit(request) {
                Ok(()) => self.admitted(request).await,
                Err(refusal) => self.refuse(refusal),
            }
        };
        answer.insert_header(headers::CSEQ, cseq);
        answer
    }

    fn admit(&mut self, request: &Request<Vec<u8>>) -> Result<(), LoginRefusal> {
        let attempt = LoginAttempt {
            method: request.method().into(),
            authorization: request
                .header(&headers::AUTHORIZATION)
                .map(|value| value.as_str()),
            trusted_nonce: self.nonce.as_deref(),
        };
        let admitted = self.shared.admit(&attempt)?;
        self.nonce.get_or_insert(admitted.nonce);
        Ok(())
    }

    fn refuse(&self, refusal: LoginRefusal) -> Answer {
        if refusal == LoginRefusal::Malformed {
            return plain(StatusCode::BadRequest);
        }
        let mut answer = plain(StatusCode::Unauthorized);
        let challenge = self.shared.challenge(Scheme::Rtsp, refusal);
        answer.insert_header(headers::WWW_AUTHENTICATE, challenge);
        answer
    }

    async fn admitted(&mut self, request: &Request<Vec<u8>>) -> Answer {
        match request.method() {
            Method::Describe => self.describe(request),
            Method::Setup => match self.set_up(request).await {
                Ok(answer) => answer,
                Err(status) => plain(status),
            },
            Method::Play | Method::Pause | Method::Teardown => self.control(request),
            Method::GetParameter | Method::SetParameter => self.parameter(request),
            _ => plain(StatusCode::NotImplemented),
        }
    }

    fn describe(&self, request: &Request<Vec<u8>>) -> Answer {
        let Some(url) = request.request_uri() else {
            return plain(StatusCode::BadRequest);
        };
        let stream = request::target(url).and_then(|target| self.shared.stream(target.number));
        let Some(stream) = stream else {
            return plain(StatusCode::NotFound);
        };
        let wants_talk = wants_talk(request);
        if wants_talk && !stream.has_talk {
            return plain(StatusCode::OptionNotSupported);
        }
        self.shared.count(|stats| stats.describes += 1);
        let base = request::base(url);
        Response::builder(Version::V1_0, StatusCode::Ok)
            .header(headers::CONTENT_TYPE, "application/sdp")
            .header(headers::CONTENT_BASE, format!("{base}/"))
            .build(sdp::describe(&stream, &base, wants_talk).into_bytes())
    }

    async fn set_up(&mut self, request: &Request<Vec<u8>>) -> Result<Answer, StatusCode> {
        let url = request.request_uri().ok_or(StatusCode::BadRequest)?;
        let target = request::target(url).ok_or(StatusCode::NotFound)?;
        let stream = self.shared.stream(target.number);
        let stream = stream.ok_or(StatusCode::NotFound)?;
        if let Some(CameraFault::Refused(status)) = stream.fault {
            return Err(StatusCode::from(status));
        }
        let track = target.track.unwrap_or(1);
        if !RtspSession::has_track(&stream, track) || track == 3 && !wants_talk(request) {
            return Err(StatusCode::NotFound);
        }
        let value = request.header(&headers::TRANSPORT);
        let value = value.ok_or(StatusCode::BadRequest)?.as_str();
        let wish = request::wish(value).ok_or(StatusCode::UnsupportedTransport)?;
        if track == 3 && matches!(wish, TransportRequest::Udp(..)) {
            return Err(StatusCode::UnsupportedTransport);
        }
        self.check_session(request, stream.number)?;

        let mut session = match self.session.take() {
            Some(session) => session,
            None => {
                RtspSession::open(&self.shared, stream).ok_or(StatusCode::NotEnoughBandwidth)?
            }
        };
        let transport = self.transport(&mut session, track, wish).await;
        let answer = transport.map(|(transport, mut text)| {
            let ssrc = session.add_track(track, transport);
            text += &format!(";ssrc={ssrc:08x};mode=\"play\"");
            let mut answer = plain(StatusCode::Ok);
            answer.insert_header(headers::TRANSPORT, text);
            answer.insert_header(headers::SESSION, self.session_value(&session));
            answer
        });
        // A session without a track would hold a place for nothing.
        if session.has_tracks() {
            self.session = Some(session);
        }
        answer
    }

    /// A SETUP may open a session, or add a track to the session that it names unless that is
    /// playing.
    fn check_session(&self, request: &Request<Vec<u8>>, number: u32) -> Result<(), StatusCode> {
        match (&self.session, session_id(request)) {
            (None, None) => Ok(()),
            (Some(session), Some(id)) if session.id == id => {
                let can_add = !session.is_playing && session.stream.number == number;
                can_add
                    .then_some(())
                    .ok_or(StatusCode::MethodNotValidInThisState)
            }
            // One session per connection; a client that needs a second session opens a second
            // connection.
            (Some(_), None) => Err(StatusCode::MethodNotValidInThisState),
            (_, Some(_)) => Err(StatusCode::SessionNotFound),
        }
    }

    async fn transport(
        &self,
        session: &mut RtspSession,
        track: u8,
        wish: TransportRequest,
    ) -> Result<(TrackTransport, String), StatusCode> {
        session.clear_track(track);
        match wish {
            TransportRequest::Interleaved(channels) => {
                let (rtp, rtcp) = channels.unwrap_or_else(|| session.free_channels());
                if session.uses_channel((rtp, rtcp)) {
                    return Err(StatusCode::UnsupportedTransport);
                }
                let text = format!("RTP/AVP/TCP;unicast;interleaved={rtp}-{rtcp}");
                Ok((TrackTransport::Interleaved { rtp, rtcp }, text))
            }
            TransportRequest::Udp(rtp, rtcp) => {
                let opened =
                    TrackTransport::udp(self.local.ip(), self.peer.ip(), (rtp, rtcp)).await;
                let transport = opened.map_err(|error| {
                    tracing::debug!("could not open a UDP transport: {error:#}");
                    StatusCode::InternalServerError
                })?;
                let server = transport
                    .server_ports()
                    .ok_or(StatusCode::InternalServerError)?;
                let text = format!("RTP/AVP;unicast;client_port={rtp}-{rtcp};server_port={server}");
                Ok((transport, text))
            }
        }
    }

    fn control(&mut self, request: &Request<Vec<u8>>) -> Answer {
        let base = request.request_uri().map(request::base).unwrap_or_default();
        let named = session_id(request);
        let Some(session) = self
            .session
            .as_mut()
            .filter(|session| Some(session.id.as_str()) == named)
        else {
            return plain(StatusCode::SessionNotFound);
        };
        let mut answer = plain(StatusCode::Ok);
        match request.method() {
            Method::Play => {
                answer.insert_header(headers::RTP_INFO, session.play(&base));
                answer.insert_header(headers::RANGE, "npt=now-");
            }
            Method::Pause => session.is_playing = false,
            _ => {
                self.session = None;
                self.shared.count(|stats| stats.teardowns += 1);
                return answer;
            }
        }
        if let Some(session) = &self.session {
            answer.insert_header(headers::SESSION, self.session_value(session));
        }
        answer
    }

    /// Without a body it is a keep-alive, which reading the request has already recorded.
    fn parameter(&self, request: &Request<Vec<u8>>) -> Answer {
        let named = session_id(request);
        let known = self.session.as_ref().map(|session| session.id.as_str());
        if named.is_some() && named != known {
            return plain(StatusCode::SessionNotFound);
        }
        if !request.body().is_empty() {
            return plain(StatusCode::ParameterNotUnderstood);
        }
        let mut answer = plain(StatusCode::Ok);
        if let Some(session) = &self.session {
            answer.insert_header(headers::SESSION, self.session_value(session));
        }
        answer
    }

    fn session_value(&self, session: &RtspSession) -> String {
        let timeout = self.shared.config.session_timeout.as_secs();
        format!("{};timeout={timeout}", session.id)
    }
}

/// An answer without a body.
pub(super) fn plain(status: StatusCode) -> Answer {
    Response::builder(Version::V1_0, status).build(Vec::new())
}

/// Whether the client asks for a track to talk on (ONVIF Streaming §5.3).
fn wants_talk(request: &Request<Vec<u8>>) -> bool {
    let required = request.header(&headers::REQUIRE);
    required.is_some_and(|it| it.as_str().contains("www.onvif.org/ver20/backchannel"))
}

fn session_id(request: &Request<Vec<u8>>) -> Option<&str> {
    let value = request.header(&headers::SESSION)?.as_str();
    value.split(';').next().map(str::trim)
}
