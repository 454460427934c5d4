//! The other servers as processes: go2rtc and MediaMTX with their own settings.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::process::Command;

use super::Name;
use crate::support::folder::Folder;
use crate::support::process::{PATIENCE, Process};

/// After so long without a viewer both have let go of a camera that they pull only for viewers.
pub(super) const LETS_GO: Duration = Duration::from_secs(3);

/// When a server pulls its cameras.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pull {
    Always,
    WhileWatched,
}

/// A server that carries cameras to browsers.
pub(super) struct Peer {
    process: Process,
    /// Its own page with the first camera's picture.
    pub(super) page: String,
    name: Name,
    web: u16,
    _folder: Folder,
}

impl Peer {
    /// Starts it; returns when its page is served.
    pub(super) async fn start(name: Name, sources: &[String], pull: Pull) -> Peer {
        let program = program(name).expect("it was there before");
        let (web, media) = (free_port(), free_port());
        let folder = Folder::new(name.text());
        let settings = match name {
            Name::Go2rtc => go2rtc(sources, pull, web, media),
            Name::MediaMtx => mediamtx(sources, pull, web, media),
            Name::Peerview => unreachable!("it starts with an agent"),
        };
        // JSON is YAML too.
        let file = folder.path().join("settings.yaml");
        std::fs::write(&file, settings.to_string()).expect("the folder is writable");
        let mut command = Command::new(program);
        if name == Name::Go2rtc {
            command.arg("-config");
        }
        command.arg(file);
        let page = match name {
            Name::Go2rtc => "webrtc.html?src=camera0",
            _ => "camera0",
        };
        let peer = Peer {
            process: Process::start(name.text(), command),
            page: format!("http://127.0.0.1:{web}/{page}"),
            name,
            web,
            _folder: folder,
        };
        peer.listens(name).await;
        peer
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Where an offer for this camera is sent and an answer comes back (WHEP, draft-ietf-wish-whep).
    pub(super) fn whep(&self, camera: usize) -> String {
        let path = match self.name {
            Name::Go2rtc => format!("api/webrtc?src=camera{camera}"),
            _ => format!("camera{camera}/whep"),
        };
        format!("http://127.0.0.1:{}/{path}", self.web)
    }

    async fn listens(&self, name: Name) {
        let listening = async {
            while reqwest::get(&self.page).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let listened = tokio::time::timeout(PATIENCE, listening).await;
        let said = || self.process.output();
        listened.unwrap_or_else(|_| panic!("{} serves nothing:\n{}", name.text(), said()));
    }
}

fn go2rtc(sources: &[String], pull: Pull, web: u16, media: u16) -> Value {
    let preload = match pull {
        Pull::Always => cameras(sources, |_| json!("video&audio")),
        Pull::WhileWatched => json!({}),
    };
    json!({
        "api": { "listen": format!("127.0.0.1:{web}") },
        "rtsp": { "listen": "" },
        "webrtc": { "listen": format!(":{media}"), "candidates": [format!("{}:{media}", own_address())] },
        "streams": cameras(sources, |source| json!(source)),
        "preload": preload,
    })
}

fn mediamtx(sources: &[String], pull: Pull, web: u16, media: u16) -> Value {
    let path = |source: &str| {
        json!({
            "source": source,
            "rtspTransport": "tcp",
            "sourceOnDemand": pull == Pull::WhileWatched,
            "sourceOnDemandCloseAfter": "1s",
        })
    };
    json!({
        "rtsp": false, "rtmp": false, "hls": false, "srt": false, "moq": false,
        "webrtcAddress": format!("127.0.0.1:{web}"),
        "webrtcLocalUDPAddress": format!(":{media}"),
        "webrtcIPsFromInterfaces": false,
        "webrtcAdditionalHosts": [own_address()],
        "paths": cameras(sources, path),
    })
}

fn cameras(sources: &[String], settings: impl Fn(&str) -> Value) -> Value {
    let named = sources.iter().enumerate();
    let entries: Map<String, Value> = named
        .map(|(n, source)| (format!("camera{n}"), settings(source)))
        .collect();
    Value::Object(entries)
}

/// Where a peer's program is; says so when it is nowhere.
#[expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]
pub(super) fn program(name: Name) -> Option<PathBuf> {
    let variable = format!("PEERVIEW_BENCH_{}", name.text().to_uppercase());
    let named = std::env::var_os(&variable).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let file_name = name.text().to_lowercase();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(&file_name));
    let found = named.into_iter().chain(on_path).find(|file| file.is_file());
    if found.is_none() {
        println!(
            "{file_name} is not measured: it is not on PATH, and {variable} does not name it."
        );
    }
    found
}

/// The address of this machine in its network: a browser gathers no candidate of loopback. Nothing is sent.
pub(super) fn own_address() -> IpAddr {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").expect("a free port");
    // TEST-NET-2 (RFC 5737); the routing table alone is asked.
    let routed = socket
        .connect("198.51.100.1:9")
        .and_then(|()| socket.local_addr());
    routed.map_or(IpAddr::from([127, 0, 0, 1]), |own| own.ip())
}

fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("it is bound").port()
}
