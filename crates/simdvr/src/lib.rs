//! A simulated recorder on real sockets: ISAPI and ONVIF with their logins and a lock-out, live RTSP
//! over TCP and UDP, answers to searches of the LAN, small built-in clips as cameras, one of which can be steered, image settings,
//! outputs, events on demand, and switchable faults. For
//! demonstrations and tests.

mod clips;
mod config;
mod door;
mod echo;
mod events;
mod faults;
mod gate;
mod health;
mod image;
mod isapi;
mod jpeg;
mod law;
mod limits;
mod lockout;
mod look;
mod onvif;
mod ptz;
mod random;
mod rtp;
mod rtsp;
mod sdp;
mod shared;
mod snapshot;
mod sound;
mod talk_line;
mod timeline;
mod tls;
mod xml_text;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

pub use config::{
    AlertSide, CameraConfig, ClipCodec, Config, DigestAlgorithm, Input, OnvifLogin, OnvifSide,
    SimLoudspeaker, SimulatedSound, TalkLineConfig,
};
pub use events::SimEvent;
pub use faults::{CameraFault, DvrStats, FaultMode, Faults, HttpFaults, SettingsFate};
pub use health::{SimDisk, SimHealth, SimNonsense};
pub use image::SimImage;
pub use ptz::PtzPosition;
pub use rtsp::understands;

use door::Door;
use shared::Shared;

/// A recorder with open ports; `run` makes it answer.
pub struct SimDvr {
    shared: Arc<Shared>,
    http: Door,
    rtsp: Door,
    https: Option<Door>,
    rtsps: Option<Door>,
    discovery: Option<tokio::net::UdpSocket>,
}

impl SimDvr {
    /// Opens the recorder's ports. Connections made before `run` wait for it.
    #[expect(
        clippy::unused_async,
        reason = "opening sockets needs the runtime, which an async function cannot be called without"
    )]
    pub async fn bind(config: Config) -> anyhow::Result<Self> {
        let open = |addr: SocketAddr, name: &str| {
            let listener = door::listen(addr)
                .with_context(|| format!("opening the simulated recorder's {name} port"))?;
            let bound = listener.local_addr();
            anyhow::Ok((
                listener,
                bound.with_context(|| format!("reading the {name} port"))?,
            ))
        };
        let (http, http_addr) = open(config.http, "HTTP")?;
        let (rtsp, rtsp_addr) = open(config.rtsp, "RTSP")?;
        let https = config.https.map(|addr| open(addr, "HTTPS")).transpose()?;
        let rtsps = config.rtsps.map(|addr| open(addr, "RTSPS")).transpose()?;
        let discovery = config
            .onvif
            .discovery
            .map(onvif::discovery::open)
            .transpose()?;
        let rtsp_addrs = (rtsp_addr, rtsps.as_ref().map(|(_, addr)| *addr));
        let shared = Arc::new(Shared::new(config, http_addr, rtsp_addrs)?);
        let within_tls = |(listener, addr)| Door::new(listener, addr, &shared).within_tls();
        Ok(Self {
            http: Door::new(http, http_addr, &shared),
            rtsp: Door::new(rtsp, rtsp_addr, &shared),
            https: https.map(within_tls),
            rtsps: rtsps.map(within_tls),
            discovery,
            shared,
        })
    }

    /// Address where ISAPI answers over TLS, if it does.
    pub fn https_addr(&self) -> Option<SocketAddr> {
        self.https.as_ref().map(Door::addr)
    }

    /// Address where RTSP answers over TLS, if it does.
    pub fn rtsps_addr(&self) -> Option<SocketAddr> {
        self.rtsps.as_ref().map(Door::addr)
    }

    /// Address where ISAPI answers, with the port that was really bound.
    pub fn http_addr(&self) -> SocketAddr {
        self.shared.http_addr
    }

    /// Address where RTSP answers, with the port that was really bound.
    pub fn rtsp_addr(&self) -> SocketAddr {
        self.shared.rtsp_addr
    }

    /// Address where searches of the LAN are answered, if they are.
    pub fn discovery_addr(&self) -> Option<SocketAddr> {
        self.discovery.as_ref()?.local_addr().ok()
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
        let isapi = |door| isapi::serve(door, self.shared.clone(), stop.clone());
        let rtsp = |door| rtsp::serve(door, self.shared.clone(), stop.clone());
        let https = async {
            match self.https {
                Some(door) => isapi(door).await,
                None => Ok(()),
            }
        };
        let rtsps = async {
            if let Some(door) = self.rtsps {
                rtsp(door).await;
            }
        };
        let discovery = async {
            if let Some(socket) = self.discovery {
                onvif::discovery::serve(socket, self.shared.clone(), stop.clone()).await;
            }
        };
        // A port that is closed refuses connections, as on a recorder where RTSP is switched off.
        let plain = self.shared.config.has_plain_rtsp.then_some(self.rtsp);
        let plain = async {
            if let Some(door) = plain {
                rtsp(door).await;
            }
        };
        let (http, rtsp) = (isapi(self.http), plain);
        let (http, https, (), (), ()) = tokio::join!(http, https, rtsp, rtsps, discovery);
        http.and(https).context("serving ISAPI and ONVIF")
    }
}
