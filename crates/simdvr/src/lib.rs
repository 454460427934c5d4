//! A simulated recorder on real sockets: ISAPI with Digest and lock-out, live RTSP over TCP and
//! UDP, small built-in clips as cameras, and switchable faults. For demonstrations and tests.

mod clips;
mod config;
mod door;
mod faults;
mod gate;
mod isapi;
mod limits;
mod lockout;
mod random;
mod rtp;
mod rtsp;
mod sdp;
mod shared;
mod timeline;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

pub use config::{CameraConfig, ClipCodec, Config, DigestAlgorithm, Input};
pub use faults::{DvrStats, FaultMode, Faults};
pub use rtsp::understands;

use door::Door;
use shared::Shared;

/// A recorder with open ports; `run` makes it answer.
pub struct SimDvr {
    shared: Arc<Shared>,
    http: Door,
    rtsp: Door,
}

impl SimDvr {
    /// Opens the recorder's ports. Connections made before `run` wait for it.
    #[expect(
        clippy::unused_async,
        reason = "opening sockets needs the runtime, which an async function cannot be called without"
    )]
    pub async fn bind(config: Config) -> anyhow::Result<Self> {
        let http =
            door::listen(config.http).context("opening the simulated recorder's HTTP port")?;
        let rtsp =
            door::listen(config.rtsp).context("opening the simulated recorder's RTSP port")?;
        let http_addr = http.local_addr().context("asking for the HTTP port")?;
        let rtsp_addr = rtsp.local_addr().context("asking for the RTSP port")?;
        let shared = Arc::new(Shared::new(config, http_addr, rtsp_addr));
        Ok(Self {
            http: Door::new(http, http_addr, &shared),
            rtsp: Door::new(rtsp, rtsp_addr, &shared),
            shared,
        })
    }

    /// Address where ISAPI answers, with the port that was really bound.
    pub fn http_addr(&self) -> SocketAddr {
        self.shared.http_addr
    }

    /// Address where RTSP answers, with the port that was really bound.
    pub fn rtsp_addr(&self) -> SocketAddr {
        self.shared.rtsp_addr
    }

    /// A handle to break and repair the recorder while it runs.
    pub fn faults(&self) -> Faults {
        Faults::new(self.shared.clone())
    }

    /// Serves until `shutdown` is cancelled, then ends every connection within a second. Dropping
    /// the future ends them too.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let stop = shutdown.child_token();
        let _stop_when_dropped = stop.clone().drop_guard();
        let http = isapi::serve(self.http, self.shared.clone(), stop.clone());
        let rtsp = rtsp::serve(self.rtsp, self.shared.clone(), stop);
        let (http, ()) = tokio::join!(http, rtsp);
        http.context("serving ISAPI")
    }
}
