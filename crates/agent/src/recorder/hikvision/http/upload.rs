//! Sends audio to a recorder: a PUT whose header says that it has no body, followed by the audio on the same
//! connection for as long as somebody talks. This is not valid HTTP, but what the devices expect; so it has
//! its own connection, which speaks HTTP only up to the answer.

use std::io;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use proto::isapi::{IsapiError, MAX_BODY_BYTES, ResponseStatus};
use proto::reason::Reason;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::either::Either;
use url::Url;

use super::challenge::HttpChallenge;
use super::{GetError, Http, HttpRequest, refused_answer};
use crate::limits::{HTTP_CONNECT, MAX_UPLOAD_ANSWER, RTSP_SEND};
use crate::stream::puller::tls::{self, TlsConnection};

/// Most header lines of an answer.
const MAX_HEADERS: usize = 64;
/// Firmware that answers does so at once; other firmware answers when the talk is over.
const ANSWER_WAIT: Duration = Duration::from_secs(1);

/// A connection on which a recorder takes sound.
pub(in crate::recorder::hikvision) struct SoundUpload {
    stream: Either<TcpStream, TlsConnection>,
    received: BytesMut,
    is_answered: bool,
}

/// The answer to the head of an upload.
#[derive(Debug)]
struct UploadAnswer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Http {
    /// Requests the action at this path and returns the answer. A status 401 is an answer about the path: some
    /// firmware says it for an action that is not possible now, while the login is right.
    pub(in crate::recorder::hikvision) async fn put_for(
        &self,
        path: &str,
    ) -> Result<Vec<u8>, GetError> {
        let put = HttpRequest {
            method: Method::PUT,
            path,
            body: String::new(),
            max_bytes: MAX_BODY_BYTES,
            is_401_an_answer: true,
        };
        self.request(&put).await
    }

    /// Opens a connection for what is said to this path.
    pub(in crate::recorder::hikvision) async fn upload(
        &self,
        path: &str,
    ) -> Result<SoundUpload, GetError> {
        // A login that was refused meanwhile is not sent again.
        drop(self.access.gate.enter().await?);
        let base = self.base();
        let mut upload = self.connect(&base).await?;
        // The first answer may be a challenge, or that the nonce is too old.
        for _ in 0..2 {
            let put = HttpRequest {
                method: Method::PUT,
                path,
                body: String::new(),
                max_bytes: MAX_UPLOAD_ANSWER,
                is_401_an_answer: true,
            };
            let head = head_of(&put, &base, self.authorization(&put).as_deref());
            let sent = upload.send(head.as_bytes()).await;
            sent.map_err(|_| GetError::Unreachable(Reason::Closed))?;
            let Some(answer) = upload.answer().await? else {
                return Ok(upload);
            };
            if answer.status != StatusCode::UNAUTHORIZED {
                return answer.judged().map(|()| upload);
            }
            let basic = self.access.is_basic_allowed;
            let Some(challenge) = HttpChallenge::best_of(&answer.headers, basic) else {
                break;
            };
            *self.challenge() = Some(challenge);
            upload.is_answered = false;
        }
        Err(GetError::Status(StatusCode::UNAUTHORIZED.as_u16()))
    }

    async fn connect(&self, base: &Url) -> Result<SoundUpload, GetError> {
        let host = base.host_str().unwrap_or_default();
        let host = host.trim_matches(['[', ']']);
        let port = base.port_or_known_default().unwrap_or_default();
        let unreachable = || GetError::Unreachable(Reason::Unreachable);
        let connected = timeout(HTTP_CONNECT, TcpStream::connect((host, port))).await;
        let stream = connected
            .map_err(|_| unreachable())?
            .map_err(|_| unreachable())?;
        // Sound must not wait to fill a packet.
        stream.set_nodelay(true).map_err(|_| unreachable())?;
        let stream = match base.scheme() == "https" {
            true => {
                let tls = tls::connect(stream, host, &self.access.certificate).await;
                Either::Right(tls.map_err(GetError::Unreachable)?)
            }
            false => Either::Left(stream),
        };
        Ok(SoundUpload {
            stream,
            received: BytesMut::new(),
            is_answered: false,
        })
    }
}

fn head_of(put: &HttpRequest<'_>, base: &Url, authorization: Option<&str>) -> String {
    let host = base.host_str().unwrap_or_default();
    let port = base.port().map(|port| format!(":{port}"));
    let port = port.unwrap_or_default();
    let authorization = authorization.map(|value| format!("Authorization: {value}\r\n"));
    format!(
        "PUT {} HTTP/1.1\r\nHost: {host}{port}\r\nUser-Agent: Peerview/{}\r\n{}\
         Content-Type: application/octet-stream\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
        put.path,
        env!("CARGO_PKG_VERSION"),
        authorization.unwrap_or_default()
    )
}

impl SoundUpload {
    /// Sends bytes; an error once the recorder takes no more.
    pub(in crate::recorder::hikvision) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let sending = async {
            self.stream.write_all(bytes).await?;
            // TLS keeps what does not fill a record.
            self.stream.flush().await
        };
        timeout(RTSP_SEND, sending)
            .await
            .map_err(|_| io::ErrorKind::TimedOut)?
    }

    /// Waits until the recorder ends it, by closing the connection or by a refusal that comes late. Dropping the
    /// future loses nothing.
    pub(in crate::recorder::hikvision) async fn ended(&mut self) {
        while self.read().await.is_ok() {
            if !self.is_answered {
                match self.take_answer() {
                    Ok(None) => continue,
                    Ok(Some(answer)) if answer.judged().is_ok() => {}
                    _ => return,
                }
            }
            // Nothing that comes after the answer has a meaning.
            self.received.clear();
        }
    }

    /// The answer; nothing if none comes for so long that the sound begins without it.
    async fn answer(&mut self) -> Result<Option<UploadAnswer>, GetError> {
        let answering = async {
            loop {
                if let Some(answer) = self.take_answer()? {
                    return Ok(answer);
                }
                let read = self.read().await;
                read.map_err(|_| GetError::Unreachable(Reason::Closed))?;
            }
        };
        match timeout(ANSWER_WAIT, answering).await {
            Ok(answer) => answer.map(Some),
            Err(_) => Ok(None),
        }
    }

    /// The answer in what was received, once it is whole.
    fn take_answer(&mut self) -> Result<Option<UploadAnswer>, GetError> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut head = httparse::Response::new(&mut headers);
        let parsed = head.parse(&self.received);
        let parsed = parsed.map_err(|_| GetError::Answer(IsapiError::Malformed))?;
        let httparse::Status::Complete(head_bytes) = parsed else {
            return match self.received.len() > MAX_UPLOAD_ANSWER {
                true => Err(IsapiError::TooLong.into()),
                false => Ok(None),
            };
        };
        let status = head.code.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.ok_or(GetError::Answer(IsapiError::Malformed))?;
        let headers = header_map(head.headers);
        let body_bytes = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
        let body_bytes = body_bytes.and_then(|it| it.trim().parse().ok());
        let body_bytes: usize = body_bytes.unwrap_or(0);
        if body_bytes > MAX_UPLOAD_ANSWER {
            return Err(IsapiError::TooLong.into());
        }
        if self.received.len() < head_bytes + body_bytes {
            return Ok(None);
        }
        self.received.advance(head_bytes);
        let body = self.received.split_to(body_bytes).to_vec();
        self.is_answered = true;
        Ok(Some(UploadAnswer {
            status,
            headers,
            body,
        }))
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl UploadAnswer {
    /// Whether the recorder takes what is said; some firmware refuses with HTTP status 200.
    fn judged(&self) -> Result<(), GetError> {
        if !self.status.is_success() {
            return Err(refused_answer(self.status, &self.body));
        }
        match ResponseStatus::parse(&self.body) {
            Ok(said) if !said.is_success() => Err(IsapiError::Status(said).into()),
            _ => Ok(()),
        }
    }
}

fn header_map(headers: &[httparse::Header<'_>]) -> HeaderMap {
    let lines = headers.iter().filter_map(|header| {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(header.value).ok()?))
    });
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        map.append(name, value);
    }
    map
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    const REFUSED: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

    /// An upload, and the recorder's end of it.
    async fn pair() -> (SoundUpload, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TcpStream::connect(address).await.expect("it listens");
        let (recorder, _) = listener.accept().await.expect("somebody comes");
        let upload = SoundUpload {
            stream: Either::Left(client),
            received: BytesMut::new(),
            is_answered: false,
        };
        (upload, recorder)
    }

    async fn answered(bytes: &[u8]) -> Result<Option<StatusCode>, GetError> {
        let (mut upload, mut recorder) = pair().await;
        let bytes = bytes.to_vec();
        tokio::spawn(async move {
            // In two pieces, and open until the other end has seen enough.
            let (head, rest) = bytes.split_at(bytes.len() / 2);
            let _ = recorder.write_all(head).await;
            let _ = recorder.write_all(rest).await;
            let _ = recorder.read_u8().await;
        });
        Ok(upload.answer().await?.map(|answer| answer.status))
    }

    #[tokio::test]
    async fn an_answer_in_pieces_is_read() {
        assert_eq!(answered(OK).await, Ok(Some(StatusCode::OK)));
        let refused = Ok(Some(StatusCode::FORBIDDEN));
        assert_eq!(answered(REFUSED).await, refused);
    }

    #[tokio::test]
    async fn nonsense_and_endless_answers_are_refused() {
        let malformed = Err(GetError::Answer(IsapiError::Malformed));
        assert_eq!(answered(b"\x00\xffHTTP/7.7 maybe").await, malformed);
        let long = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(40_000));
        let too_long = Err(GetError::Answer(IsapiError::TooLong));
        assert_eq!(answered(long.as_bytes()).await, too_long);
        let body = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n";
        assert_eq!(answered(body).await, too_long);
    }

    #[tokio::test]
    async fn a_soap_fault_under_status_200_is_a_refusal() {
        let answer = |body: &str| UploadAnswer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        let status =
            |code| format!("<ResponseStatus><statusCode>{code}</statusCode></ResponseStatus>");

        assert_eq!(answer("").judged(), Ok(()));
        assert_eq!(answer(&status(1)).judged(), Ok(()));
        assert!(answer(&status(4)).judged().is_err());
    }

    #[tokio::test]
    async fn only_a_late_refusal_ends_a_talk() {
        let (mut upload, mut recorder) = pair().await;
        recorder.write_all(OK).await.expect("open");
        recorder.write_all(b"anything").await.expect("open");
        drop(recorder);
        // Both were read before the end.
        upload.ended().await;
        assert!(upload.is_answered && upload.received.is_empty());

        let (mut upload, mut recorder) = pair().await;
        recorder.write_all(REFUSED).await.expect("open");
        upload.ended().await;
        assert!(
            upload.send(b"sound").await.is_ok(),
            "the connection is still open"
        );
    }
}
