//! A running recorder and three clients for it: retina, plain HTTP with Digest, raw sockets.

use std::net::SocketAddr;
use std::time::Duration;

use digest_auth::{AuthContext, HttpMethod, WwwAuthenticateHeader};
use futures_util::StreamExt as _;
use retina::client::{
    Credentials, Demuxed, PlayOptions, Session, SessionOptions, SetupOptions, Transport,
};
use retina::codec::{AudioFrame, CodecItem, FrameFormat, VideoFrame};
use simdvr::{Config, Faults, SimDvr};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) const USER: &str = "admin";
pub(crate) const PASSWORD: &str = "Sunny-Shop-7";

/// Nothing here takes longer on a working recorder, however slow the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for what must happen.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what)
        .await
        .expect("it happens in time")
}

/// A recorder that runs until it is dropped.
pub(crate) struct Recorder {
    pub(crate) http: SocketAddr,
    pub(crate) rtsp: SocketAddr,
    pub(crate) faults: Faults,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<anyhow::Result<()>>,
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

pub(crate) async fn recorder() -> Recorder {
    recorder_with(|_| {}).await
}

pub(crate) async fn recorder_with(change: impl FnOnce(&mut Config)) -> Recorder {
    let mut config = Config::four_cameras(USER, PASSWORD);
    change(&mut config);
    let recorder = SimDvr::bind(config).await.unwrap();
    let shutdown = CancellationToken::new();
    Recorder {
        http: recorder.http_addr(),
        rtsp: recorder.rtsp_addr(),
        faults: recorder.faults(),
        task: tokio::spawn(recorder.run(shutdown.clone())),
        shutdown,
    }
}

/// What an HTTP request came back with.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) challenge: Option<String>,
}

impl Recorder {
    pub(crate) fn url(&self, stream: u32) -> String {
        format!("rtsp://{}/Streaming/Channels/{stream}", self.rtsp)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.http("GET", path, PASSWORD).await.unwrap()
    }

    /// One request with Digest: the first answer's challenge is answered once.
    pub(crate) async fn http(
        &self,
        method: &str,
        path: &str,
        password: &str,
    ) -> reqwest::Result<Reply> {
        let first = self.http_with(method, path, None).await?;
        let Some(challenge) = &first.challenge else {
            return Ok(first);
        };
        let login = digest(challenge, method, path, password);
        self.http_with(method, path, Some(&login)).await
    }

    pub(crate) async fn http_with(
        &self,
        method: &str,
        path: &str,
        authorization: Option<&str>,
    ) -> reqwest::Result<Reply> {
        let url = format!("http://{}{path}", self.http);
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.build()?;
        let mut request = client.request(method.parse().unwrap(), url);
        if let Some(value) = authorization {
            request = request.header("Authorization", value);
        }
        let response = request.timeout(PATIENCE).send().await?;
        let challenge = response.headers().get("WWW-Authenticate");
        Ok(Reply {
            status: response.status().as_u16(),
            challenge: challenge.map(|value| value.to_str().unwrap().to_owned()),
            body: response.text().await?,
        })
    }

    /// A retina session that has described a stream.
    pub(crate) async fn described(
        &self,
        stream: u32,
        password: &str,
    ) -> Result<Session<retina::client::Described>, retina::Error> {
        let options = SessionOptions::default().creds(Some(Credentials {
            username: USER.to_owned(),
            password: password.to_owned(),
        }));
        let url = self.url(stream).parse().unwrap();
        soon(Session::describe(url, options)).await
    }

    /// Plays all tracks of a stream with retina.
    pub(crate) async fn play(&self, stream: u32, transport: &str) -> Result<Player, retina::Error> {
        let mut session = self.described(stream, PASSWORD).await?;
        let transport: Transport = transport.parse().unwrap();
        for track in 0..session.streams().len() {
            let options = SetupOptions::default()
                .transport(transport.clone())
                .frame_format(FrameFormat::SIMPLE);
            soon(session.setup(track, options)).await?;
        }
        let playing = soon(session.play(PlayOptions::default())).await?;
        let frames = playing.demuxed()?;
        Ok(Player { frames })
    }
}

/// The `Authorization` that answers a challenge.
pub(crate) fn digest(challenge: &str, method: &str, uri: &str, password: &str) -> String {
    let mut prompt = WwwAuthenticateHeader::parse(challenge).unwrap();
    let method = HttpMethod(method.to_owned().into());
    let context = AuthContext::new_with_method(USER, password, uri, None::<&[u8]>, method);
    prompt.respond(&context).unwrap().to_header_string()
}

/// A playing retina session.
pub(crate) struct Player {
    frames: Demuxed,
}

impl Player {
    pub(crate) async fn next(&mut self) -> Option<Result<CodecItem, retina::Error>> {
        soon(self.frames.next()).await
    }

    pub(crate) async fn video(&mut self) -> VideoFrame {
        loop {
            if let CodecItem::VideoFrame(frame) = self.next().await.unwrap().unwrap() {
                return frame;
            }
        }
    }

    pub(crate) async fn audio(&mut self) -> AudioFrame {
        loop {
            if let CodecItem::AudioFrame(frame) = self.next().await.unwrap().unwrap() {
                return frame;
            }
        }
    }

    /// Plays to the end of the connection and says how it ended.
    pub(crate) async fn end(mut self) -> Result<(), retina::Error> {
        while let Some(item) = self.next().await {
            item?;
        }
        Ok(())
    }
}

/// An RTSP client made of text.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
    buffer: Vec<u8>,
    cseq: u32,
    challenge: Option<String>,
    pub(crate) url: String,
}

/// What came back: the status and the whole head with the body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn session(&self) -> String {
        let value = self.header("Session").unwrap();
        value.split(';').next().unwrap().to_owned()
    }
}

impl Raw {
    pub(crate) async fn connect(recorder: &Recorder, stream: u32) -> Self {
        Self {
            stream: TcpStream::connect(recorder.rtsp).await.unwrap(),
            buffer: Vec::new(),
            cseq: 0,
            challenge: None,
            url: recorder.url(stream),
        }
    }

    /// One request with the right login; `tail` goes behind the stream's address.
    pub(crate) async fn ask(&mut self, method: &str, tail: &str, headers: &str) -> Answer {
        let answer = self.ask_once(method, tail, headers).await;
        if answer.status != 401 || self.challenge.is_some() {
            return answer;
        }
        self.challenge = answer.header("WWW-Authenticate").map(str::to_owned);
        self.ask_once(method, tail, headers).await
    }

    async fn ask_once(&mut self, method: &str, tail: &str, headers: &str) -> Answer {
        self.cseq += 1;
        let url = format!("{}{tail}", self.url);
        let login = self.challenge.as_ref().map(|challenge| {
            let value = digest(challenge, method, &url, PASSWORD);
            format!("Authorization: {value}\r\n")
        });
        let login = login.unwrap_or_default();
        let cseq = self.cseq;
        let request = format!("{method} {url} RTSP/1.0\r\nCSeq: {cseq}\r\n{login}{headers}\r\n");
        self.send(request.as_bytes()).await;
        let answer = self.answer().await.expect("an answer");
        assert_eq!(answer.header("CSeq"), Some(cseq.to_string().as_str()));
        answer
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.unwrap();
    }

    /// The next answer, past packets on channels; nothing when the connection has ended.
    pub(crate) async fn answer(&mut self) -> Option<Answer> {
        loop {
            if self.buffer.first() == Some(&b'$') {
                self.packet().await?;
                continue;
            }
            let text = String::from_utf8_lossy(&self.buffer).into_owned();
            if let Some((head, rest)) = text.split_once("\r\n\r\n") {
                let body = head
                    .lines()
                    .find_map(|line| line.strip_prefix("Content-Length: "))
                    .map_or(0, |length| length.parse().unwrap());
                if rest.len() >= body {
                    self.buffer.drain(..head.len() + 4 + body);
                    let status = head.split(' ').nth(1)?.parse().ok()?;
                    let text = format!("{head}\n{}", &rest[..body]);
                    return Some(Answer { status, text });
                }
            }
            self.read().await?;
        }
    }

    /// The next packet on a channel; the buffer must be at one.
    pub(crate) async fn packet(&mut self) -> Option<(u8, Vec<u8>)> {
        while self.buffer.len() < 4 {
            self.read().await?;
        }
        assert_eq!(self.buffer[0], b'$');
        let channel = self.buffer[1];
        let length = usize::from(u16::from_be_bytes([self.buffer[2], self.buffer[3]]));
        while self.buffer.len() < 4 + length {
            self.read().await?;
        }
        let packet = self.buffer.drain(..4 + length).skip(4).collect();
        Some((channel, packet))
    }

    /// Reads to the connection's end.
    pub(crate) async fn ends(&mut self) {
        while self.read().await.is_some() {}
    }

    /// More bytes, or nothing at the connection's end, orderly or not.
    async fn read(&mut self) -> Option<()> {
        let count = soon(self.stream.read_buf(&mut self.buffer)).await.ok()?;
        (count > 0).then_some(())
    }
}
